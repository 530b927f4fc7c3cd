//! Agent Cards.

use napi_derive::napi;
use samebyte::api::{self, SigningKey, Verifier, guard};

use crate::border::{Bytes, Handle, Outcome, Output, Target, Written, pair};
use crate::input::{bytes, json};

/// [`api::card_canonicalize`].
#[napi]
pub(crate) fn card_canonicalize(
    input: Bytes,
    length: u32,
    form: String,
    pool: Target,
    offset: u32,
) -> Outcome<Written> {
    pool.write(offset, guard(|| api::card_canonicalize(bytes(&input, length)?, &form)))
}

/// [`api::card_sign`], as text.
#[napi]
pub(crate) fn card_sign(
    input: Bytes,
    length: u32,
    key: Handle<SigningKey>,
    options: Option<String>,
) -> Outcome<Output> {
    let sign = || api::card_sign(bytes(&input, length)?, &key.0, json(options.as_deref()));
    Outcome(guard(sign).map(Output))
}

/// [`api::card_verify`]: the card and the report, as a pair.
#[napi]
pub(crate) fn card_verify(
    input: Bytes,
    length: u32,
    verifier: Handle<Verifier>,
    form: String,
    pool: Target,
    offset: u32,
) -> Outcome<Written> {
    let verify = || {
        let verified = api::card_verify(bytes(&input, length)?, &verifier.0, &form)?;
        pair(&verified.card, &verified.report)
    };
    pool.write(offset, guard(verify))
}

/// [`api::card_diagnose`], as text.
#[napi]
pub(crate) fn card_diagnose(input: Bytes, length: u32, verifier: Handle<Verifier>) -> Outcome<Output> {
    Outcome(guard(|| api::card_diagnose(bytes(&input, length)?, &verifier.0)).map(Output))
}
