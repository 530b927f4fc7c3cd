//! Wycheproof `json_web_signature`: 401 tokens, of which eight are expected wrongly there.

use std::collections::BTreeMap;

use super::*;

/// What is expected of these there is a mistake, so that the outcome here must be the other one, with this code.
const MISTAKEN: [(u64, &str, Option<Code>); 8] = [
    (346, "the key is for PS256, the token has PS384", Some(Code::AlgorithmNotAllowed)),
    (347, "the key has alg ES521, which does not exist", Some(Code::KeyUseForbidden)),
    (350, "the key is for PS256, the token has PS384", Some(Code::AlgorithmNotAllowed)),
    (351, "the key has alg ES521, which does not exist", Some(Code::KeyUseForbidden)),
    (367, "the token is that of 357, which is valid", None),
    (370, "the token is that of 357, which is valid", None),
    (372, "the header has a question mark", Some(Code::JwsMalformed)),
    (373, "the payload has a question mark", Some(Code::JwsMalformed)),
];

#[test]
fn json_web_signature() {
    let Some(suite) = third_party("wycheproof/testvectors_v1/json_web_signature_test.json") else { return };
    let mistaken: BTreeMap<_, _> = MISTAKEN.iter().map(|(id, _, code)| (*id, *code)).collect();
    let (mut agreed, mut exceptions, mut skipped) = (0, Vec::new(), 0);
    let engine = has_engine("RS256");
    for group in suite["testGroups"].as_array().expect("groups") {
        let jwk = group.get("public").unwrap_or(&group["private"]);
        if jwk["kty"] != "oct" && !engine {
            skipped += group["tests"].as_array().expect("tests").len();
            continue;
        }
        let trusted = verifier(std::slice::from_ref(jwk), json!({}));
        for test in group["tests"].as_array().expect("tests") {
            let id = test["tcId"].as_u64().expect("an id");
            let outcome = match &trusted {
                Ok(trusted) => verify(test["jws"].as_str().expect("a token"), trusted).map(drop),
                Err(error) => Err(error.clone()),
            };
            let expected = test["result"] == "valid";
            match mistaken.get(&id) {
                Some(reason) => {
                    assert_ne!(outcome.is_ok(), expected, "{id}: no longer an exception: {outcome:?}");
                    assert_eq!(code(outcome), *reason, "{id}");
                    exceptions.push(id);
                }
                None => {
                    assert_eq!(outcome.is_ok(), expected, "{id} {}: {outcome:?}", test["comment"]);
                    agreed += 1;
                }
            }
        }
    }
    assert_eq!(agreed + exceptions.len() + skipped, 401);
    if engine {
        assert_eq!(agreed, 393);
        assert_eq!(exceptions, mistaken.into_keys().collect::<Vec<_>>());
    }
}
