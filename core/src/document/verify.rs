//! Verification.

use super::{Entry, Verifier, canonical, checked_type, entries, object, pae, verification_failed};
use crate::encoding::from_base64url;
use crate::error::{Code, Error, Result};
use crate::jcs::{self, Options};
use crate::keys::PublicKey;

/// Verifies a document. Every signature of a trusted key must verify; those of other keys are reported and do
/// not count. The result is `{"document":…,"signatures":[{"alg","index","kid","verified"}…]}`, where `document` is
/// what was verified.
///
/// # Errors
/// The codes of the reader; `document_malformed`, `type_invalid`, `document_unsigned`, `duplicate_signer`,
/// `too_many_signatures`, `signature_verification_failed`, `signature_unknown`, `threshold_not_met`.
pub fn verify(document: &[u8], verifier: &Verifier, media_type: &str) -> Result<Vec<u8>> {
    let media_type = checked_type(media_type)?;
    let text = canonical(document)?;
    let (body, signatures) = object(&text)?.without("signatures");
    let entries = entries(signatures)?;
    if entries.is_empty() {
        return Err(Error::new(Code::DocumentUnsigned, "the document carries no signature"));
    }
    let message = pae(media_type, &body);
    let mut verified = 0;
    let mut result = [b"{\"document\":", &*body, b",\"signatures\":["].concat();
    for (index, entry) in entries.iter().enumerate() {
        let key = verifier.key(&entry.kid);
        if let Some(key) = key {
            check(entry, key, &message).map_err(|cause| verification_failed(index, &cause))?;
            verified += 1;
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
    if verified == 0 {
        return Err(Error::new(Code::SignatureUnknown, "no signature is of a trusted key"));
    }
    if verified < verifier.threshold() {
        return Err(Error::new(Code::ThresholdNotMet, "too few trusted keys signed")
            .with_number("required", verifier.threshold())
            .with_number("verified", verified));
    }
    result.extend_from_slice(b"]}");
    Ok(result)
}

fn check(entry: &Entry<'_>, key: &PublicKey, message: &[u8]) -> Result<()> {
    if entry.alg != key.algorithm().name() {
        return Err(Error::new(Code::AlgorithmMismatch, "the alg is not that of the key"));
    }
    let signature = from_base64url(&entry.sig)
        .ok_or_else(|| Error::new(Code::SignatureMalformed, "the signature is not base64url"))?;
    key.verify(message, &signature)
}
