//! JWS.

use napi::bindgen_prelude::AsyncTask;
use napi_derive::napi;
use samebyte::api::{self, PublicKey, SigningKey, Verifier, guard};

use crate::batch::batch;
use crate::border::{Bytes, Handle, Outcome, Output, Target, Written, pair};
use crate::input::{bytes, json, optional};
use crate::task::{Work, promise};

/// [`api::jws_sign`], as text.
#[napi]
pub(crate) fn jws_sign(
    input: Bytes,
    length: u32,
    key: Handle<SigningKey>,
    options: Option<String>,
) -> Outcome<Output> {
    let sign = || api::jws_sign(bytes(&input, length)?, &key.0, json(options.as_deref()));
    Outcome(guard(sign).map(Output))
}

/// [`api::jws_sign`] on the thread pool.
#[napi]
pub(crate) fn jws_sign_async(
    input: Bytes,
    length: u32,
    key: Handle<SigningKey>,
    options: Option<String>,
) -> AsyncTask<Work<Output>> {
    let payload = bytes(&input, length).map(<[u8]>::to_vec);
    promise(move || api::jws_sign(&payload?, &key.0, json(options.as_deref())).map(Output))
}

/// [`api::jws_append`], as text.
#[napi]
pub(crate) fn jws_append(
    input: Bytes,
    length: u32,
    payload: Option<Bytes>,
    key: Handle<SigningKey>,
    options: Option<String>,
) -> Outcome<Output> {
    let append = || {
        let payload = optional(payload.as_ref())?;
        api::jws_append(bytes(&input, length)?, payload, &key.0, json(options.as_deref()))
    };
    Outcome(guard(append).map(Output))
}

/// [`api::jws_verify`]: the payload and the signatures, as a pair.
#[napi]
pub(crate) fn jws_verify(
    input: Bytes,
    length: u32,
    verifier: Handle<Verifier>,
    pool: Target,
    offset: u32,
    payload: Option<Bytes>,
    options: Option<String>,
) -> Outcome<Written> {
    let verify = || {
        let payload = optional(payload.as_ref())?;
        verified(bytes(&input, length)?, payload, &verifier.0, options.as_deref())
    };
    pool.write(offset, guard(verify))
}

/// [`api::jws_verify`] on the thread pool.
#[napi]
pub(crate) fn jws_verify_async(
    input: Bytes,
    length: u32,
    verifier: Handle<Verifier>,
    payload: Option<Bytes>,
    options: Option<String>,
) -> AsyncTask<Work<Written>> {
    let jws = bytes(&input, length).map(<[u8]>::to_vec);
    let payload = optional(payload.as_ref()).map(|payload| payload.map(<[u8]>::to_vec));
    promise(move || verified(&jws?, payload?.as_deref(), &verifier.0, options.as_deref()).map(Written::Own))
}

/// [`api::jws_verify_many`] on the thread pool, each as [`jws_verify`]; see [`batch`].
#[napi]
pub(crate) fn jws_verify_many(input: Bytes, verifier: Handle<Verifier>) -> AsyncTask<Work<Written>> {
    batch(&input, move |tokens| {
        let results = api::jws_verify_many(tokens, &verifier.0).into_iter();
        results.map(|verified| verified.and_then(|jws| pair(&jws.payload, &jws.signatures))).collect()
    })
}

/// [`api::jws_prepare`], as text.
#[napi]
pub(crate) fn jws_prepare(
    input: Bytes,
    length: u32,
    key: Handle<PublicKey>,
    options: Option<String>,
) -> Outcome<Output> {
    let prepare = || api::jws_prepare(bytes(&input, length)?, &key.0, json(options.as_deref()));
    Outcome(guard(prepare).map(Output))
}

/// [`api::jws_finish`], as text.
#[napi]
pub(crate) fn jws_finish(
    input: Bytes,
    length: u32,
    key: Handle<PublicKey>,
    options: Option<String>,
    signature: Bytes,
) -> Outcome<Output> {
    let finish = || {
        let options = json(options.as_deref());
        api::jws_finish(bytes(&input, length)?, &key.0, options, signature.as_slice()?)
    };
    Outcome(guard(finish).map(Output))
}

/// [`api::jws_inspect`], as text.
#[napi]
pub(crate) fn jws_inspect(input: Bytes, length: u32) -> Outcome<Output> {
    Outcome(guard(|| api::jws_inspect(bytes(&input, length)?)).map(Output))
}

fn verified(
    jws: &[u8],
    payload: Option<&[u8]>,
    verifier: &Verifier,
    options: Option<&str>,
) -> api::Result<Vec<u8>> {
    let verified = api::jws_verify(jws, payload, verifier, json(options))?;
    pair(&verified.payload, &verified.signatures)
}
