//! Verification.

use super::{Entry, Form, canonical, entries, object, pae, verification_failed};
use crate::algorithms::{Algorithm, LowS};
use crate::encoding::from_base64url;
use crate::error::{Code, Error, Result};
use crate::jcs::{self, Options};
use crate::json::view::Object;
use crate::keys::{Policy, TrustedKey, Verifier};

/// Verifies a document. Every signature of a trusted key must verify; those of other keys are reported and do
/// not count, unless the policy is that all must verify. Without a policy one is enough. The result is `{"document":…,"signatures":[{"alg","index","kid","verified"}…]}`, where `document` is
/// what was verified.
///
/// # Errors
/// The codes of the reader; `document_malformed`, `type_invalid`, `document_unsigned`, `duplicate_signer`,
/// `too_many_signatures`, `signature_verification_failed`, `signature_unknown`, `threshold_not_met`.
pub fn verify(document: &[u8], verifier: &Verifier, media_type: &str) -> Result<Vec<u8>> {
    let form = Form::document(media_type)?;
    let text = canonical(document)?;
    verify_object(object(&text)?, verifier, &form)
}

/// As [`verify`], for a document that is canonical and has the shape of its form.
pub(crate) fn verify_object(object: Object<'_>, verifier: &Verifier, form: &Form<'_>) -> Result<Vec<u8>> {
    let (body, signatures) = object.without("signatures");
    let entries = entries(signatures, form.malformed)?;
    if entries.is_empty() {
        return Err(Error::new(Code::DocumentUnsigned, "the document carries no signature"));
    }
    let message = pae(form.media_type, &body);
    if entries.len() > verifier.max_signatures() {
        return Err(Error::new(Code::TooManySignatures, "more signatures than the verifier reads"));
    }
    let policy = verifier.policy().unwrap_or(&Policy::Any);
    let mut signers = Vec::new();
    let mut result = [b"{\"", form.noun.as_bytes(), b"\":", &*body, b",\"signatures\":["].concat();
    for (index, entry) in entries.iter().enumerate() {
        let key = verifier.key(&entry.kid);
        if let Some(key) = key {
            check(entry, key, verifier, &message).map_err(|cause| verification_failed(index, &cause))?;
            signers.push(key);
        } else if *policy == Policy::All {
            return Err(verification_failed(index, &unknown()));
        }
        if index > 0 {
            result.push(b',');
        }
        result.extend_from_slice(b"{\"alg\":");
        result.append(&mut jcs::to_vec(&*entry.alg, &Options::default())?);
        result.extend_from_slice(format!(",\"index\":{index},\"kid\":").as_bytes());
        result.append(&mut jcs::to_vec(&*entry.kid, &Options::default())?);
        result.extend_from_slice(format!(",\"verified\":{}}}", key.is_some()).as_bytes());
    }
    if signers.is_empty() {
        return Err(unknown());
    }
    policy.met_by(&signers)?;
    result.extend_from_slice(b"]}");
    Ok(result)
}

fn check(entry: &Entry<'_>, key: &TrustedKey, verifier: &Verifier, message: &[u8]) -> Result<()> {
    let TrustedKey::Public(key) = key else {
        return Err(Error::new(Code::AlgorithmUnsupported, "a symmetric key does not sign documents"));
    };
    // A document has one spelling, so the name is the one that is written.
    let algorithm = Algorithm::ALL
        .into_iter()
        .find(|algorithm| key.permits(*algorithm) && algorithm.name() == entry.alg)
        .ok_or_else(|| Error::new(Code::AlgorithmMismatch, "the alg is not that of the key"))?;
    if !verifier.allows(algorithm) {
        return Err(Error::new(Code::AlgorithmNotAllowed, "the verifier does not allow the alg"));
    }
    let signature = from_base64url(&*entry.sig)
        .ok_or_else(|| Error::new(Code::SignatureMalformed, "the signature is not base64url"))?;
    key.verify_with(algorithm, message, &signature, LowS::Required)
}

fn unknown() -> Error {
    Error::new(Code::SignatureUnknown, "no signature is of a trusted key")
}
