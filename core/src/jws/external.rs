//! Signing with a key that is somewhere else (HSM, KMS, air gap): what it must sign, and the JWS from its answer.

use der::Reader as _;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use super::draft::Draft;
use super::payload::canonical;
use super::sign::SignOptions;
use crate::algorithms::{Algorithm, LowS, es256k};
use crate::encoding::push_base64url;
use crate::error::{Code, Error, Result};
use crate::jcs::write_string;
use crate::keys::PublicKey;

/// What the holder of the private key must sign: canonical `{"alg","digest","kid","message"}`. `message` is the signing
/// input and `digest` its hash under `alg`, both base64url; EdDSA takes no digest, which is then null.
///
/// # Errors
/// Those of [`sign`](super::sign).
pub fn prepare(payload: &[u8], key: &PublicKey, options: &SignOptions) -> Result<Vec<u8>> {
    let (algorithm, draft) = draft(payload, key, options)?;
    let mut report = b"{\"alg\":".to_vec();
    write_string(algorithm.name(), &mut report);
    report.extend_from_slice(b",\"digest\":");
    match digest(algorithm, draft.message()) {
        Some(digest) => push_quoted(&digest, &mut report),
        None => report.extend_from_slice(b"null"),
    }
    report.extend_from_slice(b",\"kid\":");
    write_string(key.kid(), &mut report);
    report.extend_from_slice(b",\"message\":");
    push_quoted(draft.message(), &mut report);
    report.push(b'}');
    Ok(report)
}

/// The JWS of a payload with the signature that the holder of the private key made over what [`prepare`] named for
/// the same arguments. An ECDSA signature may be in DER or in fixed width, and is written in fixed width, for
/// secp256k1 with the low S. Nothing is written that does not verify.
///
/// # Errors
/// Those of [`sign`](super::sign); `signature_malformed`, `signature_invalid`.
pub fn finish(payload: &[u8], key: &PublicKey, options: &SignOptions, signature: &[u8]) -> Result<Vec<u8>> {
    let (algorithm, draft) = draft(payload, key, options)?;
    let mut refused = Error::new(Code::SignatureMalformed, "the signature has no length of the algorithm");
    // A few DER signatures in 2^64 are as long as the fixed width, so what verifies decides.
    for signature in spellings(algorithm, signature) {
        match key.verify_with(algorithm, draft.message(), &signature, LowS::Any) {
            Ok(()) => return Ok(draft.assemble(&signature, options)),
            Err(error) => refused = error,
        }
    }
    Err(refused)
}

fn draft(payload: &[u8], key: &PublicKey, options: &SignOptions) -> Result<(Algorithm, Draft)> {
    let algorithm = options.header.algorithm.unwrap_or(key.algorithm());
    if !key.permits(algorithm) {
        return Err(Error::new(Code::AlgorithmMismatch, "the algorithm is not one of the key"));
    }
    let payload = canonical(payload, options.canonicalize)?;
    let draft = Draft::new(&payload, algorithm, Some(key.kid()), &options.header)?;
    draft.check(options)?;
    Ok((algorithm, draft))
}

/// The hash that `algorithm` signs, if it signs one.
fn digest(algorithm: Algorithm, message: &[u8]) -> Option<Vec<u8>> {
    Some(match algorithm {
        Algorithm::EdDsa => return None,
        Algorithm::Es256k | Algorithm::Es256 | Algorithm::Rs256 | Algorithm::Ps256 | Algorithm::Hs256 => {
            Sha256::digest(message).to_vec()
        }
        Algorithm::Es384 | Algorithm::Rs384 | Algorithm::Ps384 | Algorithm::Hs384 => {
            Sha384::digest(message).to_vec()
        }
        Algorithm::Es512 | Algorithm::Rs512 | Algorithm::Ps512 | Algorithm::Hs512 => {
            Sha512::digest(message).to_vec()
        }
    })
}

/// What a signature may be in the spelling of JOSE (RFC 7518 section 3.4 for ECDSA).
fn spellings(algorithm: Algorithm, signature: &[u8]) -> Vec<Vec<u8>> {
    let width = match algorithm {
        Algorithm::Es256k | Algorithm::Es256 => 32,
        Algorithm::Es384 => 48,
        Algorithm::Es512 => 66,
        _ => return vec![signature.to_vec()],
    };
    let fixed = (signature.len() == 2 * width).then(|| signature.to_vec());
    let mut spellings: Vec<_> = fixed.into_iter().chain(from_der(signature, width)).collect();
    if algorithm == Algorithm::Es256k {
        spellings.iter_mut().for_each(|signature| es256k::normalize(signature));
    }
    spellings
}

/// r‖s, each of `width` bytes, of an `ECDSA-Sig-Value` (RFC 3279 section 2.2.3).
fn from_der(signature: &[u8], width: usize) -> Option<Vec<u8>> {
    let mut reader = der::SliceReader::new(signature).ok()?;
    let (r, s) = reader
        .sequence(|reader| -> der::Result<_> {
            Ok((reader.decode::<der::asn1::UintRef<'_>>()?, reader.decode::<der::asn1::UintRef<'_>>()?))
        })
        .ok()?;
    reader.finish().ok()?;
    let mut fixed = vec![0; 2 * width];
    for (integer, place) in [r, s].iter().zip(fixed.chunks_mut(width)) {
        let integer = integer.as_bytes();
        place[width.checked_sub(integer.len())?..].copy_from_slice(integer);
    }
    Some(fixed)
}

fn push_quoted(bytes: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    push_base64url(out, bytes);
    out.push(b'"');
}
