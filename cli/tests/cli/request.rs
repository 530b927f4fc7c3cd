//! `request sign`, `request verify` and `request explain`.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::run::{Run, directory, file, public_test_key, samebyte, test_key};

const URL: &str = "https://gw.example/rpc?x=1";
const BODY: &str = r#"{ "method": "add", "id": 1e0, "big": 1e21 }"#;
const CANONICAL: &str = r#"{"big":1e+21,"id":1,"method":"add"}"#;
const NOW: &str = "2026-11-20T00:00:00Z";

/// A request that was signed, as `sign` wrote it.
struct Signed {
    directory: TempDir,
    line: String,
    public: String,
}

fn signed(key: &str, more: &[&str]) -> Signed {
    let directory = directory();
    let (private, public) = (test_key(&directory, key), public_test_key(&directory, key));
    let base = ["request", "sign", "--key", &private, "--method", "POST", "--url", URL, "--now", NOW];
    let line = samebyte(&[&base[..], more, &["-"]].concat(), BODY).text();
    let line = line.strip_suffix('\n').expect("one line").to_owned();
    assert!(line.starts_with("x-signature: ey") && !line.contains('\n'));
    Signed { directory, line, public }
}

impl Signed {
    fn judge(&self, verb: &str, more: &[&str], body: &str) -> Run {
        let base = ["request", verb, "--jwk", &self.public, "-H", &self.line];
        let method: &[&str] = if more.contains(&"--method") { &[] } else { &["--method", "POST"] };
        let url: &[&str] = if more.contains(&"--url") { &[] } else { &["--url", URL] };
        let now: &[&str] = if more.contains(&"--now") { &[] } else { &["--now", NOW] };
        samebyte(&[&base[..], method, url, now, more, &["-"]].concat(), body)
    }
}

#[test]
fn what_is_signed_verifies_in_any_serialization() {
    for key in ["ed25519-1.jwk", "p256-1.jwk", "p384-1.jwk"] {
        let request = signed(key, &[]);
        for body in [BODY, CANONICAL, "{\"id\":1.0,\n\"big\":1E21,\"method\":\"\\u0061dd\"}"] {
            let run = request.judge("verify", &[], body);
            assert!(run.stderr.starts_with("samebyte: valid, signed by "), "{run:?}");
            assert_eq!(run.text(), CANONICAL);
        }
    }
}

#[test]
fn what_is_changed_is_refused() {
    let request = signed("ed25519-1.jwk", &[]);
    request.judge("verify", &[], &BODY.replace("add", "sub")).fails(1, "signature_invalid");
    request.judge("verify", &[], "{").fails(1, "body_not_canonicalizable");
    request.judge("verify", &["--method", "PUT"], BODY).fails(1, "signature_binding_mismatch");
    request
        .judge("verify", &["--url", "https://gw.example/rpc"], BODY)
        .fails(1, "signature_binding_mismatch");
    request.judge("verify", &["--aud", "other"], BODY).fails(1, "signature_binding_mismatch");
    request.judge("verify", &["--now", "1795132891"], BODY).fails(1, "signature_expired");
    request.judge("verify", &["--now", "1795132794"], BODY).fails(1, "signature_not_yet_valid");
    request.judge("verify", &["-H", &request.line], BODY).fails(1, "signature_malformed");
    request.judge("verify", &["-H", "content-encoding: gzip"], BODY).fails(1, "content_encoding_unsupported");
    let other = public_test_key(&request.directory, "ed25519-2.jwk");
    let unsigned = ["request", "verify", "--method", "POST", "--url", URL, "--now", NOW];
    samebyte(&[&unsigned[..], &["--jwk", &other, "-H", &request.line, "-"]].concat(), BODY)
        .fails(1, "signature_unknown");
    samebyte(&[&unsigned[..], &["--jwk", &other, "-"]].concat(), BODY).fails(1, "signature_missing");
    samebyte(&[&unsigned[..], &["-"]].concat(), BODY).fails(2, "invalid_argument");
    request.judge("verify", &["--url", "gw.example"], BODY).fails(2, "invalid_argument");
    request.judge("verify", &["--now", "-5"], BODY).fails(2, "invalid_argument");
}

#[test]
fn a_request_without_a_body_is_signed_too() {
    let directory = directory();
    let (key, public) = (test_key(&directory, "ed25519-1.jwk"), public_test_key(&directory, "ed25519-1.jwk"));
    let target = ["--method", "GET", "--url", "https://gw.example"];
    let line = samebyte(&[&["request", "sign", "--key", &key][..], &target].concat(), "").text();
    let base = ["request", "verify", "--jwk", &public, "-H", line.trim_end()];
    assert_eq!(samebyte(&[&base[..], &target].concat(), "").succeeds(), b"");
    samebyte(&[&base[..], &target, &["-"]].concat(), "{}").fails(1, "signature_binding_mismatch");
}

#[test]
fn what_is_asked_for_is_in_the_header() {
    let request = signed(
        "ed25519-1.jwk",
        &[
            "--aud",
            "gw",
            "--iss",
            "acme",
            "--ttl",
            "10",
            "--nonce",
            "abc123",
            "-H",
            "X-Tenant: 7",
            "--bind",
            "x-tenant",
        ],
    );
    let run = request.judge("explain", &["--json", "--aud", "gw", "-H", "x-tenant: 7"], BODY);
    let report = run.json();
    let header = &report["header"];
    assert_eq!(
        (&header["aud"], &header["iss"], &header["nonce"]),
        (&json!("gw"), &json!("acme"), &json!("abc123"))
    );
    assert_eq!((&header["iat"], &header["exp"]), (&json!(1_795_132_800), &json!(1_795_132_810)));
    assert_eq!(header["hdr"], json!({"x-tenant": "7"}));
}

#[test]
fn settings_say_what_a_gateway_asks() {
    let request = signed("ed25519-1.jwk", &["--iss", "acme", "--nonce", "abc123"]);
    let public: Value = serde_json::from_slice(&fs::read(&request.public).expect("a file")).expect("JSON");
    let mut settings = json!({"public_origins": ["https://gw.example"], "routes": [{"path": "/free", "mode": "off"}],
        "trust": [{"tenant": "acme", "jwks": {"keys": [public]}, "routes": ["/rpc"]}]});
    let verify = |settings: &Value, url: &str| {
        let settings = file(&request.directory, "settings.json", settings.to_string());
        let arguments = ["request", "verify", "--settings", &settings, "--now", NOW, "-H", &request.line];
        samebyte(&[&arguments[..], &["--method", "POST", "--url", url, "-"]].concat(), BODY)
    };
    assert_eq!(verify(&settings, URL).text(), CANONICAL);
    let free = verify(&settings, "https://gw.example/free");
    assert!(free.stderr.contains("nothing of this was verified"), "{free:?}");
    assert_eq!(free.text(), BODY);
    settings["preset"] = json!("strict");
    verify(&settings, URL).fails(1, "signature_malformed");
    settings["preset"] = json!("strictest");
    verify(&settings, URL).fails(2, "settings_invalid");
    let keys = json!([{"tenant": "acme", "jwks_uri": "https://keys.example/"}]);
    let settings = json!({"public_origins": ["https://gw.example"], "trust": keys});
    verify(&settings, URL).fails(4, "key_source_unavailable");
}

#[test]
fn the_body_to_send_and_the_options_of_curl() {
    let directory = directory();
    let key = test_key(&directory, "ed25519-1.jwk");
    let out = crate::run::text(directory.path().join("body.json"));
    let base = ["request", "sign", "--key", &key, "--method", "POST", "--url", URL, "--now", NOW];
    samebyte(&[&base[..], &["--body-out", &out, "-"]].concat(), BODY).succeeds();
    assert_eq!(fs::read_to_string(&out).expect("a file"), CANONICAL);
    let sign = |more: &[&str], body: &[u8]| samebyte(&[&base[..], more, &["-"]].concat(), body);
    let config = sign(&["--curl", "-H", "X-Odd: \"a\\b\""], br#"{"s":"a\n\"b\\"}"#).text();
    let lines: Vec<&str> = config.lines().collect();
    assert_eq!(lines[..4], ["path-as-is", "globoff", "request = \"POST\"", &format!("url = \"{URL}\"")]);
    assert_eq!(
        lines[4..6],
        [r#"header = "X-Odd: \"a\\b\"""#, r#"header = "content-type: application/json""#]
    );
    assert!(lines[6].starts_with("header = \"x-signature: ey"));
    assert_eq!(lines[7..], [r#"data-raw = "{\"s\":\"a\\n\\\"b\\\\\"}""#]);
    let report = sign(&["--json"], BODY.as_bytes()).json();
    assert_eq!(report["header"]["name"], "x-signature");
    sign(&["--curl", "-H", "content-type: application/octet-stream"], b"a\0b").fails(2, "invalid_argument");
    sign(&["--curl", "--body-out", &out], b"{}").fails(2, "invalid_argument");
    sign(&["-H", "a: b\r\nc: d"], b"{}").fails(2, "invalid_argument");
    sign(&["--url", "x"], b"{}").fails(2, "invalid_argument");
    sign(&[], b"{\"a\":1,\"a\":2}").fails(1, "body_not_canonicalizable");
    sign(&["--body-out", "/nowhere/body"], b"{}").fails(4, "io");
}

#[test]
fn every_check_is_told_with_its_difference() {
    let request = signed("ed25519-1.jwk", &[]);
    let text = request.judge("explain", &[], BODY).text();
    assert!(
        text.contains(&format!("\nbody\n  {CANONICAL}\n")) && text.ends_with("verdict valid\n"),
        "{text}"
    );
    assert!(!text.contains("FAILED"), "{text}");
    // Several faults are all told; the verdict is that of the first.
    let text =
        request.judge("explain", &["--url", "https://gw.example/x"], &BODY.replace("add", "sub")).text();
    let difference = "  FAILED  htu: signature_binding_mismatch: the signature is one of another message\n          \
        expected  https://gw.example/x\n          actual    https://gw.example/rpc?x=1\n";
    assert!(text.contains(difference), "{text}");
    assert!(text.contains("  FAILED  signature: signature_invalid: "), "{text}");
    assert!(text.ends_with("verdict signature_binding_mismatch\n"), "{text}");
    let broken = ["request", "explain", "--jwk", &request.public, "--method", "POST", "--url", URL];
    let text = samebyte(&[&broken[..], &["-H", "x-signature: a.b.c"]].concat(), "").text();
    assert!(text.starts_with("header  none that can be read\n"), "{text}");
    assert!(text.ends_with("verdict signature_malformed\n"), "{text}");
}
