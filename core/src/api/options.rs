//! Options objects: small JSON, every member known.

use crate::error::{Code, Error, Result};
use crate::jcs::{Numbers, Options};
use crate::json::view::Object;

/// The limits of the reader, with `{"max_bytes":…,"max_depth":…}` applied.
pub(super) fn jcs(numbers: Numbers, options: &[u8]) -> Result<Options> {
    let mut limits = Options { numbers, ..Options::default() };
    each(options, |name, value| {
        match name {
            "max_bytes" => limits.max_bytes = value,
            "max_depth" => limits.max_depth = value,
            _ => return false,
        }
        true
    })?;
    Ok(limits)
}

/// The threshold of a verifier: `{"threshold":n}`.
pub(super) fn threshold(options: &[u8]) -> Result<usize> {
    let mut threshold = 1;
    each(options, |name, value| {
        let known = name == "threshold";
        if known {
            threshold = value;
        }
        known
    })?;
    Ok(threshold)
}

/// Hands every member of an options object to `set`, which says whether it knows the name.
fn each(options: &[u8], mut set: impl FnMut(&str, usize) -> bool) -> Result<()> {
    if options.is_empty() {
        return Ok(());
    }
    let text = crate::jcs::canonicalize(options, &Options::exact())?;
    let Some(object) = Object::parse(&text) else {
        return Err(Error::new(Code::InvalidArgument, "options are a JSON object"));
    };
    for (name, value) in object.members() {
        let name = name.to_text();
        let Some(number) = value.as_integer().and_then(|number| usize::try_from(number).ok()) else {
            return Err(Error::new(Code::InvalidArgument, "an option is not a non-negative integer")
                .with_text("option", name));
        };
        if !set(&name, number) {
            return Err(Error::new(Code::UnknownOption, "an option is not known").with_text("option", name));
        }
    }
    Ok(())
}
