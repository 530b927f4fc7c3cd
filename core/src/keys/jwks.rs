//! JWK Sets (RFC 7517 section 5).

use std::collections::HashMap;

use zeroize::Zeroizing;

use super::keyset::{MAX_KEYS, too_many};
use super::{Keyset, PublicKey, TrustedKey, jwk};
use crate::algorithms::{KeyType, rsa};
use crate::error::{Code, Error, Result};
use crate::jcs::{self, Options};
use crate::json::view::{Object, Value};

/// No set is larger: an input above it is refused before it is read.
const MAX_BYTES: usize = 1 << 20;

/// The set of the public keys in a JWK Set.
pub(super) fn read(jwks: &[u8]) -> Result<Keyset> {
    let text = canonical(jwks)?;
    let mut keys = Vec::new();
    for (index, value) in values(&text)?.into_iter().enumerate() {
        match key_of(value) {
            Ok(key) => keys.push((index, TrustedKey::Public(key))),
            Err(error) if is_skipped(&error) => {}
            Err(error) => return Err(error.with_text("pointer", pointer(index))),
        }
    }
    Keyset::of(keys)
}

/// The public keys of a set as a canonical JWK Set.
pub(super) fn write(keyset: &Keyset) -> Vec<u8> {
    let keys: Vec<_> = keyset.keys().iter().filter_map(|key| Some(key.public()?.to_jwk())).collect();
    [b"{\"keys\":[", &*keys.join(&b','), b"]}"].concat()
}

/// What there is to say about a JWK Set.
pub(super) fn lint(jwks: &[u8]) -> Result<Vec<u8>> {
    let text = canonical(jwks)?;
    let mut findings = Vec::new();
    let (mut kids, mut thumbprints) = (HashMap::new(), HashMap::new());
    for (index, value) in values(&text)?.into_iter().enumerate() {
        let mut say = |level, code, message: &str| findings.push(finding(level, code, message, index));
        let key = match key_of(value) {
            Ok(key) => key,
            Err(error) => {
                let level = if is_skipped(&error) { "skipped" } else { "error" };
                say(level, error.code().name(), error.message());
                continue;
            }
        };
        let code = Code::DuplicateKid.name();
        if let Some(first) = thumbprints.insert(key.thumbprint().to_owned(), index) {
            say("error", code, &format!("the key is that of /keys/{first}"));
        } else if let Some(first) = kids.insert(key.kid().to_owned(), index) {
            say("error", code, &format!("the kid is that of /keys/{first}"));
        }
        if value.as_object().is_some_and(|object| object.member("kid").is_none()) {
            say("advice", "kid_absent", "the key has no kid, so its thumbprint is taken");
        }
        if key.key_type() == KeyType::Rsa {
            if key.permitted().only().is_none() {
                say("advice", "alg_absent", "the key has no alg, so it verifies with RS256 to PS512");
            }
            if rsa::has_small_exponent(key.bytes()) {
                say("advice", "exponent_small", "the public exponent is below 65537");
            }
        }
    }
    Ok([b"[", &*findings.join(&b','), b"]"].concat())
}

/// What may hold a private key by mistake is read like one.
fn canonical(jwks: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
    jcs::canonicalize_secret(jwks, &Options { max_bytes: MAX_BYTES, ..Options::exact() })
}

fn values(text: &[u8]) -> Result<Vec<Value<'_>>> {
    let keys = Object::parse(text).and_then(|object| object.member("keys")).and_then(Value::as_array);
    let keys = keys.ok_or_else(|| malformed("a JWK Set is an object with an array keys"))?;
    let keys: Vec<_> = keys.take(MAX_KEYS + 1).collect();
    if keys.len() > MAX_KEYS { Err(too_many()) } else { Ok(keys) }
}

fn key_of(value: Value<'_>) -> Result<PublicKey> {
    let object = value.as_object().ok_or_else(|| malformed("a key of the JWK Set is not an object"))?;
    // Whatever its type and use: a private key that others can read is one to look at, not one to pass over.
    if jwk::is_private(object) {
        return Err(malformed("the JWK Set holds a private or symmetric key"));
    }
    jwk::public_of(object)
}

/// RFC 7517 section 5: keys that are not understood are ignored.
fn is_skipped(error: &Error) -> bool {
    matches!(error.code(), Code::KeyUnsupported | Code::KeyUseForbidden)
}

fn pointer(index: usize) -> String {
    format!("/keys/{index}")
}

fn finding(level: &str, code: &str, message: &str, index: usize) -> Vec<u8> {
    let message = jcs::to_vec(message, &Options::default()).expect("a string has canonical text");
    let head = format!(r#"{{"code":"{code}","level":"{level}","message":"#);
    let tail = format!(r#","pointer":"{}"}}"#, pointer(index));
    [head.as_bytes(), &message, tail.as_bytes()].concat()
}

fn malformed(message: &'static str) -> Error {
    Error::new(Code::KeyMalformed, message)
}

#[cfg(test)]
mod tests;
