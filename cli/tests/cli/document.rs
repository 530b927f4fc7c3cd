//! `document sign` and `document verify`.

use crate::run::{directory, file, public_test_key, samebyte, test_key};

pub(crate) const TYPE: &str = "application/vnd.example.order+json";
const ORDER: &str = r#"{ "order": 7, "items": ["tea", "milk"] }"#;
const CANONICAL: &str = r#"{"items":["tea","milk"],"order":7}"#;

#[test]
fn new_sign_verify_tamper() {
    let directory = directory();
    for algorithm in ["EdDSA", "ES256K"] {
        let key = directory.path().join(algorithm).into_os_string().into_string().expect("UTF-8");
        samebyte(&["key", "new", "--alg", algorithm, "--out", &key], "").succeeds();
        let public = samebyte(&["key", "public", "--as", "pem", &key], "").succeeds();
        let public = file(&directory, &format!("{algorithm}.pub"), public);

        let signed = samebyte(&["document", "sign", "--key", &key, "--type", TYPE], ORDER).text();
        let verify = ["document", "verify", "--public-key", &public, "--type", TYPE];
        let run = samebyte(&verify, &signed);
        assert!(run.stderr.starts_with(&format!("samebyte: valid, signed by {algorithm} ")), "{run:?}");
        assert_eq!(run.text(), format!("{CANONICAL}\n"));

        let path = file(&directory, "order.json", &signed);
        assert_eq!(samebyte(&[&verify[..], &[&path]].concat(), "").text(), format!("{CANONICAL}\n"));

        samebyte(&verify, signed.replace("tea", "ten")).fails(1, "signature_verification_failed");
        samebyte(&verify, signed.replace("\"order\"", "\"0rder\"")).fails(1, "signature_verification_failed");
        samebyte(&verify, ORDER).fails(1, "document_unsigned");
        let other =
            ["document", "verify", "--public-key", &public, "--type", "application/vnd.example.other+json"];
        samebyte(&other, &signed).fails(1, "signature_verification_failed");
    }
}

#[test]
fn json_reports_every_signature() {
    let directory = directory();
    let sign = |name: &str, input: &str| {
        let key = test_key(&directory, name);
        samebyte(&["document", "sign", "--key", &key, "--type", TYPE], input).text()
    };
    let once = sign("ed25519-1.jwk", ORDER);
    let twice = sign("secp256k1-1.jwk", &once);
    let first = public_test_key(&directory, "ed25519-1.jwk");
    let run = samebyte(&["--json", "document", "verify", "--public-key", &first, "--type", TYPE], &twice);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let result = run.json();
    assert_eq!(result["document"].to_string(), CANONICAL);
    assert_eq!(result["signatures"][0]["kid"], "cr4_5vDExQRKkvW1j7OiG9SxZbmO4C4atem3njF4ITo");
    assert_eq!(result["signatures"][0]["verified"], true);
    assert_eq!(result["signatures"][1]["alg"], "ES256K");
    assert_eq!(result["signatures"][1]["verified"], false);

    let key = test_key(&directory, "ed25519-1.jwk");
    let json = samebyte(&["--json", "document", "sign", "--key", &key, "--type", TYPE], ORDER).text();
    assert_eq!(json, format!("{{\"document\":{}}}\n", once.trim_end()));
}

#[test]
fn the_threshold_counts_keys() {
    let directory = directory();
    let keys = ["ed25519-1.jwk", "ed25519-2.jwk", "secp256k1-1.jwk"];
    let publics = keys.map(|name| public_test_key(&directory, name));
    let mut verify = vec!["document", "verify", "--type", TYPE, "--threshold", "2"];
    for public in &publics {
        verify.extend(["--public-key", public]);
    }
    let sign = |name: &str, input: &str| {
        let key = test_key(&directory, name);
        samebyte(&["document", "sign", "--key", &key, "--type", TYPE], input)
    };
    let once = sign(keys[0], ORDER).text();
    samebyte(&verify, &once).fails(1, "threshold_not_met");
    sign(keys[0], &once).fails(1, "duplicate_signer");
    let twice = sign(keys[2], &once).text();
    samebyte(&verify, &twice).succeeds();
    verify[5] = "4";
    samebyte(&verify, &twice).fails(2, "invalid_argument");
    verify[5] = "0";
    samebyte(&verify, &twice).fails(2, "invalid_argument");
}

#[test]
fn foreign_keys_and_wrong_types_are_refused() {
    let directory = directory();
    let key = test_key(&directory, "ed25519-1.jwk");
    let signed = samebyte(&["document", "sign", "--key", &key, "--type", TYPE], ORDER).text();
    let other = public_test_key(&directory, "ed25519-2.jwk");
    samebyte(&["document", "verify", "--public-key", &other, "--type", TYPE], &signed)
        .fails(1, "signature_unknown");
    samebyte(&["document", "sign", "--key", &key, "--type", "order"], ORDER).fails(2, "type_invalid");
    samebyte(&["document", "sign", "--key", &key, "--type", "application/vnd.samebyte.job.v1+json"], ORDER)
        .fails(2, "type_invalid");
    samebyte(&["document", "sign", "--key", &key, "--type", TYPE], "[]").fails(1, "document_malformed");
    samebyte(&["document", "sign", "--key", &key, "--type", TYPE], "{\"n\":9007199254740993}")
        .fails(1, "number_not_exact");
}
