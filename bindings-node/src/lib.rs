//! The private native module of the npm package `samebyte`: the operations of [`samebyte::api`], one function
//! each, with bytes and handles in and bytes out.
//!
//! Nothing here is an interface for users: the TypeScript face in `ts/` checks arguments, makes errors, and is
//! the only caller. There is no rule, no JSON parser and no cryptography in this crate.
//!
//! Every function that reads JSON takes it as `input`, `length`, `form`, and one that reads text or bytes as
//! `input`, `length` (see `input.rs`). Every function that gives bytes writes them to `pool` at `offset` and
//! returns their number, or returns a `Buffer` where they are many (`border::Written`); two outputs are one, with
//! a length before it (`border::pair`). An error is returned as data, never thrown (`border::Outcome`). `options`
//! are those of the door, as JSON text. What ends in `_async` runs on the thread pool (`task.rs`).

mod batch;
mod border;
mod canonicalize;
mod card;
mod client;
mod document;
mod exchanges;
mod http;
mod input;
mod job;
mod jws;
mod keys;
mod public_keys;
mod receipt;
mod result;
mod sqooler;
mod task;
mod tokens;
mod trust;

use napi_derive::napi;
use samebyte::api::{self, guard};

use border::{Bytes, Outcome, Target, Written};

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

/// [`api::test_panic`]: proves that a fault arrives as an error.
#[cfg(feature = "test-operations")]
#[napi]
pub fn test_panic() -> Outcome<()> {
    Outcome(api::test_panic())
}
