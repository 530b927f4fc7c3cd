//! The direction of dependency: a module imports only from modules that stand before it in this list.

use std::fs;
use std::path::{Path, PathBuf};

const ORDER: &[&str] = &[
    "testing",
    "error",
    "parallel",
    "encoding",
    "json",
    "time",
    "jcs",
    "options",
    "algorithms",
    "keys",
    "document",
    "jws",
    "replay",
    "job",
    "receipt",
    "result",
    "agent_card",
    "http",
    "api",
    "lib",
];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn imports_point_downwards() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    files(&source, &mut found);
    let place = |module: &str| ORDER.iter().position(|name| *name == module);
    let mut imports = 0;
    for path in found {
        let inside = path.strip_prefix(&source).expect("inside src");
        let first = inside.iter().next().expect("a name").to_str().expect("UTF-8").trim_end_matches(".rs");
        let own =
            place(first).unwrap_or_else(|| panic!("{} is not in the order of layers", inside.display()));
        for line in fs::read_to_string(&path).expect("a file").lines() {
            for part in line.split("crate::").skip(1) {
                let end = part
                    .find(|letter: char| !letter.is_alphanumeric() && letter != '_')
                    .unwrap_or(part.len());
                let Some(other) = place(&part[..end]) else { continue };
                imports += 1;
                assert!(other <= own, "{}: `{first}` must not import `{}`", inside.display(), &part[..end]);
            }
        }
    }
    assert!(imports > 50, "the test reads imports: {imports}");
}
