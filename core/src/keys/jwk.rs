//! Reading JWKs (RFC 7517).

use std::collections::HashSet;

use super::{PublicKey, Purpose, SigningKey, limits, symmetric};
use crate::algorithms::{Algorithm, AlgorithmSet, KeyType, Secret, hmac, rsa};
use crate::encoding::secret_from_base64url;
use crate::error::{Code, Error, Result};
use crate::jcs;
use crate::json::view::{Object, Value};

/// The private key in a JWK.
pub(super) fn read_private(jwk: &[u8]) -> Result<SigningKey> {
    let text = jcs::canonicalize_secret(jwk, &limits())?;
    let object = object(&text)?;
    if required(object, "kty")? == "oct" {
        return Err(Error::new(
            Code::KeyUseForbidden,
            "a symmetric key is read by the function for symmetric keys alone",
        ));
    }
    let key_type = key_type(object)?;
    let public = public_bytes(object, key_type)?;
    if object.member("d").is_none() {
        return Err(malformed("the JWK holds no private key"));
    }
    let secret = private_bytes(object, key_type)?;
    enforce_use(object, &["sign"])?;
    let named = named(object, key_type)?;
    let key = SigningKey::new(key_type, secret, kid(object)?)?.matches(&public)?;
    match named {
        Some(algorithm) => key.bound_to(algorithm),
        None => Ok(key),
    }
}

/// The public key in a JWK.
pub(super) fn read_public(jwk: &[u8]) -> Result<PublicKey> {
    // What is refused here may be a private key that was taken for a public one.
    let text = jcs::canonicalize_secret(jwk, &limits())?;
    public_of(object(&text)?)
}

/// The public key in a JWK that is part of a text in canonical form.
pub(super) fn public_of(object: Object<'_>) -> Result<PublicKey> {
    if required(object, "kty")? == "oct" {
        return Err(Error::new(Code::KeyUseForbidden, "a symmetric key is no public key"));
    }
    let key_type = key_type(object)?;
    let public = public_bytes(object, key_type)?;
    if is_private(object) {
        return Err(malformed("the JWK holds a private key where a public one is due"));
    }
    enforce_use(object, &["verify"])?;
    let (named, purpose) = (named(object, key_type)?, purpose(object)?);
    let mut key = PublicKey::new(key_type, public, kid(object)?)?;
    if let Some(purpose) = purpose {
        key = key.for_purpose(purpose);
    }
    match named {
        Some(algorithm) => key.bound_to(algorithm),
        None => Ok(key),
    }
}

/// The symmetric key in a JWK.
pub(super) fn read_symmetric(jwk: &[u8]) -> Result<SigningKey> {
    let text = jcs::canonicalize_secret(jwk, &limits())?;
    let object = object(&text)?;
    if required(object, "kty")? != "oct" {
        return Err(Error::new(Code::KeyUnsupported, "the key is not symmetric"));
    }
    let secret = bytes(object, "k")?;
    // A symmetric key does both.
    enforce_use(object, &["sign", "verify"])?;
    let kid = kid(object)?;
    let permitted = match member(object, "alg")? {
        None => {
            symmetric::check(Algorithm::Hs256, &secret)?;
            hmac::permitted(secret.len())
        }
        Some(name) => {
            let algorithm = algorithm_of(name, hmac::ALGORITHMS)?;
            symmetric::check(algorithm, &secret)?;
            AlgorithmSet::of(&[algorithm])
        }
    };
    Ok(SigningKey::of_secret(secret, permitted, kid))
}

/// The members that hold private parts, of any type of key (RFC 7518 sections 6.2.2, 6.3.2 and 6.4.1, RFC 8037).
const PRIVATE_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// Whether a JWK holds a private part.
pub(super) fn is_private(object: Object<'_>) -> bool {
    PRIVATE_MEMBERS.iter().any(|name| object.member(name).is_some())
}

fn object(text: &[u8]) -> Result<Object<'_>> {
    Object::parse(text).ok_or_else(|| malformed("a JWK is a JSON object"))
}

fn key_type(object: Object<'_>) -> Result<KeyType> {
    let (kty, crv) = (required(object, "kty")?, member(object, "crv")?);
    KeyType::ALL
        .into_iter()
        .find(|key_type| key_type.kty() == kty && (key_type.crv().is_none() || key_type.crv() == crv))
        .ok_or_else(|| Error::new(Code::KeyUnsupported, "the type or curve of the key is not supported"))
}

/// The public key in its one spelling.
fn public_bytes(object: Object<'_>, key_type: KeyType) -> Result<Vec<u8>> {
    match key_type.field_length() {
        Some(length) if key_type == KeyType::Ed25519 => Ok(fixed(object, "x", length)?.to_vec()),
        Some(length) => {
            key_type.point(&[&[4][..], &fixed(object, "x", length)?, &fixed(object, "y", length)?].concat())
        }
        None => rsa::public_key(&bytes(object, "n")?, &bytes(object, "e")?),
    }
}

/// The private key as [`Secret`] describes it.
fn private_bytes(object: Object<'_>, key_type: KeyType) -> Result<Secret> {
    if let Some(length) = key_type.field_length() {
        return fixed(object, "d", length);
    }
    if object.member("oth").is_some() {
        return Err(Error::new(Code::KeyUnsupported, "the RSA key has more than two primes"));
    }
    // RFC 7518 section 6.3.2 lets a producer leave out all of them; finding them again is not worth the code.
    const CRT: [&str; 5] = ["p", "q", "dp", "dq", "qi"];
    if CRT.iter().any(|name| object.member(name).is_none()) {
        return Err(Error::new(Code::KeyUnsupported, "the RSA key has not all of p, q, dp, dq and qi"));
    }
    let [n, e, d, p, q, dp, dq, qi] =
        ["n", "e", "d", "p", "q", "dp", "dq", "qi"].map(|name| bytes(object, name));
    rsa::private_key([&n?, &e?, &d?, &p?, &q?, &dp?, &dq?, &qi?])
}

/// The algorithm that the JWK names, which must be one of its type (RFC 7517 section 4.4).
fn named(object: Object<'_>, key_type: KeyType) -> Result<Option<Algorithm>> {
    member(object, "alg")?.map(|name| algorithm_of(name, key_type.algorithms())).transpose()
}

fn algorithm_of(name: &str, permitted: AlgorithmSet) -> Result<Algorithm> {
    name.parse()
        .ok()
        .filter(|algorithm| permitted.contains(*algorithm))
        .ok_or_else(|| Error::new(Code::KeyUseForbidden, "the alg of the JWK is not one of its type of key"))
}

/// `use` and `key_ops` (RFC 7517 sections 4.2 and 4.3) must allow these operations.
fn enforce_use(object: Object<'_>, needed: &[&str]) -> Result<()> {
    let forbidden = |message: &'static str| Err(Error::new(Code::KeyUseForbidden, message));
    if member(object, "use")?.is_some_and(|usage| usage != "sig") {
        return forbidden("the JWK is not for signatures");
    }
    if let Some(operations) = object.member("key_ops") {
        let operations = operations.as_array().ok_or_else(|| malformed("key_ops is not an array"))?;
        let mut names = HashSet::new();
        for operation in operations {
            if !names.insert(text_of(operation)?) {
                return Err(malformed("key_ops names an operation twice"));
            }
        }
        if !needed.iter().all(|operation| names.contains(*operation)) {
            return forbidden("key_ops does not allow the operation");
        }
    }
    Ok(())
}

/// `samebyte_use`. A purpose that is not known is one that this version does not serve.
fn purpose(object: Object<'_>) -> Result<Option<Purpose>> {
    let Some(name) = member(object, "samebyte_use")? else { return Ok(None) };
    let purpose = Purpose::ALL.into_iter().find(|purpose| purpose.name() == name);
    let unknown = || Error::new(Code::KeyUseForbidden, "samebyte_use is not request or response");
    purpose.ok_or_else(unknown).map(Some)
}

fn kid(object: Object<'_>) -> Result<Option<String>> {
    object.member("kid").map(text_of).transpose()
}

/// A member of exactly `length` bytes in base64url.
fn fixed(object: Object<'_>, name: &'static str, length: usize) -> Result<Secret> {
    let value = bytes(object, name)?;
    if value.len() != length {
        return Err(malformed("a member of the JWK is not of the length that its curve has")
            .with_text("member", name)
            .with_number("expected", length));
    }
    Ok(value)
}

/// A member in base64url.
fn bytes(object: Object<'_>, name: &'static str) -> Result<Secret> {
    let text = required(object, name)?;
    secret_from_base64url(text)
        .ok_or_else(|| malformed("a member of the JWK is not base64url").with_text("member", name))
}

fn required<'a>(object: Object<'a>, name: &'static str) -> Result<&'a str> {
    member(object, name)?.ok_or_else(|| malformed("a member of the JWK is missing").with_text("member", name))
}

fn member<'a>(object: Object<'a>, name: &'static str) -> Result<Option<&'a str>> {
    let Some(value) = object.member(name) else { return Ok(None) };
    // No text that these members may hold has an escape in its canonical spelling.
    match value.as_text().and_then(|text| text.plain()) {
        Some(text) => Ok(Some(text)),
        None => Err(malformed("a member of the JWK is not a plain string").with_text("member", name)),
    }
}

fn text_of(value: Value<'_>) -> Result<String> {
    match value.as_text() {
        Some(text) => Ok(text.to_text().into_owned()),
        None => Err(malformed("a member of the JWK is not a string")),
    }
}

fn malformed(message: &'static str) -> Error {
    Error::new(Code::KeyMalformed, message)
}
