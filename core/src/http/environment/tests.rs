//! Environments, and the plans that they make.

use super::*;
use crate::error::Code;

const MINIMUM: &str = r#""TRUSTED_KEYS":"keys.json","PUBLIC_ORIGINS":"https://gw.example""#;

fn plan(variables: &str) -> Result<String> {
    let plan = settings_from_environment(format!("{{{variables}}}").as_bytes())?;
    Ok(String::from_utf8(plan).expect("UTF-8"))
}

fn with_minimum(variables: &str) -> String {
    plan(&format!("{MINIMUM},{variables}")).unwrap_or_else(|error| panic!("{variables}: {error:?}"))
}

#[test]
fn the_plan_says_what_the_host_provides() {
    assert_eq!(
        plan(MINIMUM).expect("a plan"),
        concat!(
            r#"{"body_timeout_ms":10000,"jwks":{"max_bytes":65536,"private_addresses":false,"timeout_ms":2000},"#,
            r#""replay":{"allow_eviction":false,"kind":"memory","snapshot":null,"target":null,"timeout_ms":50},"#,
            r#""settings":{"public_origins":["https://gw.example"]},"signing_key":null,"trust":{"file":"keys.json"}}"#
        )
    );
    let all = r#""ALLOWED_ALGS":"EdDSA, ES256","AUDIENCES":"gw,api","BODY_TIMEOUT_MS":"500","CLOCK_SKEW":"20",
        "FORWARD_BODY":"original","FUTURE_SKEW":"2","JWKS_MAX_STALE":"0","JWKS_PRIVATE_ADDRESSES":"1","MAX_BODY":"1000",
        "MAX_DEPTH":"9","MAX_INFLIGHT":"2000","NONCE_LOCATION":"header","NONCE_MIN_LEN":"22","NONCE_TTL":"60",
        "PRESET":"strict","PUBLIC_ORIGINS":" https://gw.example/api , https://b.example,","REPLAY_ALLOW_EVICTION":"1",
        "REPLAY_CAP":"9","REPLAY_QUOTA_PER_KEY":"8","REPLAY_STORE":"rediss://:secret@redis.example/0",
        "REPLAY_TIMEOUT_MS":"80","REQUIRE_ATH":"true","RESPONSE_CRIT":"off","SIGNATURE_HEADER":"X-JWS-Signature",
        "SIGNATURE_MODE":"POST /rpc=required, /health=off, /up/*=observe, *=optional","SIGNING_KEY":"/run/key.pem",
        "SIGN_RESPONSES":"required-by-client","TRUSTED_KEYS":"https://Keys.example:443/a/../jwks?x",
        "TRUSTED_PROXIES":"10.0.0.0/8,192.0.2.1","PATH":"/bin","HOME":"/root""#;
    assert_eq!(
        plan(all).expect("a plan"),
        concat!(
            r#"{"body_timeout_ms":500,"jwks":{"max_bytes":65536,"private_addresses":true,"timeout_ms":2000},"#,
            r#""replay":{"allow_eviction":true,"kind":"redis","snapshot":null,"#,
            r#""target":"rediss://:secret@redis.example/0","timeout_ms":80},"#,
            r#""settings":{"allowed_algs":["EdDSA","ES256"],"audiences":["gw","api"],"clock_skew":20,"#,
            r#""forward_body":"original","future_skew":2,"header":"X-JWS-Signature","jwks_max_stale":0,"max_body":1000,"#,
            r#""max_depth":9,"max_inflight":2000,"mode":"optional","nonce_location":"header","nonce_min_len":22,"#,
            r#""nonce_ttl":60,"preset":"strict","public_origins":["https://gw.example/api","https://b.example"],"#,
            r#""replay":"external","replay_cap":9,"replay_quota_per_key":8,"require_ath":true,"response_crit":false,"#,
            r#""routes":[{"method":"POST","mode":"required","path":"/rpc"},{"mode":"off","path":"/health"},"#,
            r#"{"mode":"observe","path":"/up/*"}],"sign_responses":"required-by-client","#,
            r#""trusted_proxies":["10.0.0.0/8","192.0.2.1"]},"signing_key":{"file":"/run/key.pem"},"#,
            r#""trust":{"url":"https://keys.example/jwks?x"}}"#
        )
    );
}

#[test]
fn keys_and_stores_have_several_forms() {
    for (variables, part) in [
        (r#""TRUSTED_KEYS":"{\"keys\":[]}""#, r#""trust":{"inline":"{\"keys\":[]}"}"#),
        (r#""TRUSTED_KEYS":" [] ""#, r#""trust":{"inline":"[]"}"#),
        (r#""TRUSTED_KEYS":"./https/keys""#, r#""trust":{"file":"./https/keys"}"#),
        (
            r#""TRUSTED_KEYS":"http://127.0.0.1:8000/jwks","JWKS_PRIVATE_ADDRESSES":"1""#,
            r#""trust":{"url":"http://127.0.0.1:8000/jwks"}"#,
        ),
        (r#""SIGNING_KEY":"{\"kty\":\"OKP\"}""#, r#""signing_key":{"inline":"{\"kty\":\"OKP\"}"}"#),
        (
            r#""SIGNING_KEY":"-----BEGIN PRIVATE KEY-----\nMC4=\n""#,
            r#""signing_key":{"inline":"-----BEGIN PRIVATE KEY-----\nMC4="}"#,
        ),
        (r#""SIGNING_KEY":"key.pem","SIGN_RESPONSES":"1""#, r#""sign_responses":"on""#),
        (r#""SIGN_RESPONSES":"False""#, r#""sign_responses":"off""#),
        (r#""REPLAY_STORE":"sqlite:nonces.db""#, r#""kind":"sqlite","snapshot":null,"target":"nonces.db""#),
        (r#""REPLAY_STORE":"sqlite:nonces.db""#, r#""replay":"external""#),
        (
            r#""REPLAY_STORE":"redis://127.0.0.1""#,
            r#""kind":"redis","snapshot":null,"target":"redis://127.0.0.1""#,
        ),
        (r#""REPLAY_STORE":"memory","REPLAY_SNAPSHOT":"/var/n""#, r#""kind":"memory","snapshot":"/var/n""#),
        (r#""SIGNATURE_MODE":"observe""#, r#""mode":"observe""#),
        (r#""SIGNATURE_MODE":"GET *=off""#, r#""routes":[{"method":"GET","mode":"off","path":"*"}]"#),
        // What is empty is not there.
        (r#""SIGNING_KEY":"","NONCE_TTL":" ","REPLAY_STORE":"""#, r#""signing_key":null"#),
    ] {
        // Of two members with one name the reader would complain.
        let minimum = if variables.contains("TRUSTED_KEYS") {
            r#""PUBLIC_ORIGINS":"https://gw.example""#
        } else {
            MINIMUM
        };
        let plan =
            plan(&format!("{minimum},{variables}")).unwrap_or_else(|error| panic!("{variables}: {error:?}"));
        assert!(plan.contains(part), "{variables}: {plan}");
    }
    assert!(plan(r#""SIGNATURE_MODE":"off""#).is_ok());
    let said = with_minimum(r#""REPLAY_REDIS_WAIT":"0","REPLAY_STORE_FAILURE":"reject""#);
    assert_eq!(said, plan(MINIMUM).expect("a plan"), "what is so in any case");
    assert!(plan(r#""PRESET":"dev","TRUSTED_KEYS":"keys.json""#).is_ok());
}

#[test]
fn the_settings_of_a_plan_are_settings() {
    let plan = with_minimum(r#""SIGNATURE_MODE":"/a=off,optional","NONCE_TTL":"9""#);
    let plan = Object::parse(plan.as_bytes()).expect("an object");
    let settings = plan.member("settings").and_then(|value| value.as_object()).expect("settings");
    let settings = settings.with("trust", br#"{"keys":[]}"#);
    let settings = crate::http::settings::Settings::parse(&settings).expect("settings");
    assert_eq!(settings.nonce_ttl, 9);
    assert_eq!(settings.routes.mode("GET", "/a").name(), "off");
    assert_eq!(settings.routes.mode("GET", "/b").name(), "optional");
}

#[test]
fn contradictions_and_unfit_values_are_refused_by_variable() {
    for (variables, setting) in [
        ("", "TRUSTED_KEYS"),
        (r#""SIGNATURE_MODE":"observe""#, "TRUSTED_KEYS"),
        (r#""TRUSTED_KEYS":"keys.json""#, "PUBLIC_ORIGINS"),
        (r#""TRUSTED_KEYS":"http://keys.example/""#, "TRUSTED_KEYS"),
        (r#""TRUSTED_KEYS":"http://127.0.0.1/""#, "TRUSTED_KEYS"),
        (r#""TRUSTED_KEYS":"http://10.0.0.1/","JWKS_PRIVATE_ADDRESSES":"1""#, "TRUSTED_KEYS"),
        (r#""TRUSTED_KEYS":"file:///etc/keys""#, "TRUSTED_KEYS"),
        (r#""TRUSTED_KEYS":"https://user@keys.example/""#, "TRUSTED_KEYS"),
        (r#""TRUSTED_KEYS":1"#, "TRUSTED_KEYS"),
    ] {
        assert_eq!(
            refusal(&format!("{{{variables}}}")),
            (Code::SettingsInvalid, setting.to_owned()),
            "{variables}"
        );
    }
    for (variables, setting) in [
        (r#""SIGN_RESPONSES":"on""#, "SIGNING_KEY"),
        (r#""SIGN_RESPONSES":"required-by-client""#, "SIGNING_KEY"),
        (r#""SIGN_RESPONSES":"maybe""#, "SIGN_RESPONSES"),
        (r#""NONCE_TTL":"5m""#, "NONCE_TTL"),
        (r#""NONCE_TTL":"+5""#, "NONCE_TTL"),
        (r#""NONCE_TTL":"0""#, "NONCE_TTL"),
        (r#""NONCE_TTL":"99999999999999999999999""#, "NONCE_TTL"),
        (r#""NONCE_TTL":"18446744073709551615""#, "NONCE_TTL"),
        (r#""CLOCK_SKEW":"301""#, "CLOCK_SKEW"),
        (r#""CLOCK_SKEW":"1","FUTURE_SKEW":"2""#, "FUTURE_SKEW"),
        (r#""MAX_BODY":"-1""#, "MAX_BODY"),
        (r#""MAX_BODY":"1.5""#, "MAX_BODY"),
        (r#""MAX_INFLIGHT":"1""#, "MAX_INFLIGHT"),
        (r#""REPLAY_STORE":"shm:/nonces""#, "REPLAY_STORE"),
        (r#""REPLAY_STORE":"redis""#, "REPLAY_STORE"),
        (r#""REPLAY_STORE":"redis://""#, "REPLAY_STORE"),
        (r#""REPLAY_STORE":"sqlite:""#, "REPLAY_STORE"),
        (r#""REPLAY_ALLOW_EVICTION":"1""#, "REPLAY_ALLOW_EVICTION"),
        (r#""REPLAY_STORE":"redis://h","REPLAY_SNAPSHOT":"/n""#, "REPLAY_SNAPSHOT"),
        (r#""REPLAY_TIMEOUT_MS":"0""#, "REPLAY_TIMEOUT_MS"),
        // There is no other way than to fail closed.
        (r#""REPLAY_STORE_FAILURE":"memory-fallback""#, "REPLAY_STORE_FAILURE"),
        (r#""REPLAY_STORE_FAILURE":"accept""#, "REPLAY_STORE_FAILURE"),
        (r#""REPLAY_REDIS_WAIT":"1","REPLAY_STORE":"redis://h""#, "REPLAY_REDIS_WAIT"),
        (r#""REPLAY_REDIS_WAIT":"2","REPLAY_STORE":"redis://h""#, "REPLAY_REDIS_WAIT"),
        (r#""REPLAY_CAP":"0""#, "REPLAY_CAP"),
        (r#""BODY_TIMEOUT_MS":"600001""#, "BODY_TIMEOUT_MS"),
        (r#""ALLOWED_ALGS":"none""#, "ALLOWED_ALGS"),
        (r#""ALLOWED_ALGS":",""#, "ALLOWED_ALGS"),
        (r#""PRESET":"prod""#, "PRESET"),
        (r#""PRESET":"strict","NONCE_MIN_LEN":"1""#, "NONCE_MIN_LEN"),
        (r#""REQUIRE_ATH":"2""#, "REQUIRE_ATH"),
        (r#""SIGNATURE_HEADER":"host""#, "SIGNATURE_HEADER"),
        (r#""SIGNATURE_MODE":"on""#, "SIGNATURE_MODE"),
        (r#""SIGNATURE_MODE":",""#, "SIGNATURE_MODE"),
        (r#""SIGNATURE_MODE":"off,*=off""#, "SIGNATURE_MODE"),
        (r#""SIGNATURE_MODE":"rpc=off""#, "SIGNATURE_MODE"),
        (r#""SIGNATURE_MODE":"post /rpc=off""#, "SIGNATURE_MODE"),
        (r#""SIGNATURE_MODE":"/rpc=""#, "SIGNATURE_MODE"),
        (r#""TRUSTED_PROXIES":"proxy.example""#, "TRUSTED_PROXIES"),
    ] {
        let environment = format!("{{{MINIMUM},{variables}}}");
        assert_eq!(refusal(&environment), (Code::SettingsInvalid, setting.to_owned()), "{variables}");
    }
    for (environment, code) in
        [("[]", Code::InvalidArgument), ("", Code::InvalidJson), ("{", Code::InvalidJson)]
    {
        assert_eq!(settings_from_environment(environment.as_bytes()).expect_err("refused").code(), code);
    }
}

/// The code, and the setting that it is about.
fn refusal(environment: &str) -> (Code, String) {
    let error = settings_from_environment(environment.as_bytes()).expect_err(environment);
    let detail = error.detail_json().unwrap_or_default();
    let setting = detail.split(r#""setting":""#).nth(1).and_then(|rest| rest.split('"').next());
    (error.code(), setting.unwrap_or_default().to_owned())
}

#[test]
fn no_error_tells_a_secret() {
    for variables in [
        r#""REPLAY_STORE":"mysql://user:hunter2@h/""#,
        r#""TRUSTED_KEYS":"https://user:hunter2@h/""#,
        r#""SIGNING_KEY":"{hunter2}","SIGNATURE_MODE":"on""#,
    ] {
        let error = plan(variables).expect_err("refused");
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }
}
