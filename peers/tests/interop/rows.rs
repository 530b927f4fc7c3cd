//! The rows of docs/reference/interoperability.md.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

/// Which direction was proved; the peer has no such thing as the other one.
#[derive(Clone, Copy)]
pub(crate) enum Proved {
    /// Each verifies, or reads, what the other makes.
    Both,
    /// The peer verifies, or reads, ours.
    Ours,
    /// We verify, or read, theirs.
    Theirs,
}

/// The rows of this run, by subject, algorithm, form and peer.
static ROWS: Mutex<BTreeMap<[String; 4], Value>> = Mutex::new(BTreeMap::new());

/// Keeps a row, and writes all that there are: no test knows whether it is the last.
pub(crate) fn proved(what: &str, algorithm: &str, form: &str, peer: &str, version: &str, proved: Proved) {
    let key = [what, algorithm, form, peer].map(str::to_owned);
    let direction = |alone: Proved| match proved {
        Proved::Both => Some(true),
        one => (std::mem::discriminant(&one) == std::mem::discriminant(&alone)).then_some(true),
    };
    let row = json!({
        "what": what, "algorithm": algorithm, "form": form, "peer": peer, "version": version,
        "ours_to_theirs": direction(Proved::Ours), "theirs_to_ours": direction(Proved::Theirs),
    });
    // A test that failed elsewhere is told by itself.
    let mut rows = ROWS.lock().unwrap_or_else(PoisonError::into_inner);
    assert!(rows.insert(key.clone(), row).is_none(), "{key:?} twice");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").join("build/interop");
    fs::create_dir_all(&folder).expect("a folder");
    let rows: Vec<&Value> = rows.values().collect();
    let text = serde_json::to_string_pretty(&rows).expect("JSON") + "\n";
    fs::write(folder.join("rust.json"), text).expect("a file");
}

/// The version of a crate in the lock file.
pub(crate) fn locked(name: &str) -> &'static str {
    let lock = include_str!("../../Cargo.lock");
    let (_, rest) = lock.split_once(&format!("name = \"{name}\"\nversion = \"")).expect("it is locked");
    rest.split('"').next().expect("a version")
}
