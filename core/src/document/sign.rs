//! Signing.

use super::{Form, canonical, checked_type, duplicate_signer, entries, object, pae};
use crate::document::MAX_SIGNATURES;
use crate::encoding::to_base64url;
use crate::error::{Code, Error, Result};
use crate::jcs::{self, Options};
use crate::json::view::{Object, Value};
use crate::keys::{PublicKey, SigningKey};

/// The document in canonical form with one more signature over its pre-authentication encoding.
///
/// # Errors
/// The codes of the reader; `document_malformed`, `type_invalid`, `duplicate_signer`, `too_many_signatures`,
/// `algorithm_unsupported` (the key is symmetric).
pub fn sign(document: &[u8], key: &SigningKey, media_type: &str) -> Result<Vec<u8>> {
    let form = Form::document(media_type)?;
    let text = canonical(document)?;
    sign_object(object(&text)?, key, &form)
}

/// As [`sign`], for a document that is canonical and has the shape of its form.
pub(crate) fn sign_object(object: Object<'_>, key: &SigningKey, form: &Form<'_>) -> Result<Vec<u8>> {
    let (body, signatures) = object.without("signatures");
    let present = entries(signatures, form.malformed)?;
    let public = asymmetric(key)?;
    if present.iter().any(|entry| entry.kid == public.kid()) {
        return Err(duplicate_signer(present.len()));
    }
    let signature = to_base64url(&key.sign(&pae(form.media_type, &body)));
    let kid = jcs::to_vec(public.kid(), &Options::default())?;
    let entry = [
        b"{\"alg\":\"",
        public.algorithm().name().as_bytes(),
        b"\",\"kid\":",
        &kid,
        b",\"sig\":\"",
        signature.as_bytes(),
        b"\"}",
    ]
    .concat();
    Ok(object.with("signatures", &appended(signatures, present.len(), &entry)?))
}

/// The bytes that every signer of this document signs.
///
/// # Errors
/// The codes of the reader; `document_malformed`, `type_invalid`.
pub fn signing_input(document: &[u8], media_type: &str) -> Result<Vec<u8>> {
    let media_type = checked_type(media_type)?;
    let text = canonical(document)?;
    Ok(pae(media_type, &object(&text)?.without("signatures").0))
}

/// The public key of a signer, which a symmetric key has not: whoever could verify its signature could have made it.
pub(crate) fn asymmetric(key: &SigningKey) -> Result<&PublicKey> {
    key.public_key()
        .ok_or_else(|| Error::new(Code::AlgorithmUnsupported, "a symmetric key does not sign documents"))
}

/// The array `signatures`, which has `count` elements, with one more.
pub(crate) fn appended(signatures: Option<Value<'_>>, count: usize, entry: &[u8]) -> Result<Vec<u8>> {
    if count >= MAX_SIGNATURES {
        return Err(Error::new(Code::TooManySignatures, "more than 64 signatures"));
    }
    let open: &[u8] = match signatures {
        Some(array) => array.raw().strip_suffix(b"]").expect("signatures was seen to be an array"),
        None => b"[",
    };
    let comma: &[u8] = if count == 0 { b"" } else { b"," };
    Ok([open, comma, entry, b"]"].concat())
}
