//! Public keys.

use std::fmt;
use std::sync::Arc;

use super::{jwk, pem, thumbprint};
use crate::algorithms::{Algorithm, Verify};
use crate::encoding;
use crate::error::{Code, Error, Result};

/// A public key that verifies. Cheap to clone, safe to share between threads.
#[derive(Clone)]
pub struct PublicKey(Arc<Inner>);

struct Inner {
    algorithm: Algorithm,
    bytes: Vec<u8>,
    verifier: Box<dyn Verify>,
    thumbprint: String,
    kid: Option<String>,
}

impl PublicKey {
    /// The public key in a JWK (RFC 7517, RFC 8037 section 2, RFC 8812 section 3) that holds no private part.
    ///
    /// # Errors
    /// The codes of the reader; `key_malformed`, `key_unsupported`, `key_weak`, `key_use_forbidden`.
    pub fn from_jwk(jwk: &[u8]) -> Result<Self> {
        let parts = jwk::read(jwk, jwk::Part::Public)?;
        Self::new(parts.algorithm, parts.public, parts.kid)
    }

    /// The public key in an SPKI PEM file (RFC 5280 section 4.1.2.7, RFC 7468 section 13).
    ///
    /// # Errors
    /// `key_malformed`, `key_unsupported`, `key_weak`, `too_large`.
    pub fn from_pem(pem: &[u8]) -> Result<Self> {
        let (algorithm, bytes) = pem::read_public(pem)?;
        Self::new(algorithm, bytes, None)
    }

    /// The public key of lower-case hex digits: 64 for Ed25519, 66 (a compressed point) for secp256k1.
    ///
    /// # Errors
    /// `key_malformed`, `key_weak`.
    pub fn from_hex(algorithm: Algorithm, hex: &[u8]) -> Result<Self> {
        Self::new(algorithm, decode_hex(algorithm, hex)?, None)
    }

    pub(super) fn new(algorithm: Algorithm, bytes: Vec<u8>, kid: Option<String>) -> Result<Self> {
        let verifier = algorithm.verifier(&bytes)?;
        let thumbprint = thumbprint::of(algorithm, &bytes);
        Ok(Self(Arc::new(Inner { algorithm, bytes, verifier, thumbprint, kid })))
    }

    /// The canonical public JWK: `alg`, `crv`, `kid`, `kty`, `x` and, for secp256k1, `y`.
    #[must_use]
    pub fn to_jwk(&self) -> Vec<u8> {
        jwk::write_public(self)
    }

    /// SPKI PEM.
    #[must_use]
    pub fn to_pem(&self) -> Vec<u8> {
        pem::write_public(self)
    }

    /// Lower-case hex, as [`from_hex`](Self::from_hex) reads it.
    #[must_use]
    pub fn to_hex(&self) -> String {
        encoding::to_hex(&self.0.bytes)
    }

    /// The algorithm.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.0.algorithm
    }

    /// The key id: the `kid` of the JWK that the key came from, else its thumbprint.
    #[must_use]
    pub fn kid(&self) -> &str {
        self.0.kid.as_deref().unwrap_or(&self.0.thumbprint)
    }

    /// The RFC 7638 thumbprint: SHA-256, base64url, 43 characters.
    #[must_use]
    pub fn thumbprint(&self) -> &str {
        &self.0.thumbprint
    }

    /// Checks that `signature` (64 bytes) is one of this key over `message`.
    ///
    /// # Errors
    /// `signature_malformed`, `signature_not_low_s`, `signature_invalid`.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<()> {
        self.0.verifier.verify(message, signature)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0.bytes
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PublicKey({}, kid={:?})", self.algorithm(), self.kid())
    }
}

/// The bytes of a public key in lower-case hex of exactly the length that the algorithm has.
pub(crate) fn decode_hex(algorithm: Algorithm, hex: &[u8]) -> Result<Vec<u8>> {
    match algorithm {
        Algorithm::EdDsa => encoding::from_hex::<32>(hex).map(Vec::from),
        Algorithm::Es256k => encoding::from_hex::<33>(hex).map(Vec::from),
    }
    .ok_or_else(|| {
        Error::new(Code::KeyMalformed, "a public key is 64 (Ed25519) or 66 (secp256k1) lower-case hex digits")
    })
}
