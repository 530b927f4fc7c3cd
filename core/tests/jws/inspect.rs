//! What a JWS says of itself.

use serde_json::{Value, json};

use super::*;

fn inspected(jws: impl AsRef<[u8]>) -> Value {
    let report = api::jws_inspect(jws.as_ref()).expect("a JWS");
    let value: Value = serde_json::from_slice(&report).expect("JSON");
    assert_eq!(serde_jcs::to_vec(&value).expect("JSON"), report, "it is canonical");
    value
}

#[test]
fn a_jws_is_explained() {
    let key = generate("EdDSA");
    let header = json!({"alg":"EdDSA","kid":key.kid()});
    let report = inspected(sign(r#"{"b":[1.50],"a":"x"}"#, &key, json!({})));
    let signature = json!({"header":header,"index":0,"signature_bytes":64});
    let payload = json!({"attached":true,"bytes":20,"json":{"a":"x","b":[1.5]}});
    let expected =
        json!({"payload":payload,"serialization":"compact","signatures":[signature],"verified":false});
    assert_eq!(report, expected);
    let report = inspected(sign("a\"\n", &key, json!({"serialization":"flattened","unprotected":{"u":1}})));
    assert_eq!(report["payload"], json!({"attached":true,"bytes":3,"text":"a\"\n"}));
    assert_eq!(report["signatures"][0]["unprotected"], json!({"u":1}));
    assert_eq!(report["serialization"], "flattened");
    let report = inspected(sign(b"\xff", &key, json!({"serialization":"general"})));
    assert_eq!(report["payload"], json!({"attached":true,"base64url":"_w","bytes":1}));
    let report = inspected(sign("x", &key, json!({"serialization":"general","detached":true})));
    assert_eq!(report["payload"], json!({"attached":false}));
    let report = inspected(sign("5", &key, json!({"b64":false})));
    assert_eq!(report["payload"], json!({"attached":true,"bytes":1,"json":5}));
}

#[test]
fn what_is_wrong_is_told() {
    for (token, header, expected) in [
        (format!("{}.eA.", b64(r#"{"alg":"none"}"#)), json!({"alg":"none"}), None),
        (format!("{}.eA.*", b64(r#"{"alg":"EdDSA"}"#)), json!({"alg":"EdDSA"}), Some("signature_malformed")),
        (format!("{}.eA.", b64(r#"{"alg":1}"#)), json!({"alg":1}), Some("signature_header_malformed")),
        (format!("{}.eA.", b64(r#"{"alg":"a","alg":"b"}"#)), Value::Null, Some("duplicate_member")),
        (format!("{}.eA.", b64("[]")), Value::Null, Some("signature_header_malformed")),
        ("*.eA.".to_owned(), Value::Null, Some("jws_malformed")),
        ("..".to_owned(), Value::Null, Some("signature_header_malformed")),
    ] {
        let report = inspected(&token);
        let signature = &report["signatures"][0];
        assert_eq!(signature["header"], header, "{token}");
        assert_eq!(signature.get("code").and_then(Value::as_str), expected, "{token}");
        assert_eq!(report["verified"], false);
    }
    assert_eq!(
        inspected(format!("{}.*.", b64("{}")))["payload"],
        json!({"attached":true,"code":"jws_malformed"})
    );
    for (text, expected) in [("", Code::JwsMalformed), ("{", Code::InvalidJson), ("{}", Code::JwsMalformed)] {
        assert_eq!(code(api::jws_inspect(text.as_bytes())), Some(expected));
    }
}
