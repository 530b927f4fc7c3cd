//! Public keys.

use napi_derive::napi;
use samebyte::api::{self, PublicKey, guard};

use crate::border::{Bytes, Handle, Outcome, Output, Target, Written};
use crate::input::{bytes, secret};

/// [`api::public_key_from_jwk`].
#[napi]
pub(crate) fn public_key_from_jwk(
    input: Bytes,
    length: u32,
    form: u32,
    algorithm: Option<String>,
) -> Outcome<Handle<PublicKey>> {
    // A private key that is refused here is a secret still.
    let key = || api::public_key_from_jwk(&secret(&input, length, form)?, algorithm.as_deref());
    Outcome(guard(key).map(Handle))
}

/// [`api::public_key_from_pem`].
#[napi]
pub(crate) fn public_key_from_pem(
    input: Bytes,
    length: u32,
    algorithm: Option<String>,
) -> Outcome<Handle<PublicKey>> {
    let key = || api::public_key_from_pem(bytes(&input, length)?, algorithm.as_deref());
    Outcome(guard(key).map(Handle))
}

/// [`api::public_key_from_der`].
#[napi]
pub(crate) fn public_key_from_der(
    input: Bytes,
    length: u32,
    algorithm: Option<String>,
) -> Outcome<Handle<PublicKey>> {
    let key = || api::public_key_from_der(bytes(&input, length)?, algorithm.as_deref());
    Outcome(guard(key).map(Handle))
}

/// [`api::public_key_from_hex`].
#[napi]
pub(crate) fn public_key_from_hex(
    algorithm: String,
    input: Bytes,
    length: u32,
) -> Outcome<Handle<PublicKey>> {
    Outcome(guard(|| api::public_key_from_hex(&algorithm, bytes(&input, length)?)).map(Handle))
}

/// [`api::public_key_to_jwk`], as text.
#[napi]
pub(crate) fn public_key_to_jwk(key: Handle<PublicKey>) -> Outcome<Output> {
    Outcome(api::public_key_to_jwk(&key.0).map(Output))
}

/// [`api::public_key_to_pem`], as text.
#[napi]
pub(crate) fn public_key_to_pem(key: Handle<PublicKey>) -> Outcome<Output> {
    Outcome(api::public_key_to_pem(&key.0).map(Output))
}

/// [`api::public_key_to_der`].
#[napi]
pub(crate) fn public_key_to_der(key: Handle<PublicKey>, pool: Target, offset: u32) -> Outcome<Written> {
    pool.write(offset, api::public_key_to_der(&key.0))
}

/// [`api::public_key_to_hex`].
#[napi]
pub(crate) fn public_key_to_hex(key: Handle<PublicKey>) -> Outcome<String> {
    Outcome(api::public_key_to_hex(&key.0))
}

/// [`api::public_key_algorithm`].
#[napi]
pub(crate) fn public_key_algorithm(key: Handle<PublicKey>) -> &'static str {
    api::public_key_algorithm(&key.0)
}

/// [`api::public_key_kid`].
#[napi]
pub(crate) fn public_key_kid(key: Handle<PublicKey>) -> Outcome<String> {
    Outcome(api::public_key_kid(&key.0))
}

/// [`api::public_key_thumbprint`].
#[napi]
pub(crate) fn public_key_thumbprint(key: Handle<PublicKey>) -> Outcome<String> {
    Outcome(api::public_key_thumbprint(&key.0))
}
