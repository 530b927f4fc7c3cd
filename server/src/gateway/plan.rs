//! What settings from variables ask for: files read, stores connected, and the gateway built of them.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use samebyte::api::{self, Code, Error, Result, SigningKey};
use serde::Deserialize;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::GatewayBuilder;
use crate::clock::now_ms;
use crate::keys::KeySetOptions;
use crate::store::{Redis, RedisOptions};

/// The answer of [`api::http_settings`].
#[derive(Deserialize)]
pub(super) struct Plan {
    settings: BTreeMap<String, Box<RawValue>>,
    trust: Option<Place>,
    signing_key: Option<Place>,
    replay: Replay,
    body_timeout_ms: u64,
    jwks: Jwks,
}

/// Where something is to be had.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Place {
    File(PathBuf),
    Url(String),
    Inline(String),
}

#[derive(Deserialize)]
struct Replay {
    kind: String,
    target: Option<String>,
    timeout_ms: u64,
    allow_eviction: bool,
    snapshot: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Jwks {
    max_bytes: usize,
    timeout_ms: u64,
    private_addresses: bool,
}

impl Plan {
    pub(super) fn read(variables: &BTreeMap<String, String>) -> Result<Self> {
        let text = serde_json::to_vec(variables).map_err(|_| unreadable())?;
        serde_json::from_slice(&api::http_settings(&text)?).map_err(|_| unreadable())
    }

    pub(super) async fn builder(mut self) -> Result<GatewayBuilder> {
        if let Some(trust) = &self.trust {
            self.settings.insert("trust".to_owned(), trust.trust()?);
        }
        let settings = serde_json::to_vec(&self.settings).map_err(|_| unreadable())?;
        let mut builder = GatewayBuilder::new(settings)
            .body_timeout(Duration::from_millis(self.body_timeout_ms))
            .key_sets(KeySetOptions {
                max_bytes: self.jwks.max_bytes,
                timeout: Duration::from_millis(self.jwks.timeout_ms),
                private_addresses: self.jwks.private_addresses,
                tls: None,
            });
        builder.snapshot = self.replay.snapshot.clone();
        if let Some(place) = &self.signing_key {
            builder = builder.signing_key(place.signing_key()?);
        }
        match (self.replay.kind.as_str(), &self.replay.target) {
            ("memory", _) => Ok(builder),
            ("redis", Some(url)) => {
                let options = RedisOptions {
                    timeout: Duration::from_millis(self.replay.timeout_ms),
                    allow_eviction: self.replay.allow_eviction,
                    ..RedisOptions::default()
                };
                Ok(builder.store(Arc::new(Redis::connect(url, options).await?)))
            }
            _ => Err(invalid("REPLAY_STORE", "this server keeps nonces in `memory` or in Redis")),
        }
    }
}

impl Place {
    /// The trusted keys, as the settings of the core have them.
    fn trust(&self) -> Result<Box<RawValue>> {
        let broken = |_| invalid("TRUSTED_KEYS", "the trusted keys are no JSON");
        match self {
            Self::Url(url) => {
                let source = serde_json::json!([{ "tenant": "", "jwks_uri": url }]);
                serde_json::value::to_raw_value(&source).map_err(broken)
            }
            Self::Inline(text) => RawValue::from_string(text.clone()).map_err(broken),
            Self::File(path) => {
                let text = fs::read_to_string(path).map_err(|error| unread("TRUSTED_KEYS", &error))?;
                RawValue::from_string(text).map_err(broken)
            }
        }
    }

    /// The private key, a JWK or a PEM file.
    fn signing_key(&self) -> Result<SigningKey> {
        let text = match self {
            Self::Inline(text) => Zeroizing::new(text.clone().into_bytes()),
            Self::File(path) => {
                Zeroizing::new(fs::read(path).map_err(|error| unread("SIGNING_KEY", &error))?)
            }
            Self::Url(_) => return Err(invalid("SIGNING_KEY", "a private key is not fetched")),
        };
        if text.trim_ascii_start().starts_with(b"{") {
            api::key_from_jwk(&text, None)
        } else {
            api::key_from_pem(&text, None)
        }
    }
}

/// Says in settings that nonces are kept outside of the core. Settings that are no object are for the core to refuse.
pub(super) fn make_external(settings: &mut Vec<u8>) {
    let members = serde_json::from_slice::<BTreeMap<String, Box<RawValue>>>(settings);
    let (Ok(mut members), Ok(external)) = (members, serde_json::value::to_raw_value("external")) else {
        return;
    };
    members.insert("replay".to_owned(), external);
    if let Ok(text) = serde_json::to_vec(&members) {
        *settings = text;
    }
}

/// Gives the core what it knew when the last process ended in order. The file is taken away first: it is true once only.
/// Without it, or where it is damaged, the gateway is as careful as after any start.
pub(super) fn restore(core: &api::Gateway, path: &Path) {
    let Ok(snapshot) = fs::read(path) else { return };
    if fs::remove_file(path).is_ok() {
        let _ = api::gateway_restore(core, &snapshot, now_ms());
    }
}

/// Writes what the core knows: readable by the owner alone, whole or not at all.
pub(super) fn write_snapshot(core: &api::Gateway, path: &Path) -> Result<()> {
    let snapshot = api::gateway_snapshot(core, now_ms())?;
    let write = || -> io::Result<()> {
        let fresh = path.with_extension("new");
        let mut options = fs::File::options();
        options.create(true).truncate(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&fresh)?;
        file.write_all(&snapshot)?;
        file.sync_all()?;
        fs::rename(&fresh, path)
    };
    write().map_err(|error| unread("REPLAY_SNAPSHOT", &error))
}

fn unread(setting: &'static str, error: &io::Error) -> Error {
    Error::new(Code::SettingsInvalid, format!("the file cannot be used: {}", error.kind()))
        .with_text("setting", setting)
}

fn invalid(setting: &'static str, message: &'static str) -> Error {
    Error::new(Code::SettingsInvalid, message).with_text("setting", setting)
}

fn unreadable() -> Error {
    Error::new(Code::Internal, "the plan of the settings is not as this server reads it")
}
