//! Receipts.

use napi_derive::napi;
use samebyte::api::{self, PublicKey, SigningKey, guard};

use crate::border::{Bytes, Handle, Outcome, Target, Written};
use crate::input::text;

/// [`api::receipt_sign`].
#[napi]
pub(crate) fn receipt_sign(
    input: Bytes,
    length: u32,
    form: u32,
    key: Handle<SigningKey>,
    pool: Target,
    offset: u32,
) -> Outcome<Written> {
    pool.write(offset, guard(|| api::receipt_sign(&text(&input, length, form)?, &key.0)))
}

/// [`api::receipt_verify`].
#[napi]
pub(crate) fn receipt_verify(
    input: Bytes,
    length: u32,
    form: u32,
    public_key: Handle<PublicKey>,
    pool: Target,
    offset: u32,
) -> Outcome<Written> {
    pool.write(offset, guard(|| api::receipt_verify(&text(&input, length, form)?, &public_key.0)))
}

/// [`api::receipt_canonical_representation`].
#[napi]
pub(crate) fn receipt_canonical_representation(
    input: Bytes,
    length: u32,
    form: u32,
    pool: Target,
    offset: u32,
) -> Outcome<Written> {
    pool.write(offset, guard(|| api::receipt_canonical_representation(&text(&input, length, form)?)))
}
