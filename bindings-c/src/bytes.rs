//! Bytes that the library made and the caller owns.

use std::ffi::c_char;
use std::mem::{self, ManuallyDrop};
use std::ptr;

use zeroize::Zeroizing;

/// Bytes that the library made. Read `data` and `length`; write neither. Free with `sb_bytes_free`.
#[repr(C)]
#[allow(non_camel_case_types, reason = "the name in C")]
pub struct sb_bytes {
    /// `length` bytes; there is no NUL after them. `NULL` where nothing was made.
    data: *mut c_char,
    /// How many bytes there are.
    length: usize,
    /// Private to the library.
    capacity: usize,
}

impl sb_bytes {
    /// Bytes that another allocation need not be made for.
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        let mut bytes = ManuallyDrop::new(bytes);
        Self { data: bytes.as_mut_ptr().cast(), length: bytes.len(), capacity: bytes.capacity() }
    }

    /// No bytes at all, which is not the same as empty ones.
    pub(crate) fn none() -> Self {
        Self { data: ptr::null_mut(), length: 0, capacity: 0 }
    }

    /// Secret bytes: the allocation itself changes hands, so that no copy stays behind.
    pub(crate) fn secret(mut bytes: Zeroizing<Vec<u8>>) -> Self {
        Self::new(mem::take(&mut *bytes))
    }
}

impl From<&str> for sb_bytes {
    fn from(text: &str) -> Self {
        Self::new(text.as_bytes().to_vec())
    }
}

impl From<String> for sb_bytes {
    fn from(text: String) -> Self {
        Self::new(text.into_bytes())
    }
}

/// Overwrites the bytes with zeros, frees them, and sets `bytes` to nothing, so that a second call does no harm.
/// `NULL` and zero-initialised bytes are accepted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_bytes_free(bytes: *mut sb_bytes) {
    // SAFETY: null, or valid for reading and writing, as the caller promises.
    let Some(bytes) = (unsafe { bytes.as_mut() }) else {
        return;
    };
    if !bytes.data.is_null() && bytes.capacity > 0 {
        let data: *mut u8 = bytes.data.cast();
        // SAFETY: `data` and `capacity` are those of a vector that `new` took apart. The spare capacity is zeroed
        // too: a secret may have been shortened. Length 0 says that nothing in it needs dropping.
        unsafe {
            ptr::write_bytes(data, 0, bytes.capacity);
            zeroize::optimization_barrier(&*data);
            drop(Vec::from_raw_parts(data, 0, bytes.capacity));
        }
    }
    *bytes = sb_bytes::none();
}
