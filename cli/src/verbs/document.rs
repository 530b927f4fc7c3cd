//! `document sign` and `document verify`.

use std::collections::HashMap;

use samebyte::api;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::arguments::{Document, DocumentSign, DocumentVerify};
use crate::failure::Result;
use crate::input::{MAX_BYTES, Source};
use crate::output::{Outcome, line};
use crate::{keys, limits};

pub(super) fn run(verb: Document) -> Result<Outcome> {
    match verb {
        Document::Sign(arguments) => sign(&arguments),
        Document::Verify(arguments) => verify(&arguments),
    }
}

fn sign(arguments: &DocumentSign) -> Result<Outcome> {
    let key = keys::signing_key(&arguments.signer.key, &arguments.signer.password)?;
    let document = arguments.input.file.read(MAX_BYTES)?;
    Ok(Outcome::canonical("document", api::document_sign(&document, &key, &arguments.media_type)?))
}

fn verify(arguments: &DocumentVerify) -> Result<Outcome> {
    let verifier = verifier(&arguments.public_keys, arguments.threshold)?;
    let document = arguments.input.file.read(MAX_BYTES)?;
    Ok(verified("document", api::document_verify(&document, &verifier, &arguments.media_type)?))
}

/// Trusts these keys, and asks for signatures of so many of them.
pub(super) fn verifier(keys: &[Source], threshold: Option<u64>) -> Result<api::Verifier> {
    let trusted = keys.iter().map(keys::public_key).collect::<Result<Vec<_>>>()?;
    Ok(api::verifier_new(&api::keyset_new(&trusted, &[])?, limits::threshold(threshold).as_bytes())?)
}

/// What verifying a document says: `{NOUN:…,"signatures":[…]}`.
pub(super) fn verified(noun: &str, json: Vec<u8>) -> Outcome {
    #[derive(Deserialize)]
    struct Signature {
        alg: String,
        kid: String,
        verified: bool,
    }
    let members: HashMap<&str, &RawValue> =
        serde_json::from_slice(&json).expect("the library's result is an object");
    let signatures: Vec<Signature> =
        serde_json::from_str(members["signatures"].get()).expect("the library's result has this shape");
    let signers: Vec<String> = signatures
        .iter()
        .filter(|signature| signature.verified)
        .map(|signature| format!("{} {:?}", signature.alg, signature.kid))
        .collect();
    let note = format!("valid, signed by {}", signers.join(", "));
    Outcome { plain: line(members[noun].get()), note: Some(note), json }
}
