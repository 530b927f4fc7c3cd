//! Canonical text that others have published.

use std::io::Write as _;
use std::path::PathBuf;

use samebyte::jcs::{Options, canonicalize};
use sha2::{Digest, Sha256};

fn third_party(test: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("SAMEBYTE_THIRD_PARTY").map(PathBuf::from);
    if folder.is_none() {
        // Not `eprintln`, which the harness keeps from a test that passes.
        let _ = writeln!(std::io::stderr(), "skipped: {test}: SAMEBYTE_THIRD_PARTY is not set");
    }
    folder
}

/// The reference files of RFC 8785: input, output, and output in hexadecimal.
#[test]
fn reference_files() {
    let Some(folder) = third_party("reference_files") else { return };
    let folder = folder.join("rfc8785/testdata");
    let mut count = 0;
    for name in ["arrays", "french", "structures", "unicode", "values", "weird"] {
        let input = std::fs::read(folder.join("input").join(name).with_extension("json")).unwrap();
        let output = std::fs::read(folder.join("output").join(name).with_extension("json")).unwrap();
        let digits = std::fs::read_to_string(folder.join("outhex").join(name).with_extension("txt")).unwrap();
        let digits: String = digits.split_whitespace().collect();
        let canonical = canonicalize(&input, &Options::default()).unwrap();
        assert_eq!(canonical, output, "{name}");
        assert_eq!(hex::encode(&canonical), digits, "{name}");
        assert_eq!(canonicalize(&output, &Options::default()).unwrap(), output, "{name} again");
        count += 1;
    }
    assert_eq!(count, 6);
}

/// The AdCP plan vectors: the text of a plan's preimage and its SHA-256.
#[test]
fn adcp_plans() {
    let Some(folder) = third_party("adcp_plans") else { return };
    let mut count = 0;
    for entry in std::fs::read_dir(folder.join("adcp-plan-hash")).unwrap() {
        let path = entry.unwrap().path();
        let vector: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let expected = &vector["expected"];
        let Some(text) = expected["jcs_bytes"].as_str() else { continue };
        let input = serde_json::to_vec(&expected["preimage"]).unwrap();
        let canonical = canonicalize(&input, &Options::exact()).unwrap();
        assert_eq!(String::from_utf8(canonical.clone()).unwrap(), text, "{}", path.display());
        assert_eq!(hex::encode(Sha256::digest(&canonical)), expected["sha256_hex"].as_str().unwrap());
        count += 1;
    }
    assert!(count >= 10, "{count} vectors with text");
}

/// The trace-spec boundary records: an Ed25519 signature over the canonical record without its `signature` verifies
/// only if every byte of the text is right.
#[test]
fn trace_spec_records() {
    use ed25519_dalek::{Signature, VerifyingKey};

    let Some(folder) = third_party("trace_spec_records") else { return };
    let mut count = 0;
    for entry in std::fs::read_dir(folder.join("trace-spec-boundary")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let vector: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let mut record = vector["record"].as_object().unwrap().clone();
        let signature = record.remove("signature").unwrap();
        let signature = Signature::from_slice(&base64url(signature.as_str().unwrap())).unwrap();
        let key = base64url(vector["trusted_key"]["x"].as_str().unwrap());
        let key = VerifyingKey::from_bytes(&key.try_into().unwrap()).unwrap();
        let canonical = canonicalize(&serde_json::to_vec(&record).unwrap(), &Options::default()).unwrap();
        let verified = key.verify_strict(&canonical, &signature).is_ok();
        assert_eq!(verified, vector["expected"]["outcome"] == "verified", "{}", path.display());
        count += 1;
    }
    assert_eq!(count, 4);
}

fn base64url(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).expect("base64url")
}

/// RFC 8785 section 3.2.2 and 3.2.3: the example of the text itself.
#[test]
fn the_example_of_the_rfc() {
    let input = r#"{
        "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
        "literals": [null, true, false]
    }"#;
    let expected = "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\
                    \"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}";
    assert_eq!(
        String::from_utf8(canonicalize(input.as_bytes(), &Options::default()).unwrap()).unwrap(),
        expected
    );

    let names = r#"{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",
        "\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}"#;
    let order = ["Carriage Return", "One", "Control", "Latin Small", "Euro Sign", "Emoji", "Hebrew"];
    let text = String::from_utf8(canonicalize(names.as_bytes(), &Options::default()).unwrap()).unwrap();
    let places: Vec<_> = order.iter().map(|value| text.find(value).unwrap()).collect();
    assert!(places.is_sorted(), "{text}");
}
