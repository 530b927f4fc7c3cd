//! Times that a verb decides for, as Unix seconds.

use std::time::{SystemTime, UNIX_EPOCH};

use samebyte::api::{Code, Error};
use samebyte::time::Instant;

use crate::failure::{Failure, Result};

/// The clock of this machine.
pub(crate) fn now() -> Result<i64> {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| i64::try_from(since.as_secs()).ok())
        .ok_or_else(|| invalid("the clock of this machine is before 1970"))
}

/// Unix seconds, or RFC 3339 in UTC (`2026-01-31T23:59:59Z`).
pub(crate) fn parse(text: &str) -> Result<i64> {
    text.parse()
        .ok()
        .or_else(|| Instant::parse(text).map(Instant::unix_seconds))
        .ok_or_else(|| invalid("the time is neither Unix seconds nor RFC 3339 in UTC, ending in Z"))
}

/// The time that is given, or that of the clock, in Unix milliseconds.
pub(crate) fn milliseconds(given: Option<&str>) -> Result<u64> {
    let seconds = match given {
        Some(text) => parse(text)?,
        None => now()?,
    };
    u64::try_from(seconds)
        .ok()
        .and_then(|seconds| seconds.checked_mul(1000))
        .ok_or_else(|| invalid("the time is before 1970, or far away"))
}

fn invalid(message: &'static str) -> Failure {
    Error::new(Code::InvalidArgument, message).into()
}
