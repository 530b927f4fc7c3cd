//! Signed results and configurations.
#![expect(clippy::too_many_arguments, reason = "native arguments are positional")]

use napi_derive::napi;
use samebyte::api::{self, SigningKey, Verifier, guard};

use crate::border::{Bytes, Handle, Outcome, Target, Written};
use crate::input::text;

/// [`api::result_sign`].
#[napi]
pub(crate) fn result_sign(
    input: Bytes,
    length: u32,
    form: u32,
    key: Handle<SigningKey>,
    pool: Target,
    offset: u32,
) -> Outcome<Written> {
    pool.write(offset, guard(|| api::result_sign(&text(&input, length, form)?, &key.0)))
}

/// [`api::result_verify`].
#[napi]
pub(crate) fn result_verify(
    input: Bytes,
    length: u32,
    form: u32,
    verifier: Handle<Verifier>,
    display_name: String,
    job_id: String,
    pool: Target,
    offset: u32,
) -> Outcome<Written> {
    let verify = || api::result_verify(&text(&input, length, form)?, &verifier.0, &display_name, &job_id);
    pool.write(offset, guard(verify))
}

/// [`api::config_sign`].
#[napi]
pub(crate) fn config_sign(
    input: Bytes,
    length: u32,
    form: u32,
    key: Handle<SigningKey>,
    pool: Target,
    offset: u32,
) -> Outcome<Written> {
    pool.write(offset, guard(|| api::config_sign(&text(&input, length, form)?, &key.0)))
}

/// [`api::config_verify`].
#[napi]
pub(crate) fn config_verify(
    input: Bytes,
    length: u32,
    form: u32,
    verifier: Handle<Verifier>,
    display_name: String,
    pool: Target,
    offset: u32,
) -> Outcome<Written> {
    let verify = || api::config_verify(&text(&input, length, form)?, &verifier.0, &display_name);
    pool.write(offset, guard(verify))
}
