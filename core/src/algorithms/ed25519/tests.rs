//! Both engines against each other, and against the RFC.

#[cfg(feature = "aws-lc")]
use super::aws_lc;
use super::{PublicKey, SMALL_ORDER, checked, dalek, engine, parse_signature};
use crate::algorithms::{Algorithm, LowS, Verify};
use crate::encoding::from_hex;
use crate::error::Code;
use crate::testing::third_party;

/// The verdict of the engine that is taken behind the shared checks, and of the engines themselves.
fn verdicts(public: &[u8], message: &[u8], signature: &[u8]) -> [bool; 3] {
    let (Ok(key), Ok(signature)) = (checked(public), parse_signature(signature)) else { return [false; 3] };
    [
        engine::PublicKey::new(key).is_ok_and(|key| key.verify(message, signature)),
        dalek::PublicKey::new(key).is_ok_and(|key| key.verify(message, signature)),
        #[cfg(feature = "aws-lc")]
        aws_lc::PublicKey::new(key).is_ok_and(|key| key.verify(message, signature)),
        #[cfg(not(feature = "aws-lc"))]
        key.verify_strict(message, &ed25519_dalek::Signature::from_bytes(signature)).is_ok(),
    ]
}

/// RFC 8032 section 7.1, test 2.
#[test]
fn both_engines_sign_as_the_rfc() {
    let seed = from_hex(b"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb").expect("hex");
    let public: [u8; 32] =
        from_hex(b"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c").expect("hex");
    let signature: [u8; 64] = from_hex(
        b"92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
          085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
            .iter()
            .copied()
            .filter(|byte| !byte.is_ascii_whitespace())
            .collect::<Vec<_>>()
            .as_slice(),
    )
    .expect("hex");
    let front = engine::SigningKey::new(&seed).expect("a seed");
    let twin = dalek::SigningKey::new(&seed).expect("a seed");
    assert_eq!((front.public(), front.sign(&[0x72])), (public, signature));
    assert_eq!((twin.public(), twin.sign(&[0x72])), (public, signature));
    assert_eq!(verdicts(&public, &[0x72], &signature), [true; 3]);
    assert_eq!(verdicts(&public, &[0x73], &signature), [false; 3]);
}

#[test]
fn points_of_small_order_are_refused() {
    for point in SMALL_ORDER {
        let error = PublicKey::new(&point).err().expect("refused");
        assert_eq!(error.code(), Code::KeyWeak, "{}", crate::encoding::to_hex(&point));
    }
}

#[test]
fn encodings_at_or_above_the_prime_are_refused() {
    for low in 0xed..=0xff_u8 {
        for high in [0x7f, 0xff] {
            let mut point = [0xff; 32];
            point[0] = low;
            point[31] = high;
            assert_eq!(PublicKey::new(&point).err().expect("refused").code(), Code::KeyMalformed);
        }
    }
}

#[test]
fn a_signature_has_64_bytes() {
    let key = PublicKey::new(
        &from_hex::<32>(b"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c").expect("hex"),
    )
    .expect("a key");
    for length in [0, 63, 65] {
        let error = key.verify(Algorithm::EdDsa, b"", &vec![0; length], LowS::Required).expect_err("refused");
        assert_eq!(error.code(), Code::SignatureMalformed);
    }
}

/// ed25519-speccheck: the strict rule accepts case 3 alone.
#[test]
fn speccheck() {
    let Some(file) = third_party("ed25519-speccheck/cases.json") else { return };
    let cases: Vec<serde_json::Value> = serde_json::from_str(&file).expect("JSON");
    assert_eq!(cases.len(), 12);
    for (number, case) in cases.iter().enumerate() {
        let bytes = |name: &str| hex::decode(case[name].as_str().expect("a string")).expect("hex");
        let verdict = verdicts(&bytes("pub_key"), &bytes("message"), &bytes("signature"));
        assert_eq!(verdict, [number == 3; 3], "case {number}");
    }
}

#[test]
fn wycheproof() {
    let Some(file) = third_party("wycheproof/testvectors_v1/ed25519_test.json") else { return };
    let suite: serde_json::Value = serde_json::from_str(&file).expect("JSON");
    let mut ran = 0;
    for group in suite["testGroups"].as_array().expect("groups") {
        let public = hex::decode(group["publicKey"]["pk"].as_str().expect("a key")).expect("hex");
        for test in group["tests"].as_array().expect("tests") {
            let bytes = |name: &str| hex::decode(test[name].as_str().expect("a string")).expect("hex");
            let verdict = verdicts(&public, &bytes("msg"), &bytes("sig"));
            assert_eq!(verdict, [test["result"] == "valid"; 3], "tcId {}", test["tcId"]);
            ran += 1;
        }
    }
    assert_eq!(suite["numberOfTests"], ran);
}
