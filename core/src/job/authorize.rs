//! Whether a job may run.

use std::collections::BTreeSet;

use super::policy::Policy;
use super::{Parts, key_list, shape};
use crate::document::canonical;
use crate::error::{Code, Error, Result};
use crate::jcs::{self, Options};
use crate::json::view::Object;
use crate::time::Instant;

/// Verifies a job and holds its audience, its times and its signers against `policy` at the time `now` (Unix
/// seconds). The result is `{"ignored":[keys],"job":…,"principals":[names]}`: the signers that the policy does
/// not know, what was verified, and who signed.
///
/// The job is valid from `not_before` to `expires_at`, both included, where it has them.
///
/// # Errors
/// `policy_invalid` before anything else; the errors of [`verify_signatures`](super::verify_signatures); then
/// `audience_mismatch`, `job_not_yet_valid`, `job_expired`, `unauthorized`.
pub fn authorize(job: &[u8], policy: &[u8], now: i64) -> Result<Vec<u8>> {
    let policy = Policy::read(policy)?;
    let text = canonical(job)?;
    let parts = Parts::of(&text)?;
    parts.verify()?;
    check_audience(parts.object, policy.audience.as_deref())?;
    check_times(parts.object, Instant::from_unix(now))?;

    let principal = |key: &str| policy.principals.get(key);
    let principals: BTreeSet<&String> =
        parts.entries.iter().filter_map(|entry| principal(&entry.public_key)).collect();
    if principals.len() < policy.threshold {
        return Err(Error::new(Code::Unauthorized, "too few principals of the policy signed the job")
            .with_number("required", policy.threshold)
            .with_number("signed", principals.len()));
    }
    let ignored = parts.entries.iter().filter(|entry| principal(&entry.public_key).is_none());
    Ok([
        b"{\"ignored\":",
        &*key_list(ignored),
        b",\"job\":",
        &*parts.body,
        b",\"principals\":",
        &*jcs::to_vec(&principals, &Options::default())?,
        b"}",
    ]
    .concat())
}

fn check_audience(job: Object<'_>, expected: Option<&str>) -> Result<()> {
    let named = job.member("audience").and_then(|value| value.as_text()).map(|text| text.to_text());
    if named.as_deref() == expected {
        Ok(())
    } else {
        Err(Error::new(Code::AudienceMismatch, "the audience of the job is not that of the policy"))
    }
}

fn check_times(job: Object<'_>, now: Instant) -> Result<()> {
    let time = |name| job.member(name).and_then(shape::time);
    if time("not_before").is_some_and(|start| now < start) {
        return Err(Error::new(Code::JobNotYetValid, "the job is not valid yet"));
    }
    if time("expires_at").is_some_and(|end| now > end) {
        return Err(Error::new(Code::JobExpired, "the job has expired"));
    }
    Ok(())
}
