//! Signed results and configurations of back ends.

use std::ffi::c_char;

use samebyte::api;

use crate::border;
use crate::bytes::sb_bytes;
use crate::error::sb_error;
use crate::signing_key::sb_signing_key;
use crate::verifier::sb_verifier;

/// The canonical result with one more signature.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_result_sign(
    document: *const c_char,
    document_length: usize,
    key: *const sb_signing_key,
    signed_document: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(signed_document, error, || {
            let document = border::input(document, document_length)?;
            let key = border::handle(key)?;
            api::result_sign(document, &key.0).map(sb_bytes::new)
        })
    }
}

/// Verifies a result that is expected of the back end `display_name` for the job `job_id`. The result is canonical
/// `{"result","signatures"}`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_result_verify(
    document: *const c_char,
    document_length: usize,
    verifier: *const sb_verifier,
    display_name: *const c_char,
    display_name_length: usize,
    job_id: *const c_char,
    job_id_length: usize,
    verified: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(verified, error, || {
            let document = border::input(document, document_length)?;
            let verifier = border::handle(verifier)?;
            let display_name = border::name(display_name, display_name_length)?;
            let job_id = border::name(job_id, job_id_length)?;
            api::result_verify(document, &verifier.0, display_name, job_id).map(sb_bytes::new)
        })
    }
}

/// The canonical configuration with one more signature.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_config_sign(
    document: *const c_char,
    document_length: usize,
    key: *const sb_signing_key,
    signed_document: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(signed_document, error, || {
            let document = border::input(document, document_length)?;
            let key = border::handle(key)?;
            api::config_sign(document, &key.0).map(sb_bytes::new)
        })
    }
}

/// Verifies a configuration that is expected of the back end `display_name`. The result is canonical
/// `{"config","signatures"}`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_config_verify(
    document: *const c_char,
    document_length: usize,
    verifier: *const sb_verifier,
    display_name: *const c_char,
    display_name_length: usize,
    verified: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(verified, error, || {
            let document = border::input(document, document_length)?;
            let verifier = border::handle(verifier)?;
            let display_name = border::name(display_name, display_name_length)?;
            api::config_verify(document, &verifier.0, display_name).map(sb_bytes::new)
        })
    }
}
