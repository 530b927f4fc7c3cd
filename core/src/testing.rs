//! What the unit tests share.

use std::path::Path;

/// The text of a file of independent test data, or `None`, said aloud, where there is none.
pub(crate) fn third_party(path: &str) -> Option<String> {
    Some(String::from_utf8(third_party_bytes(path)?).expect("UTF-8"))
}

/// As [`third_party`], of a file that holds no text.
pub(crate) fn third_party_bytes(path: &str) -> Option<Vec<u8>> {
    let Some(folder) = std::env::var_os("SAMEBYTE_THIRD_PARTY") else {
        eprintln!("skipped: {path}: SAMEBYTE_THIRD_PARTY is not set");
        return None;
    };
    Some(std::fs::read(Path::new(&folder).join(path)).expect("test data"))
}
