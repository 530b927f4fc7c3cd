//! Part 1: the canonical bytes of a document in each language, and how long they take.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::heading;
use crate::language::Language;
use crate::workspace::{program, python, root, target};

/// What the measuring program of a language prints for one document (xtask/measure/README.md).
#[derive(Deserialize)]
struct Measured {
    #[serde(default)]
    hex: String,
    #[serde(default)]
    nanoseconds: f64,
    code: Option<String>,
}

/// Shows one table per document; whether all languages agree on each.
pub(super) fn show(languages: &[Language], documents: &[&Path]) -> Result<bool> {
    heading(1, "One document, canonicalized (RFC 8785) in each language");
    let columns: Vec<Vec<Measured>> =
        languages.iter().map(|language| measure(*language, documents)).collect::<Result<_>>()?;
    let mut good = true;
    for (index, document) in documents.iter().enumerate() {
        let length = std::fs::metadata(document)?.len();
        println!("   {} ({length} bytes)", document.file_name().unwrap_or_default().display());
        println!("   {:<10}{:>9}  {:<20}{:>12}", "", "bytes", "SHA-256", "time");
        let results: Vec<&Measured> = columns.iter().map(|column| &column[index]).collect();
        for (language, result) in languages.iter().zip(&results) {
            println!("   {:<10}{}", language.name(), row(result)?);
        }
        let same = results.windows(2).all(|pair| pair[0].hex == pair[1].hex && pair[0].code == pair[1].code);
        good &= same;
        println!("   {}\n", verdict(languages, &results, same));
    }
    println!(
        "   time: one call, text in and canonical bytes out, the fastest of 15 rounds in a warm process"
    );
    Ok(good)
}

/// Length, digest and time; or the code of a refusal.
fn row(result: &Measured) -> Result<String> {
    if let Some(code) = &result.code {
        return Ok(format!("{:>9}  {code}", "refused"));
    }
    let canonical = hex::decode(&result.hex)?;
    let digest = hex::encode(Sha256::digest(&canonical));
    Ok(format!("{:>9}  {:<20}{:>12}", canonical.len(), format!("{:.16}…", digest), time(result.nanoseconds)))
}

/// `identical`, or who differs from the first.
fn verdict(languages: &[Language], results: &[&Measured], same: bool) -> String {
    if same {
        return if results[0].code.is_some() {
            "the same refusal in each".to_owned()
        } else {
            "identical".to_owned()
        };
    }
    let differs = |result: &&Measured| result.hex != results[0].hex || result.code != results[0].code;
    let others: Vec<&str> = languages
        .iter()
        .zip(results)
        .filter(|(_, result)| differs(result))
        .map(|(language, _)| language.name())
        .collect();
    format!("DIFFERENT from {}: {}", languages[0].name(), others.join(", "))
}

/// Runs the measuring program of a language once for all documents.
fn measure(language: Language, documents: &[&Path]) -> Result<Vec<Measured>> {
    let folder = root().join("xtask/measure");
    let mut command: Command = match language {
        Language::Rust => program(target().join("release/examples/measure")),
        Language::Python => program(python()),
        Language::Node => program("node"),
        Language::Php => program("php"),
        Language::C => program(target().join("c/measure")),
    };
    match language {
        Language::Rust | Language::C => {}
        Language::Python => drop(command.arg(folder.join("measure.py"))),
        Language::Node => drop(command.arg(folder.join("measure.mjs"))),
        Language::Php => drop(command.arg(folder.join("measure.php"))),
    }
    let output = command.args(documents).stderr(Stdio::inherit()).output().context(language.name())?;
    let text = String::from_utf8(output.stdout)?;
    let lines = text.lines().map(serde_json::from_str).collect::<Result<Vec<Measured>, _>>();
    match lines {
        Ok(lines) if lines.len() == documents.len() && output.status.success() => Ok(lines),
        _ => bail!("the measuring program of {} failed ({})", language.name(), output.status),
    }
}

/// `1.23 µs`, with three digits that count.
fn time(nanoseconds: f64) -> String {
    let (value, unit) = if nanoseconds < 1e3 {
        (nanoseconds, "ns")
    } else if nanoseconds < 1e6 {
        (nanoseconds / 1e3, "µs")
    } else {
        (nanoseconds / 1e6, "ms")
    };
    let places = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
    format!("{value:.places$} {unit}")
}
