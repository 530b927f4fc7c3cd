//! Signed requests and responses, each from its first byte to its last: what a host does with the state machine.

use samebyte::api::{
    self, Answer, Code, Error, Exchange, Field, Gateway, Head, ReplayVerdict, Result, SigningKey, Step,
};
use serde_json::{Value, json};

use super::arguments::Arguments;
use super::text;

pub(super) fn perform(operation: &str, arguments: Arguments<'_>) -> Option<Result<Value>> {
    Some(match operation {
        "http_target_normalize" => normalize(arguments),
        "http_settings" => settings(arguments),
        "replay_key" => replay_key(arguments),
        "http_request_sign" => request_sign(arguments),
        "http_request_verify" => request_verify(arguments),
        "http_response_sign" => response_sign(arguments),
        "http_response_verify" => response_verify(arguments),
        _ => return None,
    })
}

fn normalize(arguments: Arguments<'_>) -> Result<Value> {
    Ok(json!({"normalized": api::http_target_normalize(arguments.text("url")?)?}))
}

fn settings(arguments: Arguments<'_>) -> Result<Value> {
    Ok(json!({"plan_utf8": text(api::http_settings(&arguments.bytes("environment")?)?)}))
}

fn replay_key(arguments: Arguments<'_>) -> Result<Value> {
    let observed = arguments.optional_text("observed")? == Some("true");
    let [tenant, signer, nonce] = ["tenant", "signer", "nonce"].map(|name| arguments.text(name));
    let key = api::replay_key(tenant?, signer?, nonce?, observed);
    Ok(json!({"key_hex": key.iter().map(|byte| format!("{byte:02x}")).collect::<String>()}))
}

fn request_sign(arguments: Arguments<'_>) -> Result<Value> {
    let client = api::client_new(&arguments.signing_key("key")?, None, &arguments.options("options")?)?;
    let call = call(arguments, &client)?;
    let (name, value) = call.header();
    let mut signed = json!({"name": name, "value": value});
    if let Some(body) = call.body() {
        signed["body_utf8"] = text(body);
    }
    Ok(signed)
}

fn call(arguments: Arguments<'_>, client: &api::Client) -> Result<api::Call> {
    let (lines, body) = (arguments.bytes("fields")?, arguments.optional_bytes("body")?);
    let (method, url, nonce) = (arguments.text("method")?, arguments.text("url")?, arguments.text("nonce")?);
    let fields = api::http_fields(&lines)?;
    api::client_sign(client, method, url, &fields, body.as_deref(), Some(nonce), time(arguments, "now")?)
}

fn request_verify(arguments: Arguments<'_>) -> Result<Value> {
    let exchange = received(arguments, None)?;
    let Some(identity) = exchange.identity() else {
        return Ok(json!({"outcome": "pass", "body_utf8": text(arguments.bytes("body")?)}));
    };
    Ok(json!({"outcome": "accept", "identity_utf8": text(identity), "body_utf8": text(exchange.body())}))
}

fn response_sign(arguments: Arguments<'_>) -> Result<Value> {
    let mut exchange = received(arguments, Some(&arguments.signing_key("signing_key")?))?;
    let (status, now) = (status(arguments)?, time(arguments, "now")?);
    let (content_type, body) =
        (arguments.optional_text("content_type")?, arguments.optional_bytes("response")?);
    if !exchange.signs_response() {
        return Ok(json!({"status": status, "body_utf8": text(body.unwrap_or_default())}));
    }
    let answer = api::exchange_respond(&mut exchange, status, content_type, body.as_deref(), now)?;
    refusal(Some(&answer))?;
    let mut sent = json!({"status": answer.status, "body_utf8": text(answer.body)});
    if let Some((_, value)) = answer.fields.iter().find(|(name, _)| name == "x-signature") {
        sent["value"] = value.as_str().into();
    }
    Ok(sent)
}

fn response_verify(arguments: Arguments<'_>) -> Result<Value> {
    let keys = api::keyset_from_jwks(&arguments.bytes("jwks")?)?;
    let key = arguments.signing_key("key")?;
    let client = api::client_new(&key, Some(&keys), &arguments.options("options")?)?;
    let call = call(arguments, &client)?;
    let (lines, body) = (arguments.bytes("response_fields")?, arguments.bytes("response")?);
    let fields = api::http_fields(&lines)?;
    let received = time(arguments, "received")?;
    let verified = api::call_verify(&call, status(arguments)?, &fields, &body, received)?;
    Ok(json!({"body_utf8": text(verified.body), "report_utf8": text(verified.report)}))
}

/// A request that a gateway let pass or accepted. The error is the code of its refusal.
fn received(arguments: Arguments<'_>, signing_key: Option<&SigningKey>) -> Result<Exchange> {
    let now = time(arguments, "now")?;
    let gateway = api::gateway_new(&arguments.bytes("settings")?, signing_key, now)?;
    let (lines, body) = (arguments.bytes("fields")?, arguments.bytes("body")?);
    let fields = api::http_fields(&lines)?;
    let mut exchange = begun(arguments, &gateway, &fields, now)?;
    let later = if arguments.0["later"].is_null() { now } else { time(arguments, "later")? };
    if exchange.step() == Step::Body {
        if body.len() > exchange.limit() {
            api::exchange_refuse(&mut exchange, Code::BodyTooLarge, later)?;
        } else {
            api::exchange_body(&mut exchange, &body, later)?;
        }
    }
    if exchange.step() == Step::Reserve {
        let verdict = arguments.optional_text("replay")?.unwrap_or("new");
        let verdict = ReplayVerdict::from_name(verdict).ok_or_else(|| invalid("replay"))?;
        api::exchange_reserved(&mut exchange, verdict, later)?;
    }
    refusal(exchange.answer())?;
    Ok(exchange)
}

/// A request whose head was looked at. No source of keys can be reached from here.
fn begun(arguments: Arguments<'_>, gateway: &Gateway, fields: &[Field<'_>], now: u64) -> Result<Exchange> {
    let (method, target) = (arguments.text("method")?.as_bytes(), arguments.text("target")?.as_bytes());
    let head = Head { method, target, authority: None, peer: None, fields };
    loop {
        let exchange = api::gateway_begin(gateway, &head, now)?;
        if exchange.step() != Step::Keys {
            return Ok(exchange);
        }
        if api::gateway_keys_due(gateway, exchange.source(), now)?.is_none() {
            return Err(Error::new(Code::Internal, "keys are asked for that are not due"));
        }
        api::gateway_keys_put(gateway, exchange.source(), None, now)?;
    }
}

/// The code of an answer that refuses.
fn refusal(answer: Option<&Answer>) -> Result<()> {
    let fields = answer.iter().flat_map(|answer| &answer.fields);
    match fields.into_iter().find(|(name, _)| name == "x-signature-error") {
        None => Ok(()),
        Some((_, code)) => {
            let code = Code::from_name(code);
            Err(Error::new(code.expect("a gateway answers with known codes"), "the gateway refuses"))
        }
    }
}

fn status(arguments: Arguments<'_>) -> Result<u16> {
    u16::try_from(arguments.integer("status")?).map_err(|_| invalid("status"))
}

fn time(arguments: Arguments<'_>, name: &'static str) -> Result<u64> {
    u64::try_from(arguments.integer(name)?).map_err(|_| invalid(name))
}

fn invalid(name: &'static str) -> Error {
    Error::new(Code::InvalidArgument, "an argument is out of its range").with_text("argument", name)
}
