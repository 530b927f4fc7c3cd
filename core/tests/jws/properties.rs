//! What must hold for every input, tried on random ones.

use std::sync::OnceLock;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::json;

use super::*;

/// Keys, made once: one of each family that this build has an engine for.
fn keys() -> &'static [SigningKey] {
    static KEYS: OnceLock<Vec<SigningKey>> = OnceLock::new();
    KEYS.get_or_init(|| {
        let generated = ["EdDSA", "ES256K", "ES256", "RS256"].into_iter().filter(|name| has_engine(name));
        generated.map(generate).chain([hmac()]).collect()
    })
}

/// One of the keys.
fn key() -> impl Strategy<Value = &'static SigningKey> {
    any::<Index>().prop_map(|index| index.get(keys()))
}

fn payload() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![vec(any::<u8>(), 0..80), "[ -~é]{0,40}".prop_map(String::into_bytes)]
}

fn options() -> impl Strategy<Value = serde_json::Value> {
    let text = prop_oneof![Just(None), any::<String>().prop_map(Some)];
    let serialization = select(vec!["compact", "flattened", "general"]);
    (serialization, any::<bool>(), any::<bool>(), text, any::<Option<String>>()).prop_map(
        |(serialization, detached, b64, typ, extra)| {
            let mut options = json!({"serialization":serialization,"detached":detached,"b64":b64});
            if let Some(typ) = typ {
                options["typ"] = typ.into();
            }
            if let Some(extra) = extra {
                options["header"] = json!({"x":extra});
                if serialization != "compact" {
                    options["unprotected"] = json!({"y":[extra]});
                }
            }
            options
        },
    )
}

/// Texts that look like a JWS.
fn almost() -> impl Strategy<Value = Vec<u8>> {
    let header = prop_oneof![
        Just(r#"{"alg":"EdDSA"}"#.to_owned()),
        Just(r#"{"alg":"HS256","b64":false,"crit":["b64"]}"#.to_owned()),
        Just(r#"{"alg":"EdDSA","crit":["x"],"x":1}"#.to_owned()),
        r#"\{("(alg|crit|b64|kid|x)":("EdDSA"|"x"|1|null|\[\]|\["b64"\]|false),?){0,4}\}"#,
    ];
    let segment = prop_oneof![header.prop_map(b64), "[A-Za-z0-9_=.-]{0,90}"];
    (vec(segment, 0..5), any::<bool>()).prop_map(|(segments, json)| {
        if json {
            let names = ["protected", "payload", "signature", "header", "signatures"];
            let members: Vec<_> =
                names.iter().zip(&segments).map(|(name, text)| format!("\"{name}\":\"{text}\"")).collect();
            format!("{{{}}}", members.join(",")).into_bytes()
        } else {
            segments.join(".").into_bytes()
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 200 } else { 5_000 }))]

    #[test]
    fn what_is_signed_verifies(payload in payload(), options in options(), key in key()) {
        match api::jws_sign(&payload, key, options.to_string().as_bytes()) {
            Ok(jws) => {
                let given = (options["detached"] == true).then_some(&payload[..]);
                let verified = api::jws_verify(&jws, given, &trusting(&[key]), b"");
                prop_assert_eq!(verified.expect("it was just signed").payload, payload);
                prop_assert!(api::jws_inspect(&jws).is_ok());
            }
            Err(error) => {
                prop_assert_eq!(error.code(), Code::PayloadUnencodable);
                prop_assert!(options["b64"] == false && options["detached"] == false);
            }
        }
    }

    #[test]
    fn what_is_changed_does_not(
        payload in payload(),
        key in key(),
        bit in 0..8_u8,
        at in any::<Index>(),
    ) {
        let mut token = sign(payload, key, json!({}));
        let at = at.index(token.len());
        token[at] ^= 1 << bit;
        prop_assert!(verify(&token, &trusting(&[key])).is_err(), "{}", String::from_utf8_lossy(&token));
    }

    #[test]
    fn nothing_else_verifies(text in prop_oneof![vec(any::<u8>(), 0..200), almost()]) {
        let trusted = trusting_with(&keys().iter().collect::<Vec<_>>(), json!({"policy":"any"}));
        for given in [None, Some(&b"x"[..])] {
            prop_assert!(api::jws_verify(&text, given, &trusted, b"").is_err());
        }
        let _ = api::jws_inspect(&text);
        let _ = api::jws_append(&text, None, &keys()[0], b"");
    }
}

/// Every byte of a token, with every value that it could have.
#[test]
fn every_other_byte() {
    let key = generate("EdDSA");
    let trusted = trusting(&[&key]);
    let token = sign(r#"{"a":1}"#, &key, json!({}));
    for at in 0..token.len() {
        for byte in [b'A', b'Q', b'g', b'w', b'.', b'=', b' ', b'\n', b'-', b'+', 0, 0xff, token[at] ^ 1] {
            let mut changed = token.clone();
            changed[at] = byte;
            assert_eq!(verify(&changed, &trusted).is_ok(), byte == token[at], "{at} {byte}");
        }
        assert!(verify(&token[..at], &trusted).is_err());
    }
}
