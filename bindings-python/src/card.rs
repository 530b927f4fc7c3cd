//! Agent Cards (A2A 1.0).

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};
use samebyte::api;

use crate::input::{self, Handle, Word, detached, required_text};
use crate::keys::SigningKey;
use crate::python;
use crate::verifier::Trust;

/// The bytes of a card that are signed under a form: "sdk", "spec" or "raw".
#[pyfunction]
pub(crate) fn card_canonicalize<'py>(
    card: &Bound<'py, PyAny>,
    form: Word<'_>,
) -> PyResult<Bound<'py, PyBytes>> {
    let text = required_text(card)?;
    let canonical = detached(card.py(), || api::card_canonicalize(text.bytes(), form.0))?;
    Ok(PyBytes::new(card.py(), &canonical))
}

/// The card in canonical form with one more signature.
///
/// `card`: JSON text, never an object of an SDK. `portability`: what to do with a card that implementations read in
/// different ways: "refuse" it (the default), "strip" from it what they differ in, or sign "each" form. Or `form`: sign under this one,
/// whatever the others make of it. `jku`, `typ`: members of the protected header. `algorithm`: another of those that the
/// key permits.
#[pyfunction]
#[pyo3(
    signature = (card, key, **options),
    text_signature = "(card, key, *, portability=None, form=None, jku=None, typ=None, algorithm=None)"
)]
pub(crate) fn card_sign<'py>(
    card: &Bound<'py, PyAny>,
    key: Handle<'py, SigningKey>,
    options: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyString>> {
    let py = card.py();
    let options = input::options(py, options, &[])?;
    let text = required_text(card)?;
    let key = &key.0.get().key;
    let signed = detached(py, || api::card_sign(text.bytes(), key, &options))?;
    PyString::from_bytes(py, &signed)
}

/// The canonical card that was verified, and the report on it.
#[pyfunction]
pub(crate) fn card_verify<'py>(
    card: &Bound<'py, PyAny>,
    verifier: Trust<'_, 'py>,
    form: Word<'_>,
) -> PyResult<(Bound<'py, PyBytes>, Bound<'py, PyBytes>)> {
    let py = card.py();
    let text = required_text(card)?;
    let trusted = verifier.verifier(py)?;
    let verified = detached(py, || api::card_verify(text.bytes(), trusted, form.0))?;
    Ok((PyBytes::new(py, &verified.card), PyBytes::new(py, &verified.report)))
}

/// Why a card verifies or does not: for each signature under which form, and what is not signed.
#[pyfunction]
pub(crate) fn card_diagnose<'py>(
    card: &Bound<'py, PyAny>,
    verifier: Trust<'_, 'py>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = card.py();
    let text = required_text(card)?;
    let trusted = verifier.verifier(py)?;
    let report = detached(py, || api::card_diagnose(text.bytes(), trusted))?;
    python::parsed(py, &report)
}
