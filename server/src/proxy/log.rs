//! The log: one JSON object on one line for each request; never a body, never a secret.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};

use crate::clock::now_ms;
use crate::gateway::Event;

/// More lines than this that no one takes are dropped, and counted: the log never holds a request up.
const WAITING: usize = 8192;

/// Writes lines on a thread of its own.
#[derive(Clone, Debug)]
pub(super) struct Log {
    lines: SyncSender<Vec<u8>>,
    dropped: Arc<AtomicU64>,
}

impl Log {
    /// A log that writes to `output`.
    pub(super) fn new(mut output: impl Write + Send + 'static) -> Self {
        let (lines, waiting) = sync_channel::<Vec<u8>>(WAITING);
        std::thread::spawn(move || {
            while let Ok(mut line) = waiting.recv() {
                // What waits already goes out in the same write.
                while let Some(next) = waiting.try_recv().ok().filter(|_| line.len() < 64 * 1024) {
                    line.extend_from_slice(&next);
                }
                // Nobody is left to be told that the log cannot be written.
                let _ = output.write_all(&line).and_then(|()| output.flush());
            }
        });
        Self { lines, dropped: Arc::default() }
    }

    /// How many lines were dropped.
    pub(super) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// The line of a request.
    pub(super) fn request(&self, event: &Event<'_>) {
        let head = format!(
            r#"{{"time_ms":{},"status":{},"duration_us":{},"#,
            now_ms(),
            event.status,
            event.elapsed.as_micros()
        );
        let mut line = head.into_bytes();
        // The members of the exchange follow; it always has some.
        line.extend_from_slice(event.exchange.get(1..).unwrap_or(b"}"));
        self.line(line);
    }

    /// The line of something that happened to the proxy itself.
    pub(super) fn notice(&self, what: &str, value: &str) {
        let line = serde_json::json!({ "time_ms": now_ms(), "event": what, "value": value });
        self.line(line.to_string().into_bytes());
    }

    fn line(&self, mut line: Vec<u8>) {
        line.push(b'\n');
        if let Err(TrySendError::Full(_)) = self.lines.try_send(line) {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}
