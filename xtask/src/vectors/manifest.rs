//! `manifest.json`: which files there are, and how many cases each has, so that a runner can tell that it ran all.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::file::{self, Manifest, ManifestFile, VectorFile};

/// Writes `conformance-vectors/manifest.json`.
pub(crate) fn write() -> Result<()> {
    let root = crate::workspace::root().join("conformance-vectors");
    let path = root.join("manifest.json");
    let before = if path.exists() { Some(file::read::<Manifest>(&path)?) } else { None };
    let manifest = of(&file::all(&root)?, before.as_ref());
    let text = serde_json::to_string_pretty(&manifest)? + "\n";
    fs::write(&path, text).context("manifest.json")?;
    println!("{} cases in {} files", manifest.cases, manifest.files.len());
    Ok(())
}

/// The manifest of these files; ids that the one before has counted stay used.
pub(super) fn of(files: &[(String, VectorFile)], before: Option<&Manifest>) -> Manifest {
    let mut last_id = before.map_or_else(BTreeMap::new, |manifest| manifest.last_id.clone());
    for (noun, number) in
        files.iter().flat_map(|(_, file)| &file.cases).filter_map(|case| file::id_parts(&case.id))
    {
        let last = last_id.entry(noun.to_owned()).or_default();
        *last = number.max(*last);
    }
    Manifest {
        schema: "schema/manifest.schema.json".to_owned(),
        cases: files.iter().map(|(_, file)| file.cases.len()).sum(),
        last_id,
        files: files
            .iter()
            .map(|(path, file)| ManifestFile { path: path.clone(), cases: file.cases.len() })
            .collect(),
    }
}

/// The manifest as it lies in `root`.
pub(super) fn read(root: &Path) -> Result<Manifest> {
    file::read(&root.join("manifest.json"))
}
