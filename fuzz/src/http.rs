//! Signed requests: heads, targets and settings.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use samebyte::api::{self, Client, Code, Exchange, Field, Gateway, Head, ReplayVerdict, SigningKey, Step};

use super::{TEST_KEYS, told};

const NOW: u64 = 1_800_000_000_000;
const BODY: &[u8] = br#"{"id":1,"nonce":"abc123","ts":1800000000}"#;

/// One key signs everything, at one time: there are as many live nonces as runs, and no quota may end what a run reaches.
fn settings(key: &SigningKey) -> Vec<u8> {
    let public = api::key_public(key).expect("a pair");
    let jwk = String::from_utf8(api::public_key_to_jwk(&public).expect("its own form")).expect("UTF-8");
    format!(
        r#"{{"public_origins":["https://gw.example"],"replay":"external","replay_cap":4294967296,
        "replay_quota_per_key":4294967296,"routes":[{{"path":"/off/*","mode":"off"}},
        {{"path":"/observe","mode":"observe"}}],"sign_responses":"on","trust":{{"keys":[{jwk}]}}}}"#
    )
    .into_bytes()
}

/// The head of a request: field lines that anybody may have written. A signature line in them is signed anew with a
/// trusted key, so that what lies behind the signature is reached, too. A gateway and its explanation agree.
pub fn request(data: &[u8]) {
    static WORLD: LazyLock<(SigningKey, Vec<u8>, Gateway)> = LazyLock::new(|| {
        let key = api::key_from_jwk(TEST_KEYS[0].as_bytes(), None).expect("a test key");
        let settings = settings(&key);
        let gateway = api::gateway_new(&settings, Some(&key), NOW).expect("a gateway");
        (key, settings, gateway)
    });
    let (key, settings, gateway) = &*WORLD;
    let Ok(fields) = told(api::http_fields(data)) else { return };
    exchange(gateway, settings, &fields, false);
    let own: Vec<(Vec<u8>, Vec<u8>)> =
        fields.iter().map(|(name, value)| (name.to_vec(), signed(key, name, value))).collect();
    let fields: Vec<Field<'_>> = own.iter().map(|(name, value)| (&name[..], &value[..])).collect();
    exchange(gateway, settings, &fields, true);
}

/// The value of a field; of a signature line, with a good signature over the header that it has.
fn signed(key: &SigningKey, name: &[u8], value: &[u8]) -> Vec<u8> {
    let protected = value.trim_ascii().split(|byte| *byte == b'.').next().unwrap_or_default();
    if !name.eq_ignore_ascii_case(b"x-signature") || protected.is_empty() {
        return value.to_vec();
    }
    let canonical = api::jcs_canonicalize(BODY, api::Numbers::Exact, b"").expect("JSON");
    let input = [protected, b".", URL_SAFE_NO_PAD.encode(canonical).as_bytes()].concat();
    [protected, b"..", URL_SAFE_NO_PAD.encode(key.sign(&input)).as_bytes()].concat()
}

fn exchange(gateway: &Gateway, settings: &[u8], fields: &[Field<'_>], trusted: bool) {
    let head =
        Head { method: b"POST", target: b"/rpc?v=1", authority: None, peer: Some("192.0.2.1"), fields };
    let mut exchange = api::gateway_begin(gateway, &head, NOW).expect("no fault of the caller");
    if exchange.step() == Step::Body {
        api::exchange_body(&mut exchange, BODY, NOW).expect("it was asked for");
    }
    if exchange.step() == Step::Reserve {
        assert!(trusted, "nobody else holds the key");
        api::exchange_reserved(&mut exchange, ReplayVerdict::New, NOW).expect("it was asked for");
    }
    serde_json::from_slice::<serde_json::Value>(&exchange.event()).expect("an event is JSON");
    let report = told(api::http_request_explain(settings, &head, BODY, NOW)).expect("settings are right");
    let report: serde_json::Value = serde_json::from_slice(&report).expect("a report is JSON");
    match exchange.step() {
        Step::Accept => {
            assert!(exchange.identity().is_some() && report["verdict"] == "valid");
            let answer =
                api::exchange_respond(&mut exchange, 200, Some("application/json"), Some(b"{}"), NOW);
            assert!(answer.is_ok());
        }
        Step::Reject => {
            let code = exchange.fault().expect("a refusal has a cause").code();
            assert!(code != Code::Internal && exchange.answer().is_some_and(|answer| answer.status >= 400));
            // What a gateway looks at beside the request itself is not explained.
            let beside = [Code::ResponseNotSignable, Code::Overloaded];
            assert!(beside.contains(&code) || report["verdict"] == code.name(), "{code:?} {report}");
        }
        Step::Pass => {}
        step => panic!("{step:?}"),
    }
}

/// Bodies of requests and responses: what a client signs is accepted as it came, and given back in its canonical form;
/// what is signed as it lies there is refused or accepted, by whatever nonce it may hold.
pub fn body(data: &[u8]) {
    static WORLD: LazyLock<(SigningKey, Gateway, Client)> = LazyLock::new(|| {
        let key = api::key_from_jwk(TEST_KEYS[0].as_bytes(), None).expect("a test key");
        let gateway = api::gateway_new(&settings(&key), Some(&key), NOW).expect("a gateway");
        let keys = api::keyset_new(&[api::key_public(&key).expect("a pair")], &[]).expect("one key");
        let client = api::client_new(&key, Some(&keys), b"").expect("a client");
        (key, gateway, client)
    });
    let (key, gateway, client) = &*WORLD;
    for media_type in ["application/json", "text/plain"] {
        let typed = [(&b"content-type"[..], media_type.as_bytes())];
        let url = "https://gw.example/rpc";
        let Ok(call) = told(api::client_sign(client, "POST", url, &typed, Some(data), Some("n"), NOW)) else {
            continue;
        };
        let mut exchange = received(gateway, media_type, call.header().1, data);
        if exchange.step() == Step::Reserve {
            api::exchange_reserved(&mut exchange, ReplayVerdict::New, NOW).expect("it was asked for");
            assert_eq!(exchange.body(), call.body().unwrap_or_default());
            let answer = api::exchange_respond(&mut exchange, 200, Some(media_type), Some(data), NOW);
            let answer = answer.expect("what was signed once can be signed again");
            let line = (&b"x-signature"[..], answer.fields[0].1.as_bytes());
            let verified = api::call_verify(&call, 200, &[typed[0], line], data, NOW);
            assert_eq!(verified.expect("it was signed").body, answer.body);
        } else {
            // Its own members `nonce` and `ts` are others than those of the header.
            assert_eq!(exchange.fault().expect("a refusal").code(), Code::SignatureBindingMismatch);
        }
    }
    for (can, media_type) in [("jcs", "application/json"), ("raw", "text/plain")] {
        let payload = match can {
            "jcs" => told(api::jcs_canonicalize(data, api::Numbers::Exact, b"")).unwrap_or_default(),
            _ => data.to_vec(),
        };
        let kid = api::key_thumbprint(key).expect("a thumbprint");
        let header = format!(
            r#"{{"alg":"EdDSA","aud":"https://gw.example","can":"{can}","crit":["aud","can","htm","htu"],
            "cty":"{media_type}","htm":"POST","htu":"https://gw.example/rpc","kid":"{kid}","typ":"samebyte-req+jws"}}"#
        );
        let input = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
        let protected = input.split('.').next().unwrap_or_default();
        let line = format!("{protected}..{}", URL_SAFE_NO_PAD.encode(key.sign(input.as_bytes())));
        let exchange = received(gateway, media_type, &line, data);
        assert!(can == "jcs" || exchange.step() == Step::Reject, "octets hold no nonce");
    }
}

/// A request whose body was taken.
fn received(gateway: &Gateway, media_type: &str, line: &str, body: &[u8]) -> Exchange {
    let fields: [Field<'_>; 2] =
        [(b"content-type", media_type.as_bytes()), (b"x-signature", line.as_bytes())];
    let head = Head { method: b"POST", target: b"/rpc", authority: None, peer: None, fields: &fields };
    let mut exchange = api::gateway_begin(gateway, &head, NOW).expect("no fault of the caller");
    assert_eq!(exchange.step(), Step::Body, "{:?}", exchange.fault());
    let step = api::exchange_body(&mut exchange, body, NOW).expect("it was asked for");
    assert!(matches!(step, Step::Reserve | Step::Reject));
    exchange
}

/// Target URIs: a normal form is its own, and a request that was received at it is one for it.
pub fn target(data: &[u8]) {
    static GATEWAY: LazyLock<Gateway> = LazyLock::new(|| {
        let key = api::key_from_jwk(TEST_KEYS[0].as_bytes(), None).expect("a test key");
        api::gateway_new(&settings(&key), Some(&key), NOW).expect("a gateway")
    });
    let head = Head { method: b"GET", target: data, authority: None, peer: None, fields: &[] };
    let exchange = api::gateway_begin(&GATEWAY, &head, NOW).expect("no fault of the caller");
    assert!(matches!(exchange.step(), Step::Pass | Step::Reject));
    let Ok(text) = std::str::from_utf8(data) else { return };
    let _ = api::http_address_is_public(text);
    if let Ok(normal) = told(api::http_target_normalize(text)) {
        assert_eq!(told(api::http_target_normalize(&normal)), Ok(normal));
    }
}

/// Settings, and environments: what a plan says is accepted by a gateway that has keys.
pub fn settings_and_plans(data: &[u8]) {
    let key = api::key_from_jwk(TEST_KEYS[0].as_bytes(), None).expect("a test key");
    if let Ok(gateway) = told(api::gateway_new(data, Some(&key), NOW)) {
        request_without_signature(&gateway);
    }
    let Ok(plan) = told(api::http_settings(data)) else { return };
    let mut plan: serde_json::Value = serde_json::from_slice(&plan).expect("a plan is JSON");
    let mut settings = plan["settings"].take();
    settings["trust"] = serde_json::json!({"keys": []});
    let gateway = told(api::gateway_new(settings.to_string().as_bytes(), Some(&key), NOW));
    request_without_signature(&gateway.expect("a plan has settings of a gateway"));
}

fn request_without_signature(gateway: &Gateway) {
    let head = Head { method: b"GET", target: b"/", authority: None, peer: None, fields: &[] };
    let exchange = api::gateway_begin(gateway, &head, NOW).expect("no fault of the caller");
    assert!(matches!(exchange.step(), Step::Pass | Step::Reject));
}
