//! The conformance adapter for Rust speaks the protocol.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use crate::run::{root, run};

/// The answers of the adapter to these lines.
fn answers(lines: &str) -> Vec<Value> {
    let run = run(Command::new(env!("CARGO_BIN_EXE_samebyte-adapter")), lines.as_bytes());
    run.text().lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
}

#[test]
fn the_examples_of_the_protocol_hold() {
    let page =
        fs::read_to_string(root().join("conformance-vectors/runner/PROTOCOL.md")).expect("the protocol");
    let lines = |arrow: &str| {
        let lines: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix(arrow)).collect();
        lines.join("\n")
    };
    let expected: Vec<Value> =
        lines("← ").lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert!(!expected.is_empty());
    assert_eq!(answers(&lines("→ ")), expected);
}

#[test]
fn every_operation_is_known() {
    let list = fs::read(root().join("conformance-vectors/operations.json")).expect("the list of operations");
    let list: Vec<Value> = serde_json::from_slice(&list).expect("JSON");
    let names: Vec<&str> = list.iter().map(|row| row["name"].as_str().expect("a name")).collect();
    let requests: Vec<String> =
        names.iter().map(|name| json!({"id": name, "op": name, "args": {}}).to_string()).collect();
    for (name, answer) in names.iter().zip(answers(&requests.join("\n"))) {
        assert_eq!(answer["id"], *name);
        let expected = match *name {
            "test_panic" if cfg!(feature = "test-operations") => {
                json!({"code": "internal", "kind": "internal"})
            }
            "test_panic" => {
                assert_eq!(answer["unsupported"], true);
                continue;
            }
            // Without arguments, every operation says that one is missing.
            _ => json!({"code": "invalid_argument", "kind": "usage", "detail": answer["error"]["detail"]}),
        };
        assert_eq!(answer["error"], expected, "{name}");
    }
    assert_eq!(answers(r#"{"id":"x","op":"frobnicate"}"#), [json!({"id": "x", "unsupported": true})]);
}

/// The adapter as the runner starts it, where it is built in release.
#[cfg(unix)]
#[test]
fn the_wrapper_is_executable() {
    use std::os::unix::fs::PermissionsExt;

    let wrapper = root().join("conformance-vectors/runner/adapters/rust");
    let mode = fs::metadata(&wrapper).expect("the wrapper").permissions().mode();
    assert_eq!(mode & 0o111, 0o111);
    let directory = crate::run::directory();
    let release = directory.path().join("release");
    fs::create_dir(&release).expect("our directory");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_samebyte-adapter"), release.join("samebyte-adapter"))
        .expect("our directory");
    let mut command = Command::new(wrapper);
    command.env("SAMEBYTE_BUILD", directory.path());
    let run = run(command, br#"{"id":"x","op":"frobnicate"}"#);
    assert_eq!(run.text(), "{\"id\":\"x\",\"unsupported\":true}\n");
}
