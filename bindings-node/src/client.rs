//! Signed requests and responses: the client.
#![expect(clippy::too_many_arguments, reason = "the parts of a message, and where its output goes")]

use napi_derive::napi;
use samebyte::api::{self, Call, Client, Keyset, SigningKey, guard};

use crate::border::{Bytes, Handle, Latin1, Outcome, Target, Written, pair};
use crate::http::{field_lines, time};
use crate::input::{json, optional};

/// [`api::client_new`].
#[napi]
pub(crate) fn client_new(
    key: Handle<SigningKey>,
    responses: Option<Handle<Keyset>>,
    options: Option<String>,
) -> Outcome<Handle<Client>> {
    let responses = responses.as_ref().map(|keys| &keys.0);
    Outcome(api::client_new(&key.0, responses, json(options.as_deref())).map(Handle))
}

/// [`api::client_sign`]; `fields` as those of `gateway_begin`.
#[napi]
pub(crate) fn client_sign(
    client: Handle<Client>,
    method: String,
    url: String,
    fields: Latin1,
    count: u32,
    body: Option<Bytes>,
    nonce: Option<String>,
    now: i64,
) -> Outcome<Handle<Call>> {
    let sign = || {
        let fields = field_lines(&fields.0, count)?;
        let body = optional(body.as_ref())?;
        api::client_sign(&client.0, &method, &url, &fields, body, nonce.as_deref(), time(now))
    };
    Outcome(guard(sign).map(Handle))
}

/// [`Call::header`]: name and value with a line feed between.
#[napi]
pub(crate) fn call_header(call: Handle<Call>) -> String {
    let (name, value) = call.0.header();
    format!("{name}\n{value}")
}

/// [`Call::body`]; `null` for none.
#[napi]
pub(crate) fn call_body(call: Handle<Call>) -> Option<Written> {
    call.0.body().map(|body| Written::Own(body.to_vec()))
}

/// [`api::call_verify`]: the body and the report, as a pair.
#[napi]
pub(crate) fn call_verify(
    call: Handle<Call>,
    status: u32,
    fields: Latin1,
    count: u32,
    body: Bytes,
    now: i64,
    pool: Target,
    offset: u32,
) -> Outcome<Written> {
    let verify = || {
        let fields = field_lines(&fields.0, count)?;
        let status = u16::try_from(status).unwrap_or_default();
        let verified = api::call_verify(&call.0, status, &fields, body.as_slice()?, time(now))?;
        pair(&verified.body, &verified.report)
    };
    pool.write(offset, guard(verify))
}
