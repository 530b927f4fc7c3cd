//! The crate `jsonwebtoken`, with AWS-LC beneath: JSON claims as a compact or flattened JWS.

use std::collections::HashSet;

use ::jsonwebtoken::errors::Result;
use ::jsonwebtoken::jwk::Jwk;
use ::jsonwebtoken::{Algorithm as Theirs, AlgorithmFamily, DecodingKey, EncodingKey, Validation};
use samebyte::algorithms::Algorithm;
use samebyte::keys::SigningKey;

/// The algorithm as the crate names it; `None` where it has no such.
#[must_use]
pub fn algorithm(algorithm: Algorithm) -> Option<Theirs> {
    algorithm.name().parse().ok()
}

/// Our private or symmetric key, handed over as PEM or by its secret.
///
/// # Errors
/// What the crate says of the key.
pub fn encoding_key(key: &SigningKey, algorithm: Theirs) -> Result<EncodingKey> {
    let pem = || key.to_pem().expect("an asymmetric key has a PEM");
    match algorithm.family() {
        AlgorithmFamily::Hmac => EncodingKey::from_urlsafe_base64_secret(&secret(key)),
        AlgorithmFamily::Rsa => EncodingKey::from_rsa_pem(&pem()),
        AlgorithmFamily::Ec => EncodingKey::from_ec_pem(&pem()),
        AlgorithmFamily::Ed => EncodingKey::from_ed_pem(&pem()),
    }
}

/// Our public or symmetric key, handed over as JWK.
///
/// # Errors
/// What the crate says of the key.
pub fn decoding_key(key: &SigningKey) -> Result<DecodingKey> {
    DecodingKey::from_jwk(&public_jwk(key))
}

/// Our public or symmetric key as the JWK of the crate.
#[must_use]
pub fn public_jwk(key: &SigningKey) -> Jwk {
    let text = key.public_key().map_or_else(|| key.to_jwk().to_vec(), |public| public.to_jwk());
    serde_json::from_slice(&text).expect("the crate reads the members of a JWK")
}

/// Nothing is asked of the claims, only the signature counts.
#[must_use]
pub fn signature_only(algorithm: Theirs) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.required_spec_claims = HashSet::new();
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation
}

/// The `k` of a symmetric JWK, padded as the crate wants it.
fn secret(key: &SigningKey) -> String {
    let jwk: serde_json::Value = serde_json::from_slice(&key.to_jwk()).expect("JSON");
    let mut text = jwk["k"].as_str().expect("a symmetric JWK has it").to_owned();
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}
