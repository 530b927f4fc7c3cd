//! Private keys.

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::pem::{self, Label};
use super::public::hex_unsupported;
use super::{PublicKey, der, encrypted, jwk, jwk_writer, symmetric};
use crate::algorithms::hmac::{self, MacKey};
use crate::algorithms::{Algorithm, AlgorithmSet, KeyPair, KeyType, Secret, random};
use crate::error::{Code, Error, Result};

/// A private key that signs: the private half of a pair, or a symmetric key, which also verifies. Cheap to clone, safe
/// to share between threads.
///
/// The secret is zeroed when the last clone is dropped and is never printed: `Debug` shows `[secret]`.
#[derive(Clone)]
pub struct SigningKey {
    secret: Arc<Secret>,
    kind: Kind,
}

#[derive(Clone)]
enum Kind {
    Asymmetric { pair: Arc<dyn KeyPair>, public: PublicKey },
    Symmetric { mac: Arc<MacKey>, permitted: AlgorithmSet, kid: Option<Arc<str>> },
}

impl SigningKey {
    /// A new key from the random bytes of the operating system. An RSA key has 2048 bits. A symmetric key is as long as
    /// the hash, and has no `kid`.
    ///
    /// # Errors
    /// `algorithm_unsupported` (by this build), `random_unavailable`.
    pub fn generate(algorithm: Algorithm) -> Result<Self> {
        Self::generate_with(algorithm, None, None)
    }

    /// As [`generate`](Self::generate), with the number of bits of an RSA key, and a `kid`.
    ///
    /// # Errors
    /// As [`generate`](Self::generate); `invalid_argument` (bits other than 2048, 3072, 4096 or 8192, or for a key that
    /// is not RSA).
    pub fn generate_with(algorithm: Algorithm, bits: Option<usize>, kid: Option<&str>) -> Result<Self> {
        let kid = kid.map(str::to_owned);
        let key_type = algorithm.key_type();
        if bits.is_some() && key_type != Some(KeyType::Rsa) {
            return Err(Error::new(Code::InvalidArgument, "only RSA keys are made with a number of bits"));
        }
        let Some(key_type) = key_type else {
            let secret = random(hmac::hash_length(algorithm))?;
            return Ok(Self::of_secret(secret, AlgorithmSet::of(&[algorithm]), kid));
        };
        loop {
            let secret = key_type.draw(bits.unwrap_or(2048))?;
            // Of what is drawn for a curve, at most one in 2^32 is above the group order.
            if let Ok(key) = Self::new(key_type, secret, kid.clone()) {
                return key.bound_to(algorithm);
            }
        }
    }

    /// The private key in a JWK (RFC 7517, RFC 7518 section 6, RFC 8037 section 2, RFC 8812 section 3). Symmetric keys
    /// are read by [`symmetric_from_jwk`](Self::symmetric_from_jwk) alone.
    ///
    /// # Errors
    /// The codes of the reader; `key_malformed`, `key_unsupported`, `key_weak`, `key_mismatch` (the public part is not
    /// that of the private one), `key_use_forbidden`.
    pub fn from_jwk(jwk: &[u8]) -> Result<Self> {
        jwk::read_private(jwk)
    }

    /// The private key in an unencrypted PKCS#8 PEM file, version 1 or 2 (RFC 5958, RFC 7468).
    ///
    /// # Errors
    /// `key_malformed`, `key_unsupported`, `key_weak`, `key_mismatch`, `too_large`.
    pub fn from_pem(pem: &[u8]) -> Result<Self> {
        Self::from_der(&pem::read(pem, Label::Private)?)
    }

    /// The private key in an encrypted PKCS#8 PEM file (RFC 5958 section 3): PBES2 with PBKDF2 or scrypt, and AES or
    /// triple DES.
    ///
    /// # Errors
    /// `password_wrong`, `key_derivation_too_costly` (more than 10,000,000 iterations of PBKDF2, or 256 MiB for scrypt),
    /// `key_malformed`, `key_unsupported` (also another encryption), `key_weak`, `key_mismatch`, `too_large`.
    pub fn from_encrypted_pem(pem: &[u8], password: &[u8]) -> Result<Self> {
        Self::from_encrypted_der(&pem::read(pem, Label::EncryptedPrivate)?, password)
    }

    /// As [`from_encrypted_pem`](Self::from_encrypted_pem), from DER.
    ///
    /// # Errors
    /// As [`from_encrypted_pem`](Self::from_encrypted_pem).
    pub fn from_encrypted_der(der: &[u8], password: &[u8]) -> Result<Self> {
        Self::from_der(&encrypted::open(der, password)?)
    }

    /// The private key in unencrypted PKCS#8 DER, version 1 or 2 (RFC 5958).
    ///
    /// # Errors
    /// As [`from_pem`](Self::from_pem).
    pub fn from_der(der: &[u8]) -> Result<Self> {
        der::read_private(der)
    }

    /// The private key of 64 lower-case hex digits: an Ed25519 seed or a secp256k1 scalar.
    ///
    /// # Errors
    /// `key_malformed`, `algorithm_unsupported` (another algorithm).
    pub fn from_hex(algorithm: Algorithm, hex: &[u8]) -> Result<Self> {
        let key_type = match algorithm.key_type() {
            Some(key_type @ (KeyType::Ed25519 | KeyType::Secp256k1)) => key_type,
            _ => return Err(hex_unsupported()),
        };
        let mut secret = Secret::new(vec![0; 32]);
        if hex.iter().any(u8::is_ascii_uppercase) || hex::decode_to_slice(hex, &mut secret).is_err() {
            return Err(Error::new(Code::KeyMalformed, "a private key is 64 lower-case hex digits"));
        }
        Self::new(key_type, secret, None)
    }

    /// The symmetric key that `secret` is, for one algorithm of HMAC. This and
    /// [`symmetric_from_jwk`](Self::symmetric_from_jwk) are the only ways to it, and a secret that is a key of another
    /// kind (PEM, DER, JWK, a line of OpenSSH) is refused: with a public key as the secret anybody could sign.
    ///
    /// # Errors
    /// `algorithm_unsupported` (no HMAC), `key_malformed` (empty), `key_weak` (shorter than the hash),
    /// `key_use_forbidden` (a key of another kind), `too_large`.
    pub fn symmetric(algorithm: Algorithm, secret: &[u8], kid: Option<&str>) -> Result<Self> {
        symmetric::check(algorithm, secret)?;
        let permitted = AlgorithmSet::of(&[algorithm]);
        Ok(Self::of_secret(Secret::new(secret.to_vec()), permitted, kid.map(str::to_owned)))
    }

    /// The symmetric key in a JWK with `kty` `oct` (RFC 7518 section 6.4). Without `alg` it permits every HMAC whose
    /// hash is not longer than the key.
    ///
    /// # Errors
    /// The codes of the reader; `key_malformed`, `key_unsupported` (another `kty`), `key_weak`, `key_use_forbidden`.
    pub fn symmetric_from_jwk(jwk: &[u8]) -> Result<Self> {
        jwk::read_symmetric(jwk)
    }

    pub(super) fn new(key_type: KeyType, secret: Secret, kid: Option<String>) -> Result<Self> {
        let pair = key_type.key_pair(&secret)?;
        let public = PublicKey::new(key_type, pair.public(), kid)?;
        Ok(Self { secret: Arc::new(secret), kind: Kind::Asymmetric { pair, public } })
    }

    pub(super) fn of_secret(secret: Secret, permitted: AlgorithmSet, kid: Option<String>) -> Self {
        let mac = Arc::new(MacKey::new(&secret));
        let kid = kid.map(Arc::from);
        Self { secret: Arc::new(secret), kind: Kind::Symmetric { mac, permitted, kid } }
    }

    pub(super) fn matches(self, public: &[u8]) -> Result<Self> {
        if self.public_key().is_some_and(|key| key.bytes() == public) {
            Ok(self)
        } else {
            Err(Error::new(Code::KeyMismatch, "the public part is not that of the private part"))
        }
    }

    /// The same key, which permits `algorithm` alone.
    ///
    /// # Errors
    /// `algorithm_mismatch`: it does not permit it now.
    pub fn bound_to(self, algorithm: Algorithm) -> Result<Self> {
        let kind = match self.kind {
            Kind::Asymmetric { pair, public } => {
                Kind::Asymmetric { pair, public: public.bound_to(algorithm)? }
            }
            Kind::Symmetric { mac, permitted, kid } if permitted.contains(algorithm) => {
                Kind::Symmetric { mac, permitted: AlgorithmSet::of(&[algorithm]), kid }
            }
            Kind::Symmetric { .. } => return Err(mismatch()),
        };
        Ok(Self { secret: self.secret, kind })
    }

    /// The canonical private JWK: the public one and the private members of its type; of a symmetric key `k`, `kty`
    /// and, where it has them, `alg` and `kid`.
    #[must_use]
    pub fn to_jwk(&self) -> Zeroizing<Vec<u8>> {
        match &self.kind {
            Kind::Asymmetric { public, .. } => jwk_writer::private(public, &self.secret),
            Kind::Symmetric { permitted, kid, .. } => {
                jwk_writer::symmetric(permitted.only().map(Algorithm::name), kid.as_deref(), &self.secret)
            }
        }
    }

    /// PKCS#8 version 1 PEM, which OpenSSL, Node and Python open.
    ///
    /// # Errors
    /// `key_unsupported`: the key is symmetric.
    pub fn to_pem(&self) -> Result<Zeroizing<Vec<u8>>> {
        Ok(pem::write(&self.to_der()?, Label::Private))
    }

    /// PKCS#8 version 1 DER.
    ///
    /// # Errors
    /// `key_unsupported`: the key is symmetric.
    pub fn to_der(&self) -> Result<Zeroizing<Vec<u8>>> {
        Ok(der::write_private(self.asymmetric()?, &self.secret))
    }

    /// Encrypted PKCS#8 PEM: PBES2 with PBKDF2-HMAC-SHA-256, 600,000 iterations, and AES-256-CBC, which every reader
    /// opens.
    ///
    /// # Errors
    /// `key_unsupported` (the key is symmetric), `invalid_argument` (the password is empty), `too_large`,
    /// `random_unavailable`.
    pub fn to_encrypted_pem(&self, password: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        Ok(pem::write(&self.to_encrypted_der(password)?, Label::EncryptedPrivate))
    }

    /// As [`to_encrypted_pem`](Self::to_encrypted_pem), as DER.
    ///
    /// # Errors
    /// As [`to_encrypted_pem`](Self::to_encrypted_pem).
    pub fn to_encrypted_der(&self, password: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        encrypted::close(&self.to_der()?, password)
    }

    /// 64 lower-case hex digits, as [`from_hex`](Self::from_hex) reads them.
    ///
    /// # Errors
    /// `key_unsupported`: the key is not Ed25519 or secp256k1.
    pub fn to_hex(&self) -> Result<Zeroizing<Vec<u8>>> {
        self.asymmetric()?.to_hex()?;
        let mut digits = Zeroizing::new(vec![0; 64]);
        hex::encode_to_slice(&**self.secret, &mut digits[..]).expect("64 digits hold 32 bytes");
        Ok(digits)
    }

    /// The public key; `None` for a symmetric key, which has none.
    #[must_use]
    pub fn public_key(&self) -> Option<&PublicKey> {
        match &self.kind {
            Kind::Asymmetric { public, .. } => Some(public),
            Kind::Symmetric { .. } => None,
        }
    }

    /// The algorithm it signs with where no other is named: of those that it permits, RS256 or HS256.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.permitted().first().expect("a key permits an algorithm")
    }

    /// Whether it may sign with `algorithm`.
    #[must_use]
    pub fn permits(&self, algorithm: Algorithm) -> bool {
        self.permitted().contains(algorithm)
    }

    /// The key id: the `kid` that the key was given; else, where it has a public key, the thumbprint of that. A hash of
    /// a symmetric key is never published.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        match &self.kind {
            Kind::Asymmetric { public, .. } => Some(public.kid()),
            Kind::Symmetric { kid, .. } => kid.as_deref(),
        }
    }

    /// Signs `message` with the algorithm of the key.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.signature(self.algorithm(), message)
    }

    /// Signs `message` with `algorithm`.
    ///
    /// # Errors
    /// `algorithm_mismatch`: the key does not permit it.
    pub fn sign_with(&self, algorithm: Algorithm, message: &[u8]) -> Result<Vec<u8>> {
        if self.permits(algorithm) { Ok(self.signature(algorithm, message)) } else { Err(mismatch()) }
    }

    /// Checks in constant time that `signature` is one of this symmetric key over `message`.
    ///
    /// # Errors
    /// `key_unsupported` (the key is not symmetric: its public key verifies), `algorithm_mismatch`,
    /// `signature_malformed`, `signature_invalid`.
    pub fn verify_with(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> Result<()> {
        match &self.kind {
            Kind::Symmetric { mac, permitted, .. } if permitted.contains(algorithm) => {
                mac.verify(algorithm, message, signature)
            }
            Kind::Symmetric { .. } => Err(mismatch()),
            Kind::Asymmetric { .. } => {
                Err(Error::new(Code::KeyUnsupported, "the public key verifies, not the private one"))
            }
        }
    }

    pub(crate) fn permitted(&self) -> AlgorithmSet {
        match &self.kind {
            Kind::Asymmetric { public, .. } => public.permitted(),
            Kind::Symmetric { permitted, .. } => *permitted,
        }
    }

    /// The public key, for what symmetric keys cannot do.
    fn asymmetric(&self) -> Result<&PublicKey> {
        self.public_key().ok_or_else(|| {
            Error::new(Code::KeyUnsupported, "a symmetric key has no such form, and no public key")
        })
    }

    fn signature(&self, algorithm: Algorithm, message: &[u8]) -> Vec<u8> {
        match &self.kind {
            Kind::Asymmetric { pair, .. } => pair.sign(algorithm, message),
            Kind::Symmetric { mac, .. } => mac.sign(algorithm, message),
        }
    }

    pub(super) fn secret(&self) -> &[u8] {
        &self.secret
    }
}

fn mismatch() -> Error {
    Error::new(Code::AlgorithmMismatch, "the key is not one of this algorithm")
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SigningKey({}, kid={:?}, [secret])", self.algorithm(), self.kid())
    }
}

#[cfg(test)]
mod tests;
