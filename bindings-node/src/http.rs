//! Signed requests and responses: the gateway.
#![expect(clippy::too_many_arguments, reason = "the parts of a message, and where its output goes")]

use std::fs::File;
use std::sync::{Arc, Mutex, PoisonError};

use napi_derive::napi;
use samebyte::api::{
    self, Answer, Code, Error, Exchange, Gateway, Head, Reservation, SigningKey, Step, guard,
};

use crate::border::{Bytes, Handle, Latin1, Outcome, Output, Target, Written, pair};
use crate::input::bytes;

/// An exchange, which the calls of the face take turns at.
pub(crate) type Shared = Arc<Mutex<Exchange>>;

/// [`api::http_fields`]: names and values in turn with a line feed between; none are an empty text.
#[napi]
pub(crate) fn http_fields(input: Bytes, length: u32) -> Outcome<Latin1> {
    let parts = || {
        let fields = api::http_fields(bytes(&input, length)?)?;
        let parts: Vec<&[u8]> = fields.into_iter().flat_map(|(name, value)| [name, value]).collect();
        Ok(Latin1(parts.join(&b'\n')))
    };
    Outcome(guard(parts))
}

/// [`api::http_target_normalize`].
#[napi]
pub(crate) fn http_target_normalize(url: String) -> Outcome<String> {
    Outcome(api::http_target_normalize(&url))
}

/// [`api::http_response_is_streamed`].
#[napi]
pub(crate) fn http_response_is_streamed(content_type: Latin1, content_encoding: Latin1) -> bool {
    api::http_response_is_streamed(&content_type.0, &content_encoding.0)
}

/// [`api::http_address_is_public`].
#[napi]
pub(crate) fn http_address_is_public(address: String) -> bool {
    api::http_address_is_public(&address)
}

/// [`api::http_settings`], as text.
#[napi]
pub(crate) fn http_settings(input: Bytes, length: u32) -> Outcome<Output> {
    Outcome(guard(|| api::http_settings(bytes(&input, length)?).map(Output)))
}

/// [`api::replay_key`] in hex.
#[napi]
pub(crate) fn replay_key(tenant: String, signer: String, nonce: String, observed: bool) -> String {
    hex(&api::replay_key(&tenant, &signer, &nonce, observed))
}

/// [`api::gateway_new`].
#[napi]
pub(crate) fn gateway_new(
    input: Bytes,
    length: u32,
    key: Option<Handle<SigningKey>>,
    now: i64,
) -> Outcome<Handle<Gateway>> {
    let new = || api::gateway_new(bytes(&input, length)?, key.as_ref().map(|key| &key.0), time(now));
    Outcome(guard(new).map(Handle))
}

/// [`api::gateway_jwks`], as text.
#[napi]
pub(crate) fn gateway_jwks(gateway: Handle<Gateway>) -> Outcome<Output> {
    Outcome(api::gateway_jwks(&gateway.0).map(Output))
}

/// [`api::gateway_stats`], as text.
#[napi]
pub(crate) fn gateway_stats(gateway: Handle<Gateway>, now: i64) -> Outcome<Output> {
    Outcome(api::gateway_stats(&gateway.0, time(now)).map(Output))
}

/// [`api::gateway_keys_due`]; `null` where nothing is to be fetched.
#[napi]
pub(crate) fn gateway_keys_due(gateway: Handle<Gateway>, source: u32, now: i64) -> Outcome<Option<String>> {
    Outcome(api::gateway_keys_due(&gateway.0, source as usize, time(now)))
}

/// [`api::gateway_keys_put`].
#[napi]
pub(crate) fn gateway_keys_put(
    gateway: Handle<Gateway>,
    source: u32,
    jwks: Option<Bytes>,
    now: i64,
) -> Outcome<()> {
    let put = || {
        let jwks = crate::input::optional(jwks.as_ref())?;
        api::gateway_keys_put(&gateway.0, source as usize, jwks, time(now))
    };
    Outcome(guard(put))
}

/// [`api::gateway_state_lost`].
#[napi]
pub(crate) fn gateway_state_lost(gateway: Handle<Gateway>, now: i64) -> Outcome<()> {
    Outcome(api::gateway_state_lost(&gateway.0, time(now)))
}

/// [`api::gateway_snapshot`].
#[napi]
pub(crate) fn gateway_snapshot(
    gateway: Handle<Gateway>,
    now: i64,
    pool: Target,
    offset: u32,
) -> Outcome<Written> {
    pool.write(offset, api::gateway_snapshot(&gateway.0, time(now)))
}

/// [`api::gateway_restore`].
#[napi]
pub(crate) fn gateway_restore(gateway: Handle<Gateway>, snapshot: Bytes, now: i64) -> Outcome<()> {
    Outcome(guard(|| api::gateway_restore(&gateway.0, snapshot.as_slice()?, time(now))))
}

/// [`api::gateway_begin`]. `fields`: names and values in turn, `count` of them, with a line feed between. `state` takes
/// what [`note`] says.
#[napi]
pub(crate) fn gateway_begin(
    gateway: Handle<Gateway>,
    method: Latin1,
    target: Latin1,
    fields: Latin1,
    count: u32,
    authority: Option<Latin1>,
    peer: Option<String>,
    now: i64,
    state: Target,
) -> Outcome<Handle<Shared>> {
    let begin = || {
        let fields = field_lines(&fields.0, count)?;
        let head = Head {
            method: &method.0,
            target: &target.0,
            authority: authority.as_ref().map(|authority| &*authority.0),
            peer: peer.as_deref(),
            fields: &fields,
        };
        let exchange = api::gateway_begin(&gateway.0, &head, time(now))?;
        note(&exchange, &state)?;
        Ok(Handle(Arc::new(Mutex::new(exchange))))
    };
    Outcome(guard(begin))
}

/// [`api::exchange_body`]; the output is that of [`output`].
#[napi]
pub(crate) fn exchange_body(
    exchange: Handle<Shared>,
    body: Bytes,
    now: i64,
    pool: Target,
    offset: u32,
    state: Target,
) -> Outcome<Written> {
    let read = |exchange: &mut Exchange| api::exchange_body(exchange, body.as_slice()?, time(now));
    pool.write(offset, step(&exchange.0, &state, read))
}

/// [`api::exchange_reserved`]; the output is that of [`output`].
#[napi]
pub(crate) fn exchange_reserved(
    exchange: Handle<Shared>,
    verdict: String,
    now: i64,
    pool: Target,
    offset: u32,
    state: Target,
) -> Outcome<Written> {
    let reserved = |exchange: &mut Exchange| {
        let verdict = api::ReplayVerdict::from_name(&verdict)
            .ok_or_else(|| Error::new(Code::InvalidArgument, "a replay store gave a verdict that is none"))?;
        api::exchange_reserved(exchange, verdict, time(now))
    };
    pool.write(offset, step(&exchange.0, &state, reserved))
}

/// [`api::exchange_refuse`]; the output is that of [`output`].
#[napi]
pub(crate) fn exchange_refuse(
    exchange: Handle<Shared>,
    code: String,
    now: i64,
    pool: Target,
    offset: u32,
    state: Target,
) -> Outcome<Written> {
    let refuse = |exchange: &mut Exchange| {
        let code = Code::from_name(&code).ok_or_else(|| Error::new(Code::Internal, "a code that is none"))?;
        api::exchange_refuse(exchange, code, time(now))
    };
    pool.write(offset, step(&exchange.0, &state, refuse))
}

/// [`output`] of an exchange as it stands.
#[napi]
pub(crate) fn exchange_output(exchange: Handle<Shared>, pool: Target, offset: u32) -> Outcome<Written> {
    pool.write(offset, guard(|| output(&lock(&exchange.0))))
}

/// [`api::exchange_respond`]: the answer as [`written`] has it.
#[napi]
pub(crate) fn exchange_respond(
    exchange: Handle<Shared>,
    status: u32,
    content_type: Option<String>,
    body: Option<Bytes>,
    now: i64,
    pool: Target,
    offset: u32,
) -> Outcome<Written> {
    let respond = || {
        let status = u16::try_from(status).unwrap_or_default();
        let body = crate::input::optional(body.as_ref())?;
        let exchange = &mut lock(&exchange.0);
        written(&api::exchange_respond(exchange, status, content_type.as_deref(), body, time(now))?)
    };
    pool.write(offset, guard(respond))
}

/// What an exchange says for the log, as text.
#[napi]
pub(crate) fn exchange_event(exchange: Handle<Shared>) -> Outcome<Output> {
    Outcome(guard(|| Ok(Output(lock(&exchange.0).event()))))
}

/// Takes an exclusive lock on a file, which is made where there is none, until the handle is collected or the process
/// ends; `null` where another holds it.
#[napi]
pub(crate) fn file_lock(path: String) -> Outcome<Option<Handle<Arc<File>>>> {
    let lock = || {
        let failed = |error: std::io::Error| {
            Error::new(Code::SettingsInvalid, format!("the file of the lock cannot be used: {error}"))
        };
        let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Handle(Arc::new(file)))),
            Err(std::fs::TryLockError::WouldBlock) => Ok(None),
            Err(std::fs::TryLockError::Error(error)) => Err(failed(error)),
        }
    };
    Outcome(guard(lock))
}

/// Gives a lock back.
#[napi]
pub(crate) fn file_unlock(lock: Handle<Arc<File>>) {
    // What it is for ends; there is nobody to tell when even that fails, and the process gives it back in any case.
    _ = lock.0.unlock();
}

/// One step of an exchange: the new state, and the output that belongs to it.
fn step(
    exchange: &Shared,
    state: &Target,
    work: impl FnOnce(&mut Exchange) -> api::Result<Step>,
) -> api::Result<Vec<u8>> {
    guard(|| {
        let exchange = &mut lock(exchange);
        work(exchange)?;
        note(exchange, state)?;
        output(exchange)
    })
}

/// Where an exchange is: the step, whether the response is to be signed, the source of the keys (two bytes,
/// little-endian), and the most bytes of a body (four bytes).
fn note(exchange: &Exchange, state: &Target) -> api::Result<()> {
    state.put(&noted(exchange))
}

/// What [`note`] notes.
pub(crate) fn noted(exchange: &Exchange) -> [u8; 8] {
    let mut bytes = [0; 8];
    bytes[0] = exchange.step() as u8;
    bytes[1] = exchange.signs_response().into();
    bytes[2..4].copy_from_slice(&u16::try_from(exchange.source()).unwrap_or(u16::MAX).to_le_bytes());
    bytes[4..].copy_from_slice(&u32::try_from(exchange.limit()).unwrap_or(u32::MAX).to_le_bytes());
    bytes
}

/// What the face needs at this step: at `Accept` a pair of identity and body, at `Reserve` key, owner and milliseconds
/// with spaces between, at `Reject` the answer.
pub(crate) fn output(exchange: &Exchange) -> api::Result<Vec<u8>> {
    let missing = || Error::new(Code::Internal, "an exchange without what its step promises");
    match exchange.step() {
        Step::Accept => pair(exchange.identity().ok_or_else(missing)?, exchange.body()),
        Step::Reserve => {
            let Reservation { key, owner, ttl_ms } = exchange.reservation().ok_or_else(missing)?;
            Ok(format!("{} {} {ttl_ms}", hex(&key), hex(&owner)).into_bytes())
        }
        Step::Reject => written(exchange.answer().ok_or_else(missing)?),
        Step::Pass | Step::Keys | Step::Body => Ok(Vec::new()),
    }
}

/// A pair: the status and the fields as lines, and the body.
pub(crate) fn written(answer: &Answer) -> api::Result<Vec<u8>> {
    let mut head = answer.status.to_string();
    for (name, value) in &answer.fields {
        head.push_str(&format!("\n{name}\n{value}"));
    }
    pair(head.as_bytes(), &answer.body)
}

/// Names and values, a line feed after each but the last. Neither holds one: that is for the parser of the host to see to,
/// and a count that is another one shows it.
pub(crate) fn field_lines(text: &[u8], count: u32) -> api::Result<Vec<(&[u8], &[u8])>> {
    let broken = || Error::new(Code::InvalidArgument, "a field of the head holds a line feed");
    if count == 0 {
        return Ok(Vec::new());
    }
    let mut parts = text.split(|byte| *byte == b'\n');
    let mut fields = Vec::with_capacity(count as usize / 2);
    while let Some(name) = parts.next() {
        fields.push((name, parts.next().ok_or_else(broken)?));
    }
    if fields.len() * 2 == count as usize { Ok(fields) } else { Err(broken()) }
}

/// Unix milliseconds as JavaScript has them.
pub(crate) fn time(now: i64) -> u64 {
    u64::try_from(now).unwrap_or_default()
}

pub(crate) fn lock(exchange: &Shared) -> std::sync::MutexGuard<'_, Exchange> {
    exchange.lock().unwrap_or_else(PoisonError::into_inner)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
