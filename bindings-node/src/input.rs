//! JSON as JavaScript hands it over.

use std::borrow::Cow;

use samebyte::api::{self, Code, Error, Result};
use zeroize::Zeroizing;

use crate::border::Bytes;
use crate::tokens;

/// How an input spells a JSON value (or a key in PEM or hex). The numbers are those of `ts/input.ts`.
enum Form {
    /// JSON text in UTF-8: bytes of the user.
    Utf8,
    /// JSON text in UTF-16LE: a string of the user. Node copies a string out in this form several times
    /// faster than as UTF-8, and without replacing lone surrogates.
    Utf16,
    /// A walked object, see [`tokens`].
    Tokens,
}

impl Form {
    fn new(form: u32) -> Result<Self> {
        match form {
            0 => Ok(Self::Utf8),
            1 => Ok(Self::Utf16),
            2 => Ok(Self::Tokens),
            _ => Err(Error::new(Code::Internal, "an input form that is not known")),
        }
    }
}

/// JSON text in UTF-8. A walked object is written in canonical form under the policy `exact`, which is the
/// policy of everything that is signed.
pub(crate) fn text(input: &Bytes, length: u32, form: u32) -> Result<Cow<'_, [u8]>> {
    text_with(input, length, form, Some("exact"), None)
}

/// As [`text`], for a text that is a secret.
pub(crate) fn secret(input: &Bytes, length: u32, form: u32) -> Result<Zeroizing<Vec<u8>>> {
    text(input, length, form).map(|text| Zeroizing::new(text.into_owned()))
}

/// The canonical text of the input. The policy defaults to `ieee754`.
pub(crate) fn canonicalize(
    input: &Bytes,
    length: u32,
    form: u32,
    numbers: Option<String>,
    options: Option<String>,
) -> Result<Vec<u8>> {
    let text = text_with(input, length, form, numbers.as_deref(), options.as_deref())?;
    match (text, Form::new(form)?) {
        (Cow::Owned(canonical), Form::Tokens) => Ok(canonical),
        (text, _) => api::jcs_canonicalize(&text, policy(numbers.as_deref())?, limits(options.as_deref())),
    }
}

/// SHA-256 of the canonical text of the input. Canonical text is its own canonical text, so that a walked
/// object takes the same way as text.
pub(crate) fn sha256(
    input: &Bytes,
    length: u32,
    form: u32,
    numbers: Option<String>,
    options: Option<String>,
) -> Result<Vec<u8>> {
    let text = text_with(input, length, form, numbers.as_deref(), options.as_deref())?;
    let digest = api::jcs_sha256(&text, policy(numbers.as_deref())?, limits(options.as_deref()))?;
    Ok(digest.to_vec())
}

fn text_with<'a>(
    input: &'a Bytes,
    length: u32,
    form: u32,
    numbers: Option<&str>,
    options: Option<&str>,
) -> Result<Cow<'a, [u8]>> {
    let bytes = input.as_slice()?;
    // The scratch that strings and objects arrive in is longer than what it holds.
    let held = || {
        bytes
            .get(..length as usize)
            .ok_or_else(|| Error::new(Code::Internal, "an input that is shorter than its length"))
    };
    Ok(match Form::new(form)? {
        Form::Utf8 => Cow::Borrowed(bytes),
        Form::Utf16 => Cow::Owned(utf8(held()?)?),
        Form::Tokens => Cow::Owned(tokens::canonicalize(held()?, policy(numbers)?, limits(options))?),
    })
}

fn policy(numbers: Option<&str>) -> Result<api::Numbers> {
    api::jcs_numbers(numbers.unwrap_or("ieee754"))
}

fn limits(options: Option<&str>) -> &[u8] {
    options.unwrap_or_default().as_bytes()
}

/// The UTF-8 form of UTF-16LE text.
///
/// # Errors
/// `lone_surrogate`, with the offset in the UTF-8 form.
pub(crate) fn utf8(bytes: &[u8]) -> Result<Vec<u8>> {
    // Units are narrowed in blocks for as long as a block is ASCII; a block that is not goes unit by unit.
    const BLOCK: usize = 64;
    let mut text = Vec::with_capacity(bytes.len() / 2 + bytes.len() / 8);
    let mut rest = bytes;
    while !rest.is_empty() {
        while let Some((block, after)) = rest.split_first_chunk::<BLOCK>() {
            let units = block.as_chunks::<2>().0;
            if units.iter().fold(0, |all, unit| all | u16::from_le_bytes(*unit)) > 0x7f {
                break;
            }
            text.extend(units.iter().map(|unit| unit[0]));
            rest = after;
        }
        let mut end = rest.len().min(BLOCK);
        // A surrogate pair is not cut in two.
        if end < rest.len() && matches!(rest[end - 1], 0xd8..=0xdb) {
            end += 2;
        }
        let (block, after) = rest.split_at(end);
        for character in
            char::decode_utf16(block.as_chunks::<2>().0.iter().map(|unit| u16::from_le_bytes(*unit)))
        {
            let Ok(character) = character else {
                return Err(Error::new(Code::LoneSurrogate, "a string holds half of a surrogate pair")
                    .with_number("offset", text.len()));
            };
            text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        }
        rest = after;
    }
    Ok(text)
}
