//! Signed requests and responses.

use super::{Code, Keyset, Result, SigningKey, guard};
use crate::json::view::Value;
use crate::replay::Verdict;
use crate::{http, options};

pub use crate::http::{
    Answer, Call, Client, Exchange, Field, Gateway, Head, Reservation, Step, VerifiedResponse,
};
pub use crate::replay::Verdict as ReplayVerdict;

/// The field lines of a text: `name: value`, each closed by CRLF or LF.
///
/// # Errors
/// `invalid_argument`.
pub fn http_fields(text: &[u8]) -> Result<Vec<Field<'_>>> {
    guard(|| http::lines(text))
}

/// An absolute http or https URL in its normal form (RFC 3986 sections 6.2.2 and 6.2.3).
///
/// # Errors
/// `invalid_argument`.
pub fn http_target_normalize(url: &str) -> Result<String> {
    guard(|| http::normalize(url))
}

/// Whether an IP address is one of the public Internet: what a gateway may fetch keys from.
#[must_use]
pub fn http_address_is_public(address: &str) -> bool {
    http::address_is_public(address)
}

/// Whether a response with this Content-Type and this Content-Encoding, each empty where there is none, is not held back
/// to be signed: [`exchange_respond`] is told of it without a body.
#[must_use]
pub fn http_response_is_streamed(content_type: &[u8], content_encoding: &[u8]) -> bool {
    http::is_streamed(content_type, content_encoding)
}

/// What a host makes of environment variables, a JSON object of strings: canonical JSON with the settings of a gateway
/// and what it has to read or connect to itself.
///
/// # Errors
/// The codes of the reader; `settings_invalid`, with `detail.setting`.
pub fn http_settings(environment: &[u8]) -> Result<Vec<u8>> {
    guard(|| http::settings_from_environment(environment))
}

/// What every check finds in a signed request, as canonical JSON for people.
///
/// # Errors
/// Those of [`http::explain`].
pub fn http_request_explain(settings: &[u8], head: &Head<'_>, body: &[u8], now_ms: u64) -> Result<Vec<u8>> {
    guard(|| http::explain(settings, head, body, now_ms))
}

/// The 16 bytes under which a nonce is kept: of tenant, signer (the RFC 7638 thumbprint of the key) and nonce.
/// `observed` tells the requests of routes that are only observed from others.
#[must_use]
pub fn replay_key(tenant: &str, signer: &str, nonce: &str, observed: bool) -> [u8; 16] {
    crate::replay::key(tenant, signer, nonce, observed)
}

/// A gateway. `now_ms`, here and below: Unix time in milliseconds.
///
/// # Errors
/// Those of [`Gateway::new`].
pub fn gateway_new(settings: &[u8], signing_key: Option<&SigningKey>, now_ms: u64) -> Result<Gateway> {
    guard(|| Gateway::new(settings, signing_key.cloned(), now_ms))
}

/// The JWK Set to publish: the public key that verifies responses.
///
/// # Errors
/// None but `internal`.
pub fn gateway_jwks(gateway: &Gateway) -> Result<Vec<u8>> {
    guard(|| Ok(gateway.jwks()))
}

/// Looks at the head of a request.
///
/// # Errors
/// `random_unavailable`.
pub fn gateway_begin(gateway: &Gateway, head: &Head<'_>, now_ms: u64) -> Result<Exchange> {
    guard(|| Exchange::begin(gateway, head, now_ms))
}

/// The address of the keys that are to be fetched now, if they are.
///
/// # Errors
/// None but `internal`.
pub fn gateway_keys_due(gateway: &Gateway, source: usize, now_ms: u64) -> Result<Option<String>> {
    guard(|| Ok(gateway.keys_due(source, now_ms)))
}

/// Takes what was fetched: a JWK Set, or `None` for a failure.
///
/// # Errors
/// Those of [`Gateway::keys_put`].
pub fn gateway_keys_put(gateway: &Gateway, source: usize, jwks: Option<&[u8]>, now_ms: u64) -> Result<()> {
    guard(|| gateway.keys_put(source, jwks, now_ms))
}

/// Notes that a store of nonces outside lost its state.
///
/// # Errors
/// None but `internal`.
pub fn gateway_state_lost(gateway: &Gateway, now_ms: u64) -> Result<()> {
    guard(|| {
        gateway.state_lost(now_ms);
        Ok(())
    })
}

/// Counters, as canonical JSON.
///
/// # Errors
/// None but `internal`.
pub fn gateway_stats(gateway: &Gateway, now_ms: u64) -> Result<Vec<u8>> {
    guard(|| Ok(gateway.stats(now_ms)))
}

/// The live nonces of a gateway that keeps them in memory, for a restart.
///
/// # Errors
/// None but `internal`.
pub fn gateway_snapshot(gateway: &Gateway, now_ms: u64) -> Result<Vec<u8>> {
    guard(|| Ok(gateway.snapshot(now_ms)))
}

/// Takes the nonces of a snapshot.
///
/// # Errors
/// `invalid_argument`.
pub fn gateway_restore(gateway: &Gateway, snapshot: &[u8], now_ms: u64) -> Result<()> {
    guard(|| gateway.restore(snapshot, now_ms))
}

/// Takes the body of a request.
///
/// # Errors
/// Those of [`Exchange::read`].
pub fn exchange_body(exchange: &mut Exchange, body: &[u8], now_ms: u64) -> Result<Step> {
    guard(|| exchange.read(body, now_ms))
}

/// Takes what the store of nonces said.
///
/// # Errors
/// Those of [`Exchange::reserved`].
pub fn exchange_reserved(exchange: &mut Exchange, verdict: Verdict, now_ms: u64) -> Result<Step> {
    guard(|| exchange.reserved(verdict, now_ms))
}

/// Refuses a request for what the host found: `body_too_large`, `body_timeout`, `overloaded`,
/// `replay_store_unavailable`.
///
/// # Errors
/// Those of [`Exchange::give_up`].
pub fn exchange_refuse(exchange: &mut Exchange, code: Code, now_ms: u64) -> Result<Step> {
    guard(|| exchange.give_up(code, now_ms))
}

/// Signs the response of the handler; `body` is `None` where it is streamed or too large to be held.
///
/// # Errors
/// Those of [`Exchange::respond`].
pub fn exchange_respond(
    exchange: &mut Exchange,
    status: u16,
    content_type: Option<&str>,
    body: Option<&[u8]>,
    now_ms: u64,
) -> Result<Answer> {
    guard(|| exchange.respond(status, content_type, body, now_ms))
}

/// A client that signs requests with `key` and verifies responses with `responses`. `options`: `{"aud","iss","ttl",
/// "rsp":"sign","hdr":[names],"ath":bool,"header","clock_skew","future_skew","max_body","require_signed":bool}`.
///
/// # Errors
/// `unknown_option`, `invalid_argument`.
pub fn client_new(key: &SigningKey, responses: Option<&Keyset>, options: &[u8]) -> Result<Client> {
    guard(|| Client::new(key.clone(), responses.cloned(), self::options(options)?))
}

/// Signs a request.
///
/// # Errors
/// Those of [`Client::sign`].
pub fn client_sign(
    client: &Client,
    method: &str,
    url: &str,
    fields: &[Field<'_>],
    body: Option<&[u8]>,
    nonce: Option<&str>,
    now_ms: u64,
) -> Result<Call> {
    guard(|| client.sign(method, url, fields, body, nonce, now_ms))
}

/// Verifies the response to a signed request.
///
/// # Errors
/// Those of [`Call::verify`].
pub fn call_verify(
    call: &Call,
    status: u16,
    fields: &[Field<'_>],
    body: &[u8],
    now_ms: u64,
) -> Result<VerifiedResponse> {
    guard(|| call.verify(status, fields, body, now_ms))
}

/// The options of a client.
fn options(text: &[u8]) -> Result<http::ClientOptions> {
    let mut asked = http::ClientOptions::default();
    let seconds = |value: Value<'_>| options::integer(value).map(|seconds| seconds as u64);
    options::each(text, |name, value| {
        match name {
            "aud" => asked.audience = Some(options::text(value)?),
            "iss" => asked.issuer = Some(options::text(value)?),
            "ttl" => asked.ttl = seconds(value)?,
            "rsp" if options::text(value)? == "sign" => asked.demand_signature = true,
            "rsp" => return Err(options::invalid("rsp is `sign`")),
            "hdr" => asked.bound_fields = options::texts(value)?,
            "ath" => asked.bind_credential = options::flag(value)?,
            "header" => asked.header = options::text(value)?,
            "clock_skew" => asked.clock_skew = seconds(value)?,
            "future_skew" => asked.future_skew = seconds(value)?,
            "max_body" => asked.max_body = options::integer(value)?,
            "require_signed" => asked.require_signed = Some(options::flag(value)?),
            _ => return Err(options::unknown()),
        }
        Ok(())
    })?;
    Ok(asked)
}
