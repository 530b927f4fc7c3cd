//! One version for all packages: the one in the root `Cargo.toml`.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

/// Each further place where the version stands: the file, and the text around it. Python takes its version from the
/// workspace, so do pkg-config and CMake files when they are installed; Composer takes it from the tag.
const PLACES: [(&str, &str, &str); 3] = [
    ("Cargo.toml", "\nsamebyte = { path = \"core\", version = \"", "\""),
    ("bindings-node/package.json", "\n  \"version\": \"", "\""),
    ("bindings-node/package-lock.json", "\n  \"version\": \"", "\""),
];

/// Fails where a package bears another version than the workspace.
pub(crate) fn check(root: &Path) -> Result<()> {
    let version = between(root, "Cargo.toml", "\n[workspace.package]\nversion = \"", "\"")?;
    let mut wrong = Vec::new();
    for (path, before, after) in PLACES {
        let found = between(root, path, before, after)?;
        if found != version {
            wrong.push(format!("{path} has {found}"));
        }
    }
    for member in between(root, "Cargo.toml", "members = [", "]")?.split(',') {
        let path = format!("{}/Cargo.toml", member.trim().trim_matches('"'));
        let text = fs::read_to_string(root.join(&path)).with_context(|| path.clone())?;
        if !text.contains("\nversion.workspace = true\n") {
            wrong.push(format!("{path} does not inherit it"));
        }
    }
    if !wrong.is_empty() {
        bail!("the version is {version}, but {}", wrong.join(", "));
    }
    Ok(())
}

/// The text of the file between the first `before` and the next `after`.
fn between(root: &Path, path: &str, before: &str, after: &str) -> Result<String> {
    let text = fs::read_to_string(root.join(path)).with_context(|| path.to_owned())?;
    text.split_once(before)
        .and_then(|(_, rest)| rest.split_once(after))
        .map(|(found, _)| found.to_owned())
        .with_context(|| format!("{path}: no {before:?}"))
}
