//! RSA signatures, PKCS#1 v1.5 and PSS with a salt as long as the hash (RFC 7518 sections 3.3 and 3.5, RFC 8017).
//!
//! The one spelling of a key is the DER of RFC 8017 appendix A.1. What a key must be is checked here; AWS-LC signs and
//! verifies. The pure-Rust engine leaks private keys through time (RUSTSEC-2023-0071), so there is no second one.

#[cfg(feature = "aws-lc")]
mod engine;
mod fingerprint;

#[cfg(feature = "aws-lc")]
pub(crate) use engine::{PublicKey, SigningKey, generate};

use der::asn1::UintRef;
use der::{Decode as _, Encode as _};
use pkcs1::{RsaPrivateKeyRef, RsaPublicKeyRef};

use super::Secret;
use crate::error::{Code, Error, Result};

/// RFC 7518 section 3.3 asks for this size or more.
const LEAST_BITS: usize = 2048;
/// A larger key would let whoever sends it decide how long the verifier works.
const MOST_BITS: usize = 8192;
/// Two to the power of this is above every public exponent: what the engine takes.
const MOST_EXPONENT_BITS: usize = 33;

/// The public key of a modulus and an exponent, big-endian without leading zeros.
///
/// # Errors
/// `key_malformed`, `key_weak`, `key_unsupported`.
pub(crate) fn public_key(modulus: &[u8], exponent: &[u8]) -> Result<Vec<u8>> {
    let key = RsaPublicKeyRef { modulus: integer(modulus)?, public_exponent: integer(exponent)? };
    check(&key)?;
    Ok(key.to_der().expect("a public key has DER"))
}

/// The same key, where it is one (RFC 8017 appendix A.1.1).
///
/// # Errors
/// As [`public_key`].
pub(crate) fn checked_public_key(der: &[u8]) -> Result<Vec<u8>> {
    check(&parse_public(der)?)?;
    Ok(der.to_vec())
}

/// The private key of n, e, d, p, q, dp, dq and qi, big-endian without leading zeros. That they belong together is seen
/// by the engine.
///
/// # Errors
/// As [`public_key`].
pub(crate) fn private_key(members: [&[u8]; 8]) -> Result<Secret> {
    let [modulus, public_exponent, private_exponent, prime1, prime2, exponent1, exponent2, coefficient] =
        members;
    let key = RsaPrivateKeyRef {
        modulus: integer(modulus)?,
        public_exponent: integer(public_exponent)?,
        private_exponent: integer(private_exponent)?,
        prime1: integer(prime1)?,
        prime2: integer(prime2)?,
        exponent1: integer(exponent1)?,
        exponent2: integer(exponent2)?,
        coefficient: integer(coefficient)?,
        other_prime_infos: None,
    };
    check(&key.public_key())?;
    Ok(Secret::new(key.to_der().expect("a private key has DER")))
}

/// The same key, where it is one (RFC 8017 appendix A.1.2).
///
/// # Errors
/// As [`public_key`].
pub(crate) fn checked_private_key(der: &[u8]) -> Result<Secret> {
    check(&parse_private(der)?.public_key())?;
    Ok(Secret::new(der.to_vec()))
}

/// The members of the public JWK (RFC 7518 section 6.3.1).
pub(crate) fn public_members(der: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let key = parse_public(der).expect("the key was checked when it was made");
    vec![("e", key.public_exponent.as_bytes().to_vec()), ("n", key.modulus.as_bytes().to_vec())]
}

/// The members that the private JWK has beside the public ones (RFC 7518 section 6.3.2).
pub(crate) fn private_members(der: &[u8]) -> Vec<(&'static str, &[u8])> {
    let key = parse_private(der).expect("the key was checked when it was made");
    [
        ("d", key.private_exponent),
        ("p", key.prime1),
        ("q", key.prime2),
        ("dp", key.exponent1),
        ("dq", key.exponent2),
        ("qi", key.coefficient),
    ]
    .map(|(name, integer)| (name, integer.as_bytes()))
    .to_vec()
}

/// Whether the public exponent is smaller than the one that everybody uses. It is legal, and has been the reason why a
/// fault elsewhere became a forgery.
pub(crate) fn has_small_exponent(der: &[u8]) -> bool {
    parse_public(der).is_ok_and(|key| bits(key.public_exponent.as_bytes()) < 17)
}

/// The size and the exponent are ones that are safe, and the modulus is not of a faulty generator.
fn check(key: &RsaPublicKeyRef<'_>) -> Result<()> {
    let (modulus, exponent) = (key.modulus.as_bytes(), key.public_exponent.as_bytes());
    let even = |number: &[u8]| number.last().is_none_or(|byte| byte % 2 == 0);
    if bits(modulus) > MOST_BITS {
        return Err(Error::new(Code::KeyUnsupported, "the RSA key has more than 8192 bits"));
    }
    if even(modulus) || even(exponent) || exponent == [1] {
        return Err(malformed("the modulus or the exponent of the RSA key is even, or the exponent is 1"));
    }
    if bits(modulus) < LEAST_BITS {
        return Err(Error::new(Code::KeyWeak, "the RSA key has less than 2048 bits"));
    }
    if bits(exponent) > MOST_EXPONENT_BITS {
        return Err(Error::new(Code::KeyUnsupported, "the exponent of the RSA key has more than 33 bits"));
    }
    if fingerprint::is_present(modulus) {
        return Err(Error::new(
            Code::KeyWeak,
            "the RSA key comes from a generator whose keys can be factored",
        ));
    }
    Ok(())
}

fn bits(number: &[u8]) -> usize {
    let first = number.first().map_or(0, |byte| byte.leading_zeros() as usize);
    number.len() * 8 - first
}

fn integer(bytes: &[u8]) -> Result<UintRef<'_>> {
    // RFC 7518 section 2, Base64urlUInt: the fewest octets.
    if matches!(bytes, [] | [0, _, ..]) {
        return Err(malformed("an integer of the RSA key has no octets or a leading zero"));
    }
    UintRef::new(bytes).map_err(|_| malformed("an integer of the RSA key is too long"))
}

fn parse_public(der: &[u8]) -> Result<RsaPublicKeyRef<'_>> {
    RsaPublicKeyRef::from_der(der).map_err(|_| malformed("not an RSA public key"))
}

fn parse_private(der: &[u8]) -> Result<RsaPrivateKeyRef<'_>> {
    let key = RsaPrivateKeyRef::from_der(der).map_err(|_| malformed("not an RSA private key"))?;
    if key.other_prime_infos.is_some() {
        return Err(Error::new(Code::KeyUnsupported, "the RSA key has more than two primes"));
    }
    Ok(key)
}

fn malformed(message: &'static str) -> Error {
    Error::new(Code::KeyMalformed, message)
}

#[cfg(test)]
mod tests;
