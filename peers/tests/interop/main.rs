//! Both directions against implementations that are not ours; what is proved goes to `build/interop/rust.json`.

mod jws;
mod keys;
mod openssl;
mod rows;

use samebyte::algorithms::Algorithm;
use samebyte::jws::{SignOptions, VerifiedJws, sign, verify};
use samebyte::keys::{Keyset, Policy, PublicKey, SigningKey, Verifier, VerifierOptions};

/// One algorithm for each type of asymmetric key.
const KEY_TYPES: [Algorithm; 6] = [
    Algorithm::EdDsa,
    Algorithm::Es256k,
    Algorithm::Es256,
    Algorithm::Es384,
    Algorithm::Es512,
    Algorithm::Rs256,
];

/// The name of a type of keys in a row: one RSA key serves six algorithms.
fn key_type(algorithm: Algorithm) -> &'static str {
    if algorithm == Algorithm::Rs256 { "RSA" } else { algorithm.name() }
}

/// Trusts the public part of these keys, or the symmetric ones themselves; all must have signed.
fn trust(keys: &[SigningKey]) -> Verifier {
    let public: Vec<PublicKey> = keys.iter().filter_map(SigningKey::public_key).cloned().collect();
    let symmetric: Vec<SigningKey> = keys.iter().filter(|key| key.public_key().is_none()).cloned().collect();
    let keyset = Keyset::new(&public, &symmetric).expect("a set");
    let mut options = VerifierOptions::default();
    options.policy = (keys.len() > 1).then_some(Policy::All);
    Verifier::new(&keyset, options).expect("a verifier")
}

/// Trusts one public key.
fn trust_public(key: PublicKey) -> Verifier {
    let keyset = Keyset::new(&[key], &[]).expect("a set");
    Verifier::new(&keyset, VerifierOptions::default()).expect("a verifier")
}

/// A compact JWS with this algorithm.
fn compact(payload: &[u8], key: &SigningKey, algorithm: Algorithm) -> Vec<u8> {
    let mut options = SignOptions::default();
    options.header.algorithm = Some(algorithm);
    sign(payload, key, &options).expect("a signature")
}

/// Verifies a JWS that holds its payload.
fn verified(jws: impl AsRef<[u8]>, verifier: &Verifier) -> samebyte::Result<VerifiedJws> {
    verify(jws.as_ref(), None, verifier, None)
}
