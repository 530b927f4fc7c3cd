//! Private and symmetric keys.

use napi::bindgen_prelude::AsyncTask;
use napi_derive::napi;
use samebyte::api::{self, PublicKey, SigningKey, guard};

use crate::border::{Bytes, Handle, Outcome, Secret, Text};
use crate::input::{json, secret, secret_bytes};
use crate::task::{Work, promise};

/// [`api::key_generate`].
#[napi]
pub(crate) fn key_generate(algorithm: String, options: Option<String>) -> Outcome<Handle<SigningKey>> {
    Outcome(api::key_generate(&algorithm, json(options.as_deref())).map(Handle))
}

/// [`api::key_generate`] on the thread pool: an RSA key takes long.
#[napi]
pub(crate) fn key_generate_async(
    algorithm: String,
    options: Option<String>,
) -> AsyncTask<Work<Handle<SigningKey>>> {
    promise(move || api::key_generate(&algorithm, json(options.as_deref())).map(Handle))
}

/// [`api::key_from_jwk`].
#[napi]
pub(crate) fn key_from_jwk(
    input: Bytes,
    length: u32,
    form: u32,
    algorithm: Option<String>,
) -> Outcome<Handle<SigningKey>> {
    let key = || api::key_from_jwk(&secret(&input, length, form)?, algorithm.as_deref());
    Outcome(guard(key).map(Handle))
}

/// [`api::key_from_pem`].
#[napi]
pub(crate) fn key_from_pem(
    input: Bytes,
    length: u32,
    algorithm: Option<String>,
) -> Outcome<Handle<SigningKey>> {
    let key = || api::key_from_pem(&secret_bytes(&input, length)?, algorithm.as_deref());
    Outcome(guard(key).map(Handle))
}

/// [`api::key_from_encrypted_pem`].
#[napi]
pub(crate) fn key_from_encrypted_pem(
    input: Bytes,
    length: u32,
    password: Bytes,
    algorithm: Option<String>,
) -> Outcome<Handle<SigningKey>> {
    let key = || {
        let pem = secret_bytes(&input, length)?;
        api::key_from_encrypted_pem(&pem, password.as_slice()?, algorithm.as_deref())
    };
    Outcome(guard(key).map(Handle))
}

/// [`api::key_from_encrypted_pem`] on the thread pool: the key is derived slowly, that is its purpose.
#[napi]
pub(crate) fn key_from_encrypted_pem_async(
    input: Bytes,
    length: u32,
    password: Bytes,
    algorithm: Option<String>,
) -> AsyncTask<Work<Handle<SigningKey>>> {
    let pem = secret_bytes(&input, length);
    let password = password.to_secret();
    promise(move || api::key_from_encrypted_pem(&pem?, &password?, algorithm.as_deref()).map(Handle))
}

/// [`api::key_from_der`].
#[napi]
pub(crate) fn key_from_der(
    input: Bytes,
    length: u32,
    algorithm: Option<String>,
) -> Outcome<Handle<SigningKey>> {
    let key = || api::key_from_der(&secret_bytes(&input, length)?, algorithm.as_deref());
    Outcome(guard(key).map(Handle))
}

/// [`api::key_from_hex`].
#[napi]
pub(crate) fn key_from_hex(algorithm: String, input: Bytes, length: u32) -> Outcome<Handle<SigningKey>> {
    Outcome(guard(|| api::key_from_hex(&algorithm, &secret_bytes(&input, length)?)).map(Handle))
}

/// [`api::key_symmetric`].
#[napi]
pub(crate) fn key_symmetric(
    algorithm: String,
    input: Bytes,
    kid: Option<String>,
) -> Outcome<Handle<SigningKey>> {
    Outcome(guard(|| api::key_symmetric(&algorithm, input.as_slice()?, kid.as_deref())).map(Handle))
}

/// [`api::key_symmetric_from_jwk`].
#[napi]
pub(crate) fn key_symmetric_from_jwk(input: Bytes, length: u32, form: u32) -> Outcome<Handle<SigningKey>> {
    Outcome(guard(|| api::key_symmetric_from_jwk(&secret(&input, length, form)?)).map(Handle))
}

/// [`api::key_to_jwk`].
#[napi]
pub(crate) fn key_to_jwk(key: Handle<SigningKey>) -> Outcome<Text> {
    Outcome(api::key_to_jwk(&key.0).map(Text))
}

/// [`api::key_to_pem`].
#[napi]
pub(crate) fn key_to_pem(key: Handle<SigningKey>) -> Outcome<Text> {
    Outcome(api::key_to_pem(&key.0).map(Text))
}

/// [`api::key_to_encrypted_pem`], as text.
#[napi]
pub(crate) fn key_to_encrypted_pem(key: Handle<SigningKey>, password: Bytes) -> Outcome<Text> {
    Outcome(guard(|| api::key_to_encrypted_pem(&key.0, password.as_slice()?)).map(Text))
}

/// [`api::key_to_encrypted_pem`] on the thread pool.
#[napi]
pub(crate) fn key_to_encrypted_pem_async(key: Handle<SigningKey>, password: Bytes) -> AsyncTask<Work<Text>> {
    let password = password.to_secret();
    promise(move || api::key_to_encrypted_pem(&key.0, &password?).map(Text))
}

/// [`api::key_to_der`].
#[napi]
pub(crate) fn key_to_der(key: Handle<SigningKey>) -> Outcome<Secret> {
    Outcome(api::key_to_der(&key.0).map(Secret))
}

/// [`api::key_to_hex`].
#[napi]
pub(crate) fn key_to_hex(key: Handle<SigningKey>) -> Outcome<Text> {
    Outcome(api::key_to_hex(&key.0).map(Text))
}

/// [`api::key_algorithm`].
#[napi]
pub(crate) fn key_algorithm(key: Handle<SigningKey>) -> &'static str {
    api::key_algorithm(&key.0)
}

/// [`api::key_kid`]; `null` for none.
#[napi]
pub(crate) fn key_kid(key: Handle<SigningKey>) -> Outcome<Option<String>> {
    Outcome(api::key_kid(&key.0))
}

/// [`api::key_thumbprint`].
#[napi]
pub(crate) fn key_thumbprint(key: Handle<SigningKey>) -> Outcome<String> {
    Outcome(api::key_thumbprint(&key.0))
}

/// [`api::key_public`].
#[napi]
pub(crate) fn key_public(key: Handle<SigningKey>) -> Outcome<Handle<PublicKey>> {
    Outcome(api::key_public(&key.0).map(Handle))
}
