//! A2A Agent Cards.

use std::ffi::c_char;

use samebyte::api;

use crate::border;
use crate::bytes::sb_bytes;
use crate::error::sb_error;
use crate::signing_key::sb_signing_key;
use crate::verifier::sb_verifier;

/// The bytes of an Agent Card that are signed under `form`: `sdk` (as the official SDKs do), `spec` (section 8.4.1
/// of the specification), `raw` (as served, without `signatures`).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_card_canonicalize(
    card: *const c_char,
    card_length: usize,
    form: *const c_char,
    form_length: usize,
    canonical: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(canonical, error, || {
            let card = border::input(card, card_length)?;
            let form = border::name(form, form_length)?;
            api::card_canonicalize(card, form).map(sb_bytes::new)
        })
    }
}

/// The canonical Agent Card with one more signature. `options` is `NULL` (with length 0) or a JSON object with
/// `portability` (`refuse`, `strip`, `each`; default `refuse`) or `form` (sign this form alone), `jku`, `typ` and
/// `alg`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_card_sign(
    card: *const c_char,
    card_length: usize,
    key: *const sb_signing_key,
    options: *const c_char,
    options_length: usize,
    signed_card: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(signed_card, error, || {
            let card = border::input(card, card_length)?;
            let key = border::handle(key)?;
            let options = border::options(options, options_length)?;
            api::card_sign(card, &key.0, options).map(sb_bytes::new)
        })
    }
}

/// Verifies an Agent Card under `form`. `verified_card` is the canonical card that the signature covers: go on with
/// that, not with what was received. `report` is canonical JSON: which signature verified, and which members it does
/// not cover.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_card_verify(
    card: *const c_char,
    card_length: usize,
    verifier: *const sb_verifier,
    form: *const c_char,
    form_length: usize,
    verified_card: *mut sb_bytes,
    report: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call_pair(verified_card, report, error, || {
            let card = border::input(card, card_length)?;
            let verifier = border::handle(verifier)?;
            let form = border::name(form, form_length)?;
            let verified = api::card_verify(card, &verifier.0, form)?;
            Ok((sb_bytes::new(verified.card), sb_bytes::new(verified.report)))
        })
    }
}

/// Why an Agent Card verifies, or does not, under each form: canonical JSON for people.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_card_diagnose(
    card: *const c_char,
    card_length: usize,
    verifier: *const sb_verifier,
    report: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(report, error, || {
            let card = border::input(card, card_length)?;
            let verifier = border::handle(verifier)?;
            api::card_diagnose(card, &verifier.0).map(sb_bytes::new)
        })
    }
}
