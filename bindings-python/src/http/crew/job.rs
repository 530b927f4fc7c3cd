//! What a crew does with an exchange.

use std::sync::{Arc, Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::types::PyInt;
use samebyte::api::{self, Answer, Step};

use crate::errors::exception;
use crate::http::answered;

/// Work on one exchange.
pub(super) struct Job {
    /// What the outcome comes back with. No thread of a crew looks at it.
    pub(super) token: Py<PyAny>,
    pub(super) exchange: Arc<Mutex<api::Exchange>>,
    pub(super) work: Work,
}

pub(super) enum Work {
    /// The body is there.
    Read { body: Vec<u8>, now_ms: u64 },
    /// The response is there.
    Respond { status: u16, content_type: Option<String>, body: Option<Vec<u8>>, now_ms: u64 },
}

/// What became of a job.
pub(super) struct Outcome {
    token: Py<PyAny>,
    result: api::Result<Done>,
}

enum Done {
    Step(Step),
    Answer(Answer),
}

impl Job {
    pub(super) fn done(self) -> Outcome {
        let exchange = &mut *self.exchange.lock().unwrap_or_else(PoisonError::into_inner);
        let result = match self.work {
            Work::Read { body, now_ms } => api::exchange_body(exchange, &body, now_ms).map(Done::Step),
            Work::Respond { status, content_type, body, now_ms } => {
                api::exchange_respond(exchange, status, content_type.as_deref(), body.as_deref(), now_ms)
                    .map(Done::Answer)
            }
        };
        Outcome { token: self.token, result }
    }
}

impl Outcome {
    /// The token with the next step, the answer, or the exception; also where that of another one cannot be made.
    pub(super) fn into_python(self, py: Python<'_>) -> (Py<PyAny>, Bound<'_, PyAny>) {
        let value = match self.result {
            Ok(Done::Step(step)) => Ok(PyInt::new(py, step as u8).into_any()),
            Ok(Done::Answer(answer)) => answered(py, &answer).map(Bound::into_any),
            Err(error) => Err(exception(py, &error)),
        };
        (self.token, value.unwrap_or_else(|error| error.into_value(py).into_bound(py).into_any()))
    }
}
