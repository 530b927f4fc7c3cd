//! The signatures of a card, each a flattened JWS without its payload (A2A section 8.4.2).

use crate::error::{Code, Error, Result};
use crate::json::view::{Object, Value};
use crate::jws::entry::{Entry, Opened, Verified};
use crate::jws::payload::Payload;
use crate::keys::Verifier;

/// The values of `signatures`; none where the member is missing or null.
///
/// # Errors
/// `card_malformed`, `too_many_signatures`.
pub(super) fn values(card: Object<'_>) -> Result<Vec<Value<'_>>> {
    let signatures = card.member("signatures").filter(|value| value.raw() != b"null");
    crate::document::signature_values(signatures, Code::CardMalformed)
}

/// Verifies one of the values over `payload`, with a key of `verifier`.
///
/// # Errors
/// Those of [`open`] and of [`Opened::verify`].
pub(super) fn check<'v>(
    value: Value<'_>,
    payload: &Payload<'_>,
    verifier: &'v Verifier,
) -> Result<Verified<'v>> {
    verify(open(value, verifier.max_header_bytes())?, payload, verifier)
}

/// One of the values, where it has the shape of a signature, with its parts decoded.
///
/// # Errors
/// `signature_header_malformed`, `signature_malformed`, `jws_malformed`, `too_large`, the codes of the reader.
pub(super) fn open(value: Value<'_>, max_header: usize) -> Result<Opened<'_>> {
    let header_malformed = |message| Error::new(Code::SignatureHeaderMalformed, message);
    let object = value.as_object().ok_or_else(|| header_malformed("a signature is an object"))?;
    let text = |name| Some(object.member(name)?.as_text()?.raw());
    let protected = text("protected").ok_or_else(|| header_malformed("protected is not a string"))?;
    let signature =
        text("signature").ok_or_else(|| Error::new(Code::SignatureMalformed, "signature is not a string"))?;
    let unprotected = match object.member("header").filter(|header| header.raw() != b"null") {
        Some(header) => Some(header.as_object().ok_or_else(|| header_malformed("header is not an object"))?),
        None => None,
    };
    Entry { protected, unprotected, signature }.open(max_header)
}

/// Verifies a signature by the rules for JWS and those of A2A: the protected header names the key, the payload is
/// base64url in what is signed, and nothing but an explicit list lets a symmetric key verify.
fn verify<'v>(opened: Opened<'_>, payload: &Payload<'_>, verifier: &'v Verifier) -> Result<Verified<'v>> {
    let header = &opened.header;
    let refused = |message, member| {
        Err(Error::new(Code::SignatureHeaderMalformed, message).with_text("member", member))
    };
    if Object::parse(&header.protected).and_then(|protected| protected.member("kid")).is_none() {
        return refused("the protected header names no key", "kid");
    }
    if !header.b64 {
        return refused("a card is signed in base64url", "b64");
    }
    if header.algorithm.is_some_and(|algorithm| algorithm.key_type().is_none() && !verifier.lists(algorithm))
    {
        return Err(Error::new(
            Code::AlgorithmNotAllowed,
            "a symmetric key verifies a card only where its algorithm is listed",
        ));
    }
    opened.verify(payload, verifier)
}
