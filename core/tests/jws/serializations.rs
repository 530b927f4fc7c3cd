//! How a JWS is written and read.

use serde_json::{Value, json};

use super::*;

const PAYLOADS: [&[u8]; 4] = [b"", b"{\"a\":1}", b"\x00\xff.", "$.02 \u{e7}ay".as_bytes()];

#[test]
fn what_is_signed_verifies_in_every_form() {
    let keys = [generate("EdDSA"), generate("ES256K"), hmac()];
    for key in &keys {
        let trusted = trusting(&[key]);
        for payload in PAYLOADS {
            for serialization in ["compact", "flattened", "general"] {
                for detached in [false, true] {
                    let jws = sign(payload, key, json!({"serialization":serialization,"detached":detached}));
                    let given = detached.then_some(payload);
                    let verified = api::jws_verify(&jws, given, &trusted, b"").expect(serialization);
                    assert_eq!(verified.payload, payload);
                    let report = report(&verified);
                    let expected = json!([{
                        "alg": key.algorithm().name(),
                        "header": {"alg":key.algorithm().name(),"kid":key.kid()},
                        "index": 0,
                        "kid": key.kid(),
                        "thumbprint": key.public_key().map(PublicKey::thumbprint),
                        "verified": true,
                    }]);
                    assert_eq!(report, expected);
                }
            }
        }
    }
}

#[test]
fn json_is_canonical_and_complete() {
    let key = generate("EdDSA");
    let options = json!({"serialization":"flattened","unprotected":{"z":1,"a":[]},"header":{"jku":"https://x.example/"},
        "typ":"JOSE","kid":"named"});
    let flattened = sign("payload", &key, options.clone());
    let value: Value = serde_json::from_slice(&flattened).expect("JSON");
    assert_eq!(serde_jcs::to_vec(&value).expect("JSON"), flattened);
    assert_eq!(value["header"], json!({"a":[],"z":1}));
    assert_eq!(value["payload"], b64("payload"));
    let header: Value =
        serde_json::from_slice(&unb64(value["protected"].as_str().expect("text"))).expect("JSON");
    assert_eq!(header, json!({"alg":"EdDSA","jku":"https://x.example/","kid":"named","typ":"JOSE"}));
    let mut general = options;
    general["serialization"] = "general".into();
    let general = sign("payload", &key, general);
    let value: Value = serde_json::from_slice(&general).expect("JSON");
    assert_eq!(serde_jcs::to_vec(&value).expect("JSON"), general);
    assert_eq!(value["signatures"][0]["header"], json!({"a":[],"z":1}));
    assert_eq!(code(api::jws_sign(b"", &key, br#"{"unprotected":{"a":1}}"#)), Some(Code::InvalidArgument));
}

#[test]
fn unencoded_payloads() {
    let key = hmac();
    let trusted = trusting(&[&key]);
    for (payload, serialization, detached, expected) in [
        (&b"$02"[..], "compact", false, None),
        (b"a b~!", "compact", false, None),
        (b"", "compact", false, None),
        (b"$.02", "compact", false, Some(Code::PayloadUnencodable)),
        (b"a\n", "compact", false, Some(Code::PayloadUnencodable)),
        (b"\x7f", "compact", false, Some(Code::PayloadUnencodable)),
        ("ç".as_bytes(), "compact", false, Some(Code::PayloadUnencodable)),
        (b"$.02", "compact", true, None),
        (b"\xff\x00", "compact", true, None),
        (b"$.02\"\\\x01", "flattened", false, None),
        ("ç".as_bytes(), "general", false, None),
        (b"\xff", "flattened", false, Some(Code::PayloadUnencodable)),
        (b"\xff", "general", true, None),
    ] {
        let options = json!({"serialization":serialization,"detached":detached,"b64":false}).to_string();
        let outcome = api::jws_sign(payload, &key, options.as_bytes());
        assert_eq!(code(outcome.clone()), expected, "{payload:?} {serialization}");
        if let Ok(jws) = outcome {
            let given = detached.then_some(payload);
            let verified = api::jws_verify(&jws, given, &trusted, b"").expect(serialization);
            assert_eq!(verified.payload, payload);
        }
    }
    // What nobody signs here is not read from others.
    let token = forge(r#"{"alg":"HS256","b64":false,"crit":["b64"]}"#, "", &key);
    let (header, signature) = token.split_once("..").expect("an empty payload");
    for payload in ["ç", "a\tb"] {
        assert_eq!(
            code(verify(format!("{header}.{payload}.{signature}"), &trusted)),
            Some(Code::JwsMalformed)
        );
    }
}

#[test]
fn where_the_payload_is() {
    let key = generate("EdDSA");
    let trusted = trusting(&[&key]);
    let attached = sign("x", &key, json!({}));
    let detached = sign("x", &key, json!({"detached":true}));
    let empty = sign("", &key, json!({}));
    let json_of = |payload: &str, detached: bool| {
        sign(payload, &key, json!({"serialization":"flattened","detached":detached}))
    };
    for (jws, payload, expected) in [
        (&attached, None, None),
        (&attached, Some("x"), Some(Code::PayloadUnexpected)),
        (&attached, Some(""), Some(Code::PayloadUnexpected)),
        (&detached, Some("x"), None),
        (&detached, Some("y"), Some(Code::SignatureInvalid)),
        (&detached, Some(""), Some(Code::SignatureInvalid)),
        // A token without payload is one with an empty payload.
        (&detached, None, Some(Code::SignatureInvalid)),
        (&empty, None, None),
        (&empty, Some(""), None),
        (&json_of("x", false), None, None),
        (&json_of("x", false), Some("x"), Some(Code::PayloadUnexpected)),
        (&json_of("", false), Some(""), Some(Code::PayloadUnexpected)),
        (&json_of("x", true), Some("x"), None),
        (&json_of("x", true), None, Some(Code::PayloadMissing)),
        (&json_of("", true), None, Some(Code::PayloadMissing)),
        (&json_of("", true), Some(""), None),
    ] {
        let outcome = api::jws_verify(jws, payload.map(str::as_bytes), &trusted, b"");
        assert_eq!(code(outcome), expected, "{} {payload:?}", String::from_utf8_lossy(jws));
    }
}

#[test]
fn a_json_payload_is_made_canonical() {
    let key = generate("EdDSA");
    let trusted = trusting(&[&key]);
    let text = br#"{ "b" : 1.0, "a" : "x" }"#;
    let canonical = br#"{"a":"x","b":1}"#;
    let attached = sign(text, &key, json!({"canonicalize":"exact"}));
    assert_eq!(verify(&attached, &trusted).expect("signed").payload, canonical);
    let detached = sign(text, &key, json!({"canonicalize":"exact","detached":true}));
    for payload in [&text[..], canonical, br#"{"b":1,"a":"\u0078"}"#] {
        let verified = api::jws_verify(&detached, Some(payload), &trusted, br#"{"canonicalize":"exact"}"#);
        assert_eq!(verified.expect("signed").payload, canonical);
    }
    assert!(verify_detached(&detached, canonical, &trusted).is_ok());
    assert_eq!(code(verify_detached(&detached, text, &trusted)), Some(Code::SignatureInvalid));
    for (payload, numbers, expected) in [
        (&br#"{"a":9007199254740993}"#[..], "exact", Some(Code::NumberNotExact)),
        (br#"{"a":9007199254740993}"#, "ieee754", Some(Code::SignatureInvalid)),
        (br#"{"a":1,"a":1}"#, "exact", Some(Code::DuplicateMember)),
        (b"{", "exact", Some(Code::InvalidJson)),
    ] {
        let options = json!({"canonicalize":numbers}).to_string();
        let outcome = api::jws_verify(&detached, Some(payload), &trusted, options.as_bytes());
        assert_eq!(code(outcome), expected);
    }
    let outcome = api::jws_verify(&attached, None, &trusted, br#"{"canonicalize":"exact"}"#);
    assert_eq!(code(outcome), Some(Code::InvalidArgument));
    assert_eq!(code(api::jws_sign(b"{", &key, br#"{"canonicalize":"exact"}"#)), Some(Code::InvalidJson));
}

#[test]
fn texts_that_are_no_jws() {
    let key = generate("EdDSA");
    let trusted = trusting(&[&key]);
    let flattened = sign("x", &key, json!({"serialization":"flattened"}));
    let good: Value = serde_json::from_slice(&flattened).expect("JSON");
    let general = json!({"payload":good["payload"],"signatures":[{"protected":good["protected"],"signature":good["signature"]}]});
    let with = |base: &Value, name: &str, value: Value| {
        let mut changed = base.clone();
        changed[name] = value;
        changed.to_string()
    };
    let without = |base: &Value, name: &str| {
        let mut changed = base.clone();
        changed.as_object_mut().expect("an object").remove(name);
        changed.to_string()
    };
    // What others put beside the members of the RFC is ignored (RFC 7515 section 7.2.1).
    for allowed in [
        good.to_string(),
        general.to_string(),
        with(&good, "x", json!([1])),
        with(&good, "header", json!({})),
        format!(" \n{good}"),
        good.to_string().replace("payload", "p\\u0061yload"),
    ] {
        assert!(verify(&allowed, &trusted).is_ok(), "{allowed}");
    }
    for (text, expected) in [
        (String::new(), Code::JwsMalformed),
        ("x".to_owned(), Code::JwsMalformed),
        (".".to_owned(), Code::JwsMalformed),
        ("..".to_owned(), Code::SignatureHeaderMalformed),
        ("...".to_owned(), Code::JwsMalformed),
        ("[]".to_owned(), Code::JwsMalformed),
        ("\"a.b.c\"".to_owned(), Code::JwsMalformed),
        ("{}".to_owned(), Code::JwsMalformed),
        ("{".to_owned(), Code::InvalidJson),
        (format!("\u{feff}{good}"), Code::ByteOrderMark),
        (format!("{good}x"), Code::TrailingBytes),
        (with(&good, "payload", json!(1)), Code::JwsMalformed),
        (with(&good, "payload", json!("*")), Code::JwsMalformed),
        (with(&good, "payload", json!("eA\n")), Code::JwsMalformed),
        (with(&good, "protected", json!({"alg":"EdDSA"})), Code::JwsMalformed),
        (with(&good, "header", json!("{}")), Code::JwsMalformed),
        (with(&good, "header", json!(null)), Code::JwsMalformed),
        (with(&good, "signature", json!(null)), Code::JwsMalformed),
        (with(&good, "signatures", json!([])), Code::JwsMalformed),
        (with(&good, "signatures", general["signatures"].clone()), Code::JwsMalformed),
        (with(&general, "protected", good["protected"].clone()), Code::JwsMalformed),
        (with(&general, "header", json!({})), Code::JwsMalformed),
        (with(&general, "signatures", json!({})), Code::JwsMalformed),
        (with(&general, "signatures", json!([])), Code::JwsMalformed),
        (with(&general, "signatures", json!(["x"])), Code::JwsMalformed),
        (without(&good, "signature"), Code::JwsMalformed),
        (without(&good, "payload"), Code::PayloadMissing),
        (without(&good, "protected"), Code::SignatureHeaderMalformed),
        (format!("{}{}", r#"{"payload":"eA","#, &good.to_string()[1..]), Code::DuplicateMember),
    ] {
        assert_eq!(code(verify(&text, &trusted)), Some(expected), "{text}");
    }
}

#[test]
fn limits_are_those_of_the_verifier() {
    let key = generate("EdDSA");
    let limited = |options| trusting_with(&[&key], options);
    let token = sign(vec![b'x'; 1000], &key, json!({}));
    assert!(verify(&token, &limited(json!({"max_payload_bytes":1000}))).is_ok());
    assert_eq!(code(verify(&token, &limited(json!({"max_payload_bytes":999})))), Some(Code::TooLarge));
    let detached = sign(vec![b'x'; 1000], &key, json!({"detached":true}));
    for (bytes, expected) in [(1000, None), (999, Some(Code::TooLarge))] {
        let trusted = limited(json!({"max_payload_bytes":bytes}));
        assert_eq!(code(verify_detached(&detached, &[b'x'; 1000], &trusted)), expected);
    }
    let header = format!(r#"{{"alg":"EdDSA","x":"{}"}}"#, "a".repeat(200));
    let token = forge(&header, "x", &key);
    for (bytes, expected) in [(header.len(), None), (header.len() - 1, Some(Code::TooLarge))] {
        assert_eq!(code(verify(&token, &limited(json!({"max_header_bytes":bytes})))), expected);
    }
    let text = format!(r#"{{"x":"{}"}}"#, "a".repeat(200));
    let unprotected: Value = serde_json::from_str(&text).expect("JSON");
    let jws = sign("x", &key, json!({"serialization":"flattened","unprotected":unprotected}));
    for (bytes, expected) in [(text.len(), None), (text.len() - 1, Some(Code::TooLarge))] {
        assert_eq!(code(verify(&jws, &limited(json!({"max_header_bytes":bytes})))), expected);
    }
}

#[test]
fn one_more_signature() {
    let (one, two) = (generate("EdDSA"), generate("ES256K"));
    let all = trusting_with(&[&one, &two], json!({"policy":"all"}));
    for payload in PAYLOADS {
        for serialization in ["flattened", "general"] {
            for (detached, b64) in [(false, true), (true, true), (true, false)] {
                let options = json!({"serialization":serialization,"detached":detached,"b64":b64,"unprotected":{"n":1}});
                let first = sign(payload, &one, options);
                let given = detached.then_some(payload);
                let more = json!({"b64":b64,"unprotected":{"n":2}}).to_string();
                let both = api::jws_append(&first, given, &two, more.as_bytes()).expect(serialization);
                let value: Value = serde_json::from_slice(&both).expect("JSON");
                assert_eq!(serde_jcs::to_vec(&value).expect("JSON"), both, "it is canonical");
                let verified = api::jws_verify(&both, given, &all, b"").expect(serialization);
                assert_eq!(verified.payload, payload);
                let report = report(&verified);
                assert_eq!(report[0]["kid"], one.kid().expect("a kid"));
                assert_eq!(report[0]["unprotected"], json!({"n":1}));
                assert_eq!(report[1]["kid"], two.kid().expect("a kid"));
                assert_eq!(report[1]["unprotected"], json!({"n":2}));
            }
        }
    }
    // What else stands in the JWS stays.
    let mut first: Value =
        serde_json::from_slice(&sign("x", &one, json!({"serialization":"flattened"}))).expect("JSON");
    first["q"] = json!({"a":[1]});
    let both = api::jws_append(first.to_string().as_bytes(), None, &two, b"").expect("a JWS");
    let both: Value = serde_json::from_slice(&both).expect("JSON");
    assert_eq!(both["q"], json!({"a":[1]}));
    assert_eq!(both.as_object().expect("an object").len(), 3);
    assert_eq!(both["signatures"][0], json!({"protected":first["protected"],"signature":first["signature"]}));
}

#[test]
fn what_takes_no_more_signatures() {
    let key = generate("EdDSA");
    let flattened = sign("x", &key, json!({"serialization":"flattened"}));
    let detached = sign("x", &key, json!({"serialization":"flattened","detached":true}));
    for (jws, payload, options, expected) in [
        (&sign("x", &key, json!({})), None, "", Code::JwsMalformed),
        (&flattened, Some(&b"x"[..]), "", Code::PayloadUnexpected),
        (&detached, None, "", Code::PayloadMissing),
        (&flattened, None, r#"{"b64":false}"#, Code::SignatureHeaderMalformed),
        (&flattened, None, r#"{"serialization":"general"}"#, Code::UnknownOption),
        (&flattened, None, r#"{"alg":"ES256K"}"#, Code::AlgorithmMismatch),
    ] {
        let outcome = api::jws_append(jws, payload, &key, options.as_bytes());
        assert_eq!(code(outcome), Some(expected), "{options}");
    }
    let mut jws = flattened;
    for _ in 1..64 {
        jws = api::jws_append(&jws, None, &key, b"").expect("up to 64");
    }
    assert!(verify(&jws, &trusting_with(&[&key], json!({"policy":"all"}))).is_ok());
    assert_eq!(code(api::jws_append(&jws, None, &key, b"")), Some(Code::TooManySignatures));
}
