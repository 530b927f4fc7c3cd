//! Private keys.

use std::ffi::c_char;

use samebyte::api;

use crate::border;
use crate::bytes::sb_bytes;
use crate::error::sb_error;
use crate::public_key::sb_public_key;

/// A private key: Ed25519 (`EdDSA`) or secp256k1 (`ES256K`). Free with `sb_signing_key_free`, which zeroes it.
#[allow(non_camel_case_types, reason = "the name in C")]
pub struct sb_signing_key(pub(crate) api::SigningKey);

/// A new private key. `algorithm` is `EdDSA` or `ES256K`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_key_generate(
    algorithm: *const c_char,
    algorithm_length: usize,
    key: *mut *mut sb_signing_key,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(key, error, || {
            let algorithm = border::name(algorithm, algorithm_length)?;
            Ok(border::own(sb_signing_key(api::key_generate(algorithm, b"")?)))
        })
    }
}

/// The private key in a JWK (RFC 7517, RFC 8037, RFC 8812).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_key_from_jwk(
    jwk: *const c_char,
    jwk_length: usize,
    key: *mut *mut sb_signing_key,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(key, error, || {
            let jwk = border::input(jwk, jwk_length)?;
            Ok(border::own(sb_signing_key(api::key_from_jwk(jwk, None)?)))
        })
    }
}

/// The private key in an unencrypted PKCS#8 PEM file (RFC 5958, RFC 7468).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_key_from_pem(
    pem: *const c_char,
    pem_length: usize,
    key: *mut *mut sb_signing_key,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(key, error, || {
            let pem = border::input(pem, pem_length)?;
            Ok(border::own(sb_signing_key(api::key_from_pem(pem, None)?)))
        })
    }
}

/// The private key whose 32 bytes are given as 64 lower-case hex digits (Ed25519 seed, secp256k1 scalar).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_key_from_hex(
    algorithm: *const c_char,
    algorithm_length: usize,
    hex: *const c_char,
    hex_length: usize,
    key: *mut *mut sb_signing_key,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(key, error, || {
            let algorithm = border::name(algorithm, algorithm_length)?;
            let hex = border::input(hex, hex_length)?;
            Ok(border::own(sb_signing_key(api::key_from_hex(algorithm, hex)?)))
        })
    }
}

/// The private key as a canonical JWK: a secret.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_key_to_jwk(
    key: *const sb_signing_key,
    jwk: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(jwk, error, || {
            let key = border::handle(key)?;
            api::key_to_jwk(&key.0).map(sb_bytes::secret)
        })
    }
}

/// The private key as PKCS#8 version 1 PEM: a secret.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_key_to_pem(
    key: *const sb_signing_key,
    pem: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(pem, error, || {
            let key = border::handle(key)?;
            api::key_to_pem(&key.0).map(sb_bytes::secret)
        })
    }
}

/// The private key as 64 lower-case hex digits: a secret.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_key_to_hex(
    key: *const sb_signing_key,
    hex: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(hex, error, || {
            let key = border::handle(key)?;
            api::key_to_hex(&key.0).map(sb_bytes::secret)
        })
    }
}

/// The public key of a private key.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_key_public(
    key: *const sb_signing_key,
    public_key: *mut *mut sb_public_key,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(public_key, error, || {
            let key = border::handle(key)?;
            Ok(border::own(sb_public_key(api::key_public(&key.0)?)))
        })
    }
}

/// Frees a private key and zeroes what it held; `NULL` is accepted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_signing_key_free(key: *mut sb_signing_key) {
    // SAFETY: the contract of the crate is what the helper asks for.
    unsafe { border::release(key) };
}
