//! One request at a gateway, and its response.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};
use samebyte::api::{self, Code, ReplayVerdict};

use crate::errors::{guarded, invalid_argument};
use crate::http::answered;
use crate::input::{Word, detached, detached_if_long};

/// One request and its response: what core's state machine asks for, in its order.
#[pyclass(frozen, module = "samebyte._native")]
pub(crate) struct Exchange {
    pub(crate) exchange: Arc<Mutex<api::Exchange>>,
    signs_quickly: bool,
}

impl Exchange {
    pub(crate) fn new(exchange: api::Exchange, signs_quickly: bool) -> Self {
        Self { exchange: Arc::new(Mutex::new(exchange)), signs_quickly }
    }

    /// Whoever holds it works without the interpreter lock, or keeps that lock all the time: nobody waits for both.
    fn lock(&self) -> MutexGuard<'_, api::Exchange> {
        self.exchange.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl Exchange {
    /// What is to be done next: 0 pass, 1 keys, 2 body, 3 reserve, 4 accept, 5 reject.
    #[getter]
    fn step(&self) -> u8 {
        self.lock().step() as u8
    }

    /// At 1: the source whose keys are due.
    #[getter]
    fn source(&self) -> usize {
        self.lock().source()
    }

    /// The most bytes that a body may have.
    #[getter]
    fn limit(&self) -> usize {
        self.lock().limit()
    }

    /// Whether the response is to be handed to `respond`.
    #[getter]
    fn signs_response(&self) -> bool {
        self.lock().signs_response()
    }

    /// Takes the body and verifies; the next step.
    fn read(&self, body: &Bound<'_, PyBytes>, now_ms: u64) -> PyResult<u8> {
        let bytes = body.as_bytes();
        detached(body.py(), || api::exchange_body(&mut self.lock(), bytes, now_ms)).map(|step| step as u8)
    }

    /// At 3: the key, the owner, and for how many milliseconds.
    fn reservation<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let reservation = self.lock().reservation();
        let reservation = reservation.ok_or_else(|| invalid_argument(py, "there is nothing to reserve"))?;
        (PyBytes::new(py, &reservation.key), PyBytes::new(py, &reservation.owner), reservation.ttl_ms)
            .into_pyobject(py)
    }

    /// Takes the verdict of the store, as its number; the next step.
    fn reserved(&self, py: Python<'_>, verdict: u8, now_ms: u64) -> PyResult<u8> {
        let verdict = ReplayVerdict::from_number(verdict);
        let verdict = verdict.ok_or_else(|| invalid_argument(py, "a verdict is a number from 0 to 4"))?;
        guarded(py, || api::exchange_reserved(&mut self.lock(), verdict, now_ms)).map(|step| step as u8)
    }

    /// Refuses the request for what the host found; the next step.
    fn refuse(&self, py: Python<'_>, code: Word<'_>, now_ms: u64) -> PyResult<u8> {
        let code = Code::from_name(code.0).ok_or_else(|| invalid_argument(py, "there is no such code"))?;
        guarded(py, || api::exchange_refuse(&mut self.lock(), code, now_ms)).map(|step| step as u8)
    }

    /// At 5: the status, the fields and the body of the response.
    fn answer<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let exchange = self.lock();
        let answer = exchange.answer();
        answered(py, answer.ok_or_else(|| invalid_argument(py, "the request is not refused"))?)
    }

    /// At 4: the body for the handler, which is what was verified.
    fn body<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.lock().body())
    }

    /// At 4: who signed, as canonical JSON.
    fn identity<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyBytes>> {
        self.lock().identity().map(|identity| PyBytes::new(py, identity))
    }

    /// A line for the log, as canonical JSON.
    fn event<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.lock().event())
    }

    /// Signs the response of the handler: the status, the fields to set and the body to send. `body` is None where it
    /// is streamed or too large to be held.
    fn respond<'py>(
        &self,
        py: Python<'py>,
        status: u16,
        content_type: Option<&[u8]>,
        body: Option<&[u8]>,
        now_ms: u64,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let content_type = content_type.map(String::from_utf8_lossy);
        let sign = || api::exchange_respond(&mut self.lock(), status, content_type.as_deref(), body, now_ms);
        // What is signed quickly is signed sooner than the interpreter lock could be had again.
        let answer = if self.signs_quickly {
            detached_if_long(py, body.unwrap_or_default(), sign)?
        } else {
            detached(py, sign)?
        };
        answered(py, &answer)
    }
}
