use super::*;
use crate::algorithms::Algorithm;
use crate::keys::{Keyset, VerifierOptions};

const UNSIGNED: &str = r#"{"payload":{"b":[1,0.1]},"job_id":"5f2a","display_name":"fermions","other":null}"#;

fn code<T: std::fmt::Debug>(result: Result<T>) -> Code {
    result.expect_err("refused").code()
}

/// Trusts this key alone.
fn verifier(key: &SigningKey) -> Verifier {
    let keyset =
        Keyset::new(key.public_key().map(std::slice::from_ref).expect("a pair"), &[]).expect("a key set");
    Verifier::new(&keyset, VerifierOptions::default()).expect("a verifier")
}

#[test]
fn a_result_is_bound_to_its_names() {
    let key = SigningKey::generate(Algorithm::EdDsa).expect("random bytes");
    let trusted = verifier(&key);
    let signed = sign(UNSIGNED.as_bytes(), &key).expect("signs");
    let verified = verify(&signed, &trusted, "fermions", "5f2a").expect("verifies");
    let body = r#"{"display_name":"fermions","job_id":"5f2a","other":null,"payload":{"b":[1,0.1]}}"#;
    assert!(verified.starts_with(format!("{{\"result\":{body},\"signatures\":[{{").as_bytes()));

    assert_eq!(code(verify(&signed, &trusted, "bosons", "5f2a")), Code::DisplayNameMismatch);
    assert_eq!(code(verify(&signed, &trusted, "fermions", "5f2b")), Code::JobIdMismatch);
    let text = String::from_utf8(signed.clone()).expect("UTF-8");
    let copied = text.replace("5f2a", "5f2b");
    let error = verify(copied.as_bytes(), &trusted, "fermions", "5f2b");
    assert_eq!(code(error), Code::SignatureVerificationFailed);
    // A result has all that a configuration has, but another type.
    assert_eq!(code(verify_config(&signed, &trusted, "fermions")), Code::SignatureVerificationFailed);
    assert_eq!(code(verify(UNSIGNED.as_bytes(), &trusted, "fermions", "5f2a")), Code::DocumentUnsigned);
    let stranger = verifier(&SigningKey::generate(Algorithm::Es256k).expect("random bytes"));
    assert_eq!(code(verify(&signed, &stranger, "fermions", "5f2a")), Code::SignatureUnknown);
    for (display_name, job_id) in [("", "5f2a"), ("fermions", ""), (&*"x".repeat(257), "5f2a")] {
        assert_eq!(code(verify(&signed, &trusted, display_name, job_id)), Code::InvalidArgument);
    }
}

#[test]
fn a_configuration_is_bound_to_its_name() {
    let key = SigningKey::generate(Algorithm::EdDsa).expect("random bytes");
    let trusted = verifier(&key);
    let signed = sign_config(br#"{"display_name":"\"\n\u0001","payload":0}"#, &key).expect("signs");
    let verified = verify_config(&signed, &trusted, "\"\n\u{1}").expect("verifies");
    assert!(verified.starts_with(br#"{"config":{"display_name":"\"\n\u0001","payload":0},"signatures":[{"#));
    assert_eq!(code(verify_config(&signed, &trusted, "fermions")), Code::DisplayNameMismatch);
    assert_eq!(code(verify(&signed, &trusted, "\"\n\u{1}", "5f2a")), Code::ResultMalformed);
}

#[test]
fn what_is_no_result_is_not_signed() {
    let key = SigningKey::generate(Algorithm::EdDsa).expect("random bytes");
    for (from, to) in [
        (r#","job_id":"5f2a""#, ""),
        (r#""5f2a""#, "5"),
        (r#""5f2a""#, r#""""#),
        (r#""fermions""#, "null"),
        (r#""payload":"#, r#""Payload":"#),
        (r#""other":null"#, r#""signatures":{}"#),
        (r#""other":null"#, r#""signatures":[{"alg":"EdDSA"}]"#),
    ] {
        assert!(UNSIGNED.contains(from), "{from}");
        let text = UNSIGNED.replace(from, to);
        assert_eq!(code(sign(text.as_bytes(), &key)), Code::ResultMalformed, "{text}");
    }
    assert_eq!(code(sign(b"[]", &key)), Code::ResultMalformed);
    let long = UNSIGNED.replace("fermions", &"é".repeat(129));
    assert_eq!(code(sign(long.as_bytes(), &key)), Code::ResultMalformed);
    let inexact = UNSIGNED.replace("0.1", "9007199254740993");
    assert_eq!(code(sign(inexact.as_bytes(), &key)), Code::NumberNotExact);
    let signed = sign(UNSIGNED.as_bytes(), &key).expect("signs");
    assert_eq!(code(sign(&signed, &key)), Code::DuplicateSigner);
}
