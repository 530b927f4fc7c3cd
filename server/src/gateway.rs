//! A gateway on a server: the core's state machine with a clock, bodies, a replay store and key sets by URL.

mod lock;
mod plan;

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use samebyte::api::{self, Code, Error, Exchange, Result, SigningKey, Step};

use crate::clock::now_ms;
use crate::keys::{KeySetOptions, KeySets};
use crate::layer::Published;
use crate::store::ReplayStore;
use plan::Plan;

/// What is said of every request once its answer is known.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    /// The exchange as canonical JSON: `{"code"?,"detail"?,"kid"?,"method","mode","outcome","path","tenant"?,"trace_id"}`;
    /// never a body, never a secret.
    pub exchange: &'a [u8],
    /// The status of the answer.
    pub status: u16,
    /// From the head of the request to the head of the response.
    pub elapsed: Duration,
}

type Observer = Box<dyn Fn(&Event<'_>) + Send + Sync>;

/// Verifies requests and signs responses. Cheap to clone; all clones are one gateway.
#[derive(Clone, Debug)]
pub struct Gateway(Arc<Inner>);

struct Inner {
    core: api::Gateway,
    published: Published,
    store: Option<Arc<dyn ReplayStore>>,
    /// The last loss of the store that the core was told of, Unix milliseconds.
    lost_ms: Mutex<u64>,
    key_sets: KeySets,
    body_timeout: Duration,
    response_limit: usize,
    response_timeout: Duration,
    observer: Option<Observer>,
    snapshot: Option<PathBuf>,
    /// Held for as long as nonces are kept in this process.
    _lock: Option<File>,
}

/// What a [`Gateway`] is made of.
pub struct GatewayBuilder {
    settings: Vec<u8>,
    signing_key: Option<SigningKey>,
    store: Option<Arc<dyn ReplayStore>>,
    key_sets: KeySetOptions,
    body_timeout: Duration,
    response_limit: usize,
    response_timeout: Duration,
    observer: Option<Observer>,
    snapshot: Option<PathBuf>,
    lock: bool,
}

impl GatewayBuilder {
    /// Begins with settings as the core reads them: a JSON object, see `docs/guide/tower.md`.
    #[must_use]
    pub fn new(settings: impl Into<Vec<u8>>) -> Self {
        Self {
            settings: settings.into(),
            signing_key: None,
            store: None,
            key_sets: KeySetOptions::default(),
            body_timeout: Duration::from_secs(10),
            response_limit: 16 * 1024 * 1024,
            response_timeout: Duration::from_secs(60),
            observer: None,
            snapshot: None,
            lock: true,
        }
    }

    /// The key that signs responses.
    #[must_use]
    pub fn signing_key(mut self, key: SigningKey) -> Self {
        self.signing_key = Some(key);
        self
    }

    /// The store of nonces, in place of the one that the settings name.
    #[must_use]
    pub fn store(mut self, store: Arc<dyn ReplayStore>) -> Self {
        self.store = Some(store);
        self
    }

    /// How key sets by URL may be fetched.
    #[must_use]
    pub fn key_sets(mut self, options: KeySetOptions) -> Self {
        self.key_sets = options;
        self
    }

    /// How long the body of a request may take [default: 10 s].
    #[must_use]
    pub fn body_timeout(mut self, timeout: Duration) -> Self {
        self.body_timeout = timeout;
        self
    }

    /// The longest response that is held to be signed, in bytes [default: 16 MiB]. A longer one counts as streamed.
    #[must_use]
    pub fn response_limit(mut self, bytes: usize) -> Self {
        self.response_limit = bytes;
        self
    }

    /// How long the body of a response that is to be signed may take [default: 60 s].
    #[must_use]
    pub fn response_timeout(mut self, timeout: Duration) -> Self {
        self.response_timeout = timeout;
        self
    }

    /// Is told of every request once its answer is known. It runs on the way of the request: it must not wait.
    #[must_use]
    pub fn observer(mut self, observer: impl Fn(&Event<'_>) + Send + Sync + 'static) -> Self {
        self.observer = Some(Box::new(observer));
        self
    }

    /// Whether nonces in memory may be kept beside those of another process for the same audiences. They then do not
    /// know of each other, and each accepts what the other has accepted.
    #[must_use]
    pub fn allow_several_processes(mut self) -> Self {
        self.lock = false;
        self
    }

    /// The settings as the core reads them; they may hold secrets.
    pub(crate) fn settings(&self) -> &[u8] {
        &self.settings
    }

    /// The gateway.
    ///
    /// # Errors
    /// Those of [`api::gateway_new`]; `settings_invalid`: the settings and the store do not belong together, or another
    /// process keeps nonces in memory for the same audiences.
    pub fn build(mut self) -> Result<Gateway> {
        if self.store.is_some() {
            plan::make_external(&mut self.settings);
        }
        let lock = match &self.store {
            Some(_) => None,
            None if self.lock => lock::take(&self.settings)?,
            None => None,
        };
        let core = api::gateway_new(&self.settings, self.signing_key.as_ref(), now_ms())?;
        let lost_ms = self.store.as_ref().map_or(0, |store| store.lost_ms());
        if lost_ms > 0 {
            api::gateway_state_lost(&core, lost_ms)?;
        }
        if let Some(path) = &self.snapshot {
            plan::restore(&core, path);
        }
        let published = Published::new(api::gateway_jwks(&core)?);
        Ok(Gateway(Arc::new(Inner {
            core,
            published,
            store: self.store,
            lost_ms: Mutex::new(lost_ms),
            key_sets: KeySets::new(self.key_sets),
            body_timeout: self.body_timeout,
            response_limit: self.response_limit,
            response_timeout: self.response_timeout,
            observer: self.observer,
            snapshot: self.snapshot,
            _lock: lock,
        })))
    }
}

impl Gateway {
    /// A gateway of settings from variables: `TRUSTED_KEYS`, `SIGNATURE_MODE`, `PUBLIC_ORIGINS`, `REPLAY_STORE` and the
    /// others of `docs/guide/proxy.md`. Variables that are not of these are ignored.
    ///
    /// # Errors
    /// `settings_invalid`: a value or a contradiction, and files, key sets and stores that cannot be used; the codes of
    /// keys.
    pub async fn from_variables(variables: &BTreeMap<String, String>) -> Result<Self> {
        Self::builder(variables).await?.build()
    }

    /// As [`Gateway::from_variables`], with more to be said before it is built.
    ///
    /// # Errors
    /// As [`Gateway::from_variables`].
    pub async fn builder(variables: &BTreeMap<String, String>) -> Result<GatewayBuilder> {
        Plan::read(variables)?.builder().await
    }

    /// The handle of the core.
    #[must_use]
    pub fn core(&self) -> &api::Gateway {
        &self.0.core
    }

    /// Where the settings name a file for it: writes the nonces that are kept in memory, for the next start. No request
    /// may be accepted any more.
    ///
    /// # Errors
    /// `settings_invalid`: the file cannot be written.
    pub fn write_snapshot(&self) -> Result<()> {
        self.0.snapshot.as_deref().map_or(Ok(()), |path| plan::write_snapshot(&self.0.core, path))
    }

    /// The public keys, for those who verify responses.
    pub(crate) fn published(&self) -> &Published {
        &self.0.published
    }

    pub(crate) fn body_timeout(&self) -> Duration {
        self.0.body_timeout
    }

    pub(crate) fn response_timeout(&self) -> Duration {
        self.0.response_timeout
    }

    pub(crate) fn response_limit(&self) -> usize {
        self.0.response_limit
    }

    /// Tells the observer, where there is one.
    pub(crate) fn observe(&self, exchange: &Exchange, status: u16, elapsed: Duration) {
        if let Some(observer) = &self.0.observer {
            observer(&Event { exchange: &exchange.event(), status, elapsed });
        }
    }

    pub(crate) async fn refresh_keys(&self, source: usize) -> Result<()> {
        self.0.key_sets.refresh(&self.0.core, source).await
    }

    /// Reserves the nonce of an exchange that stands at [`Step::Reserve`].
    pub(crate) async fn reserve(&self, exchange: &mut Exchange) -> Result<Step> {
        let (Some(store), Some(wanted)) = (&self.0.store, exchange.reservation()) else {
            return Err(Error::new(Code::Internal, "there is no store outside of the gateway"));
        };
        let reserved = store.reserve(wanted.key, wanted.owner, wanted.ttl_ms).await;
        self.note_loss(reserved.lost_ms)?;
        api::exchange_reserved(exchange, reserved.verdict, now_ms())
    }

    /// Tells the core of a loss that it does not know of; under the lock, so that no verdict from after a loss counts
    /// before the core knows of it.
    fn note_loss(&self, lost_ms: u64) -> Result<()> {
        let mut known = self.0.lost_ms.lock().unwrap_or_else(PoisonError::into_inner);
        if lost_ms > *known {
            api::gateway_state_lost(&self.0.core, lost_ms)?;
            *known = lost_ms;
        }
        Ok(())
    }
}

impl fmt::Debug for Inner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Gateway")
            .field("core", &self.core)
            .field("store", &self.store)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for GatewayBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The settings may hold secrets.
        formatter.debug_struct("GatewayBuilder").field("store", &self.store).finish_non_exhaustive()
    }
}
