//! Signed results and configurations of named back ends.
//!
//! A result is a document of type `application/vnd.samebyte.result.v1+json` that names the back end (`display_name`), the
//! job (`job_id`) and what came of it (`payload`); a configuration, of type `application/vnd.samebyte.config.v1+json`,
//! names the back end and its settings. Whoever verifies says which names are expected, so that neither can stand in
//! for another. [`sqooler`] reads and writes the files of that program.

mod names;
pub mod sqooler;

use crate::document::{self, Form};
use crate::error::{Code, Error, Result};
use crate::json::view::Object;
use crate::keys::{SigningKey, Verifier};
use names::{Expected, Name};

const RESULT: Form<'_> = Form {
    media_type: "application/vnd.samebyte.result.v1+json",
    noun: "result",
    malformed: Code::ResultMalformed,
};
const CONFIG: Form<'_> = Form {
    media_type: "application/vnd.samebyte.config.v1+json",
    noun: "config",
    malformed: Code::ResultMalformed,
};

/// The result in canonical form with one more signature.
///
/// # Errors
/// The codes of the reader; `result_malformed`, `duplicate_signer`, `too_many_signatures`, `algorithm_unsupported` (the
/// key is symmetric).
pub fn sign(result: &[u8], key: &SigningKey) -> Result<Vec<u8>> {
    let text = document::canonical(result)?;
    let object = shape(&text)?;
    Name::Display.check(object, "")?;
    Name::Job.check(object, "")?;
    document::sign_object(object, key, &RESULT)
}

/// Verifies a result that is expected of the back end `display_name` for the job `job_id`; which keys count, the
/// verifier says. The result is `{"result":…,"signatures":[{"alg","index","kid","verified"}…]}`, where `result` is what
/// was verified.
///
/// # Errors
/// The codes of the reader; `result_malformed`, `document_unsigned`, `duplicate_signer`, `too_many_signatures`,
/// `signature_verification_failed`, `signature_unknown`, `threshold_not_met`, `display_name_mismatch`,
/// `job_id_mismatch`; `invalid_argument` for an expected name that is empty or longer than 256 bytes.
pub fn verify(result: &[u8], verifier: &Verifier, display_name: &str, job_id: &str) -> Result<Vec<u8>> {
    verify_form(result, verifier, &RESULT, &Expected::of_result(display_name, job_id)?)
}

/// The configuration in canonical form with one more signature.
///
/// # Errors
/// As [`sign`].
pub fn sign_config(config: &[u8], key: &SigningKey) -> Result<Vec<u8>> {
    let text = document::canonical(config)?;
    let object = shape(&text)?;
    Name::Display.check(object, "")?;
    document::sign_object(object, key, &CONFIG)
}

/// Verifies a configuration that is expected of the back end `display_name`, as [`verify`] does a result. The result is
/// `{"config":…,"signatures":[…]}`.
///
/// # Errors
/// Those of [`verify`] but `job_id_mismatch`.
pub fn verify_config(config: &[u8], verifier: &Verifier, display_name: &str) -> Result<Vec<u8>> {
    verify_form(config, verifier, &CONFIG, &Expected::of_config(display_name)?)
}

fn verify_form(
    input: &[u8],
    verifier: &Verifier,
    form: &Form<'_>,
    expected: &Expected<'_>,
) -> Result<Vec<u8>> {
    let text = document::canonical(input)?;
    let object = shape(&text)?;
    expected.check(object, "")?;
    let verified = document::verify_object(object, verifier, form)?;
    // Only what is signed is worth comparing: another name in it is a copy, not a forgery.
    expected.compare(object, "")?;
    Ok(verified)
}

/// The object with a payload that canonical text holds.
fn shape(text: &[u8]) -> Result<Object<'_>> {
    let malformed = |message: &'static str, pointer: &'static str| {
        Error::new(Code::ResultMalformed, message).with_text("pointer", pointer)
    };
    let object =
        Object::parse(text).ok_or_else(|| malformed("a result or configuration is a JSON object", ""))?;
    match object.member("payload") {
        Some(_) => Ok(object),
        None => Err(malformed("a result or configuration has a payload", "/payload")),
    }
}

#[cfg(test)]
mod tests;
