//! The conformance adapter for Rust: one request per line in, one answer per line out, over `samebyte::api`.
//!
//! The protocol is `conformance-vectors/runner/PROTOCOL.md`, the operations are
//! `conformance-vectors/operations.json`.

use std::io::{self, BufRead, Write};

use samebyte::api::Error;
use serde_json::{Value, json};

// The tests of core run the vectors through the same operations.
#[path = "adapter/operations.rs"]
mod operations;

fn main() -> io::Result<()> {
    let mut output = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let mut answer = answer(&line?).to_string();
        answer.push('\n');
        output.write_all(answer.as_bytes())?;
        output.flush()?;
    }
    Ok(())
}

fn answer(line: &str) -> Value {
    let request: Value = serde_json::from_str(line).unwrap_or_default();
    let id = &request["id"];
    match request["op"].as_str().and_then(|op| operations::perform(op, &request["args"])) {
        None => json!({"id": id, "unsupported": true}),
        Some(Ok(ok)) => json!({"id": id, "ok": ok}),
        Some(Err(error)) => json!({"id": id, "error": describe(&error)}),
    }
}

fn describe(error: &Error) -> Value {
    let mut description = json!({"code": error.code().name(), "kind": error.kind().name()});
    if let Some(detail) = error.detail_json() {
        description["detail"] = serde_json::from_str(&detail).expect("a detail is JSON");
    }
    description
}
