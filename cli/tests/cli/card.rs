//! `card sign`, `card verify` and `card diagnose`.

use crate::run::{directory, file, public_test_key, samebyte, test_key};

const CARD: &str = r#"{"name":"Weather","description":"Tells the weather","version":"1.0.0",
 "supportedInterfaces":[{"url":"https://weather.example/a2a","protocolBinding":"JSONRPC","protocolVersion":"1.0"}],
 "capabilities":{"streaming":true},"defaultInputModes":["text/plain"],"defaultOutputModes":["text/plain"],
 "skills":[{"id":"now","name":"Now","description":"The weather of now","tags":["weather"]}]}"#;

#[test]
fn a_portable_card_verifies_in_every_form() {
    let directory = directory();
    let (key, public) = (test_key(&directory, "ed25519-1.jwk"), public_test_key(&directory, "ed25519-1.jwk"));
    let signed = samebyte(&["card", "sign", "--key", &key], CARD).text();
    let keys = samebyte(&["jwks", "build", &public], "").text();
    let keys = file(&directory, "keys.jwks", keys);
    for form in ["sdk", "spec", "raw"] {
        let run = samebyte(&["card", "verify", "--jwks", &keys, "--form", form], &signed);
        assert!(run.stderr.starts_with("samebyte: valid, signed by EdDSA "), "{run:?}");
        assert!(run.text().starts_with("{\"capabilities\":{\"streaming\":true},"));
        let tampered = signed.replace("weather.example", "weather.invalid");
        samebyte(&["card", "verify", "--jwks", &keys, "--form", form], tampered)
            .fails(1, "signature_invalid");
        samebyte(&["card", "verify", "--jwks", &keys, "--form", form], CARD).fails(1, "card_unsigned");
    }
    samebyte(&["card", "verify", "--jwks", &keys], &signed).fails(2, "invalid_argument");
}

#[test]
fn what_is_not_portable_is_named() {
    let directory = directory();
    let (key, public) = (test_key(&directory, "ed25519-1.jwk"), public_test_key(&directory, "ed25519-1.jwk"));
    let card = CARD.replacen("\"name\"", "\"iconUrl\":\"\",\"name\"", 1);
    let run = samebyte(&["card", "sign", "--key", &key], &card);
    assert!(run.stderr.contains("/iconUrl"), "{run:?}");
    run.fails(2, "card_not_portable");
    let signed = samebyte(&["card", "sign", "--key", &key, "--form", "sdk"], &card).text();
    samebyte(&["card", "verify", "--jwk", &public, "--form", "sdk"], &signed).succeeds();
    samebyte(&["card", "verify", "--jwk", &public, "--form", "raw"], &signed).fails(1, "signature_invalid");
    samebyte(&["card", "diagnose", "--jwk", &public], &signed).succeeds();
    samebyte(&["card", "sign", "--key", &key, "--form", "sdk", "--portability", "strip"], &card)
        .fails(2, "invalid_argument");
    let stripped = samebyte(&["card", "sign", "--key", &key, "--portability", "strip"], &card).text();
    assert!(!stripped.contains("iconUrl"));
}
