//! What only the tests call. Not in the header.

use crate::border;
use crate::bytes::sb_bytes;
use crate::error::sb_error;

/// Panics inside core: always `SB_INTERNAL`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_test_panic(output: *mut sb_bytes, error: *mut *mut sb_error) -> i32 {
    // SAFETY: the contract of the crate is what the helper asks for.
    unsafe {
        border::call(output, error, || {
            samebyte::api::test_panic()?;
            Ok(sb_bytes::new(Vec::new()))
        })
    }
}
