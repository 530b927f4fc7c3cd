//! Options objects: small JSON, every member known.

use crate::error::{Code, Error, Result};
use crate::jcs::{Numbers, Options};
use crate::json::view::Object;

/// The limits of the reader, with `{"max_bytes":…,"max_depth":…}` applied.
pub(super) fn jcs(numbers: Numbers, options: &[u8]) -> Result<Options> {
    let mut limits = Options { numbers, ..Options::default() };
    let (max_bytes, max_depth) = (&mut limits.max_bytes, &mut limits.max_depth);
    read(options, &mut [("max_bytes", max_bytes), ("max_depth", max_depth)])?;
    Ok(limits)
}

/// The threshold of a verifier: `{"threshold":n}`.
pub(super) fn threshold(options: &[u8]) -> Result<usize> {
    let mut threshold = 1;
    read(options, &mut [("threshold", &mut threshold)])?;
    Ok(threshold)
}

/// Puts every member of an options object in the place that has its name.
fn read(options: &[u8], places: &mut [(&str, &mut usize)]) -> Result<()> {
    if options.is_empty() {
        return Ok(());
    }
    let text = crate::jcs::canonicalize(options, &Options::exact())?;
    let Some(object) = Object::parse(&text) else {
        return Err(Error::new(Code::InvalidArgument, "options are a JSON object"));
    };
    for (name, value) in object.members() {
        let name = name.to_text();
        let Some((_, place)) = places.iter_mut().find(|(known, _)| *known == name) else {
            return Err(Error::new(Code::UnknownOption, "an option is not known").with_text("option", name));
        };
        **place = value.as_integer().and_then(|number| usize::try_from(number).ok()).ok_or_else(|| {
            Error::new(Code::InvalidArgument, "an option is not a non-negative integer")
                .with_text("option", name)
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_known_integers() {
        let set = jcs(Numbers::Exact, br#"{"max_depth":3,"max_bytes":9}"#).expect("known");
        assert_eq!((set.numbers, set.max_depth, set.max_bytes), (Numbers::Exact, 3, 9));
        assert_eq!(threshold(b"").expect("the default"), 1);
        for (options, code) in [
            (r#"{"max_depht":1}"#, Code::UnknownOption),
            (r#"{"max_depht":"x"}"#, Code::UnknownOption),
            (r#"{"max_depth":-1}"#, Code::InvalidArgument),
            (r#"{"max_depth":1.5}"#, Code::InvalidArgument),
            (r#"{"max_depth":"1"}"#, Code::InvalidArgument),
            ("[]", Code::InvalidArgument),
            ("{", Code::InvalidJson),
        ] {
            let error = jcs(Numbers::Exact, options.as_bytes()).expect_err("refused");
            assert_eq!(error.code(), code, "{options}");
        }
    }
}
