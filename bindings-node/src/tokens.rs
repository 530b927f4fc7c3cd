//! A walked JavaScript object, as a stream of tokens.
//!
//! `ts/walk.ts` reads each value of an object once, refuses what has no JSON text, and writes one token per
//! value; here the tokens drive the canonical writer of the core. Walking through Node-API instead would cost
//! a call for each value, and `JSON.stringify` loses what it cannot say (`NaN`, `undefined`, a `Map`).
//!
//! | tag | then |
//! |---|---|
//! | 0 null, 1 false, 2 true | |
//! | 3 integer | `i32` |
//! | 4 number | `f64` |
//! | 5 string, 7 member name | length `u8`, UTF-8 bytes |
//! | 6 string, 8 member name | length `u32`, UTF-8 bytes |
//! | 9 `[`, 10 `]`, 11 `{`, 12 `}` | |
//!
//! Everything is little-endian and without padding.

use samebyte::api::{Code, Error, Result, Writer};

/// The canonical text of the walked object, written by `writer`, which has its limits.
pub(crate) fn canonicalize(tokens: &[u8], writer: Writer) -> Result<Vec<u8>> {
    written(tokens, writer)?.finish()
}

/// The writer that has been told of the walked object.
pub(crate) fn written(tokens: &[u8], mut writer: Writer) -> Result<Writer> {
    let mut tokens = Tokens(tokens);
    while let Some((&tag, rest)) = tokens.0.split_first() {
        tokens.0 = rest;
        match tag {
            0 => writer.null()?,
            1 => writer.boolean(false)?,
            2 => writer.boolean(true)?,
            3 => writer.integer(i32::from_le_bytes(tokens.array()?).into())?,
            4 => writer.double(f64::from_le_bytes(tokens.array()?))?,
            5 => writer.string(tokens.short()?)?,
            6 => writer.string(tokens.long()?)?,
            7 => writer.key(tokens.short()?)?,
            8 => writer.key(tokens.long()?)?,
            9 => writer.begin_array()?,
            10 => writer.end_array()?,
            11 => writer.begin_object()?,
            12 => writer.end_object()?,
            _ => return Err(broken()),
        }
    }
    Ok(writer)
}

/// What is left of the stream.
struct Tokens<'a>(&'a [u8]);

impl<'a> Tokens<'a> {
    fn bytes(&mut self, length: usize) -> Result<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(length).ok_or_else(broken)?;
        self.0 = rest;
        Ok(bytes)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (bytes, rest) = self.0.split_first_chunk().ok_or_else(broken)?;
        self.0 = rest;
        Ok(*bytes)
    }

    fn short(&mut self) -> Result<&'a str> {
        let [length] = self.array()?;
        std::str::from_utf8(self.bytes(length.into())?).map_err(|_| broken())
    }

    fn long(&mut self) -> Result<&'a str> {
        let length = u32::from_le_bytes(self.array()?) as usize;
        simdutf8::basic::from_utf8(self.bytes(length)?).map_err(|_| broken())
    }
}

/// The walk and this module disagree: a fault of the package, not of the input.
fn broken() -> Error {
    Error::new(Code::Internal, "a stream of tokens that the walk never writes")
}
