//! The types of asymmetric keys.

use std::sync::Arc;

use super::{Algorithm, AlgorithmSet, KeyPair, Secret, Verify, ed25519, es256k};
use crate::error::{Code, Error, Result};

/// A type of asymmetric keys; for elliptic curves, the curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyType {
    Ed25519,
    Secp256k1,
    P256,
    P384,
    P521,
    Rsa,
}

impl KeyType {
    pub(crate) const ALL: [Self; 6] =
        [Self::Ed25519, Self::Secp256k1, Self::P256, Self::P384, Self::P521, Self::Rsa];

    /// What its keys sign with.
    pub(crate) const fn algorithms(self) -> AlgorithmSet {
        AlgorithmSet::of(match self {
            Self::Ed25519 => &[Algorithm::EdDsa],
            Self::Secp256k1 => &[Algorithm::Es256k],
            Self::P256 => &[Algorithm::Es256],
            Self::P384 => &[Algorithm::Es384],
            Self::P521 => &[Algorithm::Es512],
            Self::Rsa => &[
                Algorithm::Rs256,
                Algorithm::Rs384,
                Algorithm::Rs512,
                Algorithm::Ps256,
                Algorithm::Ps384,
                Algorithm::Ps512,
            ],
        })
    }

    /// The `kty` of its JWK (RFC 7518 section 6.1, RFC 8037 section 2).
    pub(crate) const fn kty(self) -> &'static str {
        match self {
            Self::Ed25519 => "OKP",
            Self::Secp256k1 | Self::P256 | Self::P384 | Self::P521 => "EC",
            Self::Rsa => "RSA",
        }
    }

    /// The `crv` of its JWK (RFC 7518 section 6.2.1.1, RFC 8037 section 2, RFC 8812 section 3.1).
    pub(crate) const fn crv(self) -> Option<&'static str> {
        match self {
            Self::Ed25519 => Some("Ed25519"),
            Self::Secp256k1 => Some("secp256k1"),
            Self::P256 => Some("P-256"),
            Self::P384 => Some("P-384"),
            Self::P521 => Some("P-521"),
            Self::Rsa => None,
        }
    }

    /// The bytes of a coordinate and of a private key; `None` for RSA.
    pub(crate) const fn field_length(self) -> Option<usize> {
        match self {
            Self::Ed25519 | Self::Secp256k1 | Self::P256 => Some(32),
            Self::P384 => Some(48),
            Self::P521 => Some(66),
            Self::Rsa => None,
        }
    }

    /// The one spelling of a point of its curve that is given compressed or not (SEC 1 section 2.3.3).
    ///
    /// # Errors
    /// `key_malformed`, `key_unsupported`.
    pub(crate) fn point(self, point: &[u8]) -> Result<Vec<u8>> {
        match self {
            Self::Secp256k1 => Ok(es256k::compress(point)?.to_vec()),
            _ => Err(unsupported()),
        }
    }

    /// The signer of a private key, made in its place: a box that moved would leave the secret behind.
    ///
    /// # Errors
    /// `key_malformed`, `key_unsupported`.
    pub(crate) fn key_pair(self, secret: &Secret) -> Result<Arc<dyn KeyPair>> {
        Ok(match self {
            Self::Ed25519 => Arc::new(ed25519::SigningKey::new(secret)?),
            Self::Secp256k1 => Arc::new(es256k::SigningKey::new(secret)?),
            _ => return Err(unsupported()),
        })
    }

    /// The verifier of a public key in its one spelling: 32 bytes for Ed25519, the compressed point for secp256k1.
    ///
    /// # Errors
    /// `key_malformed`, `key_unsupported`, `key_weak`.
    pub(crate) fn verifier(self, public: &[u8]) -> Result<Box<dyn Verify>> {
        Ok(match self {
            Self::Ed25519 => Box::new(ed25519::PublicKey::new(public)?),
            Self::Secp256k1 => Box::new(es256k::PublicKey::new(public)?),
            _ => return Err(unsupported()),
        })
    }

    /// The bytes of the public key as its JWK holds them, in the order of their names.
    pub(crate) fn public_members(self, public: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
        match self {
            Self::Secp256k1 => {
                let coordinates = es256k::coordinates(public);
                let (x, y) = coordinates.split_at(32);
                vec![("x", x.to_vec()), ("y", y.to_vec())]
            }
            _ => vec![("x", public.to_vec())],
        }
    }
}

/// This build has no engine for keys of this type.
fn unsupported() -> Error {
    Error::new(Code::KeyUnsupported, "this type of key is not supported")
}
