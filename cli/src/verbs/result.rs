//! `result sign`, `result verify`, `config sign` and `config verify`.

use samebyte::api::{self, Code, Error, PublicKey};

use super::document;
use crate::arguments::{Config, ConfigVerify, Profile, ResultSign, ResultVerb, ResultVerify};
use crate::failure::Result;
use crate::input::MAX_BYTES;
use crate::keys;
use crate::output::Outcome;

pub(super) fn run(verb: ResultVerb) -> Result<Outcome> {
    match verb {
        ResultVerb::Sign(arguments) => sign(&arguments, "result", api::result_sign),
        ResultVerb::Verify(arguments) => verify(&arguments),
    }
}

pub(super) fn run_config(verb: Config) -> Result<Outcome> {
    match verb {
        Config::Sign(arguments) => sign(&arguments, "config", api::config_sign),
        Config::Verify(arguments) => verify_config(&arguments),
    }
}

/// One of the functions of the door that sign a document.
type Sign = fn(&[u8], &api::SigningKey) -> api::Result<Vec<u8>>;

fn sign(arguments: &ResultSign, noun: &str, sign: Sign) -> Result<Outcome> {
    let (key, sign) = match arguments.profile {
        None => (keys::signing_key(&arguments.signer.key, &arguments.signer.password)?, sign),
        Some(Profile::Sqooler) => (
            keys::sqooler_signing_key(&arguments.signer.key, &arguments.signer.password)?,
            api::sqooler_sign as Sign,
        ),
    };
    let document = arguments.input.file.read(MAX_BYTES)?;
    Ok(Outcome::canonical(noun, sign(&document, &key)?))
}

fn verify(arguments: &ResultVerify) -> Result<Outcome> {
    let ResultVerify { job_id, expected } = arguments;
    let name = &expected.display_name;
    match expected.profile {
        None => documents(expected, "result", |document, verifier| {
            api::result_verify(document, verifier, name, job_id)
        }),
        Some(Profile::Sqooler) => {
            sqooler(expected, "result", |file, key| api::sqooler_result_verify(file, key, name, job_id))
        }
    }
}

fn verify_config(expected: &ConfigVerify) -> Result<Outcome> {
    let name = &expected.display_name;
    match expected.profile {
        None => {
            documents(expected, "config", |document, verifier| api::config_verify(document, verifier, name))
        }
        Some(Profile::Sqooler) => {
            sqooler(expected, "config", |file, key| api::sqooler_config_verify(file, key, name))
        }
    }
}

/// Verifies a document with the keys that are trusted.
fn documents(
    arguments: &ConfigVerify,
    noun: &str,
    verify: impl FnOnce(&[u8], &api::Verifier) -> api::Result<Vec<u8>>,
) -> Result<Outcome> {
    let verifier = document::verifier(&arguments.public_keys, arguments.threshold)?;
    let document = arguments.input.file.read(MAX_BYTES)?;
    Ok(document::verified(noun, verify(&document, &verifier)?))
}

/// Verifies a file of sqooler with the one key that can have signed it.
fn sqooler(
    arguments: &ConfigVerify,
    noun: &str,
    verify: impl FnOnce(&[u8], &PublicKey) -> api::Result<Vec<u8>>,
) -> Result<Outcome> {
    let [source] = &arguments.public_keys[..] else {
        return Err(Error::new(Code::InvalidArgument, "a file of sqooler is signed by one key").into());
    };
    let key = keys::sqooler_public_key(source)?;
    let payload = verify(&arguments.input.file.read(MAX_BYTES)?, &key)?;
    let note =
        format!("valid, signed by {} {:?}", api::public_key_algorithm(&key), api::public_key_kid(&key)?);
    Ok(Outcome::canonical(noun, payload).with_note(note))
}
