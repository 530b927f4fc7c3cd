//! JSON Web Signatures.

mod options;

use super::{PublicKey, Result, SigningKey, Verifier, guard};
use crate::{jws, parallel};

pub use crate::jws::VerifiedJws;

/// A JWS (RFC 7515) of `payload`. `options`: `{"serialization":"compact"|"flattened"|"general","detached":bool,
/// "b64":bool,"canonicalize":"exact"|"ieee754","alg":…,"kid":…|null,"typ":…,"header":{more protected members},
/// "unprotected":{…}}`; the default is a compact token with the `kid` of the key, if it has one. With `canonicalize`
/// the payload is JSON text, and its canonical text under this number policy is what is signed.
///
/// # Errors
/// `unknown_option`, `invalid_argument`, `algorithm_unsupported`, `algorithm_mismatch`, `signature_header_malformed`,
/// `payload_unencodable`, `too_large`; the codes of the reader.
pub fn jws_sign(payload: &[u8], key: &SigningKey, options: &[u8]) -> Result<Vec<u8>> {
    guard(|| jws::sign(payload, key, &options::sign(options)?))
}

/// One more signature for a flattened or general JWS, which becomes general; those that are there are neither
/// verified nor changed. `payload` is given if, and only if, it is detached. `options` as [`jws_sign`], without
/// `serialization` and `detached`.
///
/// # Errors
/// Those of [`jws_sign`]; `jws_malformed`, `payload_missing`, `payload_unexpected`, `too_many_signatures`.
pub fn jws_append(jws: &[u8], payload: Option<&[u8]>, key: &SigningKey, options: &[u8]) -> Result<Vec<u8>> {
    guard(|| jws::append(jws, payload, key, &options::append(options)?))
}

/// Verifies a JWS in any serialization. `payload` is given if, and only if, it is detached. `options`:
/// `{"canonicalize":"exact"|"ieee754"}`, where the given payload is JSON text and its canonical text was signed.
///
/// # Errors
/// Those of [`jws::verify`](crate::jws::verify); `unknown_option`, `invalid_argument`.
pub fn jws_verify(
    jws: &[u8],
    payload: Option<&[u8]>,
    verifier: &Verifier,
    options: &[u8],
) -> Result<VerifiedJws> {
    guard(|| jws::verify(jws, payload, verifier, options::verify(options)?))
}

/// Verifies many JWS that hold their payload, each as [`jws_verify`] does and with its own result, on all processors.
#[must_use]
pub fn jws_verify_many(jws: &[&[u8]], verifier: &Verifier) -> Vec<Result<VerifiedJws>> {
    parallel::map(jws, |jws| jws_verify(jws, None, verifier, &[]))
}

/// What the holder of the private key of `key` must sign: canonical `{"alg","digest","kid","message"}`, where `message`
/// and `digest` are base64url, and `digest` is null for EdDSA. `options` as [`jws_sign`].
///
/// # Errors
/// Those of [`jws_sign`].
pub fn jws_prepare(payload: &[u8], key: &PublicKey, options: &[u8]) -> Result<Vec<u8>> {
    guard(|| jws::prepare(payload, key, &options::sign(options)?))
}

/// The JWS with the signature that was made over what [`jws_prepare`] named for the same arguments. An ECDSA signature
/// may be in DER or in fixed width. It is verified before the JWS is assembled.
///
/// # Errors
/// Those of [`jws_sign`]; `signature_malformed`, `signature_invalid`.
pub fn jws_finish(payload: &[u8], key: &PublicKey, options: &[u8], signature: &[u8]) -> Result<Vec<u8>> {
    guard(|| jws::finish(payload, key, &options::sign(options)?, signature))
}

/// What a JWS says of itself, as canonical JSON for people. Nothing of it is verified or to be believed.
///
/// # Errors
/// Those of [`jws::inspect`](crate::jws::inspect).
pub fn jws_inspect(jws: &[u8]) -> Result<Vec<u8>> {
    guard(|| jws::inspect(jws))
}
