//! Many exchanges at once, on the thread pool: where the signatures are verified and made.

use std::time::Instant;

use napi::bindgen_prelude::AsyncTask;
use napi_derive::napi;
use samebyte::api::{self, Exchange};

use crate::batch::failure;
use crate::border::{Bytes, Handle, Written, length};
use crate::http::{Shared, lock, noted, output, time, written};
use crate::task::{Work, promise};

/// What an exchange is handed.
enum Input {
    /// The body of the request.
    Body(Vec<u8>),
    /// The response of the handler.
    Response { status: u16, content_type: Option<String>, body: Vec<u8> },
}

/// [`api::exchange_body`] or [`api::exchange_respond`] of many exchanges on the thread pool: the latter where there is a
/// status.
///
/// The output holds for each a byte: 1, the eight bytes of [`noted`], a length, and what [`output`] or [`written`] gives, or 0,
/// a length, and the error as [`failure`] has it.
#[napi]
pub(crate) fn exchanges_work(
    exchanges: Vec<Handle<Shared>>,
    statuses: Vec<Option<u32>>,
    content_types: Vec<Option<String>>,
    bodies: Vec<Bytes>,
    now: i64,
) -> AsyncTask<Work<Written>> {
    let input = |((status, content_type), body): ((Option<u32>, Option<String>), Bytes)| {
        let body = body.as_slice()?.to_vec();
        Ok(match status {
            None => Input::Body(body),
            // What is too large for a status is as 0: none.
            Some(status) => {
                Input::Response { status: u16::try_from(status).unwrap_or_default(), content_type, body }
            }
        })
    };
    let inputs: Vec<api::Result<Input>> =
        statuses.into_iter().zip(content_types).zip(bodies).map(input).collect();
    let asked = Instant::now();
    promise(move || {
        let mut all = Vec::with_capacity(2048 * inputs.len());
        for (exchange, input) in exchanges.iter().zip(inputs) {
            // The pool may have been busy meanwhile.
            let now = time(now) + u64::try_from(asked.elapsed().as_millis()).unwrap_or_default();
            let exchange = &mut lock(&exchange.0);
            let output = match input.and_then(|input| work(exchange, input, now)) {
                Ok(output) => {
                    all.push(1);
                    all.extend_from_slice(&noted(exchange));
                    output
                }
                Err(error) => {
                    all.push(0);
                    failure(&error)?
                }
            };
            all.extend_from_slice(&length(&output)?.to_le_bytes());
            all.extend_from_slice(&output);
        }
        Ok(Written::Own(all))
    })
}

fn work(exchange: &mut Exchange, input: Input, now: u64) -> api::Result<Vec<u8>> {
    match input {
        Input::Body(body) => {
            api::exchange_body(exchange, &body, now)?;
            output(exchange)
        }
        Input::Response { status, content_type, body } => {
            written(&api::exchange_respond(exchange, status, content_type.as_deref(), Some(&body), now)?)
        }
    }
}
