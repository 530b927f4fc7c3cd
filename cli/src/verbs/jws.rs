//! `jws sign`, `jws verify` and `jws inspect`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use samebyte::api::{self, Code, Error};
use serde_json::{Map, Value, json};

use crate::arguments::{Jws, JwsInspect, JwsSign, JwsVerify};
use crate::failure::Result;
use crate::input::MAX_BYTES;
use crate::keys;
use crate::output::{Outcome, line};
use crate::trust::{self, name, signers};

pub(super) fn run(verb: Jws) -> Result<Outcome> {
    match verb {
        Jws::Sign(arguments) => sign(&arguments),
        Jws::Verify(arguments) => verify(&arguments),
        Jws::Inspect(arguments) => inspect(&arguments),
    }
}

fn sign(arguments: &JwsSign) -> Result<Outcome> {
    let mut options = Map::new();
    let mut set = |name: &str, value: Value| options.insert(name.to_owned(), value);
    set("serialization", json!(name(arguments.serialization)));
    set("detached", json!(arguments.detached));
    set("b64", json!(!arguments.unencoded));
    if let Some(numbers) = arguments.canonicalize {
        set("canonicalize", json!(name(numbers)));
    }
    for (member, text) in [("alg", &arguments.alg), ("kid", &arguments.kid), ("typ", &arguments.typ)] {
        if let Some(text) = text {
            set(member, json!(text));
        }
    }
    if arguments.no_kid {
        set("kid", Value::Null);
    }
    for (member, text) in [("header", &arguments.header), ("unprotected", &arguments.unprotected)] {
        if let Some(text) = text {
            let object = serde_json::from_str(text)
                .map_err(|_| Error::new(Code::InvalidArgument, format!("--{member} is not JSON")))?;
            set(member, object);
        }
    }
    let key = keys::signing_key(&arguments.signer.key, &arguments.signer.password)?;
    let payload = arguments.input.file.read(MAX_BYTES)?;
    let jws = api::jws_sign(&payload, &key, Value::from(options).to_string().as_bytes())?;
    let text = String::from_utf8(jws).expect("a JWS is text");
    Ok(Outcome::new(line(text.clone()), &json!({"jws": text})))
}

fn verify(arguments: &JwsVerify) -> Result<Outcome> {
    let verifier = trust::verifier(&arguments.trust)?;
    let payload = arguments.payload.as_ref().map(|source| source.read(MAX_BYTES)).transpose()?;
    let options = arguments
        .canonicalize
        .map(|numbers| json!({"canonicalize": name(numbers)}).to_string())
        .unwrap_or_default();
    let jws = arguments.jws.read()?;
    let verified = api::jws_verify(&jws, payload.as_deref(), &verifier, options.as_bytes())?;
    let signatures: Vec<Value> =
        serde_json::from_slice(&verified.signatures).expect("the library's list is JSON");
    let note = signers(&signatures);
    let json = json!({"payload": URL_SAFE_NO_PAD.encode(&verified.payload), "signatures": signatures});
    Ok(Outcome::new(verified.payload, &json).with_note(note))
}

fn inspect(arguments: &JwsInspect) -> Result<Outcome> {
    let report = api::jws_inspect(&arguments.jws.read()?)?;
    Ok(Outcome::report(report).with_note("nothing of this was verified"))
}
