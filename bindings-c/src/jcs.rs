//! Canonical JSON.

use std::ffi::c_char;

use samebyte::api::{self, Code, Error, Numbers, Result};

use crate::border;
use crate::bytes::sb_bytes;
use crate::error::sb_error;

/// What a number means. Functions take it as `int32_t`, because C may pass any number.
#[repr(C)]
#[allow(non_camel_case_types, reason = "the name in C")]
pub enum sb_numbers {
    /// RFC 8785 as written: a number is the nearest double.
    SB_NUMBERS_IEEE754 = 0,
    /// A number that is not the decimal value of its canonical text is refused with `SB_NUMBER_NOT_EXACT`.
    SB_NUMBERS_EXACT = 1,
}

/// The policy with this number.
fn numbers(number: i32) -> Result<Numbers> {
    const IEEE754: i32 = sb_numbers::SB_NUMBERS_IEEE754 as i32;
    const EXACT: i32 = sb_numbers::SB_NUMBERS_EXACT as i32;
    match number {
        IEEE754 => Ok(Numbers::Ieee754),
        EXACT => Ok(Numbers::Exact),
        _ => Err(Error::new(Code::InvalidArgument, "the number policy is none of `sb_numbers`")),
    }
}

/// RFC 8785 text of the JSON text `input`. `numbers` is one of `sb_numbers`. `options` is `NULL` (with length 0) or
/// a JSON object with `max_bytes` (default 16777216) and `max_depth` (default 128).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_jcs_canonicalize(
    input: *const c_char,
    input_length: usize,
    numbers: i32,
    options: *const c_char,
    options_length: usize,
    output: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(output, error, || {
            let input = border::input(input, input_length)?;
            let options = border::options(options, options_length)?;
            api::jcs_canonicalize(input, self::numbers(numbers)?, options).map(sb_bytes::new)
        })
    }
}

/// As `sb_jcs_canonicalize` with the default options, into `capacity` bytes at `buffer`, which are the caller's: for many
/// small documents one after the other. `length` is how long the text is. Where that is more than `capacity`, nothing is
/// written to `buffer`, and the function succeeds all the same.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_jcs_canonicalize_into(
    input: *const c_char,
    input_length: usize,
    numbers: i32,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for; `buffer` is not null where anything is written to
    // it, has room for it, and holds nothing of the text, which is a new one.
    unsafe {
        border::call(length, error, || {
            let input = border::input(input, input_length)?;
            let text = api::jcs_canonicalize(input, self::numbers(numbers)?, &[])?;
            if text.len() <= capacity {
                border::present(buffer)?.cast::<u8>().copy_from_nonoverlapping(text.as_ptr(), text.len());
            }
            Ok(text.len())
        })
    }
}

/// SHA-256 of the RFC 8785 text of the JSON text `input`: 32 bytes. The rest as `sb_jcs_canonicalize`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_jcs_sha256(
    input: *const c_char,
    input_length: usize,
    numbers: i32,
    options: *const c_char,
    options_length: usize,
    digest: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(digest, error, || {
            let input = border::input(input, input_length)?;
            let options = border::options(options, options_length)?;
            let digest = api::jcs_sha256(input, self::numbers(numbers)?, options)?;
            Ok(sb_bytes::new(digest.to_vec()))
        })
    }
}
