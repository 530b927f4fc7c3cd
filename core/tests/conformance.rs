//! Every vector of `conformance-vectors/manifest.json` through the door.

use std::fs;
use std::path::{Path, PathBuf};

use samebyte::api::{Code, Error, Result};
use serde_json::Value;

// Written once, for the adapter and for here.
#[path = "../../cli/src/adapter/operations.rs"]
mod operations;

/// What is wrong with the outcome of a case.
fn problem(case: &Value, outcome: &Result<Value>) -> Option<String> {
    match (outcome, case.get("expected")) {
        (Ok(got), Some(expected)) => (got != expected).then(|| format!("got {got}\n  expected {expected}")),
        (Ok(got), None) => Some(format!("accepted with {got}\n  expected {}", case["code"])),
        (Err(error), Some(_)) => Some(format!("refused: {error:?}")),
        (Err(error), None) => {
            let good = error.code().name() == case["code"] && detail_agrees(case, error);
            (!good).then(|| format!("refused: {error:?}\n  expected {} {}", case["code"], case["detail"]))
        }
    }
}

/// Each member of the case's `detail` is in that of the error.
fn detail_agrees(case: &Value, error: &Error) -> bool {
    let found: Value =
        error.detail_json().map_or(Value::Null, |json| serde_json::from_str(&json).expect("JSON"));
    let expected = case.get("detail").and_then(Value::as_object);
    expected.is_none_or(|members| members.iter().all(|(name, value)| found.get(name) == Some(value)))
}

fn read(path: PathBuf) -> Value {
    serde_json::from_str(&fs::read_to_string(path).expect("a file")).expect("JSON")
}

/// Whether a case is about an algorithm that this build leaves to AWS-LC.
fn is_left_out(case: &Value, outcome: &Result<Value>) -> bool {
    let refused = outcome.as_ref().is_err_and(|error| error.code() == Code::KeyUnsupported);
    // A key set skips keys that are not supported, so that nothing is refused.
    let names = || ["P-256", "P-384", "P-521", "RSA"].map(|name| format!("\\\"{name}\\\""));
    cfg!(not(feature = "aws-lc"))
        && (refused || names().iter().any(|name| case["args"].to_string().contains(name)))
}

#[test]
fn every_vector_of_the_manifest() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../conformance-vectors");
    let manifest = read(root.join("manifest.json"));
    let (mut ran, mut problems, mut left_out) = (0_u64, Vec::new(), Vec::new());
    for file in manifest["files"].as_array().expect("files") {
        for case in
            read(root.join(file["path"].as_str().expect("a path")))["cases"].as_array().expect("cases")
        {
            let operation = case["op"].as_str().expect("an operation");
            let outcome = operations::perform(operation, &case["args"]).expect("a known operation");
            match problem(case, &outcome) {
                Some(_) if is_left_out(case, &outcome) => left_out.push(case["id"].to_string()),
                Some(problem) => problems.push(format!("{} ({}): {problem}", case["id"], case["comment"])),
                None => {}
            }
            ran += 1;
        }
    }
    if !left_out.is_empty() {
        eprintln!("skipped, need AWS-LC: {} vectors: {}", left_out.len(), left_out.join(" "));
    }
    assert!(problems.is_empty(), "{} of {ran} vectors fail:\n{}", problems.len(), problems.join("\n"));
    assert_eq!(Some(ran), manifest["cases"].as_u64(), "every case of the manifest ran");
}
