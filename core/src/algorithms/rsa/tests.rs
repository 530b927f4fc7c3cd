//! RSA against independent data.

use super::{checked_private_key, checked_public_key, fingerprint, public_key};
use crate::encoding::from_base64url;
use crate::error::Code;
use crate::testing::third_party;

/// What the fingerprint is for: the key of Wycheproof that a faulty generator made, and keys of others.
#[test]
fn the_fingerprint_tells_faulty_moduli_from_others() {
    let Some(file) = third_party("wycheproof/testvectors_v1/json_web_key_test.json") else { return };
    let suite: serde_json::Value = serde_json::from_str(&file).expect("JSON");
    let (mut faulty, mut others) = (0, 0);
    for group in suite["testGroups"].as_array().expect("groups") {
        let Some(modulus) = group["public"]["keys"][0]["n"].as_str() else { continue };
        let modulus = from_base64url(modulus).expect("base64url");
        let expected = group["tests"][0]["comment"] == "rejectsKeyWithRocaVulnerability";
        assert_eq!(fingerprint::is_present(&modulus), expected, "{}", group["tests"][0]["tcId"]);
        *(if expected { &mut faulty } else { &mut others }) += 1;
    }
    assert!(faulty == 1 && others > 2, "{faulty} and {others}");
}

#[test]
fn keys_have_a_size_and_an_exponent_that_are_safe() {
    let modulus = |bits: usize| {
        let mut modulus = vec![0x5a; bits.div_ceil(8)];
        modulus[0] = 1 << ((bits - 1) % 8);
        *modulus.last_mut().expect("a byte") |= 1;
        modulus
    };
    let three = [3];
    let f4 = [1, 0, 1];
    for (bits, exponent, expected) in [
        (2048, &f4[..], None),
        (2048, &three, None),
        (8192, &f4, None),
        (2047, &f4, Some(Code::KeyWeak)),
        (1024, &f4, Some(Code::KeyWeak)),
        (8193, &f4, Some(Code::KeyUnsupported)),
        (2048, &[1], Some(Code::KeyMalformed)),
        (2048, &[0], Some(Code::KeyMalformed)),
        (2048, &[2], Some(Code::KeyMalformed)),
        (2048, &[1, 0, 0], Some(Code::KeyMalformed)),
        (2048, &[], Some(Code::KeyMalformed)),
        (2048, &[0, 1, 0, 1], Some(Code::KeyMalformed)),
        (2048, &[1, 0, 0, 0, 1], None),
        (2048, &[2, 0, 0, 0, 1], Some(Code::KeyUnsupported)),
    ] {
        let code = public_key(&modulus(bits), exponent).err().map(|error| error.code());
        assert_eq!(code, expected, "{bits} {exponent:?}");
    }
    let mut even = modulus(2048);
    *even.last_mut().expect("a byte") ^= 1;
    assert_eq!(public_key(&even, &f4).expect_err("refused").code(), Code::KeyMalformed);
    let leading = [&[0][..], &modulus(2048)].concat();
    assert_eq!(public_key(&leading, &f4).expect_err("refused").code(), Code::KeyMalformed);
}

#[test]
fn what_is_no_key_is_refused() {
    for der in [&[][..], &[0x30, 0], &[0x30, 0x80], b"-----BEGIN", &[0x30, 3, 2, 1, 0]] {
        assert_eq!(checked_public_key(der).expect_err("refused").code(), Code::KeyMalformed);
        assert_eq!(checked_private_key(der).expect_err("refused").code(), Code::KeyMalformed);
    }
}

#[cfg(feature = "aws-lc")]
mod engine {
    use super::*;
    use crate::algorithms::rsa::{
        PublicKey, SigningKey, generate, private_key, private_members, public_members,
    };
    use crate::algorithms::{Algorithm, KeyPair as _, LowS, Verify as _};

    const ALL: [Algorithm; 6] = [
        Algorithm::Rs256,
        Algorithm::Rs384,
        Algorithm::Rs512,
        Algorithm::Ps256,
        Algorithm::Ps384,
        Algorithm::Ps512,
    ];

    fn bytes(value: &serde_json::Value) -> Vec<u8> {
        hex::decode(value.as_str().expect("a string")).expect("hex")
    }

    fn suite(name: &str) -> Option<serde_json::Value> {
        let file = third_party(&format!("wycheproof/testvectors_v1/{name}_test.json"))?;
        Some(serde_json::from_str(&file).expect("JSON"))
    }

    #[test]
    fn wycheproof_verification() {
        for (name, algorithm) in [
            ("rsa_signature_2048_sha256", Algorithm::Rs256),
            ("rsa_signature_2048_sha384", Algorithm::Rs384),
            ("rsa_signature_2048_sha512", Algorithm::Rs512),
            ("rsa_signature_3072_sha256", Algorithm::Rs256),
            ("rsa_signature_3072_sha384", Algorithm::Rs384),
            ("rsa_signature_3072_sha512", Algorithm::Rs512),
            ("rsa_signature_4096_sha256", Algorithm::Rs256),
            ("rsa_signature_4096_sha384", Algorithm::Rs384),
            ("rsa_signature_4096_sha512", Algorithm::Rs512),
            ("rsa_signature_8192_sha256", Algorithm::Rs256),
            ("rsa_pss_2048_sha256_mgf1_32", Algorithm::Ps256),
            ("rsa_pss_2048_sha384_mgf1_48", Algorithm::Ps384),
            ("rsa_pss_3072_sha256_mgf1_32", Algorithm::Ps256),
            ("rsa_pss_4096_sha256_mgf1_32", Algorithm::Ps256),
            ("rsa_pss_4096_sha384_mgf1_48", Algorithm::Ps384),
            ("rsa_pss_4096_sha512_mgf1_64", Algorithm::Ps512),
        ] {
            let Some(suite) = suite(name) else { continue };
            let (mut ran, mut acceptable) = (0, 0);
            for group in suite["testGroups"].as_array().expect("groups") {
                let der = checked_public_key(&bytes(&group["publicKeyAsn"])).expect("a key");
                let key = PublicKey::new(&der).expect("a key");
                for test in group["tests"].as_array().expect("tests") {
                    let verdict =
                        key.verify(algorithm, &bytes(&test["msg"]), &bytes(&test["sig"]), LowS::Any);
                    // "Acceptable" is a DigestInfo without NULL, which is another spelling of the same signature.
                    assert_eq!(
                        verdict.is_ok(),
                        test["result"] == "valid",
                        "{name} tcId {}: {verdict:?}",
                        test["tcId"]
                    );
                    acceptable += usize::from(test["result"] == "acceptable");
                    ran += 1;
                }
            }
            assert_eq!(suite["numberOfTests"], ran, "{name}");
            assert!(ran > 50 && acceptable <= 1, "{name}: {ran} ran, {acceptable} acceptable");
        }
    }

    /// A salt of another length, and another hash inside of the padding, are refused. The one signature whose salt was
    /// made as long as the hash is the one that verifies.
    #[test]
    fn wycheproof_other_pss_parameters() {
        for (name, algorithm, salt_of_32) in [
            ("rsa_pss_2048_sha256_mgf1_0", Algorithm::Ps256, Some(69)),
            ("rsa_pss_2048_sha256_mgf1sha1_20", Algorithm::Ps256, None),
            ("rsa_pss_4096_sha512_mgf1_32", Algorithm::Ps512, None),
        ] {
            let Some(suite) = suite(name) else { continue };
            let mut valid = 0;
            for group in suite["testGroups"].as_array().expect("groups") {
                let der = checked_public_key(&bytes(&group["publicKeyAsn"])).expect("a key");
                let key = PublicKey::new(&der).expect("a key");
                for test in group["tests"].as_array().expect("tests") {
                    let verdict =
                        key.verify(algorithm, &bytes(&test["msg"]), &bytes(&test["sig"]), LowS::Any);
                    assert_eq!(
                        verdict.is_ok(),
                        test["tcId"].as_u64() == salt_of_32,
                        "{name} tcId {}",
                        test["tcId"]
                    );
                    valid += usize::from(test["result"] == "valid");
                }
            }
            assert!(valid > 0, "{name}: some are valid under the parameters of the suite");
        }
    }

    /// PKCS#1 v1.5 is deterministic: our signatures are those of the suite.
    #[test]
    fn wycheproof_signing() {
        for name in ["rsa_pkcs1_2048_sig_gen", "rsa_pkcs1_3072_sig_gen", "rsa_pkcs1_4096_sig_gen"] {
            let Some(suite) = suite(name) else { continue };
            let (mut signed, mut other) = (0, 0);
            for group in suite["testGroups"].as_array().expect("groups") {
                let members = &group["privateKey"];
                let algorithm = match group["sha"].as_str() {
                    Some("SHA-256") => Algorithm::Rs256,
                    Some("SHA-384") => Algorithm::Rs384,
                    Some("SHA-512") => Algorithm::Rs512,
                    _ => {
                        other += 1;
                        continue;
                    }
                };
                let info = bytes(&group["privateKeyPkcs8"]);
                let secret = match <pkcs8::PrivateKeyInfoRef<'_> as der::Decode>::from_der(&info) {
                    Ok(info) => checked_private_key(info.private_key.as_bytes()),
                    Err(_) => panic!("{members}"),
                };
                let key = SigningKey::new(&secret.expect("a key")).expect("a key");
                for test in group["tests"].as_array().expect("tests") {
                    assert_eq!(
                        key.sign(algorithm, &bytes(&test["msg"])),
                        bytes(&test["sig"]),
                        "{}",
                        test["tcId"]
                    );
                    signed += 1;
                }
            }
            assert!(signed > 0, "{name}: {signed} signed, {other} groups with hashes that JOSE has not");
        }
    }

    #[test]
    fn a_new_key_signs_with_every_algorithm() {
        let secret = generate(2048).expect("a key");
        let pair = SigningKey::new(&secret).expect("a key");
        let key = PublicKey::new(&pair.public()).expect("its public key");
        for algorithm in ALL {
            let signature = pair.sign(algorithm, b"message");
            for other in ALL {
                let verdict = key.verify(other, b"message", &signature, LowS::Any);
                assert_eq!(verdict.is_ok(), other == algorithm, "{algorithm} as {other}");
            }
            let code = |signature: &[u8]| {
                key.verify(algorithm, b"message", signature, LowS::Any).expect_err("refused").code()
            };
            assert_eq!(code(&signature[1..]), Code::SignatureMalformed);
            assert_eq!(code(&[&[0][..], &signature].concat()), Code::SignatureMalformed);
            assert_eq!(code(&[0xff; 256]), Code::SignatureMalformed);
            assert_eq!(code(&[1; 256]), Code::SignatureInvalid);
        }
        assert_eq!(generate(1024).expect_err("refused").code(), Code::InvalidArgument);
    }

    #[test]
    fn the_members_of_a_private_key_belong_together() {
        let secret = generate(2048).expect("a key");
        let public = public_members(&SigningKey::new(&secret).expect("a key").public());
        let private = private_members(&secret);
        let members: Vec<&[u8]> = [&public[1].1[..], &public[0].1]
            .into_iter()
            .chain(private.iter().map(|(_, bytes)| *bytes))
            .collect();
        let members: [&[u8]; 8] = members.try_into().expect("eight members");
        assert_eq!(private_key(members).expect("a key"), secret);
        // n stays as it is: another one would most likely be refused for its own sake.
        for at in 2..8 {
            let mut changed = members[at].to_vec();
            *changed.last_mut().expect("a byte") ^= 4;
            let mut members = members;
            members[at] = &changed;
            let verdict = SigningKey::new(&private_key(members).expect("well-formed")).map(drop);
            assert_eq!(verdict.expect_err("refused").code(), Code::KeyMismatch, "member {at}");
        }
    }
}
