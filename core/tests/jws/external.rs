//! Keys that are somewhere else: what they must sign, and what is made of their answer.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use super::*;

/// What another holder of the key does with what was prepared.
fn prepared(payload: &[u8], key: &PublicKey, options: &str) -> (Value, Vec<u8>) {
    let report = api::jws_prepare(payload, key, options.as_bytes()).expect("prepared");
    let value: Value = serde_json::from_slice(&report).expect("JSON");
    assert_eq!(serde_jcs::to_vec(&value).expect("JSON"), report, "it is canonical");
    let message = unb64(value["message"].as_str().expect("a message"));
    (value, message)
}

#[test]
fn what_is_finished_is_what_would_have_been_signed() {
    for algorithm in ["EdDSA", "ES256K", "ES256", "ES384", "ES512", "RS256", "PS384"] {
        if !has_engine(algorithm) {
            continue;
        }
        let key = generate(algorithm);
        let public = api::key_public(&key).expect("a pair");
        let trusted = trusting(&[&key]);
        for options in [
            "",
            r#"{"detached":true,"b64":false,"typ":"JOSE"}"#,
            r#"{"serialization":"flattened","unprotected":{"a":1},"kid":null}"#,
            r#"{"serialization":"general","canonicalize":"exact","header":{"x":1}}"#,
        ] {
            let payload = br#"{"b":1,"a":2}"#;
            let (report, message) = prepared(payload, &public, options);
            assert_eq!(report["alg"], algorithm);
            assert_eq!(report["kid"], public.kid());
            let digest = match &algorithm[2..] {
                "DSA" => Value::Null,
                "384" => b64(Sha384::digest(&message)).into(),
                "512" => b64(Sha512::digest(&message)).into(),
                _ => b64(Sha256::digest(&message)).into(),
            };
            assert_eq!(report["digest"], digest, "{algorithm}");
            let signature = key.sign(&message);
            let jws = api::jws_finish(payload, &public, options.as_bytes(), &signature).expect(algorithm);
            let given = options.contains("detached").then_some(&payload[..]);
            assert!(api::jws_verify(&jws, given, &trusted, b"").is_ok(), "{algorithm} {options}");
            if matches!(algorithm, "EdDSA" | "ES256K" | "RS256") {
                assert_eq!(api::jws_sign(payload, &key, options.as_bytes()).expect(algorithm), jws);
            }
        }
    }
}

/// An `ECDSA-Sig-Value` (RFC 3279 section 2.2.3) of r‖s, made by hand.
fn der(fixed: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    for integer in fixed.chunks(fixed.len() / 2) {
        let zeros = integer.iter().take_while(|byte| **byte == 0).count();
        let mut integer = integer[zeros..].to_vec();
        if integer.first().is_none_or(|byte| *byte >= 0x80) {
            integer.insert(0, 0);
        }
        body.extend([&[2, u8::try_from(integer.len()).expect("short")], &integer[..]].concat());
    }
    let length = u8::try_from(body.len()).expect("short");
    let head = if length < 0x80 { vec![0x30, length] } else { vec![0x30, 0x81, length] };
    [head, body].concat()
}

#[test]
fn ecdsa_signatures_in_der() {
    for algorithm in ["ES256K", "ES256", "ES384", "ES512"] {
        if !has_engine(algorithm) {
            continue;
        }
        let key = generate(algorithm);
        let public = api::key_public(&key).expect("a pair");
        // So that some of the integers start with a zero, and with a high bit.
        for number in 0..300 {
            let payload = format!("{number}");
            let (_, message) = prepared(payload.as_bytes(), &public, "");
            let fixed = key.sign(&message);
            let in_der = der(&fixed);
            let jws = api::jws_finish(payload.as_bytes(), &public, b"", &in_der).expect(algorithm);
            assert_eq!(api::jws_finish(payload.as_bytes(), &public, b"", &fixed).expect(algorithm), jws);
            assert!(jws.ends_with(b64(&fixed).as_bytes()));
            if number > 0 {
                continue;
            }
            let long = [&in_der[..], b"\0"].concat();
            let mut negative = in_der.clone();
            negative[if in_der[1] == 0x81 { 5 } else { 4 }] |= 0x80;
            for bad in [
                &long[..],
                &in_der[..in_der.len() - 1],
                &[],
                &fixed[1..],
                &[&fixed[..], b"\0"].concat(),
                b"\x30\0",
            ] {
                let outcome = api::jws_finish(payload.as_bytes(), &public, b"", bad);
                assert_eq!(code(outcome), Some(Code::SignatureMalformed), "{algorithm} {bad:?}");
            }
            assert!(api::jws_finish(payload.as_bytes(), &public, b"", &negative).is_err());
        }
    }
}

/// Other signers of ES256K write the high S half of the time; what is assembled here has the low one.
#[test]
fn es256k_is_normalized() {
    let key = generate("ES256K");
    let public = api::key_public(&key).expect("a pair");
    let (_, message) = prepared(b"x", &public, "");
    let low = key.sign(&message);
    let high = high_s(&low);
    let expected = api::jws_finish(b"x", &public, b"", &low).expect("a signature");
    for other in [high.clone(), der(&high), der(&low)] {
        assert_eq!(api::jws_finish(b"x", &public, b"", &other).expect("a signature"), expected);
    }
    // Verified as it is by JOSE, refused where the low one is required.
    let token = String::from_utf8(expected).expect("UTF-8");
    let token = format!("{}.{}", token.rsplit_once('.').expect("a token").0, b64(&high));
    assert!(verify(&token, &trusting(&[&key])).is_ok());
    let strict = trusting_with(&[&key], json!({"require_low_s":true}));
    assert_eq!(code(verify(&token, &strict)), Some(Code::SignatureNotLowS));
}

#[test]
fn nothing_is_assembled_that_does_not_verify() {
    let (key, other) = (generate("EdDSA"), generate("EdDSA"));
    let public = api::key_public(&key).expect("a pair");
    let (_, message) = prepared(b"x", &public, "");
    for (signature, options, expected) in [
        (other.sign(&message), "", Code::SignatureInvalid),
        (key.sign(b"x"), "", Code::SignatureInvalid),
        (key.sign(&message), r#"{"typ":"JOSE"}"#, Code::SignatureInvalid),
        (vec![0; 63], "", Code::SignatureMalformed),
        (Vec::new(), "", Code::SignatureMalformed),
        (key.sign(&message), r#"{"alg":"ES256K"}"#, Code::AlgorithmMismatch),
        (key.sign(&message), r#"{"unprotected":{}}"#, Code::InvalidArgument),
        (key.sign(&message), r#"{"b64":false,"x":1}"#, Code::UnknownOption),
    ] {
        let outcome = api::jws_finish(b"x", &public, options.as_bytes(), &signature);
        assert_eq!(code(outcome), Some(expected), "{options}");
    }
    assert_eq!(code(api::jws_prepare(b"x", &public, br#"{"alg":"RS256"}"#)), Some(Code::AlgorithmMismatch));
    assert_eq!(code(api::jws_prepare(b".", &public, br#"{"b64":false}"#)), Some(Code::PayloadUnencodable));
}
