//! The C interface of samebyte: the operations of `samebyte::api` behind `sb_` functions.
//!
//! `include/samebyte_abi.h` is generated from this crate and says what a C programmer needs to know; the
//! comments of the functions here are the comments there. The conventions, kept by every function:
//!
//! * A fallible function returns `SB_OK` (0) or the number of an `sb_code`.
//! * An input is a `const char *` and a `size_t`; it may hold NUL bytes and needs none at its end.
//! * Outputs come last and are written on success only; `error` comes after them and is written on failure only.
//! * `NULL` for an argument that is needed is `SB_INVALID_ARGUMENT`.
//! * Handles are immutable and may be shared between threads; each has a `_free` that accepts `NULL`. An exchange is the
//!   exception: it changes, and belongs to one thread at a time.
//! * There is no last-error state, global or per thread.
//!
//! What a caller promises, and every `SAFETY` comment here leans on: a pointer is null or valid for its length or
//! type, a handle came from this library and was not freed, and nobody else writes to either during the call.
//!
//! No function is made by a macro, because the header generator does not see through macros.
#![allow(unreachable_pub, reason = "C reaches what Rust does not; the header generator wants `pub`")]

mod agent_card;
mod border;
mod bytes;
mod client;
mod codes;
mod document;
mod error;
mod exchange;
mod gateway;
mod http;
mod jcs;
mod job;
mod jws;
mod keyset;
mod public_key;
mod receipt;
mod result;
mod signing_key;
mod sqooler;
#[cfg(feature = "test-operations")]
mod test_operations;
mod verifier;
mod version;

// libsecp256k1's crate exports four C functions from every library that it is linked into. Only `sb_` functions are ours
// to promise: hidden, the four are bound inside the library. Weak, because not every build has them.
#[cfg(target_os = "linux")]
core::arch::global_asm!(
    ".hidden rustsecp256k1_v0_14_context_create",
    ".weak rustsecp256k1_v0_14_context_create",
    ".hidden rustsecp256k1_v0_14_context_destroy",
    ".weak rustsecp256k1_v0_14_context_destroy",
    ".hidden rustsecp256k1_v0_14_default_error_callback_fn",
    ".weak rustsecp256k1_v0_14_default_error_callback_fn",
    ".hidden rustsecp256k1_v0_14_default_illegal_callback_fn",
    ".weak rustsecp256k1_v0_14_default_illegal_callback_fn",
);
