//! What the native part takes from Python: the JSON reader of its library, and classes of this package.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyBytes;

/// JSON that core has written, as Python objects.
pub(crate) fn parsed<'py>(py: Python<'py>, json: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    static LOADS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    LOADS.import(py, "json", "loads")?.call1((PyBytes::new(py, json),))
}

/// The `samebyte.jws.Signature` objects that a report on signatures means.
pub(crate) fn signatures<'py>(py: Python<'py>, report: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    static SIGNATURES: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    SIGNATURES.import(py, "samebyte._signature", "signatures")?.call1((PyBytes::new(py, report),))
}

/// The `samebyte.jws.Prepared` that core's answer means.
pub(crate) fn prepared<'py>(py: Python<'py>, answer: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    static PREPARED: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    PREPARED.import(py, "samebyte._signature", "prepared")?.call1((PyBytes::new(py, answer),))
}
