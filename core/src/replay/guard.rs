//! Frames from before a loss of the store.

use std::sync::atomic::{AtomicI64, Ordering};

/// Remembers when a store last lost what it knew: a frame that could have been accepted before then is refused, for
/// nobody knows any more whether it was.
#[derive(Debug)]
pub struct Guard(AtomicI64);

impl Default for Guard {
    fn default() -> Self {
        Self::new()
    }
}

impl Guard {
    /// A guard that knows of no loss.
    #[must_use]
    pub fn new() -> Self {
        Self(AtomicI64::new(i64::MIN))
    }

    /// The store lost what it knew, at the latest at `now_ms`. A frame may be dated up to `future_skew_s` seconds ahead
    /// of the clock that accepts it; a store that others use too may have served clocks that are further ahead, by which
    /// the caller lengthens it.
    pub fn lost(&self, now_ms: u64, future_skew_s: u64) {
        let until = now_ms.div_ceil(1000).saturating_add(future_skew_s);
        self.0.fetch_max(i64::try_from(until).unwrap_or(i64::MAX), Ordering::SeqCst);
    }

    /// Nothing was lost after all: what the store knew was taken over by the one that follows it.
    pub fn warm(&self) {
        self.0.store(i64::MIN, Ordering::SeqCst);
    }

    /// Whether a frame that is dated `iat_s` may be from before the loss. It is cold up to and with the second of the
    /// loss and the skew.
    #[must_use]
    pub fn is_cold(&self, iat_s: i64) -> bool {
        iat_s <= self.0.load(Ordering::SeqCst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_that_may_be_older_than_the_loss_are_cold() {
        let guard = Guard::new();
        assert!(!guard.is_cold(0) && !guard.is_cold(i64::MIN + 1));
        guard.lost(100_001, 5);
        assert!(guard.is_cold(106) && guard.is_cold(0) && !guard.is_cold(107));
        guard.lost(50_000, 5);
        assert!(guard.is_cold(106), "an earlier loss opens nothing");
        guard.warm();
        assert!(!guard.is_cold(0));
        guard.lost(u64::MAX, u64::MAX);
        assert!(guard.is_cold(i64::MAX));
    }
}
