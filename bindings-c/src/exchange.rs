//! One request at a gateway, and its response.

use std::ffi::c_char;

use samebyte::api::{self, Code, Error, Step};

use crate::border;
use crate::bytes::sb_bytes;
use crate::error::sb_error;
use crate::http::{self, sb_answer};

/// What is to be done next in an exchange. Functions give it as `int32_t`.
#[repr(C)]
#[allow(non_camel_case_types, reason = "the name in C")]
#[expect(dead_code, reason = "read by C through the header; numbers come from core")]
pub enum sb_step {
    /// Call the handler with the request as it came: it is not verified, and need not be.
    SB_STEP_PASS = 0,
    /// Fetch the keys of `sb_exchange_source`, free this exchange, and begin again.
    SB_STEP_KEYS = 1,
    /// Read the body, at most `sb_exchange_limit` bytes, and hand it to `sb_exchange_body`.
    SB_STEP_BODY = 2,
    /// Reserve the nonce of `sb_exchange_reservation`, and hand the verdict to `sb_exchange_reserved`.
    SB_STEP_RESERVE = 3,
    /// Call the handler with `sb_exchange_verified_body`.
    SB_STEP_ACCEPT = 4,
    /// Send `sb_exchange_answer`. The handler is not called.
    SB_STEP_REJECT = 5,
}

/// One request at a gateway, and its response. It changes with each call, and belongs to one thread at a time. Free with
/// `sb_exchange_free`.
#[allow(non_camel_case_types, reason = "the name in C")]
pub struct sb_exchange(pub(crate) api::Exchange);

/// What a store of nonces is asked to do, at once or not at all: note the key for so long, and say whether it was there.
#[repr(C)]
#[allow(non_camel_case_types, reason = "the name in C")]
pub struct sb_reservation {
    /// The key: 16 bytes.
    key: [u8; 16],
    /// 16 bytes that tell this attempt from others: a key that is there with the same owner is new.
    owner: [u8; 16],
    /// For how long, in milliseconds.
    ttl_ms: u64,
}

/// The step as a number.
fn number(step: Step) -> i32 {
    i32::from(step as u8)
}

/// `invalid_argument`: the exchange is at another step.
fn elsewhere() -> Error {
    Error::new(Code::InvalidArgument, "the exchange is at another step")
}

/// What is to be done next: one of `sb_step`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_exchange_step(
    exchange: *const sb_exchange,
    step: *mut i32,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe { border::call(step, error, || Ok(number(border::handle(exchange)?.0.step()))) }
}

/// At `SB_STEP_KEYS`: the source whose keys are to be fetched, for `sb_gateway_keys_due` and `sb_gateway_keys_put`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_exchange_source(
    exchange: *const sb_exchange,
    source: *mut usize,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe { border::call(source, error, || Ok(border::handle(exchange)?.0.source())) }
}

/// How many bytes a body may have at most. Where there are more, hand `SB_BODY_TOO_LARGE` to `sb_exchange_refuse`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_exchange_limit(
    exchange: *const sb_exchange,
    limit: *mut usize,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe { border::call(limit, error, || Ok(border::handle(exchange)?.0.limit())) }
}

/// At `SB_STEP_BODY`: verifies the request with its body. `step` is what is to be done next.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_exchange_body(
    exchange: *mut sb_exchange,
    body: *const c_char,
    body_length: usize,
    now_ms: u64,
    step: *mut i32,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(step, error, || {
            let exchange = border::handle_unshared(exchange)?;
            let body = border::input(body, body_length)?;
            api::exchange_body(&mut exchange.0, body, now_ms).map(number)
        })
    }
}

/// At `SB_STEP_RESERVE`: what to reserve.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_exchange_reservation(
    exchange: *const sb_exchange,
    reservation: *mut sb_reservation,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(reservation, error, || {
            let exchange = border::handle(exchange)?;
            let made = exchange.0.reservation().ok_or_else(elsewhere)?;
            Ok(sb_reservation { key: made.key, owner: made.owner, ttl_ms: made.ttl_ms })
        })
    }
}

/// At `SB_STEP_RESERVE`: takes the verdict of the store, one of `sb_verdict`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_exchange_reserved(
    exchange: *mut sb_exchange,
    verdict: i32,
    now_ms: u64,
    step: *mut i32,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(step, error, || {
            let exchange = border::handle_unshared(exchange)?;
            api::exchange_reserved(&mut exchange.0, http::verdict(verdict)?, now_ms).map(number)
        })
    }
}

/// Refuses the request for what was found while its body was read: `SB_BODY_TOO_LARGE`, `SB_BODY_TIMEOUT`,
/// `SB_OVERLOADED` or `SB_REPLAY_STORE_UNAVAILABLE`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_exchange_refuse(
    exchange: *mut sb_exchange,
    code: i32,
    now_ms: u64,
    step: *mut i32,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(step, error, || {
            let exchange = border::handle_unshared(exchange)?;
            let code = u16::try_from(code).ok().and_then(Code::from_number);
            let code =
                code.ok_or_else(|| Error::new(Code::InvalidArgument, "the code is none of `sb_code`"))?;
            api::exchange_refuse(&mut exchange.0, code, now_ms).map(number)
        })
    }
}

/// At `SB_STEP_REJECT`: the complete response, with its signature where it has one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_exchange_answer(
    exchange: *const sb_exchange,
    answer: *mut sb_answer,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(answer, error, || {
            let exchange = border::handle(exchange)?;
            exchange.0.answer().cloned().map(sb_answer::new).ok_or_else(elsewhere)
        })
    }
}

/// At `SB_STEP_ACCEPT`: the body for the handler, which is what was verified.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_exchange_verified_body(
    exchange: *const sb_exchange,
    body: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(body, error, || {
            let exchange = border::handle(exchange)?;
            if exchange.0.step() != Step::Accept {
                return Err(elsewhere());
            }
            Ok(sb_bytes::new(exchange.0.body().to_vec()))
        })
    }
}

/// At `SB_STEP_ACCEPT`: who signed, as canonical JSON
/// `{"alg","aud","exp","iat","iss"?,"kid","nonce","request_hash","tenant"}`. Nothing (`data` is `NULL`) elsewhere.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_exchange_identity(
    exchange: *const sb_exchange,
    identity: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(identity, error, || {
            let exchange = border::handle(exchange)?;
            Ok(exchange.0.identity().map_or_else(sb_bytes::none, |identity| sb_bytes::new(identity.to_vec())))
        })
    }
}

/// Why the request was refused, or would have been where it is only observed, or why its response could not be signed: an
/// error, and its code, as of a function that failed. `SB_OK` where there is no fault.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_exchange_fault(exchange: *const sb_exchange, error: *mut *mut sb_error) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(&mut (), error, || match border::handle(exchange)?.0.fault() {
            Some(fault) => Err(fault.clone()),
            None => Ok(()),
        })
    }
}

/// A line for the log, as canonical JSON:
/// `{"code"?,"detail"?,"kid"?,"method","mode","outcome","path","tenant"?,"trace_id"}`. It never holds a body or a secret.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_exchange_event(
    exchange: *const sb_exchange,
    event: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe { border::call(event, error, || Ok(sb_bytes::new(border::handle(exchange)?.0.event()))) }
}

/// Whether the response of the handler is to be handed to `sb_exchange_respond` before it is sent: 1 or 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_exchange_signs_response(
    exchange: *const sb_exchange,
    signs: *mut i32,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe { border::call(signs, error, || Ok(border::handle(exchange)?.0.signs_response().into())) }
}

/// Signs the response of the handler. `content_type` is `NULL` (with length 0) where there is none; `body` is `NULL` where
/// it is streamed or too large to be held. The answer is what to send in its place: its status, the fields to set among
/// those that the handler gave, and its body. `SB_RESPONSE_NOT_SIGNABLE` and `SB_RESPONSE_SIGNER_UNAVAILABLE`: no client
/// requires a signature, and the response goes out as it is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_exchange_respond(
    exchange: *mut sb_exchange,
    status: i32,
    content_type: *const c_char,
    content_type_length: usize,
    body: *const c_char,
    body_length: usize,
    now_ms: u64,
    answer: *mut sb_answer,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(answer, error, || {
            let exchange = border::handle_unshared(exchange)?;
            let content_type = border::optional_name(content_type, content_type_length)?;
            let body = border::optional(body, body_length)?;
            api::exchange_respond(&mut exchange.0, http::status(status)?, content_type, body, now_ms)
                .map(sb_answer::new)
        })
    }
}

/// Frees an exchange; `NULL` is accepted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_exchange_free(exchange: *mut sb_exchange) {
    // SAFETY: the contract of the crate is what the helper asks for.
    unsafe { border::release(exchange) };
}
