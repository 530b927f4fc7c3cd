//! `job sign`, `job verify`, `job signatories` and `job authorize`.

use samebyte::api;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::arguments::{Input, Job, JobAuthorize, JobSign};
use crate::failure::Result;
use crate::input::MAX_BYTES;
use crate::output::{Outcome, line};
use crate::{clock, keys};

pub(super) fn run(verb: Job) -> Result<Outcome> {
    match verb {
        Job::Sign(arguments) => sign(&arguments),
        Job::Verify(input) => verify(&input),
        Job::Signatories(input) => signatories(&input),
        Job::Authorize(arguments) => authorize(&arguments),
    }
}

fn sign(arguments: &JobSign) -> Result<Outcome> {
    let key = keys::signing_key(&arguments.signer.key, &arguments.signer.password)?;
    Ok(Outcome::canonical("job", api::job_sign(&arguments.input.file.read(MAX_BYTES)?, &key)?))
}

fn verify(input: &Input) -> Result<Outcome> {
    #[derive(Deserialize)]
    struct Verified<'a> {
        #[serde(borrow)]
        job: &'a RawValue,
        signatories: Vec<String>,
    }
    let json = api::job_verify_signatures(&input.file.read(MAX_BYTES)?)?;
    let verified: Verified<'_> = serde_json::from_slice(&json).expect("the library's result has this shape");
    let note = format!(
        "valid, signed by {}; this proves possession of the keys, not permission",
        verified.signatories.join(", ")
    );
    Ok(Outcome { plain: line(verified.job.get()), note: Some(note), json })
}

fn signatories(input: &Input) -> Result<Outcome> {
    let list = api::job_signatories(&input.file.read(MAX_BYTES)?)?;
    let keys: Vec<String> = serde_json::from_slice(&list).expect("the library's result is a list of strings");
    Ok(Outcome { plain: line(keys.join("\n")), ..Outcome::canonical("signatories", list) })
}

fn authorize(arguments: &JobAuthorize) -> Result<Outcome> {
    #[derive(Deserialize)]
    struct Authorized<'a> {
        #[serde(borrow)]
        job: &'a RawValue,
        principals: Vec<String>,
    }
    let now = arguments.now.as_deref().map_or_else(clock::now, clock::parse)?;
    let policy = arguments.policy.read(MAX_BYTES)?;
    let json = api::job_authorize(&arguments.input.file.read(MAX_BYTES)?, &policy, now)?;
    let authorized: Authorized<'_> =
        serde_json::from_slice(&json).expect("the library's result has this shape");
    let note = format!("authorized by {:?}", authorized.principals);
    Ok(Outcome { plain: line(authorized.job.get()), note: Some(note), json })
}
