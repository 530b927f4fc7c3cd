//! The three serializations of RFC 7515 section 7, taken apart; nothing is decoded here.

use std::borrow::Cow;

use super::entry::Entry;
use super::payload::too_large;
use crate::encoding::decoded_length;
use crate::error::{Code, Error, Result};
use crate::jcs::{self, Options};
use crate::json::view::{Object, Text, Value};
use crate::keys::Verifier;

/// How a JWS is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Serialization {
    /// `header.payload.signature` (RFC 7515 section 7.1).
    #[default]
    Compact,
    /// A JSON object with one signature (section 7.2.2).
    Flattened,
    /// A JSON object with an array of signatures (section 7.2.1).
    General,
}

impl Serialization {
    /// `compact`, `flattened` or `general`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Compact => "compact",
            Self::Flattened => "flattened",
            Self::General => "general",
        }
    }
}

/// What is read at most.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// The JSON text of a header, in bytes.
    pub(crate) header: usize,
    /// The payload, in bytes.
    pub(crate) payload: usize,
    /// How many signatures one JWS carries.
    pub(crate) signatures: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { header: 16 << 10, payload: 16 << 20, signatures: 64 }
    }
}

impl Limits {
    /// Those of a verifier.
    pub(crate) fn of(verifier: &Verifier) -> Self {
        Self {
            header: verifier.max_header_bytes(),
            payload: verifier.max_payload_bytes(),
            signatures: verifier.max_signatures(),
        }
    }
}

/// A JWS as text: canonical JSON, or a compact token as it came.
#[derive(Debug)]
pub(crate) enum Jws<'a> {
    Compact(&'a [u8]),
    Json(Vec<u8>),
}

/// The parts of a JWS.
#[derive(Debug)]
pub(crate) struct Parts<'a> {
    pub(crate) serialization: Serialization,
    /// The payload as it stands there; `None` where JSON has no such member.
    pub(crate) payload: Option<Cow<'a, [u8]>>,
    /// At least one.
    pub(crate) entries: Vec<Entry<'a>>,
}

impl<'a> Jws<'a> {
    /// Reads the JSON of a JWS, if it is one of those. What starts with a brace is no compact token.
    ///
    /// # Errors
    /// The codes of the reader.
    pub(crate) fn read(jws: &'a [u8], limits: Limits) -> Result<Self> {
        let json = jws.trim_ascii_start().starts_with(b"{") || jws.starts_with(b"\xef\xbb\xbf");
        if !json {
            return Ok(Self::Compact(jws));
        }
        // base64url makes four bytes of three; an escape may make six of one, but what needs none has no cause.
        let signatures = limits.signatures.saturating_mul(limits.header).saturating_mul(4);
        let max_bytes = (limits.payload / 3 + 1).saturating_mul(4).saturating_add(signatures);
        Ok(Self::Json(jcs::canonicalize(jws, &Options { max_bytes, ..Options::exact() })?))
    }

    /// Takes the JWS apart.
    ///
    /// # Errors
    /// `jws_malformed`, `too_large`, `too_many_signatures`.
    pub(crate) fn parts(&self, limits: Limits) -> Result<Parts<'_>> {
        let parts = match self {
            Self::Compact(token) => compact(token)?,
            Self::Json(text) => json(text, limits.signatures)?,
        };
        if parts.payload.as_ref().is_some_and(|payload| decoded_length(payload.len()) > limits.payload) {
            return Err(too_large());
        }
        Ok(parts)
    }
}

/// The three segments of a compact token. Its dots are not collected: there may be millions.
fn compact(token: &[u8]) -> Result<Parts<'_>> {
    let split = || {
        let first = token.iter().position(|byte| *byte == b'.')?;
        let last = token.iter().rposition(|byte| *byte == b'.')?;
        let payload = token.get(first + 1..last)?;
        (!payload.contains(&b'.')).then_some((first, last, payload))
    };
    let (first, last, payload) = split()
        .ok_or_else(|| malformed("a compact JWS has three segments with a dot between each two", ""))?;
    let entry = Entry { protected: &token[..first], unprotected: None, signature: &token[last + 1..] };
    Ok(Parts {
        serialization: Serialization::Compact,
        payload: Some(Cow::Borrowed(payload)),
        entries: vec![entry],
    })
}

fn json(text: &[u8], max_signatures: usize) -> Result<Parts<'_>> {
    let object = Object::parse(text).ok_or_else(|| malformed("a JWS is a token or a JSON object", ""))?;
    let payload = object
        .member("payload")
        .map(|payload| payload.as_text().ok_or_else(|| malformed("payload is not a string", "/payload")))
        .transpose()?
        .map(bytes);
    let Some(signatures) = object.member("signatures") else {
        let entries = vec![entry(object, "")?];
        return Ok(Parts { serialization: Serialization::Flattened, payload, entries });
    };
    for name in ["signature", "protected", "header"] {
        if object.member(name).is_some() {
            return Err(malformed("a JWS is flattened or general, not both", &format!("/{name}")));
        }
    }
    let signatures =
        signatures.as_array().ok_or_else(|| malformed("signatures is not an array", "/signatures"))?;
    let mut entries = Vec::new();
    for (index, value) in signatures.enumerate() {
        if index >= max_signatures {
            return Err(Error::new(Code::TooManySignatures, "more signatures than the limit"));
        }
        let pointer = format!("/signatures/{index}");
        let object = value.as_object().ok_or_else(|| malformed("a signature is not an object", &pointer))?;
        entries.push(entry(object, &pointer)?);
    }
    if entries.is_empty() {
        return Err(malformed("there is no signature", "/signatures"));
    }
    Ok(Parts { serialization: Serialization::General, payload, entries })
}

/// The string with its escapes resolved.
fn bytes(text: Text<'_>) -> Cow<'_, [u8]> {
    match text.to_text() {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    }
}

/// The signature of a JSON object with the members `protected`, `header` and `signature`, which stands at `pointer`.
pub(crate) fn entry<'a>(object: Object<'a>, pointer: &str) -> Result<Entry<'a>> {
    let text = |name: &str| {
        let text = object.member(name).map(|value| {
            // What has an escape is not base64url: it can stay as it stands.
            let text = value.as_text().map(Text::raw);
            text.ok_or_else(|| {
                malformed("a member of a signature is not a string", &format!("{pointer}/{name}"))
            })
        });
        text.transpose()
    };
    let unprotected = object.member("header").map(|value| {
        let object = Value::as_object(value);
        object.ok_or_else(|| malformed("a header is not an object", &format!("{pointer}/header")))
    });
    Ok(Entry {
        protected: text("protected")?.unwrap_or_default(),
        unprotected: unprotected.transpose()?,
        signature: text("signature")?.ok_or_else(|| malformed("there is no signature", pointer))?,
    })
}

fn malformed(message: &'static str, pointer: &str) -> Error {
    let error = Error::new(Code::JwsMalformed, message);
    if pointer.is_empty() { error } else { error.with_text("pointer", pointer) }
}
