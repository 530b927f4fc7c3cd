//! Threads that verify beside an event loop, and never ask for the interpreter lock.
//!
//! A loop submits requests, goes on with others, and is woken by a byte on a socket when there are outcomes to collect.

use std::io::{Read as _, Write as _};
use std::os::fd::AsRawFd as _;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};
use samebyte::api::{self, Step};

use crate::errors::{exception, invalid_argument};
use crate::http::exchange::Exchange;
use crate::input::Handle;

/// A request whose body is there.
struct Job {
    number: u64,
    exchange: Arc<Mutex<api::Exchange>>,
    body: Vec<u8>,
    now_ms: u64,
}

/// What became of jobs, and the socket that says that there is something.
struct Outcomes {
    done: Mutex<Vec<(u64, api::Result<Step>)>>,
    wake: UnixStream,
}

/// Threads that verify. They end with the object.
#[pyclass(frozen, module = "samebyte._native")]
pub(crate) struct Crew {
    jobs: Mutex<Sender<Job>>,
    outcomes: Arc<Outcomes>,
    woken: UnixStream,
}

#[pymethods]
impl Crew {
    #[new]
    fn new(py: Python<'_>, threads: usize) -> PyResult<Self> {
        let (wake, woken) = UnixStream::pair()?;
        wake.set_nonblocking(true)?;
        woken.set_nonblocking(true)?;
        let (jobs, taken) = channel();
        let (taken, outcomes) =
            (Arc::new(Mutex::new(taken)), Arc::new(Outcomes { done: Mutex::default(), wake }));
        if threads == 0 {
            return Err(invalid_argument(py, "a crew has threads"));
        }
        for _ in 0..threads {
            let (taken, outcomes) = (Arc::clone(&taken), Arc::clone(&outcomes));
            thread::Builder::new()
                .name("samebyte-verify".to_owned())
                .spawn(move || work(&taken, &outcomes))?;
        }
        Ok(Self { jobs: Mutex::new(jobs), outcomes, woken })
    }

    /// The socket that is readable when there are outcomes.
    fn fileno(&self) -> i32 {
        self.woken.as_raw_fd()
    }

    /// Has a body verified, as `Exchange.read`; `number` comes back with the outcome.
    fn submit(
        &self,
        number: u64,
        exchange: Handle<'_, Exchange>,
        body: &Bound<'_, PyBytes>,
        now_ms: u64,
    ) -> PyResult<()> {
        let exchange = Arc::clone(&exchange.0.get().0);
        let job = Job { number, exchange, body: body.as_bytes().to_vec(), now_ms };
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.send(job).map_err(|_| invalid_argument(body.py(), "the crew is gone"))
    }

    /// What is done: for each its number, and the next step or the exception.
    fn collect<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        // What is written later is of later outcomes.
        let mut bytes = [0; 64];
        while matches!((&self.woken).read(&mut bytes), Ok(64)) {}
        let done = std::mem::take(&mut *self.outcomes.done.lock().unwrap_or_else(PoisonError::into_inner));
        let outcomes = done.into_iter().map(|(number, outcome)| {
            let outcome = match outcome {
                Ok(step) => (step as u8).into_pyobject(py)?.into_any(),
                Err(error) => exception(py, &error).into_value(py).into_bound(py).into_any(),
            };
            (number, outcome).into_pyobject(py)
        });
        PyList::new(py, outcomes.collect::<PyResult<Vec<_>>>()?)
    }
}

/// Does one job after another, until nobody submits any more.
fn work(jobs: &Mutex<Receiver<Job>>, outcomes: &Outcomes) {
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Job { number, exchange, body, now_ms }) = job else { return };
        let outcome =
            api::exchange_body(&mut exchange.lock().unwrap_or_else(PoisonError::into_inner), &body, now_ms);
        let mut done = outcomes.done.lock().unwrap_or_else(PoisonError::into_inner);
        done.push((number, outcome));
        if done.len() == 1 {
            // A full socket means that the loop is yet to be woken.
            let _ = (&outcomes.wake).write(&[0]);
        }
    }
}
