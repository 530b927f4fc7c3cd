//! `cargo xtask vectors lint | manifest`: what a test vector must be, and the list of all of them.

mod file;
mod lint;
mod manifest;

use std::path::Path;

use anyhow::{Result, bail};
use serde_json::{Map, Value};

pub(crate) use manifest::write as manifest;

/// Prints every fault of the vectors; an error where there is one.
pub(crate) fn lint() -> Result<()> {
    let faults = lint::faults(&crate::workspace::root().join("conformance-vectors"))?;
    for fault in &faults.list {
        println!("{fault}");
    }
    if !faults.list.is_empty() {
        bail!("{} faults in the vectors", faults.list.len());
    }
    println!("{} cases in {} files, no fault", faults.cases, faults.files);
    Ok(())
}

/// The arguments of every case below `root`.
pub(crate) fn arguments(root: &Path) -> Result<Vec<Map<String, Value>>> {
    let files = file::all(root)?;
    Ok(files.into_iter().flat_map(|(_, file)| file.cases).map(|case| case.args).collect())
}
