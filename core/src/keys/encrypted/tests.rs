//! Encrypted keys of other programs, and what a file may ask for.

use super::{Parameters, check_cost, close, open};
use crate::algorithms::Algorithm;
use crate::error::Code;
use crate::keys::SigningKey;
use crate::testing::{third_party, third_party_bytes};
use der::Encode as _;
use der::asn1::OctetStringRef;
use pkcs8::EncryptedPrivateKeyInfoRef;
use pkcs8::pkcs5::pbes2::{Kdf, Pbkdf2Params, ScryptParams};

/// The files of the `pkcs8` project, all of one key.
#[test]
fn files_of_others() {
    let Some(plain) = third_party_bytes("pkcs8/ed25519-priv-pkcs8v1.der") else { return };
    let key = SigningKey::from_der(&plain).expect("a key");
    let code = |result: crate::error::Result<SigningKey>| match result {
        Ok(opened) => {
            assert_eq!(opened.to_der(), key.to_der());
            None
        }
        Err(error) => Some(error.code()),
    };
    for (name, expected) in [
        ("aes128-gcm-scrypt", None),
        ("aes128-pbkdf2-sha1", None),
        ("aes256-gcm-scrypt", None),
        ("aes256-pbkdf2-sha256", None),
        ("aes256-scrypt", None),
        ("des-pbkdf2-sha256", Some(Code::KeyUnsupported)),
        ("des3-pbkdf2-sha256", None),
    ] {
        let file = third_party_bytes(&format!("pkcs8/ed25519-encpriv-{name}.der")).expect("test data");
        assert_eq!(code(SigningKey::from_encrypted_der(&file, b"hunter42")), expected, "{name}");
        if expected.is_none() {
            for wrong in [&b"hunter41"[..], b"", b"hunter42 "] {
                let wrong = SigningKey::from_encrypted_der(&file, wrong);
                assert_eq!(code(wrong), Some(Code::PasswordWrong), "{name}");
            }
        }
    }
    for name in ["aes256-pbkdf2-sha256", "aes256-scrypt"] {
        let file = third_party(&format!("pkcs8/ed25519-encpriv-{name}.pem")).expect("test data");
        assert_eq!(code(SigningKey::from_encrypted_pem(file.as_bytes(), b"hunter42")), None, "{name}");
        // An encrypted file is not read without a password.
        assert_eq!(code(SigningKey::from_pem(file.as_bytes())), Some(Code::KeyUnsupported), "{name}");
    }
    let version_2 = third_party_bytes("pkcs8/ed25519-priv-pkcs8v2.der").expect("test data");
    assert_eq!(SigningKey::from_der(&version_2).expect("a key").to_der().expect("a pair").len(), plain.len());
}

/// The interoperability matrix: the same key out of OpenSSL and others.
#[test]
fn files_of_the_interoperability_matrix() {
    let Some(plain) = third_party("pkcs8-interop/plain_v1.pem") else { return };
    let key = SigningKey::from_pem(plain.as_bytes()).expect("a key");
    let version_2 = third_party("pkcs8-interop/plain_v2.pem").expect("test data");
    assert_eq!(SigningKey::from_pem(version_2.as_bytes()).expect("a key").to_der(), key.to_der());
    for name in ["pbkdf2_600k", "scrypt14", "scrypt15", "scrypt16", "scrypt17"] {
        let file = third_party(&format!("pkcs8-interop/{name}.pem")).expect("test data");
        let opened = SigningKey::from_encrypted_pem(file.as_bytes(), b"hunter42").expect(name);
        assert_eq!(opened.to_der(), key.to_der(), "{name}");
    }
    let plain = third_party("pkcs8-interop/o.pem").expect("test data");
    let key = SigningKey::from_pem(plain.as_bytes()).expect("a key");
    assert_eq!(key.to_pem().expect("a pair")[..], *plain.as_bytes());
    for name in ["o_pbkdf2", "o_scrypt"] {
        let file = third_party(&format!("pkcs8-interop/{name}.pem")).expect("test data");
        let opened = SigningKey::from_encrypted_pem(file.as_bytes(), b"hunter42").expect(name);
        assert_eq!(opened.to_der(), key.to_der(), "{name}");
    }
}

#[test]
fn what_is_written_is_read() {
    let key = SigningKey::generate(Algorithm::EdDsa).expect("random bytes");
    let pem = key.to_encrypted_pem(b"correct horse").expect("a file");
    assert!(pem.starts_with(b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
    let again = SigningKey::from_encrypted_pem(&pem, b"correct horse").expect("its own form");
    assert_eq!(again.to_der(), key.to_der());
    let error = SigningKey::from_encrypted_pem(&pem, b"correct house").expect_err("refused");
    assert_eq!(error.code(), Code::PasswordWrong);
    assert_ne!(key.to_encrypted_pem(b"correct horse").expect("a file"), pem, "the salt is new each time");
    assert_eq!(key.to_encrypted_pem(b"").expect_err("refused").code(), Code::InvalidArgument);
    assert_eq!(close(b"", &[7; 70_000]).expect_err("refused").code(), Code::TooLarge);
}

/// A file that asks for this much, over one block of ciphertext.
fn asking_for(kdf: impl Into<Kdf>) -> Vec<u8> {
    let mut parameters =
        Parameters::generate_pbkdf2_sha256_aes256cbc(1, b"salt", [7; 16]).expect("parameters");
    parameters.kdf = kdf.into();
    let info = EncryptedPrivateKeyInfoRef {
        encryption_algorithm: parameters.into(),
        encrypted_data: OctetStringRef::new(&[7; 16]).expect("fits"),
    };
    info.to_der().expect("DER")
}

#[test]
fn the_cost_is_checked_before_it_is_paid() {
    let pbkdf2 = |count| {
        let mut parameters = Pbkdf2Params::hmac_sha256(1, b"salt").expect("parameters");
        parameters.iteration_count = count;
        parameters
    };
    let scrypt = |cost_parameter, block_size, parallelization| ScryptParams {
        salt: pbkdf2(1).salt,
        cost_parameter,
        block_size,
        parallelization,
        key_length: None,
    };
    let code = |kdf: Kdf| open(&asking_for(kdf), b"password").expect_err("refused").code();
    let start = std::time::Instant::now();
    for (kdf, expected) in [
        (Kdf::from(pbkdf2(0)), Code::KeyMalformed),
        (pbkdf2(1).into(), Code::PasswordWrong),
        (pbkdf2(10_000_001).into(), Code::KeyDerivationTooCostly),
        (pbkdf2(u32::MAX).into(), Code::KeyDerivationTooCostly),
        (scrypt(2, 1, 1).into(), Code::PasswordWrong),
        (scrypt(0, 8, 1).into(), Code::KeyMalformed),
        (scrypt(1, 8, 1).into(), Code::KeyMalformed),
        (scrypt(3, 8, 1).into(), Code::KeyMalformed),
        (scrypt(16, 0, 1).into(), Code::KeyMalformed),
        (scrypt(16, 8, 0).into(), Code::KeyMalformed),
        (scrypt(1 << 19, 8, 1).into(), Code::KeyDerivationTooCostly),
        (scrypt(1 << 63, 8, 1).into(), Code::KeyDerivationTooCostly),
        (scrypt(1 << 15, u16::MAX, 1).into(), Code::KeyDerivationTooCostly),
        (scrypt(1 << 18, 8, 5).into(), Code::KeyDerivationTooCostly),
        (scrypt(2, 1, u16::MAX).into(), Code::PasswordWrong),
        (scrypt(2, u16::MAX, 64).into(), Code::KeyDerivationTooCostly),
    ] {
        assert_eq!(code(kdf.clone()), expected, "{kdf:?}");
    }
    assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
    assert_eq!(check_cost(&scrypt(1 << 18, 8, 4).into()), Ok(()));
    assert_eq!(check_cost(&pbkdf2(10_000_000).into()), Ok(()));
}

#[test]
fn a_key_length_that_the_cipher_has_not_is_refused() {
    let mut parameters = Pbkdf2Params::hmac_sha256(1, b"salt").expect("parameters");
    parameters.key_length = Some(16);
    let error = open(&asking_for(parameters), b"password").expect_err("refused");
    assert_eq!(error.code(), Code::KeyMalformed);
}
