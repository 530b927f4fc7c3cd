//! JSON Web Signatures: the vectors of the RFCs and of Wycheproof, our rules, known attacks, properties.

mod attacks;
mod battery;
mod external;
mod inspect;
mod policies;
mod properties;
mod rfc;
mod serializations;
mod wycheproof;

use std::io::Write as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use samebyte::api::{self, Code, Keyset, PublicKey, Result, SigningKey, VerifiedJws, Verifier};
use serde_json::{Value, json};
use sha2::Sha256;

/// base64url.
fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn unb64(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).expect("base64url")
}

/// A file of independent test data, or `None`, said aloud, where there is none.
fn third_party(path: &str) -> Option<Value> {
    let Some(folder) = std::env::var_os("SAMEBYTE_THIRD_PARTY") else {
        // Not `eprintln`, which the harness keeps from a test that passes.
        let _ = writeln!(std::io::stderr(), "skipped: {path}: SAMEBYTE_THIRD_PARTY is not set");
        return None;
    };
    let text = std::fs::read(Path::new(&folder).join(path)).expect("test data");
    Some(serde_json::from_slice(&text).expect("JSON"))
}

/// Whether this build has the engine of an algorithm; says so aloud where it has not.
fn has_engine(algorithm: &str) -> bool {
    let has = cfg!(feature = "aws-lc") || matches!(&algorithm[..2], "Ed" | "HS") || algorithm == "ES256K";
    if !has {
        let _ = writeln!(std::io::stderr(), "skipped: {algorithm}: this build has no engine for it");
    }
    has
}

/// The private or symmetric key of a JWK.
fn signing_key(jwk: &Value) -> Result<SigningKey> {
    let text = jwk.to_string();
    if jwk["kty"] == "oct" {
        api::key_symmetric_from_jwk(text.as_bytes())
    } else {
        api::key_from_jwk(text.as_bytes(), None)
    }
}

/// The set of these JWKs, of which those that are private are made public.
fn keyset(jwks: &[Value]) -> Result<Keyset> {
    let (mut public, mut symmetric) = (Vec::new(), Vec::new());
    for jwk in jwks {
        if jwk["kty"] == "oct" {
            symmetric.push(signing_key(jwk)?);
        } else if jwk.get("d").is_some() {
            public.push(api::key_public(&signing_key(jwk)?)?);
        } else {
            public.push(api::public_key_from_jwk(jwk.to_string().as_bytes(), None)?);
        }
    }
    api::keyset_new(&public, &symmetric)
}

fn verifier(jwks: &[Value], options: Value) -> Result<Verifier> {
    api::verifier_new(&keyset(jwks)?, options.to_string().as_bytes())
}

/// A verifier that trusts these keys, with default options.
fn trusting(keys: &[&SigningKey]) -> Verifier {
    trusting_with(keys, json!({}))
}

fn trusting_with(keys: &[&SigningKey], options: Value) -> Verifier {
    api::verifier_new(&keyset_of(keys), options.to_string().as_bytes()).expect("a verifier")
}

fn keyset_of(keys: &[&SigningKey]) -> Keyset {
    let (mut public, mut symmetric): (Vec<PublicKey>, Vec<SigningKey>) = (Vec::new(), Vec::new());
    for key in keys {
        match key.public_key() {
            Some(key) => public.push(key.clone()),
            None => symmetric.push((*key).clone()),
        }
    }
    api::keyset_new(&public, &symmetric).expect("a set")
}

fn generate(algorithm: &str) -> SigningKey {
    api::key_generate(algorithm, b"").expect("a key")
}

fn hmac() -> SigningKey {
    api::key_symmetric("HS256", &[7; 32], Some("h")).expect("a key")
}

fn sign(payload: impl AsRef<[u8]>, key: &SigningKey, options: Value) -> Vec<u8> {
    api::jws_sign(payload.as_ref(), key, options.to_string().as_bytes()).expect("a JWS")
}

fn verify(jws: impl AsRef<[u8]>, verifier: &Verifier) -> Result<VerifiedJws> {
    api::jws_verify(jws.as_ref(), None, verifier, b"")
}

fn verify_detached(jws: impl AsRef<[u8]>, payload: &[u8], verifier: &Verifier) -> Result<VerifiedJws> {
    api::jws_verify(jws.as_ref(), Some(payload), verifier, b"")
}

/// The code for which something is refused; `None` where it is not.
fn code<T>(result: Result<T>) -> Option<Code> {
    result.err().map(|error| error.code())
}

/// A compact token with this header, whatever it says, signed by `key` with its default algorithm.
fn forge(header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>, key: &SigningKey) -> String {
    let input = format!("{}.{}", b64(header), b64(payload));
    let signature = b64(key.sign(input.as_bytes()));
    format!("{input}.{signature}")
}

/// As [`forge`], under HMAC with SHA-256 and any secret.
fn mac(header: impl AsRef<[u8]>, secret: &[u8]) -> String {
    let input = format!("{}.{}", b64(header), b64("x"));
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("any length");
    mac.update(input.as_bytes());
    format!("{input}.{}", b64(mac.finalize().into_bytes()))
}

/// The same ECDSA signature over secp256k1 with the other S.
fn high_s(low: &[u8]) -> Vec<u8> {
    other_s(low, "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")
}

/// r and n - s, where n is the order of the group in hex.
fn other_s(signature: &[u8], order: &str) -> Vec<u8> {
    let (r, s) = signature.split_at(signature.len() / 2);
    let order = hex::decode(order).expect("hex");
    let (mut other, mut borrow) = (r.to_vec(), 0);
    let mut difference = vec![0; s.len()];
    for at in (0..s.len()).rev() {
        let digit = i16::from(order[at]) - i16::from(s[at]) - borrow;
        borrow = i16::from(digit < 0);
        difference[at] = u8::try_from(digit.rem_euclid(256)).expect("a byte");
    }
    other.append(&mut difference);
    other
}

fn report(verified: &VerifiedJws) -> Value {
    let report: Value = serde_json::from_slice(&verified.signatures).expect("JSON");
    let canonical = samebyte::jcs::canonicalize(&verified.signatures, &samebyte::jcs::Options::exact());
    assert_eq!(canonical.expect("JSON"), verified.signatures, "the report is canonical");
    report
}
