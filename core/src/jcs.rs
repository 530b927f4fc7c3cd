//! The JSON Canonicalization Scheme, RFC 8785.
//!
//! [`canonicalize`] takes JSON text, [`to_vec`] takes Rust values, [`Writer`] takes values one by one. The output of
//! each is the same for the same JSON value: UTF-8 without white space, members sorted by the UTF-16 code units of
//! their names, strings with the fewest escapes, numbers as ECMAScript writes them.
//!
//! # Errors of JSON text
//!
//! Each error carries the byte `offset` of the fault and the RFC 6901 `pointer` to the innermost value or member that
//! it touches. If an input has several faults, the one that is reported is the first of:
//!
//! 1. `too_large`: more bytes than [`Options::max_bytes`]. The offset is the limit.
//! 2. `byte_order_mark`, at offset 0.
//! 3. `invalid_utf8`, anywhere in the input, at the first byte that is not part of well-formed UTF-8.
//! 4. The fault met first from left to right: `invalid_json` at the first byte that cannot continue a text (the
//!    length of the input, if it ends too early), `control_character` at that character, `lone_surrogate` at the
//!    backslash of its escape, `number_not_finite` (`NaN`, `Infinity`, `-Infinity`), `number_overflow` and
//!    `number_not_exact` at the first byte of the number (which must first be complete), `too_deep` at the bracket,
//!    `trailing_bytes`. `duplicate_member` is found when the object ends, after any other fault inside of it; its
//!    offset is that of the first name that was there before.

mod builder;
mod emit;
mod members;
mod number;
mod order;
mod pool;
mod reordering;
mod serialize;
mod shapes;
mod shortest;
mod string;
mod writer;

use zeroize::Zeroizing;

use crate::error::Result;
use crate::json::Limits;
use pool::Buffers;

pub use serialize::to_vec;
pub(crate) use string::write_string;
pub use writer::Writer;

/// Inputs and outputs longer than this are refused whatever [`Options::max_bytes`] says: 512 MiB.
const LONGEST: usize = 512 << 20;

/// What becomes of a number that no double is equal to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Numbers {
    /// RFC 8785 as written: a number stands for the nearest double (ties to even).
    #[default]
    Ieee754,
    /// A number whose decimal value is not that of its canonical text is refused with `number_not_exact`. `0.10`,
    /// `1e2`, `-0` and `295147905179352830000` are accepted; `9007199254740993` and `0.1000000000000000055` are not.
    /// Two accepted texts have the same canonical text only if they have the same value.
    Exact,
}

/// How JSON is read and canonicalized.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// The number policy. The default is [`Numbers::Ieee754`].
    pub numbers: Numbers,
    /// How many arrays and objects may be open at once. The default is 128. Any limit is safe: nothing here recurses.
    pub max_depth: usize,
    /// How many bytes the input may have; for values that are no text, the output. The default is 16 MiB. Above
    /// 512 MiB everything is refused.
    pub max_bytes: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { numbers: Numbers::default(), max_depth: 128, max_bytes: 16 << 20 }
    }
}

impl Options {
    /// The default limits with [`Numbers::Exact`].
    #[must_use]
    pub fn exact() -> Self {
        Self { numbers: Numbers::Exact, ..Self::default() }
    }

    fn limits(&self) -> Limits {
        Limits { depth: self.max_depth, bytes: self.max_bytes.min(LONGEST) }
    }
}

/// The canonical text of a JSON text.
///
/// # Errors
///
/// `invalid_json`, `invalid_utf8`, `byte_order_mark`, `duplicate_member`, `lone_surrogate`, `control_character`,
/// `number_not_finite`, `number_overflow`, `number_not_exact`, `trailing_bytes`, `too_deep`, `too_large`, each with
/// `offset` and `pointer`; the [page of this module](self) says where and which first.
pub fn canonicalize(input: &[u8], options: &Options) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    canonicalize_into(input, options, &mut out)?;
    Ok(out)
}

/// As [`canonicalize`], appending to `out`.
///
/// # Errors
///
/// Those of [`canonicalize`]; `out` is then as it was before.
pub fn canonicalize_into(input: &[u8], options: &Options, out: &mut Vec<u8>) -> Result<()> {
    pool::with(|buffers| {
        read(input, options, buffers)?;
        buffers.builder.finish(out);
        Ok(())
    })
}

fn read(input: &[u8], options: &Options, buffers: &mut Buffers) -> Result<()> {
    let limits = options.limits();
    // The reader refuses what is longer.
    buffers.builder.start(options.numbers, input.len().min(limits.bytes));
    buffers.reader.read(input, limits, &mut buffers.builder)
}

/// Canonical text that is complete, for whoever makes a place for it: [`canonicalize_with`], [`Writer::finish_with`].
#[allow(missing_debug_implementations, reason = "what fills has nothing to show")]
pub enum Finished<'a> {
    /// The text: what was written came in canonical order.
    InOrder(&'a [u8]),
    /// The text is put in order as it is written.
    Reordered {
        /// How many bytes the text has.
        length: usize,
        /// Fills as many bytes with it.
        fill: &'a mut dyn FnMut(&mut [u8]),
    },
}

/// As [`canonicalize`], to a place that the caller makes for the text.
///
/// # Errors
///
/// Those of [`canonicalize`]; then nothing is made.
pub fn canonicalize_with<T>(
    input: &[u8],
    options: &Options,
    make: impl FnOnce(Finished<'_>) -> T,
) -> Result<T> {
    pool::with(|buffers| {
        read(input, options, buffers)?;
        Ok(buffers.builder.finish_with(make))
    })
}

/// As [`canonicalize`], for a text that holds a secret: no copy of it is left in memory but the result, which
/// clears itself.
///
/// # Errors
///
/// Those of [`canonicalize`].
pub(crate) fn canonicalize_secret(input: &[u8], options: &Options) -> Result<Zeroizing<Vec<u8>>> {
    // No canonical text is longer: nothing grows more than `1e20`, four bytes that become twenty-one.
    let room = input.len().min(options.max_bytes).saturating_mul(8);
    pool::with_secret(room, |buffers| {
        let mut out = Zeroizing::new(Vec::with_capacity(room));
        buffers.builder.start(options.numbers, room);
        buffers.reader.read(input, options.limits(), &mut buffers.builder)?;
        buffers.builder.finish(&mut out);
        Ok(out)
    })
}
