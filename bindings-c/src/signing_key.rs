//! Private and symmetric keys.

use std::ffi::c_char;

use samebyte::api;

use crate::border;
use crate::bytes::sb_bytes;
use crate::error::sb_error;
use crate::public_key::sb_public_key;

/// A private or symmetric key of any algorithm. Free with `sb_signing_key_free`, which zeroes it.
#[allow(non_camel_case_types, reason = "the name in C")]
pub struct sb_signing_key(pub(crate) api::SigningKey);

/// A new key for `algorithm`: `EdDSA`, `ES256K`, `ES256`, `ES384`, `ES512`, `RS256` to `PS512`, `HS256` to `HS512`.
/// `options` is `NULL` (with length 0) or a JSON object with `bits` (of an RSA key, default 2048) and `kid`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_key_generate(
    algorithm: *const c_char,
    algorithm_length: usize,
    options: *const c_char,
    options_length: usize,
    key: *mut *mut sb_signing_key,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(key, error, || {
            let algorithm = border::name(algorithm, algorithm_length)?;
            let options = border::options(options, options_length)?;
            Ok(border::own(sb_signing_key(api::key_generate(algorithm, options)?)))
        })
    }
}

/// The private key in a JWK (RFC 7517, RFC 7518 section 6, RFC 8037, RFC 8812). `algorithm` is `NULL` (with length
/// 0), or names the one algorithm that the key permits then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_key_from_jwk(
    jwk: *const c_char,
    jwk_length: usize,
    algorithm: *const c_char,
    algorithm_length: usize,
    key: *mut *mut sb_signing_key,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(key, error, || {
            let jwk = border::input(jwk, jwk_length)?;
            let algorithm = border::optional_name(algorithm, algorithm_length)?;
            Ok(border::own(sb_signing_key(api::key_from_jwk(jwk, algorithm)?)))
        })
    }
}

/// The private key in an unencrypted PKCS#8 PEM file (RFC 5958, RFC 7468). `algorithm` is `NULL` (with length 0), or
/// names the one algorithm that the key permits then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_key_from_pem(
    pem: *const c_char,
    pem_length: usize,
    algorithm: *const c_char,
    algorithm_length: usize,
    key: *mut *mut sb_signing_key,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(key, error, || {
            let pem = border::input(pem, pem_length)?;
            let algorithm = border::optional_name(algorithm, algorithm_length)?;
            Ok(border::own(sb_signing_key(api::key_from_pem(pem, algorithm)?)))
        })
    }
}

/// The private key in an encrypted PKCS#8 PEM file (RFC 5958 section 3, RFC 8018). `algorithm` is `NULL` (with
/// length 0), or names the one algorithm that the key permits then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_key_from_encrypted_pem(
    pem: *const c_char,
    pem_length: usize,
    password: *const c_char,
    password_length: usize,
    algorithm: *const c_char,
    algorithm_length: usize,
    key: *mut *mut sb_signing_key,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(key, error, || {
            let pem = border::input(pem, pem_length)?;
            let password = border::input(password, password_length)?;
            let algorithm = border::optional_name(algorithm, algorithm_length)?;
            Ok(border::own(sb_signing_key(api::key_from_encrypted_pem(pem, password, algorithm)?)))
        })
    }
}

/// The private key in an unencrypted PKCS#8 DER file (RFC 5958). `algorithm` is `NULL` (with length 0), or names the
/// one algorithm that the key permits then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_key_from_der(
    der: *const c_char,
    der_length: usize,
    algorithm: *const c_char,
    algorithm_length: usize,
    key: *mut *mut sb_signing_key,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(key, error, || {
            let der = border::input(der, der_length)?;
            let algorithm = border::optional_name(algorithm, algorithm_length)?;
            Ok(border::own(sb_signing_key(api::key_from_der(der, algorithm)?)))
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

/// The symmetric key that `secret` is, for `HS256`, `HS384` or `HS512`; it is at least as long as the hash. A secret
/// that is a key of another kind is refused. `kid` is `NULL` (with length 0) or the name of the key.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_key_symmetric(
    algorithm: *const c_char,
    algorithm_length: usize,
    secret: *const c_char,
    secret_length: usize,
    kid: *const c_char,
    kid_length: usize,
    key: *mut *mut sb_signing_key,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(key, error, || {
            let algorithm = border::name(algorithm, algorithm_length)?;
            let secret = border::input(secret, secret_length)?;
            let kid = border::optional_name(kid, kid_length)?;
            Ok(border::own(sb_signing_key(api::key_symmetric(algorithm, secret, kid)?)))
        })
    }
}

/// The symmetric key in a JWK with `kty` `oct` (RFC 7518 section 6.4).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_key_symmetric_from_jwk(
    jwk: *const c_char,
    jwk_length: usize,
    key: *mut *mut sb_signing_key,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(key, error, || {
            let jwk = border::input(jwk, jwk_length)?;
            Ok(border::own(sb_signing_key(api::key_symmetric_from_jwk(jwk)?)))
        })
    }
}

/// The key as a canonical JWK: a secret.
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

/// The private key as PKCS#8 PEM, encrypted with AES-256-CBC under a key that PBKDF2-HMAC-SHA256 derives from
/// `password` in 600,000 rounds.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_key_to_encrypted_pem(
    key: *const sb_signing_key,
    password: *const c_char,
    password_length: usize,
    pem: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(pem, error, || {
            let key = border::handle(key)?;
            let password = border::input(password, password_length)?;
            api::key_to_encrypted_pem(&key.0, password).map(sb_bytes::secret)
        })
    }
}

/// The private key as PKCS#8 version 1 DER: a secret.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_key_to_der(
    key: *const sb_signing_key,
    der: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(der, error, || {
            let key = border::handle(key)?;
            api::key_to_der(&key.0).map(sb_bytes::secret)
        })
    }
}

/// The private key as 64 lower-case hex digits: a secret. Ed25519 and secp256k1 keys alone have this form.
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

/// The algorithm that the key signs with where no other is named.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_key_algorithm(
    key: *const sb_signing_key,
    algorithm: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(algorithm, error, || {
            let key = border::handle(key)?;
            Ok(sb_bytes::from(api::key_algorithm(&key.0)))
        })
    }
}

/// The key id: the `kid` that the key was given, else its thumbprint; `data` is `NULL` for a symmetric key without
/// one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_key_kid(
    key: *const sb_signing_key,
    kid: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(kid, error, || {
            let key = border::handle(key)?;
            Ok(api::key_kid(&key.0)?.map_or_else(sb_bytes::none, sb_bytes::from))
        })
    }
}

/// The RFC 7638 thumbprint: SHA-256, base64url, 43 characters. A symmetric key has none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_key_thumbprint(
    key: *const sb_signing_key,
    thumbprint: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(thumbprint, error, || {
            let key = border::handle(key)?;
            api::key_thumbprint(&key.0).map(sb_bytes::from)
        })
    }
}

/// The public key of a private key. A symmetric key has none.
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

/// Frees a key and zeroes what it held; `NULL` is accepted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_signing_key_free(key: *mut sb_signing_key) {
    // SAFETY: the contract of the crate is what the helper asks for.
    unsafe { border::release(key) };
}
