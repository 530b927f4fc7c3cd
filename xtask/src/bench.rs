//! `cargo xtask bench`: measures against peers, and writes a page and a chart for each table.

mod chart;

use std::fmt::Write as _;
use std::fs;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use crate::log::Log;
use crate::workspace::{build, cargo, program, root, shown};

use chart::Chart;

/// One measured pair of a document (or an operation) and a peer.
#[derive(Deserialize)]
struct Row {
    document: String,
    peer: String,
    ns: f64,
}

/// A bench: it prints Markdown, and writes its rows to the file that is appended to its command.
struct Bench {
    name: &'static str,
    title: &'static str,
    meaning: &'static str,
    /// Builds what the command needs; the command.
    command: fn(&mut Log) -> Result<Command>,
    /// The names of crates, or a command that prints a version.
    versions: &'static [Version],
}

/// Where the version of something measured is told.
enum Version {
    Crate(&'static str),
    Command(&'static str, &'static [&'static str]),
}

const BENCHES: &[Bench] = &[Bench {
    name: "jcs",
    title: "JSON text to canonical text in Rust",
    meaning: "How many times as long each peer takes as samebyte does; longer bars are better for samebyte",
    command: |_| {
        let mut command = cargo(["bench", "--quiet", "-p", "samebyte", "--bench", "jcs", "--"]);
        command.arg("--json");
        Ok(command)
    },
    versions: &[
        Version::Command("rustc", &["--version"]),
        Version::Crate("serde_jcs"),
        Version::Crate("serde_json_canonicalizer"),
        Version::Crate("serde_json"),
        Version::Crate("sonic-rs"),
    ],
}];

/// Runs the named benches, or all.
pub(crate) fn run(names: &[&str]) -> Result<()> {
    let known: Vec<&str> = BENCHES.iter().map(|bench| bench.name).chain(["es6"]).collect();
    if let Some(unknown) = names.iter().find(|name| !known.contains(name)) {
        bail!("no bench {unknown:?}; there are: {}", known.join(", "));
    }
    for bench in BENCHES.iter().filter(|bench| names.is_empty() || names.contains(&bench.name)) {
        measure(bench).with_context(|| bench.name)?;
    }
    if names.contains(&"es6") {
        let mut command =
            cargo(["run", "--release", "--quiet", "-p", "samebyte", "--example", "es6_numbers"]);
        let status = command.args(["--", "100000000"]).status()?;
        ensure!(status.success(), "the number corpus is not as published");
    }
    Ok(())
}

/// Runs one bench and writes its page and its chart.
fn measure(bench: &Bench) -> Result<()> {
    println!("{} …", bench.title);
    let folder = build().join("bench");
    fs::create_dir_all(&folder)?;
    let file = folder.join(bench.name).with_extension("json");
    let mut command = (bench.command)(&mut Log::new(&format!("bench {}", bench.name))?)?;
    let typed = shown(&command);
    let output = command.arg(&file).stderr(Stdio::inherit()).output()?;
    ensure!(output.status.success(), "{typed}: {}", output.status);
    let table = String::from_utf8(output.stdout)?;
    println!("{table}");
    let rows: Vec<Row> = serde_json::from_str(&fs::read_to_string(&file)?)?;
    let pages = root().join("docs/benchmarks");
    fs::create_dir_all(&pages)?;
    fs::write(pages.join(bench.name).with_extension("svg"), chart(bench, &rows).svg())?;
    let page = pages.join(bench.name).with_extension("md");
    fs::write(&page, text(bench, table.trim())?)?;
    println!("wrote {}", page.strip_prefix(root()).unwrap_or(&page).display());
    Ok(())
}

/// The ratios of all peers, document by document.
fn chart(bench: &Bench, rows: &[Row]) -> Chart {
    let mut series: Vec<String> = Vec::new();
    let mut documents: Vec<&str> = Vec::new();
    for row in rows {
        if !documents.contains(&row.document.as_str()) {
            documents.push(&row.document);
        }
        if !row.peer.starts_with("samebyte") && !series.contains(&row.peer) {
            series.push(row.peer.clone());
        }
    }
    let time = |document: &str, peer: &str| {
        rows.iter().find(|row| row.document == document && row.peer == peer).map(|row| row.ns)
    };
    let groups = documents
        .into_iter()
        .filter_map(|document| {
            let own = time(document, "samebyte")?;
            let ratios = series.iter().map(|peer| time(document, peer).map(|ns| ns / own)).collect();
            Some((document.to_owned(), ratios))
        })
        .collect();
    Chart { title: bench.title.to_owned(), meaning: bench.meaning.to_owned(), series, groups }
}

/// The page: what was measured, where, when, and the tables that the bench printed.
fn text(bench: &Bench, table: &str) -> Result<String> {
    let mut page = format!("# {}\n\n![{}]({}.svg)\n\n", bench.title, bench.meaning, bench.name);
    let _ = writeln!(page, "`cargo xtask bench {}` made this page on {}.\n", bench.name, today()?);
    let _ = writeln!(page, "* machine: {}", machine());
    let versions: Vec<String> = bench.versions.iter().map(version).collect::<Result<_>>()?;
    let _ = writeln!(page, "* versions: {}\n\n{table}", versions.join(", "));
    Ok(page)
}

fn today() -> Result<String> {
    printed(program("date").args(["-u", "+%Y-%m-%d"]))
}

/// The processor and how many of it there are.
fn machine() -> String {
    let information = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = information
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map(|pair| pair.1);
    let count = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{}, {count} cores", model.unwrap_or("unknown processor"))
}

fn version(version: &Version) -> Result<String> {
    match version {
        Version::Command(name, arguments) => printed(program(name).args(*arguments)),
        Version::Crate(name) => {
            let lock = fs::read_to_string(root().join("Cargo.lock"))?;
            let (_, rest) = lock.split_once(&format!("name = \"{name}\"\nversion = \"")).context(*name)?;
            Ok(format!("{name} {}", rest.split('"').next().unwrap_or_default()))
        }
    }
}

/// The first line that a command prints.
fn printed(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| shown(command))?;
    Ok(String::from_utf8(output.stdout)?.lines().next().unwrap_or_default().to_owned())
}
