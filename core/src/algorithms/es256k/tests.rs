//! secp256k1 against independent data.

use super::{PublicKey, SigningKey};
use crate::algorithms::{Algorithm, KeyPair, LowS, Verify};
use crate::encoding::{from_hex, to_hex};
use crate::error::{Code, Result};
use crate::testing::third_party;

/// RFC 6979 with secp256k1 and SHA-256, key 1: the deterministic signature that several implementations publish.
#[test]
fn nonces_are_those_of_rfc_6979() {
    let mut scalar = [0; 32];
    scalar[31] = 1;
    let key = SigningKey::new(&scalar).expect("a scalar");
    assert_eq!(to_hex(&key.public()), "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");
    assert_eq!(
        to_hex(&key.sign(Algorithm::Es256k, b"Satoshi Nakamoto")),
        "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8\
         2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5"
    );
}

#[test]
fn scalars_outside_the_group_are_refused() {
    let order: [u8; 32] =
        from_hex(b"fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141").expect("hex");
    for scalar in [[0; 32], order, [0xff; 32]] {
        let error = SigningKey::new(&scalar).err().expect("refused");
        assert_eq!(error.code(), Code::KeyMalformed);
    }
}

fn strict(key: &PublicKey, message: &[u8], signature: &[u8]) -> Result<()> {
    key.verify(Algorithm::Es256k, message, signature, LowS::Required)
}

/// The rules of JOSE: r‖s, either S, and so the verdicts of the suite as they are.
#[test]
fn wycheproof_jose() {
    let Some(file) = third_party("wycheproof/testvectors_v1/ecdsa_secp256k1_sha256_p1363_test.json") else {
        return;
    };
    let ran = each(&file, |key, message, signature, test| {
        let verdict = key.verify(Algorithm::Es256k, message, signature, LowS::Any);
        assert_eq!(verdict.is_ok(), test["result"] == "valid", "tcId {}: {verdict:?}", test["tcId"]);
    });
    assert!(ran > 200, "{ran} ran");
}

/// The rules of jobs: r‖s, low S. The suite signs with DER, so what is DER there is refused here unread.
#[test]
fn wycheproof_p1363() {
    let Some(file) = third_party("wycheproof/testvectors_v1/ecdsa_secp256k1_sha256_p1363_test.json") else {
        return;
    };
    let mut high = 0;
    let ran = each(&file, |key, message, signature, test| {
        let verdict = strict(key, message, signature).map_err(|error| error.code());
        if verdict == Err(Code::SignatureNotLowS) {
            // The suite allows the high S; its negative is the same signature in the one spelling.
            high += 1;
            let mut normalized = secp256k1::ecdsa::Signature::from_compact(signature)
                .expect("both halves are below the order");
            normalized.normalize_s();
            let verdict = strict(key, message, &normalized.serialize_compact());
            assert_eq!(verdict.is_ok(), test["result"] == "valid", "tcId {}", test["tcId"]);
        } else {
            assert_eq!(verdict.is_ok(), test["result"] == "valid", "tcId {}: {verdict:?}", test["tcId"]);
        }
    });
    assert!(ran > 200 && high > 0, "{ran} ran, {high} with the high S");
}

/// The suite that demands the low S, in DER: converted, the verdicts agree.
#[test]
fn wycheproof_bitcoin() {
    let Some(file) = third_party("wycheproof/testvectors_v1/ecdsa_secp256k1_sha256_bitcoin_test.json") else {
        return;
    };
    let ran = each(&file, |key, message, signature, test| {
        // What is not strict DER has no r‖s at all and is refused by the length or range of its bytes.
        let verdict = match secp256k1::ecdsa::Signature::from_der(signature) {
            Ok(parsed) => strict(key, message, &parsed.serialize_compact()),
            Err(_) => strict(key, message, signature),
        };
        assert_eq!(verdict.is_ok(), test["result"] == "valid", "tcId {}: {verdict:?}", test["tcId"]);
    });
    assert!(ran > 200, "{ran} ran");
}

/// Calls `check` with every case of a suite; says how many there were.
fn each(file: &str, mut check: impl FnMut(&PublicKey, &[u8], &[u8], &serde_json::Value)) -> usize {
    let suite: serde_json::Value = serde_json::from_str(file).expect("JSON");
    let bytes = |value: &serde_json::Value| hex::decode(value.as_str().expect("a string")).expect("hex");
    let mut ran = 0;
    for group in suite["testGroups"].as_array().expect("groups") {
        let uncompressed = bytes(&group["publicKey"]["uncompressed"]);
        let point = super::compress(&uncompressed).expect("a point");
        let key = PublicKey::new(&point).expect("a point");
        for test in group["tests"].as_array().expect("tests") {
            check(&key, &bytes(&test["msg"]), &bytes(&test["sig"]), test);
            ran += 1;
        }
    }
    assert_eq!(suite["numberOfTests"], ran);
    ran
}
