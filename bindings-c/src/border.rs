//! What every function does at the border: check pointers, run guarded, write one output.

use std::ffi::c_char;
use std::slice;

use samebyte::api::{self, Code, Error, Result};

use crate::error::sb_error;

/// What a function returns when it succeeds: `SB_OK`.
const OK: i32 = 0;

/// Runs `body` inside the guard of core and writes what it makes to `output`, or its error to `error`.
/// Nothing runs where `output` is null, because there would be nobody to own what is made.
///
/// # Safety
/// `output` and `error` are each null or point to writable memory of their type.
pub(crate) unsafe fn call<T>(
    output: *mut T,
    error: *mut *mut sb_error,
    body: impl FnOnce() -> Result<T>,
) -> i32 {
    let result = if output.is_null() { Err(null_argument()) } else { api::guard(body) };
    match result {
        Ok(value) => {
            // SAFETY: not null, as just checked, and writable, as the caller promises. What was there is
            // overwritten without being read: an output need not be initialised.
            unsafe { output.write(value) };
            OK
        }
        // SAFETY: the caller's promise is passed on.
        Err(failure) => unsafe { fail(&failure, error) },
    }
}

/// As [`call`], for a function with two outputs: either both are written or none is.
///
/// # Safety
/// `first`, `second` and `error` are each null or point to writable memory of their type.
pub(crate) unsafe fn call_pair<T, U>(
    first: *mut T,
    second: *mut U,
    error: *mut *mut sb_error,
    body: impl FnOnce() -> Result<(T, U)>,
) -> i32 {
    let result = if first.is_null() || second.is_null() { Err(null_argument()) } else { api::guard(body) };
    match result {
        Ok((one, two)) => {
            // SAFETY: as in `call`.
            unsafe {
                first.write(one);
                second.write(two);
            }
            OK
        }
        // SAFETY: the caller's promise is passed on.
        Err(failure) => unsafe { fail(&failure, error) },
    }
}

/// Hands the error out, where there is a place for it, and returns its number.
///
/// # Safety
/// `error` is null or points to writable memory of its type.
unsafe fn fail(failure: &Error, error: *mut *mut sb_error) -> i32 {
    if !error.is_null() {
        // SAFETY: not null, and writable as the caller promises.
        unsafe { error.write(Box::into_raw(Box::new(sb_error::new(failure)))) };
    }
    i32::from(failure.code().number())
}

/// The bytes of an input that is needed.
///
/// # Safety
/// `pointer` is null or points to `length` readable bytes that outlive the call.
pub(crate) unsafe fn input<'a>(pointer: *const c_char, length: usize) -> Result<&'a [u8]> {
    if pointer.is_null() {
        return Err(null_argument());
    }
    if isize::try_from(length).is_err() {
        return Err(too_long());
    }
    // SAFETY: not null, not longer than a slice may be, and readable as the caller promises.
    Ok(unsafe { slice::from_raw_parts(pointer.cast(), length) })
}

/// The bytes of an options object; `NULL` with length 0 means the defaults.
///
/// # Safety
/// As [`input`].
pub(crate) unsafe fn options<'a>(pointer: *const c_char, length: usize) -> Result<&'a [u8]> {
    if pointer.is_null() && length == 0 {
        return Ok(&[]);
    }
    // SAFETY: the caller's promise is passed on.
    unsafe { input(pointer, length) }
}

/// The bytes of an input that may be left out; `NULL` with length 0 is none, which is not the same as empty.
///
/// # Safety
/// As [`input`].
pub(crate) unsafe fn optional<'a>(pointer: *const c_char, length: usize) -> Result<Option<&'a [u8]>> {
    if pointer.is_null() && length == 0 {
        return Ok(None);
    }
    // SAFETY: the caller's promise is passed on.
    unsafe { input(pointer, length) }.map(Some)
}

/// A short text: the name of an algorithm, a media type.
///
/// # Safety
/// As [`input`].
pub(crate) unsafe fn name<'a>(pointer: *const c_char, length: usize) -> Result<&'a str> {
    // SAFETY: the caller's promise is passed on.
    let bytes = unsafe { input(pointer, length) }?;
    std::str::from_utf8(bytes).map_err(|_| Error::new(Code::InvalidArgument, "a name is not UTF-8"))
}

/// A short text that may be left out, as [`optional`].
///
/// # Safety
/// As [`input`].
pub(crate) unsafe fn optional_name<'a>(pointer: *const c_char, length: usize) -> Result<Option<&'a str>> {
    if pointer.is_null() && length == 0 {
        return Ok(None);
    }
    // SAFETY: the caller's promise is passed on.
    unsafe { name(pointer, length) }.map(Some)
}

/// A pointer to what the caller wants to be written to, which is needed.
pub(crate) fn present<T>(pointer: *mut T) -> Result<*mut T> {
    if pointer.is_null() { Err(null_argument()) } else { Ok(pointer) }
}

/// What a handle stands for.
///
/// # Safety
/// `handle` is null or came from this library and was not freed.
pub(crate) unsafe fn handle<'a, T>(handle: *const T) -> Result<&'a T> {
    // SAFETY: the caller's promise; handles are boxes, so the pointer is aligned and initialised.
    unsafe { handle.as_ref() }.ok_or_else(null_argument)
}

/// What a handle that may be left out stands for; `NULL` is none.
///
/// # Safety
/// As [`handle`].
pub(crate) unsafe fn optional_handle<'a, T>(handle: *const T) -> Option<&'a T> {
    // SAFETY: the caller's promise; handles are boxes, so the pointer is aligned and initialised.
    unsafe { handle.as_ref() }
}

/// What a handle stands for that belongs to one thread at a time, and changes.
///
/// # Safety
/// As [`handle`]; nobody else uses it during the call.
pub(crate) unsafe fn handle_unshared<'a, T>(handle: *mut T) -> Result<&'a mut T> {
    // SAFETY: the caller's promise; handles are boxes, so the pointer is aligned and initialised.
    unsafe { handle.as_mut() }.ok_or_else(null_argument)
}

/// What each of an array of handles stands for.
///
/// # Safety
/// `handles` is null or points to `length` readable pointers, each as for [`handle`].
pub(crate) unsafe fn handles<'a, T>(handles: *const *const T, length: usize) -> Result<Vec<&'a T>> {
    if handles.is_null() {
        return if length == 0 { Ok(Vec::new()) } else { Err(null_argument()) };
    }
    if length > isize::MAX as usize / size_of::<*const T>() {
        return Err(too_long());
    }
    // SAFETY: not null, not longer than a slice may be, and readable as the caller promises.
    let handles = unsafe { slice::from_raw_parts(handles, length) };
    // SAFETY: the caller's promise is passed on.
    handles.iter().map(|one| unsafe { handle(*one) }).collect()
}

/// A new handle for `value`; [`release`] takes it back. The header promises that handles may be shared between threads.
pub(crate) fn own<T: Send + Sync>(value: T) -> *mut T {
    Box::into_raw(Box::new(value))
}

/// A new handle for `value`, which may go from thread to thread; [`release`] takes it back.
pub(crate) fn own_unshared<T: Send>(value: T) -> *mut T {
    Box::into_raw(Box::new(value))
}

/// Drops what a handle stands for; `NULL` is nothing.
///
/// # Safety
/// `handle` is null or came from [`own`] or [`own_unshared`] and was not freed; nobody uses it any more.
pub(crate) unsafe fn release<T>(handle: *mut T) {
    if handle.is_null() {
        return;
    }
    // A panic in a destructor has nowhere to be reported, and must not unwind into C.
    let _ = api::guard(|| {
        // SAFETY: not null, made by `own`, and not freed before, as the caller promises.
        drop(unsafe { Box::from_raw(handle) });
        Ok(())
    });
}

/// `invalid_argument` for a null pointer.
fn null_argument() -> Error {
    Error::new(Code::InvalidArgument, "an argument that is needed is a null pointer")
}

/// `invalid_argument` for a length that no slice can have: mostly a negative number on the other side.
fn too_long() -> Error {
    Error::new(Code::InvalidArgument, "a length is larger than any object can be")
}
