//! Who signed a request: the key that its header names, and whether the signature is one of it.

use std::sync::Arc;

use super::frame::Frame;
use super::settings::Settings;
use super::stamp::Stamp;
use super::text::{self, Part};
use super::trust::{Lookup, Trusted};
use crate::algorithms::{Algorithm, LowS};
use crate::error::{Code, Error, Result};

/// The key that a header names, or the source where it may be found.
#[derive(Debug)]
pub(super) enum Found {
    Key(Arc<Trusted>),
    Fetch(usize),
}

/// Looks for the key that a header names.
///
/// # Errors
/// `key_source_unavailable`, `signature_key_not_allowed` (it is one of another tenant), `signature_unknown`.
pub(super) fn find_key(settings: &Settings, frame: &Frame, now_ms: u64) -> Result<Found> {
    let header = &frame.header;
    match settings.trust.find(&header.kid, header.iss.as_deref(), now_ms) {
        Lookup::Found(trusted) => Ok(Found::Key(trusted)),
        Lookup::Fetch(source) => Ok(Found::Fetch(source)),
        Lookup::Unavailable => Err(Error::new(Code::KeySourceUnavailable, "the keys cannot be fetched")),
        Lookup::Unknown
            if header.iss.is_some()
                && matches!(settings.trust.find(&header.kid, None, now_ms), Lookup::Found(_)) =>
        {
            let error = Error::new(Code::SignatureKeyNotAllowed, "the key is not one of the issuer");
            Err(error.with_text("cause", "iss"))
        }
        Lookup::Unknown => Err(Error::new(Code::SignatureUnknown, "the signature is not of a trusted key")),
    }
}

/// Verifies the signature of a request over `input`.
///
/// # Errors
/// `signature_invalid`.
pub(super) fn verify_signature(trusted: &Trusted, frame: &Frame, input: &[u8]) -> Result<()> {
    let algorithm = frame.header.algorithm;
    let verified = algorithm.is_some_and(|algorithm| {
        trusted.key.verify_with(algorithm, input, &frame.signature, LowS::Any).is_ok()
    });
    if verified {
        return Ok(());
    }
    Err(Error::new(Code::SignatureInvalid, "the signature is not one of the key over this request"))
}

/// Who signed, as canonical JSON.
pub(super) fn identity(frame: &Frame, trusted: &Trusted, stamp: &Stamp, hash: &str) -> Vec<u8> {
    let header = &frame.header;
    text::object([
        ("alg", Part::text(header.algorithm.map(Algorithm::name))),
        ("aud", Part::text(header.aud.as_deref())),
        ("exp", Part::Json(&stamp.exp.to_string())),
        ("iat", Part::Json(&stamp.iat.to_string())),
        ("iss", Part::text(header.iss.as_deref())),
        ("kid", Part::Text(&header.kid)),
        ("nonce", Part::Text(&stamp.nonce)),
        ("request_hash", Part::Text(hash)),
        ("tenant", Part::Text(&trusted.tenant)),
    ])
}
