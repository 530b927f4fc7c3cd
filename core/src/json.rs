//! The strict JSON reader: RFC 8259 with the restrictions of I-JSON (RFC 7493), and nothing else.
//!
//! It reads bytes in one pass without recursion and tells a [`Sink`] what it finds, in the order of the input.
//! Refused, each with its own code and the byte offset of the fault:
//!
//! 1. `too_large`: more bytes than the limit. Nothing else is looked at.
//! 2. `byte_order_mark`: the text starts with U+FEFF.
//! 3. `invalid_utf8`: the offset is that of the first byte that is not part of well-formed UTF-8, wherever in
//!    the input it stands.
//! 4. Otherwise the fault that is met first, reading from left to right: `invalid_json` at the first byte that
//!    cannot continue a text (or the length of the input, if it ends too early), `control_character`,
//!    `lone_surrogate` at the backslash of the escape, `number_not_finite` and what the sink finds wrong with
//!    a number at the number's first byte, `too_deep` at the bracket, `trailing_bytes`. Whether an object names a member
//!    twice is asked when its closing brace is met; `duplicate_member` then has the offset of the first name
//!    that was there before.
//!
//! Reported errors also carry the RFC 6901 pointer to the innermost value or member that the fault touches, cut
//! behind the last whole token within 256 bytes.

mod cursor;
mod decimal;
mod fault;
mod number;
mod pointer;
mod powers;
pub(crate) mod raw;
mod reader;
mod scan;
mod string;
pub(crate) mod view;

pub(crate) use cursor::Cursor;
pub(crate) use decimal::{Decimal, long_decimal, to_double};
pub(crate) use number::Number;
pub(crate) use pointer::{of_offset as pointer_at, of_offsets as pointers_at};
pub(crate) use reader::{Limits, Reader, Sink};
pub(crate) use scan::{WIDE, WIDTH, prefetch, special};
pub(crate) use string::Text;

/// The byte at `at`, or zero, which starts and continues nothing in JSON, behind the end.
#[inline(always)]
fn byte(source: &[u8], at: usize) -> u8 {
    source.get(at).copied().unwrap_or(0)
}
