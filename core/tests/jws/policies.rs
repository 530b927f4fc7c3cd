//! Which of several signatures must verify.

use serde_json::{Value, json};

use super::*;

/// A JWS with one signature of each key, and the places of those that are to be broken.
fn signed(keys: &[&SigningKey], broken: &[usize]) -> String {
    let mut jws = sign("x", keys[0], json!({"serialization":"general"}));
    for key in &keys[1..] {
        jws = api::jws_append(&jws, None, key, b"").expect("a JWS");
    }
    let mut jws: Value = serde_json::from_slice(&jws).expect("JSON");
    for index in broken {
        let signature = &mut jws["signatures"][*index]["signature"];
        let mut bytes = unb64(signature.as_str().expect("text"));
        bytes[0] ^= 1;
        *signature = b64(bytes).into();
    }
    jws.to_string()
}

#[test]
fn policies() {
    let keys = [generate("EdDSA"), generate("EdDSA"), generate("ES256K"), generate("EdDSA")];
    let [a, b, c, d] = keys.each_ref();
    let kids = |keys: &[&SigningKey]| json!({"kids":keys.iter().map(|key| key.kid()).collect::<Vec<_>>()});
    let failed = Some(Code::SignatureVerificationFailed);
    let (unknown, unmet) = (Some(Code::SignatureUnknown), Some(Code::ThresholdNotMet));
    for (signers, broken, trusted, options, expected) in [
        // One signature: it must verify, and a policy may ask for more.
        (&[a][..], &[][..], &[a, b][..], json!({}), None),
        (&[a], &[], &[a, b], json!({"threshold":1}), None),
        (&[a], &[], &[a, b], json!({"threshold":2}), unmet),
        (&[a], &[], &[a, b], json!({"policy":"all"}), None),
        (&[a], &[], &[a, b], kids(&[a]), None),
        (&[a], &[], &[a, b], kids(&[b]), unmet),
        (&[a], &[0], &[a], json!({"policy":"any"}), Some(Code::SignatureInvalid)),
        (&[a], &[], &[b], json!({"policy":"any"}), unknown),
        // Several.
        (&[a, b], &[], &[a, b], json!({}), Some(Code::PolicyRequired)),
        (&[a, b], &[], &[a, b], json!({"policy":"all"}), None),
        (&[a, b], &[], &[a], json!({"policy":"all"}), failed),
        (&[a, b], &[1], &[a, b], json!({"policy":"all"}), failed),
        (&[a, b], &[0], &[a, b], json!({"policy":"any"}), None),
        (&[a, b], &[1], &[a, b], json!({"policy":"any"}), None),
        (&[a, b], &[0, 1], &[a, b], json!({"policy":"any"}), failed),
        (&[a, b], &[0], &[a], json!({"policy":"any"}), failed),
        (&[a, b], &[], &[d], json!({"policy":"any"}), unknown),
        // The algorithm of these is none that the verifier allows, which is asked before whose they are.
        (&[a, b], &[], &[c], json!({"policy":"any"}), failed),
        (&[a, b, c], &[1], &[a, b, c], json!({"threshold":2}), None),
        (&[a, b, c], &[1, 2], &[a, b, c], json!({"threshold":2}), unmet),
        (&[a, a, a], &[], &[a, b], json!({"threshold":2}), unmet),
        (&[a, a], &[], &[a], json!({"policy":"all"}), None),
        (&[a, b, c], &[1], &[a, b, c], kids(&[a, c]), None),
        (&[a, b, c], &[2], &[a, b, c], kids(&[a, c]), unmet),
        (&[a, b], &[], &[a, b, c], kids(&[c]), unmet),
    ] {
        let outcome = verify(signed(signers, broken), &trusting_with(trusted, options.clone()));
        assert_eq!(code(outcome), expected, "{options} {broken:?}");
    }
}

#[test]
fn failures_are_told() {
    let [a, b, c] = [generate("EdDSA"), generate("EdDSA"), generate("EdDSA")];
    let jws = signed(&[&a, &b, &c], &[1]);
    let verified = verify(&jws, &trusting_with(&[&a, &b], json!({"policy":"any"}))).expect("one verifies");
    let report = report(&verified);
    assert_eq!(report[0]["verified"], true);
    assert_eq!(report[1], json!({"code":"signature_invalid","index":1,"kid":b.kid(),"verified":false}));
    assert_eq!(report[2], json!({"code":"signature_unknown","index":2,"kid":c.kid(),"verified":false}));
    let error = verify(&jws, &trusting_with(&[&a, &b], json!({"policy":"all"}))).expect_err("one does not");
    assert_eq!(error.detail_json().as_deref(), Some(r#"{"cause":"signature_invalid","index":1}"#));
    let error = verify(&jws, &trusting_with(&[&b], json!({"policy":"any"}))).expect_err("none does");
    assert_eq!(error.detail_json().as_deref(), Some(r#"{"cause":"signature_invalid","index":1}"#));
    let error = verify(&jws, &trusting_with(&[&a, &b, &c], json!({"threshold":3}))).expect_err("two do");
    assert_eq!(error.detail_json().as_deref(), Some(r#"{"required":3,"verified":2}"#));
}

/// A broken entry never keeps another from being looked at, unless all must verify.
#[test]
fn entries_that_are_no_signatures() {
    let key = generate("EdDSA");
    let good: Value = serde_json::from_str(&signed(&[&key], &[])).expect("JSON");
    let entry = good["signatures"][0].clone();
    for (bad, expected) in [
        (json!({"protected":"*","signature":""}), "jws_malformed"),
        (json!({"protected":b64("{"),"signature":""}), "invalid_json"),
        (json!({"protected":b64("{}"),"signature":""}), "signature_header_malformed"),
        (json!({"signature":""}), "signature_header_malformed"),
        (json!({"protected":entry["protected"],"signature":"="}), "signature_malformed"),
        (json!({"protected":entry["protected"],"signature":"a".repeat(1367)}), "signature_malformed"),
        (json!({"protected":b64(r#"{"alg":"none"}"#),"signature":""}), "algorithm_not_allowed"),
        (
            json!({"protected":b64(format!(r#"{{"alg":"EdDSA","x":"{}"}}"#, "a".repeat(17_000))),"signature":""}),
            "too_large",
        ),
    ] {
        for index in 0..2 {
            let mut jws = good.clone();
            jws["signatures"].as_array_mut().expect("an array").insert(index, bad.clone());
            let any = trusting_with(&[&key], json!({"policy":"any"}));
            let report = report(&verify(jws.to_string(), &any).expect(expected));
            assert_eq!(report[index]["code"], expected);
            let all = trusting_with(&[&key], json!({"policy":"all"}));
            let error = verify(jws.to_string(), &all).expect_err(expected);
            assert_eq!(error.code(), Code::SignatureVerificationFailed);
            assert!(error.detail_json().expect("detail").contains(expected));
        }
    }
}

/// RFC 7797 section 3.
#[test]
fn b64_does_not_differ() {
    let (a, b) = (generate("EdDSA"), hmac());
    let mut one: Value =
        serde_json::from_slice(&sign("eA", &a, json!({"serialization":"general"}))).expect("JSON");
    let other = sign("eA", &b, json!({"serialization":"general","b64":false}));
    let other: Value = serde_json::from_slice(&other).expect("JSON");
    one["signatures"].as_array_mut().expect("an array").push(other["signatures"][0].clone());
    let outcome = verify(one.to_string(), &trusting_with(&[&a, &b], json!({"policy":"any"})));
    assert_eq!(code(outcome), Some(Code::SignatureHeaderMalformed));
}

#[test]
fn what_a_verifier_asks_of_headers() {
    let (a, b) = (generate("EdDSA"), generate("EdDSA"));
    let token = sign("x", &a, json!({"typ":"a+jws","header":{"crit":["exp","x"],"exp":1,"x":2}}));
    for (options, expected) in [
        (json!({}), Some(Code::CriticalHeaderUnsupported)),
        (json!({"crit":["exp"]}), Some(Code::CriticalHeaderUnsupported)),
        (json!({"crit":["exp","x","y"]}), None),
        (json!({"crit":["exp","x"],"typ":"a+jws"}), None),
        (json!({"crit":["exp","x"],"typ":"b+jws"}), Some(Code::TypMismatch)),
        (json!({"crit":["exp","x"],"typ":"A+JWS"}), Some(Code::TypMismatch)),
        (json!({"typ":"b+jws"}), Some(Code::CriticalHeaderUnsupported)),
        (json!({"crit":["exp","x"],"algorithms":["EdDSA"]}), None),
        (json!({"crit":["exp","x"],"algorithms":["ES256K"]}), Some(Code::AlgorithmNotAllowed)),
        (json!({"crit":["exp","x"],"algorithms":["ES256K"],"typ":"b"}), Some(Code::TypMismatch)),
    ] {
        assert_eq!(code(verify(&token, &trusting_with(&[&a, &b], options.clone()))), expected, "{options}");
    }
    // `typ` is believed only where it is protected.
    let unprotected = sign("x", &a, json!({"serialization":"flattened","unprotected":{"typ":"a"}}));
    assert_eq!(code(verify(unprotected, &trusting_with(&[&a], json!({"typ":"a"})))), Some(Code::TypMismatch));
    // Without `kid`, the key must be the only one of the algorithm.
    let nameless = sign("x", &a, json!({"kid":null}));
    assert!(verify(&nameless, &trusting(&[&a])).is_ok());
    assert!(verify(&nameless, &trusting(&[&a, &hmac()])).is_ok());
    assert_eq!(code(verify(&nameless, &trusting(&[&a, &b]))), Some(Code::KidMissing));
    assert_eq!(code(verify(&nameless, &trusting(&[&b]))), Some(Code::SignatureInvalid));
    assert_eq!(code(verify(&nameless, &trusting(&[&hmac()]))), Some(Code::AlgorithmNotAllowed));
    let allowed = trusting_with(&[&hmac()], json!({"algorithms":["EdDSA"]}));
    assert_eq!(code(verify(&nameless, &allowed)), Some(Code::SignatureUnknown));
}
