//! The crate `josekit`, above OpenSSL: every algorithm; compact, flattened and general JWS.

use ::josekit::JoseError;
use ::josekit::jwk::{Jwk, KeyPair};
use ::josekit::jws::{
    ES256, ES256K, ES384, ES512, EdDSA, HS256, HS384, HS512, JwsSigner, JwsVerifier, PS256, PS384, PS512,
    RS256, RS384, RS512,
};
use samebyte::algorithms::Algorithm;

/// A key, as it is handed over.
#[derive(Clone, Copy, Debug)]
pub enum Encoded<'a> {
    /// A JWK.
    Jwk(&'a [u8]),
    /// PKCS#8 or SPKI in DER.
    Der(&'a [u8]),
    /// PKCS#8 or SPKI in PEM.
    Pem(&'a [u8]),
}

/// An expression with the asymmetric algorithm in its own type: they have equal functions, but no trait for them.
macro_rules! asymmetric {
    ($algorithm:expr, $name:ident => $expression:expr) => {
        asymmetric!(@ $algorithm, $name, $expression,
            EdDsa EdDSA, Es256k ES256K, Es256 ES256, Es384 ES384, Es512 ES512,
            Rs256 RS256, Rs384 RS384, Rs512 RS512, Ps256 PS256, Ps384 PS384, Ps512 PS512)
    };
    (@ $algorithm:expr, $name:ident, $expression:expr, $($ours:ident $theirs:ident),*) => {
        match $algorithm {
            $(Algorithm::$ours => { let $name = $theirs; $expression })*
            other => panic!("{other} is not asymmetric"),
        }
    };
}

/// A signer with a private or symmetric key; a symmetric one is a JWK.
///
/// # Errors
/// What the crate says of the key.
pub fn signer(algorithm: Algorithm, key: Encoded<'_>) -> Result<Box<dyn JwsSigner>, JoseError> {
    let symmetric = match algorithm {
        Algorithm::Hs256 => HS256,
        Algorithm::Hs384 => HS384,
        Algorithm::Hs512 => HS512,
        _ => {
            return Ok(match key {
                Encoded::Jwk(text) => {
                    let key = Jwk::from_bytes(text)?;
                    asymmetric!(algorithm, own => Box::new(own.signer_from_jwk(&key)?))
                }
                Encoded::Der(der) => asymmetric!(algorithm, own => Box::new(own.signer_from_der(der)?)),
                Encoded::Pem(pem) => asymmetric!(algorithm, own => Box::new(own.signer_from_pem(pem)?)),
            });
        }
    };
    Ok(Box::new(symmetric.signer_from_jwk(&symmetric_key(key)?)?))
}

/// A verifier with a public or symmetric key; a symmetric one is a JWK.
///
/// # Errors
/// What the crate says of the key.
pub fn verifier(algorithm: Algorithm, key: Encoded<'_>) -> Result<Box<dyn JwsVerifier>, JoseError> {
    let symmetric = match algorithm {
        Algorithm::Hs256 => HS256,
        Algorithm::Hs384 => HS384,
        Algorithm::Hs512 => HS512,
        _ => {
            return Ok(match key {
                Encoded::Jwk(text) => {
                    let key = Jwk::from_bytes(text)?;
                    asymmetric!(algorithm, own => Box::new(own.verifier_from_jwk(&key)?))
                }
                Encoded::Der(der) => asymmetric!(algorithm, own => Box::new(own.verifier_from_der(der)?)),
                Encoded::Pem(pem) => asymmetric!(algorithm, own => Box::new(own.verifier_from_pem(pem)?)),
            });
        }
    };
    Ok(Box::new(symmetric.verifier_from_jwk(&symmetric_key(key)?)?))
}

fn symmetric_key(key: Encoded<'_>) -> Result<Jwk, JoseError> {
    match key {
        Encoded::Jwk(text) => Jwk::from_bytes(text),
        Encoded::Der(_) | Encoded::Pem(_) => panic!("a symmetric key is a JWK"),
    }
}

/// A key pair that the crate makes; one of RSA for `RS256`.
///
/// # Errors
/// What the crate says.
pub fn generate(algorithm: Algorithm) -> Result<Box<dyn KeyPair>, JoseError> {
    Ok(match algorithm {
        Algorithm::EdDsa => Box::new(EdDSA.generate_key_pair(::josekit::jwk::alg::ed::EdCurve::Ed25519)?),
        Algorithm::Es256k => Box::new(ES256K.generate_key_pair()?),
        Algorithm::Es256 => Box::new(ES256.generate_key_pair()?),
        Algorithm::Es384 => Box::new(ES384.generate_key_pair()?),
        Algorithm::Es512 => Box::new(ES512.generate_key_pair()?),
        Algorithm::Rs256 => Box::new(RS256.generate_key_pair(2048)?),
        other => panic!("no key pair is made for {other}"),
    })
}
