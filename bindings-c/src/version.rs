//! Which library this is.

use std::ffi::c_char;

/// The number of this interface. It changes when a function, a struct or a meaning changes in a way that a caller
/// compiled against the old one would not survive; new functions and new codes do not change it.
pub const SB_ABI_VERSION: u32 = 1;

/// The number of the interface that the library has; compare it with `SB_ABI_VERSION` after loading the library.
#[unsafe(no_mangle)]
pub extern "C" fn sb_abi_version() -> u32 {
    SB_ABI_VERSION
}

/// The version of the library, for example `0.1.0`. NUL-terminated, and valid for ever.
#[unsafe(no_mangle)]
pub extern "C" fn sb_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}
