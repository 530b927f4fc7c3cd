//! The clock of this machine.

use std::time::{SystemTime, UNIX_EPOCH};

/// Unix milliseconds; zero on a machine whose clock is before 1970, where every frame is from the future.
pub(crate) fn now_ms() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
