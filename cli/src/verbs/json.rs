//! `canonicalize` and `hash`.

use samebyte::api::{self, Numbers};
use serde::Serialize;

use crate::arguments::{Canonicalize, NumberPolicy};
use crate::failure::Result;
use crate::input::MAX_BYTES;
use crate::limits;
use crate::output::{Outcome, line};

pub(super) fn canonicalize(arguments: &Canonicalize) -> Result<Outcome> {
    #[derive(Serialize)]
    struct Report<'a> {
        canonical: &'a str,
    }
    let canonical =
        api::jcs_canonicalize(&read(arguments)?, numbers(arguments), limits(arguments).as_bytes())?;
    let text = std::str::from_utf8(&canonical).expect("canonical text is UTF-8");
    let report = Report { canonical: text };
    Ok(Outcome::new(text, &report))
}

pub(super) fn hash(arguments: &Canonicalize) -> Result<Outcome> {
    #[derive(Serialize)]
    struct Report {
        sha256: String,
    }
    let digest = api::jcs_sha256(&read(arguments)?, numbers(arguments), limits(arguments).as_bytes())?;
    let sha256: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Outcome::new(line(sha256.as_str()), &Report { sha256 }))
}

fn read(arguments: &Canonicalize) -> Result<Vec<u8>> {
    arguments.input.file.read(arguments.max_bytes.unwrap_or(MAX_BYTES))
}

fn numbers(arguments: &Canonicalize) -> Numbers {
    match arguments.numbers {
        NumberPolicy::Ieee754 => Numbers::Ieee754,
        NumberPolicy::Exact => Numbers::Exact,
    }
}

fn limits(arguments: &Canonicalize) -> String {
    limits::options(arguments.max_bytes, arguments.max_depth)
}
