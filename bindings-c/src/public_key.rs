//! Public keys.

use std::ffi::c_char;

use samebyte::api;

use crate::border;
use crate::bytes::sb_bytes;
use crate::error::sb_error;

/// A public key of any algorithm. Free with `sb_public_key_free`.
#[allow(non_camel_case_types, reason = "the name in C")]
pub struct sb_public_key(pub(crate) api::PublicKey);

/// The public key in a JWK; one that holds a private part is refused. `algorithm` is `NULL` (with length 0), or
/// names the one algorithm that the key permits then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_public_key_from_jwk(
    jwk: *const c_char,
    jwk_length: usize,
    algorithm: *const c_char,
    algorithm_length: usize,
    public_key: *mut *mut sb_public_key,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(public_key, error, || {
            let jwk = border::input(jwk, jwk_length)?;
            let algorithm = border::optional_name(algorithm, algorithm_length)?;
            Ok(border::own(sb_public_key(api::public_key_from_jwk(jwk, algorithm)?)))
        })
    }
}

/// The public key in an SPKI PEM file (RFC 5280, RFC 7468). `algorithm` is `NULL` (with length 0), or names the one
/// algorithm that the key permits then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_public_key_from_pem(
    pem: *const c_char,
    pem_length: usize,
    algorithm: *const c_char,
    algorithm_length: usize,
    public_key: *mut *mut sb_public_key,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(public_key, error, || {
            let pem = border::input(pem, pem_length)?;
            let algorithm = border::optional_name(algorithm, algorithm_length)?;
            Ok(border::own(sb_public_key(api::public_key_from_pem(pem, algorithm)?)))
        })
    }
}

/// The public key in an SPKI DER file (RFC 5280). `algorithm` is `NULL` (with length 0), or names the one algorithm
/// that the key permits then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_public_key_from_der(
    der: *const c_char,
    der_length: usize,
    algorithm: *const c_char,
    algorithm_length: usize,
    public_key: *mut *mut sb_public_key,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(public_key, error, || {
            let der = border::input(der, der_length)?;
            let algorithm = border::optional_name(algorithm, algorithm_length)?;
            Ok(border::own(sb_public_key(api::public_key_from_der(der, algorithm)?)))
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
    public_key: *mut *mut sb_public_key,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(public_key, error, || {
            let algorithm = border::name(algorithm, algorithm_length)?;
            let hex = border::input(hex, hex_length)?;
            Ok(border::own(sb_public_key(api::public_key_from_hex(algorithm, hex)?)))
        })
    }
}

/// The public key as a canonical JWK with `kid` and, where it permits one algorithm, `alg`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_public_key_to_jwk(
    public_key: *const sb_public_key,
    jwk: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(jwk, error, || {
            let public_key = border::handle(public_key)?;
            api::public_key_to_jwk(&public_key.0).map(sb_bytes::new)
        })
    }
}

/// The public key as SPKI PEM.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_public_key_to_pem(
    public_key: *const sb_public_key,
    pem: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(pem, error, || {
            let public_key = border::handle(public_key)?;
            api::public_key_to_pem(&public_key.0).map(sb_bytes::new)
        })
    }
}

/// The public key as SPKI DER.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_public_key_to_der(
    public_key: *const sb_public_key,
    der: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(der, error, || {
            let public_key = border::handle(public_key)?;
            api::public_key_to_der(&public_key.0).map(sb_bytes::new)
        })
    }
}

/// The public key as lower-case hex, as `sb_public_key_from_hex` reads it. Ed25519 and secp256k1 keys alone have
/// this form.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_public_key_to_hex(
    public_key: *const sb_public_key,
    hex: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(hex, error, || {
            let public_key = border::handle(public_key)?;
            api::public_key_to_hex(&public_key.0).map(sb_bytes::from)
        })
    }
}

/// The algorithm of a key; of an RSA key that permits several, `RS256`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_public_key_algorithm(
    public_key: *const sb_public_key,
    algorithm: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(algorithm, error, || {
            let public_key = border::handle(public_key)?;
            Ok(sb_bytes::from(api::public_key_algorithm(&public_key.0)))
        })
    }
}

/// The key id: the `kid` of the JWK it came from, else its thumbprint.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_public_key_kid(
    public_key: *const sb_public_key,
    kid: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(kid, error, || {
            let public_key = border::handle(public_key)?;
            api::public_key_kid(&public_key.0).map(sb_bytes::from)
        })
    }
}

/// The RFC 7638 thumbprint: SHA-256, base64url, 43 characters.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_public_key_thumbprint(
    public_key: *const sb_public_key,
    thumbprint: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(thumbprint, error, || {
            let public_key = border::handle(public_key)?;
            api::public_key_thumbprint(&public_key.0).map(sb_bytes::from)
        })
    }
}

/// Frees a public key; `NULL` is accepted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_public_key_free(public_key: *mut sb_public_key) {
    // SAFETY: the contract of the crate is what the helper asks for.
    unsafe { border::release(public_key) };
}
