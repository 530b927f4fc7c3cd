//! The verifier that a command line asks for.

use std::fmt::Write as _;

use clap::ValueEnum;
use samebyte::api::{self, Keyset, Verifier};
use serde_json::json;

use crate::arguments::{Trust, TrustedKeys};
use crate::failure::Result;
use crate::input::MAX_BYTES;
use crate::keys;

/// The verifier with these keys and rules.
pub(crate) fn verifier(trust: &Trust) -> Result<Verifier> {
    let mut options = serde_json::Map::new();
    let mut set = |name: &str, value: serde_json::Value| options.insert(name.to_owned(), value);
    if !trust.algorithms.is_empty() {
        set("algorithms", json!(trust.algorithms));
    }
    if let Some(policy) = trust.policy {
        set("policy", json!(name(policy)));
    }
    if let Some(threshold) = trust.threshold {
        set("threshold", json!(threshold));
    }
    if !trust.kids.is_empty() {
        set("kids", json!(trust.kids));
    }
    if let Some(typ) = &trust.typ {
        set("typ", json!(typ));
    }
    if !trust.crit.is_empty() {
        set("crit", json!(trust.crit));
    }
    if trust.require_low_s {
        set("require_low_s", json!(true));
    }
    Ok(api::verifier_new(&keyset(&trust.keys)?, serde_json::Value::from(options).to_string().as_bytes())?)
}

fn keyset(trusted: &TrustedKeys) -> Result<Keyset> {
    if let Some(jwks) = &trusted.jwks {
        return Ok(api::keyset_from_jwks(&jwks.read(MAX_BYTES)?)?);
    }
    let public = trusted.public.iter().map(keys::public_key).collect::<Result<Vec<_>>>()?;
    let symmetric = trusted.symmetric.iter().map(keys::symmetric_key).collect::<Result<Vec<_>>>()?;
    Ok(api::keyset_new(&public, &symmetric)?)
}

/// The name of a value, as the door knows it.
pub(crate) fn name(value: impl ValueEnum) -> String {
    value.to_possible_value().expect("no value is hidden").get_name().to_owned()
}

/// What is said of the signers in the library's list of signatures.
pub(crate) fn signers(signatures: &[serde_json::Value]) -> String {
    let mut text = String::from("valid, signed by ");
    for (index, signature) in signatures.iter().filter(|entry| entry["verified"] != false).enumerate() {
        if index > 0 {
            text.push_str(", ");
        }
        text.push_str(signature["alg"].as_str().unwrap_or_default());
        if let Some(kid) = signature["kid"].as_str() {
            let _ = write!(text, " {kid:?}");
        }
    }
    text
}
