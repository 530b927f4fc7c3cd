//! Signing.

use super::draft::Draft;
use super::header::{Header, malformed};
use super::payload::{Source, canonical};
use super::protected::HeaderOptions;
use super::serialization::{Jws, Limits, Serialization};
use crate::document::appended;
use crate::error::{Code, Error, Result};
use crate::jcs::Numbers;
use crate::json::view::{Object, Value};
use crate::keys::SigningKey;

/// How a payload is signed.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct SignOptions {
    /// How the JWS is written.
    pub serialization: Serialization,
    /// Whether the payload is left out (RFC 7515 appendix F).
    pub detached: bool,
    /// If given, the payload is JSON text, and its canonical text under this number policy is what is signed.
    pub canonicalize: Option<Numbers>,
    /// What the header says.
    pub header: HeaderOptions,
}

/// A JWS of `payload`.
///
/// # Errors
/// `algorithm_mismatch`: the key does not permit the algorithm. `signature_header_malformed`, `too_large`: the header.
/// `payload_unencodable`: with `b64` false, a payload that stands in a compact token holds only printable ASCII but
/// dots, and one that stands in JSON is UTF-8 (RFC 7797 section 5). `invalid_argument`: an unprotected header in a
/// compact token. The codes of the reader, for texts that are JSON.
pub fn sign(payload: &[u8], key: &SigningKey, options: &SignOptions) -> Result<Vec<u8>> {
    let payload = canonical(payload, options.canonicalize)?;
    let algorithm = options.header.algorithm.unwrap_or(key.algorithm());
    let draft = Draft::new(&payload, algorithm, key.kid(), &options.header)?;
    draft.check(options)?;
    let signature = key.sign_with(algorithm, draft.message())?;
    Ok(draft.assemble(&signature, options))
}

/// One signature over `payload` as an entry of a general JWS: `{"header"?,"protected","signature"}`, canonical.
///
/// # Errors
/// As [`sign`].
pub(crate) fn sign_entry(payload: &[u8], key: &SigningKey, header: &HeaderOptions) -> Result<Vec<u8>> {
    let algorithm = header.algorithm.unwrap_or(key.algorithm());
    let draft = Draft::new(payload, algorithm, key.kid(), header)?;
    Ok(draft.entry(&key.sign_with(algorithm, draft.message())?))
}

/// One more signature for a flattened or general JWS, which becomes general; those that are there are neither
/// verified nor changed. `payload` is given if, and only if, it is detached. Of `options`, the serialization and
/// whether the payload is detached make no difference: both are those of `jws`.
///
/// # Errors
/// Those of [`sign`]; `jws_malformed`, `payload_missing`, `payload_unexpected`; `too_many_signatures` for more than
/// 64; `signature_header_malformed` if `b64` is not that of the other signatures (RFC 7797 section 3).
pub fn append(
    jws: &[u8],
    payload: Option<&[u8]>,
    key: &SigningKey,
    options: &SignOptions,
) -> Result<Vec<u8>> {
    let limits = Limits::default();
    let jws = Jws::read(jws, limits)?;
    let Jws::Json(text) = &jws else {
        return Err(Error::new(Code::JwsMalformed, "only a JWS in JSON takes one more signature"));
    };
    let parts = jws.parts(limits)?;
    let b64 = options.header.b64;
    for entry in &parts.entries {
        let protected = Header::decode(entry.protected, limits.header)?;
        if Header::read(&protected, entry.unprotected)?.b64 != b64 {
            return Err(malformed("b64 is not that of the other signatures", "b64"));
        }
    }
    let source = Source::find(&parts, payload, options.canonicalize, limits)?;
    let payload = source.open(b64, parts.serialization, limits)?;
    let entry = sign_entry(&payload.bytes, key, &options.header)?;
    let object = Object::parse(text).expect("it was taken apart");
    if let Some(signatures) = object.member("signatures") {
        let signatures = appended(Some(signatures), parts.entries.len(), &entry)?;
        return Ok(object.with("signatures", &signatures));
    }
    let (mut rest, mut first) = (text.clone(), b"[{".to_vec());
    for name in ["header", "protected", "signature"] {
        let object = Object::parse(&rest).expect("an object without a member is one");
        let (without, value) = object.without(name);
        if let Some(value) = value {
            let comma: &[u8] = if first.ends_with(b"{") { b"\"" } else { b",\"" };
            first.extend([comma, name.as_bytes(), b"\":", value.raw()].concat());
        }
        rest = without.into_owned();
    }
    first.extend_from_slice(b"}]");
    let signatures = appended(Some(Value::parse(&first)), 1, &entry)?;
    Ok(Object::parse(&rest).expect("an object without a member is one").with("signatures", &signatures))
}
