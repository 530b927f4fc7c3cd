//! `request sign`, `request verify` and `request explain`.

mod curl;
mod explain;

use std::fs;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use samebyte::api::{self, Code, Error, Exchange, Field, Gateway, Head, ReplayVerdict, Step};
use serde_json::{Map, Value, json};

use crate::arguments::{Request, RequestSign, RequestVerify, Target};
use crate::clock;
use crate::failure::{Failure, Result};
use crate::input::MAX_BYTES;
use crate::keys;
use crate::output::{Outcome, line};

/// Longer than any request is valid.
const DAY_MS: u64 = 86_400_000;

pub(super) fn run(verb: Request) -> Result<Outcome> {
    match verb {
        Request::Sign(arguments) => sign(&arguments),
        Request::Verify(arguments) => verify(&arguments),
        Request::Explain(arguments) => explain(&arguments),
    }
}

fn sign(arguments: &RequestSign) -> Result<Outcome> {
    let mut options = Map::new();
    let mut set = |name: &str, value: Value| options.insert(name.to_owned(), value);
    for (name, text) in [("aud", &arguments.aud), ("iss", &arguments.iss)] {
        if let Some(text) = text {
            set(name, json!(text));
        }
    }
    if let Some(ttl) = arguments.ttl {
        set("ttl", json!(ttl));
    }
    if !arguments.bind.is_empty() {
        set("hdr", json!(arguments.bind));
    }
    let key = keys::signing_key(&arguments.signer.key, &arguments.signer.password)?;
    let client = api::client_new(&key, None, Value::from(options).to_string().as_bytes())?;
    let target = &arguments.target;
    let (lines, body) = message(target)?;
    let fields = api::http_fields(lines.as_bytes())?;
    let now_ms = clock::milliseconds(arguments.now.as_deref())?;
    let nonce = arguments.nonce.as_deref();
    let call =
        api::client_sign(&client, &target.method, &target.url, &fields, body.as_deref(), nonce, now_ms)?;
    let (name, value) = call.header();
    let sent = call.body();
    let encoded = sent.map(|body| URL_SAFE_NO_PAD.encode(body));
    let json = json!({"body": encoded, "header": {"name": name, "value": value}});
    if let Some(path) = &arguments.body_out {
        fs::write(path, sent.unwrap_or_default()).map_err(|error| Failure::io(path.display(), error))?;
    }
    let plain = if arguments.curl {
        curl::config(target, &lines, (name, value), sent)?
    } else {
        line(format!("{name}: {value}"))
    };
    Ok(Outcome::new(plain, &json))
}

fn verify(arguments: &RequestVerify) -> Result<Outcome> {
    let (settings, now_ms) = (settings(arguments)?, clock::milliseconds(arguments.now.as_deref())?);
    let (lines, body) = received(&arguments.target)?;
    let fields = api::http_fields(lines.as_bytes())?;
    // One that was started long ago: none is cold for what nobody has seen before.
    let gateway = api::gateway_new(&settings, None, now_ms.saturating_sub(DAY_MS))?;
    let exchange = exchange(&gateway, &head(&arguments.target, &fields), &body, now_ms)?;
    let Some(identity) = exchange.identity() else {
        let json = json!({"body": URL_SAFE_NO_PAD.encode(&body), "identity": null});
        return Ok(Outcome::new(body, &json).with_note("passed; nothing of this was verified"));
    };
    let identity: Value = serde_json::from_slice(identity).expect("an identity is JSON");
    let note = format!(
        "valid, signed by {} {}; the nonce was not looked up",
        text(&identity["alg"]),
        identity["kid"]
    );
    let json = json!({"body": URL_SAFE_NO_PAD.encode(exchange.body()), "identity": identity});
    Ok(Outcome::new(exchange.body(), &json).with_note(note))
}

fn explain(arguments: &RequestVerify) -> Result<Outcome> {
    let (settings, now_ms) = (settings(arguments)?, clock::milliseconds(arguments.now.as_deref())?);
    let (lines, body) = received(&arguments.target)?;
    let fields = api::http_fields(lines.as_bytes())?;
    let report = api::http_request_explain(&settings, &head(&arguments.target, &fields), &body, now_ms)?;
    Ok(Outcome { plain: explain::layout(&report), json: report, note: None })
}

/// The request as a gateway takes it from its head to its end, as if its nonce were new.
fn exchange(gateway: &Gateway, head: &Head<'_>, body: &[u8], now_ms: u64) -> Result<Exchange> {
    let mut exchange = api::gateway_begin(gateway, head, now_ms)?;
    // Nothing is fetched from here, so no source of keys can be reached.
    while exchange.step() == Step::Keys
        && api::gateway_keys_due(gateway, exchange.source(), now_ms)?.is_some()
    {
        api::gateway_keys_put(gateway, exchange.source(), None, now_ms)?;
        exchange = api::gateway_begin(gateway, head, now_ms)?;
    }
    if exchange.step() == Step::Body {
        if body.len() > exchange.limit() {
            api::exchange_refuse(&mut exchange, Code::BodyTooLarge, now_ms)?;
        } else {
            api::exchange_body(&mut exchange, body, now_ms)?;
        }
    }
    if exchange.step() == Step::Reserve {
        api::exchange_reserved(&mut exchange, ReplayVerdict::New, now_ms)?;
    }
    match exchange.step() {
        Step::Pass | Step::Accept => Ok(exchange),
        // What a gateway keeps for its log.
        _ => Err(exchange.fault().cloned().map_or_else(Failure::fault, Failure::from)),
    }
}

/// The settings of the file, or those of a gateway at the URL that trusts the keys.
fn settings(arguments: &RequestVerify) -> Result<Vec<u8>> {
    if let Some(source) = &arguments.settings {
        return source.read(MAX_BYTES);
    }
    let keys = match &arguments.jwks {
        Some(jwks) => api::keyset_from_jwks(&jwks.read(MAX_BYTES)?)?,
        None => {
            let public = arguments.public.iter().map(keys::public_key).collect::<Result<Vec<_>>>()?;
            api::keyset_new(&public, &[])?
        }
    };
    let keys: Value = serde_json::from_slice(&api::keyset_to_jwks(&keys)?).expect("a JWK Set is JSON");
    let url = api::http_target_normalize(&arguments.target.url)?;
    let (origin, _) = split(&url);
    let mut settings = json!({"public_origins": [origin], "replay": "external", "trust": keys});
    if !arguments.audiences.is_empty() {
        settings["audiences"] = json!(arguments.audiences);
    }
    Ok(settings.to_string().into_bytes())
}

/// The field lines and the body of a request that was received at the URL.
fn received(target: &Target) -> Result<(String, Vec<u8>)> {
    // It says where the URL is wrong, and without it there is no telling where the host ends.
    api::http_target_normalize(&target.url)?;
    let (mut lines, body) = message(target)?;
    if !target.fields.iter().any(|field| is_named(field, "host")) {
        let (origin, _) = split(&target.url);
        let host = origin.split_once("://").map_or(origin, |(_, host)| host);
        lines.push_str(&format!("host: {host}\r\n"));
    }
    Ok((lines, body.unwrap_or_default()))
}

/// The field lines and the body. A body is JSON unless the lines say otherwise.
fn message(target: &Target) -> Result<(String, Option<Vec<u8>>)> {
    let mut lines = String::new();
    for field in &target.fields {
        if field.contains(['\r', '\n']) {
            return Err(Error::new(Code::InvalidArgument, "a header field is one line").into());
        }
        lines.push_str(field);
        lines.push_str("\r\n");
    }
    let body = target.body.as_ref().map(|source| source.read(MAX_BYTES)).transpose()?;
    if body.is_some() && !target.fields.iter().any(|field| is_named(field, "content-type")) {
        lines.push_str("content-type: application/json\r\n");
    }
    Ok((lines, body))
}

fn head<'a>(target: &'a Target, fields: &'a [Field<'a>]) -> Head<'a> {
    let (_, path) = split(&target.url);
    Head { method: target.method.as_bytes(), target: path.as_bytes(), authority: None, peer: None, fields }
}

/// The origin of a URL, and its path with the query.
fn split(url: &str) -> (&str, &str) {
    let start = url.find("://").map_or(0, |at| at + "://".len());
    let end = url[start..].find(['/', '?']).map_or(url.len(), |at| start + at);
    match url.split_at(end) {
        (origin, "") => (origin, "/"),
        parts => parts,
    }
}

fn is_named(field: &str, name: &str) -> bool {
    field.split(':').next().is_some_and(|own| own.trim().eq_ignore_ascii_case(name))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
