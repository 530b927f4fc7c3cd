//! The connection, what was found about the server when it was made, and who keeps it up.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, ErrorKind, RedisError, Value};
use tokio::sync::{Notify, Semaphore};

use super::RedisOptions;
use super::server::{self, Server};
use crate::clock::now_ms;

/// How long the keeper waits before it tries to connect again.
const PAUSE: Duration = Duration::from_millis(100);

/// How often the server is asked again what it is.
const CHECK_EVERY_MS: u64 = 1000;

/// A connection whose server was looked at.
pub(super) struct Link {
    pub(super) connection: MultiplexedConnection,
    pub(super) server: Server,
    pub(super) epoch: Vec<u8>,
    made: Instant,
    /// Milliseconds after `made` at which the server was last asked.
    checked: AtomicU64,
}

impl Link {
    /// Whether it is time to ask the server what it is; says so to one caller only.
    pub(super) fn check_is_due(&self) -> bool {
        let now = u64::try_from(self.made.elapsed().as_millis()).unwrap_or(u64::MAX);
        let last = self.checked.load(Ordering::Relaxed);
        now.saturating_sub(last) >= CHECK_EVERY_MS
            && self.checked.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}

/// Why there is no link.
pub(super) enum Fault {
    /// Nobody answered, or not in time.
    Unreachable,
    /// The server answered, and must not hold nonces.
    Refused(&'static str),
}

impl From<RedisError> for Fault {
    fn from(error: RedisError) -> Self {
        match (error.kind(), error.code()) {
            (ErrorKind::AuthenticationFailed, _) | (_, Some("NOAUTH" | "WRONGPASS" | "NOPERM")) => {
                Self::Refused("this Redis refuses the user, the password or a command")
            }
            (_, Some("READONLY")) => {
                Self::Refused("this Redis is a replica: nonces are reserved on the master")
            }
            _ => Self::Unreachable,
        }
    }
}

/// What the store and the keeper of its connection share.
pub(super) struct Shared {
    client: Client,
    pub(super) options: RedisOptions,
    pub(super) epoch_key: String,
    pub(super) in_flight: Semaphore,
    pub(super) lost_ms: AtomicU64,
    link: Mutex<Option<Arc<Link>>>,
    /// The last server and epoch that were seen.
    known: Mutex<Option<(Server, Vec<u8>)>>,
    dropped: Notify,
}

impl Shared {
    pub(super) fn new(client: Client, options: RedisOptions, max_in_flight: usize) -> Self {
        Self {
            epoch_key: format!("{}epoch", options.prefix),
            client,
            options,
            in_flight: Semaphore::new(max_in_flight),
            lost_ms: AtomicU64::new(0),
            link: Mutex::default(),
            known: Mutex::default(),
            dropped: Notify::new(),
        }
    }

    pub(super) fn nonce_key(&self, key: [u8; 16]) -> String {
        format!("{}n:{}", self.options.prefix, hex::encode(key))
    }

    /// The connection, where it is up.
    pub(super) fn link(&self) -> Option<Arc<Link>> {
        self.link.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Gives up a connection on which something went wrong; its server is looked at again before it is trusted.
    pub(super) fn drop_link(&self, broken: &Arc<Link>) {
        let mut link = self.link.lock().unwrap_or_else(PoisonError::into_inner);
        if link.as_ref().is_some_and(|current| Arc::ptr_eq(current, broken)) {
            *link = None;
            self.dropped.notify_one();
        }
    }

    /// Notes that the server may have lost what it knew until `at_ms`, Unix milliseconds.
    pub(super) fn lost(&self, at_ms: u64) {
        self.lost_ms.fetch_max(at_ms, Ordering::AcqRel);
    }

    /// Connects, and looks at the server before anyone may use the connection.
    pub(super) async fn connect(&self) -> Result<(), Fault> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(self.options.connect_timeout))
            .set_response_timeout(Some(self.options.timeout));
        let mut connection = self.client.get_multiplexed_async_connection_with_config(&config).await?;
        let mut look = redis::pipe();
        server::ask(&mut look);
        look.cmd("GET").arg(&self.epoch_key);
        let (server, found): (Value, Option<Vec<u8>>) = look.query_async(&mut connection).await?;
        let server = Server::read(&server).ok_or(Fault::Unreachable)?;
        if let Some(reason) = server.refusal(self.options.allow_eviction) {
            return Err(Fault::Refused(reason));
        }
        // Written only where there is none: a server without room would refuse that, and yet knows what it knows.
        let epoch = match found {
            Some(epoch) => epoch,
            None => self.new_epoch(&mut connection).await?,
        };
        let now = now_ms();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match &*known {
            Some((last, known)) if last.identity == server.identity && *known == epoch => {}
            // Another gateway may have found the loss, and made the epoch, before this one began.
            None => self.lost(made_ms(&epoch).unwrap_or(now).min(now)),
            Some(_) => self.lost(now),
        }
        *known = Some((server.clone(), epoch.clone()));
        let link = Link { connection, server, epoch, made: Instant::now(), checked: AtomicU64::new(0) };
        *self.link.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(link));
        Ok(())
    }

    /// A new epoch, or that of whoever was quicker.
    async fn new_epoch(&self, connection: &mut MultiplexedConnection) -> Result<Vec<u8>, Fault> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|_| Fault::Unreachable)?;
        let fresh = format!("{}:{}", hex::encode(random), now_ms());
        let mut set = redis::cmd("SET");
        set.arg(&self.epoch_key).arg(&fresh).arg("NX").arg("GET");
        let quicker: Option<Vec<u8>> = set.query_async(connection).await?;
        Ok(quicker.unwrap_or_else(|| fresh.into_bytes()))
    }
}

/// When an epoch was made: it is `<random>:<Unix milliseconds>`.
fn made_ms(epoch: &[u8]) -> Option<u64> {
    let colon = epoch.iter().rposition(|byte| *byte == b':')?;
    std::str::from_utf8(&epoch[colon + 1..]).ok()?.parse().ok()
}

impl fmt::Debug for Shared {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The client holds a password.
        formatter.debug_struct("Shared").field("options", &self.options).finish_non_exhaustive()
    }
}

/// Connects again whenever the connection was given up, for ever.
pub(super) async fn keep(shared: Arc<Shared>) {
    loop {
        if shared.link().is_some() {
            shared.dropped.notified().await;
        } else if shared.connect().await.is_err() {
            tokio::time::sleep(PAUSE).await;
        }
    }
}
