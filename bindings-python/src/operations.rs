//! The operations on JSON.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};
use samebyte::api::{self, Numbers};

use crate::errors::{exception, guarded};
use crate::input::{
    Handle, Integer, Text, Word, detached, detached_if_long, items, json, required_text, text,
};
use crate::keys::{PublicKey, SigningKey};
use crate::verifier::Trust;
use crate::walk;

/// The version of the library, for example "0.1.0".
#[pyfunction]
pub(crate) fn version() -> &'static str {
    api::version()
}

/// The RFC 8785 text of a JSON value.
///
/// `value` is JSON text (`str`, `bytes`, `bytearray`, `memoryview`) or a native object (`dict`, `list`, `tuple`, `int`,
/// `float`, `bool`, `None`). `numbers` is the policy for numbers in text that no double is equal to: "ieee754"
/// rounds them as the RFC says, "exact" refuses them. `max_depth` (default 128) and `max_bytes` (default 16 MiB)
/// are limits.
#[pyfunction]
#[pyo3(signature = (value, *, numbers = None, max_depth = None, max_bytes = None))]
pub(crate) fn jcs_canonicalize<'py>(
    value: &Bound<'py, PyAny>,
    numbers: Option<Word<'_>>,
    max_depth: Option<Integer>,
    max_bytes: Option<Integer>,
) -> PyResult<Bound<'py, PyBytes>> {
    let py = value.py();
    let numbers = policy(py, numbers)?;
    let limits = limits(max_depth, max_bytes);
    match text(value)? {
        Some(text) => {
            let work = || api::jcs_canonicalize(text.bytes(), numbers, limits.as_bytes());
            detached_if_long(py, text.bytes(), work).map(|canonical| PyBytes::new(py, &canonical))
        }
        None => guarded(py, || walk::canonical_bytes(value, api::jcs_writer(numbers, limits.as_bytes())?))?,
    }
}

/// The SHA-256 of the RFC 8785 text of a JSON value: 32 bytes. Arguments as `jcs_canonicalize`.
#[pyfunction]
#[pyo3(signature = (value, *, numbers = None, max_depth = None, max_bytes = None))]
pub(crate) fn jcs_sha256<'py>(
    value: &Bound<'py, PyAny>,
    numbers: Option<Word<'_>>,
    max_depth: Option<Integer>,
    max_bytes: Option<Integer>,
) -> PyResult<Bound<'py, PyBytes>> {
    let py = value.py();
    let numbers = policy(py, numbers)?;
    let limits = limits(max_depth, max_bytes);
    let canonical;
    let input = text(value)?;
    let input = match &input {
        Some(text) => text.bytes(),
        None => {
            canonical = guarded(py, || walk::canonical(value, api::jcs_writer(numbers, limits.as_bytes())?))?;
            &canonical
        }
    };
    let digest = detached_if_long(py, input, || api::jcs_sha256(input, numbers, limits.as_bytes()))?;
    Ok(PyBytes::new(py, &digest))
}

/// The number policy with this name; RFC 8785 as written where there is none.
fn policy(py: Python<'_>, name: Option<Word<'_>>) -> PyResult<Numbers> {
    match name {
        Some(Word(name)) => guarded(py, || api::jcs_numbers(name)),
        None => Ok(Numbers::Ieee754),
    }
}

/// The options object that core reads; empty for the defaults.
fn limits(max_depth: Option<Integer>, max_bytes: Option<Integer>) -> String {
    match (max_depth, max_bytes) {
        (None, None) => String::new(),
        (Some(Integer(depth)), None) => format!("{{\"max_depth\":{depth}}}"),
        (None, Some(Integer(bytes))) => format!("{{\"max_bytes\":{bytes}}}"),
        (Some(Integer(depth)), Some(Integer(bytes))) => {
            format!("{{\"max_bytes\":{bytes},\"max_depth\":{depth}}}")
        }
    }
}

/// Does `work` on the JSON of `input` while other Python threads run.
pub(crate) fn operation<'py>(
    input: &Bound<'py, PyAny>,
    work: impl FnOnce(&[u8]) -> api::Result<Vec<u8>> + Send,
) -> PyResult<Bound<'py, PyBytes>> {
    let text = json(input)?;
    let output = detached(input.py(), || work(text.bytes()))?;
    Ok(PyBytes::new(input.py(), &output))
}

/// Does `work` on each of many texts while other Python threads run. The result holds for each what `made` makes, or the
/// exception.
pub(crate) fn many<'py, T: Send>(
    inputs: &Bound<'py, PyAny>,
    work: impl FnOnce(&[&[u8]]) -> Vec<api::Result<T>> + Send,
    made: impl Fn(Python<'py>, T) -> PyResult<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyList>> {
    let py = inputs.py();
    let given = items(inputs)?;
    let texts = given.iter().map(required_text).collect::<PyResult<Vec<_>>>()?;
    let texts: Vec<&[u8]> = texts.iter().map(Text::bytes).collect();
    let outcomes = py.detach(|| work(&texts)).into_iter().map(|outcome| match outcome {
        Ok(value) => made(py, value),
        Err(error) => Ok(exception(py, &error).into_value(py).into_bound(py).into_any()),
    });
    PyList::new(py, outcomes.collect::<PyResult<Vec<_>>>()?)
}

#[pyfunction]
pub(crate) fn document_sign<'py>(
    document: &Bound<'py, PyAny>,
    key: Handle<'py, SigningKey>,
    media_type: Word<'_>,
) -> PyResult<Bound<'py, PyBytes>> {
    let key = &key.0.get().key;
    operation(document, |text| api::document_sign(text, key, media_type.0))
}

#[pyfunction]
pub(crate) fn document_verify<'py>(
    document: &Bound<'py, PyAny>,
    verifier: Trust<'_, 'py>,
    media_type: Word<'_>,
) -> PyResult<Bound<'py, PyBytes>> {
    let verifier = verifier.verifier(document.py())?;
    operation(document, |text| api::document_verify(text, verifier, media_type.0))
}

#[pyfunction]
pub(crate) fn document_verify_many<'py>(
    documents: &Bound<'py, PyAny>,
    verifier: Trust<'_, 'py>,
    media_type: Word<'_>,
) -> PyResult<Bound<'py, PyList>> {
    let trusted = verifier.verifier(documents.py())?;
    let verify = |texts: &[&[u8]]| api::document_verify_many(texts, trusted, media_type.0);
    many(documents, verify, |py, verified| Ok(PyBytes::new(py, &verified).into_any()))
}

#[pyfunction]
pub(crate) fn document_signing_input<'py>(
    document: &Bound<'py, PyAny>,
    media_type: Word<'_>,
) -> PyResult<Bound<'py, PyBytes>> {
    operation(document, |text| api::document_signing_input(text, media_type.0))
}

#[pyfunction]
pub(crate) fn document_to_dsse<'py>(
    document: &Bound<'py, PyAny>,
    media_type: Word<'_>,
) -> PyResult<Bound<'py, PyBytes>> {
    operation(document, |text| api::document_to_dsse(text, media_type.0))
}

#[pyfunction]
pub(crate) fn document_from_dsse<'py>(
    envelope: &Bound<'py, PyAny>,
    media_type: Word<'_>,
) -> PyResult<Bound<'py, PyBytes>> {
    operation(envelope, |text| api::document_from_dsse(text, media_type.0))
}

#[pyfunction]
pub(crate) fn job_sign<'py>(
    job: &Bound<'py, PyAny>,
    key: Handle<'py, SigningKey>,
) -> PyResult<Bound<'py, PyBytes>> {
    let key = &key.0.get().key;
    operation(job, |text| api::job_sign(text, key))
}

#[pyfunction]
pub(crate) fn job_verify_signatures<'py>(job: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    operation(job, api::job_verify_signatures)
}

#[pyfunction]
pub(crate) fn job_signatories<'py>(job: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    operation(job, api::job_signatories)
}

#[pyfunction]
pub(crate) fn job_authorize<'py>(
    job: &Bound<'py, PyAny>,
    policy: &Bound<'py, PyAny>,
    now: Integer,
) -> PyResult<Bound<'py, PyBytes>> {
    let policy = json(policy)?;
    let policy = policy.bytes();
    operation(job, |text| api::job_authorize(text, policy, now.0))
}

#[pyfunction]
pub(crate) fn job_canonical_representation<'py>(job: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    operation(job, api::job_canonical_representation)
}

#[pyfunction]
pub(crate) fn receipt_sign<'py>(
    receipt: &Bound<'py, PyAny>,
    key: Handle<'py, SigningKey>,
) -> PyResult<Bound<'py, PyBytes>> {
    let key = &key.0.get().key;
    operation(receipt, |text| api::receipt_sign(text, key))
}

#[pyfunction]
pub(crate) fn receipt_verify<'py>(
    receipt: &Bound<'py, PyAny>,
    public_key: Handle<'py, PublicKey>,
) -> PyResult<Bound<'py, PyBytes>> {
    let public_key = &public_key.0.get().key;
    operation(receipt, |text| api::receipt_verify(text, public_key))
}

#[pyfunction]
pub(crate) fn receipt_canonical_representation<'py>(
    receipt: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyBytes>> {
    operation(receipt, api::receipt_canonical_representation)
}

/// Panics inside core, so that a test can see what a panic becomes.
#[cfg(feature = "test-operations")]
#[pyfunction]
pub(crate) fn test_panic(py: Python<'_>) -> PyResult<()> {
    guarded(py, api::test_panic)
}
