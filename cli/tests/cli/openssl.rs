//! OpenSSL reads the key files, and verifies the signatures over bytes that this test builds by itself.

use std::io::Write;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::run::{directory, file, run, samebyte, text};
use crate::{document, job, receipt};

/// Runs OpenSSL, or says that it is missing.
fn openssl(arguments: &[&str]) -> Option<String> {
    let mut command = Command::new("openssl");
    command.args(arguments);
    if command.output().is_err() {
        // Straight to the terminal: the output of a test that passes is not shown.
        writeln!(std::io::stderr(), "skipped: openssl is not installed").expect("standard error is open");
        return None;
    }
    let run = run(command, b"");
    assert_eq!(run.code, 0, "openssl {arguments:?}: {run:?}");
    Some(run.text())
}

/// A new private key and its public PEM.
fn key(directory: &TempDir, algorithm: &str) -> (String, String) {
    let private = text(directory.path().join(algorithm));
    samebyte(&["key", "new", "--alg", algorithm, "--out", &private], "").succeeds();
    let public = samebyte(&["key", "public", "--as", "pem", &private], "").succeeds();
    (private, file(directory, &format!("{algorithm}.pub"), public))
}

#[test]
fn openssl_reads_the_key_files() {
    let directory = directory();
    for (algorithm, name) in [
        ("EdDSA", "ED25519 Private-Key"),
        ("ES256K", "secp256k1"),
        ("ES256", "prime256v1"),
        ("ES384", "secp384r1"),
        ("ES512", "secp521r1"),
        ("RS256", "Private-Key: (2048 bit"),
    ] {
        let (private, public) = key(&directory, algorithm);
        let Some(told) = openssl(&["pkey", "-in", &private, "-noout", "-text"]) else { return };
        assert!(told.contains(name), "{told}");
        let pem = openssl(&["pkey", "-in", &private, "-pubout"]).expect("seen before");
        assert_eq!(pem.as_bytes(), std::fs::read(&public).expect("our own file"));
    }
}

#[test]
fn the_command_reads_key_files_of_openssl() {
    let directory = directory();
    for (algorithm, options) in [
        ("EdDSA", &["ED25519"][..]),
        ("ES256K", &["EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"]),
        ("ES256", &["EC", "-pkeyopt", "ec_paramgen_curve:P-256"]),
        ("ES384", &["EC", "-pkeyopt", "ec_paramgen_curve:P-384"]),
        ("ES512", &["EC", "-pkeyopt", "ec_paramgen_curve:P-521"]),
        ("RS256", &["RSA"]),
    ] {
        let path = text(directory.path().join(algorithm));
        let arguments = [&["genpkey", "-out", &path, "-algorithm"], options].concat();
        if openssl(&arguments).is_none() {
            return;
        }
        let public = openssl(&["pkey", "-in", &path, "-pubout"]).expect("seen before");
        assert_eq!(samebyte(&["key", "public", "--as", "pem", &path], "").text(), public);
        assert_eq!(samebyte(&["--json", "key", "show"], &public).json()["alg"], algorithm);
    }
}

#[test]
fn openssl_verifies_a_receipt() {
    let directory = directory();
    let (private, public) = key(&directory, "EdDSA");
    let signed: Value =
        serde_json::from_str(&samebyte(&["receipt", "sign", "--key", &private], receipt::UNSIGNED).text())
            .expect("JSON");
    let joined = format!("0.1|{}|0|12|1704067200", signed["module_hash"].as_str().expect("a string"));
    let joined = file(&directory, "joined", joined);
    let digest = text(directory.path().join("digest"));
    if openssl(&["dgst", "-sha256", "-binary", "-out", &digest, &joined]).is_none() {
        return;
    }
    let signature = file(&directory, "signature", from_hex(&signed["signature"]));
    ed25519_verifies(&public, &digest, &signature);
}

#[test]
fn openssl_verifies_a_document() {
    let directory = directory();
    let (private, public) = key(&directory, "EdDSA");
    let body = r#"{"items":["tea","milk"],"order":7}"#;
    let sign = ["document", "sign", "--key", &private, "--type", document::TYPE];
    let signed: Value = serde_json::from_str(&samebyte(&sign, body).text()).expect("JSON");
    let message = file(&directory, "message", pae(document::TYPE, body));
    let signature = signed["signatures"][0]["sig"].as_str().expect("a string");
    let signature = file(&directory, "signature", from_base64url(signature));
    ed25519_verifies(&public, &message, &signature);
}

#[test]
fn openssl_verifies_a_job() {
    let directory = directory();
    let (private, public) = key(&directory, "ES256K");
    let signed: Value =
        serde_json::from_str(&samebyte(&["job", "sign", "--key", &private], job::UNSIGNED).text())
            .expect("JSON");
    let message = file(&directory, "message", pae("application/vnd.samebyte.job.v1+json", job::UNSIGNED));
    let signature = der(&from_hex(&signed["signatures"][0]["signature"]));
    let signature = file(&directory, "signature", signature);
    let verify = ["dgst", "-sha256", "-verify", &public, "-signature", &signature, &message];
    if let Some(told) = openssl(&verify) {
        assert_eq!(told, "Verified OK\n");
    }
}

fn ed25519_verifies(public: &str, message: &str, signature: &str) {
    let verify =
        ["pkeyutl", "-verify", "-pubin", "-inkey", public, "-rawin", "-in", message, "-sigfile", signature];
    if let Some(told) = openssl(&verify) {
        assert!(told.contains("Signature Verified Successfully"), "{told}");
    }
}

/// The pre-authentication encoding of DSSE version 1, as its protocol writes it.
fn pae(media_type: &str, body: &str) -> String {
    format!("DSSEv1 {} {media_type} {} {body}", media_type.len(), body.len())
}

fn from_hex(value: &Value) -> Vec<u8> {
    let hex = value.as_str().expect("a string");
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex")).collect()
}

fn from_base64url(text: &str) -> Vec<u8> {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).expect("base64url")
}

/// r‖s as the DER that OpenSSL reads: SEQUENCE { INTEGER r, INTEGER s }.
fn der(signature: &[u8]) -> Vec<u8> {
    let integer = |bytes: &[u8]| {
        let start = bytes.iter().position(|byte| *byte != 0).expect("not zero");
        let mut content = vec![0; usize::from(bytes[start] & 0x80 != 0)];
        content.extend_from_slice(&bytes[start..]);
        [&[2, u8::try_from(content.len()).expect("33 at most")], &content[..]].concat()
    };
    let content = [integer(&signature[..32]), integer(&signature[32..])].concat();
    [&[0x30, u8::try_from(content.len()).expect("70 at most")], &content[..]].concat()
}
