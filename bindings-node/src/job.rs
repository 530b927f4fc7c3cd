//! Jobs.

use napi_derive::napi;
use samebyte::api::{self, SigningKey, guard};

use crate::border::{Bytes, Handle, Outcome, Target, Written};
use crate::input::text;

/// [`api::job_sign`].
#[napi]
pub(crate) fn job_sign(
    input: Bytes,
    length: u32,
    form: u32,
    key: Handle<SigningKey>,
    pool: Target,
    offset: u32,
) -> Outcome<Written> {
    pool.write(offset, guard(|| api::job_sign(&text(&input, length, form)?, &key.0)))
}

/// [`api::job_verify_signatures`].
#[napi]
pub(crate) fn job_verify_signatures(
    input: Bytes,
    length: u32,
    form: u32,
    pool: Target,
    offset: u32,
) -> Outcome<Written> {
    pool.write(offset, guard(|| api::job_verify_signatures(&text(&input, length, form)?)))
}

/// [`api::job_signatories`].
#[napi]
pub(crate) fn job_signatories(
    input: Bytes,
    length: u32,
    form: u32,
    pool: Target,
    offset: u32,
) -> Outcome<Written> {
    pool.write(offset, guard(|| api::job_signatories(&text(&input, length, form)?)))
}

/// [`api::job_authorize`]; `policy` is JSON text in UTF-8, `now` is in Unix seconds.
#[napi]
pub(crate) fn job_authorize(
    input: Bytes,
    length: u32,
    form: u32,
    policy: Bytes,
    now: i64,
    pool: Target,
    offset: u32,
) -> Outcome<Written> {
    pool.write(offset, guard(|| api::job_authorize(&text(&input, length, form)?, policy.as_slice()?, now)))
}

/// [`api::job_canonical_representation`].
#[napi]
pub(crate) fn job_canonical_representation(
    input: Bytes,
    length: u32,
    form: u32,
    pool: Target,
    offset: u32,
) -> Outcome<Written> {
    pool.write(offset, guard(|| api::job_canonical_representation(&text(&input, length, form)?)))
}
