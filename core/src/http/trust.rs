//! Whose signatures on requests are trusted: sources of keys, each with its owner and what the keys may be used for.
//!
//! A source is a fixed JWK Set, or a URL that the host fetches. When to fetch is decided here alone: a set that is
//! older than five minutes, or that does not have the key that is looked for, and at most once in half a minute. While
//! one request waits for a fetch, others go on with the set that is there; a set that is broken or does not come leaves
//! the old one in force until it is too old.

mod entry;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use crate::algorithms::AlgorithmSet;
use crate::error::{Code, Error, Result};
use crate::http::routes::Paths;
use crate::keys::{Keyset, TrustedKey};

use entry::Grant;
pub(crate) use entry::algorithms;

/// How long a fetched set is taken as it is.
const FRESH_MS: u64 = 300_000;

/// How long after one try to fetch a set there is no other.
const COOL_DOWN_MS: u64 = 30_000;

/// A key of a trusted source.
#[derive(Clone, Debug)]
pub(crate) struct Trusted {
    pub(crate) tenant: String,
    pub(crate) key: TrustedKey,
    /// What tells this key from every other: the RFC 7638 thumbprint; of a secret, a hash that does not lead back to it.
    pub(crate) signer: String,
    /// What it may sign with: what it permits and its source allows.
    pub(crate) algorithms: AlgorithmSet,
    /// The only audiences that it may sign for.
    pub(crate) audiences: Option<Vec<String>>,
    /// The only paths that it may sign for.
    pub(crate) routes: Option<Paths>,
    /// How many of its nonces may be live, where its source says so.
    pub(crate) quota: Option<usize>,
    /// Unix seconds.
    pub(crate) not_before: Option<i64>,
    /// Unix seconds.
    pub(crate) not_after: Option<i64>,
    pub(crate) revoked: bool,
    /// It signs responses, and no request.
    pub(crate) response_only: bool,
}

/// What a look for a key finds.
#[derive(Clone, Debug)]
pub(crate) enum Lookup {
    Found(Arc<Trusted>),
    /// No source has it.
    Unknown,
    /// Look again when this source has been fetched.
    Fetch(usize),
    /// A source that may have it cannot be reached, and what it last said is too old.
    Unavailable,
}

/// Every source, in the order in which they are configured: the first that has a key wins.
#[derive(Debug)]
pub(crate) struct Trust {
    sources: Vec<Source>,
    max_stale_ms: u64,
}

#[derive(Debug)]
struct Source {
    grant: Grant,
    url: Option<String>,
    state: RwLock<State>,
}

type Keys = HashMap<String, Arc<Trusted>>;

#[derive(Debug, Default)]
struct State {
    keys: Keys,
    /// When the set in force came.
    fetched_ms: Option<u64>,
    /// When it was last tried to fetch one, and whether the answer is still due.
    tried: Option<(u64, bool)>,
}

/// Where a source stands with fetching.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Attempt {
    Possible,
    UnderWay,
    TooSoon,
}

/// What one source says about a key.
enum Look {
    Found(Arc<Trusted>),
    Unknown,
    /// Nothing can be said before it is fetched.
    Fetch,
    /// It may have the key when it is fetched.
    Perhaps,
    Unavailable,
}

impl Trust {
    /// The key with this `kid`; where `iss` is given, among those of the tenant with this name. `now_ms` is Unix time
    /// in milliseconds.
    pub(crate) fn find(&self, kid: &str, iss: Option<&str>, now_ms: u64) -> Lookup {
        let (mut fetch, mut unavailable) = (None, false);
        for (index, source) in self.sources.iter().enumerate() {
            if iss.is_some_and(|iss| iss != source.grant.tenant) {
                continue;
            }
            match source.look(kid, now_ms, self.max_stale_ms) {
                Look::Found(key) => return Lookup::Found(key),
                Look::Fetch => return Lookup::Fetch(index),
                Look::Perhaps => fetch = fetch.or(Some(index)),
                Look::Unavailable => unavailable = true,
                Look::Unknown => {}
            }
        }
        match fetch {
            Some(index) => Lookup::Fetch(index),
            None if unavailable => Lookup::Unavailable,
            None => Lookup::Unknown,
        }
    }

    /// The URL from which this source is to be fetched now. Whoever is told it fetches, and then calls
    /// [`put`](Self::put); until then, or half a minute has passed, nobody else is.
    pub(crate) fn due(&self, source: usize, now_ms: u64) -> Option<String> {
        let source = self.sources.get(source)?;
        let url = source.url.clone()?;
        let mut state = source.state.write().unwrap_or_else(PoisonError::into_inner);
        if state.attempt(now_ms) != Attempt::Possible {
            return None;
        }
        state.tried = Some((now_ms, true));
        Some(url)
    }

    /// Puts a JWK Set in force in place of the one that this source had; `None` where it could not be fetched. The keys
    /// change all at once.
    ///
    /// # Errors
    /// `invalid_argument`: there is no such source. The codes of a JWK Set: it is broken, and the old one stays.
    pub(crate) fn put(&self, source: usize, jwks: Option<&[u8]>, now_ms: u64) -> Result<()> {
        let source = self.sources.get(source).ok_or_else(|| {
            Error::new(Code::InvalidArgument, "there is no source of keys with this number")
        })?;
        let keys = jwks.map(|jwks| source.grant.keys(&Keyset::from_jwks(jwks)?)).transpose();
        let mut state = source.state.write().unwrap_or_else(PoisonError::into_inner);
        state.tried = Some((now_ms, false));
        if let Some(keys) = keys? {
            state.keys = keys;
            state.fetched_ms = Some(now_ms);
        }
        Ok(())
    }

    /// Whether there is no source.
    pub(crate) fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }
}

impl Source {
    fn look(&self, kid: &str, now_ms: u64, max_stale_ms: u64) -> Look {
        if let Some(key) = self.grant.secrets.get(kid) {
            return Look::Found(Arc::clone(key));
        }
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let found = state.keys.get(kid).cloned();
        if self.url.is_none() {
            return found.map_or(Look::Unknown, Look::Found);
        }
        let age = state.fetched_ms.map(|fetched| now_ms.saturating_sub(fetched));
        let is_fresh = age.is_some_and(|age| age <= FRESH_MS);
        let is_usable = age.is_some_and(|age| age <= FRESH_MS.saturating_add(max_stale_ms));
        match (found, state.attempt(now_ms)) {
            (Some(key), _) if is_fresh => Look::Found(key),
            (Some(_), Attempt::Possible) => Look::Fetch,
            (Some(key), _) if is_usable => Look::Found(key),
            (None, Attempt::Possible) if !is_usable => Look::Fetch,
            (None, Attempt::Possible) if is_usable => Look::Perhaps,
            (_, Attempt::UnderWay) => Look::Perhaps,
            (None, _) if is_usable => Look::Unknown,
            _ => Look::Unavailable,
        }
    }
}

impl State {
    fn attempt(&self, now_ms: u64) -> Attempt {
        match self.tried {
            // A clock that was set back does not make the cool-down longer.
            Some((tried, under_way)) if (tried..tried.saturating_add(COOL_DOWN_MS)).contains(&now_ms) => {
                if under_way {
                    Attempt::UnderWay
                } else {
                    Attempt::TooSoon
                }
            }
            _ => Attempt::Possible,
        }
    }
}

#[cfg(test)]
mod tests;
