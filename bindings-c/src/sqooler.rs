//! The files and keys of sqooler 0.9.

use std::ffi::c_char;

use samebyte::api;

use crate::border;
use crate::bytes::sb_bytes;
use crate::error::sb_error;
use crate::public_key::sb_public_key;
use crate::signing_key::sb_signing_key;

/// The file of a result or configuration whose JSON text is `payload`; members keep their order.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_sqooler_sign(
    payload: *const c_char,
    payload_length: usize,
    key: *const sb_signing_key,
    file: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(file, error, || {
            let payload = border::input(payload, payload_length)?;
            let key = border::handle(key)?;
            api::sqooler_sign(payload, &key.0).map(sb_bytes::new)
        })
    }
}

/// Verifies the file of a result that is expected of the back end `display_name` for the job `job_id`. The result is
/// the payload as the file holds it, which is not canonical.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_sqooler_result_verify(
    file: *const c_char,
    file_length: usize,
    public_key: *const sb_public_key,
    display_name: *const c_char,
    display_name_length: usize,
    job_id: *const c_char,
    job_id_length: usize,
    payload: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(payload, error, || {
            let file = border::input(file, file_length)?;
            let public_key = border::handle(public_key)?;
            let display_name = border::name(display_name, display_name_length)?;
            let job_id = border::name(job_id, job_id_length)?;
            api::sqooler_result_verify(file, &public_key.0, display_name, job_id).map(sb_bytes::new)
        })
    }
}

/// Verifies the file of a configuration that is expected of the back end `display_name`. The result is the payload
/// as the file holds it, which is not canonical.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_sqooler_config_verify(
    file: *const c_char,
    file_length: usize,
    public_key: *const sb_public_key,
    display_name: *const c_char,
    display_name_length: usize,
    payload: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(payload, error, || {
            let file = border::input(file, file_length)?;
            let public_key = border::handle(public_key)?;
            let display_name = border::name(display_name, display_name_length)?;
            api::sqooler_config_verify(file, &public_key.0, display_name).map(sb_bytes::new)
        })
    }
}

/// The private key in a JWK as sqooler spells it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_sqooler_key_from_jwk(
    jwk: *const c_char,
    jwk_length: usize,
    key: *mut *mut sb_signing_key,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(key, error, || {
            let jwk = border::input(jwk, jwk_length)?;
            Ok(border::own(sb_signing_key(api::sqooler_key_from_jwk(jwk)?)))
        })
    }
}

/// The private key as a JWK as sqooler spells it: a secret.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_sqooler_key_to_jwk(
    key: *const sb_signing_key,
    jwk: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(jwk, error, || {
            let key = border::handle(key)?;
            api::sqooler_key_to_jwk(&key.0).map(sb_bytes::secret)
        })
    }
}

/// The public key in a JWK as sqooler spells it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_sqooler_public_key_from_jwk(
    jwk: *const c_char,
    jwk_length: usize,
    public_key: *mut *mut sb_public_key,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(public_key, error, || {
            let jwk = border::input(jwk, jwk_length)?;
            Ok(border::own(sb_public_key(api::sqooler_public_key_from_jwk(jwk)?)))
        })
    }
}

/// The public key as a JWK as sqooler spells it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_sqooler_public_key_to_jwk(
    public_key: *const sb_public_key,
    jwk: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(jwk, error, || {
            let public_key = border::handle(public_key)?;
            api::sqooler_public_key_to_jwk(&public_key.0).map(sb_bytes::new)
        })
    }
}
