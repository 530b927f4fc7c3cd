//! Replay stores that several processes share.
//!
//! The store of one process is inside the gateway of the core (setting `REPLAY_STORE=memory`); what is here holds the
//! nonces of several. A store answers within its own deadline, and says [`Verdict::Unavailable`] where it does not know.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use samebyte::replay::Verdict;

mod redis;

pub use redis::{Redis, RedisOptions};

/// What a store says of one reservation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reserved {
    /// Whether the nonce was new.
    pub verdict: Verdict,
    /// As [`ReplayStore::lost_ms`], read behind the verdict.
    pub lost_ms: u64,
}

/// The answer of a store, once it is there.
pub type Reserving<'a> = Pin<Box<dyn Future<Output = Reserved> + Send + 'a>>;

/// A replay store: reserves nonces atomically, never forgets one that is live, and never answers late.
pub trait ReplayStore: fmt::Debug + Send + Sync {
    /// Reserves `key` for `owner` for `ttl_ms` milliseconds (at least one second). The same owner may ask twice: a
    /// reservation whose answer was lost is still its own. There is no failure: what is not known is
    /// [`Verdict::Unavailable`].
    fn reserve(&self, key: [u8; 16], owner: [u8; 16], ttl_ms: u64) -> Reserving<'_>;

    /// When this store was last found to have lost what it knew, in Unix milliseconds; 0 where it never was. Frames from
    /// before must not run, and the gateway is told so before a verdict counts.
    fn lost_ms(&self) -> u64;
}
