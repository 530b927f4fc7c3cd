//! Gateways: what is accepted, and what of it was seen.

use std::ffi::c_char;

use samebyte::api;

use crate::border;
use crate::bytes::sb_bytes;
use crate::error::sb_error;
use crate::exchange::sb_exchange;
use crate::http::RawHead;
use crate::signing_key::sb_signing_key;

/// The server side of signed requests and responses. May be shared between threads, as every handle may; what it
/// remembers between requests guards itself. Free with `sb_gateway_free`.
#[allow(non_camel_case_types, reason = "the name in C")]
pub struct sb_gateway(pub(crate) api::Gateway);

/// A gateway with these settings (a JSON object), which signs responses with `signing_key`, or with none for `NULL`.
/// The key may be freed afterwards. `now_ms`, here and below, is the Unix time in milliseconds.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_gateway_new(
    settings: *const c_char,
    settings_length: usize,
    signing_key: *const sb_signing_key,
    now_ms: u64,
    gateway: *mut *mut sb_gateway,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(gateway, error, || {
            let settings = border::input(settings, settings_length)?;
            let key = border::optional_handle(signing_key).map(|key| &key.0);
            Ok(border::own(sb_gateway(api::gateway_new(settings, key, now_ms)?)))
        })
    }
}

/// The JWK Set to publish at `/.well-known/jwks.json`, for those who verify responses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_gateway_jwks(
    gateway: *const sb_gateway,
    jwks: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(jwks, error, || {
            let gateway = border::handle(gateway)?;
            api::gateway_jwks(&gateway.0).map(sb_bytes::new)
        })
    }
}

/// Looks at the head of a request, and says with `sb_exchange_step` what is to be done next. `target` is the request
/// target as it was received; `authority` the pseudo-header field of HTTP/2, and `peer` the IP address of the other
/// side, each `NULL` (with length 0) where there is none; `fields` are lines `name: value` that end with CR LF each.
/// What is wrong with the request is an answer of the exchange, and no error here.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_gateway_begin(
    gateway: *const sb_gateway,
    method: *const c_char,
    method_length: usize,
    target: *const c_char,
    target_length: usize,
    authority: *const c_char,
    authority_length: usize,
    peer: *const c_char,
    peer_length: usize,
    fields: *const c_char,
    fields_length: usize,
    now_ms: u64,
    exchange: *mut *mut sb_exchange,
    error: *mut *mut sb_error,
) -> i32 {
    let head = RawHead {
        method: (method, method_length),
        target: (target, target_length),
        authority: (authority, authority_length),
        peer: (peer, peer_length),
        fields: (fields, fields_length),
    };
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(exchange, error, || {
            let gateway = border::handle(gateway)?;
            let exchange = head.with(|head| api::gateway_begin(&gateway.0, head, now_ms))?;
            Ok(border::own_unshared(sb_exchange(exchange)))
        })
    }
}

/// The URL of the keys of a source, where they are to be fetched now; nothing (`data` is `NULL`) where they are not,
/// for example because another thread has just done so.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_gateway_keys_due(
    gateway: *const sb_gateway,
    source: usize,
    now_ms: u64,
    url: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(url, error, || {
            let gateway = border::handle(gateway)?;
            let due = api::gateway_keys_due(&gateway.0, source, now_ms)?;
            Ok(due.map_or_else(sb_bytes::none, sb_bytes::from))
        })
    }
}

/// Gives a gateway the keys of a source, a JWK Set; `NULL` (with length 0) says that they could not be fetched. A set
/// that is refused keeps the one before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_gateway_keys_put(
    gateway: *const sb_gateway,
    source: usize,
    jwks: *const c_char,
    jwks_length: usize,
    now_ms: u64,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(&mut (), error, || {
            let gateway = border::handle(gateway)?;
            let jwks = border::optional(jwks, jwks_length)?;
            api::gateway_keys_put(&gateway.0, source, jwks, now_ms)
        })
    }
}

/// Notes that the store of nonces lost its state at this time: what was signed before is refused from now on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_gateway_state_lost(
    gateway: *const sb_gateway,
    now_ms: u64,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(&mut (), error, || {
            let gateway = border::handle(gateway)?;
            api::gateway_state_lost(&gateway.0, now_ms)
        })
    }
}

/// Counters as canonical JSON: `{"accepted","inflight","live_nonces","passed","refused":{code:count}}`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_gateway_stats(
    gateway: *const sb_gateway,
    now_ms: u64,
    stats: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(stats, error, || {
            let gateway = border::handle(gateway)?;
            api::gateway_stats(&gateway.0, now_ms).map(sb_bytes::new)
        })
    }
}

/// The live nonces of a gateway that keeps them in memory, for `sb_gateway_restore` after a restart.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_gateway_snapshot(
    gateway: *const sb_gateway,
    now_ms: u64,
    snapshot: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(snapshot, error, || {
            let gateway = border::handle(gateway)?;
            api::gateway_snapshot(&gateway.0, now_ms).map(sb_bytes::new)
        })
    }
}

/// Takes the nonces of a snapshot, after which nothing is refused for having been signed before the start.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_gateway_restore(
    gateway: *const sb_gateway,
    snapshot: *const c_char,
    snapshot_length: usize,
    now_ms: u64,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(&mut (), error, || {
            let gateway = border::handle(gateway)?;
            let snapshot = border::input(snapshot, snapshot_length)?;
            api::gateway_restore(&gateway.0, snapshot, now_ms)
        })
    }
}

/// Frees a gateway; `NULL` is accepted. Exchanges that are under way keep what they need of it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_gateway_free(gateway: *mut sb_gateway) {
    // SAFETY: the contract of the crate is what the helper asks for.
    unsafe { border::release(gateway) };
}
