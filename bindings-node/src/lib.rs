//! The private native module of the npm package `samebyte`: the operations of [`samebyte::api`], one function
//! each, with bytes and handles in and bytes out.
//!
//! Nothing here is an interface for users: the TypeScript face in `ts/` checks arguments, makes errors, and is
//! the only caller. There is no rule, no JSON parser and no cryptography in this crate.
//!
//! Every function that reads JSON takes it as `input`, `length`, `form` (see `input.rs`); every function that
//! gives bytes writes them to `pool` at `offset` and returns their number, or returns a `Buffer` where they
//! are many (`border::Written`). An error is returned as data, never thrown (`border::Outcome`).

mod border;
mod canonicalize;
mod input;
mod tokens;

use napi_derive::napi;
use samebyte::api::{self, PublicKey, SigningKey, Verifier, guard};

use border::{Bytes, Handle, Outcome, Target, Text, Written};
use input::{secret, text};

/// The version of the core library.
#[napi]
pub fn version() -> &'static str {
    api::version()
}

/// [`api::jcs_sha256`]: 32 bytes.
#[napi]
pub fn jcs_sha256(
    input: Bytes,
    length: u32,
    form: u32,
    pool: Target,
    offset: u32,
    numbers: Option<String>,
    options: Option<String>,
) -> Outcome<Written> {
    pool.write(offset, guard(|| input::sha256(&input, length, form, numbers, options)))
}

/// [`api::key_generate`].
#[napi]
pub fn key_generate(algorithm: String) -> Outcome<Handle<SigningKey>> {
    Outcome(api::key_generate(&algorithm, b"").map(Handle))
}

/// [`api::key_from_jwk`].
#[napi]
pub fn key_from_jwk(input: Bytes, length: u32, form: u32) -> Outcome<Handle<SigningKey>> {
    Outcome(guard(|| api::key_from_jwk(&secret(&input, length, form)?, None)).map(Handle))
}

/// [`api::key_from_pem`].
#[napi]
pub fn key_from_pem(input: Bytes, length: u32, form: u32) -> Outcome<Handle<SigningKey>> {
    Outcome(guard(|| api::key_from_pem(&secret(&input, length, form)?, None)).map(Handle))
}

/// [`api::key_from_hex`].
#[napi]
pub fn key_from_hex(algorithm: String, input: Bytes, length: u32, form: u32) -> Outcome<Handle<SigningKey>> {
    Outcome(guard(|| api::key_from_hex(&algorithm, &secret(&input, length, form)?)).map(Handle))
}

/// [`api::key_to_jwk`].
#[napi]
pub fn key_to_jwk(key: Handle<SigningKey>) -> Outcome<Text> {
    Outcome(api::key_to_jwk(&key.0).map(Text))
}

/// [`api::key_to_pem`].
#[napi]
pub fn key_to_pem(key: Handle<SigningKey>) -> Outcome<Text> {
    Outcome(api::key_to_pem(&key.0).map(Text))
}

/// [`api::key_to_hex`].
#[napi]
pub fn key_to_hex(key: Handle<SigningKey>) -> Outcome<Text> {
    Outcome(api::key_to_hex(&key.0).map(Text))
}

/// [`api::key_public`].
#[napi]
pub fn key_public(key: Handle<SigningKey>) -> Outcome<Handle<PublicKey>> {
    Outcome(api::key_public(&key.0).map(Handle))
}

/// [`api::public_key_from_jwk`].
#[napi]
pub fn public_key_from_jwk(input: Bytes, length: u32, form: u32) -> Outcome<Handle<PublicKey>> {
    Outcome(guard(|| api::public_key_from_jwk(&secret(&input, length, form)?, None)).map(Handle))
}

/// [`api::public_key_from_pem`].
#[napi]
pub fn public_key_from_pem(input: Bytes, length: u32, form: u32) -> Outcome<Handle<PublicKey>> {
    Outcome(guard(|| api::public_key_from_pem(&text(&input, length, form)?, None)).map(Handle))
}

/// [`api::public_key_from_hex`].
#[napi]
pub fn public_key_from_hex(
    algorithm: String,
    input: Bytes,
    length: u32,
    form: u32,
) -> Outcome<Handle<PublicKey>> {
    Outcome(guard(|| api::public_key_from_hex(&algorithm, &text(&input, length, form)?)).map(Handle))
}

/// [`api::public_key_to_jwk`], as text.
#[napi]
pub fn public_key_to_jwk(key: Handle<PublicKey>) -> Outcome<Text> {
    Outcome(api::public_key_to_jwk(&key.0).map(Text::from))
}

/// [`api::public_key_to_pem`], as text.
#[napi]
pub fn public_key_to_pem(key: Handle<PublicKey>) -> Outcome<Text> {
    Outcome(api::public_key_to_pem(&key.0).map(Text::from))
}

/// [`api::public_key_to_hex`].
#[napi]
pub fn public_key_to_hex(key: Handle<PublicKey>) -> Outcome<String> {
    Outcome(api::public_key_to_hex(&key.0))
}

/// [`api::public_key_algorithm`].
#[napi]
pub fn public_key_algorithm(key: Handle<PublicKey>) -> &'static str {
    api::public_key_algorithm(&key.0)
}

/// [`api::public_key_kid`].
#[napi]
pub fn public_key_kid(key: Handle<PublicKey>) -> Outcome<String> {
    Outcome(api::public_key_kid(&key.0))
}

/// [`api::public_key_thumbprint`].
#[napi]
pub fn public_key_thumbprint(key: Handle<PublicKey>) -> Outcome<String> {
    Outcome(api::public_key_thumbprint(&key.0))
}

/// [`api::verifier_new`].
#[napi]
pub fn verifier_new(keys: Vec<Handle<PublicKey>>, options: Option<String>) -> Outcome<Handle<Verifier>> {
    let keys: Vec<PublicKey> = keys.into_iter().map(|key| key.0).collect();
    let options = options.unwrap_or_default();
    Outcome(guard(|| api::verifier_new(&api::keyset_new(&keys, &[])?, options.as_bytes())).map(Handle))
}

/// [`api::document_sign`].
#[napi]
pub fn document_sign(
    input: Bytes,
    length: u32,
    form: u32,
    key: Handle<SigningKey>,
    media_type: String,
    pool: Target,
    offset: u32,
) -> Outcome<Written> {
    pool.write(offset, guard(|| api::document_sign(&text(&input, length, form)?, &key.0, &media_type)))
}

/// [`api::document_verify`].
#[napi]
pub fn document_verify(
    input: Bytes,
    length: u32,
    form: u32,
    verifier: Handle<Verifier>,
    media_type: String,
    pool: Target,
    offset: u32,
) -> Outcome<Written> {
    pool.write(offset, guard(|| api::document_verify(&text(&input, length, form)?, &verifier.0, &media_type)))
}

/// [`api::document_signing_input`].
#[napi]
pub fn document_signing_input(
    input: Bytes,
    length: u32,
    form: u32,
    media_type: String,
    pool: Target,
    offset: u32,
) -> Outcome<Written> {
    pool.write(offset, guard(|| api::document_signing_input(&text(&input, length, form)?, &media_type)))
}

/// [`api::document_to_dsse`].
#[napi]
pub fn document_to_dsse(
    input: Bytes,
    length: u32,
    form: u32,
    media_type: String,
    pool: Target,
    offset: u32,
) -> Outcome<Written> {
    pool.write(offset, guard(|| api::document_to_dsse(&text(&input, length, form)?, &media_type)))
}

/// [`api::document_from_dsse`].
#[napi]
pub fn document_from_dsse(
    input: Bytes,
    length: u32,
    form: u32,
    media_type: String,
    pool: Target,
    offset: u32,
) -> Outcome<Written> {
    pool.write(offset, guard(|| api::document_from_dsse(&text(&input, length, form)?, &media_type)))
}

/// [`api::job_sign`].
#[napi]
pub fn job_sign(
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
pub fn job_verify_signatures(
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
pub fn job_signatories(input: Bytes, length: u32, form: u32, pool: Target, offset: u32) -> Outcome<Written> {
    pool.write(offset, guard(|| api::job_signatories(&text(&input, length, form)?)))
}

/// [`api::job_authorize`]; `policy` is JSON text in UTF-8, `now` is in Unix seconds.
#[napi]
pub fn job_authorize(
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
pub fn job_canonical_representation(
    input: Bytes,
    length: u32,
    form: u32,
    pool: Target,
    offset: u32,
) -> Outcome<Written> {
    pool.write(offset, guard(|| api::job_canonical_representation(&text(&input, length, form)?)))
}

/// [`api::receipt_sign`].
#[napi]
pub fn receipt_sign(
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
pub fn receipt_verify(
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
pub fn receipt_canonical_representation(
    input: Bytes,
    length: u32,
    form: u32,
    pool: Target,
    offset: u32,
) -> Outcome<Written> {
    pool.write(offset, guard(|| api::receipt_canonical_representation(&text(&input, length, form)?)))
}

/// [`api::test_panic`]: proves that a fault arrives as an error.
#[cfg(feature = "test-operations")]
#[napi]
pub fn test_panic() -> Outcome<()> {
    Outcome(api::test_panic())
}
