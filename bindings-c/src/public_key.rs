//! Public keys.

use std::ffi::c_char;

use samebyte::api;

use crate::border;
use crate::bytes::sb_bytes;
use crate::error::sb_error;

/// A public key: Ed25519 (`EdDSA`) or secp256k1 (`ES256K`). Free with `sb_public_key_free`.
#[allow(non_camel_case_types, reason = "the name in C")]
pub struct sb_public_key(pub(crate) api::PublicKey);

/// The public key in a JWK; one that holds a private part is refused.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_public_key_from_jwk(
    jwk: *const c_char,
    jwk_length: usize,
    key: *mut *mut sb_public_key,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(key, error, || {
            let jwk = border::input(jwk, jwk_length)?;
            Ok(border::own(sb_public_key(api::public_key_from_jwk(jwk, None)?)))
        })
    }
}

/// The public key in an SPKI PEM file (RFC 5280, RFC 7468).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_public_key_from_pem(
    pem: *const c_char,
    pem_length: usize,
    key: *mut *mut sb_public_key,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(key, error, || {
            let pem = border::input(pem, pem_length)?;
            Ok(border::own(sb_public_key(api::public_key_from_pem(pem, None)?)))
        })
    }
}

/// The public key given as lower-case hex: 64 digits for Ed25519, 66 (compressed point) for secp256k1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_public_key_from_hex(
    algorithm: *const c_char,
    algorithm_length: usize,
    hex: *const c_char,
    hex_length: usize,
    key: *mut *mut sb_public_key,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(key, error, || {
            let algorithm = border::name(algorithm, algorithm_length)?;
            let hex = border::input(hex, hex_length)?;
            Ok(border::own(sb_public_key(api::public_key_from_hex(algorithm, hex)?)))
        })
    }
}

/// The public key as a canonical JWK with `alg` and `kid`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_public_key_to_jwk(
    key: *const sb_public_key,
    jwk: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(jwk, error, || {
            let key = border::handle(key)?;
            api::public_key_to_jwk(&key.0).map(sb_bytes::new)
        })
    }
}

/// The public key as SPKI PEM.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_public_key_to_pem(
    key: *const sb_public_key,
    pem: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(pem, error, || {
            let key = border::handle(key)?;
            api::public_key_to_pem(&key.0).map(sb_bytes::new)
        })
    }
}

/// The public key as lower-case hex, as `sb_public_key_from_hex` reads it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_public_key_to_hex(
    key: *const sb_public_key,
    hex: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(hex, error, || {
            let key = border::handle(key)?;
            Ok(sb_bytes::new(api::public_key_to_hex(&key.0)?.into_bytes()))
        })
    }
}

/// The algorithm of the key: `EdDSA` or `ES256K`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_public_key_algorithm(
    key: *const sb_public_key,
    algorithm: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(algorithm, error, || {
            let key = border::handle(key)?;
            Ok(sb_bytes::new(api::public_key_algorithm(&key.0).as_bytes().to_vec()))
        })
    }
}

/// The key id: the `kid` of the JWK that the key came from, else its thumbprint.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_public_key_kid(
    key: *const sb_public_key,
    kid: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(kid, error, || {
            let key = border::handle(key)?;
            Ok(sb_bytes::new(api::public_key_kid(&key.0)?.into_bytes()))
        })
    }
}

/// The RFC 7638 thumbprint: SHA-256, base64url, 43 characters.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_public_key_thumbprint(
    key: *const sb_public_key,
    thumbprint: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(thumbprint, error, || {
            let key = border::handle(key)?;
            Ok(sb_bytes::new(api::public_key_thumbprint(&key.0)?.into_bytes()))
        })
    }
}

/// Frees a public key; `NULL` is accepted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_public_key_free(key: *mut sb_public_key) {
    // SAFETY: the contract of the crate is what the helper asks for.
    unsafe { border::release(key) };
}
