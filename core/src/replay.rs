//! Replay defence: a nonce is reserved once, and is not forgotten while its frame could still be accepted.
//!
//! A store answers a [`Verdict`]. [`Memory`] is the store of one process; stores that several processes share are
//! elsewhere and keep to the same rules: [`key`] names what is reserved, [`ttl_ms`] how long. [`Clock`] is the time by
//! which both freshness and forgetting go, [`Guard`] refuses frames from before a loss of the store, and [`Quota`]
//! counts the live nonces of each signer. No store ever makes room by forgetting a nonce that is live: a full one refuses.

mod clock;
mod guard;
mod key;
mod memory;
mod quota;

pub use clock::Clock;
pub use guard::Guard;
pub use key::{key, ttl_ms};
pub use memory::Memory;
pub use quota::Quota;

/// How long a nonce is kept beyond the last moment at which its frame could be accepted, in milliseconds. A reading of
/// the clock that is older than this by the time of the reservation is refused.
const MARGIN_MS: u64 = 60_000;

/// What a store says of a nonce. Names and numbers are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Verdict {
    /// It was not live, and is from now on: the frame may run.
    New = 0,
    /// It is live: the frame, or another with its nonce, was accepted before.
    Replay = 1,
    /// It was not reserved: the store is full of live nonces.
    Full = 2,
    /// It was not reserved: the store lost what it knew, and the frame may be older than that.
    Cold = 3,
    /// It is unknown whether it was reserved: the store gave no answer that can be relied on.
    Unavailable = 4,
}

impl Verdict {
    /// Every verdict, in the order of the numbers.
    pub const ALL: [Self; 5] = [Self::New, Self::Replay, Self::Full, Self::Cold, Self::Unavailable];

    /// The name: `new`, `replay`, `full`, `cold` or `unavailable`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Replay => "replay",
            Self::Full => "full",
            Self::Cold => "cold",
            Self::Unavailable => "unavailable",
        }
    }

    /// The verdict of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.name() == name)
    }

    /// The verdict of a number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }
}

/// The first whole Unix second at which something that may be forgotten at `forget_at_ms` is forgotten: never earlier,
/// and always later than the second of `now_ms`.
fn forget_second(forget_at_ms: u64, now_ms: u64) -> u32 {
    let second = forget_at_ms.div_ceil(1000).max(now_ms / 1000 + 1);
    u32::try_from(second).unwrap_or(u32::MAX)
}

/// The whole Unix second of an instant.
fn second(now_ms: u64) -> u32 {
    u32::try_from(now_ms / 1000).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_are_found_by_name_and_number() {
        for verdict in Verdict::ALL {
            assert_eq!(Verdict::from_name(verdict.name()), Some(verdict));
            assert_eq!(Verdict::from_number(verdict as u8), Some(verdict));
        }
        assert_eq!(Verdict::from_name("New"), None);
        assert_eq!(Verdict::from_number(5), None);
    }

    #[test]
    fn seconds_are_rounded_towards_keeping() {
        assert_eq!(forget_second(5_000, 0), 5);
        assert_eq!(forget_second(5_001, 0), 6);
        assert_eq!(forget_second(0, 7_999), 8, "what is reserved lives");
        assert_eq!(forget_second(u64::MAX, u64::MAX), u32::MAX);
        assert_eq!((second(999), second(1000), second(u64::MAX)), (0, 1, u32::MAX));
    }
}
