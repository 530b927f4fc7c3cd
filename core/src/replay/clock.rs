//! The time that freshness and forgetting go by.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::{Code, Error, Result};

/// How far the wall clock may step back unnoticed, in milliseconds: what a daemon that keeps time may do in passing.
const STEP_MS: u64 = 5_000;

/// The highest time that was read, so that a wall clock that steps back opens no window again.
#[derive(Debug, Default)]
pub struct Clock(AtomicU64);

impl Clock {
    /// A clock that has not been read.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The time, in Unix milliseconds: `wall_ms`, or the highest that was read before.
    ///
    /// # Errors
    /// `clock_stepped_back`: the wall clock is more than five seconds behind that, until it has caught up.
    pub fn read(&self, wall_ms: u64) -> Result<u64> {
        let highest = self.0.fetch_max(wall_ms, Ordering::SeqCst);
        if highest.saturating_sub(wall_ms) > STEP_MS {
            let behind = usize::try_from(highest - wall_ms).unwrap_or(usize::MAX);
            let error = Error::new(Code::ClockSteppedBack, "the clock of this machine stepped back");
            return Err(error.with_number("behind_ms", behind));
        }
        Ok(highest.max(wall_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_back_is_refused_until_the_clock_has_caught_up() {
        let clock = Clock::new();
        assert_eq!(clock.read(600_000).unwrap(), 600_000);
        assert_eq!(clock.read(595_000).unwrap(), 600_000, "time does not run back");
        let error = clock.read(594_999).unwrap_err();
        assert_eq!(error.code(), Code::ClockSteppedBack);
        assert_eq!(error.detail_json().as_deref(), Some(r#"{"behind_ms":5001}"#));
        assert_eq!(clock.read(0).unwrap_err().code(), Code::ClockSteppedBack);
        assert_eq!(clock.read(596_000).unwrap(), 600_000);
        assert_eq!(clock.read(600_001).unwrap(), 600_001);
    }
}
