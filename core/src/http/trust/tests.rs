//! Sources of keys over time, with what is fetched, what fails and what is broken.

use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::algorithms::Algorithm;
use crate::json::view::Value;
use crate::keys::SigningKey;

const NOW: u64 = 1_800_000_000_000;
const SECOND: u64 = 1000;

fn key(byte: u8) -> SigningKey {
    SigningKey::from_hex(Algorithm::EdDsa, format!("{byte:02x}").repeat(32).as_bytes()).expect("a key")
}

fn jwk(kid: &str, byte: u8) -> String {
    let jwk = String::from_utf8(key(byte).public_key().expect("a pair").to_jwk()).expect("UTF-8");
    jwk.replace(key(byte).public_key().expect("a pair").kid(), kid)
}

fn jwks(keys: &[(&str, u8)]) -> String {
    let keys: Vec<_> = keys.iter().map(|(kid, byte)| jwk(kid, *byte)).collect();
    format!(r#"{{"keys":[{}]}}"#, keys.join(","))
}

fn read(json: &str, max_stale: u64) -> Result<Trust> {
    let text = crate::jcs::canonicalize(json.as_bytes(), &crate::jcs::Options::exact())?;
    Trust::read(Value::parse(&text), max_stale)
}

fn trust(json: &str) -> Trust {
    read(json, 86_400).unwrap_or_else(|error| panic!("{json}: {error:?}"))
}

/// A word for what is found: the byte that the key was made of, or the name of another answer.
fn found(lookup: &Lookup) -> String {
    match lookup {
        Lookup::Found(trusted) => {
            let thumbprint = trusted.key.thumbprint().unwrap_or_default();
            let byte =
                (0..=9).find(|byte| key(*byte).public_key().expect("a pair").thumbprint() == thumbprint);
            byte.map_or_else(|| "secret".to_owned(), |byte| byte.to_string())
        }
        Lookup::Unknown => "unknown".to_owned(),
        Lookup::Fetch(source) => format!("fetch {source}"),
        Lookup::Unavailable => "unavailable".to_owned(),
    }
}

impl Trust {
    fn says(&self, kid: &str, now_ms: u64) -> String {
        found(&self.find(kid, None, now_ms))
    }
}

#[test]
fn a_set_is_trusted_with_everything() {
    let trust = trust(&jwks(&[("a", 1), ("b", 2)]));
    assert_eq!(
        (trust.says("a", NOW), trust.says("b", NOW), trust.says("c", NOW)),
        ("1".into(), "2".into(), "unknown".into())
    );
    let Lookup::Found(trusted) = trust.find("a", None, NOW) else { panic!("there") };
    assert_eq!((trusted.tenant.as_str(), trusted.key.kid()), ("", Some("a")));
    assert_eq!(trusted.signer, key(1).public_key().expect("a pair").thumbprint());
    assert_eq!(trusted.algorithms, AlgorithmSet::of(&[Algorithm::EdDsa]));
    assert!(trusted.audiences.is_none() && trusted.routes.is_none() && trusted.quota.is_none());
    assert!(trusted.not_before.is_none() && trusted.not_after.is_none());
    assert!(!trusted.revoked && !trusted.response_only);
    // It is never fetched.
    assert_eq!(trust.due(0, NOW), None);
    assert_eq!(trust.due(1, NOW), None);
}

#[test]
fn a_source_says_what_its_keys_are_for() {
    let jwks = jwks(&[("a", 1), ("b", 2)]).replacen(r#"{"alg""#, r#"{"samebyte_use":"response","alg""#, 1);
    let trust = trust(&format!(
        r#"[{{"tenant":"acme","jwks":{jwks},"algs":["ES256"],"aud":["gw"],"routes":["/rpc"],"quota":3,
            "not_before":1,"not_after":2,"revoked":["b","z"],
            "secrets":[{{"alg":"HS256","kid":"h","secret":"{}"}}]}}]"#,
        crate::encoding::to_base64url(&[7; 32]),
    ));
    let Lookup::Found(trusted) = trust.find("a", Some("acme"), NOW) else { panic!("there") };
    assert_eq!(trusted.tenant, "acme");
    assert_eq!(trusted.algorithms, AlgorithmSet::EMPTY);
    assert_eq!(trusted.audiences.as_deref(), Some(&["gw".to_owned()][..]));
    let routes = trusted.routes.clone().expect("routes");
    assert!(routes.contain("/rpc") && !routes.contain("/rpc/"));
    assert_eq!((trusted.quota, trusted.not_before, trusted.not_after), (Some(3), Some(1), Some(2)));
    assert!(!trusted.revoked && trusted.response_only);
    let Lookup::Found(trusted) = trust.find("b", None, NOW) else { panic!("there") };
    assert!(trusted.revoked && !trusted.response_only);
    let Lookup::Found(secret) = trust.find("h", None, NOW) else { panic!("there") };
    assert!(secret.key.public().is_none() && trust.has_secrets());
    // What names the secret is neither it nor a code that it makes.
    assert_eq!(secret.signer.len(), 43);
    let made = SigningKey::symmetric(Algorithm::Hs256, &[7; 32], None).expect("a secret");
    assert_ne!(secret.signer, crate::encoding::to_base64url(&made.sign(b"samebyte-signer/1")));
    assert!(!format!("{secret:?}").contains("BwcHBw"));
}

#[test]
fn the_first_source_wins_and_iss_selects_the_tenant() {
    let trust = trust(&format!(
        r#"[{{"tenant":"a","jwks":{}}},{{"tenant":"b","jwks":{}}}]"#,
        jwks(&[("k", 1), ("x", 3)]),
        jwks(&[("k", 2)])
    ));
    for (kid, iss, expected) in [
        ("k", None, "1"),
        ("k", Some("a"), "1"),
        ("k", Some("b"), "2"),
        ("x", Some("b"), "unknown"),
        ("k", Some("c"), "unknown"),
        ("k", Some(""), "unknown"),
    ] {
        assert_eq!(found(&trust.find(kid, iss, NOW)), expected, "{kid} {iss:?}");
    }
}

const URL: &str = r#"[{"jwks_uri":"https://keys.example/jwks.json"}]"#;

#[test]
fn a_set_is_fetched_when_it_is_first_needed() {
    let trust = trust(URL);
    assert_eq!(trust.says("a", NOW), "fetch 0");
    assert_eq!(trust.due(0, NOW).as_deref(), Some("https://keys.example/jwks.json"));
    // Others wait, and nobody else fetches.
    assert_eq!(trust.says("a", NOW), "fetch 0");
    assert_eq!(trust.due(0, NOW), None);
    trust.put(0, Some(jwks(&[("a", 1)]).as_bytes()), NOW + SECOND).expect("a set");
    assert_eq!(trust.says("a", NOW + SECOND), "1");
    // An unknown kid is looked for once in half a minute, whatever comes.
    assert_eq!(trust.says("b", NOW + SECOND), "unknown");
    assert_eq!(trust.says("b", NOW + 31 * SECOND - 1), "unknown");
    assert_eq!(trust.says("b", NOW + 31 * SECOND), "fetch 0");
    assert_eq!(trust.says("a", NOW + 31 * SECOND), "1");
}

#[test]
fn a_source_that_fails_is_asked_again_after_the_cool_down() {
    let trust = trust(URL);
    for try_ in 0..3 {
        let now = NOW + try_ * 30 * SECOND;
        assert_eq!(trust.says("a", now), "fetch 0");
        assert!(trust.due(0, now).is_some());
        trust.put(0, None, now).expect("a failure is told");
        assert_eq!((trust.says("a", now), trust.due(0, now)), ("unavailable".to_owned(), None));
    }
    // One that was taken and never answered blocks no longer.
    let now = NOW + 90 * SECOND;
    assert!(trust.due(0, now).is_some());
    assert_eq!(trust.says("a", now + 29 * SECOND), "fetch 0");
    assert_eq!(trust.due(0, now + 29 * SECOND), None);
    assert!(trust.due(0, now + 30 * SECOND).is_some());
}

#[test]
fn a_set_gets_old() {
    for (max_stale, last) in [(3600, 3900), (0, 300)] {
        let trust = read(URL, max_stale).expect("a source");
        trust.put(0, Some(jwks(&[("a", 1)]).as_bytes()), NOW).expect("a set");
        assert_eq!(trust.says("a", NOW + 300 * SECOND), "1");
        // Older than five minutes, it is due at the next look, which one request pays for.
        let old = NOW + 301 * SECOND;
        assert_eq!(trust.says("a", old), "fetch 0");
        assert!(trust.due(0, old).is_some());
        let meanwhile = if max_stale == 0 { "fetch 0" } else { "1" };
        assert_eq!(trust.says("a", old), meanwhile);
        trust.put(0, None, old).expect("a failure is told");
        let after = if max_stale == 0 { "unavailable" } else { "1" };
        assert_eq!(trust.says("a", old), after);
        // Then it is too old to be used.
        let end = NOW + last * SECOND + 1;
        if max_stale > 0 {
            trust.put(0, None, end - SECOND).expect("a failure is told");
            assert_eq!(trust.says("a", end - 1), "1");
            assert_eq!(
                (trust.says("a", end), trust.says("b", end)),
                ("unavailable".into(), "unavailable".into())
            );
            assert_eq!(trust.says("a", end + 30 * SECOND), "fetch 0");
        }
        trust.put(0, Some(jwks(&[("b", 2)]).as_bytes()), end).expect("a set");
        assert_eq!((trust.says("a", end), trust.says("b", end)), ("unknown".into(), "2".into()));
    }
}

#[test]
fn a_broken_set_keeps_the_old_one() {
    let trust = trust(URL);
    trust.put(0, Some(jwks(&[("a", 1)]).as_bytes()), NOW).expect("a set");
    let private = String::from_utf8(key(2).to_jwk().to_vec()).expect("UTF-8");
    for (set, code) in [
        ("".to_owned(), Code::InvalidJson),
        ("<html>".to_owned(), Code::InvalidJson),
        ("[]".to_owned(), Code::KeyMalformed),
        (r#"{"keys":{}}"#.to_owned(), Code::KeyMalformed),
        (format!(r#"{{"keys":[{private}]}}"#), Code::KeyMalformed),
        (jwks(&[("a", 1), ("a", 2)]), Code::DuplicateKid),
        (jwks(&[("a", 1)]).replace(r#""kty":"OKP""#, r#""kty":"OKP","kty":"OKP""#), Code::DuplicateMember),
        (
            r#"{"keys":[{"crv":"Ed25519","kid":"a","kty":"OKP","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}]}"#
                .to_owned(),
            Code::KeyWeak,
        ),
        (format!(r#"{{"keys":[],"pad":"{}"}}"#, "x".repeat(1 << 20)), Code::TooLarge),
        ("[".repeat(1_000_000), Code::TooDeep),
    ] {
        let error = trust.put(0, Some(set.as_bytes()), NOW).expect_err("broken");
        assert_eq!(error.code(), code, "{:.60}", set);
        assert_eq!((trust.says("a", NOW), trust.says("b", NOW)), ("1".to_owned(), "unknown".to_owned()));
    }
    // An empty set is a set: nobody is trusted any more.
    trust.put(0, Some(br#"{"keys":[]}"#), NOW).expect("a set");
    assert_eq!(trust.says("a", NOW), "unknown");
    assert_eq!(trust.put(7, None, NOW).expect_err("no such source").code(), Code::InvalidArgument);
}

#[test]
fn a_fixed_set_can_be_put_anew() {
    let trust = trust(&jwks(&[("a", 1)]));
    trust.put(0, Some(jwks(&[("b", 2)]).as_bytes()), NOW).expect("a set");
    assert_eq!((trust.says("a", NOW), trust.says("b", NOW)), ("unknown".to_owned(), "2".to_owned()));
    trust.put(0, None, NOW).expect("nothing came");
    assert_eq!((trust.says("b", NOW), trust.due(0, NOW + 1_000_000)), ("2".to_owned(), None));
}

#[test]
fn sources_do_not_hold_each_other_up() {
    let trust = trust(&format!(
        r#"[{{"tenant":"a","jwks_uri":"https://a.example/"}},{{"tenant":"b","jwks_uri":"https://b.example/"}},{{"tenant":"c","jwks":{}}}]"#,
        jwks(&[("c", 3), ("k", 4)])
    ));
    // What the first one says must be known before another's key is taken,
    assert_eq!(trust.says("c", NOW), "fetch 0");
    assert!(trust.due(0, NOW).is_some());
    // unless it does not answer.
    assert_eq!(trust.says("c", NOW), "fetch 1");
    assert!(trust.due(1, NOW).is_some());
    assert_eq!((trust.says("c", NOW), trust.says("z", NOW)), ("3".to_owned(), "fetch 0".to_owned()));
    trust.put(0, None, NOW).expect("a failure is told");
    trust.put(1, Some(jwks(&[("b", 2)]).as_bytes()), NOW).expect("a set");
    assert_eq!((trust.says("c", NOW), trust.says("b", NOW)), ("3".to_owned(), "2".to_owned()));
    assert_eq!(trust.says("z", NOW), "unavailable");
    assert_eq!(found(&trust.find("z", Some("b"), NOW)), "unknown");
    // An old set without the key is no reason to fetch before the others were asked.
    let old = NOW + 400 * SECOND;
    trust.put(0, Some(jwks(&[("k", 1)]).as_bytes()), old).expect("a set");
    assert_eq!((trust.says("c", old), trust.says("b", old)), ("3".to_owned(), "fetch 1".to_owned()));
    assert_eq!(trust.says("k", old), "1");
}

#[test]
fn a_clock_that_is_set_back_does_not_stop_fetching() {
    let trust = trust(URL);
    trust.put(0, None, NOW).expect("a failure is told");
    assert_eq!(trust.says("a", NOW - 3600 * SECOND), "fetch 0");
    trust.put(0, Some(jwks(&[("a", 1)]).as_bytes()), u64::MAX).expect("a set");
    assert_eq!(trust.says("a", NOW), "1");
}

#[test]
fn settings_of_sources_are_checked() {
    let set = jwks(&[("a", 1)]);
    let secret = |kid: &str, byte| {
        format!(
            r#"{{"alg":"HS256","kid":"{kid}","secret":"{}"}}"#,
            crate::encoding::to_base64url(&[byte; 32])
        )
    };
    for (entry, setting) in [
        ("1".to_owned(), "trust/0"),
        ("{}".to_owned(), "trust/0"),
        (r#"{"tenant":"a"}"#.to_owned(), "trust/0"),
        (format!(r#"{{"jwks":{set},"jwks_uri":"https://keys.example/"}}"#), "trust/0"),
        (r#"{"jwks":[]}"#.to_owned(), "trust/0"),
        (r#"{"jwks_uri":"http://keys.example/"}"#.to_owned(), "trust/0"),
        (r#"{"jwks_uri":"file:///etc/passwd"}"#.to_owned(), "trust/0"),
        (r#"{"jwks_uri":"https://user@keys.example/"}"#.to_owned(), "trust/0"),
        (r#"{"jwks_uri":1}"#.to_owned(), "trust/0"),
        (format!(r#"{{"jwks":{set},"tenant":1}}"#), "trust/0"),
        (format!(r#"{{"jwks":{set},"algs":[]}}"#), "trust/0"),
        (format!(r#"{{"jwks":{set},"algs":["none"]}}"#), "trust/0"),
        (format!(r#"{{"jwks":{set},"aud":[]}}"#), "trust/0"),
        (format!(r#"{{"jwks":{set},"routes":[]}}"#), "trust/0"),
        (format!(r#"{{"jwks":{set},"routes":["rpc"]}}"#), "trust/0"),
        (format!(r#"{{"jwks":{set},"quota":-1}}"#), "trust/0"),
        (format!(r#"{{"jwks":{set},"not_before":-1}}"#), "trust/0"),
        (format!(r#"{{"jwks":{set},"not_before":2,"not_after":1}}"#), "trust/0"),
        (format!(r#"{{"jwks":{set},"revoked":"a"}}"#), "trust/0"),
        (format!(r#"{{"secrets":[{},{}]}}"#, secret("h", 1), secret("h", 2)), "trust/0"),
        (format!(r#"{{"secrets":[{},{}]}}"#, secret("h", 1), secret("i", 1)), "trust/0"),
        (r#"{"secrets":[{"alg":"HS256","kid":"h","secret":"c2hvcnQ"}]}"#.to_owned(), "trust/0"),
        (secret("h", 1).replace("HS256", "HS512").replace('{', r#"{"secrets":[{"#) + "]}", "trust/0"),
        (r#"{"secrets":[{"alg":"HS256","kid":"h"}]}"#.to_owned(), "trust/0"),
        (r#"{"secrets":[1]}"#.to_owned(), "trust/0"),
        (r#"{"secrets":{}}"#.to_owned(), "trust/0"),
    ] {
        let error = read(&format!("[{entry}]"), 0).expect_err(&entry);
        assert_eq!(error.code(), Code::SettingsInvalid, "{entry}");
        assert!(
            error.detail_json().unwrap_or_default().contains(&format!(r#""setting":"{setting}""#)),
            "{entry}"
        );
    }
    let many = vec![format!(r#"{{"jwks":{set}}}"#); 1001].join(",");
    assert_eq!(read(&format!("[{many}]"), 0).expect_err("too many").code(), Code::SettingsInvalid);
    for url in
        ["https://keys.example", "http://localhost:8080/jwks", "http://[::1]/jwks?x", "http://127.0.0.1:1/"]
    {
        assert!(read(&format!(r#"[{{"jwks_uri":"{url}"}}]"#), 0).is_ok(), "{url}");
    }
}

#[test]
fn no_look_fails_while_keys_change() {
    let trust = trust(URL);
    let sets = [jwks(&[("a", 1), ("b", 2)]), jwks(&[("a", 1), ("c", 3)])];
    trust.put(0, Some(sets[0].as_bytes()), NOW).expect("a set");
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let mut looks = 0;
                while !done.load(Ordering::Relaxed) || looks == 0 {
                    assert_eq!(trust.says("a", NOW), "1");
                    looks += 1;
                }
            });
        }
        for turn in 0..500 {
            trust.put(0, Some(sets[turn % 2].as_bytes()), NOW).expect("a set");
        }
        done.store(true, Ordering::Relaxed);
    });
}
