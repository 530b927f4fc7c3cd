//! The files, as `schema/*.schema.json` describe them: a member that is not known is an error here, too.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One vector file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VectorFile {
    pub(super) schema: String,
    pub(super) noun: String,
    pub(super) checked_by: String,
    pub(super) notes: BTreeMap<String, String>,
    pub(super) cases: Vec<Case>,
}

/// One case: `expected` where it is valid, `code` where it is not.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    pub(super) id: String,
    pub(super) comment: String,
    pub(super) flags: Vec<String>,
    pub(super) op: String,
    pub(super) args: Map<String, Value>,
    pub(super) expected: Option<Map<String, Value>>,
    pub(super) code: Option<String>,
    pub(super) detail: Option<Map<String, Value>>,
}

/// One row of `operations.json`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Operation {
    pub(super) name: String,
    pub(super) summary: String,
    pub(super) args: BTreeMap<String, String>,
    pub(super) ok: BTreeMap<String, String>,
}

/// `manifest.json`.
#[derive(Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    pub(super) schema: String,
    /// The number of all cases.
    pub(super) cases: usize,
    /// The highest number that an id of each noun has ever had: a number is never used again.
    pub(super) last_id: BTreeMap<String, u32>,
    pub(super) files: Vec<ManifestFile>,
}

/// One file of the manifest.
#[derive(Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub(super) struct ManifestFile {
    pub(super) path: String,
    pub(super) cases: usize,
}

/// Reads a JSON file.
pub(super) fn read<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    serde_json::from_str(&text).with_context(|| path.display().to_string())
}

/// Every vector file below `root`, with its path from there, in order.
pub(super) fn all(root: &Path) -> Result<Vec<(String, VectorFile)>> {
    let mut found = Vec::new();
    for folder in entries(&root.join("vectors"))? {
        for path in entries(&folder)? {
            let name = path.strip_prefix(root).expect("it lies below").to_str().context("a path in UTF-8")?;
            found.push((name.replace('\\', "/"), read(&path)?));
        }
    }
    Ok(found)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(folder)
        .with_context(|| folder.display().to_string())?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

/// The noun and the number of an id such as `jcs-0001`.
pub(super) fn id_parts(id: &str) -> Option<(&str, u32)> {
    let (noun, digits) = id.rsplit_once('-')?;
    (digits.len() >= 4 && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| digits.parse().ok().map(|number| (noun, number)))?
}
