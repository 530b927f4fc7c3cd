//! Settings that hold together, and those that do not.

use super::*;

const KEYS: &str = r#""public_origins":["https://gw.example"],"trust":{"keys":[]}"#;

fn parse(members: &str) -> Result<Settings> {
    Settings::parse(format!("{{{members}}}").as_bytes())
}

fn with_keys(members: &str) -> Result<Settings> {
    parse(&format!("{KEYS},{members}"))
}

fn refused(result: Result<Settings>) -> (Code, String) {
    let error = result.expect_err("refused");
    (error.code(), error.detail_json().unwrap_or_default())
}

#[test]
fn what_is_not_said_has_a_default() {
    let settings = parse(KEYS).expect("settings");
    assert_eq!(settings.routes.mode("GET", "/"), Mode::Required);
    assert_eq!(settings.audiences, ["https://gw.example"]);
    assert_eq!((settings.nonce_ttl, settings.clock_skew, settings.future_skew), (300, 30, 5));
    assert_eq!((settings.max_body, settings.max_depth, settings.max_inflight), (1 << 20, 128, 64 << 20));
    assert_eq!((settings.nonce_min_len, settings.nonce_location), (1, NonceLocation::Either));
    assert_eq!(settings.forward_body, ForwardBody::Canonical);
    let algorithms = AlgorithmSet::of(&[Algorithm::EdDsa, Algorithm::Es256, Algorithm::Es384]);
    assert_eq!(settings.allowed_algs, algorithms);
    assert_eq!((settings.preset, settings.sign_responses), (Preset::Standard, SignResponses::Off));
    assert!(settings.response_crit && !settings.require_ath);
    assert_eq!((settings.header.as_str(), settings.replay), ("x-signature", Replay::Memory));
    assert_eq!((settings.replay_cap, settings.replay_quota_per_key), (1_000_000, 100_000));
    assert!(!settings.trusted_proxies.contain("127.0.0.1"));
}

#[test]
fn everything_can_be_said() {
    let settings = parse(
        r#""mode":"optional","routes":[{"method":"POST","mode":"required","path":"/rpc"},{"mode":"off","path":"/up/*"}],
        "audiences":["gw"],"public_origins":["https://GW.example/api/","http://10.0.0.1:8080"],
        "trusted_proxies":["10.0.0.0/8"],"nonce_ttl":60,"clock_skew":10,"future_skew":10,"max_body":1000,
        "max_depth":9,"max_inflight":1000,"nonce_min_len":8,"nonce_location":"body","forward_body":"original",
        "allowed_algs":["Ed25519","HS256"],"preset":"dev","sign_responses":"required-by-client",
        "response_crit":false,"header":"X-JWS-Signature","require_ath":true,"replay":"external","replay_cap":10,
        "replay_quota_per_key":10,"jwks_max_stale":0,
        "trust":[{"secrets":[{"alg":"HS256","kid":"h","secret":"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc"}]}]"#,
    )
    .expect("settings");
    for (method, path, mode) in
        [("POST", "/rpc", Mode::Required), ("GET", "/up/x", Mode::Off), ("GET", "/rpc", Mode::Optional)]
    {
        assert_eq!(settings.routes.mode(method, path), mode);
    }
    let origins: Vec<_> = settings.public_origins.iter().map(Origin::as_str).collect();
    assert_eq!(origins, ["https://gw.example/api", "http://10.0.0.1:8080"]);
    assert_eq!(settings.audiences, ["gw"]);
    assert!(settings.trusted_proxies.contain("10.1.1.1"));
    assert_eq!((settings.nonce_ttl, settings.clock_skew, settings.future_skew), (60, 10, 10));
    assert_eq!((settings.max_body, settings.max_depth, settings.max_inflight), (1000, 9, 1000));
    assert_eq!((settings.nonce_min_len, settings.nonce_location), (8, NonceLocation::Body));
    assert_eq!((settings.forward_body, settings.preset), (ForwardBody::Original, Preset::Dev));
    assert_eq!(settings.allowed_algs, AlgorithmSet::of(&[Algorithm::EdDsa, Algorithm::Hs256]));
    assert_eq!(settings.sign_responses, SignResponses::RequiredByClient);
    assert!(!settings.response_crit && settings.require_ath);
    assert_eq!((settings.header.as_str(), settings.replay), ("x-jws-signature", Replay::External));
    assert_eq!((settings.replay_cap, settings.replay_quota_per_key), (10, 10));
}

#[test]
fn defaults_follow_what_is_said() {
    let strict = with_keys(r#""preset":"strict""#).expect("settings");
    assert_eq!((strict.nonce_min_len, strict.nonce_location), (22, NonceLocation::Header));
    assert_eq!(with_keys(r#""clock_skew":3"#).expect("settings").future_skew, 3);
    assert_eq!(with_keys(r#""max_body":100000000"#).expect("settings").max_inflight, 100_000_000);
    assert_eq!(with_keys(r#""replay_cap":50"#).expect("settings").replay_quota_per_key, 50);
    // Nothing is asked of a gateway that does nothing, and no origin on a developer's machine.
    let off = parse(r#""mode":"off""#).expect("settings");
    assert!(off.trust.is_empty() && off.audiences.is_empty() && off.public_origins.is_empty());
    let dev = parse(r#""preset":"dev","trust":{"keys":[]}"#).expect("settings");
    assert!(dev.public_origins.is_empty() && !dev.trust.is_empty());
}

#[test]
fn contradictions_are_refused() {
    for (settings, setting) in [
        ("", "trust"),
        (r#""trust":[]"#, "trust"),
        (r#""mode":"observe""#, "trust"),
        (r#""mode":"off","routes":[{"mode":"observe","path":"/"}]"#, "trust"),
        (r#""trust":{"keys":[]}"#, "public_origins"),
        (r#""mode":"off","sign_responses":"on""#, "public_origins"),
        (r#""mode":"off","clock_skew":3,"future_skew":4"#, "future_skew"),
        (r#""mode":"off","max_body":101,"max_inflight":100"#, "max_inflight"),
        (r#""mode":"off","replay_cap":1,"replay_quota_per_key":2"#, "replay_quota_per_key"),
        (r#""mode":"off","preset":"strict","nonce_min_len":21"#, "nonce_min_len"),
        (r#""mode":"off","preset":"strict","nonce_location":"either""#, "nonce_location"),
        (
            r#""mode":"off","trust":[{"secrets":[{"alg":"HS256","kid":"h","secret":"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc"}]}]"#,
            "allowed_algs",
        ),
    ] {
        let expected = (Code::SettingsInvalid, format!(r#"{{"setting":"{setting}"}}"#));
        assert_eq!(refused(parse(settings)), expected, "{settings}");
    }
}

#[test]
fn unfit_values_are_refused_by_name() {
    for (name, values) in [
        ("mode", &[r#""on""#, r#""Required""#, "true", "null"][..]),
        (
            "routes",
            &[
                "{}",
                "[1]",
                r#"[{"path":"/"}]"#,
                r#"[{"mode":"off"}]"#,
                r#"[{"mode":"off","path":"rpc"}]"#,
                r#"[{"method":"post","mode":"off","path":"/"}]"#,
                r#"[{"method":1,"mode":"off","path":"/"}]"#,
            ],
        ),
        ("audiences", &["[]", r#"[""]"#, r#""gw""#, "[1]"]),
        (
            "public_origins",
            &[
                r#"["gw.example"]"#,
                r#"["https://gw.example/?x"]"#,
                r#"["https://user@gw.example"]"#,
                r#"["https://gw.example","https://GW.example/"]"#,
                r#""https://gw.example""#,
            ],
        ),
        ("trusted_proxies", &[r#"["10.0.0.1/8"]"#, r#"["proxy"]"#, r#""10.0.0.0/8""#]),
        ("nonce_ttl", &["0", "3601", "-1", "1.5", r#""300""#, "1e300"]),
        ("clock_skew", &["301", "-1"]),
        ("future_skew", &["301", "true"]),
        ("max_body", &["0", "536870913"]),
        ("max_depth", &["0", "10001"]),
        ("max_inflight", &["0"]),
        ("nonce_min_len", &["0", "129"]),
        ("nonce_location", &[r#""query""#, "1"]),
        ("forward_body", &[r#""raw""#]),
        (
            "allowed_algs",
            &["[]", r#"["none"]"#, r#"["RS256"]"#, r#"["ES512"]"#, r#"["eddsa"]"#, r#""EdDSA""#],
        ),
        ("preset", &[r#""prod""#]),
        ("sign_responses", &["true", r#""required""#]),
        ("response_crit", &[r#""off""#]),
        (
            "header",
            &[
                r#""""#,
                r#""x signature""#,
                r#""Content-Type""#,
                r#""x:y""#,
                r#""x\r\ny""#,
                r#""é""#,
                r#""signature""#,
            ],
        ),
        ("require_ath", &["1"]),
        ("replay", &[r#""redis""#]),
        ("replay_cap", &["0", "4294967297"]),
        ("replay_quota_per_key", &["0"]),
        ("jwks_max_stale", &["-1", "2592001"]),
        ("trust", &["1", "null", r#""https://gw.example""#, "{}", r#"{"keys":1}"#]),
    ] {
        for value in values {
            let (code, detail) = refused(parse(&format!(r#""{name}":{value}"#)));
            assert_eq!(code, Code::SettingsInvalid, "{name}: {value}");
            assert!(detail.contains(&format!(r#""setting":"{name}""#)), "{value}: {detail}");
        }
    }
}

#[test]
fn unknown_members_are_refused() {
    for (settings, option) in [
        (r#""nonce_tll":1"#, "nonce_tll"),
        (r#""NONCE_TTL":1"#, "NONCE_TTL"),
        (r#""routes":[{"mode":"off","path":"/","verb":"GET"}]"#, "verb"),
        (r#""trust":[{"jwks":{"keys":[]},"purposes":[]}]"#, "purposes"),
        (r#""trust":[{"secrets":[{"k":"x"}]}]"#, "k"),
    ] {
        let expected = (Code::UnknownOption, format!(r#"{{"option":"{option}"}}"#));
        assert_eq!(refused(parse(&format!(r#""public_origins":[],"mode":"off",{settings}"#))), expected);
    }
    assert_eq!(refused(Settings::parse(b"[]")).0, Code::InvalidArgument);
    assert_eq!(refused(Settings::parse(b"")).0, Code::InvalidJson);
    assert_eq!(refused(parse(r#""mode":"off","mode":"off""#)).0, Code::DuplicateMember);
}

#[test]
fn no_error_tells_a_secret() {
    for secret in ["c2hvcnQ", "not base64url!", "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBw="] {
        let error = parse(&format!(
            r#""mode":"off","trust":[{{"secrets":[{{"alg":"HS256","kid":"h","secret":"{secret}"}}]}}]"#
        ))
        .expect_err("refused");
        assert_eq!(error.code(), Code::SettingsInvalid);
        assert!(!format!("{error:?}").contains(secret), "{error:?}");
    }
}
