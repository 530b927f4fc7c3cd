//! The keys of the RFCs, and what is true of keys of every type.

use serde_json::Value;

use super::{PublicKey, SigningKey};
use crate::algorithms::{Algorithm, LowS};
use crate::error::Code;
use crate::testing::third_party;

fn json(path: &str) -> Option<Value> {
    Some(serde_json::from_str(&third_party(path)?).expect("JSON"))
}

/// Every member of the first stands in the second: what is written has an `alg` or a `kid` more.
fn assert_within(jwk: &Value, written: &[u8]) {
    let written: Value = serde_json::from_slice(written).expect("JSON");
    for (name, value) in jwk.as_object().expect("an object").iter().filter(|(name, _)| *name != "use") {
        assert_eq!(written[name], *value, "{name}");
    }
}

#[test]
fn symmetric_keys_of_rfc_7520() {
    let Some(mac) = json("jose-cookbook/jwk/3_5.symmetric_key_mac_computation.json") else { return };
    let key = SigningKey::symmetric_from_jwk(mac.to_string().as_bytes()).expect("a key");
    assert_within(&mac, &key.to_jwk());
    let encryption = json("jose-cookbook/jwk/3_6.symmetric_key_encryption.json").expect("test data");
    let error = SigningKey::symmetric_from_jwk(encryption.to_string().as_bytes()).expect_err("refused");
    assert_eq!(error.code(), Code::KeyUseForbidden);
}

/// Every generated key in every form, and back.
#[test]
fn keys_survive_every_form() {
    // Without AWS-LC there are fewer.
    for algorithm in Algorithm::ALL {
        let Ok(key) = SigningKey::generate_with(algorithm, None, Some("kid")) else { continue };
        let Some(public) = key.public_key() else { continue };
        let signature = key.sign(b"message");
        let (jwk, pem, der) = (key.to_jwk(), key.to_pem().expect("a pair"), key.to_der().expect("a pair"));
        let closed = key.to_encrypted_der(b"password").expect("a pair");
        for (form, has_kid, again) in [
            ("JWK", true, SigningKey::from_jwk(&jwk)),
            ("PEM", false, SigningKey::from_pem(&pem)),
            ("DER", false, SigningKey::from_der(&der)),
            ("encrypted", false, SigningKey::from_encrypted_der(&closed, b"password")),
        ] {
            let again = again.expect(form).bound_to(algorithm).expect("its algorithm");
            assert_eq!(again.to_der(), key.to_der(), "{algorithm} {form}");
            assert_eq!(again.kid() == key.kid(), has_kid, "{algorithm} {form}");
            if has_kid {
                assert_eq!(again.to_jwk(), jwk, "{algorithm} {form}");
            }
        }
        for (form, again) in [
            ("JWK", PublicKey::from_jwk(&public.to_jwk())),
            ("PEM", PublicKey::from_pem(&public.to_pem())),
            ("DER", PublicKey::from_der(&public.to_der())),
        ] {
            let again = again.expect(form).bound_to(algorithm).expect("its algorithm");
            assert_eq!(again.to_der(), public.to_der(), "{algorithm} {form}");
            assert_eq!(again.thumbprint(), public.thumbprint(), "{algorithm} {form}");
            assert_eq!(again.verify(b"message", &signature), Ok(()), "{algorithm} {form}");
            assert_eq!(
                again.verify(b"massage", &signature).expect_err("refused").code(),
                Code::SignatureInvalid
            );
        }
    }
}

#[test]
fn a_key_signs_and_verifies_with_what_it_permits_alone() {
    for algorithm in Algorithm::ALL {
        let Ok(key) = SigningKey::generate(algorithm) else { continue };
        for other in Algorithm::ALL {
            let code = key.sign_with(other, b"").err().map(|error| error.code());
            assert_eq!(
                code,
                (other != algorithm).then_some(Code::AlgorithmMismatch),
                "{algorithm} with {other}"
            );
            let Some(public) = key.public_key() else { continue };
            if other != algorithm {
                let error = public.verify_with(other, b"", &key.sign(b""), LowS::Any).expect_err("refused");
                assert_eq!(error.code(), Code::AlgorithmMismatch, "{algorithm} with {other}");
            }
        }
    }
}

#[cfg(not(feature = "aws-lc"))]
#[test]
fn a_build_without_an_engine_says_so() {
    for algorithm in
        [Algorithm::Es256, Algorithm::Es384, Algorithm::Es512, Algorithm::Rs256, Algorithm::Ps512]
    {
        let error = SigningKey::generate(algorithm).expect_err("refused");
        assert_eq!(error.code(), Code::AlgorithmUnsupported, "{algorithm}");
    }
    let Some(file) = json("jwk-thumbprint/rfc.json") else { return };
    let error = PublicKey::from_jwk(file["vectors"][0]["jwk"].to_string().as_bytes()).expect_err("refused");
    assert_eq!(error.code(), Code::KeyUnsupported);
}

#[cfg(feature = "aws-lc")]
mod with_every_engine {
    use super::*;
    use crate::encoding::from_base64url;

    #[test]
    fn thumbprints_of_the_rfcs() {
        let Some(file) = json("jwk-thumbprint/rfc.json") else { return };
        let vectors = file["vectors"].as_array().expect("vectors");
        for vector in vectors {
            let key = PublicKey::from_jwk(vector["jwk"].to_string().as_bytes()).expect("a key");
            assert_eq!(key.thumbprint(), vector["thumbprint"], "{}", vector["ref"]);
            assert_within(&vector["jwk"], &key.to_jwk());
        }
        assert_eq!(vectors.len(), 2);
    }

    #[test]
    fn keys_of_rfc_7520() {
        for (public, private, algorithm) in [
            ("3_1.ec_public_key", "3_2.ec_private_key", Algorithm::Es512),
            ("3_3.rsa_public_key", "3_4.rsa_private_key", Algorithm::Rs256),
        ] {
            let Some(public) = json(&format!("jose-cookbook/jwk/{public}.json")) else { return };
            let private = json(&format!("jose-cookbook/jwk/{private}.json")).expect("test data");
            let key = SigningKey::from_jwk(private.to_string().as_bytes()).expect("a key");
            assert_eq!((key.algorithm(), key.kid()), (algorithm, Some("bilbo.baggins@hobbiton.example")));
            assert_within(&private, &key.to_jwk());
            let half = PublicKey::from_jwk(public.to_string().as_bytes()).expect("a key");
            assert_within(&public, &half.to_jwk());
            assert_eq!(key.public_key().expect("a pair").thumbprint(), half.thumbprint());
        }
    }

    /// The keys beside the signatures that the RFCs print: each verifies what was signed with it.
    #[test]
    fn keys_of_the_jws_rfcs() {
        let Some(file) = json("jose-rfc/rfc_vectors.json") else { return };
        let mut verified = 0;
        for vector in file["jws"].as_array().expect("vectors") {
            let Some(compact) = vector["compact"].as_str() else { continue };
            let Ok(algorithm) = vector["alg"].as_str().expect("a name").parse() else { continue };
            let (signed, signature) = compact.rsplit_once('.').expect("dots");
            let signature = from_base64url(signature).expect("base64url");
            // A detached payload stands elsewhere; JWS tests read those.
            if signed.ends_with('.') {
                continue;
            }
            let jwk = vector["jwk"].to_string();
            let verdict = if vector["jwk"]["kty"] == "oct" {
                SigningKey::symmetric_from_jwk(jwk.as_bytes()).expect("a key").verify_with(
                    algorithm,
                    signed.as_bytes(),
                    &signature,
                )
            } else {
                let private = SigningKey::from_jwk(jwk.as_bytes());
                let key = match &private {
                    Ok(key) => key.public_key().expect("a pair").clone(),
                    Err(_) => PublicKey::from_jwk(jwk.as_bytes()).expect("a key"),
                };
                key.verify_with(algorithm, signed.as_bytes(), &signature, LowS::Any)
            };
            assert_eq!(verdict, Ok(()), "{}", vector["id"]);
            verified += 1;
        }
        assert!(verified >= 4, "{verified} verified");
    }

    /// A key whose members fit each other, but whose p is the product of two primes: it could sign nothing.
    #[test]
    fn factors_of_rsa_keys_are_primes() {
        let error = SigningKey::from_jwk(COMPOSITE.as_bytes()).expect_err("refused");
        assert_eq!(error.code(), Code::KeyMismatch);
    }

    #[test]
    fn an_rsa_key_permits_six_algorithms_or_the_one_it_names() {
        let Some(file) = json("jose-cookbook/jwk/3_4.rsa_private_key.json") else { return };
        let key = SigningKey::from_jwk(file.to_string().as_bytes()).expect("a key");
        let six = Algorithm::ALL.into_iter().filter(|algorithm| key.permits(*algorithm)).count();
        assert_eq!((six, key.algorithm()), (6, Algorithm::Rs256));
        assert!(!std::str::from_utf8(&key.to_jwk()).expect("UTF-8").contains("\"alg\""));
        let bound = key.clone().bound_to(Algorithm::Ps384).expect("permitted");
        let again = SigningKey::from_jwk(&bound.to_jwk()).expect("its own form");
        assert_eq!(again.algorithm(), Algorithm::Ps384);
        assert_eq!(again.bound_to(Algorithm::Rs256).expect_err("refused").code(), Code::AlgorithmMismatch);
        assert_eq!(key.bound_to(Algorithm::Es256).expect_err("refused").code(), Code::AlgorithmMismatch);
    }

    const COMPOSITE: &str = concat!(
        r#"{"kty":"RSA","n":"sg-osvAWgTxxjfZRrKPNJA8CvfYwFGZLYXrGPQ773JoZiT5BuYSgz9Sq6zh1VUfvSLfndpem4uPiF3"#,
        r#"rIKiWCFQeWwPylSJrZuvFYxEgX8ay4xMl_-ozi3dsoGDqu-q4jpmlOJtBnB1EeMwvX9VDZxG0eCFglPrsNVoX8goFX5TsYlu"#,
        r#"8OBvWxOwZ3nTQHYn4fRHKNKx04QfYfQ0WC2MDHl8M4NKQXXLbphqMCcH8vi_gG1RfHmQSrBYoDAPILScietox3ShrOijZIrT"#,
        r#"806PSBIGwHhq9QRnT-zLxjc1x1PgjQjtXcw0VVjDXo596BOqnXidZQ25JqYWRl1xw_fFxtVQ","e":"AQAB","d":"If5CTx"#,
        r#"LtwPNonFkDg6lrzu_8roZS7HoQ9wWo1dxH8fgLWvujMYcj6jln_erz33mRsXjGfAn8psEplyDuGLm7aUdfHO2-oitJ2Nodf6"#,
        r#"9hvtYiGhN71rnRz9f4ghOl9x6KmMjuzhMoMCno0Yb3zhIG2OyZ-K7XQXAVXkjLCaEmxhCdspheKAtVbYcfoHkQCOy2xxi-en"#,
        r#"QrjcL20caWFKryemWA_nwSClOwLopHyDaVajpjFq7USzO0G7r9YmJPuQDGojnd9TxY_DgH85zKy2J4FVaO1m8--RjaQDYamQ"#,
        r#"4u87p6f1j71QAyH_fqGpuQRZC3cqiTgGmoRFLLL5HnahpzkQ","p":"7FnYLK1niQnY5Bt49b1z0FTNNu5XS2UJMUnB4xMA8"#,
        r#"4e13LuIlch_IrAfmIwhVbzaCjnRomFIz7Yk0iIEqvCahErB-sWGJ5MD069clcxOCI3kwAxSwNuwkQomhGIcy3o4mVmmV-u-a"#,
        r#"l67dnAT5W4L7VdpnjyCfKxQNKdDSed2V2k","q":"wN1CFDKY8MvabdX0je-1Tvh-ryW7F0UqIzWxQWZ7RSzfQrHgKxI7zBJ"#,
        r#"Cv-5yTJRjK3NysJk92bSNpokO1ATpKA7yx-pMEmfoOwhTX-81-eF2-nEZ5kxlcNvRKVkx1Mvq2frfJMwmaTR0a3rgra4B1jL"#,
        r#"fzx0eyjfDXswzIcxPdQ0","dp":"UEcj-ejcJdvGY5RBPZaf478qBOJnnCAxQyB-TpaB2DXcO6Em_1kedbXExZezKt_-X0LM"#,
        r#"RY8tn_-J-iW72CPpF84cnQTCUGbLAfeqRuciCh3H-MM2yHLWQi1kb8qzZRmaZ9vfeDWGc7LBkbT3zRHX00HBihGbcKVGiNvX"#,
        r#"Kx8HPyE","dq":"f4fPUhvDFjc2ULrR46lGctnOq3J_rHuHyZCPjXd-u9dYKnoEiXadI-xPRysdWZYlnW3RwQUT6QmDQUQQE"#,
        r#"hLNOjfoQlmjw-gBoEd5Gk7LmliEnEZ9odOSoHY6cOUSFmxg95L0SxjTrW2KLigqua3-eO1bIVFYMs982QqeJRM812E","qi""#,
        r#":"hwhi8UXJ9ozv1ExB2Iql-dsgAIXOk0hBiFGrybOAutuE9yk-TSkNL36JvDA1umFdbp2XHVGOMjZhQTV4LQWjB9GInwKriw"#,
        r#"BwfQmdCXEXKr0ya7IVGLNEogqY3gElIT8qbNd0isyiYKiw9-ks4BponBJ6RMOiPBrDoZabLIJzSBU"}"#,
    );
}
