//! Documents.

use napi::bindgen_prelude::AsyncTask;
use napi_derive::napi;
use samebyte::api::{self, SigningKey, Verifier, guard};

use crate::batch::batch;
use crate::border::{Bytes, Handle, Outcome, Target, Written};
use crate::input::text;
use crate::task::Work;

/// [`api::document_sign`].
#[napi]
pub(crate) fn document_sign(
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
pub(crate) fn document_verify(
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

/// [`api::document_verify_many`] on the thread pool; see [`batch`].
#[napi]
pub(crate) fn document_verify_many(
    input: Bytes,
    verifier: Handle<Verifier>,
    media_type: String,
) -> AsyncTask<Work<Written>> {
    batch(&input, move |documents| api::document_verify_many(documents, &verifier.0, &media_type))
}

/// [`api::document_signing_input`].
#[napi]
pub(crate) fn document_signing_input(
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
pub(crate) fn document_to_dsse(
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
pub(crate) fn document_from_dsse(
    input: Bytes,
    length: u32,
    form: u32,
    media_type: String,
    pool: Target,
    offset: u32,
) -> Outcome<Written> {
    pool.write(offset, guard(|| api::document_from_dsse(&text(&input, length, form)?, &media_type)))
}
