//! An adversarial battery: tokens on which JOSE libraries differ, and what is said of them here.
//!
//! Each case has what a strict reading of the RFCs expects. Where the outcome here is another one, the case says why.

use serde_json::{Value, json};

use super::*;

/// A strict reader of the RFCs …
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Expected {
    /// … accepts it.
    Accept,
    /// … refuses it.
    Reject,
    /// … may accept it, and is refused here, for this reason.
    RejectedHere(&'static str),
}

use Expected::{Accept, Reject, RejectedHere};

struct Case {
    name: &'static str,
    expected: Expected,
    code: Option<Code>,
    outcome: Result<VerifiedJws>,
}

fn case(
    name: &'static str,
    expected: Expected,
    code: impl Into<Option<Code>>,
    outcome: Result<VerifiedJws>,
) -> Case {
    Case { name, expected, code: code.into(), outcome }
}

fn run(cases: Vec<Case>, count: usize) {
    assert_eq!(cases.len(), count);
    for Case { name, expected, code: expected_code, outcome } in cases {
        assert_eq!(code(outcome.clone()), expected_code, "{name}");
        assert_eq!(outcome.is_ok(), expected == Accept, "{name}: {expected:?}");
        if let RejectedHere(reason) = expected {
            assert!(!reason.is_empty());
        }
    }
}

/// Segments and their encoding, under an HMAC so that what is changed is still signed.
#[test]
fn segments() {
    let key = hmac();
    let trusted = trusting_with(&[&key], json!({"algorithms":["HS256"]}));
    let token = forge(r#"{"alg":"HS256"}"#, r#"{"a":1}"#, &key);
    let (input, signature) = token.rsplit_once('.').expect("a token");
    let bytes = unb64(signature);
    let check = |text: String| verify(text, &trusted);
    // A last character whose unused bits are not zero: the 32 bytes end in the middle of one.
    let last = signature.chars().last().expect("a character");
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let next = alphabet.chars().nth(alphabet.find(last).expect("base64url") + 1).expect("not the last");
    let other_bits = format!("{}{next}", &signature[..signature.len() - 1]);
    let (plus, plus_signature) = (0..)
        .map(|number| {
            let token = forge(r#"{"alg":"HS256"}"#, number.to_string(), &key);
            let (input, signature) = token.rsplit_once('.').expect("a token");
            (input.to_owned(), signature.to_owned())
        })
        .find(|(_, signature)| signature.contains(['-', '_']))
        .expect("soon");
    // Zero bits, as they are not: the header in base64url with other last bits, and signed like that.
    let header = b64(r#"{"alg":"HS256"} "#);
    assert!(header.ends_with('A'));
    let header = format!("{}B", &header[..header.len() - 1]);
    let odd_header = format!("{header}.{}", b64("x"));
    let odd_header = format!("{odd_header}.{}", b64(key.sign(odd_header.as_bytes())));
    run(
        vec![
            case("good", Accept, None, check(token.clone())),
            case("four segments", Reject, Code::JwsMalformed, check(format!("{token}.x"))),
            case("five segments", Reject, Code::JwsMalformed, check(format!("{token}.x.y"))),
            case("two segments", Reject, Code::JwsMalformed, check(input.to_owned())),
            case("one segment", Reject, Code::JwsMalformed, check("x".to_owned())),
            case("no signature", Reject, Code::SignatureMalformed, check(format!("{input}."))),
            case(
                "mac + extra byte",
                Reject,
                Code::SignatureMalformed,
                check(format!("{input}.{}", b64([&bytes[..], b"x"].concat()))),
            ),
            case(
                "mac cut short",
                Reject,
                Code::SignatureMalformed,
                check(format!("{input}.{}", b64(&bytes[..31]))),
            ),
            case(
                "sig non-canonical trailing bits",
                Reject,
                Code::SignatureMalformed,
                check(format!("{input}.{other_bits}")),
            ),
            case("sig with = padding", Reject, Code::SignatureMalformed, check(format!("{token}="))),
            case(
                "sig std alphabet +/",
                Reject,
                Code::SignatureMalformed,
                check(format!("{plus}.{}", plus_signature.replace('-', "+").replace('_', "/"))),
            ),
            case(
                "newline inside sig",
                Reject,
                Code::SignatureMalformed,
                check(format!("{input}.{}\n{}", &signature[..10], &signature[10..])),
            ),
            case(
                "space inside sig",
                Reject,
                Code::SignatureMalformed,
                check(format!("{input}.{} {}", &signature[..10], &signature[10..])),
            ),
            case("trailing newline", Reject, Code::SignatureMalformed, check(format!("{token}\n"))),
            case("leading space", Reject, Code::JwsMalformed, check(format!(" {token}"))),
            case(
                "! junk inside sig",
                Reject,
                Code::SignatureMalformed,
                check(format!("{input}.{}!{}", &signature[..10], &signature[10..])),
            ),
            case(
                "header non-canonical trailing bits (MAC over it valid)",
                Reject,
                Code::JwsMalformed,
                check(odd_header),
            ),
        ],
        17,
    );
}

/// Headers, signed as they are.
#[test]
fn headers() {
    let key = hmac();
    let trusted = trusting_with(&[&key], json!({"algorithms":["HS256"]}));
    let check = |header: &str| verify(forge(header, "x", &key), &trusted);
    let raw = |header: &[u8]| verify(forge(header, "x", &key), &trusted);
    let utf16: Vec<u8> = "{\"alg\":\"HS256\"}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let deep = format!(r#"{{"alg":"HS256","x":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let large = format!(r#"{{"alg":"HS256","x":"{}"}}"#, "a".repeat(1 << 20));
    let malformed = Code::SignatureHeaderMalformed;
    let b64_false = forge(r#"{"alg":"HS256","b64":false,"crit":["b64"]}"#, "", &key);
    let (b64_header, _) = b64_false.split_once("..").expect("an empty payload");
    let detached = |header: &str, payload: &[u8], input: Vec<u8>| {
        let token = format!("{header}..{}", b64(key.sign(&input)));
        verify_detached(token, payload, &trusted)
    };
    let unencoded = |header: &str| [header.as_bytes(), b".x.y"].concat();
    let without_crit = b64(r#"{"alg":"HS256","b64":false}"#);
    let plain = b64(r#"{"alg":"HS256"}"#);
    run(
        vec![
            case(
                "crit unknown",
                Reject,
                Code::CriticalHeaderUnsupported,
                check(r#"{"alg":"HS256","crit":["x"],"x":1}"#),
            ),
            case("crit empty", Reject, malformed, check(r#"{"alg":"HS256","crit":[]}"#)),
            case("crit names std param (alg)", Reject, malformed, check(r#"{"alg":"HS256","crit":["alg"]}"#)),
            case("crit absent name b64", Reject, malformed, check(r#"{"alg":"HS256","crit":["b64"]}"#)),
            case(
                "crit dup names",
                Reject,
                malformed,
                check(r#"{"alg":"HS256","b64":true,"crit":["b64","b64"]}"#),
            ),
            case("crit string", Reject, malformed, check(r#"{"alg":"HS256","b64":true,"crit":"b64"}"#)),
            case("crit null", Reject, malformed, check(r#"{"alg":"HS256","crit":null}"#)),
            case("crit [1]", Reject, malformed, check(r#"{"alg":"HS256","crit":[1]}"#)),
            case("b64:true + crit", Accept, None, check(r#"{"alg":"HS256","b64":true,"crit":["b64"]}"#)),
            case(
                "b64:false no crit, payload b64 encoded",
                Reject,
                malformed,
                check(r#"{"alg":"HS256","b64":false}"#),
            ),
            case(
                "b64:\"false\" string + crit",
                Reject,
                malformed,
                check(r#"{"alg":"HS256","b64":"false","crit":["b64"]}"#),
            ),
            case("b64:0 + crit", Reject, malformed, check(r#"{"alg":"HS256","b64":0,"crit":["b64"]}"#)),
            case(
                "b64:false detached, no crit",
                Reject,
                malformed,
                detached(&without_crit, b"x.y", unencoded(&without_crit)),
            ),
            case(
                "b64:false detached good",
                Accept,
                None,
                detached(b64_header, b"x.y", unencoded(b64_header)),
            ),
            case(
                "detached b64=true good",
                Accept,
                None,
                detached(&plain, b"x", format!("{plain}.{}", b64("x")).into_bytes()),
            ),
            case(
                "dup alg key (HS256 then none)",
                Reject,
                Code::DuplicateMember,
                check(r#"{"alg":"HS256","alg":"none"}"#),
            ),
            case("dup kid", Reject, Code::DuplicateMember, check(r#"{"alg":"HS256","kid":"a","kid":"h"}"#)),
            case("header BOM", Reject, Code::ByteOrderMark, raw(b"\xef\xbb\xbf{\"alg\":\"HS256\"}")),
            case(
                "header invalid utf8",
                Reject,
                Code::InvalidUtf8,
                raw(b"{\"alg\":\"HS256\",\"x\":\"\xff\"}"),
            ),
            case("header NaN", Reject, Code::NumberNotFinite, check(r#"{"alg":"HS256","x":NaN}"#)),
            case("header UTF-16", Reject, Code::InvalidJson, raw(&utf16)),
            case("header trailing bytes", Reject, Code::TrailingBytes, check(r#"{"alg":"HS256"}x"#)),
            case("header array", Reject, malformed, check(r#"["HS256"]"#)),
            case("header 1 MB", RejectedHere("headers have 16 KiB"), Code::TooLarge, check(&large)),
            case("header nested 100k", Reject, Code::TooLarge, check(&deep)),
            case(
                "kid not string",
                RejectedHere("RFC 7515 4.1.4 says MUST"),
                malformed,
                check(r#"{"alg":"HS256","kid":1}"#),
            ),
            case("alg missing", Reject, malformed, check("{}")),
            case("alg null", Reject, malformed, check(r#"{"alg":null}"#)),
            case("alg array", Reject, malformed, check(r#"{"alg":["HS256"]}"#)),
            case("alg none", Reject, Code::AlgorithmNotAllowed, check(r#"{"alg":"none"}"#)),
            case("alg nOnE", Reject, Code::AlgorithmNotAllowed, check(r#"{"alg":"nOnE"}"#)),
            case("alg hs256", Reject, Code::AlgorithmNotAllowed, check(r#"{"alg":"hs256"}"#)),
            case("zip", Reject, malformed, check(r#"{"alg":"HS256","zip":"DEF"}"#)),
        ],
        33,
    );
}

/// Signatures and keys.
#[test]
fn keys_and_signatures() {
    let (ed, es256k) = (generate("EdDSA"), generate("ES256K"));
    let (trusts_ed, trusts_k) = (trusting(&[&ed]), trusting(&[&es256k]));
    let token = sign("x", &es256k, json!({}));
    let token = String::from_utf8(token).expect("UTF-8");
    let (input, signature) = token.rsplit_once('.').expect("a token");
    let high = format!("{input}.{}", b64(high_s(&unb64(signature))));
    let named = forge(r#"{"alg":"Ed25519"}"#, "x", &ed);
    let mut cases = vec![
        case("ES256K good low-S", Accept, None, verify(&token, &trusts_k)),
        case("ES256K high-S", Accept, None, verify(high, &trusts_k)),
        case("EdDSA good", Accept, None, verify(sign("x", &ed, json!({})), &trusts_ed)),
        case("alg Ed25519 (RFC 9864) good", Accept, None, verify(named, &trusts_ed)),
        case(
            "alg ES256 with secp256k1 key",
            Reject,
            Code::AlgorithmMismatch,
            verify(
                forge(
                    r#"{"alg":"ES256"}"#
                        .replace('}', &format!(r#","kid":"{}"}}"#, es256k.kid().expect("a kid"))),
                    "x",
                    &es256k,
                ),
                &trusting_with(&[&es256k], json!({"algorithms":["ES256","ES256K"]})),
            ),
        ),
    ];
    // The identity is no key: who trusts it trusts everybody.
    let identity = json!({"kty":"OKP","crv":"Ed25519","x":b64([&[1][..], &[0; 31]].concat())});
    assert_eq!(code(verifier(&[identity], json!({}))), Some(Code::KeyWeak), "EdDSA identity key");
    for (name, jwk, expected) in [
        ("HS256 1-byte key", json!({"kty":"oct","k":b64("x")}), Code::KeyWeak),
        ("HS256 empty key", json!({"kty":"oct","k":""}), Code::KeyMalformed),
        ("key use=enc", json!({"kty":"oct","k":b64([7; 32]),"use":"enc"}), Code::KeyUseForbidden),
        (
            "key_ops=[sign] only",
            json!({"kty":"oct","k":b64([7; 32]),"key_ops":["encrypt"]}),
            Code::KeyUseForbidden,
        ),
    ] {
        assert_eq!(code(verifier(&[jwk], json!({}))), Some(expected), "{name}");
    }
    let hs512 = json!({"kty":"oct","k":b64([7; 64]),"alg":"HS512"});
    let other = api::key_symmetric("HS256", &[7; 64], None).expect("a key");
    cases.push(case(
        "key alg=HS512",
        Reject,
        Code::AlgorithmNotAllowed,
        verify(forge(r#"{"alg":"HS256"}"#, "x", &other), &verifier(&[hs512], json!({})).expect("a verifier")),
    ));
    run(cases, 6);
}

#[test]
fn ecdsa_p256() {
    if !has_engine("ES256") {
        return;
    }
    let key = generate("ES256");
    let trusted = trusting(&[&key]);
    let token = String::from_utf8(sign("x", &key, json!({}))).expect("UTF-8");
    let (input, signature) = token.rsplit_once('.').expect("a token");
    let bytes = unb64(signature);
    let (r, s) = bytes.split_at(32);
    let with = |signature: Vec<u8>| verify(format!("{input}.{}", b64(signature)), &trusted);
    let malformed = Code::SignatureMalformed;
    let order_hex = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
    let order = hex::decode(order_hex).expect("hex");
    let public = api::public_key_to_jwk(&api::key_public(&key).expect("a pair")).expect("a JWK");
    let mut jwk: Value = serde_json::from_slice(&public).expect("JSON");
    jwk["x"] = b64([&[0][..], &unb64(jwk["x"].as_str().expect("x"))].concat()).into();
    assert_eq!(
        code(verifier(&[jwk], json!({}))),
        Some(Code::KeyMalformed),
        "EC JWK x with leading zero (33 B)"
    );
    run(
        vec![
            case("ES256 good", Accept, None, verify(&token, &trusted)),
            case("ES256 malleable s=n-s", Accept, None, with(other_s(&bytes, order_hex))),
            case("ES256 r,s padded to 33B", Reject, malformed, with([&[0], r, &[0], s].concat())),
            case("ES256 r=0, s=0", Reject, malformed, with(vec![0; 64])),
            case("ES256 r=n", Reject, malformed, with([&order, s].concat())),
            case("ES256 s=n", Reject, malformed, with([r, &order].concat())),
            case("ES256 63 bytes", Reject, malformed, with(bytes[..63].to_vec())),
            case("ES256 65 bytes", Reject, malformed, with([&bytes[..], &[0]].concat())),
        ],
        8,
    );
}

#[test]
fn rsa() {
    if !has_engine("RS256") {
        return;
    }
    let key = generate("RS256");
    let public = api::key_public(&key).expect("a pair");
    let trusted = trusting_with(&[&key], json!({"algorithms":["RS256","HS256"]}));
    let weak = json!({"kty":"RSA","n":b64([0xff; 128]),"e":"AQAB"});
    assert_eq!(code(verifier(&[weak], json!({}))), Some(Code::KeyWeak), "RS256 with 1024-bit key");
    let pem = String::from_utf8(api::public_key_to_pem(&public).expect("PEM")).expect("ASCII");
    // The key is no secret of an HMAC, and what somebody signed with it elsewhere is none of its signatures.
    for secret in
        [pem.clone().into(), format!(" {pem}").into_bytes(), api::public_key_to_jwk(&public).expect("a JWK")]
    {
        assert_eq!(code(api::key_symmetric("HS256", &secret, None)), Some(Code::KeyUseForbidden));
        let header = format!(r#"{{"alg":"HS256","kid":"{}"}}"#, public.kid());
        let outcome = verify(mac(&header, &secret), &trusted);
        assert_eq!(code(outcome), Some(Code::AlgorithmMismatch), "RS->HS confusion");
        assert_eq!(code(verify(mac(r#"{"alg":"HS256"}"#, &secret), &trusted)), Some(Code::SignatureUnknown));
        assert_eq!(code(verify(mac(&header, &secret), &trusting(&[&key]))), Some(Code::AlgorithmNotAllowed));
    }
}

/// JSON serializations.
#[test]
fn json_serializations() {
    let key = hmac();
    let trusted = trusting(&[&key]);
    let flattened = |protected: &str, unprotected: Value| {
        let token = forge(protected, "x", &key);
        let parts: Vec<_> = token.split('.').collect();
        json!({"payload":parts[1],"protected":parts[0],"header":unprotected,"signature":parts[2]})
    };
    let good = flattened(r#"{"alg":"HS256"}"#, json!({}));
    let alg_unprotected = flattened("{}", json!({"alg":"HS256"}));
    let mut both = good.clone();
    both["signatures"] = json!([{"protected":good["protected"],"signature":good["signature"]}]);
    let duplicate = format!("{{\"payload\":\"eQ\",{}", &good.to_string()[1..]);
    let malformed = Code::SignatureHeaderMalformed;
    run(
        vec![
            case("JSON good", Accept, None, verify(good.to_string(), &trusted)),
            case(
                "JSON protected/header overlap (alg in both)",
                Reject,
                malformed,
                verify(flattened(r#"{"alg":"HS256"}"#, json!({"alg":"HS256"})).to_string(), &trusted),
            ),
            case(
                "JSON alg only in unprotected header",
                RejectedHere("what decides on the verification is protected here"),
                malformed,
                verify(alg_unprotected.to_string(), &trusted),
            ),
            case(
                "JSON crit in unprotected header",
                Reject,
                malformed,
                verify(flattened(r#"{"alg":"HS256","x":1}"#, json!({"crit":["x"]})).to_string(), &trusted),
            ),
            case(
                "JSON both signature and signatures",
                Reject,
                Code::JwsMalformed,
                verify(both.to_string(), &trusted),
            ),
            case("JSON dup payload member", Reject, Code::DuplicateMember, verify(duplicate, &trusted)),
            case(
                "JSON b64 in unprotected header",
                Reject,
                malformed,
                verify(flattened(r#"{"alg":"HS256"}"#, json!({"b64":false})).to_string(), &trusted),
            ),
        ],
        7,
    );
    // Two signatures, one of them bad: the caller says which must verify.
    let good = json!({"protected":good["protected"],"signature":good["signature"]});
    let bad = json!({"protected":good["protected"],"signature":b64([0; 32])});
    for signatures in [json!([good, bad]), json!([bad, good])] {
        let jws = json!({"payload":b64("x"),"signatures":signatures}).to_string();
        for (options, expected) in [
            (json!({}), Some(Code::PolicyRequired)),
            (json!({"policy":"all"}), Some(Code::SignatureVerificationFailed)),
            (json!({"policy":"any"}), None),
        ] {
            assert_eq!(code(verify(&jws, &trusting_with(&[&key], options))), expected);
        }
    }
}
