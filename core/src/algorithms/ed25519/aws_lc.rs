//! AWS-LC.

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, ParsedPublicKey};
use ed25519_dalek::VerifyingKey;

use crate::error::{Code, Error, Result};

/// A key pair; AWS-LC wipes it when it is freed.
pub(super) struct SigningKey(Ed25519KeyPair);

pub(super) struct PublicKey(ParsedPublicKey);

impl SigningKey {
    pub(super) fn new(seed: &[u8; 32]) -> Result<Self> {
        Ed25519KeyPair::from_seed_unchecked(seed)
            .map(Self)
            .map_err(|_| Error::new(Code::KeyMalformed, "not an Ed25519 private key"))
    }

    pub(super) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).as_ref().try_into().expect("an Ed25519 signature is 64 bytes long")
    }

    pub(super) fn public(&self) -> [u8; 32] {
        self.0.public_key().as_ref().try_into().expect("an Ed25519 public key is 32 bytes long")
    }
}

impl PublicKey {
    pub(super) fn new(key: VerifyingKey) -> Result<Self> {
        ParsedPublicKey::new(&ED25519, key.as_bytes())
            .map(Self)
            .map_err(|_| Error::new(Code::KeyMalformed, "not an Ed25519 public key"))
    }

    pub(super) fn verify(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.0.verify_sig(message, signature).is_ok()
    }
}
