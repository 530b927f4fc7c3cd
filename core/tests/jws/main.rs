//! JSON Web Signatures: our rules.

mod policies;
mod serializations;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use samebyte::api::{self, Code, Keyset, PublicKey, Result, SigningKey, VerifiedJws, Verifier};
use serde_json::{Value, json};

/// base64url.
fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn unb64(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).expect("base64url")
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

fn report(verified: &VerifiedJws) -> Value {
    let report: Value = serde_json::from_slice(&verified.signatures).expect("JSON");
    let canonical = samebyte::jcs::canonicalize(&verified.signatures, &samebyte::jcs::Options::exact());
    assert_eq!(canonical.expect("JSON"), verified.signatures, "the report is canonical");
    report
}
