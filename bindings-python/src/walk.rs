//! The walk over Python objects: each value is told to core's writer, which knows the rules.
//!
//! # Why this is sound
//!
//! Objects are borrowed, not owned, while they are looked at. The caller owns the root and the interpreter lock is
//! held, so that an object can only die or change if Python code runs in between. None does: every function of
//! CPython that is called here on a value of the type that it is for reads that value's own storage and calls
//! nothing back (no `__iter__`, `__getitem__`, `__index__`, `__float__` or `__str__` of a subclass), and neither
//! allocates an object that the garbage collector tracks, so that no finalizer runs either. The exception is an
//! error that CPython raises: after one, nothing is read any more.

use std::ffi::c_int;
use std::ptr::null_mut;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use samebyte::api::{Code, Error, Finished, Result, Writer};

/// The canonical text of a native object, written by `writer`, which has its limits.
///
/// `dict` is an object; `list` and `tuple` are arrays; `str`, `int`, `float`, `bool` and `None` are what they are
/// called in JSON. An instance of a subclass counts as the value that it is stored as: a member of a `str`
/// enumeration is its value. Everything else is `unsupported_type`.
///
/// # Errors
/// `unsupported_type`, `key_not_string`, `number_not_finite`, `number_not_exact`, `number_overflow`,
/// `lone_surrogate`, `too_deep`, `too_large`, each with the `pointer` to where it occurred. A structure that holds
/// itself is `too_deep`.
pub(crate) fn canonical(root: &Bound<'_, PyAny>, writer: Writer) -> Result<Vec<u8>> {
    written(root, writer)?.finish()
}

/// As [`canonical`], as an object of Python; the inner error is one of Python's, for want of memory.
///
/// # Errors
/// Those of [`canonical`].
pub(crate) fn canonical_bytes<'py>(
    root: &Bound<'py, PyAny>,
    writer: Writer,
) -> Result<PyResult<Bound<'py, PyBytes>>> {
    let py = root.py();
    written(root, writer)?.finish_with(|finished| match finished {
        Finished::InOrder(text) => {
            let (bytes, length) = (text.as_ptr().cast(), text.len().cast_signed());
            // SAFETY: the text is so long, and the function makes a new object, which is a `bytes`, or sets an error.
            unsafe {
                let object = ffi::PyBytes_FromStringAndSize(bytes, length);
                Ok(Bound::from_owned_ptr_or_err(py, object)?.cast_into_unchecked())
            }
        }
        Finished::Reordered { length, fill } => PyBytes::new_with(py, length, |bytes| {
            fill(bytes);
            Ok(())
        }),
    })
}

/// The writer that has been told of `root` and everything inside of it.
fn written(root: &Bound<'_, PyAny>, writer: Writer) -> Result<Writer> {
    let mut walk = Walk { writer };
    // SAFETY: `root` is alive and the interpreter lock is held, and so it stays: see the page of this module.
    unsafe { walk.tree(root.as_ptr())? };
    Ok(walk.writer)
}

/// As [`canonical`], for an object of these members.
///
/// # Errors
/// As [`canonical`].
pub(crate) fn object(members: &[(String, Bound<'_, PyAny>)], mut writer: Writer) -> Result<Vec<u8>> {
    writer.begin_object()?;
    let mut walk = Walk { writer };
    for (name, value) in members {
        walk.writer.key(name)?;
        // SAFETY: as in `canonical`.
        unsafe { walk.tree(value.as_ptr())? };
    }
    walk.writer.end_object()?;
    walk.writer.finish()
}

struct Walk {
    writer: Writer,
}

/// A container, and how far it has been walked.
struct Container {
    kind: Kind,
    object: *mut ffi::PyObject,
    /// Where the next value is: of a `dict` what CPython makes of it.
    next: ffi::Py_ssize_t,
    /// How many values a `list` or a `tuple` has.
    length: ffi::Py_ssize_t,
}

#[derive(Clone, Copy)]
enum Kind {
    Dict,
    List,
    Tuple,
}

/// Containers inside of each other that are walked without more room for them.
const USUAL_DEPTH: usize = 16;

impl Walk {
    /// Writes a value and everything inside of it.
    ///
    /// # Safety
    /// `root` is an object that is alive; the interpreter lock is held.
    unsafe fn tree(&mut self, root: *mut ffi::PyObject) -> Result<()> {
        // SAFETY: as the caller; what is in a container lives as long as it, and nothing changes it.
        unsafe {
            if self.scalar(root)? {
                return Ok(());
            }
            let mut open = Vec::with_capacity(USUAL_DEPTH);
            open.push(self.begin(root)?);
            while let Some(innermost) = open.last_mut() {
                match self.up_to_container(innermost)? {
                    Some(inner) => open.push(self.begin(inner)?),
                    None => _ = open.pop(),
                }
            }
        }
        Ok(())
    }

    /// Writes the values of a container up to one that is a container, which is returned, or else to the end.
    ///
    /// # Safety
    /// The container is alive; the interpreter lock is held.
    #[inline]
    unsafe fn up_to_container(&mut self, container: &mut Container) -> Result<Option<*mut ffi::PyObject>> {
        // SAFETY: as the caller; keys and values live as long as their container, and nothing changes it, so that
        // its length is what it was.
        unsafe {
            let Container { kind, object, next, length } = container;
            match kind {
                Kind::Dict => {
                    let (mut key, mut value) = (null_mut(), null_mut());
                    while ffi::PyDict_Next(*object, next, &raw mut key, &raw mut value) != 0 {
                        self.key(key)?;
                        if !self.scalar(value)? {
                            return Ok(Some(value));
                        }
                    }
                    self.writer.end_object()?;
                }
                Kind::List => {
                    while next < length {
                        let value = ffi::PyList_GetItem(*object, *next);
                        *next += 1;
                        if !self.scalar(value)? {
                            return Ok(Some(value));
                        }
                    }
                    self.writer.end_array()?;
                }
                Kind::Tuple => {
                    while next < length {
                        let value = ffi::PyTuple_GetItem(*object, *next);
                        *next += 1;
                        if !self.scalar(value)? {
                            return Ok(Some(value));
                        }
                    }
                    self.writer.end_array()?;
                }
            }
        }
        Ok(None)
    }

    /// Writes a value, unless it may be a container; then the result is false.
    ///
    /// # Safety
    /// `value` is an object that is alive; the interpreter lock is held.
    #[inline(always)]
    unsafe fn scalar(&mut self, value: *mut ffi::PyObject) -> Result<bool> {
        // SAFETY: as the caller. The addresses of types are only compared.
        unsafe {
            let kind = ffi::Py_TYPE(value);
            if kind == &raw mut ffi::PyUnicode_Type {
                self.string(value)?;
            } else if kind == &raw mut ffi::PyLong_Type {
                self.integer(value)?;
            } else if kind == &raw mut ffi::PyDict_Type || kind == &raw mut ffi::PyList_Type {
                return Ok(false);
            } else if kind == &raw mut ffi::PyFloat_Type {
                self.writer.double(ffi::PyFloat_AsDouble(value))?;
            } else if kind == &raw mut ffi::PyBool_Type {
                self.writer.boolean(value == ffi::Py_True())?;
            } else if value == ffi::Py_None() {
                self.writer.null()?;
            } else {
                return self.scalar_of_subclass(value);
            }
        }
        Ok(true)
    }

    /// As [`scalar`](Self::scalar), for what is of none of the common types itself.
    ///
    /// # Safety
    /// As [`scalar`](Self::scalar).
    #[inline(never)]
    unsafe fn scalar_of_subclass(&mut self, value: *mut ffi::PyObject) -> Result<bool> {
        // SAFETY: as the caller; the checks read flags and bases of the type.
        unsafe {
            if ffi::PyUnicode_Check(value) != 0 {
                self.string(value)?;
            } else if ffi::PyLong_Check(value) != 0 {
                self.integer(value)?;
            } else if ffi::PyFloat_Check(value) != 0 {
                self.writer.double(ffi::PyFloat_AsDouble(value))?;
            } else {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Begins a container.
    ///
    /// # Safety
    /// As [`scalar`](Self::scalar).
    #[inline(always)]
    unsafe fn begin(&mut self, object: *mut ffi::PyObject) -> Result<Container> {
        // SAFETY: as the caller; the checks read flags of the type.
        let (kind, length) = unsafe {
            let kind = ffi::Py_TYPE(object);
            if kind == &raw mut ffi::PyList_Type || ffi::PyList_Check(object) != 0 {
                (Kind::List, ffi::PyList_Size(object))
            } else if kind == &raw mut ffi::PyDict_Type || ffi::PyDict_Check(object) != 0 {
                (Kind::Dict, 0)
            } else if ffi::PyTuple_Check(object) != 0 {
                (Kind::Tuple, ffi::PyTuple_Size(object))
            } else {
                return Err(self
                    .writer
                    .refuse(Code::UnsupportedType, "a value is of a type that has no JSON text"));
            }
        };
        match kind {
            Kind::Dict => self.writer.begin_object()?,
            Kind::List | Kind::Tuple => self.writer.begin_array()?,
        }
        Ok(Container { kind, object, next: 0, length })
    }

    /// # Safety
    /// As [`scalar`](Self::scalar), for a `str`.
    #[inline]
    unsafe fn string(&mut self, value: *mut ffi::PyObject) -> Result<()> {
        // SAFETY: as the caller; the text is used before anything else happens to the object.
        match unsafe { utf8(value) } {
            Some(text) => self.writer.string(text),
            None => Err(self.no_text()),
        }
    }

    /// # Safety
    /// As [`scalar`](Self::scalar), for an `int`.
    #[inline]
    unsafe fn integer(&mut self, value: *mut ffi::PyObject) -> Result<()> {
        let mut overflow: c_int = 0;
        // SAFETY: as the caller; `overflow` is a place to write to. For an `int` the function cannot fail.
        let small = unsafe { ffi::PyLong_AsLongLongAndOverflow(value, &raw mut overflow) };
        if overflow == 0 {
            return self.writer.integer(small);
        }
        // SAFETY: as the caller.
        unsafe { self.large_integer(value) }
    }

    /// An integer outside the range of `i64`, by its decimal digits.
    ///
    /// # Safety
    /// As [`integer`](Self::integer).
    #[cold]
    #[inline(never)]
    unsafe fn large_integer(&mut self, value: *mut ffi::PyObject) -> Result<()> {
        // Writing digits takes time that grows with the square of their number, and Python has a limit to it. What
        // is no double is refused before: then there are at most 309 digits, fewer than the lowest such limit.
        // SAFETY: as the caller.
        let double = unsafe { ffi::PyLong_AsDouble(value) };
        // SAFETY: the lock is held.
        if double == -1.0 && !unsafe { ffi::PyErr_Occurred() }.is_null() {
            clear_error();
            return Err(self
                .writer
                .refuse(Code::NumberOverflow, "an integer is larger than the largest double"));
        }
        // SAFETY: as the caller; for an `int` and its subclasses the digits are those of the value.
        let digits = unsafe { ffi::PyNumber_ToBase(value, 10) };
        if digits.is_null() {
            return Err(self.no_text());
        }
        // SAFETY: `digits` is a new `str`, alive until it is given up below, after its text has been used.
        let result = match unsafe { utf8(digits) } {
            Some(text) => self.writer.integer_text(text),
            None => Err(self.no_text()),
        };
        // SAFETY: `digits` is owned here, and not used any more. It is a `str` itself: nothing runs when it dies.
        unsafe { ffi::Py_DECREF(digits) };
        result
    }

    /// # Safety
    /// As [`scalar`](Self::scalar).
    #[inline]
    unsafe fn key(&mut self, key: *mut ffi::PyObject) -> Result<()> {
        // SAFETY: as the caller; the text is used before anything else happens to the object.
        unsafe {
            if ffi::Py_TYPE(key) != &raw mut ffi::PyUnicode_Type && ffi::PyUnicode_Check(key) == 0 {
                return Err(self.writer.refuse(Code::KeyNotString, "a dict has a key that is no str"));
            }
            match utf8(key) {
                Some(text) => self.writer.key(text),
                None => Err(self.no_text()),
            }
        }
    }

    /// The error for an object whose text CPython could not give.
    #[cold]
    #[inline(never)]
    fn no_text(&mut self) -> Error {
        // SAFETY: the interpreter lock is held, and an error is set.
        let encoding = unsafe { ffi::PyErr_ExceptionMatches(ffi::PyExc_UnicodeEncodeError) } != 0;
        clear_error();
        if encoding {
            self.writer.refuse(Code::LoneSurrogate, "a str holds half of a surrogate pair")
        } else {
            self.writer.refuse(Code::Internal, "Python has no memory left")
        }
    }
}

/// The UTF-8 text of a `str`, or `None` where it holds half of a surrogate pair; then an error is set.
///
/// # Safety
/// `string` is an instance of `str` and outlives the result; the interpreter lock is held.
#[inline]
unsafe fn utf8<'a>(string: *mut ffi::PyObject) -> Option<&'a str> {
    let mut length: ffi::Py_ssize_t = 0;
    // SAFETY: as the caller; `length` is a place to write to.
    let text = unsafe { ffi::PyUnicode_AsUTF8AndSize(string, &raw mut length) };
    if text.is_null() {
        return None;
    }
    // SAFETY: CPython gives `length` bytes of well-formed UTF-8, which live as long as the object.
    unsafe { Some(str::from_utf8_unchecked(std::slice::from_raw_parts(text.cast(), length.cast_unsigned()))) }
}

/// Forgets the error that CPython has raised: what is reported instead has a code.
#[cold]
fn clear_error() {
    // SAFETY: whoever calls this holds the interpreter lock.
    unsafe { ffi::PyErr_Clear() };
}
