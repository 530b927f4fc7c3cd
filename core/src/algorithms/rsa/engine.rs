//! The engine: AWS-LC.

use std::sync::OnceLock;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512,
    RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RSA_PSS_SHA256,
    RSA_PSS_SHA384, RSA_PSS_SHA512, RsaEncoding, RsaKeyPair, RsaParameters,
};
use der::Decode as _;
use pkcs8::PrivateKeyInfoRef;

use super::parse_public;
use crate::algorithms::{Algorithm, KeyPair, LowS, Secret, Verify};
use crate::error::{Code, Error, Result};

/// A private key; AWS-LC wipes it when it is freed.
pub(crate) struct SigningKey(RsaKeyPair);

/// A public key. The engine parses a key for one algorithm; each is parsed when it is used first.
pub(crate) struct PublicKey {
    der: Vec<u8>,
    modulus: Vec<u8>,
    parsed: [OnceLock<ParsedPublicKey>; 6],
}

impl SigningKey {
    /// The key of a checked private key (RFC 8017 appendix A.1.2).
    ///
    /// # Errors
    /// `key_mismatch`: its members do not belong together.
    pub(crate) fn new(der: &[u8]) -> Result<Self> {
        let mismatch = || Error::new(Code::KeyMismatch, "the members of the RSA key do not belong together");
        let pair = RsaKeyPair::from_der(der).map_err(|_| mismatch())?;
        // The engine does not ask whether p and q are primes. It sees while it signs that they are not, with a salt that
        // whoever made the key could not know.
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(&RSA_PSS_SHA256, &SystemRandom::new(), b"", &mut signature).map_err(|_| mismatch())?;
        Ok(Self(pair))
    }
}

impl KeyPair for SigningKey {
    fn sign(&self, algorithm: Algorithm, message: &[u8]) -> Vec<u8> {
        let encoding: &'static dyn RsaEncoding = match algorithm {
            Algorithm::Rs384 => &RSA_PKCS1_SHA384,
            Algorithm::Rs512 => &RSA_PKCS1_SHA512,
            Algorithm::Ps256 => &RSA_PSS_SHA256,
            Algorithm::Ps384 => &RSA_PSS_SHA384,
            Algorithm::Ps512 => &RSA_PSS_SHA512,
            _ => &RSA_PKCS1_SHA256,
        };
        let mut signature = vec![0; self.0.public_modulus_len()];
        // The engine draws its own randomness and ignores what it is given.
        self.0
            .sign(encoding, &SystemRandom::new(), message, &mut signature)
            .expect("a key that signed once signs everything");
        signature
    }

    fn public(&self) -> Vec<u8> {
        self.0.public_key().as_ref().to_vec()
    }
}

impl PublicKey {
    /// The key of a checked public key (RFC 8017 appendix A.1.1).
    ///
    /// # Errors
    /// `key_malformed`.
    pub(crate) fn new(der: &[u8]) -> Result<Self> {
        let modulus = parse_public(der)?.modulus.as_bytes().to_vec();
        let first = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, der)
            .map_err(|_| Error::new(Code::KeyMalformed, "not an RSA public key"))?;
        let key = Self { der: der.to_vec(), modulus, parsed: Default::default() };
        key.parsed[0].get_or_init(|| first);
        Ok(key)
    }

    fn parsed(&self, algorithm: Algorithm) -> &ParsedPublicKey {
        let (place, parameters): (usize, &'static RsaParameters) = match algorithm {
            Algorithm::Rs384 => (1, &RSA_PKCS1_2048_8192_SHA384),
            Algorithm::Rs512 => (2, &RSA_PKCS1_2048_8192_SHA512),
            Algorithm::Ps256 => (3, &RSA_PSS_2048_8192_SHA256),
            Algorithm::Ps384 => (4, &RSA_PSS_2048_8192_SHA384),
            Algorithm::Ps512 => (5, &RSA_PSS_2048_8192_SHA512),
            _ => (0, &RSA_PKCS1_2048_8192_SHA256),
        };
        self.parsed[place].get_or_init(|| {
            ParsedPublicKey::new(parameters, &self.der)
                .expect("the engine took the key for another algorithm")
        })
    }
}

impl Verify for PublicKey {
    fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8], _: LowS) -> Result<()> {
        if signature.len() != self.modulus.len() || *signature >= *self.modulus {
            return Err(Error::new(
                Code::SignatureMalformed,
                "an RSA signature is as long as the modulus, and below it",
            ));
        }
        self.parsed(algorithm)
            .verify_sig(message, signature)
            .map_err(|_| Error::new(Code::SignatureInvalid, "the RSA signature does not verify"))
    }
}

/// A new private key of 2048, 3072, 4096 or 8192 bits, with the randomness of the engine, which the operating system
/// seeds.
///
/// # Errors
/// `invalid_argument` (another size), `random_unavailable`.
pub(crate) fn generate(bits: usize) -> Result<Secret> {
    let size = match bits {
        2048 => KeySize::Rsa2048,
        3072 => KeySize::Rsa3072,
        4096 => KeySize::Rsa4096,
        8192 => KeySize::Rsa8192,
        _ => {
            return Err(Error::new(
                Code::InvalidArgument,
                "an RSA key is made with 2048, 3072, 4096 or 8192 bits",
            ));
        }
    };
    let failed = || Error::new(Code::RandomUnavailable, "no RSA key could be made");
    let document: Pkcs8V1Der<'_> =
        RsaKeyPair::generate(size).map_err(|_| failed())?.as_der().map_err(|_| failed())?;
    let info = PrivateKeyInfoRef::from_der(document.as_ref()).map_err(|_| failed())?;
    Ok(Secret::new(info.private_key.as_bytes().to_vec()))
}
