//! Signed jobs: what a supervisor checks before it queues one.
//!
//! A job is a document of type `application/vnd.samebyte.job.v1+json` with a checked shape, whose signature
//! entries carry the public key itself: `{"public_key","signature"}` for secp256k1 (compressed point, r‖s, low
//! S), and the same with `"algorithm":"ed25519"` for Ed25519; all in lower-case hex.

mod authorize;
mod policy;
mod shape;
mod signature;

use std::borrow::Cow;

pub use authorize::authorize;

use crate::document::{appended, asymmetric, canonical, duplicate_signer, pae, verification_failed};
use crate::error::{Code, Error, Result};
use crate::json::view::{Object, Value};
use crate::keys::SigningKey;
use signature::Entry;

/// What every signer of a job signs first.
const TYPE: &str = "application/vnd.samebyte.job.v1+json";

/// A job taken apart: the canonical text that is signed, and the signatures over it.
struct Parts<'a> {
    object: Object<'a>,
    body: Cow<'a, [u8]>,
    signatures: Option<Value<'a>>,
    entries: Vec<Entry<'a>>,
}

impl<'a> Parts<'a> {
    fn of(text: &'a [u8]) -> Result<Self> {
        let object = shape::check(text)?;
        let (body, signatures) = object.without("signatures");
        let entries = signature::entries(signatures)?;
        Ok(Self { object, body, signatures, entries })
    }

    /// Every signature verifies, and there is one.
    fn verify(&self) -> Result<()> {
        if self.entries.is_empty() {
            return Err(Error::new(Code::DocumentUnsigned, "the job carries no signature"));
        }
        let message = pae(TYPE, &self.body);
        for (index, entry) in self.entries.iter().enumerate() {
            entry.verify(&message).map_err(|cause| verification_failed(index, &cause))?;
        }
        Ok(())
    }
}

/// The job in canonical form with one more signature.
///
/// # Errors
/// The codes of the reader; `job_malformed`, `duplicate_signer`, `too_many_signatures`, `algorithm_unsupported` (the key
/// is not secp256k1 or Ed25519).
pub fn sign(job: &[u8], key: &SigningKey) -> Result<Vec<u8>> {
    let text = canonical(job)?;
    let parts = Parts::of(&text)?;
    let public_key = asymmetric(key)?;
    let public = public_key.to_hex().map_err(|_| signature::unsupported())?;
    if parts.entries.iter().any(|entry| entry.public_key == public) {
        return Err(duplicate_signer(parts.entries.len()));
    }
    let entry = signature::entry(key, public_key.algorithm(), &public, &pae(TYPE, &parts.body));
    Ok(parts.object.with("signatures", &appended(parts.signatures, parts.entries.len(), &entry)?))
}

/// Verifies every signature of a job, of which there must be one. The result is `{"job":…,"signatories":[…]}`,
/// where `job` is what was verified.
///
/// This proves that the holders of those keys signed the job. It does **not** say that they may: the keys come
/// from the job itself. Whoever decides whether to run it calls [`authorize`].
///
/// # Errors
/// The codes of the reader; `job_malformed`, `document_unsigned`, `duplicate_signer`, `too_many_signatures`,
/// `signature_verification_failed`.
pub fn verify_signatures(job: &[u8]) -> Result<Vec<u8>> {
    let text = canonical(job)?;
    let parts = Parts::of(&text)?;
    parts.verify()?;
    Ok([b"{\"job\":", &*parts.body, b",\"signatories\":", &key_list(&parts.entries), b"}"].concat())
}

/// Verifies a job and lists its distinct public keys in the order of their signatures, as a JSON array of
/// lower-case hex. Like [`verify_signatures`], it proves possession, **not** permission.
///
/// # Errors
/// As [`verify_signatures`].
pub fn signatories(job: &[u8]) -> Result<Vec<u8>> {
    let text = canonical(job)?;
    let parts = Parts::of(&text)?;
    parts.verify()?;
    Ok(key_list(&parts.entries))
}

/// The bytes that every signer of this job signs: the pre-authentication encoding of the job without its
/// signatures. ECDSA and Ed25519 do their own hashing over them.
///
/// # Errors
/// The codes of the reader; `job_malformed`.
pub fn canonical_representation(job: &[u8]) -> Result<Vec<u8>> {
    let text = canonical(job)?;
    let (body, _) = shape::check(&text)?.without("signatures");
    Ok(pae(TYPE, &body))
}

/// A JSON array of the public keys, which are hex and need no escapes.
fn key_list<'a>(entries: impl IntoIterator<Item = &'a Entry<'a>>) -> Vec<u8> {
    let keys: Vec<_> = entries.into_iter().map(|entry| format!("\"{}\"", entry.public_key)).collect();
    format!("[{}]", keys.join(",")).into_bytes()
}
