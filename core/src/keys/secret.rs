//! Private keys.

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::{PublicKey, jwk, pem};
use crate::algorithms::{Algorithm, Secret, Signer};
use crate::encoding;
use crate::error::{Code, Error, Result};

/// A private key that signs. Cheap to clone, safe to share between threads.
///
/// The secret is zeroed when the last clone is dropped and is never printed: `Debug` shows `[secret]`.
#[derive(Clone)]
pub struct SigningKey(Arc<Inner>);

struct Inner {
    secret: Secret,
    signer: Box<dyn Signer>,
    public: PublicKey,
}

impl SigningKey {
    /// A new key from the random bytes of the operating system.
    ///
    /// # Errors
    /// `random_unavailable`.
    pub fn generate(algorithm: Algorithm) -> Result<Self> {
        loop {
            let mut secret = Secret::default();
            getrandom::fill(&mut secret[..])
                .map_err(|_| Error::new(Code::RandomUnavailable, "no random bytes"))?;
            // A secp256k1 scalar above the group order is drawn about once in 2^128 times.
            if let Ok(key) = Self::new(algorithm, secret, None) {
                return Ok(key);
            }
        }
    }

    /// The private key in a JWK (RFC 7517, RFC 8037 section 2, RFC 8812 section 3).
    ///
    /// # Errors
    /// The codes of the reader; `key_malformed`, `key_unsupported`, `key_mismatch` (the public part is not that
    /// of the private one), `key_use_forbidden`.
    pub fn from_jwk(jwk: &[u8]) -> Result<Self> {
        let parts = jwk::read(jwk, jwk::Part::Private)?;
        let secret = parts.secret.expect("a private JWK was asked for");
        let key = Self::new(parts.algorithm, secret, parts.kid)?;
        key.matches(&parts.public)
    }

    /// The private key in an unencrypted PKCS#8 PEM file, version 1 or 2 (RFC 5958, RFC 7468).
    ///
    /// # Errors
    /// `key_malformed`, `key_unsupported`, `key_mismatch`, `too_large`.
    pub fn from_pem(pem: &[u8]) -> Result<Self> {
        let (algorithm, secret, public) = pem::read_private(pem)?;
        let key = Self::new(algorithm, secret, None)?;
        match public {
            Some(public) => key.matches(&public),
            None => Ok(key),
        }
    }

    /// The private key of 64 lower-case hex digits: an Ed25519 seed or a secp256k1 scalar.
    ///
    /// # Errors
    /// `key_malformed`.
    pub fn from_hex(algorithm: Algorithm, hex: &[u8]) -> Result<Self> {
        let secret = encoding::from_hex(hex)
            .ok_or_else(|| Error::new(Code::KeyMalformed, "a private key is 64 lower-case hex digits"))?;
        Self::new(algorithm, Zeroizing::new(secret), None)
    }

    fn new(algorithm: Algorithm, secret: Secret, kid: Option<String>) -> Result<Self> {
        let signer = algorithm.signer(&secret)?;
        let public = PublicKey::new(algorithm, signer.public(), kid)?;
        Ok(Self(Arc::new(Inner { secret, signer, public })))
    }

    fn matches(self, public: &[u8]) -> Result<Self> {
        if self.public_key().bytes() == public {
            Ok(self)
        } else {
            Err(Error::new(Code::KeyMismatch, "the public part is not that of the private part"))
        }
    }

    /// The canonical private JWK: `alg`, `crv`, `d`, `kid`, `kty`, `x` and, for secp256k1, `y`.
    #[must_use]
    pub fn to_jwk(&self) -> Zeroizing<Vec<u8>> {
        jwk::write_private(self.public_key(), self.secret())
    }

    /// PKCS#8 version 1 PEM, which OpenSSL, Node and Python open.
    #[must_use]
    pub fn to_pem(&self) -> Zeroizing<Vec<u8>> {
        pem::write_private(self.public_key(), self.secret())
    }

    /// 64 lower-case hex digits.
    #[must_use]
    pub fn to_hex(&self) -> Zeroizing<Vec<u8>> {
        let mut digits = Zeroizing::new(vec![0; 64]);
        hex::encode_to_slice(&self.0.secret[..], &mut digits[..]).expect("64 digits hold 32 bytes");
        digits
    }

    /// The public key.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.0.public
    }

    /// Signs `message`: 64 bytes.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.0.signer.sign(message)
    }

    fn secret(&self) -> &Secret {
        &self.0.secret
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let public = self.public_key();
        write!(formatter, "SigningKey({}, kid={:?}, [secret])", public.algorithm(), public.kid())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_survives_every_form() {
        for algorithm in [Algorithm::EdDsa, Algorithm::Es256k] {
            let key = SigningKey::generate(algorithm).expect("random bytes");
            let public = key.public_key();
            for other in [
                SigningKey::from_jwk(&key.to_jwk()),
                SigningKey::from_pem(&key.to_pem()),
                SigningKey::from_hex(algorithm, &key.to_hex()),
            ] {
                let other = other.expect("our own form");
                assert_eq!(other.public_key().bytes(), public.bytes());
                assert_eq!(other.to_hex(), key.to_hex());
            }
            for other in [
                PublicKey::from_jwk(&public.to_jwk()),
                PublicKey::from_pem(&public.to_pem()),
                PublicKey::from_hex(algorithm, public.to_hex().as_bytes()),
            ] {
                assert_eq!(other.expect("our own form").bytes(), public.bytes());
            }
        }
    }

    #[test]
    fn the_secret_is_not_printed() {
        let key = SigningKey::generate(Algorithm::Es256k).expect("random bytes");
        let printed = format!("{key:?}");
        assert!(printed.ends_with("[secret])"), "{printed}");
        assert!(!printed.contains(std::str::from_utf8(&key.to_hex()).expect("hex")));
    }

    #[test]
    fn the_public_part_must_be_the_right_one() {
        let one = SigningKey::generate(Algorithm::EdDsa).expect("random bytes");
        let two = SigningKey::generate(Algorithm::EdDsa).expect("random bytes");
        let jwk = jwk::write_private(two.public_key(), one.secret());
        assert_eq!(SigningKey::from_jwk(&jwk).expect_err("refused").code(), Code::KeyMismatch);
    }
}
