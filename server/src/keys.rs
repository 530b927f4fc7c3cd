//! Key sets by URL: fetched when the core asks for them, one fetch of each source at a time.

mod fetch;
mod resolver;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use samebyte::api::{self, Error, Result};

use crate::clock::now_ms;
pub use fetch::FetchFailed;
use fetch::Fetcher;

/// How key sets may be fetched.
#[derive(Clone, Debug)]
pub struct KeySetOptions {
    /// The longest set, in bytes.
    pub max_bytes: usize,
    /// How long a fetch may take, from the name to the last byte.
    pub timeout: Duration,
    /// Whether addresses that are not public may be asked, and `http://` on this machine.
    pub private_addresses: bool,
    /// Certificates that are trusted; `None` trusts what the system trusts.
    pub tls: Option<Arc<rustls::ClientConfig>>,
}

impl Default for KeySetOptions {
    fn default() -> Self {
        Self { max_bytes: 65_536, timeout: Duration::from_secs(2), private_addresses: false, tls: None }
    }
}

/// Fetches the key sets of one gateway.
#[derive(Debug)]
pub(crate) struct KeySets {
    fetcher: Arc<Fetcher>,
    /// One lock for each source: who holds it fetches, and whoever waits for it finds the set there.
    sources: Mutex<HashMap<usize, Arc<tokio::sync::Mutex<()>>>>,
}

impl KeySets {
    pub(crate) fn new(options: KeySetOptions) -> Self {
        Self { fetcher: Arc::new(Fetcher::new(options)), sources: Mutex::default() }
    }

    /// Brings the set of `source` up to date, where that is due. A set that cannot be had is no error: the core knows
    /// what to do without it.
    pub(crate) async fn refresh(&self, gateway: &api::Gateway, source: usize) -> Result<()> {
        let lock = {
            let mut sources = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(sources.entry(source).or_default())
        };
        let (gateway, fetcher) = (gateway.clone(), Arc::clone(&self.fetcher));
        // On its own: a client that goes away does not end the fetch that others wait for.
        let fetch = tokio::spawn(async move {
            let _held = lock.lock_owned().await;
            let Some(url) = api::gateway_keys_due(&gateway, source, now_ms())? else { return Ok(()) };
            let set = fetcher.fetch(&url).await.ok();
            // A set that is not acceptable is as good as none: the core keeps the one before, and pauses.
            let _ = api::gateway_keys_put(&gateway, source, set.as_deref(), now_ms());
            Ok(())
        });
        fetch.await.map_err(|_| Error::new(api::Code::Internal, "the fetch of a key set ended early"))?
    }
}

/// Fetches one document in the way of key sets: whether a URL can be used is known before a gateway depends on it.
///
/// # Errors
/// Why there is no document.
pub async fn fetch_document(url: &str, options: KeySetOptions) -> std::result::Result<Vec<u8>, FetchFailed> {
    Fetcher::new(options).fetch(url).await
}
