//! The examples in `docs/spec` are the bytes of the vectors.
//!
//! A line `<!-- vector: ID PATH -->` stands before a fenced block: the block is the string at that path of that case.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

/// Every case of the vectors by its id.
fn cases(root: &Path) -> HashMap<String, Value> {
    let mut cases = HashMap::new();
    for noun in fs::read_dir(root.join("conformance-vectors/vectors")).expect("the vectors") {
        for file in fs::read_dir(noun.expect("an entry").path()).expect("a folder of vectors") {
            let text = fs::read(file.expect("an entry").path()).expect("a file of vectors");
            let file: Value = serde_json::from_slice(&text).expect("JSON");
            for case in file["cases"].as_array().expect("cases") {
                cases.insert(case["id"].as_str().expect("an id").to_owned(), case.clone());
            }
        }
    }
    cases
}

#[test]
fn examples_are_those_of_the_vectors() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in the workspace");
    let cases = cases(root);
    let mut pages = 0;
    for page in fs::read_dir(root.join("docs/spec")).expect("the pages") {
        let path = page.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("a page");
        let marked: Vec<&str> = text.split("<!-- vector: ").skip(1).collect();
        assert!(!marked.is_empty(), "{}: no example", path.display());
        pages += 1;
        for example in marked {
            let (mark, rest) = example.split_once(" -->\n```").expect("a fenced block follows");
            let (id, place) = mark.split_once(' ').expect("an id and a path");
            let (_, block) = rest.split_once('\n').expect("the name of the language");
            let (block, _) = block.split_once("\n```").expect("the block ends");
            let value = place.split('.').fold(cases.get(id).expect(id), |value, name| &value[name]);
            let value = value.as_str().expect(mark);
            assert_eq!(block, value.strip_suffix('\n').unwrap_or(value), "{}: {mark}", path.display());
        }
    }
    assert_eq!(pages, 9);
}
