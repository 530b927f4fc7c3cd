//! `card sign`, `card verify` and `card diagnose`.

use samebyte::api;
use serde_json::{Map, Value};

use crate::arguments::{Card, CardDiagnose, CardSign, CardVerify};
use crate::failure::Result;
use crate::input::MAX_BYTES;
use crate::output::{Outcome, line};
use crate::trust::{self, name, signers};
use crate::{keys, output};

pub(super) fn run(verb: Card) -> Result<Outcome> {
    match verb {
        Card::Sign(arguments) => sign(&arguments),
        Card::Verify(arguments) => verify(&arguments),
        Card::Diagnose(arguments) => diagnose(&arguments),
    }
}

fn sign(arguments: &CardSign) -> Result<Outcome> {
    let mut options = Map::new();
    let mut set = |name: &str, value: String| options.insert(name.to_owned(), value.into());
    if let Some(portability) = arguments.portability {
        set("portability", name(portability));
    }
    if let Some(form) = arguments.form {
        set("form", name(form));
    }
    if let Some(jku) = &arguments.jku {
        set("jku", jku.clone());
    }
    let key = keys::signing_key(&arguments.signer.key, &arguments.signer.password)?;
    let card = arguments.input.file.read(MAX_BYTES)?;
    let signed = api::card_sign(&card, &key, Value::from(options).to_string().as_bytes())?;
    Ok(Outcome::canonical("card", signed))
}

fn verify(arguments: &CardVerify) -> Result<Outcome> {
    let verifier = trust::verifier(&arguments.trust)?;
    let card = arguments.input.file.read(MAX_BYTES)?;
    let verified = api::card_verify(&card, &verifier, &name(arguments.form))?;
    let report: Value = serde_json::from_slice(&verified.report).expect("the library's report is JSON");
    let unsigned: Vec<&str> =
        report["unsigned_paths"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if !unsigned.is_empty() {
        output::warn(format_args!("the signature does not cover {}", unsigned.join(", ")));
    }
    let note = signers(std::slice::from_ref(&report));
    let json = [b"{\"card\":", &*verified.card, b",\"report\":", &verified.report, b"}"].concat();
    Ok(Outcome { plain: line(verified.card), json, note: Some(note) })
}

fn diagnose(arguments: &CardDiagnose) -> Result<Outcome> {
    let verifier = trust::verifier(&arguments.trust)?;
    Ok(Outcome::report(api::card_diagnose(&arguments.input.file.read(MAX_BYTES)?, &verifier)?))
}
