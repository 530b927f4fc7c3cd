//! The client's side.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString, PyTuple};
use samebyte::api;

use crate::errors::guarded;
use crate::http::{borrowed, pairs};
use crate::input::{self, Handle, Word, detached};
use crate::keys::SigningKey;
use crate::verifier::Keyset;

/// Signs requests with one key, and verifies the responses.
#[pyclass(frozen, module = "samebyte._native")]
pub(crate) struct HttpClient(api::Client);

#[pymethods]
impl HttpClient {
    #[new]
    #[pyo3(signature = (key, responses, **options))]
    fn new(
        py: Python<'_>,
        key: Handle<'_, SigningKey>,
        responses: Option<Handle<'_, Keyset>>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let options = input::options(py, options, &[])?;
        let responses = responses.as_ref().map(|handle| handle.0.get().keys());
        guarded(py, || api::client_new(&key.0.get().key, responses, &options)).map(Self)
    }

    /// Signs a request.
    fn sign(
        &self,
        method: Word<'_>,
        url: Word<'_>,
        headers: &Bound<'_, PyAny>,
        body: Option<&[u8]>,
        nonce: Option<Word<'_>>,
        now_ms: u64,
    ) -> PyResult<HttpCall> {
        let py = headers.py();
        let owned = pairs(headers)?;
        let fields = borrowed(&owned);
        let nonce = nonce.as_ref().map(|nonce| nonce.0);
        detached(py, || api::client_sign(&self.0, method.0, url.0, &fields, body, nonce, now_ms))
            .map(HttpCall)
    }
}

/// A signed request whose response is outstanding.
#[pyclass(frozen, module = "samebyte._native")]
pub(crate) struct HttpCall(api::Call);

#[pymethods]
impl HttpCall {
    /// The name and the value of the field to send.
    #[getter]
    fn header<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let (name, value) = self.0.header();
        (PyString::new(py, name), PyString::new(py, value)).into_pyobject(py)
    }

    /// The body to send.
    #[getter]
    fn body<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyBytes>> {
        self.0.body().map(|body| PyBytes::new(py, body))
    }

    /// Verifies the response: what was verified, and a report as canonical JSON.
    fn verify<'py>(
        &self,
        py: Python<'py>,
        status: u16,
        headers: &Bound<'py, PyAny>,
        body: &[u8],
        now_ms: u64,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let owned = pairs(headers)?;
        let fields = borrowed(&owned);
        let verified = detached(py, || api::call_verify(&self.0, status, &fields, body, now_ms))?;
        (PyBytes::new(py, &verified.body), PyBytes::new(py, &verified.report)).into_pyobject(py)
    }
}
