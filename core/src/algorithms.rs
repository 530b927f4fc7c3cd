//! The closed registry of signature algorithms, one file each.

pub(crate) mod ed25519;
pub(crate) mod es256k;

use std::fmt;
use std::str::FromStr;

use zeroize::Zeroizing;

use crate::error::{Code, Error, Result};

/// A signature algorithm. It is a property of a key, never of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// Ed25519 (RFC 8032), named `EdDSA` in JOSE (RFC 8037).
    EdDsa,
    /// ECDSA over secp256k1 with SHA-256 (RFC 8812).
    Es256k,
}

/// The private bytes of a key: an Ed25519 seed or a secp256k1 scalar.
pub(crate) type Secret = Zeroizing<[u8; 32]>;

/// Signs messages with one private key.
pub(crate) trait Signer: Send + Sync {
    /// The signature in its one spelling; hashing, where the algorithm hashes, is done here.
    fn sign(&self, message: &[u8]) -> Vec<u8>;

    /// The public key in its one spelling.
    fn public(&self) -> Vec<u8>;
}

/// Verifies messages with one public key.
pub(crate) trait Verify: Send + Sync {
    /// `Ok` where `signature` is one of this key over `message`.
    ///
    /// # Errors
    /// `signature_malformed`, `signature_not_low_s`, `signature_invalid`.
    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<()>;
}

impl Algorithm {
    /// The JOSE name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256k => "ES256K",
        }
    }

    /// The signer of a private key.
    pub(crate) fn signer(self, secret: &Secret) -> Result<Box<dyn Signer>> {
        Ok(match self {
            Self::EdDsa => Box::new(ed25519::SigningKey::new(secret)?),
            Self::Es256k => Box::new(es256k::SigningKey::new(secret)?),
        })
    }

    /// The verifier of a public key in its one spelling: 32 bytes for Ed25519, 33 for secp256k1.
    pub(crate) fn verifier(self, public: &[u8]) -> Result<Box<dyn Verify>> {
        Ok(match self {
            Self::EdDsa => Box::new(ed25519::PublicKey::new(public)?),
            Self::Es256k => Box::new(es256k::PublicKey::new(public)?),
        })
    }
}

impl FromStr for Algorithm {
    type Err = Error;

    /// The algorithm with this JOSE name; `Ed25519` (RFC 9864) is read as `EdDSA`.
    fn from_str(name: &str) -> Result<Self> {
        match name {
            "EdDSA" | "Ed25519" => Ok(Self::EdDsa),
            "ES256K" => Ok(Self::Es256k),
            _ => Err(Error::new(Code::AlgorithmUnsupported, "the algorithm is not EdDSA or ES256K")),
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
