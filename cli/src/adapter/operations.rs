//! Every operation of `conformance-vectors/operations.json`, over `samebyte::api`.

use samebyte::api::{self, Result};
use serde_json::{Value, json};

mod arguments;
mod cards;
mod documents;
mod http;
mod jws;
mod keys;
mod keysets;
mod results;

use arguments::Arguments;

/// The result of an operation, or `None` where it is not known here.
pub(crate) fn perform(operation: &str, arguments: &Value) -> Option<Result<Value>> {
    let arguments = Arguments(arguments);
    let (noun, _) = operation.split_once('_')?;
    match noun {
        "jcs" => jcs(operation, arguments),
        "key" | "public" => keys::perform(operation, arguments),
        "keyset" => keysets::perform(operation, arguments),
        "card" => cards::perform(operation, arguments),
        "jws" => jws::perform(operation, arguments),
        "document" | "job" | "receipt" => documents::perform(operation, arguments),
        "http" | "replay" => http::perform(operation, arguments),
        "result" | "config" | "sqooler" => results::perform(operation, arguments),
        #[cfg(feature = "test-operations")]
        "test" if operation == "test_panic" => Some(api::test_panic().map(|()| json!({}))),
        _ => None,
    }
}

fn jcs(operation: &str, arguments: Arguments<'_>) -> Option<Result<Value>> {
    Some(match operation {
        "jcs_canonicalize" => canonicalize(arguments),
        "jcs_sha256" => sha256(arguments),
        _ => return None,
    })
}

fn canonicalize(arguments: Arguments<'_>) -> Result<Value> {
    let output = api::jcs_canonicalize(
        &arguments.bytes("input")?,
        arguments.numbers()?,
        &arguments.members(&["max_bytes", "max_depth"]),
    )?;
    Ok(json!({"output_utf8": text(output)}))
}

fn sha256(arguments: Arguments<'_>) -> Result<Value> {
    let digest = api::jcs_sha256(
        &arguments.bytes("input")?,
        arguments.numbers()?,
        &arguments.members(&["max_bytes", "max_depth"]),
    )?;
    Ok(json!({"sha256_hex": digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>()}))
}

/// A result of kind `bytes`. Every one of them is UTF-8: canonical text, PEM or a token.
fn text(bytes: impl Into<Vec<u8>>) -> Value {
    String::from_utf8(bytes.into()).expect("every result of kind bytes is UTF-8").into()
}
