//! The JWK of sqooler: `{"x","key_ops","kid","d","kty","alg","crv"}`, with `x` and `d` in padded base64url, `key_ops` a
//! string, and `"d":null` in a public key. Nothing but that spelling differs from RFC 8037, so keys are translated.

use zeroize::Zeroizing;

use crate::algorithms::Algorithm;
use crate::error::{Code, Error, Result};
use crate::jcs;
use crate::json::view::Object;
use crate::keys::{self, PublicKey, SigningKey};

/// The private key in a JWK as sqooler writes it.
///
/// # Errors
/// The codes of the reader; `key_malformed` (also where a member is missing or not known), `key_unsupported`,
/// `key_mismatch`, `key_use_forbidden` (`key_ops` is not `sign`).
pub fn signing_key(jwk: &[u8]) -> Result<SigningKey> {
    let text = jcs::canonicalize_secret(jwk, &keys::limits())?;
    let spelled = Spelled::read(&text, "sign")?;
    if spelled.d.is_none() {
        return Err(malformed("the JWK holds no private key", "d"));
    }
    SigningKey::from_jwk(&spelled.standard())
}

/// The public key in a JWK as sqooler writes it.
///
/// # Errors
/// The codes of the reader; `key_malformed` (also where a member is missing or not known, or `d` is not null),
/// `key_unsupported`, `key_weak`, `key_use_forbidden` (`key_ops` is not `verify`).
pub fn public_key(jwk: &[u8]) -> Result<PublicKey> {
    let text = jcs::canonicalize_secret(jwk, &keys::limits())?;
    let spelled = Spelled::read(&text, "verify")?;
    if spelled.d.is_some() {
        return Err(malformed("the JWK holds a private key where a public one is due", "d"));
    }
    PublicKey::from_jwk(&spelled.standard())
}

/// The private key as sqooler writes it. The bytes are a secret and are zeroed when dropped.
///
/// # Errors
/// `algorithm_unsupported` for a key that is not Ed25519.
pub fn signing_key_to_jwk(key: &SigningKey) -> Result<Zeroizing<Vec<u8>>> {
    super::ed25519(key)?;
    Ok(spell(&key.to_jwk(), "sign"))
}

/// The public key as sqooler writes it.
///
/// # Errors
/// `algorithm_unsupported` for a key that is not Ed25519.
pub fn public_key_to_jwk(key: &PublicKey) -> Result<Vec<u8>> {
    super::require_ed25519(key.algorithm())?;
    Ok(spell(&key.to_jwk(), "verify").to_vec())
}

/// What differs between two keys.
struct Spelled<'a> {
    /// Canonical JSON text, with its quotes.
    kid: &'a [u8],
    /// base64url without the padding.
    x: &'a str,
    d: Option<&'a str>,
}

impl<'a> Spelled<'a> {
    fn read(text: &'a [u8], key_ops: &str) -> Result<Self> {
        let object = Object::parse(text).ok_or_else(|| malformed("a JWK is a JSON object", ""))?;
        let plain = |name: &'static str| {
            object
                .member(name)
                .and_then(|value| value.as_text())
                .and_then(|text| text.plain())
                .ok_or_else(|| malformed("a member of the JWK is missing or not a plain string", name))
        };
        for (name, expected) in [("kty", "OKP"), ("crv", "Ed25519"), ("alg", Algorithm::EdDsa.name())] {
            if plain(name)? != expected {
                let message = "a key of sqooler is OKP, Ed25519, EdDSA";
                return Err(Error::new(Code::KeyUnsupported, message).with_text("member", name));
            }
        }
        if plain("key_ops")? != key_ops {
            return Err(Error::new(Code::KeyUseForbidden, "key_ops does not allow the operation"));
        }
        let kid = object
            .member("kid")
            .filter(|kid| kid.as_text().is_some())
            .ok_or_else(|| malformed("a member of the JWK is missing or not a string", "kid"))?;
        let d = match object.member("d") {
            Some(value) if value.raw() == b"null" => None,
            _ => Some(unpadded(plain("d")?, "d")?),
        };
        let spelled = Self { kid: kid.raw(), x: unpadded(plain("x")?, "x")?, d };
        if object.members().count() != 7 {
            return Err(malformed("a member of the JWK is not known", ""));
        }
        Ok(spelled)
    }

    /// The same key as RFC 8037 spells it, in one buffer that never moves. What the members hold is checked there.
    fn standard(&self) -> Zeroizing<Vec<u8>> {
        let d = self.d.map_or([""; 3], |d| [",\"d\":\"", d, "\""]);
        joined(&[
            b"{\"alg\":\"EdDSA\",\"crv\":\"Ed25519\"",
            d[0].as_bytes(),
            d[1].as_bytes(),
            d[2].as_bytes(),
            b",\"kid\":",
            self.kid,
            b",\"kty\":\"OKP\",\"x\":\"",
            self.x.as_bytes(),
            b"\"}",
        ])
    }
}

/// A canonical JWK of an Ed25519 key in the spelling of sqooler.
fn spell(jwk: &[u8], key_ops: &str) -> Zeroizing<Vec<u8>> {
    let object = Object::parse(jwk).expect("a JWK is an object");
    let member = |name| object.member(name).expect("every JWK of an Ed25519 key has it").raw();
    // 43 characters stand for 32 bytes: one character of padding is missing before the closing quote.
    let padded = |quoted: &'static str| member(quoted).strip_suffix(b"\"").expect("a string");
    let d: [&[u8]; 2] = match object.member("d") {
        Some(_) => [padded("d"), b"=\""],
        None => [b"null", b""],
    };
    joined(&[
        b"{\"x\":",
        padded("x"),
        b"=\",\"key_ops\":\"",
        key_ops.as_bytes(),
        b"\",\"kid\":",
        member("kid"),
        b",\"d\":",
        d[0],
        d[1],
        b",\"kty\":\"OKP\",\"alg\":\"EdDSA\",\"crv\":\"Ed25519\"}",
    ])
}

/// The parts in one buffer of the right size from the start: one that moves leaves its content behind.
fn joined(parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    let mut whole = Zeroizing::new(Vec::with_capacity(parts.iter().map(|part| part.len()).sum()));
    for part in parts {
        whole.extend_from_slice(part);
    }
    whole
}

/// The text without its one character of padding: the spelling of 32 bytes has 44 characters.
fn unpadded<'a>(text: &'a str, name: &'static str) -> Result<&'a str> {
    text.strip_suffix('=')
        .filter(|text| text.len() == 43)
        .ok_or_else(|| malformed("a member of the JWK is not 32 bytes in padded base64url", name))
}

fn malformed(message: &'static str, name: &'static str) -> Error {
    Error::new(Code::KeyMalformed, message).with_text("member", name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Written by sqooler 0.9.0 (`JWK.model_dump_json`) for a key that is published.
    const PRIVATE: &str = r#"{"x":"zKgS8MmXX-N-HsSve-Eqcza4wBhRTYTlly9auSJOn9w=","key_ops":"sign","kid":"node-1 \"é\"","d":"G4YzQMXtTAtNW39K9LgJ9tvQL9IB9rYxFn4nFlEBLZc=","kty":"OKP","alg":"EdDSA","crv":"Ed25519"}"#;
    const PUBLIC: &str = r#"{"x":"zKgS8MmXX-N-HsSve-Eqcza4wBhRTYTlly9auSJOn9w=","key_ops":"verify","kid":"node-1 \"é\"","d":null,"kty":"OKP","alg":"EdDSA","crv":"Ed25519"}"#;

    #[test]
    fn both_spellings_are_of_one_key() {
        let key = signing_key(PRIVATE.as_bytes()).expect("a private key");
        assert_eq!(key.kid(), Some("node-1 \"é\""));
        assert_eq!(*signing_key_to_jwk(&key).expect("Ed25519"), PRIVATE.as_bytes());
        let public = public_key(PUBLIC.as_bytes()).expect("a public key");
        assert_eq!(public.to_jwk(), key.public_key().expect("a pair").to_jwk());
        assert_eq!(public_key_to_jwk(&public).expect("Ed25519"), PUBLIC.as_bytes());
        assert_eq!(SigningKey::from_jwk(&key.to_jwk()).expect("RFC 8037").to_jwk(), key.to_jwk());
    }

    #[test]
    fn another_spelling_is_refused() {
        for (from, to, code) in [
            ("9w=\"", "9w\"", Code::KeyMalformed),
            ("9w=\"", "9w==\"", Code::KeyMalformed),
            ("9w=\"", "9x=\"", Code::KeyMalformed),
            ("9w=\"", "9w\\n\"", Code::KeyMalformed),
            ("9w=\"", "8=\"", Code::KeyMalformed),
            ("\"sign\"", "[\"sign\"]", Code::KeyMalformed),
            ("\"sign\"", "\"verify\"", Code::KeyUseForbidden),
            ("\"kid\":", "\"Kid\":", Code::KeyMalformed),
            ("\"OKP\"", "\"EC\"", Code::KeyUnsupported),
            ("\"Ed25519\"", "\"X25519\"", Code::KeyUnsupported),
            ("\"EdDSA\"", "\"none\"", Code::KeyUnsupported),
            (",\"alg\":\"EdDSA\"", "", Code::KeyMalformed),
            ("{", "{\"use\":\"sig\",", Code::KeyMalformed),
            ("{", "{\"d\":null,", Code::DuplicateMember),
            ("\"zKgS", "\"AKgS", Code::KeyMismatch),
        ] {
            assert!(PRIVATE.contains(from), "{from}");
            let error = signing_key(PRIVATE.replace(from, to).as_bytes()).expect_err("refused");
            assert_eq!(error.code(), code, "{from} {to}");
        }
        assert_eq!(signing_key(b"[]").expect_err("refused").code(), Code::KeyMalformed);
        let both = PUBLIC.replace("\"verify\"", "\"sign\"");
        assert_eq!(signing_key(both.as_bytes()).expect_err("refused").code(), Code::KeyMalformed);
        assert_eq!(public_key(both.as_bytes()).expect_err("refused").code(), Code::KeyUseForbidden);
        let private = PRIVATE.replace("\"sign\"", "\"verify\"");
        assert_eq!(public_key(private.as_bytes()).expect_err("refused").code(), Code::KeyMalformed);
        let without = PUBLIC.replace("\"d\":null,", "");
        assert_eq!(public_key(without.as_bytes()).expect_err("refused").code(), Code::KeyMalformed);
        let weak = PUBLIC.replace("zKgS8MmXX-N-HsSve-Eqcza4wBhRTYTlly9auSJOn9w", &"A".repeat(43));
        assert_eq!(public_key(weak.as_bytes()).expect_err("refused").code(), Code::KeyWeak);
    }

    #[test]
    fn only_ed25519_keys_have_this_spelling() {
        let key = SigningKey::generate(Algorithm::Es256k).expect("random bytes");
        assert_eq!(signing_key_to_jwk(&key).expect_err("refused").code(), Code::AlgorithmUnsupported);
        assert_eq!(
            public_key_to_jwk(key.public_key().expect("a pair")).expect_err("refused").code(),
            Code::AlgorithmUnsupported
        );
    }
}
