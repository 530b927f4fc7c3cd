//! The closed registry of signature algorithms, one file each family.

#[cfg(feature = "aws-lc")]
mod ecdsa;
pub(crate) mod ed25519;
pub(crate) mod es256k;
pub(crate) mod hmac;
mod key_type;
pub(crate) mod rsa;
mod set;

use std::fmt;
use std::str::FromStr;

use zeroize::Zeroizing;

use crate::error::{Code, Error, Result};

pub(crate) use key_type::{KeyType, random};
pub(crate) use set::AlgorithmSet;

/// A signature algorithm of JOSE (RFC 7518 section 3.1, RFC 8037, RFC 8812). It is a property of a key, never of a
/// message. There is no `none`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// Ed25519 (RFC 8032), named `EdDSA` in JOSE (RFC 8037).
    EdDsa,
    /// ECDSA over secp256k1 with SHA-256 (RFC 8812).
    Es256k,
    /// ECDSA over P-256 with SHA-256.
    Es256,
    /// ECDSA over P-384 with SHA-384.
    Es384,
    /// ECDSA over P-521 with SHA-512.
    Es512,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    Rs384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    Rs512,
    /// RSASSA-PSS with SHA-256, and a salt of 32 bytes.
    Ps256,
    /// RSASSA-PSS with SHA-384, and a salt of 48 bytes.
    Ps384,
    /// RSASSA-PSS with SHA-512, and a salt of 64 bytes.
    Ps512,
    /// HMAC with SHA-256.
    Hs256,
    /// HMAC with SHA-384.
    Hs384,
    /// HMAC with SHA-512.
    Hs512,
}

/// Whether an ECDSA signature over secp256k1 must have the low one of its two S values. Other algorithms have no such
/// rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LowS {
    /// The high one is refused: one signature has one spelling. Documents and jobs ask for this.
    Required,
    /// Both are accepted, as in JOSE, where other signers write the high one half of the time.
    Any,
}

/// The private bytes of a key: an Ed25519 seed, an ECDSA scalar, the DER of an RSA private key (RFC 8017), or the
/// secret of an HMAC. They are made at their full length, so that none is left behind by growing.
pub(crate) type Secret = Zeroizing<Vec<u8>>;

/// Signs messages with one private key.
pub(crate) trait KeyPair: Send + Sync {
    /// The signature in its one spelling; hashing, where the algorithm hashes, is done here. `algorithm` is one of the
    /// key's type.
    fn sign(&self, algorithm: Algorithm, message: &[u8]) -> Vec<u8>;

    /// The public key in its one spelling.
    fn public(&self) -> Vec<u8>;
}

/// Verifies messages with one public key.
pub(crate) trait Verify: Send + Sync {
    /// `Ok` where `signature` is one of this key over `message`. `algorithm` is one of the key's type.
    ///
    /// # Errors
    /// `signature_malformed`, `signature_not_low_s`, `signature_invalid`.
    fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8], low_s: LowS) -> Result<()>;
}

impl Algorithm {
    /// Every algorithm.
    pub const ALL: [Self; 14] = [
        Self::EdDsa,
        Self::Es256k,
        Self::Es256,
        Self::Es384,
        Self::Es512,
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
        Self::Ps256,
        Self::Ps384,
        Self::Ps512,
        Self::Hs256,
        Self::Hs384,
        Self::Hs512,
    ];

    /// The JOSE name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256k => "ES256K",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
            Self::Hs256 => "HS256",
            Self::Hs384 => "HS384",
            Self::Hs512 => "HS512",
        }
    }

    /// The type of its keys; `None` for HMAC, whose keys are symmetric.
    pub(crate) fn key_type(self) -> Option<KeyType> {
        KeyType::ALL.into_iter().find(|key_type| key_type.algorithms().contains(self))
    }
}

impl FromStr for Algorithm {
    type Err = Error;

    /// The algorithm with this JOSE name; `Ed25519` (RFC 9864) is read as `EdDSA`.
    fn from_str(name: &str) -> Result<Self> {
        if name == "Ed25519" {
            return Ok(Self::EdDsa);
        }
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.name() == name)
            .ok_or_else(|| Error::new(Code::AlgorithmUnsupported, "the algorithm is not known"))
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        for algorithm in Algorithm::ALL {
            assert_eq!(algorithm.name().parse(), Ok(algorithm));
        }
        assert_eq!("Ed25519".parse(), Ok(Algorithm::EdDsa));
        for name in ["none", "None", "nOnE", "", "hs256", "ES521", "RS1", "Ed448", "HS256 "] {
            let error = name.parse::<Algorithm>().expect_err("refused");
            assert_eq!(error.code(), Code::AlgorithmUnsupported, "{name:?}");
        }
    }

    #[test]
    fn every_algorithm_has_one_type_of_key() {
        for algorithm in Algorithm::ALL {
            let types =
                KeyType::ALL.into_iter().filter(|key_type| key_type.algorithms().contains(algorithm)).count();
            assert_eq!(types, usize::from(!hmac::ALGORITHMS.contains(algorithm)), "{algorithm}");
        }
    }
}
