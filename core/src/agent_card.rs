//! Agent Cards: A2A 1.0 section 8.4.
//!
//! A card carries detached flattened JWS over its canonical text without `signatures`. The section can be read in more
//! than one way, and implementations differ, so the reading is an argument: a [`Form`]. What is read is JSON text, by
//! the strict reader, at most 1 MiB of it; numbers are doubles, as in both official SDKs.

mod diagnose;
mod fields;
mod form;
mod legacy;
mod portable;
mod sign;
mod signatures;
mod verify;

pub use diagnose::diagnose;
pub use form::Form;
pub use sign::{Portability, SignOptions, sign};
pub use verify::{VerifiedCard, verify};

use crate::error::{Code, Error, Result};
use crate::jcs::{self, Options};
use crate::json::pointer_at;

/// The longest card, in bytes.
const LONGEST: usize = 1 << 20;

/// The bytes that a signature of the card covers under a form.
///
/// # Errors
/// The codes of the reader; `card_malformed` with a `pointer`.
pub fn canonicalize(card: &[u8], form: Form) -> Result<Vec<u8>> {
    let text = read(card)?;
    Ok(form::form(&text, form)?.bytes.into_owned())
}

/// The canonical text of a card.
fn read(card: &[u8]) -> Result<Vec<u8>> {
    jcs::canonicalize(card, &Options { max_bytes: LONGEST, ..Options::default() })
}

/// The value at `at` in the canonical text of a card is not what it must be.
fn malformed(message: &'static str, text: &[u8], at: usize) -> Error {
    Error::new(Code::CardMalformed, message).with_text("pointer", pointer_at(text, at))
}
