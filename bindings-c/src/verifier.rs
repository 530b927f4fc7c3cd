//! Who is trusted.

use std::ffi::c_char;

use samebyte::api;

use crate::border;
use crate::error::sb_error;
use crate::public_key::sb_public_key;

/// Which keys are trusted, and how many of them must have signed. Free with `sb_verifier_free`.
#[allow(non_camel_case_types, reason = "the name in C")]
pub struct sb_verifier(pub(crate) api::Verifier);

/// A verifier that trusts the `keys_length` keys at `keys`, which may be freed afterwards. `options` is `NULL` (with
/// length 0) or a JSON object with `threshold`, the number of distinct keys that must have signed (default 1).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_verifier_new(
    keys: *const *const sb_public_key,
    keys_length: usize,
    options: *const c_char,
    options_length: usize,
    verifier: *mut *mut sb_verifier,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(verifier, error, || {
            let keys = border::handles(keys, keys_length)?;
            let keys: Vec<_> = keys.into_iter().map(|key| key.0.clone()).collect();
            let options = border::options(options, options_length)?;
            Ok(border::own(sb_verifier(api::verifier_new(&api::keyset_new(&keys, &[])?, options)?)))
        })
    }
}

/// Frees a verifier; `NULL` is accepted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_verifier_free(verifier: *mut sb_verifier) {
    // SAFETY: the contract of the crate is what the helper asks for.
    unsafe { border::release(verifier) };
}
