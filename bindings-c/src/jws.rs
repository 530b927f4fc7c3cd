//! JSON Web Signatures.

use std::ffi::c_char;

use samebyte::api;

use crate::border;
use crate::bytes::sb_bytes;
use crate::error::sb_error;
use crate::public_key::sb_public_key;
use crate::signing_key::sb_signing_key;
use crate::verifier::sb_verifier;

/// A JWS (RFC 7515) of `payload`. `options` is `NULL` (with length 0) or a JSON object with `serialization`
/// (`compact`, `flattened`, `general`), `detached`, `b64`, `canonicalize` (`exact`, `ieee754`: the payload is JSON
/// text, and its canonical text is signed), `alg`, `kid` (`null`: none), `typ`, `header` and `unprotected`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_jws_sign(
    payload: *const c_char,
    payload_length: usize,
    key: *const sb_signing_key,
    options: *const c_char,
    options_length: usize,
    jws: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(jws, error, || {
            let payload = border::input(payload, payload_length)?;
            let key = border::handle(key)?;
            let options = border::options(options, options_length)?;
            api::jws_sign(payload, &key.0, options).map(sb_bytes::new)
        })
    }
}

/// One more signature for a flattened or general JWS, which becomes general. `payload` is given if, and only if, it
/// is detached; `NULL` is none. `options` as `sb_jws_sign`, without `serialization` and `detached`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_jws_append(
    jws: *const c_char,
    jws_length: usize,
    payload: *const c_char,
    payload_length: usize,
    key: *const sb_signing_key,
    options: *const c_char,
    options_length: usize,
    appended: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(appended, error, || {
            let jws = border::input(jws, jws_length)?;
            let payload = border::optional(payload, payload_length)?;
            let key = border::handle(key)?;
            let options = border::options(options, options_length)?;
            api::jws_append(jws, payload, &key.0, options).map(sb_bytes::new)
        })
    }
}

/// Verifies a JWS in any serialization. `payload` is given if, and only if, it is detached; `NULL` is none.
/// `options` is `NULL` (with length 0) or a JSON object with `canonicalize`, where the given payload is JSON text
/// and its canonical text was signed. `signatures` is a canonical JSON array with what is known about each
/// signature.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_jws_verify(
    jws: *const c_char,
    jws_length: usize,
    payload: *const c_char,
    payload_length: usize,
    verifier: *const sb_verifier,
    options: *const c_char,
    options_length: usize,
    verified_payload: *mut sb_bytes,
    signatures: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call_pair(verified_payload, signatures, error, || {
            let jws = border::input(jws, jws_length)?;
            let payload = border::optional(payload, payload_length)?;
            let verifier = border::handle(verifier)?;
            let options = border::options(options, options_length)?;
            let verified = api::jws_verify(jws, payload, &verifier.0, options)?;
            Ok((sb_bytes::new(verified.payload), sb_bytes::new(verified.signatures)))
        })
    }
}

/// What the holder of the private key of `public_key` must sign: canonical `{"alg","digest","kid","message"}`, where
/// `message` and `digest` are base64url, and `digest` is null for EdDSA. `options` as `sb_jws_sign`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_jws_prepare(
    payload: *const c_char,
    payload_length: usize,
    public_key: *const sb_public_key,
    options: *const c_char,
    options_length: usize,
    prepared: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(prepared, error, || {
            let payload = border::input(payload, payload_length)?;
            let public_key = border::handle(public_key)?;
            let options = border::options(options, options_length)?;
            api::jws_prepare(payload, &public_key.0, options).map(sb_bytes::new)
        })
    }
}

/// The JWS with the signature that was made over what `sb_jws_prepare` named for the same arguments. An ECDSA
/// signature may be in DER or in fixed width. It is verified before the JWS is assembled.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_jws_finish(
    payload: *const c_char,
    payload_length: usize,
    public_key: *const sb_public_key,
    options: *const c_char,
    options_length: usize,
    signature: *const c_char,
    signature_length: usize,
    jws: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(jws, error, || {
            let payload = border::input(payload, payload_length)?;
            let public_key = border::handle(public_key)?;
            let options = border::options(options, options_length)?;
            let signature = border::input(signature, signature_length)?;
            api::jws_finish(payload, &public_key.0, options, signature).map(sb_bytes::new)
        })
    }
}

/// What a JWS says of itself, as canonical JSON for people. Nothing of it is verified or to be believed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_jws_inspect(
    jws: *const c_char,
    jws_length: usize,
    report: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(report, error, || {
            let jws = border::input(jws, jws_length)?;
            api::jws_inspect(jws).map(sb_bytes::new)
        })
    }
}
