//! The NIST curves against independent data.

use super::{Curve, P256, P384, P521, PublicKey, SigningKey};
use crate::algorithms::{Algorithm, KeyPair as _, LowS, Verify as _};
use crate::error::Code;
use crate::testing::third_party;

const CURVES: [(&str, &Curve, Algorithm); 3] = [
    ("ecdsa_secp256r1_sha256_p1363", &P256, Algorithm::Es256),
    ("ecdsa_secp384r1_sha384_p1363", &P384, Algorithm::Es384),
    ("ecdsa_secp521r1_sha512_p1363", &P521, Algorithm::Es512),
];

#[test]
fn wycheproof() {
    for (name, curve, algorithm) in CURVES {
        let Some(file) = third_party(&format!("wycheproof/testvectors_v1/{name}_test.json")) else {
            continue;
        };
        let suite: serde_json::Value = serde_json::from_str(&file).expect("JSON");
        let bytes = |value: &serde_json::Value| hex::decode(value.as_str().expect("a string")).expect("hex");
        let mut ran = 0;
        for group in suite["testGroups"].as_array().expect("groups") {
            let point = bytes(&group["publicKey"]["uncompressed"]);
            let key = PublicKey::new(curve, &point).expect("a point");
            for test in group["tests"].as_array().expect("tests") {
                let verdict = key.verify(algorithm, &bytes(&test["msg"]), &bytes(&test["sig"]), LowS::Any);
                assert_eq!(
                    verdict.is_ok(),
                    test["result"] == "valid",
                    "{name} tcId {}: {verdict:?}",
                    test["tcId"]
                );
                ran += 1;
            }
        }
        assert_eq!(suite["numberOfTests"], ran);
        assert!(ran > 200, "{ran} ran");
    }
}

#[test]
fn scalars_are_between_one_and_the_order() {
    for (name, curve, algorithm) in CURVES {
        let length = curve.order.len();
        let mut below = curve.order.to_vec();
        *below.last_mut().expect("a byte") -= 1;
        for scalar in [below, [&vec![0; length - 1][..], &[1]].concat()] {
            let key = SigningKey::new(curve, &scalar).expect("a scalar");
            let public = PublicKey::new(curve, &key.public()).expect("its point");
            let signature = key.sign(algorithm, b"message");
            assert_eq!(signature.len(), 2 * length);
            assert_eq!(public.verify(algorithm, b"message", &signature, LowS::Any), Ok(()), "{name}");
        }
        for scalar in [
            vec![0; length],
            curve.order.to_vec(),
            vec![0xff; length],
            vec![1; length - 1],
            vec![0; length + 1],
        ] {
            let error = SigningKey::new(curve, &scalar).err().expect("refused");
            assert_eq!(error.code(), Code::KeyMalformed, "{name}");
        }
    }
}

#[test]
fn integers_of_a_signature_are_in_range() {
    for (name, curve, algorithm) in CURVES {
        let length = curve.order.len();
        let key = SigningKey::new(curve, &[&vec![0; length - 1][..], &[7]].concat()).expect("a scalar");
        let key = PublicKey::new(curve, &key.public()).expect("its point");
        let one = [&vec![0; length - 1][..], &[1]].concat();
        let zero = vec![0; length];
        let code = |r: &[u8], s: &[u8]| {
            key.verify(algorithm, b"", &[r, s].concat(), LowS::Any).expect_err("refused").code()
        };
        for wrong in [&zero[..], curve.order, &vec![0xff; length], &one[1..], &[&one[..], &[0]].concat(), &[]]
        {
            assert_eq!(code(wrong, &one), Code::SignatureMalformed, "{name}");
            assert_eq!(code(&one, wrong), Code::SignatureMalformed, "{name}");
        }
        assert_eq!(code(&one, &one), Code::SignatureInvalid, "{name}");
    }
}

#[test]
fn points_lie_on_their_curve_and_have_one_spelling() {
    for (name, curve, _) in CURVES {
        let length = curve.order.len();
        let key = SigningKey::new(curve, &[&vec![0; length - 1][..], &[7]].concat()).expect("a scalar");
        let point = key.public();
        let compressed = [&[2 + point[2 * length] % 2], &point[1..=length]].concat();
        for spelling in [&point, &compressed] {
            assert_eq!(super::uncompress(curve, spelling).expect("the point"), point, "{name}");
        }
        let mut beside = point.clone();
        beside[2 * length] ^= 1;
        let mut hybrid = point.clone();
        hybrid[0] = 6 + point[2 * length] % 2;
        let origin = [&[4][..], &vec![0; 2 * length]].concat();
        for wrong in [&beside, &hybrid, &origin, &vec![0], &vec![], &point[..2 * length].to_vec()] {
            let error = super::uncompress(curve, wrong).expect_err("refused");
            assert_eq!(error.code(), Code::KeyMalformed, "{name}");
        }
    }
}
