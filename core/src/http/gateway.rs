//! A gateway: settings, trusted keys, and what is remembered between requests.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::settings::{Preset, Replay, Settings, SignResponses, unfit};
use crate::error::{Code, Error, Result};
use crate::json::view::Object;
use crate::keys::{Keyset, SigningKey};
use crate::replay::{Clock, Guard, Memory, Quota};

/// The server side of signed requests and responses: what is accepted, and what of it was seen. Cheap to clone; all
/// clones are one gateway. Safe to share between threads.
#[derive(Clone)]
pub struct Gateway(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) settings: Settings,
    pub(super) signing_key: Option<SigningKey>,
    jwks: Vec<u8>,
    pub(super) clock: Clock,
    pub(super) guard: Guard,
    pub(super) quota: Quota,
    /// The nonces, where they are kept here.
    pub(super) memory: Option<Memory>,
    /// The bytes of bodies that are being read, as announced.
    inflight: AtomicUsize,
    accepted: AtomicU64,
    passed: AtomicU64,
    refused: Mutex<BTreeMap<&'static str, u64>>,
}

/// How an exchange ended, for the counters.
#[derive(Clone, Copy, Debug)]
pub(super) enum Outcome {
    Accepted,
    Passed,
    Refused(Code),
}

impl Gateway {
    /// A gateway with these settings, a JSON object, which signs responses with `signing_key`. `now_ms` is the Unix
    /// time in milliseconds: a store in memory refuses what was signed before it, since it may have been seen.
    ///
    /// # Errors
    /// The codes of the reader; `unknown_option`, `settings_invalid`; the codes of keys.
    pub fn new(settings: &[u8], signing_key: Option<SigningKey>, now_ms: u64) -> Result<Self> {
        let settings = Settings::parse(settings)?;
        let invalid = |message: &'static str| {
            Err(Error::new(Code::SettingsInvalid, message).with_text("setting", "signing_key"))
        };
        match &signing_key {
            None if settings.sign_responses != SignResponses::Off => {
                return invalid("responses are signed with a key");
            }
            Some(key) if key.kid().is_none_or(str::is_empty) => {
                return invalid("the key that signs responses has a kid");
            }
            Some(key) if key.public_key().is_none() => {
                return invalid("a key that signs responses has a public part");
            }
            _ => {}
        }
        let jwks = published(&settings, signing_key.as_ref())?;
        let memory = (settings.replay == Replay::Memory).then(|| Memory::new(settings.replay_cap));
        let guard = Guard::new();
        if memory.is_some() && settings.preset != Preset::Dev {
            guard.lost(now_ms, settings.future_skew);
        }
        Ok(Self(Arc::new(Inner {
            settings,
            signing_key,
            jwks,
            clock: Clock::new(),
            guard,
            quota: Quota::new(),
            memory,
            inflight: AtomicUsize::new(0),
            accepted: AtomicU64::new(0),
            passed: AtomicU64::new(0),
            refused: Mutex::default(),
        })))
    }

    /// The JWK Set to publish at `/.well-known/jwks.json`: the public key that verifies responses, and those that the
    /// settings publish beside it, so that a key is known before it signs and until its last signature has expired.
    #[must_use]
    pub fn jwks(&self) -> Vec<u8> {
        self.0.jwks.clone()
    }

    /// The address of the keys that are to be fetched now, if they are.
    #[must_use]
    pub fn keys_due(&self, source: usize, now_ms: u64) -> Option<String> {
        self.0.settings.trust.due(source, now_ms)
    }

    /// Takes what was fetched: a JWK Set, or `None` for a failure. A set that is not acceptable keeps the one before.
    ///
    /// # Errors
    /// Those of [`Keyset::from_jwks`]; `invalid_argument`: there is no such source.
    pub fn keys_put(&self, source: usize, jwks: Option<&[u8]>, now_ms: u64) -> Result<()> {
        self.0.settings.trust.put(source, jwks, now_ms)
    }

    /// Notes that a store of nonces outside lost its state: what was signed before is refused from now on.
    pub fn state_lost(&self, now_ms: u64) {
        let settings = &self.0.settings;
        // Other gateways at the same store, whose clocks may be ahead, may have accepted what is signed a little later.
        self.0.guard.lost(now_ms, settings.future_skew + settings.clock_skew);
    }

    /// Counters as canonical JSON: `{"accepted","inflight","live_nonces","passed","refused":{code:count}}`.
    #[must_use]
    pub fn stats(&self, now_ms: u64) -> Vec<u8> {
        let inner = &*self.0;
        let live = inner.memory.as_ref().map_or(0, |memory| memory.live(now_ms));
        let refused = inner.refused.lock().unwrap_or_else(PoisonError::into_inner);
        let refused: Vec<_> = refused.iter().map(|(code, count)| format!("\"{code}\":{count}")).collect();
        format!(
            r#"{{"accepted":{},"inflight":{},"live_nonces":{live},"passed":{},"refused":{{{}}}}}"#,
            inner.accepted.load(Ordering::Relaxed),
            inner.inflight.load(Ordering::Relaxed),
            inner.passed.load(Ordering::Relaxed),
            refused.join(","),
        )
        .into_bytes()
    }

    /// The live nonces of a store in memory, for a restart. Empty where the store is outside. From then on no request is
    /// accepted: what came later would be missing in the snapshot.
    #[must_use]
    pub fn snapshot(&self, now_ms: u64) -> Vec<u8> {
        self.0.memory.as_ref().map(|memory| memory.snapshot(now_ms)).unwrap_or_default()
    }

    /// Takes the nonces of a snapshot, after which nothing is refused for having been signed before the start.
    ///
    /// # Errors
    /// `invalid_argument`: it is no snapshot, or a damaged one; or the store is outside.
    pub fn restore(&self, snapshot: &[u8], now_ms: u64) -> Result<()> {
        let outside = || Error::new(Code::InvalidArgument, "this gateway keeps no nonces");
        self.0.memory.as_ref().ok_or_else(outside)?.restore(snapshot, now_ms)?;
        self.0.guard.warm();
        Ok(())
    }
}

/// The JWK Set of the key that signs and those that are published beside it, each marked as one that verifies responses.
fn published(settings: &Settings, signing_key: Option<&SigningKey>) -> Result<Vec<u8>> {
    let own = signing_key.and_then(SigningKey::public_key);
    let others = settings.published_keys.iter().flat_map(Keyset::public_keys);
    let others = others.filter(|key| own.is_none_or(|own| own.thumbprint() != key.thumbprint()));
    let keys: Vec<_> = own.into_iter().chain(others).cloned().collect();
    let set = Keyset::new(&keys, &[]).map_err(|error| unfit("published_keys", error))?;
    let mut text = b"{\"keys\":[".to_vec();
    for (index, key) in set.public_keys().enumerate() {
        if index > 0 {
            text.push(b',');
        }
        let mut jwk = key.to_jwk();
        for (name, value) in
            [("key_ops", &b"[\"verify\"]"[..]), ("samebyte_use", b"\"response\""), ("use", b"\"sig\"")]
        {
            jwk = Object::parse(&jwk).expect("a JWK is an object").with(name, value);
        }
        text.extend_from_slice(&jwk);
    }
    text.extend_from_slice(b"]}");
    Ok(text)
}

impl Inner {
    pub(super) fn count(&self, outcome: Outcome) {
        match outcome {
            Outcome::Accepted => _ = self.accepted.fetch_add(1, Ordering::Relaxed),
            Outcome::Passed => _ = self.passed.fetch_add(1, Ordering::Relaxed),
            Outcome::Refused(code) => {
                let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
                *refused.entry(code.name()).or_default() += 1;
            }
        }
    }
}

/// A share of the bytes that may be read at once; given back when it is dropped.
pub(super) struct Share {
    gateway: Gateway,
    bytes: usize,
}

impl Share {
    /// A share for a body of `bytes`.
    ///
    /// # Errors
    /// `overloaded`.
    pub(super) fn take(gateway: &Gateway, bytes: usize) -> Result<Self> {
        let taken = gateway.0.inflight.fetch_add(bytes, Ordering::Relaxed);
        // Made before the look, so that it gives back what it took when it is too much.
        let share = Self { gateway: gateway.clone(), bytes };
        if taken.saturating_add(bytes) > gateway.0.settings.max_inflight {
            return Err(Error::new(Code::Overloaded, "too many bodies are being read at once"));
        }
        Ok(share)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.gateway.0.inflight.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

impl fmt::Debug for Share {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Share({})", self.bytes)
    }
}

impl fmt::Debug for Gateway {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Gateway").field("settings", &self.0.settings).finish_non_exhaustive()
    }
}
