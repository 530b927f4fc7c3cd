//! Results and configurations, and the files and keys of sqooler.

use samebyte::api::{self, Result, Verifier};
use serde_json::{Value, json};

use super::arguments::Arguments;
use super::text;

pub(super) fn perform(operation: &str, arguments: Arguments<'_>) -> Option<Result<Value>> {
    Some(match operation {
        "result_sign" => result_sign(arguments),
        "result_verify" => result_verify(arguments),
        "config_sign" => config_sign(arguments),
        "config_verify" => config_verify(arguments),
        "sqooler_sign" => sqooler_sign(arguments),
        "sqooler_result_verify" => sqooler_result_verify(arguments),
        "sqooler_config_verify" => sqooler_config_verify(arguments),
        "sqooler_key_import" => sqooler_key_import(arguments),
        "sqooler_public_key_import" => sqooler_public_key_import(arguments),
        _ => return None,
    })
}

fn result_sign(arguments: Arguments<'_>) -> Result<Value> {
    let signed = api::result_sign(&arguments.bytes("document")?, &arguments.signing_key("key")?)?;
    Ok(json!({"document_utf8": text(signed)}))
}

fn result_verify(arguments: Arguments<'_>) -> Result<Value> {
    let (document, verifier) = (arguments.bytes("document")?, verifier(arguments)?);
    let (display_name, job_id) = (arguments.text("display_name")?, arguments.text("job_id")?);
    Ok(json!({"result_utf8": text(api::result_verify(&document, &verifier, display_name, job_id)?)}))
}

fn config_sign(arguments: Arguments<'_>) -> Result<Value> {
    let signed = api::config_sign(&arguments.bytes("document")?, &arguments.signing_key("key")?)?;
    Ok(json!({"document_utf8": text(signed)}))
}

fn config_verify(arguments: Arguments<'_>) -> Result<Value> {
    let (document, verifier) = (arguments.bytes("document")?, verifier(arguments)?);
    let result = api::config_verify(&document, &verifier, arguments.text("display_name")?)?;
    Ok(json!({"result_utf8": text(result)}))
}

fn verifier(arguments: Arguments<'_>) -> Result<Verifier> {
    api::verifier_new(&super::keysets::of_keys(arguments)?, &arguments.members(&["threshold"]))
}

fn sqooler_sign(arguments: Arguments<'_>) -> Result<Value> {
    let file = api::sqooler_sign(&arguments.bytes("payload")?, &arguments.signing_key("key")?)?;
    Ok(json!({"file_utf8": text(file)}))
}

fn sqooler_result_verify(arguments: Arguments<'_>) -> Result<Value> {
    let (file, key) = (arguments.bytes("file")?, arguments.public_key("key")?);
    let (display_name, job_id) = (arguments.text("display_name")?, arguments.text("job_id")?);
    Ok(json!({"payload_utf8": text(api::sqooler_result_verify(&file, &key, display_name, job_id)?)}))
}

fn sqooler_config_verify(arguments: Arguments<'_>) -> Result<Value> {
    let (file, key) = (arguments.bytes("file")?, arguments.public_key("key")?);
    let payload = api::sqooler_config_verify(&file, &key, arguments.text("display_name")?)?;
    Ok(json!({"payload_utf8": text(payload)}))
}

fn sqooler_key_import(arguments: Arguments<'_>) -> Result<Value> {
    let key = api::sqooler_key_from_jwk(&arguments.bytes("jwk")?)?;
    Ok(json!({
        "kid": api::key_kid(&key)?,
        "private_jwk_utf8": text(&api::key_to_jwk(&key)?[..]),
        "sqooler_jwk_utf8": text(&api::sqooler_key_to_jwk(&key)?[..]),
    }))
}

fn sqooler_public_key_import(arguments: Arguments<'_>) -> Result<Value> {
    let key = api::sqooler_public_key_from_jwk(&arguments.bytes("jwk")?)?;
    Ok(json!({
        "kid": api::public_key_kid(&key)?,
        "public_jwk_utf8": text(api::public_key_to_jwk(&key)?),
        "sqooler_jwk_utf8": text(api::sqooler_public_key_to_jwk(&key)?),
    }))
}
