//! JWK Sets, and those of Wycheproof.

use super::MAX_BYTES;
use crate::algorithms::Algorithm;
use crate::encoding::to_base64url;
use crate::error::Code;
use crate::keys::{Keyset, Purpose, SigningKey};

fn key(algorithm: Algorithm, byte: u8) -> SigningKey {
    let hex = format!("{byte:02x}").repeat(32);
    SigningKey::from_hex(algorithm, hex.as_bytes()).expect("a key")
}

fn public(algorithm: Algorithm, byte: u8) -> String {
    let jwk = key(algorithm, byte).public_key().expect("a pair").to_jwk();
    String::from_utf8(jwk).expect("UTF-8")
}

fn jwks(keys: &[&str]) -> String {
    format!(r#"{{"keys":[{}]}}"#, keys.join(","))
}

fn code(jwks: &str) -> (Code, Option<String>) {
    let error = Keyset::from_jwks(jwks.as_bytes()).expect_err("refused");
    (error.code(), error.detail_json())
}

#[test]
fn a_set_is_written_as_it_was_read() {
    let text = jwks(&[&public(Algorithm::EdDsa, 7), &public(Algorithm::Es256k, 7)]);
    let set = Keyset::from_jwks(text.as_bytes()).expect("a set");
    assert_eq!((set.len(), set.to_jwks()), (2, text.into_bytes()));
    let secret = SigningKey::symmetric(Algorithm::Hs256, &[7; 32], Some("s")).expect("a secret");
    let set = Keyset::new(&[], &[secret]).expect("a set");
    assert_eq!((set.len(), set.to_jwks()), (1, br#"{"keys":[]}"#.to_vec()));
}

#[test]
fn a_key_keeps_what_it_is_for() {
    let plain = public(Algorithm::EdDsa, 7);
    for (use_, purpose) in [("request", Purpose::Request), ("response", Purpose::Response)] {
        let text = jwks(&[&plain.replace(r#","x""#, &format!(r#","samebyte_use":"{use_}","x""#))]);
        let set = Keyset::from_jwks(text.as_bytes()).expect("a set");
        let key = set.keys()[0].public().expect("public").clone();
        assert_eq!((key.purpose(), set.to_jwks()), (Some(purpose), text.into_bytes()));
        assert_eq!(key.bound_to(Algorithm::EdDsa).expect("its algorithm").purpose(), Some(purpose));
    }
    let text = jwks(&[&plain.replace('{', r#"{"samebyte_use":"audit","#)]);
    assert_eq!(Keyset::from_jwks(text.as_bytes()).expect("a set").len(), 0);
    let text = jwks(&[&plain.replace('{', r#"{"samebyte_use":1,"#)]);
    assert_eq!(code(&text).0, Code::KeyMalformed);
}

#[test]
fn what_is_not_understood_is_skipped_and_what_is_wrong_refuses_the_set() {
    let good = public(Algorithm::EdDsa, 7);
    for skipped in [
        r#"{"kty":"AKP","alg":"ML-DSA-44","pub":"AA"}"#.to_owned(),
        r#"{"kty":"OKP","crv":"X25519","x":"AA"}"#.to_owned(),
        public(Algorithm::EdDsa, 8).replace('{', r#"{"use":"enc","#),
        public(Algorithm::EdDsa, 8).replace('{', r#"{"key_ops":["sign"],"#),
        public(Algorithm::EdDsa, 8).replace("\"EdDSA\"", "\"ECDH-ES\""),
    ] {
        let set = Keyset::from_jwks(jwks(&[&skipped, &good]).as_bytes()).expect("a set");
        assert_eq!(set.to_jwks(), jwks(&[&good]).into_bytes(), "{skipped}");
    }
    let private = String::from_utf8(key(Algorithm::EdDsa, 8).to_jwk().to_vec()).expect("UTF-8");
    let weak = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, to_base64url(&[0; 32]));
    for (wrong, expected) in [
        (private.as_str(), Code::KeyMalformed),
        (&private.replace('{', r#"{"use":"enc","#), Code::KeyMalformed),
        (r#"{"k":"AAAA","kty":"oct"}"#, Code::KeyMalformed),
        (r#"{"d":"AAAA","kty":"unknown"}"#, Code::KeyMalformed),
        (&weak, Code::KeyWeak),
        ("7", Code::KeyMalformed),
        ("{}", Code::KeyMalformed),
        (&good, Code::DuplicateKid),
    ] {
        let (code, detail) = code(&jwks(&[&good, r#"{"kty":"unknown"}"#, wrong]));
        assert_eq!(code, expected, "{wrong}");
        assert!(detail.is_some_and(|detail| detail.contains(r#""pointer":"/keys/2""#)), "{wrong}");
    }
    for shape in ["{}", "[]", "7", r#"{"keys":{}}"#, r#"{"keys":null}"#, &good] {
        assert_eq!(code(shape).0, Code::KeyMalformed, "{shape}");
    }
}

#[test]
fn sets_have_limits() {
    let unknown = vec![r#"{"kty":"x"}"#; 1001];
    assert_eq!(Keyset::from_jwks(jwks(&unknown[1..]).as_bytes()).expect("a set").len(), 0);
    assert_eq!(code(&jwks(&unknown)).0, Code::TooLarge);
    assert_eq!(code(&format!("{}{}", jwks(&[]), " ".repeat(MAX_BYTES))).0, Code::TooLarge);
    let keys: Vec<String> = (1..=200).map(|byte| public(Algorithm::EdDsa, byte)).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    assert_eq!(Keyset::from_jwks(jwks(&keys).as_bytes()).expect("a set").len(), 200);
}

#[test]
fn findings() {
    let good = public(Algorithm::EdDsa, 7);
    let other = public(Algorithm::EdDsa, 8);
    let start = other.find(r#""kid""#).expect("a kid");
    let end = start + other[start..].find(r#","kty""#).expect("kty") + 1;
    let bare = format!("{}{}", &other[..start], &other[end..]);
    let set = jwks(&[&good, r#"{"kty":"unknown"}"#, r#"{"kty":"oct","k":"AA"}"#, &good, &bare]);
    let findings: serde_json::Value =
        serde_json::from_slice(&Keyset::lint(set.as_bytes()).expect("findings")).expect("JSON");
    let told: Vec<_> = findings
        .as_array()
        .expect("an array")
        .iter()
        .map(|finding| ["level", "code", "pointer"].map(|name| finding[name].as_str().expect("a string")))
        .collect();
    assert_eq!(
        told,
        [
            ["skipped", "key_unsupported", "/keys/1"],
            ["error", "key_malformed", "/keys/2"],
            ["error", "duplicate_kid", "/keys/3"],
            ["advice", "kid_absent", "/keys/4"],
        ]
    );
    assert_eq!(Keyset::lint(jwks(&[&good]).as_bytes()).expect("findings"), b"[]");
}

/// The sets of Wycheproof, and the verdict on the JWS beside each: all as the suite has it, without exception. The suite gives a verifier the whole set; here a
/// symmetric key is read by the function for symmetric keys alone.
#[cfg(feature = "aws-lc")]
#[test]
fn wycheproof() {
    use crate::encoding::from_base64url;
    use crate::keys::{Verifier, VerifierOptions};
    use crate::testing::third_party;

    let Some(file) = third_party("wycheproof/testvectors_v1/json_web_key_test.json") else { return };
    let suite: serde_json::Value = serde_json::from_str(&file).expect("JSON");
    let mut ran = 0;
    for group in suite["testGroups"].as_array().expect("groups") {
        let public = &group["public"];
        let keyset = if public.is_null() {
            let keys = group["private"]["keys"].as_array().expect("keys");
            let keys: Vec<_> =
                keys.iter().map(|key| SigningKey::symmetric_from_jwk(key.to_string().as_bytes())).collect();
            let keys: crate::error::Result<Vec<_>> = keys.into_iter().collect();
            keys.and_then(|keys| Keyset::new(&[], &keys))
        } else {
            Keyset::from_jwks(public.to_string().as_bytes())
        };
        for test in group["tests"].as_array().expect("tests") {
            let (id, jws) = (test["tcId"].as_u64().expect("a number"), test["jws"].as_str().expect("a JWS"));
            let verdict = keyset
                .clone()
                .and_then(|set| Verifier::new(&set, VerifierOptions::default()))
                .and_then(|verifier| {
                    let (signed, signature) = jws.rsplit_once('.').expect("dots");
                    let (header, _) = signed.split_once('.').expect("dots");
                    let header: serde_json::Value =
                        serde_json::from_slice(&from_base64url(header).expect("base64url")).expect("JSON");
                    let unknown = || crate::error::Error::new(Code::SignatureUnknown, "no key");
                    let kid = header["kid"].as_str().expect("a kid");
                    let key = verifier.key(kid).ok_or_else(unknown)?;
                    let algorithm = header["alg"].as_str().expect("a name").parse()?;
                    let signature = from_base64url(signature).expect("base64url");
                    key.verify_with(algorithm, signed.as_bytes(), &signature, verifier.low_s())
                });
            assert_eq!(verdict.is_ok(), test["result"] == "valid", "tcId {id}: {verdict:?}");
            ran += 1;
        }
    }
    assert_eq!(suite["numberOfTests"], ran);
}
