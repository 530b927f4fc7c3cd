//! Signed requests and responses: what needs no gateway.

use std::ffi::c_char;

use samebyte::api::{self, Answer, Code, Error, Head, ReplayVerdict, Result};

use crate::border;
use crate::bytes::sb_bytes;
use crate::error::sb_error;

/// What a store of nonces says to a reservation. Functions take it as `int32_t`.
#[repr(C)]
#[allow(non_camel_case_types, reason = "the name in C")]
#[expect(dead_code, reason = "read by C through the header; numbers come from core")]
pub enum sb_verdict {
    /// The nonce was not known, and is from now on.
    SB_VERDICT_NEW = 0,
    /// The nonce was used before.
    SB_VERDICT_REPLAY = 1,
    /// The store holds as many live nonces as it may.
    SB_VERDICT_FULL = 2,
    /// The store has lost what it knew.
    SB_VERDICT_COLD = 3,
    /// The store does not answer, or not in time.
    SB_VERDICT_UNAVAILABLE = 4,
}

/// A response: what a gateway sends. Start with `sb_answer answer = {0}`. Free with `sb_answer_free`.
#[repr(C)]
#[allow(non_camel_case_types, reason = "the name in C")]
pub struct sb_answer {
    /// The status code.
    status: i32,
    /// The fields to set, as lines `name: value` that end with CR LF each.
    fields: sb_bytes,
    /// The body.
    body: sb_bytes,
}

impl sb_answer {
    /// The answer of core, with its fields as text.
    pub(crate) fn new(answer: Answer) -> Self {
        let fields: String =
            answer.fields.iter().flat_map(|(name, value)| [name, ": ", value, "\r\n"]).collect();
        Self { status: answer.status.into(), fields: fields.into(), body: sb_bytes::new(answer.body) }
    }
}

/// Frees what is in an answer, and sets it to nothing, so that a second call does no harm. `NULL` is accepted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_answer_free(answer: *mut sb_answer) {
    // SAFETY: null, or valid for reading and writing, as the caller promises.
    let Some(answer) = (unsafe { answer.as_mut() }) else {
        return;
    };
    answer.status = 0;
    // SAFETY: both are parts of an answer that is valid.
    unsafe {
        crate::bytes::sb_bytes_free(&raw mut answer.fields);
        crate::bytes::sb_bytes_free(&raw mut answer.body);
    }
}

/// The head of a request as C spells it.
#[derive(Clone, Copy)]
pub(crate) struct RawHead {
    pub(crate) method: (*const c_char, usize),
    pub(crate) target: (*const c_char, usize),
    pub(crate) authority: (*const c_char, usize),
    pub(crate) peer: (*const c_char, usize),
    pub(crate) fields: (*const c_char, usize),
}

impl RawHead {
    /// Calls `body` with the head.
    ///
    /// # Safety
    /// Each pair is as [`border::input`] or, for authority and peer, [`border::optional`] takes it.
    pub(crate) unsafe fn with<T>(self, body: impl FnOnce(&Head<'_>) -> Result<T>) -> Result<T> {
        // SAFETY: the caller's promise is passed on.
        unsafe {
            let fields = api::http_fields(border::input(self.fields.0, self.fields.1)?)?;
            body(&Head {
                method: border::input(self.method.0, self.method.1)?,
                target: border::input(self.target.0, self.target.1)?,
                authority: border::optional(self.authority.0, self.authority.1)?,
                peer: border::optional_name(self.peer.0, self.peer.1)?,
                fields: &fields,
            })
        }
    }
}

/// The verdict with this number.
pub(crate) fn verdict(number: i32) -> Result<ReplayVerdict> {
    u8::try_from(number)
        .ok()
        .and_then(ReplayVerdict::from_number)
        .ok_or_else(|| Error::new(Code::InvalidArgument, "the verdict is none of `sb_verdict`"))
}

/// The status code of a response.
pub(crate) fn status(number: i32) -> Result<u16> {
    u16::try_from(number).map_err(|_| Error::new(Code::InvalidArgument, "the status is no status code"))
}

/// The normal form of an absolute http or https URL with its query, as `htu` is compared: `SB_INVALID_ARGUMENT` for
/// anything else.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_http_target_normalize(
    url: *const c_char,
    url_length: usize,
    normalized: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(normalized, error, || {
            let url = border::name(url, url_length)?;
            api::http_target_normalize(url).map(sb_bytes::from)
        })
    }
}

/// What the variables of an environment (a JSON object of strings) ask for: a JSON object with the settings of a
/// gateway, and what is to be read or opened. `SB_SETTINGS_INVALID` for what contradicts itself.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_http_settings(
    environment: *const c_char,
    environment_length: usize,
    plan: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(plan, error, || {
            let environment = border::input(environment, environment_length)?;
            api::http_settings(environment).map(sb_bytes::new)
        })
    }
}

/// Whether an IP address is one that keys may be fetched from: 1, or 0 for one that is private, local, reserved or no
/// address at all.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_http_address_is_public(
    address: *const c_char,
    address_length: usize,
    is_public: *mut i32,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(is_public, error, || {
            let address = border::name(address, address_length)?;
            Ok(api::http_address_is_public(address).into())
        })
    }
}

/// Whether a response with this Content-Type and this Content-Encoding, each empty where there is none, is not held back to
/// be signed: 1 for events (`text/event-stream`) and for what is coded, of which `sb_exchange_respond` is told without a
/// body; else 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_http_response_is_streamed(
    content_type: *const c_char,
    content_type_length: usize,
    content_encoding: *const c_char,
    content_encoding_length: usize,
    is_streamed: *mut i32,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(is_streamed, error, || {
            let content_type = border::input(content_type, content_type_length)?;
            let content_encoding = border::input(content_encoding, content_encoding_length)?;
            Ok(api::http_response_is_streamed(content_type, content_encoding).into())
        })
    }
}

/// Every check of a signed request, and whether it passed, as canonical JSON for people. `settings` as
/// `sb_gateway_new`; the rest as `sb_gateway_begin` and `sb_exchange_body`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_http_request_explain(
    settings: *const c_char,
    settings_length: usize,
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
    body: *const c_char,
    body_length: usize,
    now_ms: u64,
    report: *mut sb_bytes,
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
        border::call(report, error, || {
            let settings = border::input(settings, settings_length)?;
            let body = border::input(body, body_length)?;
            head.with(|head| api::http_request_explain(settings, head, body, now_ms)).map(sb_bytes::new)
        })
    }
}

/// Under which 16 bytes a store remembers the nonce of a signer. `observed` is 1 for requests that are only observed,
/// which have names of their own. `sb_exchange_reservation` says it for a request.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_replay_key(
    tenant: *const c_char,
    tenant_length: usize,
    signer: *const c_char,
    signer_length: usize,
    nonce: *const c_char,
    nonce_length: usize,
    observed: i32,
    key: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(key, error, || {
            let tenant = border::name(tenant, tenant_length)?;
            let signer = border::name(signer, signer_length)?;
            let nonce = border::name(nonce, nonce_length)?;
            Ok(sb_bytes::new(api::replay_key(tenant, signer, nonce, observed != 0).to_vec()))
        })
    }
}
