//! `cargo xtask soak`: races and faults of replay stores and gateways, and the page of what was measured.

mod lines;
mod page;

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::bench::{machine, printed};
use crate::log::Log;
use crate::products::{self, Variant};
use crate::setup::{self, Tool};
use crate::workspace::{build, program, python, root};

const PAGE: &str = "docs/reference/soak.md";

/// Runs the long form and writes the page. The words choose suites and checks; the rows of others stay on the page.
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
    let fresh: Vec<page::Row> =
        serde_json::from_str(&fs::read_to_string(&file)?).context("what was measured")?;
    // A run of everything leaves nothing of an earlier one.
    let before = if words.is_empty() {
        String::new()
    } else {
        fs::read_to_string(root().join(PAGE)).unwrap_or_default()
    };
    let rows = page::merged(page::rows(&before), fresh);
    let redis = printed(program("redis-server").arg("--version"))?;
    let redis = redis.split(' ').find_map(|word| word.strip_prefix("v=")).unwrap_or("none");
    fs::write(root().join(PAGE), page::text(&rows, &machine(), redis))?;
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
