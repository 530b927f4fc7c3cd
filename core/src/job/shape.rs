//! The members that a job has.

use crate::error::{Code, Error, Result};
use crate::json::view::{Object, Value};
use crate::time::Instant;

/// The type of a member.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Seconds,
    Time,
    Texts,
}

/// Every member that the format names; others may stand beside them and are signed like these.
const MEMBERS: [(&str, Kind, bool); 14] = [
    ("id", Kind::Text, true),
    ("caller_id", Kind::Text, true),
    ("context_id", Kind::Text, true),
    ("payload", Kind::Text, true),
    ("runner", Kind::Text, true),
    ("executor", Kind::Text, true),
    ("timeout", Kind::Seconds, true),
    ("env_vars", Kind::Texts, true),
    ("created_at", Kind::Time, true),
    ("updated_at", Kind::Time, true),
    ("audience", Kind::Text, false),
    ("nonce", Kind::Text, false),
    ("not_before", Kind::Time, false),
    ("expires_at", Kind::Time, false),
];

/// The job in canonical text, where it has the members of a job and each has its type.
pub(super) fn check(text: &[u8]) -> Result<Object<'_>> {
    let job = Object::parse(text).ok_or_else(|| malformed("a job is a JSON object", ""))?;
    for (name, kind, required) in MEMBERS {
        match job.member(name) {
            Some(value) if kind.admits(value) => {}
            Some(_) => return Err(malformed(kind.message(), name)),
            None if required => return Err(malformed("a member of the job is missing", name)),
            None => {}
        }
    }
    Ok(job)
}

impl Kind {
    fn admits(self, value: Value<'_>) -> bool {
        match self {
            Self::Text => value.as_text().is_some(),
            Self::Seconds => value.as_integer().is_some_and(|seconds| seconds >= 0),
            Self::Time => time(value).is_some(),
            Self::Texts => value
                .as_object()
                .is_some_and(|object| object.members().all(|(_, value)| value.as_text().is_some())),
        }
    }

    fn message(self) -> &'static str {
        match self {
            Self::Text => "a member of the job is not a string",
            Self::Seconds => "a member of the job is not a whole number of seconds",
            Self::Time => "a member of the job is not an RFC 3339 time in UTC with Z",
            Self::Texts => "a member of the job is not an object of strings",
        }
    }
}

/// The instant that a member names.
pub(super) fn time(value: Value<'_>) -> Option<Instant> {
    Instant::parse(value.as_text()?.plain()?)
}

fn malformed(message: &'static str, name: &str) -> Error {
    let pointer = if name.is_empty() { String::new() } else { format!("/{name}") };
    Error::new(Code::JobMalformed, message).with_text("pointer", pointer)
}
