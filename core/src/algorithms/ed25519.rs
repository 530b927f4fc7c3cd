//! Ed25519 (RFC 8032) with the strict rule: S below the group order, A and R canonical and not of small order.
//!
//! Two engines sign and verify; both give the same verdict on every input, because what the engines treat
//! differently is decided here: the encoding of A, and the order of A and R.

#[cfg(feature = "aws-lc")]
mod aws_lc;
mod dalek;
#[cfg(feature = "aws-lc")]
mod faster;

#[cfg(not(feature = "aws-lc"))]
use dalek as engine;
#[cfg(feature = "aws-lc")]
use faster as engine;

use ed25519_dalek::VerifyingKey;

use super::{Algorithm, KeyPair, LowS, Verify};
use crate::error::{Code, Error, Result};

/// The order of the group, 2^252 + 27742317777372353535851937790883648493, little-endian (RFC 8032 section 5.1).
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// The field prime 2^255 − 19, little-endian.
const PRIME: [u8; 32] = {
    let mut prime = [0xff; 32];
    prime[0] = 0xed;
    prime[31] = 0x7f;
    prime
};

/// The canonical encodings of the eight points of small order.
const SMALL_ORDER: [[u8; 32]; 8] = {
    const fn ends(first: u8, middle: u8, last: u8) -> [u8; 32] {
        let mut point = [middle; 32];
        point[0] = first;
        point[31] = last;
        point
    }
    const fn with_sign(mut point: [u8; 32]) -> [u8; 32] {
        point[31] |= 0x80;
        point
    }
    const ORDER_8_A: [u8; 32] = [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5,
        0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ];
    const ORDER_8_B: [u8; 32] = [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a,
        0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ];
    [
        ends(1, 0, 0),
        ends(0xec, 0xff, 0x7f),
        ends(0, 0, 0),
        ends(0, 0, 0x80),
        ORDER_8_A,
        with_sign(ORDER_8_A),
        ORDER_8_B,
        with_sign(ORDER_8_B),
    ]
};

/// A private key.
pub(crate) struct SigningKey {
    engine: engine::SigningKey,
}

/// A public key that is canonical, on the curve and not of small order.
pub(crate) struct PublicKey {
    engine: engine::PublicKey,
}

impl SigningKey {
    /// The key of a 32-byte seed.
    ///
    /// # Errors
    /// `key_malformed`.
    pub(crate) fn new(seed: &[u8]) -> Result<Self> {
        let seed = seed
            .try_into()
            .map_err(|_| Error::new(Code::KeyMalformed, "an Ed25519 private key is 32 bytes long"))?;
        Ok(Self { engine: engine::SigningKey::new(seed)? })
    }
}

impl KeyPair for SigningKey {
    fn sign(&self, _: Algorithm, message: &[u8]) -> Vec<u8> {
        self.engine.sign(message).to_vec()
    }

    fn public(&self) -> Vec<u8> {
        self.engine.public().to_vec()
    }
}

impl PublicKey {
    /// The key that 32 bytes encode.
    ///
    /// # Errors
    /// `key_malformed`, `key_weak`.
    pub(crate) fn new(bytes: &[u8]) -> Result<Self> {
        Ok(Self { engine: engine::PublicKey::new(checked(bytes)?)? })
    }
}

impl Verify for PublicKey {
    fn verify(&self, _: Algorithm, message: &[u8], signature: &[u8], _: LowS) -> Result<()> {
        let signature = parse_signature(signature)?;
        if self.engine.verify(message, signature) {
            Ok(())
        } else {
            Err(Error::new(Code::SignatureInvalid, "the Ed25519 signature does not verify"))
        }
    }
}

/// The public key, where it is one that the strict rule admits.
fn checked(bytes: &[u8]) -> Result<VerifyingKey> {
    let malformed = || Error::new(Code::KeyMalformed, "not an Ed25519 public key");
    let point: [u8; 32] = bytes.try_into().map_err(|_| malformed())?;
    let mut y = point;
    y[31] &= 0x7f;
    if y.iter().rev().ge(PRIME.iter().rev()) {
        return Err(malformed());
    }
    let key = VerifyingKey::from_bytes(&point).map_err(|_| malformed())?;
    if key.is_weak() {
        return Err(Error::new(Code::KeyWeak, "the Ed25519 public key is a point of small order"));
    }
    Ok(key)
}

/// The 64 bytes of a signature whose S is below the group order and whose R is not of small order. The engines
/// compare R as bytes, so an R that is not canonical never verifies.
fn parse_signature(signature: &[u8]) -> Result<&[u8; 64]> {
    let signature: &[u8; 64] = signature
        .try_into()
        .map_err(|_| Error::new(Code::SignatureMalformed, "an Ed25519 signature is 64 bytes long"))?;
    if signature[32..].iter().rev().ge(ORDER.iter().rev()) {
        return Err(Error::new(
            Code::SignatureMalformed,
            "S of the Ed25519 signature is not below the group order",
        ));
    }
    if SMALL_ORDER.iter().any(|point| signature[..32] == *point) {
        return Err(Error::new(
            Code::SignatureInvalid,
            "R of the Ed25519 signature is a point of small order",
        ));
    }
    Ok(signature)
}

#[cfg(test)]
mod tests;
