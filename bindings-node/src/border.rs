//! Values that cross into and out of JavaScript.
#![expect(
    missing_debug_implementations,
    reason = "values of one native call, some secret: nothing prints them"
)]

use std::ffi::c_void;
use std::ptr;

use napi::bindgen_prelude::{External, FromNapiRef, FromNapiValue, ToNapiValue};
use napi::{Status, check_status, sys};
use samebyte::api::{self, Code, Error, Finished};
use zeroize::Zeroizing;

/// Outputs up to this many bytes go to the caller's pool: a `Buffer` of its own costs about a microsecond.
const POOLED: usize = 4096;

/// The memory of a `Uint8Array`, for the length of one native call.
///
/// A call is synchronous and runs no JavaScript, so the array can neither be collected nor detached while a
/// value of this type lives; memory that is shared with other threads is refused.
struct Memory {
    data: *mut u8,
    length: usize,
}

impl Memory {
    /// `None` for anything but a `Uint8Array` over memory of its own thread.
    fn of(env: sys::napi_env, value: sys::napi_value) -> napi::Result<Option<Self>> {
        let (mut kind, mut length, mut offset) = (0, 0, 0);
        let mut data: *mut c_void = ptr::null_mut();
        let mut buffer = ptr::null_mut();
        let mut own = false;
        // SAFETY: `env` and `value` come from the running call; the out-pointers are valid for writes.
        check_status!(unsafe {
            sys::napi_get_typedarray_info(
                env,
                value,
                &mut kind,
                &mut length,
                &mut data,
                &mut buffer,
                &mut offset,
            )
        })?;
        // SAFETY: as above. A SharedArrayBuffer is not an ArrayBuffer to this question.
        check_status!(unsafe { sys::napi_is_arraybuffer(env, buffer, &mut own) })?;
        let usable = own && kind == sys::TypedarrayType::uint8_array;
        Ok(usable.then_some(Self { data: data.cast(), length }))
    }
}

/// Bytes to read.
pub struct Bytes(Option<Memory>);

impl Bytes {
    /// The bytes.
    ///
    /// # Errors
    /// `invalid_argument` for memory that another thread could change meanwhile.
    pub(crate) fn as_slice(&self) -> api::Result<&[u8]> {
        let Some(memory) = &self.0 else {
            return Err(Error::new(
                Code::InvalidArgument,
                "bytes over shared memory are not read: copy them",
            ));
        };
        if memory.length == 0 {
            return Ok(&[]);
        }
        // SAFETY: the memory is valid for `length` bytes during the call (see `Memory`). A `Target` may be a
        // view of the same buffer, but is written only when the operation has returned and no slice is left.
        Ok(unsafe { std::slice::from_raw_parts(memory.data, memory.length) })
    }

    /// A copy that is zeroed when it is dropped, for work that outlives the call.
    ///
    /// # Errors
    /// As [`as_slice`](Self::as_slice).
    pub(crate) fn to_secret(&self) -> api::Result<Zeroizing<Vec<u8>>> {
        Ok(Zeroizing::new(self.as_slice()?.to_vec()))
    }
}

impl FromNapiValue for Bytes {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> napi::Result<Self> {
        Memory::of(env, value).map(Self)
    }
}

/// Memory to write an output to: a `Buffer` of the face.
pub struct Target(Memory);

impl Target {
    /// Copies a small output to the memory at `offset`; one that is large or does not fit is handed on.
    pub(crate) fn write(&self, offset: u32, output: api::Result<Vec<u8>>) -> Outcome<Written> {
        Outcome(output.map(|output| {
            let offset = offset as usize;
            let free = self.0.length.saturating_sub(offset);
            match u32::try_from(output.len()) {
                Ok(length) if output.len() <= POOLED.min(free) => {
                    // SAFETY: `offset + output.len()` lies within the memory, which is valid during the call;
                    // `output` is memory of its own.
                    unsafe {
                        ptr::copy_nonoverlapping(output.as_ptr(), self.0.data.add(offset), output.len())
                    };
                    Written::Pooled(length)
                }
                _ => Written::Own(output),
            }
        }))
    }
}

impl Target {
    /// Writes these bytes to the begin of the memory.
    ///
    /// # Errors
    /// `internal` for a memory that is shorter.
    pub(crate) fn put(&self, bytes: &[u8]) -> api::Result<()> {
        if self.0.length < bytes.len() {
            return Err(Error::new(Code::Internal, "a buffer that is too short for a state"));
        }
        // SAFETY: the memory is valid for more bytes than these during the call; `bytes` is memory of its own.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), self.0.data, bytes.len()) };
        Ok(())
    }
}

impl FromNapiValue for Target {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> napi::Result<Self> {
        let mut is_buffer = false;
        // SAFETY: `env` and `value` come from the running call; the out-pointer is valid for writes.
        check_status!(unsafe { sys::napi_is_buffer(env, value, &mut is_buffer) })?;
        if !is_buffer {
            return Err(napi::Error::new(Status::InvalidArg, "the pool is a Buffer"));
        }
        let (mut data, mut length) = (ptr::null_mut(), 0);
        // SAFETY: as above, and the value is a Buffer.
        check_status!(unsafe { sys::napi_get_buffer_info(env, value, &mut data, &mut length) })?;
        Ok(Self(Memory { data: data.cast(), length }))
    }
}

/// Where an output is: a number of bytes in the target, or a `Buffer` of its own.
pub enum Written {
    /// So many bytes were written to the target.
    Pooled(u32),
    /// The output itself.
    Own(Vec<u8>),
}

impl ToNapiValue for Written {
    unsafe fn to_napi_value(env: sys::napi_env, value: Self) -> napi::Result<sys::napi_value> {
        // SAFETY: `env` comes from the running call.
        unsafe {
            match value {
                Self::Pooled(length) => u32::to_napi_value(env, length),
                Self::Own(output) => buffer(env, &output),
            }
        }
    }
}

/// Canonical text on its way to JavaScript.
pub(crate) enum Canonical {
    /// One that is small enough for a [`Target`].
    Small(Vec<u8>),
    /// A `Buffer`, in which the text was put in order.
    Large(sys::napi_value),
}

impl Canonical {
    /// The text of a writer that has finished.
    ///
    /// # Safety
    /// `env` is that of the running call.
    pub(crate) unsafe fn new(env: sys::napi_env, text: Finished<'_>) -> napi::Result<Self> {
        let length = match &text {
            Finished::InOrder(text) => text.len(),
            Finished::Reordered { length, .. } => *length,
        };
        if length <= POOLED {
            return Ok(Self::Small(match text {
                Finished::InOrder(text) => text.to_vec(),
                Finished::Reordered { fill, .. } => {
                    let mut text = vec![0; length];
                    fill(&mut text);
                    text
                }
            }));
        }
        let (mut place, mut buffer) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: `env` is that of the running call; the out-pointers may be written.
        check_status!(unsafe { sys::napi_create_buffer(env, length, &mut place, &mut buffer) })?;
        let place: *mut u8 = place.cast();
        // SAFETY: the new memory has room for so many bytes, and nobody else has it during the call. A slice is made of it
        // when it has been written to.
        unsafe {
            match text {
                Finished::InOrder(text) => ptr::copy_nonoverlapping(text.as_ptr(), place, length),
                Finished::Reordered { fill, .. } => {
                    ptr::write_bytes(place, 0, length);
                    fill(std::slice::from_raw_parts_mut(place, length));
                }
            }
        }
        Ok(Self::Large(buffer))
    }
}

/// Two outputs as one: the length of the first in four bytes (little-endian), the first, the second.
///
/// # Errors
/// `too_large` for a first output over 4 GiB.
pub(crate) fn pair(first: &[u8], second: &[u8]) -> api::Result<Vec<u8>> {
    Ok([&length(first)?.to_le_bytes(), first, second].concat())
}

/// The length that stands before an output.
///
/// # Errors
/// `too_large` for 4 GiB and more.
pub(crate) fn length(output: &[u8]) -> api::Result<u32> {
    u32::try_from(output.len())
        .map_err(|_| Error::new(Code::TooLarge, "the output is larger than JavaScript can take"))
}

/// UTF-8 text that becomes a JavaScript string.
pub(crate) struct Output(pub Vec<u8>);

impl ToNapiValue for Output {
    unsafe fn to_napi_value(env: sys::napi_env, value: Self) -> napi::Result<sys::napi_value> {
        let text = std::str::from_utf8(&value.0).map_err(|_| not_text())?;
        // SAFETY: `env` comes from the running call.
        unsafe { <&str>::to_napi_value(env, text) }
    }
}

/// Bytes that become a `Buffer`; the native copy, a secret, is zeroed.
pub(crate) struct Secret(pub Zeroizing<Vec<u8>>);

impl ToNapiValue for Secret {
    unsafe fn to_napi_value(env: sys::napi_env, value: Self) -> napi::Result<sys::napi_value> {
        // SAFETY: `env` comes from the running call.
        unsafe { buffer(env, &value.0) }
    }
}

/// A `Buffer` of these bytes. They are copied: memory that JavaScript only refers to is freed when the event loop turns, so a
/// program that works in one go would never give any back.
///
/// # Safety
/// `env` is that of the running call.
unsafe fn buffer(env: sys::napi_env, bytes: &[u8]) -> napi::Result<sys::napi_value> {
    let mut buffer = ptr::null_mut();
    // SAFETY: the bytes live until they are copied, and the out-pointers may be written (the first is not wanted).
    check_status!(unsafe {
        sys::napi_create_buffer_copy(env, bytes.len(), bytes.as_ptr().cast(), ptr::null_mut(), &mut buffer)
    })?;
    Ok(buffer)
}

/// The bytes of a string whose characters are bytes, as those of HTTP heads are.
pub(crate) struct Latin1(pub Vec<u8>);

impl FromNapiValue for Latin1 {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> napi::Result<Self> {
        let mut length = 0;
        // SAFETY: `env` and `value` come from the running call; with no buffer the length alone is written.
        check_status!(unsafe {
            sys::napi_get_value_string_latin1(env, value, ptr::null_mut(), 0, &mut length)
        })?;
        let mut bytes = vec![0_u8; length + 1];
        // SAFETY: as above; the buffer takes the bytes and a zero behind them.
        check_status!(unsafe {
            let buffer = bytes.as_mut_ptr().cast();
            sys::napi_get_value_string_latin1(env, value, buffer, bytes.len(), &mut length)
        })?;
        bytes.truncate(length);
        Ok(Self(bytes))
    }
}

impl ToNapiValue for Latin1 {
    unsafe fn to_napi_value(env: sys::napi_env, value: Self) -> napi::Result<sys::napi_value> {
        let length = isize::try_from(value.0.len()).map_err(|_| not_text())?;
        let mut text = ptr::null_mut();
        // SAFETY: `env` comes from the running call, the bytes live until they are copied, the out-pointer may be written.
        check_status!(unsafe {
            sys::napi_create_string_latin1(env, value.0.as_ptr().cast(), length, &mut text)
        })?;
        Ok(text)
    }
}

fn not_text() -> napi::Error {
    napi::Error::new(Status::GenericFailure, "text that is not UTF-8")
}

/// As [`Output`]; the native copy, which may be a secret, is zeroed.
pub(crate) struct Text(pub Zeroizing<Vec<u8>>);

impl From<Vec<u8>> for Text {
    fn from(text: Vec<u8>) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl ToNapiValue for Text {
    unsafe fn to_napi_value(env: sys::napi_env, value: Self) -> napi::Result<sys::napi_value> {
        let text = std::str::from_utf8(&value.0).map_err(|_| not_text())?;
        // SAFETY: `env` comes from the running call.
        unsafe { <&str>::to_napi_value(env, text) }
    }
}

/// A handle of the door inside a JavaScript value that nothing but this module can open.
pub(crate) struct Handle<T>(pub T);

impl<T: Clone + 'static> FromNapiValue for Handle<T> {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> napi::Result<Self> {
        // SAFETY: `env` and `value` come from the running call; the type of the payload is checked.
        let external = unsafe { External::<T>::from_napi_ref(env, value) }?;
        Ok(Self(T::clone(external)))
    }
}

impl<T: 'static> ToNapiValue for Handle<T> {
    unsafe fn to_napi_value(env: sys::napi_env, value: Self) -> napi::Result<sys::napi_value> {
        // SAFETY: `env` comes from the running call.
        unsafe { External::to_napi_value(env, External::new(value.0)) }
    }
}

/// A result; an error becomes the array `[code, message, detail or null]`, which no success is.
///
/// The face throws it: throwing from here costs several microseconds, and would need a JavaScript class.
pub struct Outcome<T>(pub api::Result<T>);

impl<T: ToNapiValue> ToNapiValue for Outcome<T> {
    unsafe fn to_napi_value(env: sys::napi_env, value: Self) -> napi::Result<sys::napi_value> {
        // SAFETY: `env` comes from the running call.
        unsafe {
            match value.0 {
                Ok(value) => T::to_napi_value(env, value),
                Err(error) => {
                    let failure = vec![
                        Some(error.code().name().to_owned()),
                        Some(error.message().to_owned()),
                        error.detail_json(),
                    ];
                    Vec::to_napi_value(env, failure)
                }
            }
        }
    }
}
