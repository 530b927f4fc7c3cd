//! Public keys.

use std::fmt;
use std::sync::Arc;

use super::pem::{self, Label};
use super::{der, jwk, jwk_writer, thumbprint};
use crate::algorithms::{Algorithm, AlgorithmSet, KeyType, LowS, Verify};
use crate::encoding;
use crate::error::{Code, Error, Result};

/// A public key that verifies. Cheap to clone, safe to share between threads. It is never a symmetric key, so it may
/// be printed and published.
#[derive(Clone)]
pub struct PublicKey {
    inner: Arc<Inner>,
    permitted: AlgorithmSet,
    purpose: Option<Purpose>,
}

/// What a key signs over HTTP, where that is not both: the member `samebyte_use` of its JWK.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Request,
    Response,
}

impl Purpose {
    pub(crate) const ALL: [Self; 2] = [Self::Request, Self::Response];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Response => "response",
        }
    }
}

struct Inner {
    key_type: KeyType,
    bytes: Vec<u8>,
    verifier: Box<dyn Verify>,
    thumbprint: String,
    kid: Option<String>,
}

impl PublicKey {
    /// The public key in a JWK (RFC 7517, RFC 7518 section 6, RFC 8037 section 2, RFC 8812 section 3) that holds no
    /// private part.
    ///
    /// # Errors
    /// The codes of the reader; `key_malformed`, `key_unsupported`, `key_weak`, `key_use_forbidden`.
    pub fn from_jwk(jwk: &[u8]) -> Result<Self> {
        jwk::read_public(jwk)
    }

    /// The public key in an SPKI PEM file (RFC 5280 section 4.1.2.7, RFC 7468 section 13).
    ///
    /// # Errors
    /// `key_malformed`, `key_unsupported`, `key_weak`, `too_large`.
    pub fn from_pem(pem: &[u8]) -> Result<Self> {
        Self::from_der(&pem::read(pem, Label::Public)?)
    }

    /// The public key in SPKI DER (RFC 5280 section 4.1.2.7).
    ///
    /// # Errors
    /// As [`from_pem`](Self::from_pem).
    pub fn from_der(der: &[u8]) -> Result<Self> {
        der::read_public(der)
    }

    /// The public key of lower-case hex digits: 64 for Ed25519, 66 (a compressed point) for secp256k1.
    ///
    /// # Errors
    /// `key_malformed`, `algorithm_unsupported` (another algorithm), `key_weak`.
    pub fn from_hex(algorithm: Algorithm, hex: &[u8]) -> Result<Self> {
        let (key_type, bytes) = match algorithm {
            Algorithm::EdDsa => (KeyType::Ed25519, encoding::from_hex::<32>(hex).map(Vec::from)),
            Algorithm::Es256k => (KeyType::Secp256k1, encoding::from_hex::<33>(hex).map(Vec::from)),
            _ => return Err(hex_unsupported()),
        };
        let bytes = bytes.ok_or_else(|| {
            Error::new(
                Code::KeyMalformed,
                "a public key is 64 (Ed25519) or 66 (secp256k1) lower-case hex digits",
            )
        })?;
        Self::new(key_type, bytes, None)
    }

    pub(super) fn new(key_type: KeyType, bytes: Vec<u8>, kid: Option<String>) -> Result<Self> {
        let verifier = key_type.verifier(&bytes)?;
        let thumbprint = thumbprint::of(key_type, &bytes);
        let inner = Arc::new(Inner { key_type, bytes, verifier, thumbprint, kid });
        Ok(Self { inner, permitted: key_type.algorithms(), purpose: None })
    }

    /// The same key, which permits `algorithm` alone.
    ///
    /// # Errors
    /// `algorithm_mismatch`: it does not permit it now.
    pub fn bound_to(self, algorithm: Algorithm) -> Result<Self> {
        if !self.permits(algorithm) {
            return Err(Error::new(Code::AlgorithmMismatch, "the key is not one of this algorithm"));
        }
        Ok(Self { permitted: AlgorithmSet::of(&[algorithm]), ..self })
    }

    /// The canonical public JWK: `kid`, `kty`, the members of its type and, where the key permits one algorithm, `alg`;
    /// and `samebyte_use`, where the key came with it.
    #[must_use]
    pub fn to_jwk(&self) -> Vec<u8> {
        jwk_writer::public(self)
    }

    /// SPKI PEM.
    #[must_use]
    pub fn to_pem(&self) -> Vec<u8> {
        pem::write(&self.to_der(), Label::Public).to_vec()
    }

    /// SPKI DER.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        der::write_public(self)
    }

    /// Lower-case hex, as [`from_hex`](Self::from_hex) reads it.
    ///
    /// # Errors
    /// `key_unsupported`: the key is not Ed25519 or secp256k1.
    pub fn to_hex(&self) -> Result<String> {
        match self.key_type() {
            KeyType::Ed25519 | KeyType::Secp256k1 => Ok(encoding::to_hex(self.bytes())),
            _ => Err(no_hex()),
        }
    }

    /// The algorithm; of an RSA key that permits several, RS256.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.permitted.first().expect("a key permits an algorithm")
    }

    /// Whether a signature with `algorithm` may be one of this key.
    #[must_use]
    pub fn permits(&self, algorithm: Algorithm) -> bool {
        self.permitted.contains(algorithm)
    }

    /// The key id: the `kid` of the JWK that the key came from, else its thumbprint.
    #[must_use]
    pub fn kid(&self) -> &str {
        self.inner.kid.as_deref().unwrap_or(&self.inner.thumbprint)
    }

    /// The RFC 7638 thumbprint: SHA-256, base64url, 43 characters.
    #[must_use]
    pub fn thumbprint(&self) -> &str {
        &self.inner.thumbprint
    }

    /// Checks that `signature` is one of this key over `message` with the algorithm of the key, in its one spelling.
    ///
    /// # Errors
    /// `signature_malformed`, `signature_not_low_s`, `signature_invalid`.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<()> {
        self.verify_with(self.algorithm(), message, signature, LowS::Required)
    }

    /// Checks that `signature` is one of this key over `message` with `algorithm`.
    ///
    /// # Errors
    /// `algorithm_mismatch` (the key does not permit it), `signature_malformed`, `signature_not_low_s`,
    /// `signature_invalid`.
    pub fn verify_with(
        &self,
        algorithm: Algorithm,
        message: &[u8],
        signature: &[u8],
        low_s: LowS,
    ) -> Result<()> {
        if !self.permits(algorithm) {
            return Err(Error::new(Code::AlgorithmMismatch, "the key is not one of this algorithm"));
        }
        self.inner.verifier.verify(algorithm, message, signature, low_s)
    }

    pub(crate) fn key_type(&self) -> KeyType {
        self.inner.key_type
    }

    pub(crate) fn permitted(&self) -> AlgorithmSet {
        self.permitted
    }

    /// The same key, for this purpose alone.
    pub(crate) fn for_purpose(self, purpose: Purpose) -> Self {
        Self { purpose: Some(purpose), ..self }
    }

    /// What the key is for, where that is not both.
    pub(crate) fn purpose(&self) -> Option<Purpose> {
        self.purpose
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.inner.bytes
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PublicKey({}, kid={:?})", self.algorithm(), self.kid())
    }
}

/// Hex of a key of an algorithm whose keys have no such form.
pub(super) fn hex_unsupported() -> Error {
    Error::new(Code::AlgorithmUnsupported, "hex is the form of Ed25519 and secp256k1 keys")
}

/// Hex is the form of keys that are one short string of bytes.
fn no_hex() -> Error {
    Error::new(Code::KeyUnsupported, "only Ed25519 and secp256k1 keys are written in hex")
}
