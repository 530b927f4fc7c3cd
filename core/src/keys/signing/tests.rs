//! Private and symmetric keys.

use super::*;
use crate::encoding;

#[test]
fn a_key_survives_every_form() {
    for algorithm in [Algorithm::EdDsa, Algorithm::Es256k] {
        let key = SigningKey::generate(algorithm).expect("random bytes");
        let public = key.public_key().expect("a pair");
        for other in [
            SigningKey::from_jwk(&key.to_jwk()),
            SigningKey::from_pem(&key.to_pem().expect("a pair")),
            SigningKey::from_hex(algorithm, &key.to_hex().expect("32 bytes")),
        ] {
            let other = other.expect("our own form");
            assert_eq!(other.public_key().expect("a pair").bytes(), public.bytes());
            assert_eq!(other.to_hex(), key.to_hex());
        }
        for other in [
            PublicKey::from_jwk(&public.to_jwk()),
            PublicKey::from_pem(&public.to_pem()),
            PublicKey::from_hex(algorithm, public.to_hex().expect("32 bytes").as_bytes()),
        ] {
            assert_eq!(other.expect("our own form").bytes(), public.bytes());
        }
    }
}

#[test]
fn the_secret_is_not_printed() {
    let key = SigningKey::generate(Algorithm::Es256k).expect("random bytes");
    let printed = format!("{key:?}");
    assert!(printed.ends_with("[secret])"), "{printed}");
    assert!(!printed.contains(std::str::from_utf8(&key.to_hex().expect("32 bytes")).expect("hex")));
}

#[test]
fn the_public_part_must_be_the_right_one() {
    let one = SigningKey::generate(Algorithm::EdDsa).expect("random bytes");
    let two = SigningKey::generate(Algorithm::EdDsa).expect("random bytes");
    let jwk = jwk_writer::private(two.public_key().expect("a pair"), one.secret());
    assert_eq!(SigningKey::from_jwk(&jwk).expect_err("refused").code(), Code::KeyMismatch);
}

#[test]
fn a_symmetric_key_signs_and_verifies() {
    const LENGTHS: [(usize, &[Algorithm]); 4] = [
        (32, &[Algorithm::Hs256]),
        (48, &[Algorithm::Hs256, Algorithm::Hs384]),
        (64, &[Algorithm::Hs256, Algorithm::Hs384, Algorithm::Hs512]),
        (200, &[Algorithm::Hs256, Algorithm::Hs384, Algorithm::Hs512]),
    ];
    for (length, permitted) in LENGTHS {
        let secret = encoding::to_base64url(&vec![7; length]);
        let jwk = format!(r#"{{"kty":"oct","k":"{secret}"}}"#);
        let key = SigningKey::symmetric_from_jwk(jwk.as_bytes()).expect("a secret");
        assert_eq!((key.kid(), key.algorithm()), (None, Algorithm::Hs256));
        for algorithm in Algorithm::ALL {
            let signature = key.sign_with(algorithm, b"message");
            assert_eq!(signature.is_ok(), permitted.contains(&algorithm), "{length} {algorithm}");
            let Ok(signature) = signature else { continue };
            assert_eq!(key.verify_with(algorithm, b"message", &signature), Ok(()));
            let code = |message: &[u8], signature: &[u8]| {
                key.verify_with(algorithm, message, signature).expect_err("refused").code()
            };
            assert_eq!(code(b"massage", &signature), Code::SignatureInvalid);
            assert_eq!(code(b"message", &signature[1..]), Code::SignatureMalformed);
            let bound = key.clone().bound_to(algorithm).expect("permitted");
            assert_eq!((bound.algorithm(), bound.sign(b"message")), (algorithm, signature));
            let again = SigningKey::symmetric_from_jwk(&bound.to_jwk()).expect("our own form");
            assert_eq!((again.permitted(), again.secret()), (bound.permitted(), bound.secret()));
        }
    }
}

#[test]
fn a_symmetric_key_is_no_pair() {
    let key = SigningKey::symmetric(Algorithm::Hs256, &[7; 32], Some("k")).expect("a secret");
    assert!(key.public_key().is_none());
    assert_eq!(key.kid(), Some("k"));
    assert_eq!(key.to_pem().expect_err("refused").code(), Code::KeyUnsupported);
    assert_eq!(key.to_hex().expect_err("refused").code(), Code::KeyUnsupported);
    let jwk = key.to_jwk();
    assert_eq!(SigningKey::from_jwk(&jwk).expect_err("refused").code(), Code::KeyUseForbidden);
    assert_eq!(PublicKey::from_jwk(&jwk).expect_err("refused").code(), Code::KeyUseForbidden);
    assert_eq!(format!("{key:?}"), r#"SigningKey(HS256, kid=Some("k"), [secret])"#);
}

#[test]
fn a_jwk_of_a_symmetric_key_is_strict() {
    let secret = encoding::to_base64url(&[7; 32]);
    let pem = encoding::to_base64url(b"-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA");
    for (members, code) in [
        (r#""k":"""#.to_owned(), Code::KeyMalformed),
        (r#""k":"AAAA""#.to_owned(), Code::KeyWeak),
        (format!(r#""k":"{secret}=""#), Code::KeyMalformed),
        (format!(r#""k":"{pem}""#), Code::KeyUseForbidden),
        (format!(r#""k":"{secret}","alg":"HS384""#), Code::KeyWeak),
        (format!(r#""k":"{secret}","alg":"A256GCM""#), Code::KeyUseForbidden),
        (format!(r#""k":"{secret}","alg":"EdDSA""#), Code::KeyUseForbidden),
        (format!(r#""k":"{secret}","use":"enc""#), Code::KeyUseForbidden),
        (format!(r#""k":"{secret}","key_ops":["verify"]"#), Code::KeyUseForbidden),
        (r#""k":1"#.to_owned(), Code::KeyMalformed),
    ] {
        let jwk = format!(r#"{{"kty":"oct",{members}}}"#);
        let error = SigningKey::symmetric_from_jwk(jwk.as_bytes()).expect_err("refused");
        assert_eq!(error.code(), code, "{members}");
    }
    let key = SigningKey::generate(Algorithm::EdDsa).expect("random bytes");
    let error = SigningKey::symmetric_from_jwk(&key.to_jwk()).expect_err("refused");
    assert_eq!(error.code(), Code::KeyUnsupported);
}

#[test]
fn a_key_is_made_for_its_algorithm() {
    for algorithm in
        [Algorithm::EdDsa, Algorithm::Es256k, Algorithm::Hs256, Algorithm::Hs384, Algorithm::Hs512]
    {
        let key = SigningKey::generate_with(algorithm, None, Some("k")).expect("random bytes");
        assert_eq!((key.algorithm(), key.kid()), (algorithm, Some("k")));
        for other in Algorithm::ALL {
            assert_eq!(key.permits(other), other == algorithm);
            assert_eq!(key.clone().bound_to(other).is_ok(), other == algorithm);
        }
    }
    let key = SigningKey::generate(Algorithm::Hs512).expect("random bytes");
    assert_eq!((key.kid(), key.secret().len()), (None, 64));
}
