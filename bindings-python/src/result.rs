//! Signed results and configurations of back ends, and the files and keys of sqooler.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use samebyte::api;

use crate::errors::guarded;
use crate::input::{self, Handle, Word, detached, required_text};
use crate::keys::{PublicKey, SigningKey};
use crate::operations::operation;
use crate::verifier::Trust;

#[pyfunction]
pub(crate) fn result_sign<'py>(
    document: &Bound<'py, PyAny>,
    key: Handle<'py, SigningKey>,
) -> PyResult<Bound<'py, PyBytes>> {
    let key = &key.0.get().key;
    operation(document, |text| api::result_sign(text, key))
}

#[pyfunction]
pub(crate) fn result_verify<'py>(
    document: &Bound<'py, PyAny>,
    verifier: Trust<'_, 'py>,
    display_name: Word<'_>,
    job_id: Word<'_>,
) -> PyResult<Bound<'py, PyBytes>> {
    let trusted = verifier.verifier(document.py())?;
    operation(document, |text| api::result_verify(text, trusted, display_name.0, job_id.0))
}

#[pyfunction]
pub(crate) fn config_sign<'py>(
    document: &Bound<'py, PyAny>,
    key: Handle<'py, SigningKey>,
) -> PyResult<Bound<'py, PyBytes>> {
    let key = &key.0.get().key;
    operation(document, |text| api::config_sign(text, key))
}

#[pyfunction]
pub(crate) fn config_verify<'py>(
    document: &Bound<'py, PyAny>,
    verifier: Trust<'_, 'py>,
    display_name: Word<'_>,
) -> PyResult<Bound<'py, PyBytes>> {
    let trusted = verifier.verifier(document.py())?;
    operation(document, |text| api::config_verify(text, trusted, display_name.0))
}

#[pyfunction]
pub(crate) fn sqooler_sign<'py>(
    payload: &Bound<'py, PyAny>,
    key: Handle<'py, SigningKey>,
) -> PyResult<Bound<'py, PyString>> {
    let py = payload.py();
    let text = required_text(payload)?;
    let key = &key.0.get().key;
    PyString::from_bytes(py, &detached(py, || api::sqooler_sign(text.bytes(), key))?)
}

#[pyfunction]
pub(crate) fn sqooler_result_verify<'py>(
    file: &Bound<'py, PyAny>,
    key: Handle<'py, PublicKey>,
    display_name: Word<'_>,
    job_id: Word<'_>,
) -> PyResult<Bound<'py, PyString>> {
    let py = file.py();
    let text = required_text(file)?;
    let key = &key.0.get().key;
    let work = || api::sqooler_result_verify(text.bytes(), key, display_name.0, job_id.0);
    PyString::from_bytes(py, &detached(py, work)?)
}

#[pyfunction]
pub(crate) fn sqooler_config_verify<'py>(
    file: &Bound<'py, PyAny>,
    key: Handle<'py, PublicKey>,
    display_name: Word<'_>,
) -> PyResult<Bound<'py, PyString>> {
    let py = file.py();
    let text = required_text(file)?;
    let key = &key.0.get().key;
    let work = || api::sqooler_config_verify(text.bytes(), key, display_name.0);
    PyString::from_bytes(py, &detached(py, work)?)
}

/// The private key in a JWK as sqooler writes it: JSON text or a dict.
#[pyfunction]
pub(crate) fn sqooler_key_from_jwk(jwk: &Bound<'_, PyAny>) -> PyResult<SigningKey> {
    let text = input::jwk(jwk)?;
    detached(jwk.py(), || api::sqooler_key_from_jwk(text.bytes())).map(SigningKey::from)
}

/// An Ed25519 key as a private JWK that sqooler reads. The result is a secret.
#[pyfunction]
pub(crate) fn sqooler_key_to_jwk<'py>(
    py: Python<'py>,
    key: Handle<'py, SigningKey>,
) -> PyResult<Bound<'py, PyBytes>> {
    guarded(py, || api::sqooler_key_to_jwk(&key.0.get().key)).map(|secret| PyBytes::new(py, &secret))
}

/// The public key in a JWK as sqooler writes it: JSON text or a dict.
#[pyfunction]
pub(crate) fn sqooler_public_key_from_jwk(jwk: &Bound<'_, PyAny>) -> PyResult<PublicKey> {
    let text = input::jwk(jwk)?;
    detached(jwk.py(), || api::sqooler_public_key_from_jwk(text.bytes())).map(PublicKey::from)
}

/// An Ed25519 key as a public JWK that sqooler reads.
#[pyfunction]
pub(crate) fn sqooler_public_key_to_jwk<'py>(
    py: Python<'py>,
    key: Handle<'py, PublicKey>,
) -> PyResult<Bound<'py, PyBytes>> {
    guarded(py, || api::sqooler_public_key_to_jwk(&key.0.get().key)).map(|jwk| PyBytes::new(py, &jwk))
}
