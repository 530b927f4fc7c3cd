//! The one error of samebyte: a stable code, free text, and a small detail.

mod codes;

use std::borrow::Cow;
use std::fmt;

pub use codes::{Code, Kind};

/// The result of every fallible function of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why an operation was refused.
///
/// [`code`](Error::code) and [`kind`](Error::kind) are stable and equal in every language; the message is
/// free text for people. Neither the message nor the detail ever holds key material or payload text.
#[derive(Clone, PartialEq, Eq)]
pub struct Error(Box<Inner>);

#[derive(Clone, PartialEq, Eq)]
struct Inner {
    code: Code,
    message: Cow<'static, str>,
    detail: Vec<(&'static str, Detail)>,
}

/// The longest text in a detail, in bytes.
const LONGEST_DETAIL: usize = 256;

/// One value of an error's detail.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Detail {
    Number(u64),
    Text(String),
    /// Canonical JSON text.
    Json(String),
}

impl Error {
    /// An error with a code and a message, and no detail.
    #[cold]
    pub fn new(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner { code, message: message.into(), detail: Vec::new() }))
    }

    /// The same error with a number in its detail, for example a byte offset.
    #[must_use]
    pub fn with_number(mut self, name: &'static str, number: usize) -> Self {
        self.add(name, Detail::Number(number as u64));
        self
    }

    /// The same error with a text in its detail, for example a JSON pointer. A text may come from an input: of one that
    /// is longer than 256 bytes the whole characters within them are kept.
    #[must_use]
    pub fn with_text(mut self, name: &'static str, text: impl Into<String>) -> Self {
        let mut text = text.into();
        if text.len() > LONGEST_DETAIL {
            let end = (0..=LONGEST_DETAIL).rev().find(|at| text.is_char_boundary(*at));
            text.truncate(end.unwrap_or(0));
        }
        self.add(name, Detail::Text(text));
        self
    }

    /// The same error with a JSON value in its detail, given as canonical text, for example a list of pointers. Whoever
    /// makes it bounds it.
    #[must_use]
    pub(crate) fn with_json(mut self, name: &'static str, json: String) -> Self {
        self.add(name, Detail::Json(json));
        self
    }

    /// The same error with another text in place of the one in its detail.
    #[must_use]
    pub(crate) fn map_text(mut self, name: &str, change: impl Fn(&str) -> String) -> Self {
        for (other, value) in &mut self.0.detail {
            if let Detail::Text(text) = value
                && *other == name
            {
                *text = change(text);
            }
        }
        self
    }

    /// What was said first stays: it was said nearer to the fault.
    fn add(&mut self, name: &'static str, value: Detail) {
        if self.0.detail.iter().all(|(other, _)| *other != name) {
            self.0.detail.push((name, value));
        }
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// The kind that the code belongs to.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.0.code.kind()
    }

    /// What went wrong, in words. Not stable.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The detail as a canonical JSON object (RFC 8785), or `None` where there is none.
    #[must_use]
    pub fn detail_json(&self) -> Option<String> {
        if self.0.detail.is_empty() {
            return None;
        }
        let mut members: Vec<_> = self.0.detail.iter().collect();
        members.sort_by_key(|(name, _)| *name);
        let mut json = String::from("{");
        for (index, (name, value)) in members.into_iter().enumerate() {
            if index > 0 {
                json.push(',');
            }
            push_json_string(&mut json, name);
            json.push(':');
            match value {
                Detail::Number(number) => json.push_str(&number.to_string()),
                Detail::Text(text) => push_json_string(&mut json, text),
                Detail::Json(text) => json.push_str(text),
            }
        }
        json.push('}');
        Some(json)
    }
}

/// The string as RFC 8785 section 3.2.2.2 writes it. Errors are below the canonicalizer, hence a small twin here.
fn push_json_string(json: &mut String, text: &str) {
    json.push('"');
    for character in text.chars() {
        match character {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\u{8}' => json.push_str("\\b"),
            '\t' => json.push_str("\\t"),
            '\n' => json.push_str("\\n"),
            '\u{c}' => json.push_str("\\f"),
            '\r' => json.push_str("\\r"),
            '\0'..='\u{1f}' => json.push_str(&format!("\\u{:04x}", character as u32)),
            _ => json.push(character),
        }
    }
    json.push('"');
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.0.code, self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Error({}: {}", self.0.code, self.0.message)?;
        if let Some(detail) = self.detail_json() {
            write!(formatter, ", {detail}")?;
        }
        formatter.write_str(")")
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn detail_is_sorted_and_escaped() {
        let error =
            Error::new(Code::InvalidJson, "x").with_text("pointer", "/a\"\u{1}").with_number("offset", 7);
        assert_eq!(error.detail_json().as_deref(), Some(r#"{"offset":7,"pointer":"/a\"\u0001"}"#));
        assert_eq!(Error::new(Code::Internal, "x").detail_json(), None);
        let error =
            Error::new(Code::InvalidJson, "x").with_number("z", 1).with_json("a", r#"["/b"]"#.to_owned());
        assert_eq!(error.detail_json().as_deref(), Some(r#"{"a":["/b"],"z":1}"#));
        let error = Error::new(Code::InvalidJson, "x").with_text("a", "inner").with_number("a", 1);
        assert_eq!(error.detail_json().as_deref(), Some(r#"{"a":"inner"}"#));
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let error = Error::new(Code::UnknownOption, "x").with_text("option", "aé".repeat(1000));
        let expected = format!("{{\"option\":\"{}a\"}}", "aé".repeat(85));
        assert_eq!(error.detail_json(), Some(expected));
    }

    #[test]
    fn codes_are_found_by_name_and_number() {
        for code in Code::ALL {
            assert_eq!(Code::from_name(code.name()), Some(*code));
            assert_eq!(Code::from_number(code.number()), Some(*code));
        }
    }
}
