//! The names that a result or configuration is bound to.

use std::borrow::Cow;

use crate::error::{Code, Error, Result};
use crate::json::view::Object;

/// No name is longer, in bytes of UTF-8: names become paths and keys of data bases.
const LONGEST: usize = 256;

/// A member that says what a document belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// The back end.
    Display,
    /// The job.
    Job,
}

impl Name {
    fn member(self) -> &'static str {
        match self {
            Self::Display => "display_name",
            Self::Job => "job_id",
        }
    }

    fn mismatch(self) -> Error {
        match self {
            Self::Display => Error::new(Code::DisplayNameMismatch, "display_name is not the expected one"),
            Self::Job => Error::new(Code::JobIdMismatch, "job_id is not the expected one"),
        }
    }

    /// The name is there, whatever it is.
    pub(super) fn check(self, object: Object<'_>, place: &str) -> Result<()> {
        self.read(object, place).map(drop)
    }

    /// The name in `object`, which is found at the JSON pointer `place`.
    fn read<'a>(self, object: Object<'a>, place: &str) -> Result<Cow<'a, str>> {
        let text = object.member(self.member()).and_then(|value| value.as_text());
        text.map(|text| text.to_text()).filter(|text| is_name(text)).ok_or_else(|| {
            Error::new(Code::ResultMalformed, "a name is missing or not a string of 1 to 256 bytes")
                .with_text("pointer", format!("{place}/{}", self.member()))
        })
    }
}

/// The names that a caller expects.
pub(super) struct Expected<'a>(Vec<(Name, &'a str)>);

impl<'a> Expected<'a> {
    /// Those of a result.
    ///
    /// # Errors
    /// `invalid_argument` for what no document can be named.
    pub(super) fn of_result(display_name: &'a str, job_id: &'a str) -> Result<Self> {
        Self::new(vec![(Name::Display, display_name), (Name::Job, job_id)])
    }

    /// That of a configuration.
    ///
    /// # Errors
    /// As [`of_result`](Self::of_result).
    pub(super) fn of_config(display_name: &'a str) -> Result<Self> {
        Self::new(vec![(Name::Display, display_name)])
    }

    fn new(names: Vec<(Name, &'a str)>) -> Result<Self> {
        for (name, text) in &names {
            if !is_name(text) {
                let message = "an expected name is not a string of 1 to 256 bytes";
                return Err(Error::new(Code::InvalidArgument, message).with_text("argument", name.member()));
            }
        }
        Ok(Self(names))
    }

    /// Every expected name is there, whatever it is.
    pub(super) fn check(&self, object: Object<'_>, place: &str) -> Result<()> {
        self.0.iter().try_for_each(|(name, _)| name.check(object, place))
    }

    /// Every expected name is the one that is there.
    pub(super) fn compare(&self, object: Object<'_>, place: &str) -> Result<()> {
        for (name, text) in &self.0 {
            if name.read(object, place)? != *text {
                return Err(name.mismatch());
            }
        }
        Ok(())
    }
}

fn is_name(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len())
}
