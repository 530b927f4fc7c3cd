//! `document sign` and `document verify`.

use samebyte::api;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::arguments::{Document, DocumentSign, DocumentVerify};
use crate::failure::Result;
use crate::input::MAX_BYTES;
use crate::output::{Outcome, line};
use crate::{keys, limits};

pub(super) fn run(verb: Document) -> Result<Outcome> {
    match verb {
        Document::Sign(arguments) => sign(&arguments),
        Document::Verify(arguments) => verify(&arguments),
    }
}

fn sign(arguments: &DocumentSign) -> Result<Outcome> {
    let key = keys::signing_key(&arguments.signer.key)?;
    let document = arguments.input.file.read(MAX_BYTES)?;
    Ok(Outcome::canonical("document", api::document_sign(&document, &key, &arguments.media_type)?))
}

fn verify(arguments: &DocumentVerify) -> Result<Outcome> {
    #[derive(Deserialize)]
    struct Verified<'a> {
        #[serde(borrow)]
        document: &'a RawValue,
        signatures: Vec<Signature>,
    }
    #[derive(Deserialize)]
    struct Signature {
        alg: String,
        kid: String,
        verified: bool,
    }
    let trusted = arguments.public_keys.iter().map(keys::public_key).collect::<Result<Vec<_>>>()?;
    let verifier = api::verifier_new(
        &api::keyset_new(&trusted, &[])?,
        limits::threshold(arguments.threshold).as_bytes(),
    )?;
    let document = arguments.input.file.read(MAX_BYTES)?;
    let json = api::document_verify(&document, &verifier, &arguments.media_type)?;
    let verified: Verified<'_> = serde_json::from_slice(&json).expect("the library's result has this shape");
    let signers: Vec<String> = verified
        .signatures
        .iter()
        .filter(|signature| signature.verified)
        .map(|signature| format!("{} {:?}", signature.alg, signature.kid))
        .collect();
    let note = format!("valid, signed by {}", signers.join(", "));
    Ok(Outcome { plain: line(verified.document.get()), note: Some(note), json })
}
