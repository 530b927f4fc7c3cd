//! `cargo xtask soak`: races and faults of replay stores and gateways, and the page of what was measured.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::bench::{machine, printed};
use crate::log::Log;
use crate::products::{self, Variant};
use crate::setup::{self, Tool};
use crate::workspace::{build, program, python, root};

const PAGE: &str = "docs/reference/soak.md";

const INTRODUCTION: &str = "# Races and faults

What [the suite of races and faults](../../conformance-vectors/soak/README.md) measured, on stores and on gateways as
their users run them. A line that is not `ok` is a fault, or an answer that came late because the machine did other work.
";

/// One check, as the suite wrote it down.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    test: String,
    subject: String,
    outcome: String,
    measured: String,
    date: String,
}

/// Runs the long form and writes the page. The words choose suites and checks; the rows of others stay as they were
/// measured on this machine before.
pub(crate) fn run(words: &[&str]) -> Result<()> {
    let missing = setup::tools();
    let mut log = Log::new("soak build")?;
    products::rust(&mut log, Variant::Plain)?;
    products::store_driver(&mut log)?;
    products::python_package(&mut log, Variant::Plain)?;
    if missing.reason(Tool::Node).is_none() {
        products::node_package(&mut log, Variant::Plain)?;
    }
    if missing.reason(Tool::Php).is_none() {
        products::c(&mut log, Variant::Plain)?;
    }
    let file = build().join("soak.json");
    let status = suite().args(["--full", "--json"]).arg(&file).args(words).status()?;
    let rows: Vec<Row> = serde_json::from_str(&fs::read_to_string(&file)?).context("what was measured")?;
    fs::write(root().join(PAGE), page(&rows)?)?;
    println!("wrote {PAGE}");
    ensure!(status.success(), "a race or a fault was not withstood");
    Ok(())
}

/// The suite; its arguments are to follow.
pub(crate) fn suite() -> Command {
    let mut command = program(python());
    command.arg("conformance-vectors/soak/soak.py");
    command
}

/// The page: a table for each test, with a line for each store or gateway.
fn page(rows: &[Row]) -> Result<String> {
    let mut page = INTRODUCTION.to_owned();
    page.push_str("\n`cargo xtask soak` made this page.\n\n");
    let redis = printed(program("redis-server").arg("--version"))?;
    let _ = writeln!(page, "* machine: {}", machine());
    let _ = writeln!(
        page,
        "* Redis: {}\n",
        redis.split(' ').find(|word| word.starts_with("v=")).unwrap_or("none")
    );
    page.push_str("| check | of | | measured | on |\n|---|---|---|---|---|\n");
    for Row { test, subject, outcome, measured, date } in rows {
        let measured = measured.replace('|', "\\|").replace('\n', " ");
        let _ = writeln!(page, "| {test} | {subject} | {outcome} | {measured} | {date} |");
    }
    Ok(page)
}
