//! Errors of core as exceptions of the Python package.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use samebyte::api;

/// `samebyte._errors.error_of(code, message, detail_json)`, which makes the exception of the right class.
static ERROR_OF: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// Runs `body` behind the guard of core, so that a fault in it is an exception with code `internal` and not a
/// `PanicException`, which `except Exception` does not catch.
pub(crate) fn guarded<T>(py: Python<'_>, body: impl FnOnce() -> api::Result<T>) -> PyResult<T> {
    api::guard(body).map_err(|error| exception(py, &error))
}

/// The exception for an error of core.
#[cold]
pub(crate) fn exception(py: Python<'_>, error: &api::Error) -> PyErr {
    let made = error_of(py).and_then(|error_of| {
        error_of.call1((error.code().name(), error.message(), error.detail_json().unwrap_or_default()))
    });
    match made {
        Ok(value) => PyErr::from_value(value),
        Err(failure) => failure,
    }
}

fn error_of(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    let function = ERROR_OF
        .get_or_try_init(py, || py.import("samebyte._errors")?.getattr("error_of").map(Bound::unbind))?;
    Ok(function.bind(py).clone())
}

/// The exception for an argument that no operation of core was asked about.
#[cold]
pub(crate) fn invalid_argument(py: Python<'_>, message: &'static str) -> PyErr {
    exception(py, &api::Error::new(api::Code::InvalidArgument, message))
}
