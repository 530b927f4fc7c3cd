//! Results and configurations, and the files and keys of sqooler.

use zeroize::Zeroizing;

use super::{PublicKey, Result, SigningKey, Verifier, guard};
use crate::result::{self, sqooler};

/// The result `document` (`{"display_name","job_id","payload",…}`) in canonical form with one more signature.
///
/// # Errors
/// The codes of the reader; `result_malformed`, `duplicate_signer`, `too_many_signatures`, `algorithm_unsupported` (the
/// key is symmetric).
pub fn result_sign(document: &[u8], key: &SigningKey) -> Result<Vec<u8>> {
    guard(|| result::sign(document, key))
}

/// Verifies a result that is expected of the back end `display_name` for the job `job_id`; the result is
/// `{"result":…,"signatures":[{"alg","index","kid","verified"}…]}`.
///
/// # Errors
/// The codes of the reader; `result_malformed`, `document_unsigned`, `duplicate_signer`, `too_many_signatures`,
/// `signature_verification_failed`, `signature_unknown`, `threshold_not_met`, `display_name_mismatch`,
/// `job_id_mismatch`, `invalid_argument` (an expected name is empty or longer than 256 bytes).
pub fn result_verify(
    document: &[u8],
    verifier: &Verifier,
    display_name: &str,
    job_id: &str,
) -> Result<Vec<u8>> {
    guard(|| result::verify(document, verifier, display_name, job_id))
}

/// The configuration `document` (`{"display_name","payload",…}`) in canonical form with one more signature.
///
/// # Errors
/// As [`result_sign`].
pub fn config_sign(document: &[u8], key: &SigningKey) -> Result<Vec<u8>> {
    guard(|| result::sign_config(document, key))
}

/// Verifies a configuration that is expected of the back end `display_name`; the result is
/// `{"config":…,"signatures":[{"alg","index","kid","verified"}…]}`.
///
/// # Errors
/// Those of [`result_verify`] but `job_id_mismatch`.
pub fn config_verify(document: &[u8], verifier: &Verifier, display_name: &str) -> Result<Vec<u8>> {
    guard(|| result::verify_config(document, verifier, display_name))
}

/// A file of sqooler with the JSON object `payload`, as Python writes it, and an Ed25519 signature over it.
///
/// # Errors
/// The codes of the reader; `result_malformed` (the payload is not an object), `algorithm_unsupported`.
pub fn sqooler_sign(payload: &[u8], key: &SigningKey) -> Result<Vec<u8>> {
    guard(|| sqooler::sign(payload, key))
}

/// Verifies a result that sqooler stored for the back end `display_name` and the job `job_id`. The result is the payload
/// as the file spells it, which is what was signed, and not canonical.
///
/// # Errors
/// The codes of the reader; `result_malformed`, `document_unsigned`, `signature_header_malformed`, `typ_mismatch`,
/// `algorithm_not_allowed`, `signature_unknown`, `signature_malformed`, `signature_invalid`, `display_name_mismatch`,
/// `job_id_mismatch`, `algorithm_unsupported` (the key is not Ed25519), `invalid_argument`.
pub fn sqooler_result_verify(
    file: &[u8],
    key: &PublicKey,
    display_name: &str,
    job_id: &str,
) -> Result<Vec<u8>> {
    guard(|| sqooler::verify_result(file, key, display_name, job_id))
}

/// Verifies a configuration that sqooler stored for the back end `display_name`. The result is as that of
/// [`sqooler_result_verify`].
///
/// # Errors
/// Those of [`sqooler_result_verify`] but `job_id_mismatch`.
pub fn sqooler_config_verify(file: &[u8], key: &PublicKey, display_name: &str) -> Result<Vec<u8>> {
    guard(|| sqooler::verify_config(file, key, display_name))
}

/// The private key in a JWK as sqooler spells it: `{"x","key_ops":"sign","kid","d","kty","alg","crv"}`.
///
/// # Errors
/// The codes of the reader; `key_malformed`, `key_unsupported`, `key_mismatch`, `key_use_forbidden`.
pub fn sqooler_key_from_jwk(jwk: &[u8]) -> Result<SigningKey> {
    guard(|| sqooler::signing_key(jwk))
}

/// The private key as sqooler spells it. The bytes are a secret and are zeroed when dropped.
///
/// # Errors
/// `algorithm_unsupported` for a key that is not Ed25519.
pub fn sqooler_key_to_jwk(key: &SigningKey) -> Result<Zeroizing<Vec<u8>>> {
    guard(|| sqooler::signing_key_to_jwk(key))
}

/// The public key in a JWK as sqooler spells it, with `"key_ops":"verify"` and `"d":null`.
///
/// # Errors
/// The codes of the reader; `key_malformed`, `key_unsupported`, `key_weak`, `key_use_forbidden`.
pub fn sqooler_public_key_from_jwk(jwk: &[u8]) -> Result<PublicKey> {
    guard(|| sqooler::public_key(jwk))
}

/// The public key as sqooler spells it.
///
/// # Errors
/// `algorithm_unsupported` for a key that is not Ed25519.
pub fn sqooler_public_key_to_jwk(key: &PublicKey) -> Result<Vec<u8>> {
    guard(|| sqooler::public_key_to_jwk(key))
}
