//! The payload, attached or detached, and as it stands in what is signed.

use std::borrow::Cow;

use super::serialization::{Limits, Parts, Serialization};
use crate::encoding::{from_base64url, to_base64url};
use crate::error::{Code, Error, Result};
use crate::jcs::{self, Numbers, Options};

/// The payload of a JWS.
#[derive(Debug)]
pub(crate) struct Payload<'a> {
    /// What is signed.
    pub(crate) bytes: Cow<'a, [u8]>,
    /// How it stands in the signing input: in base64url, or the bytes themselves (RFC 7797 section 3).
    encoded: Cow<'a, [u8]>,
    /// Whether that is base64url.
    pub(crate) b64: bool,
}

/// Where the payload is.
#[derive(Debug)]
pub(super) enum Source<'a> {
    /// In the JWS, as it stands there.
    Attached(&'a [u8]),
    /// The caller gave it.
    Detached(Cow<'a, [u8]>),
}

impl<'a> Payload<'a> {
    /// The payload with these bytes.
    pub(crate) fn new(bytes: &'a [u8], b64: bool) -> Self {
        let encoded = if b64 { Cow::Owned(to_base64url(bytes).into_bytes()) } else { Cow::Borrowed(bytes) };
        Self { bytes: Cow::Borrowed(bytes), encoded, b64 }
    }

    /// What a signature with this protected header, as base64url, is over (RFC 7515 section 5.1 step 8).
    pub(crate) fn signing_input(&self, protected: &[u8]) -> Vec<u8> {
        let mut input = Vec::with_capacity(protected.len() + 1 + self.encoded.len());
        input.extend_from_slice(protected);
        input.push(b'.');
        input.extend_from_slice(&self.encoded);
        input
    }
}

impl<'a> Source<'a> {
    /// Finds the payload of a JWS: what stands there, or what is `given`, made canonical where that is asked for.
    ///
    /// # Errors
    /// `payload_missing`, `payload_unexpected`, `too_large`; `invalid_argument` where an attached payload would have
    /// to be made canonical; the codes of the reader.
    pub(super) fn find(
        parts: &'a Parts<'_>,
        given: Option<&'a [u8]>,
        canonicalize: Option<Numbers>,
        limits: Limits,
    ) -> Result<Self> {
        // In a compact token, nothing between the dots is an empty payload or a detached one.
        let here = parts.payload.as_deref();
        let here = here.filter(|text| {
            !(text.is_empty() && given.is_some() && parts.serialization == Serialization::Compact)
        });
        match (here, given) {
            (Some(_), Some(_)) => {
                Err(Error::new(Code::PayloadUnexpected, "the payload is attached, and another was given"))
            }
            (None, None) => {
                Err(Error::new(Code::PayloadMissing, "the payload is detached and was not given"))
            }
            (Some(_), None) if canonicalize.is_some() => {
                Err(Error::new(Code::InvalidArgument, "canonicalize is for a detached payload"))
            }
            (Some(text), None) => Ok(Self::Attached(text)),
            (None, Some(given)) if given.len() > limits.payload => Err(too_large()),
            (None, Some(given)) => Ok(Self::Detached(canonical(given, canonicalize)?)),
        }
    }

    /// The payload, where the headers say whether it is base64url.
    ///
    /// # Errors
    /// `jws_malformed`, `too_large`.
    pub(super) fn open(self, b64: bool, serialization: Serialization, limits: Limits) -> Result<Payload<'a>> {
        let text = match self {
            Self::Attached(text) => text,
            Self::Detached(Cow::Borrowed(bytes)) => return Ok(Payload::new(bytes, b64)),
            Self::Detached(Cow::Owned(bytes)) => {
                let encoded = b64.then(|| to_base64url(&bytes).into_bytes());
                let encoded = encoded.unwrap_or_else(|| bytes.clone());
                return Ok(Payload { bytes: Cow::Owned(bytes), encoded: Cow::Owned(encoded), b64 });
            }
        };
        let malformed = |message| Error::new(Code::JwsMalformed, message);
        let bytes = if b64 {
            let bytes = from_base64url(text).ok_or_else(|| malformed("the payload is not base64url"))?;
            Cow::Owned(bytes)
        } else {
            if serialization == Serialization::Compact && !stands_in_a_token(text) {
                return Err(malformed("an unencoded payload in a token is printable ASCII without dots"));
            }
            Cow::Borrowed(text)
        };
        if bytes.len() > limits.payload {
            return Err(too_large());
        }
        Ok(Payload { bytes, encoded: Cow::Borrowed(text), b64 })
    }
}

/// The bytes that are signed: the payload, or its canonical text.
pub(super) fn canonical(payload: &[u8], canonicalize: Option<Numbers>) -> Result<Cow<'_, [u8]>> {
    let Some(numbers) = canonicalize else { return Ok(Cow::Borrowed(payload)) };
    let options = Options { numbers, ..Options::default() };
    Ok(Cow::Owned(jcs::canonicalize(payload, &options)?))
}

/// Whether an unencoded payload can stand in a compact token (RFC 7797 section 5.2).
pub(super) fn stands_in_a_token(payload: &[u8]) -> bool {
    payload.iter().all(|byte| matches!(byte, b' '..=b'~') && *byte != b'.')
}

/// The payload is larger than the limit.
pub(super) fn too_large() -> Error {
    Error::new(Code::TooLarge, "the payload is larger than the limit")
}
