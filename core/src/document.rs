//! Signed JSON documents.
//!
//! Every signer signs the DSSE pre-authentication encoding of the canonical document without its `signatures`
//! member, together with the media type that says what the document is. All other members are signed.

mod dsse;
mod pae;
mod sign;
mod verify;

use std::borrow::Cow;

pub use dsse::{from_dsse, to_dsse};
pub(crate) use pae::pae;
pub(crate) use sign::{appended, asymmetric, sign_object};
pub use sign::{sign, signing_input};
pub use verify::verify;
pub(crate) use verify::verify_object;

use crate::error::{Code, Error, Result};
use crate::jcs::{self, Options};
use crate::json::view::{Object, Value};

/// No document carries more signatures: each costs a verification.
pub(crate) const MAX_SIGNATURES: usize = 64;

/// Media types of the documents that samebyte itself defines: their shape is checked by their own operations,
/// so the generic ones do not sign them.
const RESERVED: &str = "application/vnd.samebyte.";

/// What sets one kind of document apart from the others that are signed in this way.
pub(crate) struct Form<'a> {
    /// The media type that is signed with the document.
    pub(crate) media_type: &'a str,
    /// What the result of a verification calls the document: a member that sorts before `signatures`.
    pub(crate) noun: &'static str,
    /// The code where the shape of the document is not that of its kind.
    pub(crate) malformed: Code,
}

impl<'a> Form<'a> {
    /// The form of the documents that callers name themselves.
    fn document(media_type: &'a str) -> Result<Self> {
        let media_type = checked_type(media_type)?;
        Ok(Self { media_type, noun: "document", malformed: Code::DocumentMalformed })
    }
}

/// One entry of `signatures`: `{"alg","kid","sig"}`.
struct Entry<'a> {
    alg: Cow<'a, str>,
    kid: Cow<'a, str>,
    sig: Cow<'a, str>,
}

/// The canonical text of a document; every format that samebyte signs uses the `exact` number policy.
pub(crate) fn canonical(document: &[u8]) -> Result<Vec<u8>> {
    jcs::canonicalize(document, &Options::exact())
}

/// The document as an object, where it is one.
fn object(text: &[u8]) -> Result<Object<'_>> {
    Object::parse(text).ok_or_else(|| malformed("a document is a JSON object", ""))
}

/// The values of `signatures`, of which there may be [`MAX_SIGNATURES`]; none where the member is missing.
pub(crate) fn signature_values(signatures: Option<Value<'_>>, shape: Code) -> Result<Vec<Value<'_>>> {
    let Some(signatures) = signatures else { return Ok(Vec::new()) };
    let values = signatures
        .as_array()
        .ok_or_else(|| Error::new(shape, "signatures is not an array").with_text("pointer", "/signatures"))?;
    let values: Vec<_> = values.take(MAX_SIGNATURES + 1).collect();
    if values.len() > MAX_SIGNATURES {
        return Err(Error::new(Code::TooManySignatures, "more than 64 signatures"));
    }
    Ok(values)
}

/// The entries of `signatures`, each of the right shape, no key twice.
fn entries(signatures: Option<Value<'_>>, shape: Code) -> Result<Vec<Entry<'_>>> {
    let mut entries: Vec<Entry<'_>> = Vec::new();
    for (index, value) in signature_values(signatures, shape)?.into_iter().enumerate() {
        let entry = entry(value).ok_or_else(|| {
            Error::new(shape, "a signature is {\"alg\",\"kid\",\"sig\"}, three strings")
                .with_text("pointer", format!("/signatures/{index}"))
        })?;
        if entries.iter().any(|other| other.kid == entry.kid) {
            return Err(duplicate_signer(index));
        }
        entries.push(entry);
    }
    Ok(entries)
}

fn entry(value: Value<'_>) -> Option<Entry<'_>> {
    let object = value.as_object()?;
    let text = |name| Some(object.member(name)?.as_text()?.to_text());
    let entry = Entry { alg: text("alg")?, kid: text("kid")?, sig: text("sig")? };
    (object.members().count() == 3).then_some(entry)
}

/// One key signs twice: the entry at `index` is the second.
pub(crate) fn duplicate_signer(index: usize) -> Error {
    Error::new(Code::DuplicateSigner, "one key signs the document twice").with_number("index", index)
}

/// The signature at `index` fails, for the reason of `cause`.
pub(crate) fn verification_failed(index: usize, cause: &Error) -> Error {
    Error::new(Code::SignatureVerificationFailed, format!("signature {index}: {}", cause.message()))
        .with_number("index", index)
        .with_text("cause", cause.code().name())
}

/// The media type, where it is one (RFC 6838 section 4.2, without parameters) that callers may use.
fn checked_type(media_type: &str) -> Result<&str> {
    let invalid = |message: &'static str| Err(Error::new(Code::TypeInvalid, message));
    let name = |name: &str| {
        let mut bytes = name.bytes();
        name.len() <= 127
            && bytes.next().is_some_and(|byte| byte.is_ascii_alphanumeric())
            && bytes.all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
    };
    match media_type.split_once('/') {
        Some((top, sub)) if name(top) && name(sub) => {}
        _ => return invalid("the type is not a media type such as application/vnd.example+json"),
    }
    // Media types are compared without regard to case, so the reserved ones are reserved in every spelling.
    if media_type.to_ascii_lowercase().starts_with(RESERVED) {
        return invalid("application/vnd.samebyte.* belongs to the operations of that document");
    }
    Ok(media_type)
}

fn malformed(message: &'static str, pointer: &str) -> Error {
    Error::new(Code::DocumentMalformed, message).with_text("pointer", pointer)
}
