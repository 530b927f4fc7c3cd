//! A signed request from client to gateway, and the response back.

use samebyte::api::{self, Client, Exchange, Gateway, Head, ReplayVerdict, SigningKey, Step};
use samebyte::{Code, algorithms::Algorithm};

const NOW: u64 = 1_790_000_000_000;
const URL: &str = "https://gw.example/rpc?a=1";
const JSON: (&[u8], &[u8]) = (b"Content-Type", b"application/json; charset=utf-8");

struct World {
    gateway: Gateway,
    client: Client,
}

fn key(kid: &str) -> SigningKey {
    let jwk = SigningKey::generate(Algorithm::EdDsa).expect("a key").to_jwk().to_vec();
    let mut jwk: serde_json::Value = serde_json::from_slice(&jwk).expect("JSON");
    jwk["kid"] = kid.into();
    SigningKey::from_jwk(jwk.to_string().as_bytes()).expect("the key")
}

/// A gateway that trusts one client, and that client, which trusts the gateway.
fn world(settings: &str, options: &str) -> World {
    let (ours, theirs) = (key("gateway-1"), key("client-1"));
    let jwk = theirs.public_key().expect("a pair").to_jwk();
    let jwk = String::from_utf8(jwk).expect("JSON");
    let trust =
        format!(r#"{{"public_origins":["https://gw.example"],"trust":{{"keys":[{jwk}]}},{settings}}}"#);
    let gateway = api::gateway_new(trust.as_bytes(), Some(&ours), NOW - 60_000).expect("a gateway");
    let responses = api::Keyset::from_jwks(&api::gateway_jwks(&gateway).expect("a set")).expect("a set");
    let client = api::client_new(&theirs, Some(&responses), options.as_bytes()).expect("a client");
    World { gateway, client }
}

fn sign(world: &World, body: &[u8]) -> api::Call {
    api::client_sign(&world.client, "POST", URL, &[JSON], Some(body), None, NOW).expect("signed")
}

fn begin(world: &World, line: &str, now: u64) -> Exchange {
    let fields: [(&[u8], &[u8]); 3] = [(b"Host", b"gw.example"), JSON, (b"X-Signature", line.as_bytes())];
    let head = Head { method: b"POST", target: b"/rpc?a=1", authority: None, peer: None, fields: &fields };
    api::gateway_begin(&world.gateway, &head, now).expect("an exchange")
}

fn code(exchange: &Exchange) -> Option<Code> {
    exchange.fault().map(samebyte::Error::code)
}

#[test]
fn there_and_back_and_only_once() {
    let world = world(r#""replay":"memory","sign_responses":"on""#, r#"{"rsp":"sign"}"#);
    let call = sign(&world, br#"{ "method": "sum", "params": [1.0, 2e0] }"#);
    let sent = call.body().expect("a body");
    assert_eq!(sent, br#"{"method":"sum","params":[1,2]}"#);
    // On its way the body is written anew.
    let received = br#"{"params":[1,2.0],"method":"\u0073um"}"#;
    let mut exchange = begin(&world, call.header().1, NOW);
    assert_eq!(exchange.step(), Step::Body);
    assert_eq!(api::exchange_body(&mut exchange, received, NOW).expect("a step"), Step::Accept);
    assert_eq!(exchange.body(), sent);
    let identity = std::str::from_utf8(exchange.identity().expect("an identity")).expect("UTF-8");
    assert!(identity.contains(r#""aud":"https://gw.example""#) && identity.contains(r#""kid":"client-1""#));
    assert!(exchange.signs_response());
    let answer = br#"{"result": 3}"#;
    let answer = api::exchange_respond(&mut exchange, 200, Some("application/json"), Some(answer), NOW);
    let answer = answer.expect("a signed response");
    assert_eq!(answer.body, br#"{"result":3}"#);
    let line = (&b"x-signature"[..], answer.fields[0].1.as_bytes());
    let verified = api::call_verify(&call, 200, &[JSON, line], br#"{"result":3.0}"#, NOW).expect("verified");
    assert_eq!(verified.body, br#"{"result":3}"#);
    assert_eq!(verified.report, br#"{"bound":true,"kid":"gateway-1","signed":true,"status":200}"#);

    let refused = |call: &api::Call, status, body: &[u8]| {
        api::call_verify(call, status, &[JSON, line], body, NOW).expect_err("refused").code()
    };
    assert_eq!(refused(&call, 201, br#"{"result":3}"#), Code::SignatureBindingMismatch);
    assert_eq!(refused(&call, 200, br#"{"result":4}"#), Code::SignatureInvalid);
    let other = sign(&world, br#"{"method":"sum","params":[1,2]}"#);
    assert_eq!(refused(&other, 200, br#"{"result":3}"#), Code::SignatureBindingMismatch);
    let missing = api::call_verify(&call, 200, &[JSON], b"{}", NOW).expect_err("unsigned").code();
    assert_eq!(missing, Code::SignatureMissing);

    let mut again = begin(&world, call.header().1, NOW + 1);
    assert_eq!(api::exchange_body(&mut again, received, NOW + 1).expect("a step"), Step::Reject);
    assert_eq!(code(&again), Some(Code::ReplayDetected));
    let answer = again.answer().expect("an answer");
    assert_eq!(answer.status, 409);
    let field = |name: &str| answer.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value);
    assert_eq!(field("x-signature-error").map(String::as_str), Some("replay_detected"));
    let fields: Vec<_> =
        answer.fields.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect();
    let refusal = api::call_verify(&call, 409, &fields, &answer.body, NOW).expect("a signed refusal");
    assert_eq!(refusal.report, br#"{"bound":true,"kid":"gateway-1","signed":true,"status":409}"#);
    let stats = String::from_utf8(api::gateway_stats(&world.gateway, NOW).expect("counters")).expect("UTF-8");
    assert_eq!(
        stats,
        r#"{"accepted":1,"inflight":0,"live_nonces":1,"passed":0,"refused":{"replay_detected":1}}"#
    );
}

#[test]
fn a_change_is_refused_and_burns_no_nonce() {
    let world = world(r#""replay":"external""#, "{}");
    let call = sign(&world, br#"{"a":1}"#);
    let mut forged = begin(&world, call.header().1, NOW);
    assert_eq!(api::exchange_body(&mut forged, br#"{"a":2}"#, NOW).expect("a step"), Step::Reject);
    assert_eq!(code(&forged), Some(Code::SignatureInvalid));
    assert_eq!(forged.reservation(), None);
    let mut slow = begin(&world, call.header().1, NOW);
    let late = NOW + 90_001;
    assert_eq!(api::exchange_body(&mut slow, br#"{"a":1}"#, late).expect("a step"), Step::Reject);
    assert_eq!(code(&slow), Some(Code::SignatureExpired));
}

#[test]
fn the_store_outside_has_the_last_word() {
    for (verdict, expected) in [
        (ReplayVerdict::New, None),
        (ReplayVerdict::Replay, Some(Code::ReplayDetected)),
        (ReplayVerdict::Full, Some(Code::ReplayStoreFull)),
        (ReplayVerdict::Cold, Some(Code::ReplayStateCold)),
        (ReplayVerdict::Unavailable, Some(Code::ReplayStoreUnavailable)),
    ] {
        let world = world(r#""replay":"external""#, "{}");
        let call = sign(&world, b"{}");
        let mut exchange = begin(&world, call.header().1, NOW);
        assert_eq!(api::exchange_body(&mut exchange, b"{}", NOW).expect("a step"), Step::Reserve);
        let reservation = exchange.reservation().expect("a reservation");
        assert_eq!(reservation.ttl_ms, 300_000);
        let step = api::exchange_reserved(&mut exchange, verdict, NOW).expect("a step");
        assert_eq!((step == Step::Accept, code(&exchange)), (expected.is_none(), expected));
        assert!(api::exchange_reserved(&mut exchange, verdict, NOW).is_err());
        assert!(api::exchange_body(&mut exchange, b"{}", NOW).is_err());
    }
    // A store that lost its state while the question was under way.
    let world = world(r#""replay":"external""#, "{}");
    let call = sign(&world, b"{}");
    let mut exchange = begin(&world, call.header().1, NOW);
    api::exchange_body(&mut exchange, b"{}", NOW).expect("a step");
    api::gateway_state_lost(&world.gateway, NOW).expect("noted");
    api::exchange_reserved(&mut exchange, ReplayVerdict::New, NOW).expect("a step");
    assert_eq!(code(&exchange), Some(Code::ReplayStateCold));
}

#[test]
fn modes_and_missing_signatures() {
    let begin = |world: &World, path: &[u8], line: Option<&[u8]>| {
        let mut fields: Vec<(&[u8], &[u8])> = vec![(b"host", b"gw.example")];
        fields.extend(line.map(|line| (&b"x-signature"[..], line)));
        let head = Head { method: b"POST", target: path, authority: None, peer: None, fields: &fields };
        api::gateway_begin(&world.gateway, &head, NOW).expect("an exchange")
    };
    let world = world(
        r#""replay":"external","mode":"required","routes":[{"path":"/off","mode":"off"},{"path":"/optional","mode":"optional"},{"path":"/observe","mode":"observe"}]"#,
        "{}",
    );
    let step = |path: &[u8], line| {
        let exchange = begin(&world, path, line);
        (exchange.step(), code(&exchange))
    };
    assert_eq!(step(b"/rpc", None), (Step::Reject, Some(Code::SignatureMissing)));
    assert_eq!(step(b"/off", Some(b"x")), (Step::Pass, None));
    assert_eq!(step(b"/optional", None), (Step::Pass, Some(Code::SignatureMissing)));
    assert_eq!(step(b"/optional", Some(b"x")), (Step::Reject, Some(Code::SignatureMalformed)));
    assert_eq!(step(b"/observe", Some(b"x")), (Step::Pass, Some(Code::SignatureMalformed)));
    assert_eq!(step(b"/observe/../rpc", None), (Step::Reject, Some(Code::SignatureMissing)));
    assert_eq!(step(b"\xff", None), (Step::Reject, Some(Code::SignatureMissing)));
    // Another spelling, and a field that names another route, lead to no more lenient mode.
    assert_eq!(step(b"/OFF", None).0, Step::Reject);
    assert_eq!(step(b"/optional%2F..%2Frpc", None).0, Step::Reject);
    for name in ["X-HTTP-Method-Override", "x-original-url", "X-Rewrite-URL"] {
        let fields: [(&[u8], &[u8]); 2] = [(b"host", b"gw.example"), (name.as_bytes(), b"/rpc")];
        let head = Head { method: b"POST", target: b"/off", authority: None, peer: None, fields: &fields };
        let exchange = api::gateway_begin(&world.gateway, &head, NOW).expect("an exchange");
        assert_eq!(
            (exchange.step(), code(&exchange)),
            (Step::Reject, Some(Code::SignatureMissing)),
            "{name}"
        );
    }
    let event = String::from_utf8(begin(&world, b"/rpc", None).event()).expect("UTF-8");
    assert!(event.starts_with(r#"{"code":"signature_missing","method":"POST","mode":"required","outcome":"refused","path":"/rpc","trace_id":""#));
}

#[test]
fn a_refusal_before_the_body_is_not_bound_to_it() {
    let world = world(r#""replay":"memory","sign_responses":"on""#, r#"{"aud":"elsewhere"}"#);
    let call = sign(&world, b"{}");
    let exchange = begin(&world, call.header().1, NOW);
    assert_eq!((exchange.step(), code(&exchange)), (Step::Reject, Some(Code::SignatureBindingMismatch)));
    let answer = exchange.answer().expect("an answer");
    let fields: Vec<_> =
        answer.fields.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect();
    let refusal = api::call_verify(&call, 401, &fields, &answer.body, NOW).expect("a signed refusal");
    assert_eq!(refusal.report, br#"{"bound":false,"kid":"gateway-1","signed":true,"status":401}"#);
}

#[test]
fn keys_are_published_before_and_after_they_sign() {
    let (ours, next) = (key("now"), key("next"));
    let jwk = |key: &SigningKey| String::from_utf8(key.public_key().expect("a pair").to_jwk()).expect("JSON");
    let gateway = |published: &str| {
        let settings = format!(
            r#"{{"mode":"off","public_origins":["https://gw.example"],"published_keys":{published},"sign_responses":"on"}}"#
        );
        api::gateway_new(settings.as_bytes(), Some(&ours), NOW)
    };
    // Also as text, which is how an environment variable has it; and the key that signs may be among them.
    let set = format!(r#"{{"keys":[{},{}]}}"#, jwk(&next), jwk(&ours));
    for published in [set.clone(), serde_json::Value::from(set).to_string()] {
        let jwks = api::gateway_jwks(&gateway(&published).expect("a gateway")).expect("a set");
        let set = api::Keyset::from_jwks(&jwks).expect("a set");
        assert_eq!(set.len(), 2);
        let jwks: serde_json::Value = serde_json::from_slice(&jwks).expect("JSON");
        for (index, kid) in ["now", "next"].into_iter().enumerate() {
            let key = &jwks["keys"][index];
            assert_eq!(
                (&key["kid"], &key["use"], &key["samebyte_use"]),
                (&kid.into(), &"sig".into(), &"response".into())
            );
            assert_eq!((&key["key_ops"], key.get("d")), (&serde_json::json!(["verify"]), None));
        }
    }
    let other = jwk(&key("now"));
    let error = gateway(&format!(r#"{{"keys":[{other}]}}"#)).expect_err("two keys with one kid");
    assert_eq!(error.code(), Code::SettingsInvalid);
}

#[test]
fn a_request_without_body_has_none() {
    let world = world(r#""replay":"external","max_body":100,"max_inflight":150"#, "{}");
    let call = api::client_sign(&world.client, "GET", URL, &[], None, None, NOW).expect("signed");
    let fields: [(&[u8], &[u8]); 1] = [(b"x-signature", call.header().1.as_bytes())];
    let head = Head { method: b"GET", target: b"/rpc?a=1", authority: None, peer: None, fields: &fields };
    let begin = || api::gateway_begin(&world.gateway, &head, NOW).expect("an exchange");
    let mut exchange = begin();
    assert_eq!(
        (exchange.step(), exchange.limit()),
        (Step::Body, 0),
        "it takes no share of what may be read at once"
    );
    assert_eq!(api::exchange_body(&mut exchange, b"", NOW).expect("a step"), Step::Reserve);
    for give_up in [true, false] {
        let mut exchange = begin();
        let step = if give_up {
            api::exchange_refuse(&mut exchange, Code::BodyTooLarge, NOW)
        } else {
            api::exchange_body(&mut exchange, b"{}", NOW)
        };
        assert_eq!(
            (step.expect("a step"), code(&exchange)),
            (Step::Reject, Some(Code::SignatureBindingMismatch))
        );
    }
    // A body without a length takes as much as it may have.
    let call = sign(&world, b"{}");
    let first = self::begin(&world, call.header().1, NOW);
    assert_eq!((first.step(), first.limit()), (Step::Body, 100));
    assert_eq!(code(&self::begin(&world, call.header().1, NOW)), Some(Code::Overloaded));
    drop(first);
    assert_eq!(code(&self::begin(&world, call.header().1, NOW)), None);
}

#[test]
fn an_explanation_goes_on_after_the_first_fault() {
    let world = world(r#""replay":"external""#, r#"{"aud":"elsewhere"}"#);
    let call = sign(&world, b"{}");
    let fields: [(&[u8], &[u8]); 2] = [JSON, (b"X-Signature", call.header().1.as_bytes())];
    let head = Head { method: b"PUT", target: b"/other", authority: None, peer: None, fields: &fields };
    let settings = br#"{"public_origins":["https://gw.example"],"replay":"external","trust":{"keys":[]}}"#;
    let report = api::http_request_explain(settings, &head, br#"{"b":1}"#, NOW).expect("a report");
    let report: serde_json::Value = serde_json::from_slice(&report).expect("JSON");
    let checks = report["checks"].as_array().expect("checks");
    let failed: Vec<_> = checks
        .iter()
        .filter(|check| check["passed"] == false)
        .map(|check| check["check"].as_str().expect("a name"))
        .collect();
    assert_eq!(failed, ["kid", "aud", "htm", "htu"]);
    assert_eq!(report["verdict"], "signature_unknown");
    assert_eq!(report["body"], serde_json::json!({"b": 1}));
}

#[test]
fn a_line_for_the_log_holds_no_query() {
    let world = world(r#""replay":"external""#, "{}");
    let url = "https://gw.example/rpc?token=signed-secret";
    let call = api::client_sign(&world.client, "POST", url, &[JSON], Some(b"{}"), None, NOW).expect("signed");
    let exchange = begin(&world, call.header().1, NOW);
    assert_eq!(code(&exchange), Some(Code::SignatureBindingMismatch));
    let event = String::from_utf8(exchange.event()).expect("UTF-8");
    assert!(event.contains(r#""actual":"https://gw.example/rpc?…""#), "{event}");
    assert!(!event.contains("secret") && !event.contains("a=1"), "{event}");
}
