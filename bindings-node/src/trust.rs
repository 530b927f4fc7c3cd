//! Key sets, and verifiers made of them.

use napi_derive::napi;
use samebyte::api::{self, Keyset, PublicKey, SigningKey, Verifier, guard};

use crate::border::{Bytes, Handle, Outcome, Output};
use crate::input::{json, text};

/// [`api::keyset_new`].
#[napi]
pub(crate) fn keyset_new(
    public_keys: Vec<Handle<PublicKey>>,
    symmetric_keys: Vec<Handle<SigningKey>>,
) -> Outcome<Handle<Keyset>> {
    let public_keys: Vec<PublicKey> = public_keys.into_iter().map(|key| key.0).collect();
    let symmetric_keys: Vec<SigningKey> = symmetric_keys.into_iter().map(|key| key.0).collect();
    Outcome(api::keyset_new(&public_keys, &symmetric_keys).map(Handle))
}

/// [`api::keyset_from_jwks`].
#[napi]
pub(crate) fn keyset_from_jwks(input: Bytes, length: u32, form: u32) -> Outcome<Handle<Keyset>> {
    Outcome(guard(|| api::keyset_from_jwks(&text(&input, length, form)?)).map(Handle))
}

/// [`api::keyset_to_jwks`], as text.
#[napi]
pub(crate) fn keyset_to_jwks(keys: Handle<Keyset>) -> Outcome<Output> {
    Outcome(api::keyset_to_jwks(&keys.0).map(Output))
}

/// [`api::keyset_find`].
#[napi]
pub(crate) fn keyset_find(keys: Handle<Keyset>, kid: String) -> Outcome<Handle<PublicKey>> {
    Outcome(api::keyset_find(&keys.0, &kid).map(Handle))
}

/// [`Keyset::len`].
#[napi]
pub(crate) fn keyset_len(keys: Handle<Keyset>) -> u32 {
    u32::try_from(keys.0.len()).unwrap_or(u32::MAX)
}

/// [`api::keyset_lint`], as text.
#[napi]
pub(crate) fn keyset_lint(input: Bytes, length: u32, form: u32) -> Outcome<Output> {
    Outcome(guard(|| api::keyset_lint(&text(&input, length, form)?)).map(Output))
}

/// [`api::verifier_new`].
#[napi]
pub(crate) fn verifier_new(keys: Handle<Keyset>, options: Option<String>) -> Outcome<Handle<Verifier>> {
    Outcome(api::verifier_new(&keys.0, json(options.as_deref())).map(Handle))
}
