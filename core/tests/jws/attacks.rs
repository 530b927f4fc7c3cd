//! Known classes of attacks on JOSE libraries that the [battery](super::battery) does not have, each with its lesson.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::*;

/// No algorithm but those that exist, whoever asks for it.
#[test]
fn no_algorithm_none() {
    let key = generate("EdDSA");
    let kid = key.kid().expect("a kid");
    for alg in ["none", "None", "NONE", "nOnE", "hs256", "HS256 ", "EdDSA\u{0}", "Ed448", "ES521", "dir", ""]
    {
        assert!(alg.parse::<samebyte::algorithms::Algorithm>().is_err(), "{alg}");
        for header in [json!({"alg":alg}), json!({"alg":alg,"kid":kid})] {
            let header = header.to_string();
            for token in [forge(&header, "x", &key), format!("{}.{}.", b64(&header), b64("x"))] {
                assert_eq!(code(verify(token, &trusting(&[&key]))), Some(Code::AlgorithmNotAllowed), "{alg}");
            }
        }
        let options = json!({"algorithms":["EdDSA",alg]}).to_string();
        let outcome = api::verifier_new(&keyset_of(&[&key]), options.as_bytes());
        assert_eq!(code(outcome), Some(Code::AlgorithmUnsupported), "{alg}");
        assert_eq!(code(api::key_symmetric(alg, &[7; 64], None)), Some(Code::AlgorithmUnsupported));
    }
}

/// A public key is never the secret of an HMAC: neither are there two meanings of one key, nor is one guessed.
#[test]
fn public_keys_are_no_secrets() {
    for algorithm in ["EdDSA", "ES256K"] {
        let key = generate(algorithm);
        let public = api::key_public(&key).expect("a pair");
        let jwk = api::public_key_to_jwk(&public).expect("a JWK");
        let value: Value = serde_json::from_slice(&jwk).expect("JSON");
        let pem = String::from_utf8(api::public_key_to_pem(&public).expect("PEM")).expect("ASCII");
        let x = unb64(value["x"].as_str().expect("x"));
        let secrets = [
            pem.clone().into_bytes(),
            format!(" {pem}").into_bytes(),
            format!("{pem}\n\n").into_bytes(),
            pem.trim_end().as_bytes().to_vec(),
            jwk,
            value["x"].as_str().expect("x").into(),
            x,
            Vec::new(),
        ];
        for secret in secrets {
            for kid in [Some(public.kid()), None] {
                let header = json!({"alg":"HS256","kid":kid});
                let header = if kid.is_some() { header.to_string() } else { r#"{"alg":"HS256"}"#.to_owned() };
                let token = mac(&header, &secret);
                assert_eq!(code(verify(&token, &trusting(&[&key]))), Some(Code::AlgorithmNotAllowed));
                let allowing = trusting_with(&[&key], json!({"algorithms":["HS256",algorithm]}));
                let expected = if kid.is_some() { Code::AlgorithmMismatch } else { Code::SignatureUnknown };
                assert_eq!(code(verify(&token, &allowing)), Some(expected));
                // A verifier that trusts a secret beside it does not mix them up.
                let both = trusting(&[&key, &hmac()]);
                let expected = if kid.is_some() { Code::AlgorithmMismatch } else { Code::SignatureInvalid };
                assert_eq!(code(verify(&token, &both)), Some(expected));
            }
        }
    }
}

/// A private key does not become a public one by being handed over as one.
#[test]
fn private_keys_are_not_trusted() {
    for algorithm in ["EdDSA", "ES256K"] {
        let jwk = api::key_to_jwk(&generate(algorithm)).expect("a JWK");
        assert_eq!(code(api::public_key_from_jwk(&jwk, None)), Some(Code::KeyMalformed));
    }
}

/// Signatures of zeros and at the borders of their range.
#[test]
fn psychic_signatures() {
    const ORDER: &str = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
    let key = generate("ES256K");
    let trusted = trusting(&[&key]);
    let token = String::from_utf8(sign("x", &key, json!({}))).expect("UTF-8");
    let (input, signature) = token.rsplit_once('.').expect("a token");
    let good = unb64(signature);
    let (r, s) = good.split_at(32);
    let (order, zero, most) = (hex::decode(ORDER).expect("hex"), [0; 32], [0xff; 32]);
    for bad in [
        [&zero[..], &zero].concat(),
        [&zero, s].concat(),
        [r, &zero].concat(),
        [&order, s].concat(),
        [r, &order].concat(),
        [&most, s].concat(),
        [r, &most].concat(),
        good[..63].to_vec(),
        [&good[..], &[0]].concat(),
        [&[0], &good[..], &[0]].concat(),
        Vec::new(),
    ] {
        let outcome = verify(format!("{input}.{}", b64(&bad)), &trusted);
        assert_eq!(code(outcome), Some(Code::SignatureMalformed), "{bad:02x?}");
    }
}

/// Ed25519: points of small order, S beyond the group order, and both in one.
#[test]
fn ed25519_edge_cases() {
    const GROUP_ORDER: &str = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
    let key = generate("EdDSA");
    let trusted = trusting(&[&key]);
    let token = String::from_utf8(sign("x", &key, json!({}))).expect("UTF-8");
    let (input, signature) = token.rsplit_once('.').expect("a token");
    let good = unb64(signature);
    let order = hex::decode(GROUP_ORDER).expect("hex");
    let mut larger = good.clone();
    let mut carry = 0;
    for at in 0..32 {
        let sum = u16::from(good[32 + at]) + u16::from(order[at]) + carry;
        larger[32 + at] = u8::try_from(sum & 0xff).expect("a byte");
        carry = sum >> 8;
    }
    let mut identity = vec![0; 64];
    identity[0] = 1;
    for bad in
        [larger, identity, vec![0; 64], vec![0xff; 64], good[..63].to_vec(), [&good[..], &[0]].concat()]
    {
        let outcome = verify(format!("{input}.{}", b64(&bad)), &trusted);
        assert!(
            matches!(code(outcome), Some(Code::SignatureMalformed | Code::SignatureInvalid)),
            "{bad:02x?}"
        );
    }
}

/// Keys, certificates and addresses in a header are data, which nothing here follows.
#[test]
fn keys_in_headers_are_not_trusted() {
    let (trusted, attacker) = (generate("EdDSA"), generate("EdDSA"));
    let jwk = api::public_key_to_jwk(&api::key_public(&attacker).expect("a pair")).expect("a JWK");
    let jwk: Value = serde_json::from_slice(&jwk).expect("JSON");
    for extra in [
        json!({"jwk":jwk}),
        json!({"jku":"http://127.0.0.1:9/keys"}),
        json!({"jku":"file:///etc/passwd"}),
        json!({"x5u":"http://127.0.0.1:9/chain"}),
        json!({"x5c":["MIIB"]}),
        json!({"x5t":"AAAA"}),
    ] {
        for (kid, expected) in [
            (json!(attacker.kid()), Code::SignatureUnknown),
            (json!(trusted.kid()), Code::SignatureInvalid),
            (json!(null), Code::SignatureInvalid),
        ] {
            let token = sign("x", &attacker, json!({"header":extra,"kid":kid}));
            assert_eq!(code(verify(token, &trusting(&[&trusted]))), Some(expected), "{extra} {kid}");
        }
        // Nor do they hinder who is trusted.
        assert!(verify(sign("x", &trusted, json!({"header":extra})), &trusting(&[&trusted])).is_ok());
    }
    // There is no verifier without keys, which could fall back to those.
    let empty = api::keyset_new(&[], &[]).expect("a set");
    assert_eq!(code(api::verifier_new(&empty, b"")), Some(Code::InvalidArgument));
}

/// A `kid` is compared, and nothing else is done with it.
#[test]
fn kids_are_compared() {
    let key = generate("EdDSA");
    for kid in ["../../etc/passwd", "' OR 1=1 --", "a\u{0}b", "", "😀", "\u{2028}"] {
        let token = sign("x", &key, json!({"kid":kid}));
        assert_eq!(code(verify(token, &trusting(&[&key]))), Some(Code::SignatureUnknown), "{kid}");
        let mut jwk: Value = serde_json::from_slice(&api::key_to_jwk(&key).expect("a JWK")).expect("JSON");
        jwk["kid"] = kid.into();
        let Ok(named) = signing_key(&jwk) else { continue };
        let verified = verify(sign("x", &named, json!({})), &trusting(&[&named])).expect(kid);
        assert_eq!(report(&verified)[0]["kid"], kid);
    }
    for kid in [json!(1), json!(null), json!(["a"]), json!({}), json!(true)] {
        let token = forge(json!({"alg":"EdDSA","kid":kid}).to_string(), "x", &key);
        assert_eq!(code(verify(token, &trusting(&[&key]))), Some(Code::SignatureHeaderMalformed));
    }
    let one = api::key_symmetric("HS256", &[1; 32], Some("same")).expect("a key");
    let two = api::key_symmetric("HS256", &[2; 32], Some("same")).expect("a key");
    assert_eq!(code(api::keyset_new(&[], &[one, two])), Some(Code::DuplicateKid));
}

/// Large inputs are refused in time and memory that grow with their length, at worst.
#[test]
fn large_inputs() {
    let key = generate("EdDSA");
    let trusted = trusting_with(&[&key], json!({"policy":"any"}));
    let token = String::from_utf8(sign("x", &key, json!({}))).expect("UTF-8");
    let parts: Vec<_> = token.split('.').collect();
    let entry = json!({"protected":parts[0],"signature":parts[2]}).to_string();
    let many = format!(r#"{{"payload":"eA","signatures":[{}]}}"#, vec![&*entry; 10_000].join(","));
    let allowed = format!(r#"{{"payload":"eA","signatures":[{}]}}"#, vec![&*entry; 64].join(","));
    assert!(verify(allowed, &trusted).is_ok());
    let names: Vec<String> = (0..1_500).map(|number| format!(r#""{number}":1"#)).collect();
    let names = names.join(",");
    let wide = b64(format!(r#"{{"alg":"EdDSA",{names}}}"#));
    let overlap = format!(r#"{{"payload":"eA","protected":"{wide}","header":{{{names}}},"signature":""}}"#);
    for (what, text, expected) in [
        ("dots", ".".repeat(1_000_000), Code::JwsMalformed),
        ("dots behind a header", format!("{}{}", parts[0], ".".repeat(1_000_000)), Code::JwsMalformed),
        ("header", format!("{}.eA.{}", b64(vec![b' '; 1 << 20]), parts[2]), Code::TooLarge),
        ("signature", format!("{}.eA.{}", parts[0], "A".repeat(10_000_000)), Code::SignatureMalformed),
        ("payload", format!("{}.{}.{}", parts[0], "A".repeat(23_000_000), parts[2]), Code::TooLarge),
        ("signatures", many, Code::TooManySignatures),
        ("levels", format!(r#"{{"payload":{}"#, "[".repeat(100_000)), Code::TooDeep),
        ("json", format!(r#"{{"payload":"{}"}}"#, "A".repeat(30_000_000)), Code::TooLarge),
        ("names", overlap, Code::SignatureHeaderMalformed),
    ] {
        let start = Instant::now();
        assert_eq!(code(verify(&text, &trusted)), Some(expected), "{what}");
        assert!(start.elapsed() < Duration::from_secs(5), "{what}: {:?}", start.elapsed());
    }
}

/// A JWS is not compressed, and nothing is decompressed.
#[test]
fn no_compression() {
    let key = generate("EdDSA");
    for header in [r#"{"alg":"EdDSA","zip":"DEF"}"#, r#"{"alg":"EdDSA","zip":null}"#] {
        let token = forge(header, "x", &key);
        assert_eq!(code(verify(token, &trusting(&[&key]))), Some(Code::SignatureHeaderMalformed));
    }
}

/// What `b64` says is the same for signer and verifier: an encoded payload is not taken for an unencoded one.
#[test]
fn payloads_are_not_confused() {
    let key = hmac();
    let trusted = trusting(&[&key]);
    let encoded = sign("x", &key, json!({"detached":true}));
    let unencoded = sign(b64("x"), &key, json!({"detached":true,"b64":false}));
    assert!(verify_detached(&encoded, b"x", &trusted).is_ok());
    assert!(verify_detached(&unencoded, b64("x").as_bytes(), &trusted).is_ok());
    assert_eq!(code(verify_detached(&encoded, b64("x").as_bytes(), &trusted)), Some(Code::SignatureInvalid));
    assert_eq!(code(verify_detached(&unencoded, b"x", &trusted)), Some(Code::SignatureInvalid));
    // An attached payload beside a detached one of the caller is refused, whichever was signed.
    let attached = sign("x-y", &key, json!({"b64":false}));
    assert_eq!(verify(&attached, &trusted).expect("signed").payload, b"x-y");
    assert_eq!(code(verify_detached(&attached, b"x-y", &trusted)), Some(Code::PayloadUnexpected));
    assert_eq!(code(verify_detached(&attached, b"z", &trusted)), Some(Code::PayloadUnexpected));
}

/// A signature of one format is none of another.
#[test]
fn a_signature_is_of_its_message() {
    let key = generate("EdDSA");
    let document = api::document_sign(br#"{"a":1}"#, &key, "application/x").expect("a document");
    let document: Value = serde_json::from_slice(&document).expect("JSON");
    let signature = document["signatures"][0]["sig"].as_str().expect("text");
    let token = format!("{}.{}.{signature}", b64(r#"{"alg":"EdDSA"}"#), b64(r#"{"a":1}"#));
    assert_eq!(code(verify(token, &trusting(&[&key]))), Some(Code::SignatureInvalid));
}
