//! The command `openssl`: key files of every type and form, both directions.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use samebyte::algorithms::Algorithm;
use samebyte::keys::{PublicKey, SigningKey};

use crate::rows::Proved::Both;
use crate::rows::proved;
use crate::{KEY_TYPES, key_type};

const PASSWORD: &str = "correct horse";

/// What OpenSSL writes to standard output.
fn openssl(arguments: &[&str]) -> Vec<u8> {
    let output = Command::new("openssl").args(arguments).output().expect("openssl is installed");
    assert!(output.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// What to tell `openssl genpkey`.
fn kind(algorithm: Algorithm) -> &'static [&'static str] {
    match algorithm {
        Algorithm::EdDsa => &["ED25519"],
        Algorithm::Es256k => &["EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"],
        Algorithm::Es256 => &["EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
        Algorithm::Es384 => &["EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
        Algorithm::Es512 => &["EC", "-pkeyopt", "ec_paramgen_curve:P-521"],
        Algorithm::Rs256 => &["RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
        other => panic!("{other} has no key of its own"),
    }
}

fn file(directory: &Path, name: &str, content: impl AsRef<[u8]>) -> String {
    let path: PathBuf = directory.join(name);
    fs::write(&path, content).expect("a file");
    path.into_os_string().into_string().expect("UTF-8")
}

#[test]
fn both_read_the_key_files_of_the_other() {
    let version = String::from_utf8(openssl(&["version"])).expect("UTF-8");
    let version = version.split(' ').nth(1).expect("OpenSSL says its version");
    for algorithm in KEY_TYPES {
        openssl_reads_ours(algorithm);
        we_read_theirs(algorithm);
        for form in ["PKCS#8 PEM", "PKCS#8 DER", "encrypted PKCS#8 PEM", "SPKI PEM", "SPKI DER"] {
            proved("key", key_type(algorithm), form, "openssl", version, Both);
        }
    }
}

fn openssl_reads_ours(algorithm: Algorithm) {
    let directory = tempfile::tempdir().expect("a directory");
    let key = SigningKey::generate(algorithm).expect("a key");
    let public = key.public_key().expect("asymmetric");
    let pem = file(directory.path(), "pem", key.to_pem().expect("PEM"));
    let der = file(directory.path(), "der", key.to_der().expect("DER"));
    let encrypted = key.to_encrypted_pem(PASSWORD.as_bytes()).expect("PEM");
    let encrypted = file(directory.path(), "encrypted", encrypted);
    let password = format!("pass:{PASSWORD}");
    for private in
        [&["-in", &pem][..], &["-in", &der, "-inform", "DER"], &["-in", &encrypted, "-passin", &password]]
    {
        let told = openssl(&[&["pkey", "-pubout", "-outform", "DER"], private].concat());
        assert_eq!(told, public.to_der(), "{algorithm}");
        // The private half belongs to the public one.
        openssl(&[&["pkey", "-check", "-noout"], private].concat());
    }
    let pem = file(directory.path(), "public.pem", public.to_pem());
    let der = file(directory.path(), "public.der", public.to_der());
    for input in [&["-in", &pem][..], &["-in", &der, "-inform", "DER"]] {
        let told = openssl(&[&["pkey", "-pubin", "-pubout", "-outform", "DER"], input].concat());
        assert_eq!(told, public.to_der(), "{algorithm}");
    }
}

fn we_read_theirs(algorithm: Algorithm) {
    let directory = tempfile::tempdir().expect("a directory");
    let made = openssl(&[&["genpkey", "-algorithm"], kind(algorithm)].concat());
    let path = file(directory.path(), "pem", &made);
    let public = openssl(&["pkey", "-in", &path, "-pubout", "-outform", "DER"]);
    let der = openssl(&["pkcs8", "-topk8", "-nocrypt", "-in", &path, "-outform", "DER"]);
    let password = format!("pass:{PASSWORD}");
    let encrypted = openssl(&["pkcs8", "-topk8", "-in", &path, "-passout", &password]);
    let private = [
        SigningKey::from_pem(&made),
        SigningKey::from_der(&der),
        SigningKey::from_encrypted_pem(&encrypted, PASSWORD.as_bytes()),
    ];
    for key in private {
        let key = key.expect("a key");
        let ours = key.public_key().expect("asymmetric");
        assert_eq!(ours.to_der(), public, "{algorithm}");
        // The private half belongs to the public one.
        ours.verify(b"message", &key.sign(b"message")).expect("it verifies");
    }
    let pem = openssl(&["pkey", "-in", &path, "-pubout"]);
    for key in [PublicKey::from_pem(&pem), PublicKey::from_der(&public)] {
        assert_eq!(key.expect("a key").to_der(), public, "{algorithm}");
    }
}
