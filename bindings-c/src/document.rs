//! Signed JSON documents of any media type.

use std::ffi::c_char;

use samebyte::api;

use crate::border;
use crate::bytes::sb_bytes;
use crate::error::sb_error;
use crate::signing_key::sb_signing_key;
use crate::verifier::sb_verifier;

/// The JSON object `document` in canonical form, with one more signature over its pre-authentication encoding.
/// `media_type` says what the document is, and is part of what is signed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_document_sign(
    document: *const c_char,
    document_length: usize,
    key: *const sb_signing_key,
    media_type: *const c_char,
    media_type_length: usize,
    signed_document: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(signed_document, error, || {
            let document = border::input(document, document_length)?;
            let key = border::handle(key)?;
            let media_type = border::name(media_type, media_type_length)?;
            api::document_sign(document, &key.0, media_type).map(sb_bytes::new)
        })
    }
}

/// Verifies a document. The result is `{"document":...,"signatures":[{"alg","index","kid","verified"}...]}`, where
/// `document` is what was verified: all members but `signatures`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_document_verify(
    document: *const c_char,
    document_length: usize,
    verifier: *const sb_verifier,
    media_type: *const c_char,
    media_type_length: usize,
    result: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(result, error, || {
            let document = border::input(document, document_length)?;
            let verifier = border::handle(verifier)?;
            let media_type = border::name(media_type, media_type_length)?;
            api::document_verify(document, &verifier.0, media_type).map(sb_bytes::new)
        })
    }
}

/// The pre-authentication encoding that every signer of this document signs.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_document_signing_input(
    document: *const c_char,
    document_length: usize,
    media_type: *const c_char,
    media_type_length: usize,
    signing_input: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(signing_input, error, || {
            let document = border::input(document, document_length)?;
            let media_type = border::name(media_type, media_type_length)?;
            api::document_signing_input(document, media_type).map(sb_bytes::new)
        })
    }
}

/// The signed document as a DSSE envelope with the same signatures.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_document_to_dsse(
    document: *const c_char,
    document_length: usize,
    media_type: *const c_char,
    media_type_length: usize,
    envelope: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(envelope, error, || {
            let document = border::input(document, document_length)?;
            let media_type = border::name(media_type, media_type_length)?;
            api::document_to_dsse(document, media_type).map(sb_bytes::new)
        })
    }
}

/// The DSSE envelope as a signed document. Converting verifies nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_document_from_dsse(
    envelope: *const c_char,
    envelope_length: usize,
    media_type: *const c_char,
    media_type_length: usize,
    document: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(document, error, || {
            let envelope = border::input(envelope, envelope_length)?;
            let media_type = border::name(media_type, media_type_length)?;
            api::document_from_dsse(envelope, media_type).map(sb_bytes::new)
        })
    }
}
