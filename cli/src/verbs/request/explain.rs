//! The report of `request explain`, laid out for people.

use std::fmt::Write as _;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

#[derive(Deserialize)]
struct Report<'a> {
    /// As the library wrote it: another text of its numbers would not be what was signed.
    #[serde(borrow)]
    body: Option<&'a RawValue>,
    checks: Vec<Value>,
    header: Option<serde_json::Map<String, Value>>,
    signing_input_sha256: Option<&'a str>,
    verdict: &'a str,
}

/// Header, body, every check in its order with the difference where one failed, and the verdict.
pub(super) fn layout(report: &[u8]) -> Vec<u8> {
    let report: Report<'_> = serde_json::from_slice(report).expect("the library's report is of this shape");
    let mut text = String::new();
    match &report.header {
        Some(members) => {
            text.push_str("header\n");
            for (name, value) in members {
                let _ = writeln!(text, "  {name:<6} {}", plain(value));
            }
        }
        None => text.push_str("header  none that can be read\n"),
    }
    match report.body {
        Some(body) => {
            let _ = writeln!(text, "body\n  {body}");
        }
        None => text.push_str("body    none that was read as JSON\n"),
    }
    if let Some(hash) = report.signing_input_sha256 {
        let _ = writeln!(text, "signing input\n  sha256 {hash}");
    }
    text.push_str("checks\n");
    for check in &report.checks {
        layout_check(&mut text, check);
    }
    let _ = writeln!(text, "verdict {}", report.verdict);
    text.into_bytes()
}

fn layout_check(text: &mut String, check: &Value) {
    let name = plain(&check["check"]);
    if check["passed"] == true {
        let _ = writeln!(text, "  ok      {name}");
        return;
    }
    let _ = writeln!(text, "  FAILED  {name}: {}: {}", plain(&check["code"]), plain(&check["message"]));
    let detail = &check["detail"];
    let others = detail.as_object().into_iter().flatten().map(|(name, _)| name.as_str());
    let others = others.filter(|name| !matches!(*name, "expected" | "actual"));
    for name in ["expected", "actual"].into_iter().chain(others) {
        if let Some(value) = detail.get(name) {
            let _ = writeln!(text, "          {name:<9} {}", plain(value));
        }
    }
}

/// A string as it reads. Control characters in it would be for the terminal.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) if !text.contains(char::is_control) => text.clone(),
        other => other.to_string(),
    }
}
