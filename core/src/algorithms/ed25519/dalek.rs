//! The engine in pure Rust.

use ed25519_dalek::{Signature, Verifier as _, VerifyingKey};

use crate::error::Result;

pub(super) struct PublicKey(VerifyingKey);

impl PublicKey {
    #[expect(clippy::unnecessary_wraps, reason = "the other engine can refuse")]
    pub(super) fn new(key: VerifyingKey) -> Result<Self> {
        Ok(Self(key))
    }

    /// What the strict rule asks for beyond this was checked before: no point is decoded again.
    pub(super) fn verify(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.0.verify(message, &Signature::from_bytes(signature)).is_ok()
    }
}

/// A key pair, zeroed when dropped.
#[cfg(any(test, not(feature = "aws-lc")))]
pub(super) struct SigningKey(ed25519_dalek::SigningKey);

#[cfg(any(test, not(feature = "aws-lc")))]
impl SigningKey {
    #[expect(clippy::unnecessary_wraps, reason = "the other engine can refuse")]
    pub(super) fn new(seed: &[u8; 32]) -> Result<Self> {
        Ok(Self(ed25519_dalek::SigningKey::from_bytes(seed)))
    }

    pub(super) fn sign(&self, message: &[u8]) -> [u8; 64] {
        ed25519_dalek::Signer::sign(&self.0, message).to_bytes()
    }

    pub(super) fn public(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }
}
