//! Agent Cards.

use samebyte::api::{self, Result};
use serde_json::{Value, json};

use super::arguments::Arguments;
use super::{keysets, text};

pub(super) fn perform(operation: &str, arguments: Arguments<'_>) -> Option<Result<Value>> {
    Some(match operation {
        "card_canonicalize" => canonicalize(arguments),
        "card_sign" => sign(arguments),
        "card_verify" => verify(arguments),
        "card_diagnose" => diagnose(arguments),
        _ => return None,
    })
}

fn canonicalize(arguments: Arguments<'_>) -> Result<Value> {
    let canonical = api::card_canonicalize(&arguments.bytes("card")?, arguments.text("form")?)?;
    Ok(json!({"canonical_utf8": text(canonical)}))
}

fn sign(arguments: Arguments<'_>) -> Result<Value> {
    let (card, key) = (arguments.bytes("card")?, arguments.signing_key("key")?);
    Ok(json!({"card_utf8": text(api::card_sign(&card, &key, &arguments.options("options")?)?)}))
}

fn verify(arguments: Arguments<'_>) -> Result<Value> {
    let verifier = keysets::verifier(arguments)?;
    let verified = api::card_verify(&arguments.bytes("card")?, &verifier, arguments.text("form")?)?;
    Ok(json!({"card_utf8": text(verified.card), "report_utf8": text(verified.report)}))
}

fn diagnose(arguments: Arguments<'_>) -> Result<Value> {
    let verifier = keysets::verifier(arguments)?;
    Ok(json!({"report_utf8": text(api::card_diagnose(&arguments.bytes("card")?, &verifier)?)}))
}
