//! A request as curl reads it from a file of options.

use samebyte::api::{Code, Error};

use crate::arguments::Target;
use crate::failure::Result;

/// The options of a signed request. `lines` are its field lines without the signature.
pub(super) fn config(
    target: &Target,
    lines: &str,
    (name, value): (&str, &str),
    body: Option<&[u8]>,
) -> Result<Vec<u8>> {
    // Without these curl would change what was signed: dot segments, and brackets in the URL.
    let mut text = String::from("path-as-is\ngloboff\n");
    let mut option = |name: &str, value: &str| {
        text.push_str(&format!("{name} = \"{}\"\n", escape(value)));
    };
    option("request", &target.method);
    option("url", &target.url);
    for line in lines.lines() {
        option("header", line);
    }
    option("header", &format!("{name}: {value}"));
    if let Some(body) = body {
        let body = std::str::from_utf8(body).ok().filter(|body| !body.contains('\0'));
        let body = body.ok_or_else(|| {
            Error::new(Code::InvalidArgument, "the body is not text: --body-out writes it into a file")
        })?;
        option("data-raw", body);
    }
    Ok(text.into_bytes())
}

/// The escapes that curl knows between quotes.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' => escaped.push_str("\\\\"),
            '"' => escaped.push_str("\\\""),
            '\t' => escaped.push_str("\\t"),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\u{b}' => escaped.push_str("\\v"),
            other => escaped.push(other),
        }
    }
    escaped
}
