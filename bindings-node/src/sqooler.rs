//! The files and keys of PyPI `sqooler`.

use napi_derive::napi;
use samebyte::api::{self, PublicKey, SigningKey, guard};

use crate::border::{Bytes, Handle, Outcome, Output, Text};
use crate::input::{bytes, secret};

/// [`api::sqooler_sign`], as text.
#[napi]
pub(crate) fn sqooler_sign(input: Bytes, length: u32, key: Handle<SigningKey>) -> Outcome<Output> {
    Outcome(guard(|| api::sqooler_sign(bytes(&input, length)?, &key.0)).map(Output))
}

/// [`api::sqooler_result_verify`], as text.
#[napi]
pub(crate) fn sqooler_result_verify(
    input: Bytes,
    length: u32,
    key: Handle<PublicKey>,
    display_name: String,
    job_id: String,
) -> Outcome<Output> {
    let verify = || api::sqooler_result_verify(bytes(&input, length)?, &key.0, &display_name, &job_id);
    Outcome(guard(verify).map(Output))
}

/// [`api::sqooler_config_verify`], as text.
#[napi]
pub(crate) fn sqooler_config_verify(
    input: Bytes,
    length: u32,
    key: Handle<PublicKey>,
    display_name: String,
) -> Outcome<Output> {
    let verify = || api::sqooler_config_verify(bytes(&input, length)?, &key.0, &display_name);
    Outcome(guard(verify).map(Output))
}

/// [`api::sqooler_key_from_jwk`].
#[napi]
pub(crate) fn sqooler_key_from_jwk(input: Bytes, length: u32, form: u32) -> Outcome<Handle<SigningKey>> {
    Outcome(guard(|| api::sqooler_key_from_jwk(&secret(&input, length, form)?)).map(Handle))
}

/// [`api::sqooler_key_to_jwk`].
#[napi]
pub(crate) fn sqooler_key_to_jwk(key: Handle<SigningKey>) -> Outcome<Text> {
    Outcome(api::sqooler_key_to_jwk(&key.0).map(Text))
}

/// [`api::sqooler_public_key_from_jwk`].
#[napi]
pub(crate) fn sqooler_public_key_from_jwk(
    input: Bytes,
    length: u32,
    form: u32,
) -> Outcome<Handle<PublicKey>> {
    Outcome(guard(|| api::sqooler_public_key_from_jwk(&secret(&input, length, form)?)).map(Handle))
}

/// [`api::sqooler_public_key_to_jwk`], as text.
#[napi]
pub(crate) fn sqooler_public_key_to_jwk(key: Handle<PublicKey>) -> Outcome<Output> {
    Outcome(api::sqooler_public_key_to_jwk(&key.0).map(Output))
}
