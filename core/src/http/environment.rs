//! Settings from environment variables: what a gateway is to be, and what its host has to provide for it.

mod words;

use zeroize::Zeroizing;

use crate::error::Result;
use crate::http::settings::{self, unfit};
use crate::http::target::{Origin, normalize};
use crate::jcs::{self, Options, Writer};
use crate::json::view::{Object, Text, Value};
use crate::options::invalid;
use words::{Member, flag, list, number, one_of, signature_mode, write};

type Reader = fn(&str) -> Result<Member>;

/// The variables that become settings of the core: their name, that of the setting, and how they are read.
const SETTINGS: [(&str, &str, Reader); 20] = [
    ("ALLOWED_ALGS", "allowed_algs", list),
    ("AUDIENCES", "audiences", list),
    ("CLOCK_SKEW", "clock_skew", number),
    ("FORWARD_BODY", "forward_body", one_of),
    ("FUTURE_SKEW", "future_skew", number),
    ("JWKS_MAX_STALE", "jwks_max_stale", number),
    ("MAX_BODY", "max_body", number),
    ("MAX_DEPTH", "max_depth", number),
    ("MAX_INFLIGHT", "max_inflight", number),
    ("NONCE_LOCATION", "nonce_location", one_of),
    ("NONCE_MIN_LEN", "nonce_min_len", number),
    ("NONCE_TTL", "nonce_ttl", number),
    ("PRESET", "preset", one_of),
    ("PUBLIC_ORIGINS", "public_origins", list),
    ("PUBLISHED_KEYS", "published_keys", one_of),
    ("REPLAY_CAP", "replay_cap", number),
    ("REPLAY_QUOTA_PER_KEY", "replay_quota_per_key", number),
    ("REQUIRE_ATH", "require_ath", flag),
    ("RESPONSE_CRIT", "response_crit", flag),
    ("TRUSTED_PROXIES", "trusted_proxies", list),
];

/// The settings in `environment`, a JSON object of strings: canonical JSON with `settings` (for the gateway, but for
/// `trust`), `trust` and `signing_key` (where to read them: `{"file":…}`, `{"url":…}`, `{"inline":…}` or null), `replay`
/// (the store: `kind`, `target`, `timeout_ms`, `allow_eviction`, `snapshot`), `body_timeout_ms` and `jwks` (how key sets are
/// fetched). `docs/spec/http.md` names the variables. One that is empty is as if it were not there; those of others are
/// passed over.
///
/// # Errors
/// The codes of the reader; `settings_invalid` for an unfit value or a contradiction, with the variable as `setting`.
pub fn settings_from_environment(environment: &[u8]) -> Result<Vec<u8>> {
    // There may be keys in it.
    let text = jcs::canonicalize_secret(environment, &Options::exact())?;
    let object = Object::parse(&text).ok_or_else(|| invalid("the environment is not a JSON object"))?;
    Environment(object.members().collect()).plan(text.len())
}

/// The variables, each with its name; they are asked for one by one, and there may be many of others.
struct Environment<'a>(Vec<(Text<'a>, Value<'a>)>);

impl Environment<'_> {
    fn plan(&self, length: usize) -> Result<Vec<u8>> {
        let private_addresses = self.read("JWKS_PRIVATE_ADDRESSES", flag)? == Some(Member::Flag(true));
        let trust = self.place("TRUSTED_KEYS", |text| trusted_keys(text, private_addresses))?;
        let signing_key = self.place("SIGNING_KEY", |text| Ok(signing_key(text)))?;
        let replay = self.replay()?;
        let mut settings = self.settings()?;
        if replay.kind != "memory" {
            settings.push(("replay", Member::Text("external".to_owned())));
        }
        let mut text = Writer::new(&Options::default());
        write(&mut text, &Member::Object(settings.clone()))?;
        settings::check(&text.finish()?, trust != Member::Null)
            .map_err(|error| error.map_text("setting", variable))?;
        let signs = settings
            .iter()
            .any(|(name, value)| *name == "sign_responses" && *value != Member::Text("off".to_owned()));
        if signs && signing_key == Member::Null {
            return Err(unfit(
                "SIGNING_KEY",
                invalid("responses are signed, and there is no key to sign with"),
            ));
        }
        let jwks = Member::Object(vec![
            ("max_bytes", Member::Number(64 << 10)),
            ("private_addresses", Member::Flag(private_addresses)),
            ("timeout_ms", Member::Number(2000)),
        ]);
        let plan = Member::Object(vec![
            ("body_timeout_ms", Member::Number(self.number_within("BODY_TIMEOUT_MS", 10_000, 600_000)?)),
            ("jwks", jwks),
            ("replay", replay.member()),
            ("settings", Member::Object(settings)),
            ("signing_key", signing_key),
            ("trust", trust),
        ]);
        // Nothing grows but what is added here.
        let mut writer = Writer::for_secret(&Options { max_bytes: length + 4096, ..Options::default() });
        write(&mut writer, &plan)?;
        writer.finish()
    }

    /// The settings of the core.
    fn settings(&self) -> Result<Vec<(&'static str, Member)>> {
        let mut settings = Vec::new();
        for (variable, setting, how) in SETTINGS {
            settings.extend(self.read(variable, how)?.map(|value| (setting, value)));
        }
        let signs = |text: &str| match flag(text) {
            Ok(Member::Flag(true)) => Ok(Member::Text("on".to_owned())),
            Ok(_) => Ok(Member::Text("off".to_owned())),
            Err(_) => one_of(text),
        };
        settings.extend(self.read("SIGN_RESPONSES", signs)?.map(|value| ("sign_responses", value)));
        settings.extend(self.read("SIGNATURE_HEADER", one_of)?.map(|value| ("header", value)));
        if let Some(text) = self.get("SIGNATURE_MODE")? {
            settings.extend(signature_mode(&text).map_err(|error| unfit("SIGNATURE_MODE", error))?);
        }
        Ok(settings)
    }

    fn replay(&self) -> Result<Store> {
        let text = self.get("REPLAY_STORE")?;
        let allow_eviction = self.read("REPLAY_ALLOW_EVICTION", flag)? == Some(Member::Flag(true));
        self.fails_closed()?;
        let snapshot = self.get("REPLAY_SNAPSHOT")?.map(|text| text.to_string());
        let (kind, target) = store(text.as_deref().map_or("memory", String::as_str))
            .map_err(|error| unfit("REPLAY_STORE", error))?;
        if allow_eviction && kind != "redis" {
            return Err(unfit("REPLAY_ALLOW_EVICTION", invalid("the store is not Redis")));
        }
        if snapshot.is_some() && kind != "memory" {
            return Err(unfit("REPLAY_SNAPSHOT", invalid("the store is not the memory of the process")));
        }
        let timeout_ms = self.number_within("REPLAY_TIMEOUT_MS", 50, 10_000)?;
        Ok(Store { kind, target, timeout_ms, allow_eviction, snapshot })
    }

    /// There is no choice here, so whoever asks for another behaviour is told, and not left to believe that he has it.
    fn fails_closed(&self) -> Result<()> {
        let failure = self.get("REPLAY_STORE_FAILURE")?;
        if failure.is_some_and(|text| *text != "reject") {
            let error = invalid("a request is refused where the store cannot tell: there is only `reject`");
            return Err(unfit("REPLAY_STORE_FAILURE", error));
        }
        if self.read("REPLAY_REDIS_WAIT", flag)? == Some(Member::Flag(true)) {
            return Err(unfit("REPLAY_REDIS_WAIT", invalid("replicas are not waited for: there is only 0")));
        }
        Ok(())
    }

    /// The text of a variable that is there and not empty.
    fn get(&self, name: &str) -> Result<Option<Zeroizing<String>>> {
        let found = self.0.iter().find(|(key, _)| key.raw() == name.as_bytes());
        let Some((_, value)) = found else { return Ok(None) };
        let text = value.as_text().ok_or_else(|| unfit(name, invalid("a variable is not a string")))?;
        let text = Zeroizing::new(text.to_text().trim().to_owned());
        Ok((!text.is_empty()).then_some(text))
    }

    fn read(&self, name: &str, how: impl FnOnce(&str) -> Result<Member>) -> Result<Option<Member>> {
        self.get(name)?.map(|text| how(&text).map_err(|error| unfit(name, error))).transpose()
    }

    /// As [`read`](Self::read), of where something is found; null where nothing is said.
    fn place(&self, name: &str, how: impl FnOnce(&str) -> Result<Member>) -> Result<Member> {
        Ok(self.read(name, how)?.unwrap_or(Member::Null))
    }

    fn number_within(&self, name: &str, default: usize, most: usize) -> Result<usize> {
        match self.read(name, number)? {
            None => Ok(default),
            Some(Member::Number(number)) if (1..=most).contains(&number) => Ok(number),
            Some(_) => {
                let error = invalid("a number is out of range").with_number("least", 1);
                Err(unfit(name, error.with_number("most", most)))
            }
        }
    }
}

/// The store of nonces.
struct Store {
    kind: &'static str,
    target: Option<String>,
    timeout_ms: usize,
    allow_eviction: bool,
    snapshot: Option<String>,
}

impl Store {
    fn member(self) -> Member {
        let text = |text: Option<String>| text.map_or(Member::Null, Member::Text);
        Member::Object(vec![
            ("allow_eviction", Member::Flag(self.allow_eviction)),
            ("kind", Member::Text(self.kind.to_owned())),
            ("snapshot", text(self.snapshot)),
            ("target", text(self.target)),
            ("timeout_ms", Member::Number(self.timeout_ms)),
        ])
    }
}

/// `memory`, `redis://…`, `rediss://…` or `sqlite:PATH`.
fn store(text: &str) -> Result<(&'static str, Option<String>)> {
    let unknown = || invalid("the store is `memory`, `redis://…`, `rediss://…` or `sqlite:PATH`");
    if text == "memory" {
        return Ok(("memory", None));
    }
    if let Some(path) = text.strip_prefix("sqlite:") {
        return if path.is_empty() { Err(unknown()) } else { Ok(("sqlite", Some(path.to_owned()))) };
    }
    let rest = text.strip_prefix("redis://").or(text.strip_prefix("rediss://")).ok_or_else(unknown)?;
    if rest.is_empty() { Err(unknown()) } else { Ok(("redis", Some(text.to_owned()))) }
}

/// Keys that stand there, a URL, or a file.
fn trusted_keys(text: &str, private_addresses: bool) -> Result<Member> {
    if text.starts_with(['{', '[']) {
        return Ok(place("inline", text));
    }
    if !text.contains("://") {
        return Ok(place("file", text));
    }
    let url = normalize(text)?;
    let is_loopback = Origin::parse(url.split('?').next().unwrap_or(&url))?.is_loopback();
    if url.starts_with("https://") || (is_loopback && private_addresses) {
        return Ok(place("url", &url));
    }
    Err(invalid("keys come from an https URL, or with JWKS_PRIVATE_ADDRESSES=1 from this machine"))
}

fn signing_key(text: &str) -> Member {
    place(if text.starts_with('{') || text.starts_with("-----BEGIN ") { "inline" } else { "file" }, text)
}

fn place(kind: &'static str, text: &str) -> Member {
    Member::Object(vec![(kind, Member::Text(text.to_owned()))])
}

/// The variable that a setting comes from.
fn variable(setting: &str) -> String {
    match setting {
        "mode" | "routes" => "SIGNATURE_MODE".to_owned(),
        "header" => "SIGNATURE_HEADER".to_owned(),
        "trust" => "TRUSTED_KEYS".to_owned(),
        other => other.to_ascii_uppercase(),
    }
}

#[cfg(test)]
mod tests;
