//! ECDSA over secp256k1 with SHA-256 (SEC 2, RFC 8812): RFC 6979 nonces, low S, signatures as r‖s.

mod context;

use secp256k1::ecdsa::{self, Signature};
use secp256k1::{Message, SecretKey};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{Algorithm, KeyPair, LowS, Verify};
use crate::error::{Code, Error, Result};

/// A private key. The engine's own type does not clear itself, so the scalar is kept in one that does.
pub(crate) struct SigningKey {
    scalar: Zeroizing<[u8; 32]>,
    public: secp256k1::PublicKey,
}

/// A public key: a point that was given in compressed form.
pub(crate) struct PublicKey {
    point: secp256k1::PublicKey,
}

impl SigningKey {
    /// The key of a 32-byte big-endian scalar between 1 and the group order.
    ///
    /// # Errors
    /// `key_malformed`.
    pub(crate) fn new(scalar: &[u8]) -> Result<Self> {
        let scalar: Zeroizing<[u8; 32]> = Zeroizing::new(scalar.try_into().map_err(|_| malformed_scalar())?);
        let mut key = SecretKey::from_secret_bytes(*scalar).map_err(|_| malformed_scalar())?;
        let public = secp256k1::PublicKey::from_secret_key(&key);
        key.non_secure_erase();
        Ok(Self { scalar, public })
    }
}

impl KeyPair for SigningKey {
    fn sign(&self, _: Algorithm, message: &[u8]) -> Vec<u8> {
        context::sign(&digest(message), &self.scalar).serialize_compact().to_vec()
    }

    fn public(&self) -> Vec<u8> {
        self.public.serialize().to_vec()
    }
}

impl PublicKey {
    /// The key that a 33-byte compressed point encodes.
    ///
    /// # Errors
    /// `key_malformed`.
    pub(crate) fn new(bytes: &[u8]) -> Result<Self> {
        if bytes.len() != 33 {
            return Err(malformed());
        }
        Ok(Self { point: secp256k1::PublicKey::from_slice(bytes).map_err(|_| malformed())? })
    }
}

impl Verify for PublicKey {
    fn verify(&self, _: Algorithm, message: &[u8], signature: &[u8], low_s: LowS) -> Result<()> {
        let malformed = || {
            Error::new(
                Code::SignatureMalformed,
                "an ECDSA signature is r and s, 32 bytes each, from 1 to below the order",
            )
        };
        // The library reads a zero, and then finds that it verifies nothing.
        if signature.chunks(32).any(|integer| integer.iter().all(|byte| *byte == 0)) {
            return Err(malformed());
        }
        let signature = Signature::from_compact(signature).map_err(|_| malformed())?;
        let mut normalized = signature;
        normalized.normalize_s();
        if low_s == LowS::Required && normalized != signature {
            return Err(Error::new(Code::SignatureNotLowS, "the ECDSA signature has the high S"));
        }
        // The library refuses the high S, so it is given the low one.
        ecdsa::verify(&normalized, Message::from_digest(digest(message)), &self.point)
            .map_err(|_| Error::new(Code::SignatureInvalid, "the ECDSA signature does not verify"))
    }
}

/// The compressed spelling of a point in either spelling (SEC 1 section 2.3.3).
pub(crate) fn compress(point: &[u8]) -> Result<[u8; 33]> {
    match (point.first(), point.len()) {
        (Some(2 | 3), 33) | (Some(4), 65) => {
            Ok(secp256k1::PublicKey::from_slice(point).map_err(|_| malformed())?.serialize())
        }
        _ => Err(malformed()),
    }
}

/// Puts the low S in the place of a high one, where these are 64 bytes in range.
pub(crate) fn normalize(signature: &mut [u8]) {
    if let Ok(mut parsed) = Signature::from_compact(signature) {
        parsed.normalize_s();
        signature.copy_from_slice(&parsed.serialize_compact());
    }
}

/// The uncompressed spelling of a compressed point that is known to be on the curve.
pub(crate) fn uncompress(point: &[u8]) -> [u8; 65] {
    secp256k1::PublicKey::from_slice(point)
        .expect("the point was checked when the key was made")
        .serialize_uncompressed()
}

fn digest(message: &[u8]) -> [u8; 32] {
    Sha256::digest(message).into()
}

fn malformed_scalar() -> Error {
    Error::new(Code::KeyMalformed, "not a secp256k1 private key")
}

fn malformed() -> Error {
    Error::new(Code::KeyMalformed, "not a secp256k1 public key")
}

#[cfg(test)]
mod tests;
