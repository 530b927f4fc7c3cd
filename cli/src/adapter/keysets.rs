//! Key sets.

use samebyte::api::{self, Keyset, Result, Verifier};
use serde_json::{Map, Value, json};

use super::arguments::Arguments;
use super::text;

pub(super) fn perform(operation: &str, arguments: Arguments<'_>) -> Option<Result<Value>> {
    Some(match operation {
        "keyset_new" => of_keys(arguments).and_then(|keyset| describe(&keyset)),
        "keyset_from_jwks" => of_jwks(arguments).and_then(|keyset| describe(&keyset)),
        "keyset_find" => find(arguments),
        "keyset_lint" => lint(arguments),
        _ => return None,
    })
}

/// The argument `keys`, as a set.
pub(super) fn of_keys(arguments: Arguments<'_>) -> Result<Keyset> {
    let (public, symmetric) = arguments.keys("keys")?;
    api::keyset_new(&public, &symmetric)
}

/// The argument `jwks`.
pub(super) fn of_jwks(arguments: Arguments<'_>) -> Result<Keyset> {
    api::keyset_from_jwks(&arguments.bytes("jwks")?)
}

/// The verifier of the arguments `keys` or `jwks`, and `verifier`, its options.
pub(super) fn verifier(arguments: Arguments<'_>) -> Result<Verifier> {
    let keyset = match arguments.0.get("keys") {
        Some(_) => of_keys(arguments)?,
        None => of_jwks(arguments)?,
    };
    api::verifier_new(&keyset, &arguments.options("verifier")?)
}

fn describe(keyset: &Keyset) -> Result<Value> {
    Ok(json!({"jwks_utf8": text(api::keyset_to_jwks(keyset)?), "length": keyset.len()}))
}

fn find(arguments: Arguments<'_>) -> Result<Value> {
    let key = api::keyset_find(&of_jwks(arguments)?, arguments.text("kid")?)?;
    Ok(json!({"public_jwk_utf8": text(api::public_key_to_jwk(&key)?)}))
}

fn lint(arguments: Arguments<'_>) -> Result<Value> {
    let findings = api::keyset_lint(&arguments.bytes("jwks")?)?;
    let mut findings: Vec<Map<String, Value>> = serde_json::from_slice(&findings).expect("an array");
    // The message is for people, and no part of the result.
    findings.iter_mut().for_each(|finding| drop(finding.remove("message")));
    Ok(json!({"findings_utf8": json!(findings).to_string()}))
}
