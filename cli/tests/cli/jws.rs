//! `jws sign`, `jws verify` and `jws inspect`.

use crate::run::{directory, file, public_test_key, samebyte, secret_file, test_key};

/// RFC 8037 appendix A: the key, and the token that it makes.
const RFC_KEY: &str = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
const RFC_TOKEN: &str = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

#[test]
fn the_token_of_the_rfc_verifies() {
    let directory = directory();
    let key = file(&directory, "rfc.jwk", RFC_KEY);
    assert_eq!(
        samebyte(&["jws", "verify", "--jwk", &key, RFC_TOKEN], "").text(),
        "Example of Ed25519 signing"
    );
    // A token in a file may end with a line feed, and a token is not read from anywhere else.
    assert_eq!(
        samebyte(&["jws", "verify", "--jwk", &key], format!("{RFC_TOKEN}\n")).text(),
        "Example of Ed25519 signing"
    );
    let set = file(&directory, "rfc.jwks", format!("{{\"keys\":[{RFC_KEY}]}}"));
    samebyte(&["jws", "verify", "--jwks", &set, "--alg", "EdDSA", RFC_TOKEN], "").succeeds();
    samebyte(&["jws", "verify", "--jwks", &set, "--alg", "ES256,RS256", RFC_TOKEN], "")
        .fails(1, "algorithm_not_allowed");
    samebyte(&["jws", "verify", "--jwk", &key, &RFC_TOKEN.replace("hgy", "hgz")], "")
        .fails(1, "signature_invalid");
    samebyte(&["jws", "verify", RFC_TOKEN], "").fails(2, "invalid_argument");
    samebyte(&["jws", "verify", "--jwk", &key, "no-such-file"], "").fails(4, "io");
    let other = public_test_key(&directory, "secp256k1-1.jwk");
    samebyte(&["jws", "verify", "--jwk", &other, "--alg", "EdDSA", RFC_TOKEN], "")
        .fails(1, "signature_unknown");
}

#[test]
fn detached_canonical_and_unencoded() {
    let directory = directory();
    let (key, public) = (test_key(&directory, "ed25519-1.jwk"), public_test_key(&directory, "ed25519-1.jwk"));
    let payload = file(&directory, "payload.json", "{ \"b\": 1e2, \"a\": [] }");
    let spaced = file(&directory, "spaced.json", "{\"a\":[ ],\"b\":100}");
    let sign = |more: &[&str]| {
        samebyte(
            &[&["jws", "sign", "--key", &key, "--canonicalize", "exact"], more, &[&payload]].concat(),
            "",
        )
        .text()
    };
    let verify = ["jws", "verify", "--jwk", &public];
    assert_eq!(samebyte(&verify, sign(&[])).text(), "{\"a\":[],\"b\":100}");
    for more in [
        &["--detached"][..],
        &["--detached", "--unencoded"],
        &["--detached", "--serialization", "flattened", "--typ", "example", "--header", "{\"x\":1}"],
        &["--detached", "--serialization", "general", "--no-kid", "--unprotected", "{\"y\":2}"],
    ] {
        let jws = sign(more);
        let detached = [&verify[..], &["--payload", &spaced, "--canonicalize", "exact"]].concat();
        assert_eq!(samebyte(&detached, &jws).text(), "{\"a\":[],\"b\":100}", "{more:?}");
        samebyte(&[&verify[..], &["--payload", &payload]].concat(), &jws).fails(1, "signature_invalid");
    }
    samebyte(&["jws", "sign", "--key", &key, "--header", "{"], "x").fails(2, "invalid_argument");
    samebyte(&["jws", "sign", "--key", &key, "--alg", "RS256"], "x").fails(1, "algorithm_mismatch");
}

#[test]
fn secrets_are_trusted_only_by_name() {
    let directory = directory();
    let key =
        secret_file(&directory, "hmac.jwk", format!("{{\"k\":\"{}\",\"kty\":\"oct\"}}", "A".repeat(43)));
    let token = samebyte(&["jws", "sign", "--key", &key], "hello").text();
    assert_eq!(samebyte(&["jws", "verify", "--symmetric-jwk", &key], &token).text(), "hello");
    samebyte(&["jws", "verify", "--jwk", &key], &token).fails(1, "key_use_forbidden");
}

#[test]
fn json_reports_and_inspect_explains() {
    let directory = directory();
    let key = file(&directory, "rfc.jwk", RFC_KEY);
    let run = samebyte(&["--json", "jws", "verify", "--jwk", &key, RFC_TOKEN], "");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let json = run.json();
    assert_eq!(json["payload"], "RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc");
    assert_eq!(json["signatures"][0]["verified"], true);
    assert_eq!(json["signatures"][0]["thumbprint"], "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    let report = samebyte(&["--json", "jws", "inspect", RFC_TOKEN], "").json();
    assert_eq!(report["signatures"][0]["header"]["alg"], "EdDSA");
    assert_eq!(report["payload"]["text"], "Example of Ed25519 signing");
    assert_eq!(report["verified"], false);
    let run = samebyte(&["jws", "inspect", RFC_TOKEN], "");
    assert!(run.stderr.contains("nothing of this was verified"), "{run:?}");
    samebyte(&["jws", "inspect"], "a.b").fails(1, "jws_malformed");
}

#[test]
fn several_signatures_need_a_policy() {
    let directory = directory();
    let keys = ["ed25519-1.jwk", "secp256k1-1.jwk"].map(|name| public_test_key(&directory, name));
    let one = samebyte(
        &["jws", "sign", "--serialization", "general", "--key", &test_key(&directory, "ed25519-1.jwk")],
        "x",
    );
    let two = samebyte(
        &["jws", "sign", "--serialization", "general", "--key", &test_key(&directory, "secp256k1-1.jwk")],
        "x",
    );
    let (mut both, two) = (one.json(), two.json());
    both["signatures"].as_array_mut().expect("a list").push(two["signatures"][0].clone());
    let verify = ["jws", "verify", "--jwk", &keys[0], "--jwk", &keys[1]];
    let both = both.to_string();
    samebyte(&verify, &both).fails(2, "policy_required");
    for policy in [&["--policy", "all"][..], &["--policy", "any"], &["--threshold", "2"]] {
        samebyte(&[&verify[..], policy].concat(), &both).succeeds();
    }
    let trusted = ["jws", "verify", "--jwk", &keys[0], "--threshold", "1"];
    samebyte(&trusted, &both).succeeds();
    samebyte(&["jws", "verify", "--jwk", &keys[0], "--policy", "all"], &both)
        .fails(1, "signature_verification_failed");
}
