//! Why a function failed.

use std::ffi::{CString, c_char};
use std::ptr;

use samebyte::api::Error;

use crate::border;

/// Why a function failed. Free with `sb_error_free`.
#[allow(non_camel_case_types, reason = "the name in C")]
pub struct sb_error {
    code: i32,
    name: CString,
    kind: CString,
    message: CString,
    detail: Option<CString>,
}

impl sb_error {
    /// The error of core, with every text ready for C.
    pub(crate) fn new(error: &Error) -> Self {
        Self {
            code: i32::from(error.code().number()),
            name: terminated(error.code().name()),
            kind: terminated(error.kind().name()),
            message: terminated(error.message()),
            detail: error.detail_json().as_deref().map(terminated),
        }
    }
}

/// The text with a NUL at its end, and none inside it.
fn terminated(text: &str) -> CString {
    let bytes: Vec<u8> = text.bytes().filter(|byte| *byte != 0).collect();
    CString::new(bytes).expect("the NUL bytes have been taken out")
}

/// The number of the code, as the function returned it; 0 for `NULL`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_error_code(error: *const sb_error) -> i32 {
    // SAFETY: the contract of the crate.
    unsafe { error.as_ref() }.map_or(0, |error| error.code)
}

/// The name of the code, for example `signature_invalid`: stable, equal in every language, NUL-terminated, and
/// valid until the error is freed. `NULL` for `NULL`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_error_name(error: *const sb_error) -> *const c_char {
    // SAFETY: the contract of the crate.
    unsafe { error.as_ref() }.map_or(ptr::null(), |error| error.name.as_ptr())
}

/// The kind of the code: `usage`, `malformed`, `rejected`, `untrusted`, `expired`, `replayed`, `limit` or
/// `internal`. NUL-terminated, and valid until the error is freed. `NULL` for `NULL`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_error_kind(error: *const sb_error) -> *const c_char {
    // SAFETY: the contract of the crate.
    unsafe { error.as_ref() }.map_or(ptr::null(), |error| error.kind.as_ptr())
}

/// What went wrong, in words that may change. NUL-terminated, and valid until the error is freed. `NULL` for `NULL`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_error_message(error: *const sb_error) -> *const c_char {
    // SAFETY: the contract of the crate.
    unsafe { error.as_ref() }.map_or(ptr::null(), |error| error.message.as_ptr())
}

/// Where it went wrong: a small canonical JSON object, for example `{"offset":7}`; `NULL` where there is none, and
/// for `NULL`. NUL-terminated, and valid until the error is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_error_detail(error: *const sb_error) -> *const c_char {
    // SAFETY: the contract of the crate.
    unsafe { error.as_ref() }
        .and_then(|error| error.detail.as_ref())
        .map_or(ptr::null(), |detail| detail.as_ptr())
}

/// Frees an error; `NULL` is accepted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_error_free(error: *mut sb_error) {
    // SAFETY: the contract of the crate.
    unsafe { border::release(error) };
}
