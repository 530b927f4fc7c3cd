//! Many inputs in one call: what crosses is one buffer each way.

use napi::bindgen_prelude::AsyncTask;
use samebyte::api::{self, Code, Error};

use crate::border::{Bytes, Written, length, pair};
use crate::task::{Work, promise};

/// A promise of what `verify` gives for each input, on all processors.
///
/// `input` holds each input behind its length (four bytes, little-endian). The output holds for each result a
/// byte, a length, and as many bytes: 1 and what was verified, or 0 and the error as a [`pair`] of its code and another
/// of its message and its detail, which is empty where there is none.
pub(crate) fn batch(
    input: &Bytes,
    verify: impl FnOnce(&[&[u8]]) -> Vec<api::Result<Vec<u8>>> + Send + 'static,
) -> AsyncTask<Work<Written>> {
    let input = input.as_slice().map(<[u8]>::to_vec);
    promise(move || {
        let input = input?;
        let mut output = Vec::with_capacity(2 * input.len());
        for result in verify(&items(&input)?) {
            let (mark, body) = match result {
                Ok(verified) => (1, verified),
                Err(error) => (0, failure(&error)?),
            };
            output.push(mark);
            output.extend_from_slice(&length(&body)?.to_le_bytes());
            output.extend_from_slice(&body);
        }
        Ok(Written::Own(output))
    })
}

fn items(mut input: &[u8]) -> api::Result<Vec<&[u8]>> {
    let broken = || Error::new(Code::Internal, "a batch that the face never writes");
    let mut items = Vec::new();
    while !input.is_empty() {
        let (length, rest) = input.split_first_chunk().ok_or_else(broken)?;
        let length = u32::from_le_bytes(*length) as usize;
        let (item, rest) = rest.split_at_checked(length).ok_or_else(broken)?;
        items.push(item);
        input = rest;
    }
    Ok(items)
}

/// An error as a [`pair`] of its code and another of its message and its detail.
///
/// # Errors
/// `too_large`.
pub(crate) fn failure(error: &Error) -> api::Result<Vec<u8>> {
    let detail = error.detail_json().unwrap_or_default();
    pair(error.code().name().as_bytes(), &pair(error.message().as_bytes(), detail.as_bytes())?)
}
