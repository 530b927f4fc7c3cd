//! What must hold for every Agent Card, tried on random ones: known members of every type, unknown ones, empties.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use samebyte::agent_card::{Form, Portability, SignOptions, canonicalize, sign, verify};
use samebyte::algorithms::Algorithm;
use samebyte::keys::{Keyset, SigningKey, Verifier, VerifierOptions};
use samebyte::{Code, jcs};
use serde_json::{Map, Value, json};

/// Names of fields, in both spellings, and others.
const NAMES: [&str; 34] = [
    "name",
    "description",
    "version",
    "provider",
    "url",
    "organization",
    "capabilities",
    "streaming",
    "extensions",
    "params",
    "required",
    "uri",
    "skills",
    "tags",
    "id",
    "inputModes",
    "input_modes",
    "iconUrl",
    "icon_url",
    "securitySchemes",
    "security_schemes",
    "securityRequirements",
    "schemes",
    "list",
    "apiKeySecurityScheme",
    "mtlsSecurityScheme",
    "defaultInputModes",
    "default_input_modes",
    "signatures",
    "__proto__",
    "other",
    "",
    "\u{fb33}",
    "\u{1f600}",
];

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        select(vec![json!(0), json!(-0.0), json!(1e-7), json!(1e300), json!(42)]),
        select(vec![json!(""), json!("a"), json!("é\n\u{1f600}"), json!({}), json!([])]),
    ];
    leaf.prop_recursive(4, 60, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::Array),
            vec((select(&NAMES[..]), inner), 0..6).prop_map(object),
        ]
    })
}

fn object(members: Vec<(&str, Value)>) -> Value {
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>().into()
}

/// A card whose members mostly have their types.
fn card() -> impl Strategy<Value = Value> {
    let text = || select(vec![json!(""), json!("a"), json!("é"), Value::Null]);
    let texts = || vec(select(vec![json!(""), json!("a")]), 0..3).prop_map(Value::Array);
    let flag = || select(vec![json!(true), json!(false), Value::Null]);
    let params = || vec((select(vec!["a", "b", "__proto__"]), value()), 0..4).prop_map(object);
    let extension = (text(), flag(), params())
        .prop_map(|(uri, required, params)| json!({"uri": uri, "required": required, "params": params}));
    let capabilities = (flag(), vec(extension, 0..3))
        .prop_map(|(streaming, extensions)| json!({"streaming": streaming, "extensions": extensions}));
    let scheme = select(vec![
        json!({"apiKeySecurityScheme": {"name": "k", "location": "header"}}),
        json!({"mtlsSecurityScheme": {}}),
        json!({"mtls_security_scheme": {"description": "d"}}),
        json!({}),
    ]);
    let requirement = texts().prop_map(|list| json!({"schemes": {"k": {"list": list}}}));
    let skill = (text(), texts(), vec(requirement, 0..2))
        .prop_map(|(id, tags, needs)| json!({"id": id, "tags": tags, "securityRequirements": needs}));
    let more = vec((select(&["x", "url", "X-1"][..]), value()), 0..3);
    (text(), texts(), capabilities, vec(scheme, 0..3), vec(skill, 0..3), more).prop_map(
        |(name, modes, capabilities, schemes, skills, more)| {
            let schemes: Map<String, Value> =
                schemes.into_iter().enumerate().map(|(index, scheme)| (index.to_string(), scheme)).collect();
            let mut card = json!({
                "name": name, "default_input_modes": modes, "capabilities": capabilities,
                "securitySchemes": schemes, "skills": skills,
            });
            card.as_object_mut().expect("an object").extend(more.into_iter().map(|(n, v)| (n.to_owned(), v)));
            card
        },
    )
}

fn text(value: &Value) -> Vec<u8> {
    serde_json::to_vec(value).expect("JSON")
}

fn form(card: &[u8], form: Form) -> Vec<u8> {
    canonicalize(card, form).expect("a card")
}

fn key_and_verifier() -> (SigningKey, Verifier) {
    let key = SigningKey::generate(Algorithm::EdDsa).expect("a key");
    let keyset = Keyset::new(&[key.public_key().expect("a pair").clone()], &[]).expect("a set");
    let verifier = Verifier::new(&keyset, VerifierOptions::default()).expect("a verifier");
    (key, verifier)
}

fn options(portability: Portability) -> SignOptions {
    let mut options = SignOptions::default();
    options.portability = portability;
    options
}

fn report(report: &[u8]) -> Value {
    serde_json::from_slice(report).expect("JSON")
}

/// The value without what the pointers name; elements are taken out from the last on.
fn without(mut value: Value, pointers: &[&str]) -> Value {
    for pointer in pointers.iter().rev() {
        let (parent, token) = pointer.rsplit_once('/').expect("a pointer to a member");
        let token = token.replace("~1", "/").replace("~0", "~");
        match value.pointer_mut(parent).expect("the parent") {
            Value::Array(elements) => drop(elements.remove(token.parse().expect("an index"))),
            Value::Object(members) => drop(members.remove(&token).expect("a member")),
            _ => panic!("{pointer} is not inside of a container"),
        }
    }
    value
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any JSON is a card, or is refused with a pointer; and the raw form is the text without signatures.
    #[test]
    fn any_json(value in value()) {
        let given = text(&value);
        for name in Form::ALL {
            match canonicalize(&given, name) {
                Ok(made) => prop_assert_eq!(&form(&made, name), &made, "a form of itself"),
                Err(error) => {
                    prop_assert_eq!(error.code(), Code::CardMalformed);
                    prop_assert!(error.detail_json().unwrap().contains("pointer"));
                }
            }
        }
        if let Value::Object(mut members) = value {
            members.remove("signatures");
            let rest = jcs::canonicalize(&text(&members.into()), &jcs::Options::default()).unwrap();
            prop_assert_eq!(canonicalize(&given, Form::Raw).unwrap(), rest);
        }
    }

    /// On its own form, the SDKs and the specification agree; and what the report names is all that is not covered.
    #[test]
    fn forms_agree_where_nothing_is_left_to_remove(card in card()) {
        let given = text(&card);
        let sdk = form(&given, Form::Sdk);
        for name in Form::ALL {
            prop_assert_eq!(&form(&sdk, name), &sdk);
        }
        let spec = form(&given, Form::Spec);
        prop_assert_eq!(&form(&spec, Form::Sdk), &sdk);
        let (key, verifier) = key_and_verifier();
        for name in Form::ALL {
            let signed = sign(&given, &key, &options(Portability::Only(name))).unwrap();
            let verified = verify(&signed, &verifier, name).unwrap();
            let report = report(&verified.report);
            if report["unsigned_paths_truncated"] == false {
                let paths: Vec<&str> =
                    report["unsigned_paths"].as_array().unwrap().iter().map(|path| path.as_str().unwrap()).collect();
                let covered = text(&without(card.clone(), &paths));
                prop_assert_eq!(form(&covered, name), verified.card.clone());
                // Only a name may differ between what is left and what is covered.
                let left = form(&covered, Form::Raw);
                if !covered.windows(3).any(|three| three == b"lt_" || three == b"ls_") {
                    prop_assert_eq!(left, verified.card);
                }
            }
        }
    }

    /// What is signed portably, or without what is not portable, verifies in every form; what is signed in each form
    /// verifies in each.
    #[test]
    fn signed_and_verified(card in card()) {
        let given = text(&card);
        let (key, verifier) = key_and_verifier();
        let all = sign(&given, &key, &options(Portability::Each)).unwrap();
        let mut distinct: Vec<Vec<u8>> = Form::ALL.iter().map(|name| form(&given, *name)).collect();
        distinct.dedup();
        prop_assert_eq!(report(&all)["signatures"].as_array().unwrap().len(), distinct.len());
        for name in Form::ALL {
            prop_assert_eq!(verify(&all, &verifier, name).unwrap().card, form(&given, name));
        }
        let stripped = sign(&given, &key, &options(Portability::Strip));
        for signed in [sign(&given, &key, &SignOptions::default()), stripped].into_iter().flatten() {
            for name in Form::ALL {
                let verified = verify(&signed, &verifier, name).unwrap();
                prop_assert_eq!(&report(&verified.report)["unsigned_paths"], &json!([]));
                prop_assert_eq!(verified.card, form(&given, Form::Sdk));
            }
        }
    }

    /// A byte of a signed card is changed: it is refused, or what was verified is what was signed.
    #[test]
    fn changed_bytes(card in card(), at in any::<Index>(), byte in select(b"\"{}[],:0aA \\\x00\xff".to_vec())) {
        let given = text(&card);
        let (key, verifier) = key_and_verifier();
        for name in Form::ALL {
            let mut signed = sign(&given, &key, &options(Portability::Only(name))).unwrap();
            let at = at.index(signed.len());
            signed[at] = byte;
            if let Ok(verified) = verify(&signed, &verifier, name) {
                prop_assert_eq!(verified.card, form(&given, name));
            }
        }
    }
}

/// The largest cards take time in proportion to their size, whatever is in them.
#[test]
fn hostile_cards() {
    let (key, verifier) = key_and_verifier();
    let size = 1 << 20;
    let many = |piece: &str, before: &str, after: &str| {
        let count = (size - before.len() - after.len() - 300) / (piece.len() + 1);
        format!("{before}{}{after}", vec![piece; count].join(","))
    };
    let deep = format!("{}\"{}\"{}", "[".repeat(120), "a".repeat(size - 1_000), "]".repeat(120));
    let cards = [
        many(r#""""#, r#"{"name":"a","defaultInputModes":["#, "]}"),
        many("{}", r#"{"name":"a","skills":["#, "]}"),
        many("null", r#"{"name":"a","capabilities":{"extensions":[{"params":{"a":["#, "]}}]}}"),
        many("[[[[]]]]", r#"{"name":"a","x":["#, "]}"),
        format!(r#"{{"name":"a","capabilities":{{"extensions":[{{"params":{{"a":{deep}}}}}]}}}}"#),
        format!(r#"{{"name":"a","{}":1}}"#, "x".repeat(size - 1_000)),
        format!("{{{}}}", (0..60_000).map(|n| format!(r#""{n:05}":null"#)).collect::<Vec<_>>().join(",")),
        format!(r#"{{"signatures":[{}]}}"#, vec![r#"{"protected":"e30","signature":""}"#; 64].join(",")),
    ];
    for card in cards {
        assert!(card.len() <= size, "{}", card.len());
        let started = std::time::Instant::now();
        for name in Form::ALL {
            let _ = sign(card.as_bytes(), &key, &options(Portability::Only(name)))
                .and_then(|signed| verify(&signed, &verifier, name));
        }
        let _ = sign(card.as_bytes(), &key, &SignOptions::default());
        let _ = samebyte::agent_card::diagnose(card.as_bytes(), &verifier).expect("a report");
        let seconds = started.elapsed().as_secs_f64();
        // Linear work takes a few seconds at most, in a test build on a busy machine; anything else takes hours.
        assert!(seconds < 60.0, "{seconds} s for {}", &card[..40]);
    }
    let long = format!(r#"{{"name":"{}"}}"#, "a".repeat(size));
    assert_eq!(canonicalize(long.as_bytes(), Form::Sdk).unwrap_err().code(), Code::TooLarge);
}

/// What an error or a report lists is bounded.
#[test]
fn lists_are_bounded() {
    let (key, verifier) = key_and_verifier();
    let members: Vec<String> = (0..200).map(|n| format!(r#""{}{n}":1"#, "x".repeat(300))).collect();
    let card = format!(r#"{{"name":"a",{}}}"#, members.join(","));
    let error = sign(card.as_bytes(), &key, &SignOptions::default()).unwrap_err();
    assert_eq!(error.code(), Code::CardNotPortable);
    let detail = report(error.detail_json().unwrap().as_bytes());
    assert_eq!(
        (detail["count"].as_u64(), detail["pointers"].as_array().map(Vec::len)),
        (Some(200), Some(32))
    );
    assert!(error.detail_json().unwrap().len() < 32 * 260);
    let signed = sign(card.as_bytes(), &key, &options(Portability::Only(Form::Sdk))).unwrap();
    let verified = verify(&signed, &verifier, Form::Sdk).unwrap();
    let report = report(&verified.report);
    assert_eq!(report["unsigned_paths"].as_array().map(Vec::len), Some(64));
    assert_eq!(report["unsigned_paths_truncated"], true);
}

/// The limits of a verifier hold for cards, too.
#[test]
fn limits_of_the_verifier() {
    let (key, _) = key_and_verifier();
    let keyset = Keyset::new(&[key.public_key().unwrap().clone()], &[]).unwrap();
    let signed = sign(br#"{"name":"a","x":1}"#, &key, &options(Portability::Each)).unwrap();
    let code = |limit: fn(&mut VerifierOptions)| {
        let mut options = VerifierOptions::default();
        limit(&mut options);
        verify(&signed, &Verifier::new(&keyset, options).unwrap(), Form::Sdk).err().map(|error| error.code())
    };
    assert_eq!(code(|options| options.max_signatures = 2), None);
    assert_eq!(code(|options| options.max_signatures = 1), Some(Code::TooManySignatures));
    assert_eq!(code(|options| options.max_payload_bytes = 12), None);
    assert_eq!(code(|options| options.max_payload_bytes = 11), Some(Code::TooLarge));
    assert_eq!(code(|options| options.max_header_bytes = 10), Some(Code::SignatureHeaderMalformed));
}
