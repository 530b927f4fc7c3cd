//! JWK (RFC 7517) for Ed25519 (RFC 8037) and secp256k1 (RFC 8812).

use std::collections::HashSet;

use zeroize::{Zeroize as _, Zeroizing};

use super::{PublicKey, limits};
use crate::algorithms::{Algorithm, Secret, es256k};
use crate::encoding::{from_base64url_into, to_base64url};
use crate::error::{Code, Error, Result};
use crate::jcs::{self, Options};
use crate::json::view::{Object, Value};

/// Which part of a key a caller asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Private,
    Public,
}

/// What a JWK holds.
pub(super) struct Parts {
    pub(super) algorithm: Algorithm,
    pub(super) public: Vec<u8>,
    pub(super) secret: Option<Secret>,
    pub(super) kid: Option<String>,
}

/// Reads a JWK. Members that RFC 7517 does not define are ignored, as its section 4 asks; those that restrict the
/// key (`use`, `key_ops`, `alg`) are enforced.
pub(super) fn read(jwk: &[u8], part: Part) -> Result<Parts> {
    let text = jcs::canonicalize_secret(jwk, &limits())?;
    let object = Object::parse(&text).ok_or_else(|| malformed("a JWK is a JSON object"))?;

    let algorithm = match (required(object, "kty")?, member(object, "crv")?) {
        ("OKP", Some("Ed25519")) => Algorithm::EdDsa,
        ("EC", Some("secp256k1")) => Algorithm::Es256k,
        _ => return Err(Error::new(Code::KeyUnsupported, "the key is not Ed25519 or secp256k1")),
    };
    let public = match algorithm {
        Algorithm::EdDsa => coordinate(object, "x")?.to_vec(),
        Algorithm::Es256k => es256k::compress(&coordinate(object, "x")?, &coordinate(object, "y")?)?.to_vec(),
    };
    let secret = match (part, object.member("d").is_some()) {
        (Part::Private, true) => Some(Zeroizing::new(coordinate(object, "d")?)),
        (Part::Public, false) => None,
        (Part::Private, false) => return Err(malformed("the JWK holds no private key")),
        (Part::Public, true) => {
            return Err(malformed("the JWK holds a private key where a public one is due"));
        }
    };
    enforce_use(object, algorithm, part)?;
    let kid = match object.member("kid") {
        Some(kid) => Some(text_of(kid)?),
        None => None,
    };
    Ok(Parts { algorithm, public, secret, kid })
}

/// The canonical public JWK.
pub(super) fn write_public(key: &PublicKey) -> Vec<u8> {
    write(key, "").into_bytes()
}

/// The canonical private JWK, in one buffer that never moves, so that no copy of the secret is left behind.
pub(super) fn write_private(key: &PublicKey, secret: &Secret) -> Zeroizing<Vec<u8>> {
    let mut encoded = Zeroizing::new(to_base64url(&secret[..]));
    let mut member = Zeroizing::new(String::with_capacity(64));
    member.push_str("\"d\":\"");
    member.push_str(&encoded);
    member.push_str("\",");
    encoded.zeroize();
    Zeroizing::new(write(key, &member).into_bytes())
}

/// The JWK with `private` (a member and its comma, or nothing) in its place.
fn write(key: &PublicKey, private: &str) -> String {
    let kid = jcs::to_vec(key.kid(), &Options::default()).expect("a string has canonical text");
    let kid = String::from_utf8(kid).expect("canonical text is UTF-8");
    let mut jwk = String::with_capacity(320 + kid.len());
    let (crv, kty) = match key.algorithm() {
        Algorithm::EdDsa => ("Ed25519", "OKP"),
        Algorithm::Es256k => ("secp256k1", "EC"),
    };
    for text in [
        "{\"alg\":\"",
        key.algorithm().name(),
        "\",\"crv\":\"",
        crv,
        "\",",
        private,
        "\"kid\":",
        &kid,
        ",\"kty\":\"",
        kty,
    ] {
        jwk.push_str(text);
    }
    match key.algorithm() {
        Algorithm::EdDsa => push(&mut jwk, "x", key.bytes()),
        Algorithm::Es256k => {
            let coordinates = es256k::coordinates(key.bytes());
            push(&mut jwk, "x", &coordinates[..32]);
            push(&mut jwk, "y", &coordinates[32..]);
        }
    }
    jwk.push_str("\"}");
    jwk
}

fn push(jwk: &mut String, name: &str, bytes: &[u8]) {
    for text in ["\",\"", name, "\":\"", &to_base64url(bytes)] {
        jwk.push_str(text);
    }
}

/// `use`, `key_ops` and `alg` (RFC 7517 sections 4.2 to 4.4) must allow signing or verifying with this algorithm.
fn enforce_use(object: Object<'_>, algorithm: Algorithm, part: Part) -> Result<()> {
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
        let needed = if part == Part::Private { "sign" } else { "verify" };
        if !names.contains(needed) {
            return forbidden("key_ops does not allow the operation");
        }
    }
    match member(object, "alg")? {
        Some(name) if name.parse() != Ok(algorithm) => {
            forbidden("the alg of the JWK is not that of its curve")
        }
        _ => Ok(()),
    }
}

/// A member of exactly 32 bytes in base64url.
fn coordinate(object: Object<'_>, name: &'static str) -> Result<[u8; 32]> {
    let text = required(object, name)?;
    let mut buffer = Zeroizing::new(vec![0; text.len()]);
    let bytes = from_base64url_into(text, &mut buffer)
        .ok_or_else(|| malformed("a member of the JWK is not base64url").with_text("member", name))?;
    <[u8; 32]>::try_from(bytes)
        .map_err(|_| malformed("a member of the JWK is not 32 bytes long").with_text("member", name))
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
