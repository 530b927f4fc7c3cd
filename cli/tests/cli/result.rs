//! `result` and `config`, as documents and as files of sqooler.

use crate::run::{directory, file, public_test_key, samebyte, test_key};

const RESULT: &str = r#"{"payload":{"b":1e2,"a":0.5},"job_id":"5f2a","display_name":"fermions"}"#;
const CANONICAL: &str = r#"{"display_name":"fermions","job_id":"5f2a","payload":{"a":0.5,"b":100}}"#;

/// A key pair and a file of sqooler 0.9.0: `sign_payload(payload, key)`.
const SQOOLER_KEY: &str = r#"{"x":"zKgS8MmXX-N-HsSve-Eqcza4wBhRTYTlly9auSJOn9w=","key_ops":"sign","kid":"node-1 \"é\"","d":"G4YzQMXtTAtNW39K9LgJ9tvQL9IB9rYxFn4nFlEBLZc=","kty":"OKP","alg":"EdDSA","crv":"Ed25519"}"#;
const SQOOLER_PUBLIC_KEY: &str = r#"{"x":"zKgS8MmXX-N-HsSve-Eqcza4wBhRTYTlly9auSJOn9w=","key_ops":"verify","kid":"node-1 \"é\"","d":null,"kty":"OKP","alg":"EdDSA","crv":"Ed25519"}"#;
const SQOOLER_FILE: &str = r#"{"header": {"alg": "EdDSA", "kid": "node-1 \"\u00e9\"", "typ": "JWS", "version": "0.1"}, "payload": {"display_name": "fermions", "job_id": "1", "x": [1e-07, 1e+22, -0.0, 1.0, 0.1, 295147905179352830001], "\u00e9": "\ud83d\ude00"}, "signature": "Bptd7_7059P633Vv8bqQUdTT3qRuRWvGwuaS6vGz-x7izqPBo2dqPnRFuZQOyaLE-hCGkVQmuFio-XTYjm5pBg=="}"#;
const SQOOLER_PAYLOAD: &str = r#"{"display_name": "fermions", "job_id": "1", "x": [1e-07, 1e+22, -0.0, 1.0, 0.1, 295147905179352830001], "\u00e9": "\ud83d\ude00"}"#;

#[test]
fn a_result_is_signed_and_verified() {
    let directory = directory();
    let key = test_key(&directory, "ed25519-1.jwk");
    let public = public_test_key(&directory, "ed25519-1.jwk");
    let signed = samebyte(&["result", "sign", "--key", &key], RESULT).text();
    let verify = |display_name: &str, job_id: &str, input: &str| {
        let names = ["--display-name", display_name, "--job-id", job_id];
        samebyte(&[&["result", "verify", "--jwk", &public][..], &names].concat(), input)
    };
    let run = verify("fermions", "5f2a", &signed);
    assert_eq!(
        run.stderr,
        "samebyte: valid, signed by EdDSA \"cr4_5vDExQRKkvW1j7OiG9SxZbmO4C4atem3njF4ITo\"\n"
    );
    assert_eq!(run.text(), format!("{CANONICAL}\n"));

    verify("bosons", "5f2a", &signed).fails(1, "display_name_mismatch");
    verify("fermions", "5f2b", &signed).fails(1, "job_id_mismatch");
    verify("fermions", "5f2b", &signed.replace("5f2a", "5f2b")).fails(1, "signature_verification_failed");
    verify("fermions", "5f2a", RESULT).fails(1, "document_unsigned");
    verify("", "5f2a", &signed).fails(2, "invalid_argument");
    samebyte(&["result", "sign", "--key", &key], r#"{"display_name":"a","payload":1}"#)
        .fails(1, "result_malformed");

    let path = file(&directory, "result.json", &signed);
    let names = ["--display-name", "fermions", "--job-id", "5f2a"];
    let json =
        samebyte(&[&["--json", "result", "verify", "--jwk", &public][..], &names, &[&path]].concat(), "");
    assert_eq!(json.json()["result"].to_string(), CANONICAL);
    assert_eq!(json.json()["signatures"][0]["verified"], true);
    let both = [&["result", "verify", "--jwk", &public, "--threshold", "2"][..], &names].concat();
    samebyte(&both, &signed).fails(2, "invalid_argument");
}

#[test]
fn a_configuration_is_signed_and_verified() {
    let directory = directory();
    let key = test_key(&directory, "secp256k1-1.jwk");
    let public = public_test_key(&directory, "secp256k1-1.jwk");
    let config = r#"{"display_name":"fermions","payload":{"num_wires":8}}"#;
    let signed = samebyte(&["config", "sign", "--key", &key], config).text();
    let verify = ["config", "verify", "--public-key", &public, "--display-name"];
    assert_eq!(samebyte(&[&verify[..], &["fermions"]].concat(), &signed).text(), format!("{config}\n"));
    samebyte(&[&verify[..], &["bosons"]].concat(), &signed).fails(1, "display_name_mismatch");
    // A result is not a configuration, though it has all the members of one.
    let result = samebyte(&["result", "sign", "--key", &key], RESULT).text();
    samebyte(&[&verify[..], &["fermions"]].concat(), &result).fails(1, "signature_verification_failed");
}

#[test]
fn files_of_sqooler_are_verified_and_written() {
    let directory = directory();
    let public = file(&directory, "node-1.json", SQOOLER_PUBLIC_KEY);
    let verify = |noun: &str, key: &str, names: &[&str], input: &str| {
        samebyte(&[&[noun, "verify", "--profile", "sqooler", "--jwk", key][..], names].concat(), input)
    };
    let names = ["--display-name", "fermions", "--job-id", "1"];
    let run = verify("result", &public, &names, SQOOLER_FILE);
    assert_eq!(run.stderr, "samebyte: valid, signed by EdDSA \"node-1 \\\"é\\\"\"\n");
    assert_eq!(run.text(), format!("{SQOOLER_PAYLOAD}\n"));
    let run = verify("config", &public, &names[..2], SQOOLER_FILE);
    assert_eq!(run.text(), format!("{SQOOLER_PAYLOAD}\n"));
    verify("config", &public, &["--display-name", "bosons"], SQOOLER_FILE).fails(1, "display_name_mismatch");
    verify("result", &public, &["--display-name", "fermions", "--job-id", "2"], SQOOLER_FILE)
        .fails(1, "job_id_mismatch");
    verify("result", &public, &names, SQOOLER_PAYLOAD).fails(1, "document_unsigned");
    verify("result", &public, &names, &SQOOLER_FILE.replace("0.1,", "0.2,")).fails(1, "signature_invalid");
    // The spelling of the key is that of the profile, and never found out by looking.
    let standard = public_test_key(&directory, "ed25519-1.jwk");
    verify("result", &standard, &names, SQOOLER_FILE).fails(1, "key_malformed");
    samebyte(&[&["result", "verify", "--jwk", &public][..], &names].concat(), SQOOLER_FILE)
        .fails(1, "key_malformed");
    let twice = [&["--jwk", &public][..], &names].concat();
    verify("result", &public, &twice, SQOOLER_FILE).fails(2, "invalid_argument");

    let key = file(&directory, "private.json", SQOOLER_KEY);
    let sign = ["result", "sign", "--profile", "sqooler", "--key", &key];
    assert_eq!(samebyte(&sign, SQOOLER_PAYLOAD).text(), format!("{SQOOLER_FILE}\n"));
    samebyte(&["result", "sign", "--key", &key], RESULT).fails(1, "key_malformed");
}

/// A key that was made here signs for sqooler, too, once its public part is spelled as sqooler does.
#[test]
fn a_key_in_pem_signs_for_sqooler() {
    let directory = directory();
    let key = directory.path().join("node.pem").into_os_string().into_string().expect("UTF-8");
    samebyte(&["key", "new", "--alg", "EdDSA", "--out", &key], "").succeeds();
    let public = samebyte(&["key", "public", "--as", "sqooler", &key], "").text();
    assert!(public.starts_with("{\"x\":\"") && public.contains("=\",\"key_ops\":\"verify\",\"kid\":\""));
    let public = file(&directory, "public.json", public);
    let file = samebyte(&["config", "sign", "--profile", "sqooler", "--key", &key], SQOOLER_PAYLOAD).text();
    let verify = ["config", "verify", "--profile", "sqooler", "--jwk", &public, "--display-name", "fermions"];
    assert_eq!(samebyte(&verify, &file).text(), format!("{SQOOLER_PAYLOAD}\n"));
    let other = test_key(&directory, "secp256k1-1.jwk");
    samebyte(&["key", "public", "--as", "sqooler", &other], "").fails(2, "algorithm_unsupported");
}
