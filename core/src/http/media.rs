//! What kind of body a message has: nothing, JSON, or other octets.

use super::fields::Fields;
use crate::error::{Code, Error, Result};
use crate::jcs::{self, Options};

/// The member `can`: what the payload of the signature is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Can {
    /// The RFC 8785 text of a JSON body.
    Jcs,
    /// The octets of another body.
    Raw,
    /// Nothing: the message has no body.
    None,
}

impl Can {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Jcs => "jcs",
            Self::Raw => "raw",
            Self::None => "none",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Jcs, Self::Raw, Self::None].into_iter().find(|can| can.name() == name)
    }

    /// How a body of this media type is signed.
    pub(crate) fn of(essence: &str) -> Self {
        let subtype = essence.split_once('/').map_or("", |(_, subtype)| subtype);
        if essence == "application/json" || subtype.ends_with("+json") { Self::Jcs } else { Self::Raw }
    }
}

/// The media type of a Content-Type without its parameters, in lower case (RFC 9110 section 8.3.1); `None` where it
/// is none, or where it names another charset than UTF-8: that would not be signed, and changes what octets say.
pub(crate) fn essence(content_type: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(content_type).ok()?;
    let (essence, parameters) = text.split_once(';').unwrap_or((text, ""));
    let essence = essence.trim_matches([' ', '\t']).to_ascii_lowercase();
    let (kind, subtype) = essence.split_once('/')?;
    let token = |text: &str| !text.is_empty() && text.bytes().all(super::fields::is_token);
    if !token(kind) || !token(subtype) {
        return None;
    }
    let charsets = parameters.split(';').filter_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim_matches([' ', '\t']).eq_ignore_ascii_case("charset").then_some(value)
    });
    let utf8 = |value: &str| value.trim_matches([' ', '\t']).trim_matches('"').eq_ignore_ascii_case("utf-8");
    charsets.into_iter().all(utf8).then_some(essence)
}

/// Whether a response with this Content-Type and this Content-Encoding, each empty where there is none, is not held back
/// to be signed: events may go on for ever, and a client decodes what is coded before it looks at a signature.
#[must_use]
pub fn is_streamed(content_type: &[u8], content_encoding: &[u8]) -> bool {
    // Of a type that is not well-formed the beginning decides: what has no end must not be waited for.
    let mut parts = content_type.trim_ascii().split(|byte| b"; \t,".contains(byte));
    let essence = parts.next().unwrap_or_default();
    let coding = content_encoding.trim_ascii();
    essence.eq_ignore_ascii_case(b"text/event-stream")
        || !(coding.is_empty() || coding.eq_ignore_ascii_case(b"identity"))
}

/// The media type of a message; `Ok(None)` where it names none.
///
/// # Errors
/// `signature_binding_mismatch`: several lines, or no media type.
pub(crate) fn of(fields: Fields<'_>) -> Result<Option<String>> {
    let mismatch = || {
        Error::new(
            Code::SignatureBindingMismatch,
            "Content-Type is not one media type, or one whose charset is not UTF-8",
        )
        .with_text("member", "cty")
    };
    let value = fields.one("content-type").map_err(|_| mismatch())?;
    value.map(|value| essence(value).ok_or_else(mismatch)).transpose()
}

/// The payload of a signature over `body`.
///
/// # Errors
/// `body_not_canonicalizable`; `signature_binding_mismatch` where there should be no body.
pub(crate) fn payload(can: Can, body: &[u8], max_bytes: usize, max_depth: usize) -> Result<Vec<u8>> {
    match can {
        Can::Jcs => {
            let options = Options { max_bytes, max_depth, ..Options::exact() };
            jcs::canonicalize(body, &options).map_err(|error| {
                Error::new(Code::BodyNotCanonicalizable, "the body is not JSON with one canonical form")
                    .with_text("cause", error.code().name())
            })
        }
        Can::Raw => Ok(body.to_vec()),
        Can::None if body.is_empty() => Ok(Vec::new()),
        Can::None => Err(unexpected_body()),
    }
}

/// There is a body, and the request was signed without one.
pub(crate) fn unexpected_body() -> Error {
    Error::new(Code::SignatureBindingMismatch, "the signature is one of a message without body")
        .with_text("member", "can")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn essences() {
        for (text, expected) in [
            ("application/json", Some("application/json")),
            ("Application/JSON ; charset=UTF-8", Some("application/json")),
            ("application/json; charset=\"utf-8\"; a=b", Some("application/json")),
            ("application/json; charset=latin1", None),
            ("application/json; charset=utf-8; charset=utf-16", None),
            ("text/plain; charset=utf-8", Some("text/plain")),
            ("text/plain; charset=latin1", None),
            ("json", None),
            ("a/", None),
            ("a/b/c", None),
            ("a b/c", None),
            ("", None),
        ] {
            assert_eq!(essence(text.as_bytes()).as_deref(), expected, "{text}");
        }
        assert_eq!(Can::of("application/problem+json"), Can::Jcs);
        assert_eq!(Can::of("application/jsonl"), Can::Raw);
    }

    #[test]
    fn streams() {
        for (content_type, coding, expected) in [
            ("", "", false),
            ("application/json", "", false),
            ("application/json", " Identity ", false),
            ("application/json", "gzip", true),
            ("application/json", "identity, br", true),
            ("text/event-stream", "", true),
            (" Text/Event-Stream ;charset=utf-8", "", true),
            ("text/event-stream charset=utf-8", "", true),
            ("text/event-stream, text/html", "", true),
            ("text/event-streams", "", false),
            ("text/plain; a=text/event-stream", "", false),
        ] {
            let found = is_streamed(content_type.as_bytes(), coding.as_bytes());
            assert_eq!(found, expected, "{content_type}, {coding}");
        }
    }
}
