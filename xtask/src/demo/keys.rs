//! New keys for each run, made by the command `samebyte` as a user would make them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::workspace::{build, program, target};

/// The folder of the keys, emptied first: a key file is never overwritten.
pub(super) fn folder() -> Result<PathBuf> {
    let folder = build().join("demo");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Makes a private key; its file.
pub(super) fn new(algorithm: &str, name: &str) -> Result<PathBuf> {
    let file = build().join("demo").join(format!("{}.pem", name.to_lowercase()));
    samebyte(&["key", "new", "--alg", algorithm, "--out", &file.to_string_lossy()])?;
    Ok(file)
}

/// The public key of a key file, in hex.
pub(super) fn public_hex(file: &Path) -> Result<String> {
    samebyte(&["key", "public", "--as", "hex", &file.to_string_lossy()])
}

/// Writes the JWK Set of the public keys of key files; its file.
pub(super) fn set(name: &str, files: &[&Path]) -> Result<PathBuf> {
    let mut arguments = vec!["jwks", "build"];
    arguments.extend(files.iter().map(|file| file.to_str().expect("paths of the workspace are UTF-8")));
    let file = build().join("demo").join(name);
    fs::write(&file, samebyte(&arguments)?)?;
    Ok(file)
}

/// What the command `samebyte` prints.
pub(super) fn samebyte(arguments: &[&str]) -> Result<String> {
    let output = program(target().join("release/samebyte")).args(arguments).output()?;
    if !output.status.success() {
        bail!("samebyte {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
