//! The client side of signed requests and responses.

use std::ffi::c_char;

use samebyte::api;

use crate::border;
use crate::bytes::sb_bytes;
use crate::error::sb_error;
use crate::http;
use crate::keyset::sb_keyset;
use crate::signing_key::sb_signing_key;

/// Signs requests, and verifies the responses to them. Free with `sb_client_free`.
#[allow(non_camel_case_types, reason = "the name in C")]
pub struct sb_client(api::Client);

/// A request that was signed, for the verification of its response. Free with `sb_call_free`.
#[allow(non_camel_case_types, reason = "the name in C")]
pub struct sb_call(api::Call);

/// A client that signs with `key`, and verifies responses with the keys of `responses`, or not at all for `NULL`. Both may
/// be freed afterwards. `options` is `NULL` (with length 0) or a JSON object with `aud`, `iss`, `ttl`, `rsp`, `hdr`, `ath`,
/// `header`, `clock_skew`, `future_skew`, `max_body` and `require_signed`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_client_new(
    key: *const sb_signing_key,
    responses: *const sb_keyset,
    options: *const c_char,
    options_length: usize,
    client: *mut *mut sb_client,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(client, error, || {
            let key = border::handle(key)?;
            let responses = border::optional_handle(responses).map(|keys| &keys.0);
            let options = border::options(options, options_length)?;
            Ok(border::own(sb_client(api::client_new(&key.0, responses, options)?)))
        })
    }
}

/// Signs a request. `url` is absolute; `fields` are lines `name: value` that end with CR LF each, of which those are signed
/// that the options name; `body` is `NULL` (with length 0) where there is none; `nonce` is `NULL` (with length 0) for a
/// random one. Send the field of `sb_call_header` and the body of `sb_call_body`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_client_sign(
    client: *const sb_client,
    method: *const c_char,
    method_length: usize,
    url: *const c_char,
    url_length: usize,
    fields: *const c_char,
    fields_length: usize,
    body: *const c_char,
    body_length: usize,
    nonce: *const c_char,
    nonce_length: usize,
    now_ms: u64,
    call: *mut *mut sb_call,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(call, error, || {
            let client = border::handle(client)?;
            let method = border::name(method, method_length)?;
            let url = border::name(url, url_length)?;
            let fields = api::http_fields(border::input(fields, fields_length)?)?;
            let body = border::optional(body, body_length)?;
            let nonce = border::optional_name(nonce, nonce_length)?;
            Ok(border::own(sb_call(api::client_sign(&client.0, method, url, &fields, body, nonce, now_ms)?)))
        })
    }
}

/// The field to send: its name and its value.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_call_header(
    call: *const sb_call,
    name: *mut sb_bytes,
    value: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call_pair(name, value, error, || {
            let (name, value) = border::handle(call)?.0.header();
            Ok((name.into(), value.into()))
        })
    }
}

/// The body to send: the canonical one, where it is JSON. Nothing (`data` is `NULL`) where there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_call_body(
    call: *const sb_call,
    body: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(body, error, || {
            let body = border::handle(call)?.0.body();
            Ok(body.map_or_else(sb_bytes::none, |body| sb_bytes::new(body.to_vec())))
        })
    }
}

/// Verifies the response to a request. `verified_body` is what was verified; `report` is canonical JSON
/// `{"bound","kid"?,"signed","status"}`: a response that is not bound answers no particular request.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_call_verify(
    call: *const sb_call,
    status: i32,
    fields: *const c_char,
    fields_length: usize,
    body: *const c_char,
    body_length: usize,
    now_ms: u64,
    verified_body: *mut sb_bytes,
    report: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call_pair(verified_body, report, error, || {
            let call = border::handle(call)?;
            let fields = api::http_fields(border::input(fields, fields_length)?)?;
            let body = border::input(body, body_length)?;
            let verified = api::call_verify(&call.0, http::status(status)?, &fields, body, now_ms)?;
            Ok((sb_bytes::new(verified.body), sb_bytes::new(verified.report)))
        })
    }
}

/// Frees a call; `NULL` is accepted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_call_free(call: *mut sb_call) {
    // SAFETY: the contract of the crate is what the helper asks for.
    unsafe { border::release(call) };
}

/// Frees a client; `NULL` is accepted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_client_free(client: *mut sb_client) {
    // SAFETY: the contract of the crate is what the helper asks for.
    unsafe { border::release(client) };
}
