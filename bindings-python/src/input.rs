//! What people hand over: JSON text, native objects, small numbers.

use pyo3::PyClass;
use pyo3::exceptions::PyUnicodeEncodeError;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyDict, PyMemoryView, PyString};
use samebyte::api::{self, Code, Error, Numbers, Writer};
use zeroize::Zeroizing;

use crate::errors::{exception, guarded, invalid_argument};
use crate::walk;

/// Text longer than this is worked on while other Python threads run; for shorter text the hand-over would
/// cost more than it gives.
const DETACH_FROM: usize = 4096;

/// Bytes that stay where they are while other Python threads run.
pub(crate) enum Text<'a> {
    /// The content of a `str` or `bytes`, which nothing can change.
    Borrowed(&'a [u8]),
    /// A copy. It is zeroed when dropped, since it may be a key.
    Owned(Zeroizing<Vec<u8>>),
}

impl Text<'_> {
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Borrowed(bytes) => bytes,
            Self::Owned(bytes) => bytes,
        }
    }
}

/// The UTF-8 text of a `str`, or the content of a `bytes`, `bytearray` or `memoryview`; `None` for anything else.
pub(crate) fn text<'a>(value: &'a Bound<'_, PyAny>) -> PyResult<Option<Text<'a>>> {
    // What is most often no text at all is not asked what text it is.
    if value.is_exact_instance_of::<PyDict>() {
        Ok(None)
    } else if let Ok(bytes) = value.cast::<PyBytes>() {
        Ok(Some(Text::Borrowed(bytes.as_bytes())))
    } else if let Ok(string) = value.cast::<PyString>() {
        match string.to_str() {
            Ok(text) => Ok(Some(Text::Borrowed(text.as_bytes()))),
            Err(failure) => Err(not_utf8(string, &failure)),
        }
    } else if let Ok(bytes) = value.cast::<PyByteArray>() {
        Ok(Some(Text::Owned(Zeroizing::new(bytes.to_vec()))))
    } else if value.is_exact_instance_of::<PyMemoryView>() {
        let copy = value
            .call_method0("tobytes")
            .map_err(|_| invalid_argument(value.py(), "a memoryview has been released"))?;
        Ok(Some(Text::Owned(Zeroizing::new(copy.cast::<PyBytes>()?.as_bytes().to_vec()))))
    } else {
        Ok(None)
    }
}

/// The error for a `str` that has no UTF-8 text: with the offset, in bytes of the text before it.
#[cold]
fn not_utf8(string: &Bound<'_, PyString>, failure: &PyErr) -> PyErr {
    let py = string.py();
    let offset = failure.is_instance_of::<PyUnicodeEncodeError>(py).then(|| {
        let start: usize = failure.value(py).getattr("start").ok()?.extract().ok()?;
        let before =
            string.get_item(pyo3::types::PySlice::new(py, 0, isize::try_from(start).ok()?, 1)).ok()?;
        Some(before.cast::<PyString>().ok()?.to_str().ok()?.len())
    });
    match offset.flatten() {
        Some(offset) => exception(
            py,
            &Error::new(Code::LoneSurrogate, "a str holds half of a surrogate pair")
                .with_number("offset", offset),
        ),
        // Out of memory, for one.
        None => failure.clone_ref(py),
    }
}

/// The text that a parameter must be: a `str` or bytes.
pub(crate) fn required_text<'a>(value: &'a Bound<'_, PyAny>) -> PyResult<Text<'a>> {
    text(value)?.ok_or_else(|| invalid_argument(value.py(), "the argument must be str or bytes"))
}

/// JSON text as it was handed over, or the canonical text of a native object.
pub(crate) fn json<'a>(value: &'a Bound<'_, PyAny>) -> PyResult<Text<'a>> {
    json_by(value, || api::jcs_writer(Numbers::Exact, &[]))
}

/// As [`json`], for a JWK, which may be a secret.
pub(crate) fn jwk<'a>(value: &'a Bound<'_, PyAny>) -> PyResult<Text<'a>> {
    json_by(value, api::key_writer)
}

fn json_by<'a>(
    value: &'a Bound<'_, PyAny>,
    writer: impl FnOnce() -> api::Result<Writer>,
) -> PyResult<Text<'a>> {
    if let Some(text) = text(value)? {
        return Ok(text);
    }
    guarded(value.py(), || walk::canonical(value, writer()?)).map(|text| Text::Owned(Zeroizing::new(text)))
}

/// What an iterable holds; text is none.
pub(crate) fn items<'py>(value: &Bound<'py, PyAny>) -> PyResult<Vec<Bound<'py, PyAny>>> {
    if text(value)?.is_some() {
        return Err(invalid_argument(value.py(), "the argument must be a list, not one text"));
    }
    let items =
        value.try_iter().map_err(|_| invalid_argument(value.py(), "the argument must be iterable"))?;
    items.collect()
}

/// The options object that core reads, from keyword arguments; empty where none is given. One that is `None` is as one
/// that is not given; but for the `nullable`, which are not given where they are `...`.
pub(crate) fn options(
    py: Python<'_>,
    given: Option<&Bound<'_, PyDict>>,
    nullable: &[&str],
) -> PyResult<Vec<u8>> {
    let Some(given) = given else { return Ok(Vec::new()) };
    let mut members = Vec::with_capacity(given.len());
    for (name, value) in given {
        let name: String = name.extract()?;
        let absent =
            if nullable.contains(&name.as_str()) { value.is(py.Ellipsis()) } else { value.is_none() };
        if !absent {
            members.push((if name == "algorithm" { "alg".to_owned() } else { name }, value));
        }
    }
    if members.is_empty() {
        return Ok(Vec::new());
    }
    guarded(py, || walk::object(&members, api::jcs_writer(Numbers::Exact, &[])?))
}

/// Does `work`, which needs no Python object, while other Python threads run.
pub(crate) fn detached<T: Send>(py: Python<'_>, work: impl FnOnce() -> api::Result<T> + Send) -> PyResult<T> {
    py.detach(work).map_err(|error| exception(py, &error))
}

/// As [`detached`], unless `text` is so short that the work takes less than a few microseconds.
pub(crate) fn detached_if_long<T: Send>(
    py: Python<'_>,
    text: &[u8],
    work: impl FnOnce() -> api::Result<T> + Send,
) -> PyResult<T> {
    if text.len() > DETACH_FROM { detached(py, work) } else { work().map_err(|error| exception(py, &error)) }
}

/// An integer parameter. Like all parameters here, one of another type is `invalid_argument`.
pub(crate) struct Integer(pub(crate) i64);

impl FromPyObject<'_, '_> for Integer {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        let number =
            value.extract().map_err(|_| invalid_argument(value.py(), "the argument must be an int"))?;
        Ok(Self(number))
    }
}

/// A parameter that is a word, such as the name of an algorithm.
pub(crate) struct Word<'a>(pub(crate) &'a str);

impl<'a> FromPyObject<'a, '_> for Word<'a> {
    type Error = PyErr;

    fn extract(value: Borrowed<'a, '_, PyAny>) -> PyResult<Self> {
        match <&str>::extract(value) {
            Ok(word) => Ok(Self(word)),
            Err(_) => Err(invalid_argument(value.py(), "the argument must be a str")),
        }
    }
}

/// A parameter that is a handle.
pub(crate) struct Handle<'py, T>(pub(crate) Bound<'py, T>);

impl<'py, T: PyClass> FromPyObject<'_, 'py> for Handle<'py, T> {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        match value.cast::<T>() {
            Ok(handle) => Ok(Self(handle.to_owned())),
            Err(_) => Err(exception(
                value.py(),
                &Error::new(Code::InvalidArgument, format!("the argument must be a {}", T::NAME)),
            )),
        }
    }
}
