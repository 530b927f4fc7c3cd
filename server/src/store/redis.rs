//! Redis (7.0 or later) as replay store: one command per nonce, and no answer that a lost or changed server could give.
//!
//! A nonce is `SET <prefix>n:<key> <owner> NX GET PX <ttl>`: the answer is nothing (new), the own owner (new: an answer
//! got lost) or another owner (a replay). Behind it in the same pipeline `GET <prefix>epoch` shows whether the server
//! still knows what it knew; a restart without the data, a flush or a failover that lost writes changes it, or the
//! identity of the server. Nothing is tried twice, and nothing is asked while the connection is down: the answer then
//! is [`Verdict::Unavailable`] at once.

mod link;
mod server;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use ::redis::Value;
use samebyte::api::{Code, Error, Result};
use samebyte::replay::Verdict;

use super::{ReplayStore, Reserved, Reserving};
use crate::clock::now_ms;
use link::{Link, Shared};
use server::Server;

/// More reservations than this at a time are refused: a server that is that far behind will not answer in time.
const MAX_IN_FLIGHT: usize = 1024;

/// How a Redis store is reached and judged.
#[derive(Clone, Debug)]
pub struct RedisOptions {
    /// What every key begins with.
    pub prefix: String,
    /// How long a reservation may take.
    pub timeout: Duration,
    /// How long it may take to connect.
    pub connect_timeout: Duration,
    /// Whether a server that forgets live keys when its memory is full is accepted: then replays are possible.
    pub allow_eviction: bool,
}

impl Default for RedisOptions {
    fn default() -> Self {
        Self {
            prefix: "samebyte:".to_owned(),
            timeout: Duration::from_millis(50),
            connect_timeout: Duration::from_millis(100),
            allow_eviction: false,
        }
    }
}

/// A replay store in Redis, over one multiplexed connection.
#[derive(Debug)]
pub struct Redis {
    shared: Arc<Shared>,
    /// Keeps the connection up; ends with this store.
    keeper: tokio::task::JoinHandle<()>,
}

impl Redis {
    /// Connects to `url` (`redis://…`, `rediss://…`). A server that cannot be reached now is tried again until it can be:
    /// meanwhile the store is [`Verdict::Unavailable`]. Needs a Tokio runtime.
    ///
    /// # Errors
    /// `settings_invalid`: the URL is none of Redis, or the server is too old, no master or evicts live keys.
    pub async fn connect(url: &str, options: RedisOptions) -> Result<Self> {
        let client = ::redis::Client::open(url).map_err(|_| invalid("the URL is none of Redis"))?;
        let shared = Arc::new(Shared::new(client, options, MAX_IN_FLIGHT));
        match shared.connect().await {
            Err(link::Fault::Refused(reason)) => return Err(invalid(reason)),
            Ok(()) | Err(link::Fault::Unreachable) => {}
        }
        let keeper = tokio::spawn(link::keep(Arc::clone(&shared)));
        Ok(Self { shared, keeper })
    }

    async fn ask(&self, key: [u8; 16], owner: [u8; 16], ttl_ms: u64) -> Verdict {
        let shared = &*self.shared;
        let Ok(_permit) = shared.in_flight.try_acquire() else { return Verdict::Unavailable };
        let Some(link) = shared.link() else { return Verdict::Unavailable };
        let owner = hex::encode(owner);
        let mut pipe = ::redis::pipe();
        pipe.cmd("SET").arg(shared.nonce_key(key)).arg(&owner).arg("NX").arg("GET").arg("PX").arg(ttl_ms);
        // Behind the reservation: were it before, a loss between the two would not be seen.
        pipe.cmd("GET").arg(&shared.epoch_key);
        let checks = link.check_is_due();
        if checks {
            server::ask(&mut pipe);
        }
        let mut connection = link.connection.clone();
        let values: Vec<Value> = pipe.ignore_errors().query_async(&mut connection).await.unwrap_or_default();
        let verdict = judge(shared, &link, values, owner.as_bytes(), checks).unwrap_or(Verdict::Unavailable);
        if verdict == Verdict::Cold {
            shared.lost(now_ms());
        }
        if matches!(verdict, Verdict::Cold | Verdict::Unavailable) {
            shared.drop_link(&link);
        }
        verdict
    }
}

/// What the answers mean; `None` where they are none that count.
fn judge(shared: &Shared, link: &Link, values: Vec<Value>, owner: &[u8], checks: bool) -> Option<Verdict> {
    let mut values = values.into_iter();
    let (held, epoch) = (values.next()?, values.next()?);
    if checks {
        let server = Server::read(&values.next()?)?;
        if server.identity != link.server.identity {
            return Some(Verdict::Cold);
        }
        server.refusal(shared.options.allow_eviction).is_none().then_some(())?;
    }
    if !matches!(epoch, Value::BulkString(epoch) if epoch == link.epoch) {
        return Some(Verdict::Cold);
    }
    match held {
        Value::Nil => Some(Verdict::New),
        Value::BulkString(holder) if holder == owner => Some(Verdict::New),
        Value::BulkString(_) => Some(Verdict::Replay),
        // The server has no room, and said so in order.
        Value::ServerError(error) if error.code() == "OOM" => Some(Verdict::Full),
        _ => None,
    }
}

impl ReplayStore for Redis {
    fn reserve(&self, key: [u8; 16], owner: [u8; 16], ttl_ms: u64) -> Reserving<'_> {
        Box::pin(async move {
            let verdict = self.ask(key, owner, ttl_ms).await;
            Reserved { verdict, lost_ms: self.lost_ms() }
        })
    }

    fn lost_ms(&self) -> u64 {
        self.shared.lost_ms.load(Ordering::Acquire)
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

fn invalid(message: &'static str) -> Error {
    Error::new(Code::SettingsInvalid, message).with_text("setting", "REPLAY_STORE")
}
