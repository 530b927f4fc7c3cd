use super::*;
use crate::encoding::to_base64url;

fn read(protected: &str, unprotected: Option<&str>) -> Result<Header> {
    let unprotected = unprotected.map(|text| Object::parse(text.as_bytes()).expect("an object"));
    Header::read(protected.as_bytes(), unprotected)
}

#[test]
fn what_a_header_says() {
    let header = read(
        r#"{ "typ":"JOSE","\u0061lg":"Ed25519","crit":["b64","exp"],"b64":false,"exp":1,"jwk":{"kty":"oct"} }"#,
        Some(r#"{"kid":"a","x":1}"#),
    )
    .expect("allowed");
    assert_eq!(header.algorithm, Some(Algorithm::EdDsa));
    assert_eq!(header.kid.as_deref(), Some("a"));
    assert_eq!(header.typ.as_deref(), Some("JOSE"));
    assert!(!header.b64);
    assert_eq!(header.critical, ["exp"]);
    assert_eq!(
        String::from_utf8(header.protected).expect("UTF-8"),
        r#"{"alg":"Ed25519","b64":false,"crit":["b64","exp"],"exp":1,"jwk":{"kty":"oct"},"typ":"JOSE"}"#
    );
    for unknown in ["none", "None", "nOnE", "hs256", "HS256 ", "", "dir", "ES256\\u0000"] {
        let header = read(&format!(r#"{{"alg":"{unknown}"}}"#), None).expect("allowed");
        assert_eq!(header.algorithm, None, "{unknown}");
    }
    assert!(read(r#"{"alg":"EdDSA","b64":true,"crit":["b64"]}"#, None).expect("allowed").b64);
}

#[test]
fn what_a_header_must_not_say() {
    for (protected, unprotected) in [
        ("[]", None),
        ("1", None),
        ("{}", None),
        ("{}", Some(r#"{"alg":"EdDSA"}"#)),
        (r#"{"alg":null}"#, None),
        (r#"{"alg":["EdDSA"]}"#, None),
        (r#"{"alg":"EdDSA","kid":1}"#, None),
        (r#"{"alg":"EdDSA","kid":null}"#, None),
        (r#"{"alg":"EdDSA","typ":1}"#, None),
        (r#"{"alg":"EdDSA","cty":{}}"#, None),
        (r#"{"alg":"EdDSA","zip":"DEF"}"#, None),
        (r#"{"alg":"EdDSA"}"#, Some(r#"{"zip":"DEF"}"#)),
        (r#"{"alg":"EdDSA"}"#, Some(r#"{"alg":"EdDSA"}"#)),
        (r#"{"alg":"EdDSA","x":1}"#, Some(r#"{"x":1}"#)),
        (r#"{"alg":"EdDSA"}"#, Some(r#"{"kid":1}"#)),
        (r#"{"alg":"EdDSA"}"#, Some(r#"{"typ":1}"#)),
        (r#"{"alg":"EdDSA"}"#, Some(r#"{"cty":1}"#)),
        (r#"{"alg":"EdDSA","x":1}"#, Some(r#"{"crit":["x"]}"#)),
        (r#"{"alg":"EdDSA"}"#, Some(r#"{"b64":false}"#)),
        (r#"{"alg":"EdDSA"}"#, Some(r#"{"b64":true}"#)),
        (r#"{"alg":"EdDSA","crit":["x"]}"#, Some(r#"{"x":1}"#)),
        (r#"{"alg":"EdDSA","crit":[]}"#, None),
        (r#"{"alg":"EdDSA","crit":null}"#, None),
        (r#"{"alg":"EdDSA","crit":"x","x":1}"#, None),
        (r#"{"alg":"EdDSA","crit":{"x":1},"x":1}"#, None),
        (r#"{"alg":"EdDSA","crit":[1],"1":1}"#, None),
        (r#"{"alg":"EdDSA","crit":["x","x"],"x":1}"#, None),
        (r#"{"alg":"EdDSA","crit":["x","\u0078"],"x":1}"#, None),
        (r#"{"alg":"EdDSA","crit":["alg"]}"#, None),
        (r#"{"alg":"EdDSA","crit":["x5t#S256"],"x5t#S256":"x"}"#, None),
        (r#"{"alg":"EdDSA","crit":["crit"]}"#, None),
        (r#"{"alg":"EdDSA","crit":["zip"]}"#, None),
        (r#"{"alg":"EdDSA","crit":["b64"]}"#, None),
        (r#"{"alg":"EdDSA","crit":["x"]}"#, None),
        (r#"{"alg":"EdDSA","b64":false}"#, None),
        (r#"{"alg":"EdDSA","b64":true}"#, None),
        (r#"{"alg":"EdDSA","b64":"false","crit":["b64"]}"#, None),
        (r#"{"alg":"EdDSA","b64":0,"crit":["b64"]}"#, None),
        (r#"{"alg":"EdDSA","b64":null,"crit":["b64"]}"#, None),
        (r#"{"alg":"EdDSA","b64":false,"crit":["x"],"x":1}"#, None),
    ] {
        let error = read(protected, unprotected).expect_err(protected);
        assert_eq!(error.code(), Code::SignatureHeaderMalformed, "{protected} {unprotected:?}");
    }
}

#[test]
fn a_header_is_strict_json() {
    for (protected, code) in [
        (&b"\xef\xbb\xbf{\"alg\":\"EdDSA\"}"[..], Code::ByteOrderMark),
        (b"{\"alg\":\"\xff\"}", Code::InvalidUtf8),
        (b"{\0\"\0a\0", Code::InvalidJson),
        (br#"{"alg":"none","alg":"EdDSA"}"#, Code::DuplicateMember),
        (br#"{"alg":"none","\u0061lg":"EdDSA"}"#, Code::DuplicateMember),
        (br#"{"alg":"EdDSA","x":NaN}"#, Code::NumberNotFinite),
        (br#"{"alg":"EdDSA"} x"#, Code::TrailingBytes),
        (br#"{"alg":"EdDSA""#, Code::InvalidJson),
        (b"", Code::InvalidJson),
    ] {
        let error = Header::read(protected, None).expect_err("refused");
        assert_eq!(error.code(), code, "{}", String::from_utf8_lossy(protected));
    }
    let deep = format!(r#"{{"alg":"EdDSA","x":{}1{}}}"#, "[".repeat(200), "]".repeat(200));
    assert_eq!(read(&deep, None).expect_err("refused").code(), Code::TooDeep);
}

#[test]
fn a_header_is_small() {
    let protected = |length: usize| to_base64url(&vec![b' '; length]);
    assert!(Header::decode(protected(100).as_bytes(), 100).is_ok());
    let error = Header::decode(protected(101).as_bytes(), 100).expect_err("refused");
    assert_eq!(error.code(), Code::TooLarge);
}
