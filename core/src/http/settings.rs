//! The settings of a gateway: one JSON object, of which every member is known and none contradicts another.

mod choice;
mod read;

pub(crate) use choice::{ForwardBody, NonceLocation, Preset, Replay, SignResponses};

use crate::algorithms::{Algorithm, AlgorithmSet};
use crate::error::{Code, Error, Result};
use crate::http::address::Networks;
use crate::http::routes::{Mode, Routes};
use crate::http::target::Origin;
use crate::http::trust::{Trust, algorithms};
use crate::jcs::{self, Options};
use crate::json::view::{Object, Value};
use crate::keys::Keyset;
use crate::options::{flag, invalid, text, texts, unknown};
use read::{audiences, field_name, mode, origins, published_keys, read_routes, within};

/// The header field that carries a signature, unless the settings name another.
pub(crate) const HEADER: &str = "x-signature";

/// How a gateway treats requests and responses.
#[derive(Debug)]
pub(crate) struct Settings {
    /// What has to be signed (`mode` and `routes`).
    pub(crate) routes: Routes,
    /// The names that a request may be for. Empty only where the preset is `dev`: then the origin that `Host` names.
    pub(crate) audiences: Vec<String>,
    /// Where the gateway is reached. Empty only where the preset is `dev`: then wherever `Host` says.
    pub(crate) public_origins: Vec<Origin>,
    pub(crate) trusted_proxies: Networks,
    /// The longest that a request may be valid, in seconds.
    pub(crate) nonce_ttl: u64,
    /// How long after `exp` a request is still accepted, in seconds.
    pub(crate) clock_skew: u64,
    /// How far `iat` may lie in the future, in seconds.
    pub(crate) future_skew: u64,
    /// Bytes.
    pub(crate) max_body: usize,
    pub(crate) max_depth: usize,
    /// The most bytes of all bodies that are read at one time.
    pub(crate) max_inflight: usize,
    /// Characters.
    pub(crate) nonce_min_len: usize,
    pub(crate) nonce_location: NonceLocation,
    pub(crate) forward_body: ForwardBody,
    pub(crate) allowed_algs: AlgorithmSet,
    pub(crate) preset: Preset,
    pub(crate) sign_responses: SignResponses,
    /// Whether responses list what is critical in their header.
    pub(crate) response_crit: bool,
    /// The name of the header field that carries a signature, in lower case.
    pub(crate) header: String,
    /// Whether a request with credentials must bind them (`ath`).
    pub(crate) require_ath: bool,
    pub(crate) replay: Replay,
    /// The most live nonces.
    pub(crate) replay_cap: usize,
    /// The most live nonces of one key, unless its source says otherwise.
    pub(crate) replay_quota_per_key: usize,
    /// Keys that are published beside the one that signs: the next one, and those that signed before.
    pub(crate) published_keys: Option<Keyset>,
    pub(crate) trust: Trust,
}

/// What was said; the rest has defaults, of which some depend on what was.
#[derive(Default)]
struct Draft<'a> {
    mode: Mode,
    routes: Option<Value<'a>>,
    audiences: Option<Vec<String>>,
    public_origins: Vec<Origin>,
    trusted_proxies: Networks,
    nonce_ttl: Option<u64>,
    clock_skew: Option<u64>,
    future_skew: Option<u64>,
    max_body: Option<usize>,
    max_depth: Option<usize>,
    max_inflight: Option<usize>,
    nonce_min_len: Option<usize>,
    nonce_location: Option<NonceLocation>,
    forward_body: ForwardBody,
    allowed_algs: Option<AlgorithmSet>,
    preset: Preset,
    sign_responses: SignResponses,
    response_crit: Option<bool>,
    header: Option<String>,
    require_ath: bool,
    replay: Replay,
    replay_cap: Option<usize>,
    replay_quota_per_key: Option<usize>,
    jwks_max_stale: Option<u64>,
    published_keys: Option<Keyset>,
    trust: Option<Value<'a>>,
}

impl Settings {
    /// Reads settings.
    ///
    /// # Errors
    /// The codes of the reader; `unknown_option`; `settings_invalid` for an unfit value or a contradiction, with the name
    /// of the `setting`.
    pub(crate) fn parse(json: &[u8]) -> Result<Self> {
        // There may be secrets in them.
        let text = jcs::canonicalize_secret(json, &Options::exact())?;
        let draft = Draft::read(&text)?;
        let trust = match draft.trust {
            Some(setting) => Trust::read(setting, draft.jwks_max_stale.unwrap_or(86_400))?,
            None => Trust::read(Value::parse(b"[]"), 0)?,
        };
        draft.settings(trust)
    }
}

/// Checks settings that have no member `trust`; whether there will be keys is known.
///
/// # Errors
/// Those of [`Settings::parse`].
pub(super) fn check(json: &[u8], has_keys: bool) -> Result<()> {
    let text = jcs::canonicalize(json, &Options::exact())?;
    let draft = Draft::read(&text)?;
    // A place for the keys that will be there.
    let keys: &[u8] = if has_keys { b"{\"keys\":[]}" } else { b"[]" };
    draft.settings(Trust::read(Value::parse(keys), 0)?).map(drop)
}

impl<'a> Draft<'a> {
    fn read(text: &'a [u8]) -> Result<Self> {
        let object = Object::parse(text).ok_or_else(|| invalid("settings are a JSON object"))?;
        let mut draft = Self::default();
        for (name, value) in object.members() {
            let name = name.to_text();
            draft.set(&name, value).map_err(|error| unfit(&name, error))?;
        }
        Ok(draft)
    }

    fn set(&mut self, name: &str, value: Value<'a>) -> Result<()> {
        match name {
            "mode" => self.mode = mode(value)?,
            "routes" => self.routes = Some(value),
            "audiences" => self.audiences = Some(audiences(value)?),
            "public_origins" => self.public_origins = origins(value)?,
            "trusted_proxies" => {
                self.trusted_proxies = Networks::parse(texts(value)?.iter().map(String::as_str))?;
            }
            "nonce_ttl" => self.nonce_ttl = Some(within(value, 1, 3600)? as u64),
            "clock_skew" => self.clock_skew = Some(within(value, 0, 300)? as u64),
            "future_skew" => self.future_skew = Some(within(value, 0, 300)? as u64),
            "max_body" => self.max_body = Some(within(value, 1, 512 << 20)?),
            "max_depth" => self.max_depth = Some(within(value, 1, 10_000)?),
            "max_inflight" => self.max_inflight = Some(within(value, 1, 1 << 40)?),
            "nonce_min_len" => self.nonce_min_len = Some(within(value, 1, 128)?),
            "nonce_location" => self.nonce_location = Some(NonceLocation::read(value)?),
            "forward_body" => self.forward_body = ForwardBody::read(value)?,
            "allowed_algs" => self.allowed_algs = Some(algorithms(value)?),
            "preset" => self.preset = Preset::read(value)?,
            "sign_responses" => self.sign_responses = SignResponses::read(value)?,
            "response_crit" => self.response_crit = Some(flag(value)?),
            "header" => self.header = Some(field_name(&text(value)?)?),
            "require_ath" => self.require_ath = flag(value)?,
            "replay" => self.replay = Replay::read(value)?,
            "replay_cap" => self.replay_cap = Some(within(value, 1, 1 << 32)?),
            "replay_quota_per_key" => self.replay_quota_per_key = Some(within(value, 1, 1 << 32)?),
            "jwks_max_stale" => self.jwks_max_stale = Some(within(value, 0, 30 * 86_400)? as u64),
            "published_keys" => self.published_keys = Some(published_keys(value)?),
            "trust" => self.trust = Some(value),
            _ => return Err(unknown().with_text("option", name)),
        }
        Ok(())
    }

    /// The settings, once nothing in them contradicts anything else.
    fn settings(self, trust: Trust) -> Result<Settings> {
        let mut routes = Routes::new(self.mode);
        if let Some(list) = self.routes {
            read_routes(list, &mut routes).map_err(|error| unfit("routes", error))?;
        }
        let verifies = routes.strictest() != Mode::Off;
        let acts = verifies || self.sign_responses != SignResponses::Off;
        let strict = self.preset == Preset::Strict;
        let clock_skew = self.clock_skew.unwrap_or(30);
        let max_body = self.max_body.unwrap_or(1 << 20);
        let replay_cap = self.replay_cap.unwrap_or(1_000_000);
        let settings = Settings {
            audiences: self.audiences.unwrap_or_else(|| {
                self.public_origins.iter().map(|origin| origin.as_str().to_owned()).collect()
            }),
            public_origins: self.public_origins,
            trusted_proxies: self.trusted_proxies,
            nonce_ttl: self.nonce_ttl.unwrap_or(300),
            clock_skew,
            future_skew: self.future_skew.unwrap_or(clock_skew.min(5)),
            max_body,
            max_depth: self.max_depth.unwrap_or(128),
            max_inflight: self.max_inflight.unwrap_or(max_body.max(64 << 20)),
            nonce_min_len: self.nonce_min_len.unwrap_or(if strict { 22 } else { 1 }),
            nonce_location: self.nonce_location.unwrap_or(if strict {
                NonceLocation::Header
            } else {
                NonceLocation::Either
            }),
            forward_body: self.forward_body,
            allowed_algs: self.allowed_algs.unwrap_or(AlgorithmSet::of(&[
                Algorithm::EdDsa,
                Algorithm::Es256,
                Algorithm::Es384,
            ])),
            preset: self.preset,
            sign_responses: self.sign_responses,
            response_crit: self.response_crit.unwrap_or(true),
            header: self.header.unwrap_or_else(|| HEADER.to_owned()),
            require_ath: self.require_ath,
            replay: self.replay,
            replay_cap,
            replay_quota_per_key: self.replay_quota_per_key.unwrap_or(replay_cap.min(100_000)),
            published_keys: self.published_keys,
            routes,
            trust,
        };
        for (contradicts, setting, message) in [
            (verifies && settings.trust.is_empty(), "trust", "requests are verified, and no key is trusted"),
            (
                acts && settings.public_origins.is_empty() && settings.preset != Preset::Dev,
                "public_origins",
                "where the gateway is reached is not said",
            ),
            (settings.future_skew > clock_skew, "future_skew", "future_skew is above clock_skew"),
            (settings.max_inflight < max_body, "max_inflight", "max_inflight is below max_body"),
            (
                settings.replay_quota_per_key > replay_cap,
                "replay_quota_per_key",
                "replay_quota_per_key is above replay_cap",
            ),
            (
                strict && settings.nonce_min_len < 22,
                "nonce_min_len",
                "the preset strict asks for nonces of 22 characters or more",
            ),
            (
                strict && settings.nonce_location != NonceLocation::Header,
                "nonce_location",
                "the preset strict takes the nonce from the header",
            ),
            (
                settings.trust.has_secrets() && !settings.allowed_algs.contains(Algorithm::Hs256),
                "allowed_algs",
                "there are secrets, and HS256 is not allowed",
            ),
        ] {
            if contradicts {
                return Err(unfit(setting, invalid(message)));
            }
        }
        Ok(settings)
    }
}

/// The error of a setting whose value is not one: what is wrong stands in `cause`, unless the message says all.
pub(super) fn unfit(setting: &str, error: Error) -> Error {
    if matches!(error.code(), Code::UnknownOption | Code::SettingsInvalid) {
        return error;
    }
    let mut unfit = Error::new(Code::SettingsInvalid, error.message().to_owned());
    if error.code() != Code::InvalidArgument {
        unfit = unfit.with_text("cause", error.code().name());
    }
    if let Some(detail) = error.detail_json() {
        unfit = unfit.with_json("detail", detail);
    }
    unfit.with_text("setting", setting)
}

#[cfg(test)]
mod tests;
