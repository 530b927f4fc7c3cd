//! Documents, jobs and receipts.

use samebyte::api::{self, Result};
use serde_json::{Value, json};

use super::arguments::Arguments;
use super::text;

pub(super) fn perform(operation: &str, arguments: Arguments<'_>) -> Option<Result<Value>> {
    Some(match operation {
        "document_sign" => document_sign(arguments),
        "document_verify" => document_verify(arguments),
        "document_signing_input" => document_signing_input(arguments),
        "document_to_dsse" => document_to_dsse(arguments),
        "document_from_dsse" => document_from_dsse(arguments),
        "job_sign" => job_sign(arguments),
        "job_verify_signatures" => job_verify_signatures(arguments),
        "job_signatories" => job_signatories(arguments),
        "job_authorize" => job_authorize(arguments),
        "job_canonical_representation" => job_canonical_representation(arguments),
        "receipt_sign" => receipt_sign(arguments),
        "receipt_verify" => receipt_verify(arguments),
        "receipt_canonical_representation" => receipt_canonical_representation(arguments),
        _ => return None,
    })
}

fn document_sign(arguments: Arguments<'_>) -> Result<Value> {
    let (document, media_type) = (arguments.bytes("document")?, arguments.text("type")?);
    let signed = api::document_sign(&document, &arguments.signing_key("key")?, media_type)?;
    Ok(json!({"document_utf8": text(signed)}))
}

fn document_verify(arguments: Arguments<'_>) -> Result<Value> {
    let (document, media_type) = (arguments.bytes("document")?, arguments.text("type")?);
    let keyset = super::keysets::of_keys(arguments)?;
    let verifier = api::verifier_new(&keyset, &arguments.members(&["threshold"]))?;
    Ok(json!({"result_utf8": text(api::document_verify(&document, &verifier, media_type)?)}))
}

fn document_signing_input(arguments: Arguments<'_>) -> Result<Value> {
    let input = api::document_signing_input(&arguments.bytes("document")?, arguments.text("type")?)?;
    Ok(json!({"signing_input_utf8": text(input)}))
}

fn document_to_dsse(arguments: Arguments<'_>) -> Result<Value> {
    let envelope = api::document_to_dsse(&arguments.bytes("document")?, arguments.text("type")?)?;
    Ok(json!({"envelope_utf8": text(envelope)}))
}

fn document_from_dsse(arguments: Arguments<'_>) -> Result<Value> {
    let document = api::document_from_dsse(&arguments.bytes("envelope")?, arguments.text("type")?)?;
    Ok(json!({"document_utf8": text(document)}))
}

fn job_sign(arguments: Arguments<'_>) -> Result<Value> {
    let signed = api::job_sign(&arguments.bytes("job")?, &arguments.signing_key("key")?)?;
    Ok(json!({"job_utf8": text(signed)}))
}

fn job_verify_signatures(arguments: Arguments<'_>) -> Result<Value> {
    Ok(json!({"result_utf8": text(api::job_verify_signatures(&arguments.bytes("job")?)?)}))
}

fn job_signatories(arguments: Arguments<'_>) -> Result<Value> {
    Ok(json!({"result_utf8": text(api::job_signatories(&arguments.bytes("job")?)?)}))
}

fn job_authorize(arguments: Arguments<'_>) -> Result<Value> {
    let now = arguments.integer("now")?;
    let result = api::job_authorize(&arguments.bytes("job")?, &arguments.bytes("policy")?, now)?;
    Ok(json!({"result_utf8": text(result)}))
}

fn job_canonical_representation(arguments: Arguments<'_>) -> Result<Value> {
    Ok(json!({"canonical_utf8": text(api::job_canonical_representation(&arguments.bytes("job")?)?)}))
}

fn receipt_sign(arguments: Arguments<'_>) -> Result<Value> {
    let signed = api::receipt_sign(&arguments.bytes("receipt")?, &arguments.signing_key("key")?)?;
    Ok(json!({"receipt_utf8": text(signed)}))
}

fn receipt_verify(arguments: Arguments<'_>) -> Result<Value> {
    let result = api::receipt_verify(&arguments.bytes("receipt")?, &arguments.public_key("key")?)?;
    Ok(json!({"result_utf8": text(result)}))
}

fn receipt_canonical_representation(arguments: Arguments<'_>) -> Result<Value> {
    let canonical = api::receipt_canonical_representation(&arguments.bytes("receipt")?)?;
    Ok(json!({"canonical_utf8": text(canonical)}))
}
