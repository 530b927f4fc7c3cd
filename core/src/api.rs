//! The door: the only functions that a language binding calls.
//!
//! One short function for each operation, named `noun_verb`. Bytes and handles go in; canonical JSON bytes,
//! a handle or one [`Error`] come out. Every body runs inside a guard, so that a fault of this crate reaches
//! the caller as an error with code [`internal`](Code::Internal) and never unwinds into another language.
//!
//! Handles ([`SigningKey`], [`PublicKey`], [`Keyset`], [`Verifier`]) are immutable, `Send + Sync`, and cheap to clone.
//! Rare options are one JSON object (empty bytes mean the defaults); a member that is not known is refused
//! with `unknown_option`, so that a new option never changes an interface.

use std::panic::{AssertUnwindSafe, catch_unwind};

pub use crate::error::{Code, Error, Kind, Result};
pub use crate::jcs::{Finished, Numbers, Writer};
pub use crate::keys::{Keyset, PublicKey, SigningKey, Verifier};
use crate::parallel;
use sha2::{Digest, Sha256};

mod agent_card;
mod http;
mod jws;
mod keys;
mod options;
mod result;

pub use result::*;

pub use agent_card::*;
pub use http::*;
pub use jws::*;
pub use keys::*;

/// The version of this library, for example `0.1.0`; equal in every package of one release.
#[must_use]
pub fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

/// RFC 8785 text of the JSON text `input`. `options`: `{"max_bytes":…,"max_depth":…}`.
///
/// # Errors
/// Every code of the reader (`invalid_json` … `number_not_exact`), and `unknown_option`.
pub fn jcs_canonicalize(input: &[u8], numbers: Numbers, options: &[u8]) -> Result<Vec<u8>> {
    guard(|| crate::jcs::canonicalize(input, &options::jcs(numbers, options)?))
}

/// As [`jcs_canonicalize`], to a place that the caller makes for the text.
///
/// # Errors
/// As [`jcs_canonicalize`].
pub fn jcs_canonicalize_with<T>(
    input: &[u8],
    numbers: Numbers,
    options: &[u8],
    make: impl FnOnce(Finished<'_>) -> T,
) -> Result<T> {
    guard(|| crate::jcs::canonicalize_with(input, &options::jcs(numbers, options)?, make))
}

/// SHA-256 of the RFC 8785 text of the JSON text `input`: 32 bytes. Options and errors as [`jcs_canonicalize`].
///
/// # Errors
/// As [`jcs_canonicalize`].
pub fn jcs_sha256(input: &[u8], numbers: Numbers, options: &[u8]) -> Result<[u8; 32]> {
    guard(|| Ok(Sha256::digest(crate::jcs::canonicalize(input, &options::jcs(numbers, options)?)?).into()))
}

/// A writer of canonical text, for a binding that walks its own objects. Options as [`jcs_canonicalize`].
///
/// # Errors
/// `unknown_option`, `invalid_argument`.
pub fn jcs_writer(numbers: Numbers, options: &[u8]) -> Result<Writer> {
    guard(|| Ok(Writer::new(&options::jcs(numbers, options)?)))
}

/// The number policy with this name: `ieee754` or `exact`.
///
/// # Errors
/// `invalid_argument` for any other name.
pub fn jcs_numbers(name: &str) -> Result<Numbers> {
    match name {
        "ieee754" => Ok(Numbers::Ieee754),
        "exact" => Ok(Numbers::Exact),
        _ => Err(Error::new(Code::InvalidArgument, "the number policy is `ieee754` or `exact`")),
    }
}

/// The JSON object `document` in canonical form with one more signature over its pre-authentication encoding.
/// `media_type` names what the document is and is part of what is signed.
///
/// # Errors
/// The codes of the reader; `document_malformed`, `type_invalid`, `duplicate_signer`, `too_many_signatures`,
/// `algorithm_unsupported` (the key is symmetric).
pub fn document_sign(document: &[u8], key: &SigningKey, media_type: &str) -> Result<Vec<u8>> {
    guard(|| crate::document::sign(document, key, media_type))
}

/// Verifies a document; the result is `{"document":…,"signatures":[{"alg","index","kid","verified"}…]}`,
/// where `document` is what was verified (all members but `signatures`).
///
/// # Errors
/// The codes of the reader; `document_malformed`, `type_invalid`, `document_unsigned`, `duplicate_signer`,
/// `too_many_signatures`, `signature_verification_failed`, `signature_unknown`, `threshold_not_met`.
pub fn document_verify(document: &[u8], verifier: &Verifier, media_type: &str) -> Result<Vec<u8>> {
    guard(|| crate::document::verify(document, verifier, media_type))
}

/// Verifies many documents, each as [`document_verify`] does and with its own result, on all processors.
#[must_use]
pub fn document_verify_many(
    documents: &[&[u8]],
    verifier: &Verifier,
    media_type: &str,
) -> Vec<Result<Vec<u8>>> {
    parallel::map(documents, |document| document_verify(document, verifier, media_type))
}

/// The pre-authentication encoding that every signer of this document signs.
///
/// # Errors
/// The codes of the reader; `document_malformed`, `type_invalid`.
pub fn document_signing_input(document: &[u8], media_type: &str) -> Result<Vec<u8>> {
    guard(|| crate::document::signing_input(document, media_type))
}

/// The signed document as a DSSE envelope with the same signatures.
///
/// # Errors
/// The codes of the reader; `document_malformed`, `type_invalid`, `document_unsigned`.
pub fn document_to_dsse(document: &[u8], media_type: &str) -> Result<Vec<u8>> {
    guard(|| crate::document::to_dsse(document, media_type))
}

/// The DSSE envelope as a signed document. Converting verifies nothing.
///
/// # Errors
/// The codes of the reader; `document_malformed`, `type_invalid`.
pub fn document_from_dsse(envelope: &[u8], media_type: &str) -> Result<Vec<u8>> {
    guard(|| crate::document::from_dsse(envelope, media_type))
}

/// The job in canonical form with one more signature.
///
/// # Errors
/// The codes of the reader; `job_malformed`, `duplicate_signer`, `too_many_signatures`.
pub fn job_sign(job: &[u8], key: &SigningKey) -> Result<Vec<u8>> {
    guard(|| crate::job::sign(job, key))
}

/// Verifies every signature of a job, of which there must be one; the result is `{"job":…,"signatories":[…]}`.
/// This proves that the holders of those keys signed, **not** that they may.
///
/// # Errors
/// The codes of the reader; `job_malformed`, `document_unsigned`, `duplicate_signer`, `too_many_signatures`,
/// `signature_verification_failed`.
pub fn job_verify_signatures(job: &[u8]) -> Result<Vec<u8>> {
    guard(|| crate::job::verify_signatures(job))
}

/// Verifies a job and lists its distinct public keys, lower-case hex, in the order of their signatures, as a
/// JSON array. This proves possession, **not** permission.
///
/// # Errors
/// As [`job_verify_signatures`].
pub fn job_signatories(job: &[u8]) -> Result<Vec<u8>> {
    guard(|| crate::job::signatories(job))
}

/// Verifies a job and holds its signers and times against `policy` at the time `now` (Unix seconds); the result
/// is `{"ignored":[keys],"job":…,"principals":[names]}`.
///
/// # Errors
/// As [`job_verify_signatures`]; `policy_invalid`, `unauthorized`, `job_expired`, `job_not_yet_valid`,
/// `audience_mismatch`.
pub fn job_authorize(job: &[u8], policy: &[u8], now: i64) -> Result<Vec<u8>> {
    guard(|| crate::job::authorize(job, policy, now))
}

/// The pre-authentication encoding that every signer of this job signs.
///
/// # Errors
/// The codes of the reader; `job_malformed`.
pub fn job_canonical_representation(job: &[u8]) -> Result<Vec<u8>> {
    guard(|| crate::job::canonical_representation(job))
}

/// Signs a receipt of version 0.1 with an Ed25519 key; `node_pubkey` and `signature` are filled in.
///
/// # Errors
/// The codes of the reader; `receipt_malformed`, `algorithm_unsupported`, `key_mismatch`.
pub fn receipt_sign(receipt: &[u8], key: &SigningKey) -> Result<Vec<u8>> {
    guard(|| crate::receipt::sign(receipt, key))
}

/// Verifies a receipt of version 0.1 with the expected key; the result is the canonical receipt.
///
/// # Errors
/// The codes of the reader; `receipt_malformed`, `algorithm_unsupported`, `key_mismatch`,
/// `signature_malformed`, `signature_invalid`.
pub fn receipt_verify(receipt: &[u8], public_key: &PublicKey) -> Result<Vec<u8>> {
    guard(|| crate::receipt::verify(receipt, public_key))
}

/// The text `version|module_hash|exit_code|wall_time_ms|timestamp` whose SHA-256 a receipt signs.
///
/// # Errors
/// The codes of the reader; `receipt_malformed`.
pub fn receipt_canonical_representation(receipt: &[u8]) -> Result<Vec<u8>> {
    guard(|| crate::receipt::canonical_representation(receipt))
}

/// Panics, so that each binding can prove that a panic arrives as an error.
///
/// # Errors
/// Always `internal`.
#[cfg(feature = "test-operations")]
pub fn test_panic() -> Result<()> {
    guard(|| panic!("boom {}", 42))
}

/// Runs `body`; a panic becomes an error with code `internal` that says where, not what: a panic's own text
/// may hold input.
pub fn guard<T>(body: impl FnOnce() -> Result<T>) -> Result<T> {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(result) => result,
        Err(_) => Err(Error::new(Code::Internal, "a fault inside samebyte; please report it")),
    }
}
