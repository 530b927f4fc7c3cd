//! JSON as JavaScript hands it over.

use std::borrow::Cow;

use samebyte::api::{self, Code, Error, Finished, Result};
use zeroize::Zeroizing;

use crate::border::Bytes;
use crate::tokens;

/// How an input spells a JSON value (or a key in PEM or hex). The numbers are those of `ts/input.ts`.
enum Form {
    /// UTF-8 text.
    Text,
    /// A walked object, see [`tokens`].
    Tokens,
}

impl Form {
    fn new(form: u32) -> Result<Self> {
        match form {
            0 => Ok(Self::Text),
            1 => Ok(Self::Tokens),
            _ => Err(Error::new(Code::Internal, "an input form that is not known")),
        }
    }
}

/// JSON text in UTF-8. A walked object is written in canonical form under the policy `exact`, which is the
/// policy of everything that is signed.
pub(crate) fn text(input: &Bytes, length: u32, form: u32) -> Result<Cow<'_, [u8]>> {
    text_with(input, length, form, Some("exact"), None)
}

/// As [`text`], for a key, which may be a secret.
pub(crate) fn secret(input: &Bytes, length: u32, form: u32) -> Result<Zeroizing<Vec<u8>>> {
    let bytes = bytes(input, length)?;
    Ok(Zeroizing::new(match Form::new(form)? {
        Form::Text => bytes.to_vec(),
        Form::Tokens => tokens::canonicalize(bytes, api::key_writer()?)?,
    }))
}

/// A secret that is not JSON.
pub(crate) fn secret_bytes(input: &Bytes, length: u32) -> Result<Zeroizing<Vec<u8>>> {
    Ok(Zeroizing::new(bytes(input, length)?.to_vec()))
}

/// Bytes that may be absent, which is not the same as empty.
pub(crate) fn optional(input: Option<&Bytes>) -> Result<Option<&[u8]>> {
    input.map(Bytes::as_slice).transpose()
}

/// Options as the door takes them.
pub(crate) fn json(options: Option<&str>) -> &[u8] {
    options.unwrap_or_default().as_bytes()
}

/// The canonical text of the input, to a place that the caller makes for it. The policy defaults to `ieee754`.
pub(crate) fn canonicalize<T>(
    input: &Bytes,
    length: u32,
    form: u32,
    numbers: Option<&str>,
    options: Option<&str>,
    make: impl FnOnce(Finished<'_>) -> T,
) -> Result<T> {
    let (bytes, numbers, options) = (bytes(input, length)?, policy(numbers)?, json(options));
    match Form::new(form)? {
        Form::Text => api::jcs_canonicalize_with(bytes, numbers, options, make),
        Form::Tokens => tokens::written(bytes, api::jcs_writer(numbers, options)?)?.finish_with(make),
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
    let digest = api::jcs_sha256(&text, policy(numbers.as_deref())?, json(options.as_deref()))?;
    Ok(digest.to_vec())
}

fn text_with<'a>(
    input: &'a Bytes,
    length: u32,
    form: u32,
    numbers: Option<&str>,
    options: Option<&str>,
) -> Result<Cow<'a, [u8]>> {
    let bytes = bytes(input, length)?;
    Ok(match Form::new(form)? {
        Form::Text => Cow::Borrowed(bytes),
        Form::Tokens => {
            Cow::Owned(tokens::canonicalize(bytes, api::jcs_writer(policy(numbers)?, json(options))?)?)
        }
    })
}

/// The input itself: the scratch that strings and objects arrive in is longer than what it holds.
pub(crate) fn bytes(input: &Bytes, length: u32) -> Result<&[u8]> {
    input
        .as_slice()?
        .get(..length as usize)
        .ok_or_else(|| Error::new(Code::Internal, "an input that is shorter than its length"))
}

fn policy(numbers: Option<&str>) -> Result<api::Numbers> {
    api::jcs_numbers(numbers.unwrap_or("ieee754"))
}
