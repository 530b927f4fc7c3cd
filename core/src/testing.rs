//! What the unit tests share.

use std::path::Path;

/// The text of a file of independent test data, or `None`, said aloud, where there is none.
pub(crate) fn third_party(path: &str) -> Option<String> {
    let Some(folder) = std::env::var_os("SAMEBYTE_THIRD_PARTY") else {
        eprintln!("skipped: {path}: SAMEBYTE_THIRD_PARTY is not set");
        return None;
    };
    Some(std::fs::read_to_string(Path::new(&folder).join(path)).expect("test data"))
}
