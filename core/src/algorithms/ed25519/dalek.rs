//! The engine in pure Rust.

use ed25519_dalek::{Signature, Signer as _, VerifyingKey};

use crate::error::{Code, Error, Result};

/// A key pair, zeroed when dropped.
pub(super) struct SigningKey(ed25519_dalek::SigningKey);

pub(super) struct PublicKey(VerifyingKey);

impl SigningKey {
    #[expect(clippy::unnecessary_wraps, reason = "the other engine can refuse")]
    pub(super) fn new(seed: &[u8; 32]) -> Result<Self> {
        Ok(Self(ed25519_dalek::SigningKey::from_bytes(seed)))
    }

    pub(super) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }

    pub(super) fn public(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }
}

impl PublicKey {
    pub(super) fn new(point: &[u8; 32]) -> Result<Self> {
        VerifyingKey::from_bytes(point)
            .map(Self)
            .map_err(|_| Error::new(Code::KeyMalformed, "not an Ed25519 public key"))
    }

    pub(super) fn verify(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.0.verify_strict(message, &Signature::from_bytes(signature)).is_ok()
    }
}
