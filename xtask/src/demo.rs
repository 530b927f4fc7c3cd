//! `cargo xtask demo`: one document, identical bytes, five languages, for somebody who sees this for the first time.

mod adapter;
mod canonical;
mod job;
mod keys;
mod live;
mod receipt;

use std::io::{IsTerminal, Write, stdout};
use std::path::Path;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::language::Language;
use crate::log::Log;
use crate::products::{self, Variant};
use crate::setup;
use crate::workspace::root;

/// The documents that are shown when the user brings none.
const DOCUMENTS: [&str; 3] = ["examples/agent-card.json", "examples/job.json", "examples/request.json"];

/// Runs the demonstration; fails where anything in it is not as promised.
pub(crate) fn run(file: Option<&str>) -> Result<()> {
    let missing = setup::tools();
    let mut languages = Language::ALL.to_vec();
    languages.retain(|language| {
        let reason = language.lacks(&missing);
        if let Some(reason) = reason {
            println!("{} is left out: {reason}", language.name());
        }
        reason.is_none()
    });
    build(&languages)?;
    let begin = Instant::now();
    let documents = match file {
        // A path of the user is relative to where the user is, which need not be the root.
        Some(file) => vec![std::path::absolute(file)?],
        None => DOCUMENTS.iter().map(|document| root().join(document)).collect(),
    };
    if let Some(absent) = documents.iter().find(|document| !document.is_file()) {
        bail!("{} is not a file", absent.display());
    }
    let documents: Vec<&Path> = documents.iter().map(AsRef::as_ref).collect();
    let mut good = canonical::show(&languages, &documents)?;
    keys::folder()?;
    good &= job::show(&languages)?;
    if languages.contains(&Language::Php) {
        good &= receipt::show(&languages)?;
    }
    if languages.contains(&Language::Python) {
        good &= live::show(&languages)?;
    }
    println!("\n{:.1} s, after building", begin.elapsed().as_secs_f64());
    if !good {
        bail!("not all is as it has to be");
    }
    Ok(())
}

/// Builds what the languages need, with a line for each.
fn build(languages: &[Language]) -> Result<()> {
    for language in languages {
        let begin = Instant::now();
        if stdout().is_terminal() {
            print!("building for {} …", language.name());
            stdout().flush()?;
        }
        let mut log = Log::new(&format!("build {}", language.name().to_lowercase()))?;
        let outcome = match language {
            Language::Rust => {
                products::rust(&mut log, Variant::Plain).and_then(|()| products::measure_rust(&mut log))
            }
            Language::Python => products::python_package(&mut log, Variant::Plain),
            Language::Node => products::node_package(&mut log, Variant::Plain),
            Language::Php => products::c(&mut log, Variant::Plain),
            Language::C => products::c(&mut log, Variant::Plain).and_then(|()| products::measure_c(&mut log)),
        };
        if stdout().is_terminal() {
            print!("\r\x1b[K");
        }
        if let Err(error) = outcome {
            println!("{}", log.text());
            return Err(error.context(format!("building for {}", language.name())));
        }
        if begin.elapsed().as_secs() > 0 {
            println!("built for {:<8}{:>6.1} s", language.name(), begin.elapsed().as_secs_f64());
        }
    }
    Ok(())
}

/// The heading of one part.
fn heading(number: usize, text: &str) {
    println!("\n{number}  {text}\n");
}
