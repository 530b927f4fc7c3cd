//! HMAC with SHA-2 (RFC 2104, RFC 7518 section 3.2).

use ::hmac::{Hmac, KeyInit as _, Mac};
use sha2::{Sha256, Sha384, Sha512};

use super::{Algorithm, AlgorithmSet};
use crate::error::{Code, Error, Result};

/// The algorithms of symmetric keys.
pub(crate) const ALGORITHMS: AlgorithmSet =
    AlgorithmSet::of(&[Algorithm::Hs256, Algorithm::Hs384, Algorithm::Hs512]);

/// A symmetric key: for each algorithm, the state of the hash behind the key block, so that the key is hashed once.
/// The states clear themselves.
pub(crate) struct MacKey {
    sha256: Hmac<Sha256>,
    sha384: Hmac<Sha384>,
    sha512: Hmac<Sha512>,
}

/// Those of [`ALGORITHMS`] whose hash is not longer than a key of `length` bytes (RFC 7518 section 3.2).
pub(crate) fn permitted(length: usize) -> AlgorithmSet {
    match length {
        ..32 => AlgorithmSet::EMPTY,
        32..48 => AlgorithmSet::of(&[Algorithm::Hs256]),
        48..64 => AlgorithmSet::of(&[Algorithm::Hs256, Algorithm::Hs384]),
        64.. => ALGORITHMS,
    }
}

/// How many bytes the hash of an algorithm has: the least and the usual length of its keys.
pub(crate) fn hash_length(algorithm: Algorithm) -> usize {
    match algorithm {
        Algorithm::Hs384 => 48,
        Algorithm::Hs512 => 64,
        _ => 32,
    }
}

impl MacKey {
    pub(crate) fn new(secret: &[u8]) -> Self {
        const ANY_LENGTH: &str = "an HMAC takes a key of any length";
        Self {
            sha256: Hmac::new_from_slice(secret).expect(ANY_LENGTH),
            sha384: Hmac::new_from_slice(secret).expect(ANY_LENGTH),
            sha512: Hmac::new_from_slice(secret).expect(ANY_LENGTH),
        }
    }

    /// The authentication code of `message`. `algorithm` is one of [`ALGORITHMS`].
    pub(crate) fn sign(&self, algorithm: Algorithm, message: &[u8]) -> Vec<u8> {
        fn code(state: &(impl Mac + Clone), message: &[u8]) -> Vec<u8> {
            state.clone().chain_update(message).finalize().into_bytes().to_vec()
        }
        match algorithm {
            Algorithm::Hs384 => code(&self.sha384, message),
            Algorithm::Hs512 => code(&self.sha512, message),
            _ => code(&self.sha256, message),
        }
    }

    /// `Ok` where `signature` is the authentication code of `message`; compared in constant time.
    ///
    /// # Errors
    /// `signature_malformed` (another length than that of the hash), `signature_invalid`.
    pub(crate) fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> Result<()> {
        fn agrees(state: &(impl Mac + Clone), message: &[u8], signature: &[u8]) -> bool {
            state.clone().chain_update(message).verify_slice(signature).is_ok()
        }
        if signature.len() != hash_length(algorithm) {
            return Err(Error::new(Code::SignatureMalformed, "the HMAC is not as long as its hash"));
        }
        let agrees = match algorithm {
            Algorithm::Hs384 => agrees(&self.sha384, message, signature),
            Algorithm::Hs512 => agrees(&self.sha512, message, signature),
            _ => agrees(&self.sha256, message, signature),
        };
        if agrees { Ok(()) } else { Err(Error::new(Code::SignatureInvalid, "the HMAC does not verify")) }
    }
}

#[cfg(test)]
mod tests;
