//! Sets of keys.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{PublicKey, SigningKey, jwks};
use crate::algorithms::hmac::MacKey;
use crate::algorithms::{Algorithm, AlgorithmSet, LowS};
use crate::error::{Code, Error, Result};

/// Keys of which each has its own `kid`. Immutable, cheap to clone, safe to share between threads.
#[derive(Clone, Debug)]
pub struct Keyset(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    keys: Vec<TrustedKey>,
    by_kid: HashMap<String, usize>,
}

/// A key that verifies.
#[derive(Clone, Debug)]
pub(crate) enum TrustedKey {
    Public(PublicKey),
    Symmetric(SigningKey),
}

/// A set does not grow beyond this: each key of it may cost a look when a signature names none.
pub(super) const MAX_KEYS: usize = 1000;

pub(super) fn too_many() -> Error {
    Error::new(Code::TooLarge, "a key set has at most 1000 keys")
}

impl Keyset {
    /// The set of these keys.
    ///
    /// # Errors
    /// `duplicate_kid` (one key twice, or one `kid` for two keys), `key_unsupported` (a signing key that is not
    /// symmetric: its public key verifies), `too_large` (more than 1,000 keys).
    pub fn new(public: &[PublicKey], symmetric: &[SigningKey]) -> Result<Self> {
        if symmetric.iter().any(|key| key.public_key().is_some()) {
            return Err(Error::new(Code::KeyUnsupported, "a private key is not one that verifies"));
        }
        let public = public.iter().cloned().map(TrustedKey::Public);
        let symmetric = symmetric.iter().cloned().map(TrustedKey::Symmetric);
        Self::of(public.chain(symmetric).enumerate().collect())
    }

    /// The set of the public keys in a JWK Set (RFC 7517 section 5). Keys that are not understood or not for verifying
    /// are no part of it: another `kty` or `crv`, an `alg` that is not one of their type, `use` or `key_ops` that do not
    /// allow it. Any other fault, and a private or symmetric key, refuses the whole set.
    ///
    /// # Errors
    /// The codes of the reader; `key_malformed`, `key_weak`, `duplicate_kid`, each with the `pointer` of the key;
    /// `too_large` (more than 1,000 keys or 1 MiB).
    pub fn from_jwks(jwks: &[u8]) -> Result<Self> {
        jwks::read(jwks)
    }

    /// The set of the keys, each with its place in the list that it comes from.
    pub(super) fn of(keys: Vec<(usize, TrustedKey)>) -> Result<Self> {
        if keys.len() > MAX_KEYS {
            return Err(too_many());
        }
        let mut by_kid = HashMap::with_capacity(keys.len());
        let mut identities = HashSet::with_capacity(keys.len());
        for (index, (place, key)) in keys.iter().enumerate() {
            let duplicate = |message: &'static str| {
                Err(Error::new(Code::DuplicateKid, message).with_text("pointer", format!("/keys/{place}")))
            };
            for identity in key.identities() {
                if !identities.insert(identity) {
                    return duplicate("the key set names one key twice");
                }
            }
            if let Some(kid) = key.kid()
                && by_kid.insert(kid.to_owned(), index).is_some()
            {
                return duplicate("two keys of the set have the same kid");
            }
        }
        let keys = keys.into_iter().map(|(_, key)| key).collect();
        Ok(Self(Arc::new(Inner { keys, by_kid })))
    }

    /// The public keys as a canonical JWK Set, in their order. Symmetric keys are never written.
    #[must_use]
    pub fn to_jwks(&self) -> Vec<u8> {
        jwks::write(self)
    }

    /// What there is to say about a JWK Set: a canonical JSON array of `{"code","level","message","pointer"}`. The level is
    /// `error` (the set is refused), `skipped` (the key is no part of the set) or `advice`. The code of the first two is
    /// that of the error; the codes of advice are `kid_absent`, `alg_absent` (of an RSA key) and `exponent_small`.
    ///
    /// # Errors
    /// The codes of the reader; `key_malformed` (no JWK Set), `too_large`.
    pub fn lint(jwks: &[u8]) -> Result<Vec<u8>> {
        jwks::lint(jwks)
    }

    /// The public keys, in their order.
    pub(crate) fn public_keys(&self) -> impl Iterator<Item = &PublicKey> {
        self.keys().iter().filter_map(TrustedKey::public)
    }

    /// How many keys there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.keys.len()
    }

    /// Whether there is no key.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.keys.is_empty()
    }

    /// The public key with this `kid`.
    #[must_use]
    pub fn find(&self, kid: &str) -> Option<&PublicKey> {
        self.trusted(kid)?.public()
    }

    /// The key with this `kid`.
    pub(crate) fn trusted(&self, kid: &str) -> Option<&TrustedKey> {
        // Most sets have one key, and comparing is cheaper than hashing.
        match self.keys() {
            [only] => (only.kid() == Some(kid)).then_some(only),
            keys => self.0.by_kid.get(kid).map(|index| &keys[*index]),
        }
    }

    /// Every key, in its order.
    pub(crate) fn keys(&self) -> &[TrustedKey] {
        &self.0.keys
    }

    /// What the keys permit.
    pub(crate) fn permitted(&self) -> AlgorithmSet {
        self.keys().iter().fold(AlgorithmSet::EMPTY, |set, key| set.union(key.permitted()))
    }
}

impl TrustedKey {
    pub(crate) fn kid(&self) -> Option<&str> {
        match self {
            Self::Public(key) => Some(key.kid()),
            Self::Symmetric(key) => key.kid(),
        }
    }

    pub(crate) fn permitted(&self) -> AlgorithmSet {
        match self {
            Self::Public(key) => key.permitted(),
            Self::Symmetric(key) => key.permitted(),
        }
    }

    /// What two keys have in common if they are one: a public key its thumbprint. Secrets that differ may be one key:
    /// HMAC fills a short one with zeros and hashes a long one. So it is the codes of an empty message that tell.
    /// They stay in here.
    fn identities(&self) -> Vec<Vec<u8>> {
        match self {
            Self::Public(key) => vec![key.thumbprint().into()],
            Self::Symmetric(key) => {
                let mac = MacKey::new(key.secret());
                [Algorithm::Hs256, Algorithm::Hs384, Algorithm::Hs512]
                    .map(|name| mac.sign(name, b""))
                    .to_vec()
            }
        }
    }
}

impl TrustedKey {
    pub(crate) fn public(&self) -> Option<&PublicKey> {
        match self {
            Self::Public(key) => Some(key),
            Self::Symmetric(_) => None,
        }
    }

    /// The RFC 7638 thumbprint, where the key is public.
    pub(crate) fn thumbprint(&self) -> Option<&str> {
        self.public().map(PublicKey::thumbprint)
    }

    pub(crate) fn permits(&self, algorithm: Algorithm) -> bool {
        self.permitted().contains(algorithm)
    }

    /// `Ok` where `signature` is one of this key over `message`.
    ///
    /// # Errors
    /// `algorithm_mismatch`, `signature_malformed`, `signature_not_low_s`, `signature_invalid`.
    pub(crate) fn verify_with(
        &self,
        algorithm: Algorithm,
        message: &[u8],
        signature: &[u8],
        low_s: LowS,
    ) -> Result<()> {
        match self {
            Self::Public(key) => key.verify_with(algorithm, message, signature, low_s),
            Self::Symmetric(key) => key.verify_with(algorithm, message, signature),
        }
    }
}

#[cfg(test)]
mod tests {
    use sha2::Digest as _;

    use super::*;

    fn public() -> PublicKey {
        SigningKey::generate(Algorithm::EdDsa).expect("a key").public_key().expect("a pair").clone()
    }

    fn code(public: &[PublicKey], symmetric: &[SigningKey]) -> Option<Code> {
        Keyset::new(public, symmetric).err().map(|error| error.code())
    }

    #[test]
    fn a_key_is_found_by_its_kid() {
        let keys = [public(), public()];
        let secret = SigningKey::symmetric(Algorithm::Hs256, &[7; 32], Some("s")).expect("a secret");
        for count in 0..=2 {
            let set = Keyset::new(&keys[..count], std::slice::from_ref(&secret)).expect("a set");
            assert_eq!(set.len(), count + 1);
            for key in &keys {
                let found = set.find(key.kid()).map(PublicKey::thumbprint);
                assert_eq!(found.is_some(), keys[..count].iter().any(|other| other.kid() == key.kid()));
                assert!(found.is_none_or(|found| found == key.thumbprint()));
            }
            assert!(set.find("s").is_none() && set.trusted("s").is_some());
            assert!(set.trusted("").is_none());
        }
    }

    #[test]
    fn no_kid_and_no_key_stands_twice() {
        let secret = |byte, kid| SigningKey::symmetric(Algorithm::Hs256, &[byte; 32], kid).expect("a secret");
        let key = public();
        assert_eq!(code(&[key.clone(), key.clone()], &[]), Some(Code::DuplicateKid));
        assert_eq!(code(&[], &[secret(7, Some("a")), secret(7, Some("b"))]), Some(Code::DuplicateKid));
        assert_eq!(code(&[], &[secret(7, Some("a")), secret(8, Some("a"))]), Some(Code::DuplicateKid));
        // One key of HMAC in two spellings: with a zero behind it, and as its own hash.
        let of =
            |bytes: &[u8], kid| SigningKey::symmetric(Algorithm::Hs256, bytes, Some(kid)).expect("a secret");
        let zero = [&[7; 32][..], &[0]].concat();
        assert_eq!(code(&[], &[of(&[7; 32], "a"), of(&zero, "b")]), Some(Code::DuplicateKid));
        let hash = sha2::Sha256::digest([7; 65]);
        assert_eq!(code(&[], &[of(&[7; 65], "a"), of(&hash, "b")]), Some(Code::DuplicateKid));
        assert_eq!(code(std::slice::from_ref(&key), &[secret(7, Some(key.kid()))]), Some(Code::DuplicateKid));
        assert_eq!(code(&[public()], &[secret(7, None), secret(8, None)]), None);
        assert_eq!(code(&[], &[]), None);
        let pair = SigningKey::generate(Algorithm::EdDsa).expect("a key");
        assert_eq!(code(&[], &[pair]), Some(Code::KeyUnsupported));
    }
}
