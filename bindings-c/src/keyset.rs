//! Sets of keys.

use std::ffi::c_char;

use samebyte::api;

use crate::border;
use crate::bytes::sb_bytes;
use crate::error::sb_error;
use crate::public_key::sb_public_key;
use crate::signing_key::sb_signing_key;

/// A set of public and symmetric keys, found by `kid`. Free with `sb_keyset_free`.
#[allow(non_camel_case_types, reason = "the name in C")]
pub struct sb_keyset(pub(crate) api::Keyset);

/// The set of `public_keys_length` public keys and `symmetric_keys_length` symmetric keys, all of which may be freed
/// afterwards. An array of length 0 may be `NULL`. One key or one `kid` twice is `SB_DUPLICATE_KID`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_keyset_new(
    public_keys: *const *const sb_public_key,
    public_keys_length: usize,
    symmetric_keys: *const *const sb_signing_key,
    symmetric_keys_length: usize,
    keyset: *mut *mut sb_keyset,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(keyset, error, || {
            let public = border::handles(public_keys, public_keys_length)?;
            let public: Vec<_> = public.into_iter().map(|key| key.0.clone()).collect();
            let symmetric = border::handles(symmetric_keys, symmetric_keys_length)?;
            let symmetric: Vec<_> = symmetric.into_iter().map(|key| key.0.clone()).collect();
            Ok(border::own(sb_keyset(api::keyset_new(&public, &symmetric)?)))
        })
    }
}

/// The set of the public keys in a JWKS (RFC 7517 section 5). Keys of a kind that is not supported are left out; one
/// that is malformed, weak or private refuses the whole set.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_keyset_from_jwks(
    jwks: *const c_char,
    jwks_length: usize,
    keyset: *mut *mut sb_keyset,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(keyset, error, || {
            let jwks = border::input(jwks, jwks_length)?;
            Ok(border::own(sb_keyset(api::keyset_from_jwks(jwks)?)))
        })
    }
}

/// The public keys of a set as a canonical JWKS.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_keyset_to_jwks(
    keyset: *const sb_keyset,
    jwks: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(jwks, error, || {
            let keyset = border::handle(keyset)?;
            api::keyset_to_jwks(&keyset.0).map(sb_bytes::new)
        })
    }
}

/// The public key of a set with this `kid`, or `SB_KEY_UNKNOWN`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_keyset_find(
    keyset: *const sb_keyset,
    kid: *const c_char,
    kid_length: usize,
    public_key: *mut *mut sb_public_key,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(public_key, error, || {
            let keyset = border::handle(keyset)?;
            let kid = border::name(kid, kid_length)?;
            Ok(border::own(sb_public_key(api::keyset_find(&keyset.0, kid)?)))
        })
    }
}

/// How many keys a set holds.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_keyset_length(
    keyset: *const sb_keyset,
    length: *mut usize,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(length, error, || {
            let keyset = border::handle(keyset)?;
            Ok(keyset.0.len())
        })
    }
}

/// What is wrong with a JWKS, or will be refused by others: a canonical JSON array of findings.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_keyset_lint(
    jwks: *const c_char,
    jwks_length: usize,
    findings: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(findings, error, || {
            let jwks = border::input(jwks, jwks_length)?;
            api::keyset_lint(jwks).map(sb_bytes::new)
        })
    }
}

/// Frees a set; `NULL` is accepted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_keyset_free(keyset: *mut sb_keyset) {
    // SAFETY: the contract of the crate is what the helper asks for.
    unsafe { border::release(keyset) };
}
