//! What each fuzz target does with its bytes. Nothing may panic, and what is promised about results must hold.
//!
//! `cargo xtask fuzz` builds and runs the targets, with inputs of the conformance vectors as seeds.

mod http;

use std::sync::LazyLock;

pub use http::{body, request, settings_and_plans as settings, target};
use samebyte::api::{self, Code, Numbers, PublicKey, Result, SigningKey, Verifier};

/// The reader: both number policies and a low depth agree on what is JSON, and errors describe themselves.
pub fn reader(data: &[u8]) {
    let exact = told(api::jcs_canonicalize(data, Numbers::Exact, b""));
    let rounded = told(api::jcs_canonicalize(data, Numbers::Ieee754, b""));
    match (&exact, &rounded) {
        (Ok(exact), Ok(rounded)) => assert_eq!(exact, rounded),
        (Err(Code::NumberNotExact), Ok(_)) => {}
        (Err(exact), Err(rounded)) => assert!(exact == rounded || *exact == Code::NumberNotExact),
        (exact, rounded) => panic!("{exact:?} against {rounded:?}"),
    }
    match told(api::jcs_canonicalize(data, Numbers::Ieee754, br#"{"max_depth":3}"#)) {
        Ok(shallow) => assert_eq!(Ok(shallow), rounded),
        Err(code) => assert!(code == Code::TooDeep || Err(code) == rounded),
    }
}

/// The canonicalizer: its output is a fixed point, and that of another implementation wherever that one reads the input.
pub fn canonicalizer(data: &[u8]) {
    let Ok(canonical) = told(api::jcs_canonicalize(data, Numbers::Ieee754, b"")) else { return };
    assert_eq!(told(api::jcs_canonicalize(&canonical, Numbers::Ieee754, b"")), Ok(canonical.clone()));
    assert_eq!(told(api::jcs_canonicalize(&canonical, Numbers::Exact, b"")), Ok(canonical.clone()));
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(data) else { return };
    // It writes integers as they are; RFC 8785 writes the nearest double.
    if integers_are_exact(&value) {
        let theirs = serde_json_canonicalizer::to_vec(&value).expect("a value has a canonical form");
        assert_eq!(String::from_utf8_lossy(&canonical), String::from_utf8_lossy(&theirs));
    }
}

/// Keys in JWKs: what is read is written in a form that is read again, as the same key.
pub fn jwk(data: &[u8]) {
    if let Ok(key) = told(api::key_from_jwk(data, None)) {
        same_signing_key(&key, api::key_from_jwk(&api::key_to_jwk(&key).expect("its own form"), None));
        if let Ok(pem) = api::key_to_pem(&key) {
            same_signing_key(&key, api::key_from_pem(&pem, None));
        }
    }
    if let Ok(key) = told(api::public_key_from_jwk(data, None)) {
        same_public_key(
            &key,
            api::public_key_from_jwk(&api::public_key_to_jwk(&key).expect("its own form"), None),
        );
        same_public_key(
            &key,
            api::public_key_from_pem(&api::public_key_to_pem(&key).expect("its own form"), None),
        );
    }
}

/// Keys in PEM files.
pub fn pem(data: &[u8]) {
    if let Ok(key) = told(api::key_from_pem(data, None)) {
        same_signing_key(&key, api::key_from_pem(&api::key_to_pem(&key).expect("its own form"), None));
    }
    if let Ok(key) = told(api::public_key_from_pem(data, None)) {
        same_public_key(
            &key,
            api::public_key_from_pem(&api::public_key_to_pem(&key).expect("its own form"), None),
        );
    }
}

/// JSON Web Signatures: whatever they hold, and one more signature of a trusted key makes them verify.
pub fn jws(data: &[u8]) {
    static KEYS: LazyLock<(SigningKey, Verifier)> = LazyLock::new(|| {
        let key = |jwk: &str| api::key_from_jwk(jwk.as_bytes(), None).expect("a test key");
        let keys = TEST_KEYS.map(key);
        let public = keys.each_ref().map(|key| api::key_public(key).expect("it has one"));
        let keyset = api::keyset_new(&public, &[]).expect("distinct keys");
        let [first, _] = keys;
        (first, api::verifier_new(&keyset, br#"{"policy":"any"}"#).expect("a verifier"))
    });
    let (key, verifier) = &*KEYS;
    let report = told(api::jws_inspect(data));
    for payload in [None, Some(&b"{}"[..])] {
        if told(api::jws_verify(data, payload, verifier, b"")).is_ok() {
            assert!(report.is_ok());
        }
        let Ok(appended) = told(api::jws_append(data, payload, key, b"")) else { continue };
        let verified =
            told(api::jws_verify(&appended, payload, verifier, b"")).expect("a trusted key signed");
        assert!(payload.is_none_or(|payload| payload == verified.payload));
    }
}

/// Agent Cards: a form of a form is itself, and what is signed verifies as what was signed.
pub fn card(data: &[u8]) {
    static SIGNER: LazyLock<(SigningKey, Verifier)> = LazyLock::new(|| {
        let key = api::key_from_hex("EdDSA", "01".repeat(32).as_bytes()).expect("a key");
        let public = api::key_public(&key).expect("the public part");
        let keyset = api::keyset_new(&[public], &[]).expect("a set of one");
        (key, api::verifier_new(&keyset, b"").expect("a verifier"))
    });
    let (key, verifier) = &*SIGNER;
    for form in ["sdk", "spec", "raw"] {
        let Ok(formed) = told(api::card_canonicalize(data, form)) else { continue };
        assert_eq!(told(api::card_canonicalize(&formed, form)), Ok(formed.clone()));
        let Ok(signed) = told(api::card_sign(data, key, format!(r#"{{"form":"{form}"}}"#).as_bytes())) else {
            continue;
        };
        let verified = api::card_verify(&signed, verifier, form).expect("it was signed");
        assert_eq!(verified.card, formed);
        serde_json::from_slice::<serde_json::Value>(&verified.report).expect("a report is JSON");
    }
    for options in [&b""[..], br#"{"portability":"strip"}"#, br#"{"portability":"each"}"#] {
        if let Ok(signed) = told(api::card_sign(data, key, options)) {
            for form in ["sdk", "spec", "raw"] {
                api::card_verify(&signed, verifier, form).expect("it was signed for every form");
            }
        }
    }
    let _ = told(api::card_verify(data, verifier, "sdk"));
    if let Ok(report) = told(api::card_diagnose(data, verifier)) {
        serde_json::from_slice::<serde_json::Value>(&report).expect("a report is JSON");
    }
}

/// Test keys whose private parts everybody knows.
const TEST_KEYS: [&str; 2] = [
    include_str!("../../conformance-vectors/keys/ed25519-1.jwk"),
    include_str!("../../conformance-vectors/keys/secp256k1-1.jwk"),
];

/// The code of an error, once all of the error was looked at; a fault of the library is never an answer.
fn told<T>(result: Result<T>) -> std::result::Result<T, Code> {
    result.map_err(|error| {
        assert_ne!(error.code(), Code::Internal, "{error}");
        assert!(!error.message().is_empty());
        if let Some(detail) = error.detail_json() {
            serde_json::from_str::<serde_json::Value>(&detail).expect("a detail is JSON");
        }
        error.code()
    })
}

fn same_signing_key(key: &SigningKey, again: Result<SigningKey>) {
    let again = again.expect("its own form");
    // Not the JWK: a PEM file has no place for a kid.
    let pem = |key| api::key_to_pem(key).expect("a form");
    assert_eq!(pem(key), pem(&again));
}

fn same_public_key(key: &PublicKey, again: Result<PublicKey>) {
    let again = again.expect("its own form");
    let thumbprint = |key| api::public_key_thumbprint(key).expect("a thumbprint");
    assert_eq!(thumbprint(key), thumbprint(&again));
}

fn integers_are_exact(value: &serde_json::Value) -> bool {
    const LIMIT: u64 = 1 << 53;
    match value {
        serde_json::Value::Number(number) => {
            number.as_u64().is_none_or(|number| number <= LIMIT)
                && number.as_i64().is_none_or(|number| number.unsigned_abs() <= LIMIT)
        }
        serde_json::Value::Array(values) => values.iter().all(integers_are_exact),
        serde_json::Value::Object(members) => members.values().all(integers_are_exact),
        _ => true,
    }
}
