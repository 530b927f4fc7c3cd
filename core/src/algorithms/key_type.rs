//! The types of asymmetric keys.

use std::sync::Arc;

#[cfg(feature = "aws-lc")]
use super::ecdsa;
use super::{Algorithm, AlgorithmSet, KeyPair, Secret, Verify, ed25519, es256k, rsa};
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

    /// Whether this build has an engine for its keys.
    pub(crate) const fn is_supported(self) -> bool {
        cfg!(feature = "aws-lc") || matches!(self, Self::Ed25519 | Self::Secp256k1)
    }

    /// The one spelling of a point of its curve that is given compressed or not (SEC 1 section 2.3.3).
    ///
    /// # Errors
    /// `key_malformed`, `key_unsupported`.
    pub(crate) fn point(self, point: &[u8]) -> Result<Vec<u8>> {
        match self {
            Self::Secp256k1 => Ok(es256k::compress(point)?.to_vec()),
            #[cfg(feature = "aws-lc")]
            Self::P256 => ecdsa::uncompress(&ecdsa::P256, point),
            #[cfg(feature = "aws-lc")]
            Self::P384 => ecdsa::uncompress(&ecdsa::P384, point),
            #[cfg(feature = "aws-lc")]
            Self::P521 => ecdsa::uncompress(&ecdsa::P521, point),
            _ => Err(unsupported()),
        }
    }

    /// The signer of a private key, made in its place: a box that moved would leave the secret behind.
    ///
    /// # Errors
    /// `key_malformed`, `key_mismatch`, `key_unsupported`.
    pub(crate) fn key_pair(self, secret: &[u8]) -> Result<Arc<dyn KeyPair>> {
        Ok(match self {
            Self::Ed25519 => Arc::new(ed25519::SigningKey::new(secret)?),
            Self::Secp256k1 => Arc::new(es256k::SigningKey::new(secret)?),
            #[cfg(feature = "aws-lc")]
            Self::P256 => Arc::new(ecdsa::SigningKey::new(&ecdsa::P256, secret)?),
            #[cfg(feature = "aws-lc")]
            Self::P384 => Arc::new(ecdsa::SigningKey::new(&ecdsa::P384, secret)?),
            #[cfg(feature = "aws-lc")]
            Self::P521 => Arc::new(ecdsa::SigningKey::new(&ecdsa::P521, secret)?),
            #[cfg(feature = "aws-lc")]
            Self::Rsa => Arc::new(rsa::SigningKey::new(secret)?),
            #[cfg(not(feature = "aws-lc"))]
            _ => return Err(unsupported()),
        })
    }

    /// The verifier of a public key in its one spelling: 32 bytes for Ed25519, the compressed point for secp256k1, the
    /// uncompressed point for the NIST curves, DER (RFC 8017 appendix A.1.1) for RSA.
    ///
    /// # Errors
    /// `key_malformed`, `key_unsupported`, `key_weak`.
    pub(crate) fn verifier(self, public: &[u8]) -> Result<Box<dyn Verify>> {
        Ok(match self {
            Self::Ed25519 => Box::new(ed25519::PublicKey::new(public)?),
            Self::Secp256k1 => Box::new(es256k::PublicKey::new(public)?),
            #[cfg(feature = "aws-lc")]
            Self::P256 => Box::new(ecdsa::PublicKey::new(&ecdsa::P256, public)?),
            #[cfg(feature = "aws-lc")]
            Self::P384 => Box::new(ecdsa::PublicKey::new(&ecdsa::P384, public)?),
            #[cfg(feature = "aws-lc")]
            Self::P521 => Box::new(ecdsa::PublicKey::new(&ecdsa::P521, public)?),
            #[cfg(feature = "aws-lc")]
            Self::Rsa => Box::new(rsa::PublicKey::new(public)?),
            #[cfg(not(feature = "aws-lc"))]
            _ => return Err(unsupported()),
        })
    }

    /// The random bytes of a new private key, or for RSA the key itself, of `bits` bits.
    ///
    /// # Errors
    /// `algorithm_unsupported`, `invalid_argument` (a size that RSA keys do not have), `random_unavailable`.
    pub(crate) fn draw(self, bits: usize) -> Result<Secret> {
        match self.field_length() {
            _ if !self.is_supported() => {
                Err(Error::new(Code::AlgorithmUnsupported, "this build has no keys of this type"))
            }
            Some(length) => {
                let mut secret = random(length)?;
                if self == Self::P521 {
                    // Of the first byte, a scalar of 521 bits has one.
                    secret[0] &= 1;
                }
                Ok(secret)
            }
            #[cfg(feature = "aws-lc")]
            None => rsa::generate(bits),
            #[cfg(not(feature = "aws-lc"))]
            None => unreachable!("not supported: {bits}"),
        }
    }

    /// The bytes of the public key as its JWK holds them.
    pub(crate) fn public_members(self, public: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
        match self {
            Self::Ed25519 => vec![("x", public.to_vec())],
            Self::Rsa => rsa::public_members(public),
            Self::Secp256k1 => coordinates(&es256k::uncompress(public)),
            Self::P256 | Self::P384 | Self::P521 => coordinates(public),
        }
    }

    /// The private bytes as its JWK holds them.
    pub(crate) fn private_members(self, secret: &[u8]) -> Vec<(&'static str, &[u8])> {
        match self {
            Self::Rsa => rsa::private_members(secret),
            _ => vec![("d", secret)],
        }
    }

    /// The public key in the spelling of SPKI (RFC 5480 section 2.2, RFC 8410 section 4, RFC 3279 section 2.3.1); points
    /// uncompressed, which every reader opens.
    pub(crate) fn spki_bytes(self, public: &[u8]) -> Vec<u8> {
        match self {
            Self::Secp256k1 => es256k::uncompress(public).to_vec(),
            _ => public.to_vec(),
        }
    }
}

/// The coordinates of an uncompressed point.
fn coordinates(point: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let (x, y) = point[1..].split_at(point.len() / 2);
    vec![("x", x.to_vec()), ("y", y.to_vec())]
}

/// Bytes from the operating system.
///
/// # Errors
/// `random_unavailable`.
pub(crate) fn random(length: usize) -> Result<Secret> {
    let mut bytes = Secret::new(vec![0; length]);
    getrandom::fill(&mut bytes).map_err(|_| Error::new(Code::RandomUnavailable, "no random bytes"))?;
    Ok(bytes)
}

/// This build has no engine for keys of this type.
fn unsupported() -> Error {
    Error::new(Code::KeyUnsupported, "this type of key is not supported")
}
