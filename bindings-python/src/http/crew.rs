//! Threads that verify and sign beside an event loop, and never ask for the interpreter lock.
//!
//! A loop submits jobs, goes on with others, and is woken by a byte on a socket when there are outcomes to collect.

mod job;

use std::collections::VecDeque;
use std::io::{Read as _, Write as _};
use std::os::fd::AsRawFd as _;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::{process, thread};

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};

use crate::errors::invalid_argument;
use crate::http::crew::job::{Job, Outcome, Work};
use crate::http::exchange::Exchange;
use crate::input::Handle;

/// Threads that verify and sign. They end with the object.
#[pyclass(frozen, module = "samebyte._native")]
pub(crate) struct Crew {
    shared: Arc<Shared>,
    submitted: Mutex<Submitted>,
    woken: UnixStream,
    /// The process that has the threads: one that forked from it has none, and perhaps their locks.
    process: u32,
}

/// What the loop knows of its jobs.
#[derive(Default)]
struct Submitted {
    /// Those that are not started yet.
    waiting: Vec<Job>,
    /// How many are started and not collected.
    started: usize,
}

/// What the loop and the threads share.
struct Shared {
    jobs: Mutex<Jobs>,
    more: Condvar,
    done: Mutex<Vec<Outcome>>,
    wake: UnixStream,
}

#[derive(Default)]
struct Jobs {
    queue: VecDeque<Job>,
    /// How many threads wait for one.
    idle: usize,
    closed: bool,
}

#[pymethods]
impl Crew {
    #[new]
    fn new(py: Python<'_>, threads: usize) -> PyResult<Self> {
        if threads == 0 {
            return Err(invalid_argument(py, "a crew has threads"));
        }
        let (wake, woken) = UnixStream::pair()?;
        wake.set_nonblocking(true)?;
        woken.set_nonblocking(true)?;
        let shared = Shared { jobs: Mutex::default(), more: Condvar::new(), done: Mutex::default(), wake };
        // Made before the threads, so that those that were made end where another one cannot be.
        let crew =
            Self { shared: Arc::new(shared), submitted: Mutex::default(), woken, process: process::id() };
        for _ in 0..threads {
            let shared = Arc::clone(&crew.shared);
            thread::Builder::new().name("samebyte-crew".to_owned()).spawn(move || shared.work())?;
        }
        Ok(crew)
    }

    /// The socket that is readable when there are outcomes.
    fn fileno(&self) -> i32 {
        self.woken.as_raw_fd()
    }

    /// Submits what `Exchange.read` does; `token` comes back with the outcome. Whether `start` is to be called.
    fn read(
        &self,
        token: Py<PyAny>,
        exchange: Handle<'_, Exchange>,
        body: &Bound<'_, PyBytes>,
        now_ms: u64,
    ) -> bool {
        self.submit(token, &exchange, Work::Read { body: body.as_bytes().to_vec(), now_ms })
    }

    /// As `read`, what `Exchange.respond` does.
    fn respond(
        &self,
        token: Py<PyAny>,
        exchange: Handle<'_, Exchange>,
        status: u16,
        content_type: Option<&[u8]>,
        body: Option<&[u8]>,
        now_ms: u64,
    ) -> bool {
        let content_type = content_type.map(|text| String::from_utf8_lossy(text).into_owned());
        let body = body.map(<[u8]>::to_vec);
        self.submit(token, &exchange, Work::Respond { status, content_type, body, now_ms })
    }

    /// Starts what was submitted. A job by itself is done at once, which is sooner than a thread would be done: its
    /// outcome is returned, as by `collect`.
    fn start<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let mut submitted = lock(&self.submitted);
        let mut jobs = std::mem::take(&mut submitted.waiting);
        if jobs.len() == 1 && submitted.started == 0 {
            drop(submitted);
            let job = jobs.remove(0);
            return PyList::new(py, [py.detach(|| job.done()).into_python(py)]);
        }
        submitted.started += jobs.len();
        drop(submitted);
        let number = jobs.len();
        let mut shared = lock(&self.shared.jobs);
        shared.queue.extend(jobs);
        let woken = shared.idle.min(number);
        drop(shared);
        for _ in 0..woken {
            self.shared.more.notify_one();
        }
        Ok(PyList::empty(py))
    }

    /// What is done: for each its token, and the outcome or the exception.
    fn collect<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        // What is written later is of later outcomes.
        let mut bytes = [0; 64];
        while matches!((&self.woken).read(&mut bytes), Ok(64)) {}
        let done = std::mem::take(&mut *lock(&self.shared.done));
        lock(&self.submitted).started -= done.len();
        PyList::new(py, done.into_iter().map(|outcome| outcome.into_python(py)))
    }
}

impl Crew {
    fn submit(&self, token: Py<PyAny>, exchange: &Handle<'_, Exchange>, work: Work) -> bool {
        let job = Job { token, exchange: Arc::clone(&exchange.0.get().exchange), work };
        let waiting = &mut lock(&self.submitted).waiting;
        waiting.push(job);
        waiting.len() == 1
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        if process::id() == self.process {
            lock(&self.shared.jobs).closed = true;
            self.shared.more.notify_all();
        }
    }
}

impl Shared {
    /// Does one job after another, until the crew is gone.
    fn work(&self) {
        while let Some(job) = self.next() {
            let outcome = job.done();
            let mut done = lock(&self.done);
            done.push(outcome);
            let first = done.len() == 1;
            // Whom this wakes wants the lock.
            drop(done);
            if first {
                // A full socket means that the loop is yet to be woken.
                let _ = (&self.wake).write(&[0]);
            }
        }
    }

    fn next(&self) -> Option<Job> {
        let mut jobs = lock(&self.jobs);
        jobs.idle += 1;
        let nothing = |jobs: &mut Jobs| jobs.queue.is_empty() && !jobs.closed;
        let mut jobs = self.more.wait_while(jobs, nothing).unwrap_or_else(PoisonError::into_inner);
        jobs.idle -= 1;
        if jobs.closed { None } else { jobs.queue.pop_front() }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
