//! Each rule on a small set of files that breaks it.

use std::fs;

use serde_json::{Value, json};

use super::faults;

/// A folder with one operation, two codes and one good file, which `change` spoils.
fn faults_of(name: &str, change: impl FnOnce(&mut Value)) -> Vec<String> {
    let root = std::env::temp_dir().join(format!("samebyte-lint-{}-{name}", std::process::id()));
    fs::create_dir_all(root.join("vectors/jcs")).expect("a folder");
    let mut all = json!({
        "operations": [{"name": "op", "summary": "x", "args": {"input": "bytes", "key": "key?", "options": "options?"}, "ok": {"output": "bytes", "raw": "binary?"}}],
        "codes": [{"name": "bad"}, {"name": "rare"}],
        "exceptions": {"codes": {"rare": "a reason"}, "operations": {}},
        "manifest": {
            "schema": "schema/manifest.schema.json", "cases": 2, "last_id": {"jcs": 9},
            "files": [{"path": "vectors/jcs/a.json", "cases": 2}],
        },
        "file": {
            "schema": "../../schema/vectors.schema.json", "noun": "jcs", "checked_by": "hand", "notes": {"f": "a flag"},
            "cases": [
                {"id": "jcs-0001", "comment": "c", "flags": ["f"], "op": "op", "args": {"input_utf8": "1"}, "expected": {"output_utf8": "1"}},
                {"id": "jcs-0002", "comment": "c", "flags": ["f"], "op": "op", "args": {"input_b64u": "_w"}, "code": "bad"},
            ],
        },
    });
    change(&mut all);
    for (member, path) in [
        ("operations", "operations.json"),
        ("codes", "codes.json"),
        ("exceptions", "exceptions.json"),
        ("manifest", "manifest.json"),
        ("file", "vectors/jcs/a.json"),
    ] {
        fs::write(root.join(path), all[member].to_string()).expect("a file");
    }
    let list = faults(&root).expect("readable files").list;
    fs::remove_dir_all(&root).expect("our own folder");
    list
}

#[test]
fn good_files_have_no_fault() {
    assert_eq!(faults_of("good", |_| {}), Vec::<String>::new());
}

#[test]
fn every_form_of_a_key_is_known() {
    for form in [
        json!({"jwk_utf8": "{}"}),
        json!({"jwk_b64u": "AA", "algorithm": "ES256"}),
        json!({"pem_utf8": "", "algorithm": "ES256"}),
        json!({"der_b64u": ""}),
        json!({"encrypted_pem_utf8": "", "password_b64u": "", "algorithm": "ES256"}),
        json!({"alg": "EdDSA", "hex": ""}),
        json!({"alg": "HS256", "symmetric_b64u": "", "kid": ""}),
        json!({"symmetric_jwk_utf8": "{}"}),
    ] {
        let faults = faults_of("forms", |all| {
            all["file"]["cases"][0]["args"] = json!({"input_utf8": "1", "key": form, "options": {"a": 1}});
            all["file"]["cases"][0]["expected"] = json!({"output_utf8": "", "raw_b64u": ""});
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}

#[test]
fn each_rule_finds_its_fault() {
    type Change = fn(&mut Value);
    let rules: [(&str, Change, &str); 26] = [
        ("id", |all| all["file"]["cases"][0]["id"] = json!("jcs-1"), "the id is not jcs-NNNN"),
        ("noun", |all| all["file"]["cases"][0]["id"] = json!("job-0001"), "the id is not jcs-NNNN"),
        ("twice", |all| all["file"]["cases"][1]["id"] = json!("jcs-0001"), "jcs-0001 stands twice"),
        ("comment", |all| all["file"]["cases"][0]["comment"] = json!(""), "no comment"),
        ("flag", |all| all["file"]["cases"][0]["flags"] = json!(["g"]), "the flag g is not explained"),
        ("unused", |all| all["file"]["notes"]["g"] = json!("x"), "explained and not used"),
        ("repeated", |all| all["file"]["cases"][0]["flags"] = json!(["f", "f"]), "a flag stands twice"),
        ("code", |all| all["file"]["cases"][1]["code"] = json!("worse"), "codes.json has no worse"),
        ("both", |all| all["file"]["cases"][0]["code"] = json!("bad"), "needs either expected"),
        ("op", |all| all["file"]["cases"][0]["op"] = json!("po"), "operations.json has no po"),
        ("spelling", |all| all["file"]["cases"][0]["args"] = json!({"input": "1"}), "not spelled as bytes"),
        ("missing", |all| all["file"]["cases"][0]["args"] = json!({}), "does not have exactly one input"),
        (
            "extra",
            |all| all["file"]["cases"][0]["args"]["x"] = json!(1),
            "x is not a member of the operation",
        ),
        ("key", |all| all["file"]["cases"][0]["args"]["key"] = json!({"hex": "00"}), "not spelled as key"),
        (
            "key form",
            |all| all["file"]["cases"][0]["args"]["key"] = json!({"symmetric_b64u": "AA", "kid": "k"}),
            "not spelled as key",
        ),
        (
            "key member",
            |all| {
                all["file"]["cases"][0]["args"]["key"] = json!({"jwk_utf8": "{}", "jwk_b64u": "AA"});
            },
            "not spelled as key",
        ),
        ("options", |all| all["file"]["cases"][0]["args"]["options"] = json!("{}"), "not spelled as options"),
        (
            "binary",
            |all| all["file"]["cases"][0]["expected"]["raw_utf8"] = json!(""),
            "raw_utf8 is not spelled as binary",
        ),
        (
            "result",
            |all| all["file"]["cases"][0]["expected"] = json!({"output_b64u": ""}),
            "not spelled as bytes",
        ),
        (
            "same",
            |all| all["file"]["cases"][1]["args"] = json!({"input_utf8": "1"}),
            "jcs-0002 contradicts jcs-0001",
        ),
        ("valid", |all| all["file"]["cases"][1]["expected"] = json!({"output_utf8": "1"}), "needs either"),
        ("uncovered", |all| all["codes"][1] = json!({"name": "new"}), "no case has the code new"),
        ("exception", |all| all["exceptions"]["codes"]["bad"] = json!("x"), "bad is no exception any more"),
        ("reason", |all| all["exceptions"]["codes"]["rare"] = json!(""), "rare has no reason"),
        ("manifest", |all| all["manifest"]["cases"] = json!(3), "manifest.json is out of date"),
        ("reused", |all| all["manifest"]["last_id"] = json!({"jcs": 1}), "manifest.json is out of date"),
    ];
    for (name, change, expected) in rules {
        let list = faults_of(name, change);
        assert!(list.iter().any(|fault| fault.contains(expected)), "{name}: {list:?}");
    }
}
