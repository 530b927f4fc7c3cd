//! The same signatures as a DSSE envelope: `{"payload","payloadType","signatures":[{"keyid","sig"}…]}`.
//!
//! DSSE has no member for the algorithm, so one is kept beside `keyid` as `alg`; readers of DSSE ignore members
//! that they do not know.

use super::{canonical, checked_type, entries, malformed, object, signature_values};
use crate::encoding::{from_base64, from_base64url, to_base64, to_base64url};
use crate::error::{Code, Error, Result};
use crate::jcs::{self, Options};
use crate::json::view::{Object, Value};

/// The signed document as a canonical DSSE envelope. Converting verifies nothing.
///
/// # Errors
/// The codes of the reader; `document_malformed`, `type_invalid`, `document_unsigned`, `duplicate_signer`,
/// `too_many_signatures`.
pub fn to_dsse(document: &[u8], media_type: &str) -> Result<Vec<u8>> {
    let media_type = checked_type(media_type)?;
    let text = canonical(document)?;
    let (body, signatures) = object(&text)?.without("signatures");
    let entries = entries(signatures, Code::DocumentMalformed)?;
    if entries.is_empty() {
        return Err(Error::new(Code::DocumentUnsigned, "the document carries no signature"));
    }
    let mut envelope =
        format!("{{\"payload\":\"{}\",\"payloadType\":\"{media_type}\",\"signatures\":[", to_base64(&body))
            .into_bytes();
    for (index, entry) in entries.iter().enumerate() {
        let signature = from_base64url(&*entry.sig)
            .ok_or_else(|| malformed("sig is not base64url", &format!("/signatures/{index}/sig")))?;
        if index > 0 {
            envelope.push(b',');
        }
        for (name, text) in
            [("{\"alg\":", &*entry.alg), (",\"keyid\":", &*entry.kid), (",\"sig\":", &to_base64(&signature))]
        {
            envelope.extend_from_slice(name.as_bytes());
            envelope.append(&mut jcs::to_vec(text, &Options::default())?);
        }
        envelope.push(b'}');
    }
    envelope.extend_from_slice(b"]}");
    Ok(envelope)
}

/// The DSSE envelope as a signed document. Converting verifies nothing.
///
/// The payload must be canonical: the signatures are over its bytes, and the document is rebuilt from them.
///
/// # Errors
/// The codes of the reader; `document_malformed`, `type_invalid` (also where `payloadType` is another type),
/// `duplicate_signer`, `too_many_signatures`.
pub fn from_dsse(envelope: &[u8], media_type: &str) -> Result<Vec<u8>> {
    let media_type = checked_type(media_type)?;
    let text = canonical(envelope)?;
    let envelope = object(&text)?;
    if plain(envelope, "payloadType")? != media_type {
        return Err(Error::new(Code::TypeInvalid, "payloadType is not the expected type"));
    }
    let payload = from_base64(plain(envelope, "payload")?)
        .ok_or_else(|| malformed("payload is not padded base64", "/payload"))?;
    if canonical(&payload)? != payload {
        return Err(malformed("the payload is not canonical JSON", "/payload"));
    }
    let document = object(&payload)?;
    if document.member("signatures").is_some() {
        return Err(malformed("the payload has a member signatures", "/payload"));
    }
    let mut signatures = b"[".to_vec();
    for (index, value) in
        signature_values(envelope.member("signatures"), Code::DocumentMalformed)?.into_iter().enumerate()
    {
        if index > 0 {
            signatures.push(b',');
        }
        signatures.append(&mut entry(value).ok_or_else(|| {
            malformed(
                "a signature is {\"alg\",\"keyid\",\"sig\"}, sig in padded base64",
                &format!("/signatures/{index}"),
            )
        })?);
    }
    signatures.push(b']');
    if signatures.len() == 2 {
        return Err(Error::new(Code::DocumentUnsigned, "the envelope carries no signature"));
    }
    entries(Some(Value::parse(&signatures)), Code::DocumentMalformed)?;
    Ok(document.with("signatures", &signatures))
}

/// The entry of a document for one of an envelope.
fn entry(value: Value<'_>) -> Option<Vec<u8>> {
    let object = value.as_object()?;
    let (alg, keyid) = (object.member("alg")?, object.member("keyid")?);
    alg.as_text()?;
    keyid.as_text()?;
    let signature = to_base64url(&from_base64(object.member("sig")?.as_text()?.plain()?)?);
    if object.members().count() != 3 {
        return None;
    }
    Some(
        [b"{\"alg\":", alg.raw(), b",\"kid\":", keyid.raw(), b",\"sig\":\"", signature.as_bytes(), b"\"}"]
            .concat(),
    )
}

fn plain<'a>(envelope: Object<'a>, name: &'static str) -> Result<&'a str> {
    envelope
        .member(name)
        .and_then(Value::as_text)
        .and_then(|text| text.plain())
        .ok_or_else(|| malformed("a member of the envelope is missing or not a string", &format!("/{name}")))
}
