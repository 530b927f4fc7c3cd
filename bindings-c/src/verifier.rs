//! Who is trusted.

use std::ffi::c_char;

use samebyte::api;

use crate::border;
use crate::error::sb_error;
use crate::keyset::sb_keyset;

/// Which keys are trusted, and under which rules. Free with `sb_verifier_free`.
#[allow(non_camel_case_types, reason = "the name in C")]
pub struct sb_verifier(pub(crate) api::Verifier);

/// A verifier that trusts the keys of a set, which may be freed afterwards. `options` is `NULL` (with length 0) or a
/// JSON object with `algorithms` (those that are allowed, default: those that the keys permit), one of `threshold`
/// (how many distinct keys must have signed), `policy` (`all` or `any` signature must verify) and `kids` (of the
/// keys that must have signed), `require_low_s`, `crit` (critical headers that the caller understands), `typ`,
/// `max_header_bytes`, `max_payload_bytes` and `max_signatures`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_verifier_new(
    keyset: *const sb_keyset,
    options: *const c_char,
    options_length: usize,
    verifier: *mut *mut sb_verifier,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(verifier, error, || {
            let keyset = border::handle(keyset)?;
            let options = border::options(options, options_length)?;
            Ok(border::own(sb_verifier(api::verifier_new(&keyset.0, options)?)))
        })
    }
}

/// Frees a verifier; `NULL` is accepted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_verifier_free(verifier: *mut sb_verifier) {
    // SAFETY: the contract of the crate is what the helper asks for.
    unsafe { border::release(verifier) };
}
