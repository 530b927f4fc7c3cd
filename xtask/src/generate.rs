//! `cargo xtask gen`: writes every file that exists in two places from the one that is edited by hand.

mod c;
mod docs;
mod node;
mod php;
mod python;
mod rust;

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::versions;
use crate::workspace::root;

/// One row of `conformance-vectors/codes.json`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CodeRow {
    pub(crate) number: u16,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) http_status: u16,
    pub(crate) since: String,
    pub(crate) summary: String,
}

/// Writes the generated files, or with `check` fails where one is out of date. The version of every package
/// is compared in both cases.
pub(crate) fn run(check: bool) -> Result<()> {
    let root = root();
    let table = fs::read_to_string(root.join("conformance-vectors/codes.json")).context("codes.json")?;
    let rows: Vec<CodeRow> = serde_json::from_str(&table).context("codes.json")?;
    for pair in rows.windows(2) {
        if pair[0].number >= pair[1].number {
            bail!("codes.json: {} must come after {}", pair[1].number, pair[0].number);
        }
    }
    let c_codes = rustfmt(root, &c::codes(&rows))?;
    let c_header = c::header(root, &c_codes)?;
    let files = [
        ("core/src/error/codes.rs", rustfmt(root, &rust::codes(&rows))?),
        ("bindings-python/python/samebyte/_codes.py", python::codes(&rows)),
        ("bindings-c/src/codes.rs", c_codes),
        ("bindings-c/include/samebyte_abi.h", c_header.clone()),
        // A composer package stands alone, hence its own copy.
        ("bindings-php/src/samebyte_abi.h", c_header),
        ("bindings-php/src/Code.php", php::codes(&rows)),
        ("docs/reference/codes.md", docs::codes(&rows)),
        ("bindings-node/ts/codes.ts", node::codes(&rows)),
    ];
    let mut stale = Vec::new();
    for (path, text) in files {
        let file = root.join(path);
        if fs::read_to_string(&file).ok().as_deref() == Some(text.as_str()) {
            continue;
        }
        if check {
            stale.push(path);
        } else {
            fs::create_dir_all(file.parent().context("a file lies in a folder")?)?;
            fs::write(&file, text).with_context(|| format!("writing {path}"))?;
            println!("wrote {path}");
        }
    }
    if !stale.is_empty() {
        bail!("out of date, run `cargo xtask gen`: {}", stale.join(", "));
    }
    versions::check(root)
}

/// The text as `cargo fmt` leaves it.
fn rustfmt(root: &Path, text: &str) -> Result<String> {
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--emit", "stdout", "--quiet", "--config-path"])
        .arg(root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("rustfmt")?;
    child.stdin.take().context("rustfmt")?.write_all(text.as_bytes())?;
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!("rustfmt refused a generated file");
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// `signature_invalid` → `SignatureInvalid`.
pub(crate) fn pascal(name: &str) -> String {
    name.split('_')
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
        })
        .collect()
}
