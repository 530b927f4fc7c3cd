//! Vectors of RFC 7515, 7520, 7797 and 8037, and what is refused of them.

use serde_json::{Value, json};

use super::*;

/// RFC 7515 appendix A, RFC 7797 section 4, RFC 8037 appendix A.4.
#[test]
fn examples_of_the_rfcs() {
    let Some(vectors) = third_party("jose-rfc/rfc_vectors.json") else { return };
    let cases = vectors["jws"].as_array().expect("cases");
    assert_eq!(cases.len(), 7);
    for case in cases {
        let (id, token) = (case["id"].as_str().expect("an id"), case["compact"].as_str().expect("a token"));
        if case["expect"] == "reject" {
            // Two with `alg` none: whatever the verifier trusts.
            let key = json!({"kty":"oct","k":b64([7; 64])});
            let outcome = verify(token, &verifier(&[key], json!({})).expect("a verifier"));
            let expected =
                if id.contains("crit") { Code::CriticalHeaderUnsupported } else { Code::AlgorithmNotAllowed };
            // The signature of both is empty, which is base64url.
            assert_eq!(code(outcome), Some(expected), "{id}");
            continue;
        }
        if !has_engine(case["alg"].as_str().expect("alg")) {
            continue;
        }
        let trusted = verifier(&[case["jwk"].clone()], json!({})).expect(id);
        let verified = match case.get("payload") {
            Some(payload) => verify_detached(token, payload.as_str().expect("text").as_bytes(), &trusted),
            None => verify(token, &trusted),
        };
        let payload = verified.expect(id).payload;
        let segment = token.split('.').nth(1).expect("a payload");
        let attached = if segment.is_empty() { b"$.02".to_vec() } else { unb64(segment) };
        assert_eq!(payload, attached, "{id}");
    }
}

/// The key of the RFC signs the bytes of the RFC, where the header of the RFC is one that is written here.
#[test]
fn examples_are_reproduced() {
    let Some(vectors) = third_party("jose-rfc/rfc_vectors.json") else { return };
    let mut reproduced = 0;
    for (id, payload, options) in [
        ("RFC8037-A.4", "Example of Ed25519 signing", json!({"kid":null})),
        ("RFC7797-4.1 control", "$.02", json!({"kid":null,"alg":"HS256"})),
        (
            "RFC7797-4.2 b64=false detached",
            "$.02",
            json!({"kid":null,"alg":"HS256","b64":false,"detached":true}),
        ),
    ] {
        let cases = vectors["jws"].as_array().expect("cases");
        let case = cases.iter().find(|case| case["id"] == id).expect(id);
        let key = signing_key(&case["jwk"]).expect("a key");
        assert_eq!(sign(payload, &key, options), case["compact"].as_str().expect("a token").as_bytes());
        reproduced += 1;
    }
    assert_eq!(reproduced, 3);
}

/// RFC 7520 section 4.
#[test]
fn the_cookbook() {
    for (file, reproducible) in [
        ("4_1.rsa_v15_signature", true),
        ("4_2.rsa-pss_signature", false),
        ("4_3.ecdsa_signature", false),
        ("4_4.hmac-sha2_integrity_protection", true),
        ("4_5.signature_with_detached_content", true),
        ("4_6.protecting_specific_header_fields", true),
    ] {
        let Some(case) = third_party(&format!("jose-cookbook/jws/{file}.json")) else { return };
        let (input, output) = (&case["input"], &case["output"]);
        let alg = input["alg"].as_str().expect("alg");
        if !has_engine(alg) {
            continue;
        }
        let payload = input["payload"].as_str().expect("a payload").as_bytes();
        let key = signing_key(&input["key"]).expect(file);
        let trusted = verifier(&[input["key"].clone()], json!({"algorithms":[alg]})).expect(file);
        let detached = file.starts_with("4_5").then_some(payload);
        let kid = match case["signing"].get("unprotected") {
            Some(_) => Value::Null,
            None => input["key"]["kid"].clone(),
        };
        for (name, serialization) in [("compact", "compact"), ("json_flat", "flattened"), ("json", "general")]
        {
            let Some(expected) = output.get(name) else { continue };
            let text = expected.as_str().map_or_else(|| expected.to_string(), str::to_owned);
            let verified = api::jws_verify(text.as_bytes(), detached, &trusted, b"").expect(file);
            assert_eq!(verified.payload, payload, "{file}");
            if !reproducible {
                continue;
            }
            let mut options =
                json!({"serialization":serialization,"detached":detached.is_some(),"kid":kid,"alg":alg});
            if let Some(unprotected) = case["signing"].get("unprotected") {
                options["unprotected"] = unprotected.clone();
            }
            let ours = sign(payload, &key, options);
            match expected {
                Value::String(token) => assert_eq!(ours, token.as_bytes(), "{file}"),
                object => {
                    assert_eq!(&serde_json::from_slice::<Value>(&ours).expect("JSON"), object, "{file}")
                }
            }
        }
    }
}

/// RFC 7520 section 4.7: nothing is protected there, which is not enough here.
#[test]
fn an_unprotected_algorithm_is_refused() {
    let Some(case) = third_party("jose-cookbook/jws/4_7.protecting_content_only.json") else { return };
    let trusted = verifier(&[case["input"]["key"].clone()], json!({})).expect("a verifier");
    for name in ["json", "json_flat"] {
        let outcome = verify(case["output"][name].to_string(), &trusted);
        assert_eq!(code(outcome), Some(Code::SignatureHeaderMalformed));
    }
}

/// RFC 7520 section 4.8: three signatures. Two of the keys have the same `kid`, and nothing of the second is protected.
#[test]
fn several_signatures_of_the_cookbook() {
    let Some(case) = third_party("jose-cookbook/jws/4_8.multiple_signatures.json") else { return };
    let text = case["output"]["json"].to_string();
    let keys = case["input"]["key"].as_array().expect("keys");
    if has_engine("RS256") {
        assert_eq!(code(keyset(keys)), Some(Code::DuplicateKid));
    }
    for (index, key) in keys.iter().enumerate() {
        if !has_engine(case["input"]["alg"][index].as_str().expect("alg")) {
            continue;
        }
        let any = verifier(std::slice::from_ref(key), json!({"policy":"any"})).expect("a verifier");
        let outcome = verify(&text, &any);
        if index == 1 {
            assert_eq!(code(outcome), Some(Code::SignatureVerificationFailed));
        } else {
            let verified = outcome.expect("one of them");
            assert_eq!(verified.payload, case["input"]["payload"].as_str().expect("a payload").as_bytes());
            let report = report(&verified);
            let verified: Vec<_> = (0..3).map(|index| report[index]["verified"] == true).collect();
            assert_eq!(verified, [index == 0, false, index == 2]);
            assert_eq!(report[1]["code"], "signature_header_malformed");
        }
        let all = verifier(std::slice::from_ref(key), json!({"policy":"all"})).expect("a verifier");
        assert_eq!(code(verify(&text, &all)), Some(Code::SignatureVerificationFailed));
        let none = verifier(std::slice::from_ref(key), json!({})).expect("a verifier");
        assert_eq!(code(verify(&text, &none)), Some(Code::PolicyRequired));
    }
}

/// Examples of RFC 7797 in the cookbook. One of its files has a header without `crit`: it is not to be accepted.
#[test]
fn unencoded_payloads_of_the_cookbook() {
    let folder = "jose-cookbook/rfc7797";
    let Some(good) = third_party(&format!("{folder}/hmac-sha2_b64_false.json")) else { return };
    let bad = third_party(&format!("{folder}/4.2.hmac-sha2_b64_false.json")).expect("beside the other");
    for (case, expected) in [(good, None), (bad, Some(Code::SignatureHeaderMalformed))] {
        let trusted = verifier(&[case["input"]["key"].clone()], json!({})).expect("a verifier");
        let outputs = case["output"].as_object().expect("outputs");
        for (name, output) in outputs {
            let text = output.as_str().map_or_else(|| output.to_string(), str::to_owned);
            let outcome = verify(&text, &trusted);
            if let Ok(verified) = &outcome {
                assert_eq!(verified.payload, case["input"]["payload"].as_str().expect("text").as_bytes());
            }
            assert_eq!(code(outcome), expected, "{name}");
        }
    }
}

/// RFC 8037 appendix A.4 in every serialization.
#[test]
fn ed25519_of_the_cookbook() {
    let Some(case) = third_party("jose-cookbook/curve25519/jws.json") else { return };
    let key = signing_key(&case["input"]["key"]).expect("a key");
    let trusted = trusting(&[&key]);
    for (name, serialization) in [("compact", "compact"), ("json_flat", "flattened"), ("json", "general")] {
        let expected = &case["output"][name];
        let text = expected.as_str().map_or_else(|| expected.to_string(), str::to_owned);
        assert_eq!(verify(&text, &trusted).expect(name).payload, b"Example of Ed25519 signing");
        let ours =
            sign("Example of Ed25519 signing", &key, json!({"serialization":serialization,"kid":null}));
        match expected {
            Value::String(token) => assert_eq!(ours, token.as_bytes()),
            object => assert_eq!(&serde_json::from_slice::<Value>(&ours).expect("JSON"), object),
        }
    }
}
