//! Verification.

use super::form::{Form, Formed, form};
use super::{malformed, portable, read, signatures};
use crate::document::verification_failed;
use crate::error::{Code, Error, Result};
use crate::jcs::write_string;
use crate::json::pointers_at;
use crate::json::view::Object;
use crate::jws::entry::Verified;
use crate::jws::payload::Payload;
use crate::keys::{Policy, TrustedKey, Verifier};

/// How many pointers a report lists.
const LISTED: usize = 64;

/// What was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifiedCard {
    /// The canonical card that the signature covers. Whoever acts on the card acts on this, not on what was received.
    pub card: Vec<u8>,
    /// What is known about the signature: canonical
    /// `{"alg","form","header","index","kid","thumbprint","unsigned_paths","unsigned_paths_truncated"}`. `header` is the
    /// protected header; `thumbprint` is null for a symmetric key. `unsigned_paths` are pointers to what was
    /// received and is not covered, at most 64 of them.
    pub report: Vec<u8>,
}

/// Verifies a card under one form. Signatures are tried in their order, and one that is broken does not keep the next
/// from being tried; without a policy of the verifier, one that verifies is enough. `jku` and its like are not
/// followed.
///
/// # Errors
/// The codes of the reader; `card_malformed`, `too_many_signatures`, `card_unsigned`, `too_large`. Where no signature verifies:
/// `signature_invalid` if one of a trusted key did not, else `signature_unknown` if one could be read, else
/// `signature_header_malformed`; `detail` lists the code of each as `signatures`. With a policy,
/// `threshold_not_met` and `signature_verification_failed`.
pub fn verify(card: &[u8], verifier: &Verifier, name: Form) -> Result<VerifiedCard> {
    let text = read(card)?;
    let object = Object::parse(&text).ok_or_else(|| malformed("a card is a JSON object", &text, 0))?;
    let values = signatures::values(object)?;
    if values.is_empty() {
        return Err(Error::new(Code::CardUnsigned, "the card carries no signature"));
    }
    if values.len() > verifier.max_signatures() {
        return Err(Error::new(Code::TooManySignatures, "more signatures than the verifier takes"));
    }
    let formed = form(&text, name)?;
    if formed.bytes.len() > verifier.max_payload_bytes() {
        return Err(Error::new(Code::TooLarge, "the card is larger than the verifier takes"));
    }
    let payload = Payload::new(&formed.bytes, true);
    let enough = matches!(verifier.policy(), None | Some(Policy::Any));
    let (mut verified, mut failed) = (Vec::new(), Vec::new());
    for (index, value) in values.into_iter().enumerate() {
        match signatures::check(value, &payload, verifier) {
            Ok(signature) => verified.push((index, signature)),
            Err(error) => failed.push((index, error)),
        }
        if enough && !verified.is_empty() {
            break;
        }
    }
    let Some((index, first)) = verified.first() else { return Err(none_verified(&failed)) };
    if let (Some(Policy::All), Some((index, error))) = (verifier.policy(), failed.first()) {
        return Err(verification_failed(*index, error));
    }
    if let Some(policy) = verifier.policy() {
        let signers: Vec<&TrustedKey> = verified.iter().map(|(_, signature)| signature.key).collect();
        policy.met_by(&signers)?;
    }
    let report = report(&text, &formed, name, *index, first);
    Ok(VerifiedCard { card: formed.bytes.into_owned(), report })
}

/// Why no signature verified.
fn none_verified(failed: &[(usize, Error)]) -> Error {
    let worst = failed.iter().map(|(_, error)| error.code()).map(outcome).max();
    let (code, message) = match worst {
        Some(Outcome::Invalid) => {
            (Code::SignatureInvalid, "a signature is not one of its key over this card")
        }
        Some(Outcome::Unknown) => (Code::SignatureUnknown, "no signature is of a trusted key"),
        _ => (Code::SignatureHeaderMalformed, "no signature can be read"),
    };
    let mut list = String::from("[");
    for (index, error) in failed {
        let comma = if list.len() > 1 { "," } else { "" };
        list.push_str(&format!("{comma}{{\"code\":\"{}\",\"index\":{index}}}", error.code().name()));
    }
    list.push(']');
    Error::new(code, message).with_json("signatures", list)
}

/// What a failure says about a signature, the least first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    /// It cannot be read.
    Malformed,
    /// Nobody who is trusted could have made it.
    Unknown,
    /// It is not what it says.
    Invalid,
}

fn outcome(code: Code) -> Outcome {
    match code {
        Code::SignatureInvalid
        | Code::SignatureMalformed
        | Code::SignatureNotLowS
        | Code::AlgorithmMismatch => Outcome::Invalid,
        Code::SignatureUnknown | Code::AlgorithmNotAllowed => Outcome::Unknown,
        _ => Outcome::Malformed,
    }
}

/// The canonical object that [`VerifiedCard::report`] describes.
fn report(text: &[u8], formed: &Formed<'_>, form: Form, index: usize, signature: &Verified<'_>) -> Vec<u8> {
    let unsigned = portable::distinct(formed.findings.iter().filter(|finding| !finding.why.covered()));
    let pointers = pointers_at(text, unsigned.iter().take(LISTED).copied());
    let mut report = Vec::with_capacity(512);
    report.extend([b"{\"alg\":\"", signature.algorithm.name().as_bytes(), b"\",\"form\":\""].concat());
    report.extend([form.name().as_bytes(), b"\",\"header\":", &*signature.header.protected].concat());
    report.extend(format!(",\"index\":{index},\"kid\":").into_bytes());
    optional(signature.key.kid(), &mut report);
    report.extend_from_slice(b",\"thumbprint\":");
    optional(signature.key.thumbprint(), &mut report);
    report.extend([b",\"unsigned_paths\":", portable::list(&pointers).as_bytes()].concat());
    report.extend(format!(",\"unsigned_paths_truncated\":{}}}", unsigned.len() > LISTED).into_bytes());
    report
}

fn optional(text: Option<&str>, out: &mut Vec<u8>) {
    match text {
        Some(text) => write_string(text, out),
        None => out.extend_from_slice(b"null"),
    }
}
