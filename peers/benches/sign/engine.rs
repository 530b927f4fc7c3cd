//! The engines beneath the library, called with nothing in between.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::{
    self, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair, ParsedPublicKey, RsaEncoding,
    VerificationAlgorithm,
};
use ed25519_dalek::{Signature, Verifier as _, VerifyingKey};
use hmac::{Hmac, KeyInit, Mac};
use samebyte::algorithms::Algorithm;
use samebyte::keys::SigningKey;
use sha2::{Digest, Sha256};

/// The signature of a message.
type Sign = dyn Fn(&[u8]) -> Vec<u8>;
/// Whether, for a message, this is its signature.
type Verify = dyn Fn(&[u8], &[u8]) -> bool;

/// One key in its engine.
pub(crate) struct Engine {
    pub(crate) sign: Box<Sign>,
    pub(crate) verify: Box<Verify>,
}

/// The engine of an algorithm, with the same key.
pub(crate) fn engine(algorithm: Algorithm, key: &SigningKey, secret: &[u8]) -> Engine {
    match algorithm {
        Algorithm::EdDsa => ed25519(key),
        Algorithm::Es256k => es256k(key),
        Algorithm::Es256 => {
            ecdsa(key, &signature::ECDSA_P256_SHA256_FIXED_SIGNING, &signature::ECDSA_P256_SHA256_FIXED)
        }
        Algorithm::Es384 => {
            ecdsa(key, &signature::ECDSA_P384_SHA384_FIXED_SIGNING, &signature::ECDSA_P384_SHA384_FIXED)
        }
        Algorithm::Es512 => {
            ecdsa(key, &signature::ECDSA_P521_SHA512_FIXED_SIGNING, &signature::ECDSA_P521_SHA512_FIXED)
        }
        Algorithm::Rs256 => rsa(key, &signature::RSA_PKCS1_SHA256, &signature::RSA_PKCS1_2048_8192_SHA256),
        Algorithm::Ps256 => rsa(key, &signature::RSA_PSS_SHA256, &signature::RSA_PSS_2048_8192_SHA256),
        Algorithm::Hs256 => hs256(secret),
        other => panic!("{other} is not measured"),
    }
}

fn verifier(algorithm: &'static dyn VerificationAlgorithm, key: &[u8]) -> Box<Verify> {
    let key = ParsedPublicKey::new(algorithm, key).expect("a key");
    Box::new(move |message, signature| key.verify_sig(message, signature).is_ok())
}

fn ed25519(key: &SigningKey) -> Engine {
    let pair = Ed25519KeyPair::from_pkcs8(&key.to_der().expect("DER")).expect("a key");
    let verify = ed25519_verifier(pair.public_key().as_ref());
    Engine { sign: Box::new(move |message| pair.sign(message).as_ref().to_vec()), verify }
}

/// That of the engine which the library takes on this processor.
fn ed25519_verifier(key: &[u8]) -> Box<Verify> {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx512ifma") && std::arch::is_x86_feature_detected!("avx512vl") {
        let key = VerifyingKey::try_from(key).expect("a key");
        return Box::new(move |message, signature| {
            Signature::from_slice(signature).is_ok_and(|signature| key.verify(message, &signature).is_ok())
        });
    }
    verifier(&signature::ED25519, key)
}

fn ecdsa(
    key: &SigningKey,
    signing: &'static EcdsaSigningAlgorithm,
    verification: &'static dyn VerificationAlgorithm,
) -> Engine {
    let pair = EcdsaKeyPair::from_pkcs8(signing, &key.to_der().expect("DER")).expect("a key");
    let verify = verifier(verification, pair.public_key().as_ref());
    let random = SystemRandom::new();
    let sign = move |message: &[u8]| pair.sign(&random, message).expect("a signature").as_ref().to_vec();
    Engine { sign: Box::new(sign), verify }
}

fn rsa(
    key: &SigningKey,
    encoding: &'static dyn RsaEncoding,
    verification: &'static dyn VerificationAlgorithm,
) -> Engine {
    let pair = RsaKeyPair::from_pkcs8(&key.to_der().expect("DER")).expect("a key");
    let verify = verifier(verification, pair.public_key().as_ref());
    let random = SystemRandom::new();
    let sign = move |message: &[u8]| {
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(encoding, &random, message, &mut signature).expect("a signature");
        signature
    };
    Engine { sign: Box::new(sign), verify }
}

fn es256k(key: &SigningKey) -> Engine {
    let signer = key.clone();
    let hex = key.public_key().expect("asymmetric").to_hex().expect("hex");
    let point: secp256k1::PublicKey = hex.parse().expect("a key");
    let verify = move |message: &[u8], signature: &[u8]| {
        let Ok(signature) = secp256k1::ecdsa::Signature::from_compact(signature) else { return false };
        let digest = secp256k1::Message::from_digest(Sha256::digest(message).into());
        secp256k1::ecdsa::verify(&signature, digest, &point).is_ok()
    };
    // The crate's own function renews its context each time, which takes as long as a signature; the library does not,
    // so its signature without header and payload is what to compare with.
    let sign = move |message: &[u8]| signer.sign(message);
    Engine { sign: Box::new(sign), verify: Box::new(verify) }
}

fn hs256(secret: &[u8]) -> Engine {
    let state: Hmac<Sha256> = Hmac::new_from_slice(secret).expect("an HMAC takes a key of any length");
    let again = state.clone();
    Engine {
        sign: Box::new(move |message| state.clone().chain_update(message).finalize().into_bytes().to_vec()),
        verify: Box::new(move |message, code| again.clone().chain_update(message).verify_slice(code).is_ok()),
    }
}
