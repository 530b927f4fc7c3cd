//! ECDSA over P-256, P-384 and P-521 with the hash of each (RFC 7518 section 3.4), by AWS-LC. Signatures are r‖s.

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED,
    ECDSA_P384_SHA384_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED, ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, EcdsaVerificationAlgorithm, KeyPair as _, ParsedPublicKey,
};
use der::Encode as _;
use sec1::EcPrivateKey;

use super::{Algorithm, KeyPair, LowS, Secret, Verify};
use crate::error::{Code, Error, Result};

/// A curve and the hash that goes with it.
pub(crate) struct Curve {
    /// The order of its group, big-endian, of the length of a scalar.
    order: &'static [u8],
    signing: &'static EcdsaSigningAlgorithm,
    verification: &'static EcdsaVerificationAlgorithm,
}

/// NIST SP 800-186 section 3.2.1.3.
pub(crate) static P256: Curve = Curve {
    order: &[
        0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
        0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    ],
    signing: &ECDSA_P256_SHA256_FIXED_SIGNING,
    verification: &ECDSA_P256_SHA256_FIXED,
};

/// NIST SP 800-186 section 3.2.1.4.
pub(crate) static P384: Curve = Curve {
    order: &[
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf, 0x58, 0x1a,
        0x0d, 0xb2, 0x48, 0xb0, 0xa7, 0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73,
    ],
    signing: &ECDSA_P384_SHA384_FIXED_SIGNING,
    verification: &ECDSA_P384_SHA384_FIXED,
};

/// NIST SP 800-186 section 3.2.1.5.
pub(crate) static P521: Curve = Curve {
    order: &[
        0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfa,
        0x51, 0x86, 0x87, 0x83, 0xbf, 0x2f, 0x96, 0x6b, 0x7f, 0xcc, 0x01, 0x48, 0xf7, 0x09, 0xa5, 0xd0, 0x3b,
        0xb5, 0xc9, 0xb8, 0x89, 0x9c, 0x47, 0xae, 0xbb, 0x6f, 0xb7, 0x1e, 0x91, 0x38, 0x64, 0x09,
    ],
    signing: &ECDSA_P521_SHA512_FIXED_SIGNING,
    verification: &ECDSA_P521_SHA512_FIXED,
};

/// A private key; AWS-LC wipes it when it is freed.
pub(crate) struct SigningKey(EcdsaKeyPair);

/// A public key: a point on its curve, parsed once.
pub(crate) struct PublicKey {
    curve: &'static Curve,
    point: ParsedPublicKey,
}

impl SigningKey {
    /// The key of a big-endian scalar between 1 and the group order, of the length of the order.
    ///
    /// # Errors
    /// `key_malformed`.
    pub(crate) fn new(curve: &'static Curve, scalar: &[u8]) -> Result<Self> {
        let malformed = || Error::new(Code::KeyMalformed, "not a private key of this curve");
        if scalar.len() != curve.order.len() {
            return Err(malformed());
        }
        // RFC 5915 is the one form that the engine takes without the public key, which it then finds itself.
        let der = EcPrivateKey { private_key: scalar, parameters: None, public_key: None }.to_der();
        let der = Secret::new(der.expect("an EC private key has DER"));
        EcdsaKeyPair::from_private_key_der(curve.signing, &der).map(Self).map_err(|_| malformed())
    }
}

impl KeyPair for SigningKey {
    fn sign(&self, _: Algorithm, message: &[u8]) -> Vec<u8> {
        // The engine draws its own randomness and ignores what it is given.
        let signature = self.0.sign(&SystemRandom::new(), message).expect("a valid key signs everything");
        signature.as_ref().to_vec()
    }

    fn public(&self) -> Vec<u8> {
        self.0.public_key().as_ref().to_vec()
    }
}

impl PublicKey {
    /// The key that an uncompressed point encodes (SEC 1 section 2.3.3).
    ///
    /// # Errors
    /// `key_malformed`.
    pub(crate) fn new(curve: &'static Curve, point: &[u8]) -> Result<Self> {
        Ok(Self { curve, point: parse(curve, point)? })
    }
}

impl Verify for PublicKey {
    fn verify(&self, _: Algorithm, message: &[u8], signature: &[u8], _: LowS) -> Result<()> {
        let order = self.curve.order;
        let in_range = |integer: &[u8]| integer.iter().any(|byte| *byte != 0) && integer < order;
        if signature.len() != 2 * order.len() || !signature.chunks(order.len()).all(in_range) {
            return Err(Error::new(
                Code::SignatureMalformed,
                "an ECDSA signature is r and s, each as long as the order, from 1 to below it",
            ));
        }
        self.point
            .verify_sig(message, signature)
            .map_err(|_| Error::new(Code::SignatureInvalid, "the ECDSA signature does not verify"))
    }
}

/// The uncompressed spelling of a point in either spelling.
///
/// # Errors
/// `key_malformed`.
pub(crate) fn uncompress(curve: &'static Curve, point: &[u8]) -> Result<Vec<u8>> {
    let parsed = parse(curve, point)?;
    let der = AsDer::<PublicKeyX509Der<'_>>::as_der(&parsed).map_err(|_| malformed())?;
    // SPKI ends with the point.
    let start = der.as_ref().len().checked_sub(2 * curve.order.len() + 1).ok_or_else(malformed)?;
    let point = &der.as_ref()[start..];
    if point[0] == 4 { Ok(point.to_vec()) } else { Err(malformed()) }
}

/// The engine reads SPKI as well, so what it is given is seen to be a point first.
fn parse(curve: &'static Curve, point: &[u8]) -> Result<ParsedPublicKey> {
    let length = curve.order.len();
    match point.first() {
        Some(2 | 3) if point.len() == 1 + length => {}
        Some(4) if point.len() == 1 + 2 * length => {}
        _ => return Err(malformed()),
    }
    ParsedPublicKey::new(curve.verification, point).map_err(|_| malformed())
}

fn malformed() -> Error {
    Error::new(Code::KeyMalformed, "not a public key of this curve")
}

#[cfg(test)]
mod tests;
