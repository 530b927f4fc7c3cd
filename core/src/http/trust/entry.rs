//! The setting `trust`: a JWK Set, or a list of sources.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, RwLock};

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::{Keys, Source, State, Trust, Trusted};
use crate::algorithms::{Algorithm, AlgorithmSet};
use crate::encoding::{from_base64url, to_base64url};
use crate::error::{Code, Error, Result};
use crate::http::routes::Paths;
use crate::http::settings::unfit;
use crate::http::target::{Origin, normalize};
use crate::json::view::{Object, Value};
use crate::keys::{Keyset, Purpose, SigningKey, TrustedKey};
use crate::options::{integer, invalid, members, text, texts, unknown};

/// No gateway has more sources: each costs a look where a request does not name its tenant.
const MAX_SOURCES: usize = 1000;

/// The algorithms that a request may be signed with.
const KNOWN: AlgorithmSet =
    AlgorithmSet::of(&[Algorithm::EdDsa, Algorithm::Es256, Algorithm::Es384, Algorithm::Hs256]);

/// What the keys of a source are trusted with.
#[derive(Debug)]
pub(super) struct Grant {
    pub(super) tenant: String,
    /// Keys that are configured beside the set, and stay whatever it says.
    pub(super) secrets: Keys,
    rules: Rules,
}

/// What holds for every key of a source.
#[derive(Debug, Default)]
struct Rules {
    algorithms: Option<AlgorithmSet>,
    audiences: Option<Vec<String>>,
    routes: Option<Paths>,
    quota: Option<usize>,
    not_before: Option<i64>,
    not_after: Option<i64>,
    revoked: HashSet<String>,
}

impl Trust {
    /// Reads the setting. A set that was fetched stays in force for `max_stale` seconds beyond its time where it cannot
    /// be fetched again.
    ///
    /// # Errors
    /// `settings_invalid`, `unknown_option`.
    pub(crate) fn read(setting: Value<'_>, max_stale: u64) -> Result<Self> {
        let sources = match (setting.as_object(), setting.as_array()) {
            (Some(_), _) => vec![Source::fixed(setting).map_err(|error| unfit("trust", error))?],
            (_, Some(list)) => list
                .enumerate()
                .map(|(index, entry)| {
                    read_source(entry).map_err(|error| unfit(&format!("trust/{index}"), error))
                })
                .take(MAX_SOURCES + 1)
                .collect::<Result<_>>()?,
            _ => return Err(unfit("trust", invalid("keys are a JWK Set or a list of sources"))),
        };
        if sources.len() > MAX_SOURCES {
            return Err(unfit(
                "trust",
                Error::new(Code::TooLarge, "there are more than 1000 sources of keys"),
            ));
        }
        Ok(Self { sources, max_stale_ms: max_stale.saturating_mul(1000) })
    }

    /// Whether a source has secrets.
    pub(crate) fn has_secrets(&self) -> bool {
        self.sources.iter().any(|source| !source.grant.secrets.is_empty())
    }
}

impl Source {
    /// A set that is trusted with everything.
    fn fixed(jwks: Value<'_>) -> Result<Self> {
        let grant = Grant { tenant: String::new(), secrets: Keys::new(), rules: Rules::default() };
        Self::new(grant, Some(jwks), None)
    }

    fn new(grant: Grant, jwks: Option<Value<'_>>, url: Option<String>) -> Result<Self> {
        let keys = match jwks {
            Some(jwks) => grant.keys(&Keyset::from_jwks(jwks.raw())?)?,
            None => Keys::new(),
        };
        Ok(Self { grant, url, state: RwLock::new(State { keys, ..State::default() }) })
    }
}

fn read_source(entry: Value<'_>) -> Result<Source> {
    let object = entry.as_object().ok_or_else(|| invalid("a source of keys is not an object"))?;
    let (mut tenant, mut rules) = (String::new(), Rules::default());
    let (mut jwks, mut url, mut secrets) = (None, None, Vec::new());
    members(object, |name, value| {
        match name {
            "tenant" => tenant = text(value)?,
            "jwks" => jwks = Some(value),
            "jwks_uri" => url = Some(url_of(&text(value)?)?),
            "secrets" => secrets = secrets_of(value)?,
            "algs" => rules.algorithms = Some(algorithms(value)?),
            "aud" => rules.audiences = Some(some(texts(value)?)?),
            "routes" => {
                rules.routes = Some(Paths::parse(some(texts(value)?)?.iter().map(String::as_str))?);
            }
            "quota" => rules.quota = Some(integer(value)?),
            "not_before" => rules.not_before = Some(seconds(value)?),
            "not_after" => rules.not_after = Some(seconds(value)?),
            "revoked" => rules.revoked = texts(value)?.into_iter().collect(),
            _ => return Err(unknown()),
        }
        Ok(())
    })?;
    if rules.not_before.zip(rules.not_after).is_some_and(|(first, last)| first > last) {
        return Err(invalid("not_before lies behind not_after"));
    }
    if jwks.is_some() && url.is_some() {
        return Err(invalid("jwks and jwks_uri exclude each other"));
    }
    if jwks.is_none() && url.is_none() && secrets.is_empty() {
        return Err(invalid("a source has jwks, jwks_uri or secrets"));
    }
    let mut grant = Grant { tenant, secrets: Keys::new(), rules };
    // Two secrets that are one key, or have one kid, are refused as two such keys of a JWK Set are.
    grant.secrets = grant.keys(&Keyset::new(&[], &secrets)?)?;
    Source::new(grant, jwks, url)
}

impl Grant {
    /// The keys of a set, with what they are trusted with.
    pub(super) fn keys(&self, set: &Keyset) -> Result<Keys> {
        let rules = &self.rules;
        let mut keys = HashMap::with_capacity(set.len());
        for key in set.keys() {
            let kid = key.kid().ok_or_else(|| invalid("a key has no kid"))?.to_owned();
            let trusted = Trusted {
                tenant: self.tenant.clone(),
                key: key.clone(),
                signer: signer(key),
                algorithms: rules
                    .algorithms
                    .map_or(key.permitted(), |allowed| allowed.intersection(key.permitted())),
                audiences: rules.audiences.clone(),
                routes: rules.routes.clone(),
                quota: rules.quota,
                not_before: rules.not_before,
                not_after: rules.not_after,
                revoked: rules.revoked.contains(&kid),
                response_only: key.public().and_then(|key| key.purpose()) == Some(Purpose::Response),
            };
            keys.insert(kid, Arc::new(trusted));
        }
        Ok(keys)
    }
}

/// What tells a key from every other.
fn signer(key: &TrustedKey) -> String {
    match key {
        TrustedKey::Public(key) => key.thumbprint().to_owned(),
        // The code of a text that is no signing input, and its hash, so that not even that code is told to anybody.
        TrustedKey::Symmetric(key) => to_base64url(&Sha256::digest(key.sign(b"samebyte-signer/1"))),
    }
}

/// The algorithms of a list of names.
pub(crate) fn algorithms(value: Value<'_>) -> Result<AlgorithmSet> {
    let names = some(texts(value)?)?;
    let all = names.iter().map(|name| name.parse()).collect::<Result<Vec<Algorithm>>>()?;
    let set = AlgorithmSet::of(&all);
    if set != set.intersection(KNOWN) {
        return Err(invalid("an algorithm is not EdDSA, ES256, ES384 or HS256"));
    }
    Ok(set)
}

/// Where a JWK Set is fetched from: over TLS, or from this machine. Whether the host name leads to an address that may be
/// connected to is for the one who fetches to see.
fn url_of(url: &str) -> Result<String> {
    let normal = normalize(url)?;
    let origin = Origin::parse(normal.split('?').next().unwrap_or(&normal))?;
    if normal.starts_with("https://") || origin.is_loopback() {
        Ok(normal)
    } else {
        Err(invalid("jwks_uri is not an https URL"))
    }
}

/// `[{"alg":"HS256","kid":…,"secret":base64url}]`.
fn secrets_of(value: Value<'_>) -> Result<Vec<SigningKey>> {
    let list = value.as_array().ok_or_else(|| invalid("secrets are not an array"))?;
    list.map(|entry| secret_of(entry.as_object().ok_or_else(|| invalid("a secret is not an object"))?))
        .collect()
}

fn secret_of(object: Object<'_>) -> Result<SigningKey> {
    let (mut kid, mut algorithm, mut secret) = (None, None, None);
    members(object, |name, value| {
        match name {
            "kid" => kid = Some(text(value)?),
            "alg" => algorithm = Some(text(value)?.parse::<Algorithm>()?),
            "secret" => {
                let text = value.as_text().and_then(|text| text.plain());
                let bytes = text.and_then(from_base64url).map(Zeroizing::new);
                secret = Some(bytes.ok_or_else(|| invalid("a secret is not base64url"))?);
            }
            _ => return Err(unknown()),
        }
        Ok(())
    })?;
    let (Some(kid), Some(Algorithm::Hs256), Some(secret)) = (kid, algorithm, secret) else {
        return Err(invalid("a secret has kid, the alg HS256 and secret"));
    };
    SigningKey::symmetric(Algorithm::Hs256, &secret, Some(&kid))
}

fn seconds(value: Value<'_>) -> Result<i64> {
    value
        .as_integer()
        .filter(|seconds| *seconds >= 0)
        .ok_or_else(|| invalid("a time is not a number of Unix seconds"))
}

/// A list that says who or what may must say somebody or something.
fn some(list: Vec<String>) -> Result<Vec<String>> {
    if list.is_empty() { Err(invalid("a list is empty")) } else { Ok(list) }
}
