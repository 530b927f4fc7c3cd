//! JSON Web Signatures.

use samebyte::api::{self, Result};
use serde_json::{Map, Value, json};

use super::arguments::Arguments;
use super::keys::binary;
use super::{keysets, text};

pub(super) fn perform(operation: &str, arguments: Arguments<'_>) -> Option<Result<Value>> {
    Some(match operation {
        "jws_sign" => sign(arguments),
        "jws_append" => append(arguments),
        "jws_verify" => verify(arguments),
        "jws_prepare" => prepare(arguments),
        "jws_finish" => finish(arguments),
        "jws_inspect" => inspect(arguments),
        _ => return None,
    })
}

fn sign(arguments: Arguments<'_>) -> Result<Value> {
    let (payload, key) = (arguments.bytes("payload")?, arguments.signing_key("key")?);
    Ok(json!({"jws_utf8": text(api::jws_sign(&payload, &key, &arguments.options("options")?)?)}))
}

fn append(arguments: Arguments<'_>) -> Result<Value> {
    let (jws, payload) = (arguments.bytes("jws")?, arguments.optional_bytes("payload")?);
    let key = arguments.signing_key("key")?;
    let jws = api::jws_append(&jws, payload.as_deref(), &key, &arguments.options("options")?)?;
    Ok(json!({"jws_utf8": text(jws)}))
}

fn verify(arguments: Arguments<'_>) -> Result<Value> {
    let verifier = keysets::verifier(arguments)?;
    let (jws, payload) = (arguments.bytes("jws")?, arguments.optional_bytes("payload")?);
    let options = arguments.members(&["canonicalize"]);
    let verified = api::jws_verify(&jws, payload.as_deref(), &verifier, &options)?;
    Ok(json!({"payload_b64u": binary(&verified.payload), "signatures_utf8": text(verified.signatures)}))
}

fn prepare(arguments: Arguments<'_>) -> Result<Value> {
    let (payload, key) = (arguments.bytes("payload")?, arguments.public_key("key")?);
    let prepared = api::jws_prepare(&payload, &key, &arguments.options("options")?)?;
    let mut prepared: Map<String, Value> = serde_json::from_slice(&prepared).expect("a JSON object");
    prepared.retain(|_, value| !value.is_null());
    for name in ["message", "digest"] {
        if let Some(value) = prepared.remove(name) {
            prepared.insert(format!("{name}_b64u"), value);
        }
    }
    Ok(prepared.into())
}

fn finish(arguments: Arguments<'_>) -> Result<Value> {
    let (payload, key) = (arguments.bytes("payload")?, arguments.public_key("key")?);
    let options = arguments.options("options")?;
    let jws = api::jws_finish(&payload, &key, &options, &arguments.bytes("signature")?)?;
    Ok(json!({"jws_utf8": text(jws)}))
}

fn inspect(arguments: Arguments<'_>) -> Result<Value> {
    Ok(json!({"report_utf8": text(api::jws_inspect(&arguments.bytes("jws")?)?)}))
}
