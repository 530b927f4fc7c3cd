//! Options objects: small JSON, every member known.

use crate::algorithms::Algorithm;
use crate::error::{Code, Error, Result};
use crate::jcs::{Numbers, Options};
use crate::json::view::{Object, Value};
use crate::keys::{Policy, VerifierOptions};

/// The limits of the reader, with `{"max_bytes":…,"max_depth":…}` applied.
pub(super) fn jcs(numbers: Numbers, options: &[u8]) -> Result<Options> {
    let mut limits = Options { numbers, ..Options::default() };
    each(options, |name, value| {
        match name {
            "max_bytes" => limits.max_bytes = integer(value)?,
            "max_depth" => limits.max_depth = integer(value)?,
            _ => return Err(unknown()),
        }
        Ok(())
    })?;
    Ok(limits)
}

/// What is asked of a new key.
#[derive(Default)]
pub(super) struct Generate {
    pub(super) bits: Option<usize>,
    pub(super) kid: Option<String>,
}

/// `{"bits":n,"kid":text}`.
pub(super) fn generate(options: &[u8]) -> Result<Generate> {
    let mut asked = Generate::default();
    each(options, |name, value| {
        match name {
            "bits" => asked.bits = Some(integer(value)?),
            "kid" => asked.kid = Some(text(value)?),
            _ => return Err(unknown()),
        }
        Ok(())
    })?;
    Ok(asked)
}

/// The options of a verifier.
pub(super) fn verifier(options: &[u8]) -> Result<VerifierOptions> {
    let mut asked = VerifierOptions::default();
    each(options, |name, value| {
        let policy = match name {
            "algorithms" => {
                let names = texts(value)?;
                asked.algorithms =
                    Some(names.iter().map(|name| name.parse()).collect::<Result<Vec<Algorithm>>>()?);
                return Ok(());
            }
            "crit" => return texts(value).map(|names| asked.crit = names),
            "max_header_bytes" => return integer(value).map(|limit| asked.max_header_bytes = limit),
            "max_payload_bytes" => return integer(value).map(|limit| asked.max_payload_bytes = limit),
            "max_signatures" => return integer(value).map(|limit| asked.max_signatures = limit),
            "require_low_s" => return flag(value).map(|flag| asked.require_low_s = flag),
            "typ" => return text(value).map(|typ| asked.typ = Some(typ)),
            "kids" => Policy::Kids(texts(value)?),
            "policy" => match text(value)?.as_str() {
                "all" => Policy::All,
                "any" => Policy::Any,
                _ => return Err(invalid("the policy is `all` or `any`")),
            },
            "threshold" => Policy::Threshold(integer(value)?),
            _ => return Err(unknown()),
        };
        if asked.policy.replace(policy).is_some() {
            return Err(invalid("kids, policy and threshold exclude each other"));
        }
        Ok(())
    })?;
    Ok(asked)
}

/// Shows every member of an options object to `member`; what it refuses is refused with the name of the option.
pub(super) fn each(options: &[u8], mut member: impl FnMut(&str, Value<'_>) -> Result<()>) -> Result<()> {
    if options.is_empty() {
        return Ok(());
    }
    let canonical = crate::jcs::canonicalize(options, &Options::exact())?;
    let object = Object::parse(&canonical).ok_or_else(|| invalid("options are a JSON object"))?;
    for (name, value) in object.members() {
        let name = name.to_text();
        member(&name, value).map_err(|error| error.with_text("option", name))?;
    }
    Ok(())
}

/// A non-negative integer.
pub(super) fn integer(value: Value<'_>) -> Result<usize> {
    value
        .as_integer()
        .and_then(|number| usize::try_from(number).ok())
        .ok_or_else(|| invalid("an option is not a non-negative integer"))
}

pub(super) fn flag(value: Value<'_>) -> Result<bool> {
    match value.raw() {
        b"true" => Ok(true),
        b"false" => Ok(false),
        _ => Err(invalid("an option is not true or false")),
    }
}

pub(super) fn text(value: Value<'_>) -> Result<String> {
    value
        .as_text()
        .map(|text| text.to_text().into_owned())
        .ok_or_else(|| invalid("an option is not a string"))
}

/// An array of strings.
pub(super) fn texts(value: Value<'_>) -> Result<Vec<String>> {
    value.as_array().ok_or_else(|| invalid("an option is not an array"))?.map(text).collect()
}

/// The option is not known.
pub(super) fn unknown() -> Error {
    Error::new(Code::UnknownOption, "an option is not known")
}

pub(super) fn invalid(message: &'static str) -> Error {
    Error::new(Code::InvalidArgument, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_known_integers() {
        let set = jcs(Numbers::Exact, br#"{"max_depth":3,"max_bytes":9}"#).expect("known");
        assert_eq!((set.numbers, set.max_depth, set.max_bytes), (Numbers::Exact, 3, 9));
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

    #[test]
    fn options_of_a_verifier() {
        assert_eq!(verifier(b"").expect("the defaults"), VerifierOptions::default());
        let all = br#"{"algorithms":["EdDSA","ES256"],"crit":["exp"],"kids":["a","b"],"max_header_bytes":1,
            "max_payload_bytes":2,"max_signatures":3,"require_low_s":true,"typ":"JOSE"}"#;
        let expected = VerifierOptions {
            algorithms: Some(vec![Algorithm::EdDsa, Algorithm::Es256]),
            policy: Some(Policy::Kids(vec!["a".to_owned(), "b".to_owned()])),
            require_low_s: true,
            crit: vec!["exp".to_owned()],
            typ: Some("JOSE".to_owned()),
            max_header_bytes: 1,
            max_payload_bytes: 2,
            max_signatures: 3,
        };
        assert_eq!(verifier(all).expect("known"), expected);
        for (options, policy) in [
            (r#"{"policy":"all"}"#, Policy::All),
            (r#"{"policy":"any"}"#, Policy::Any),
            (r#"{"threshold":2}"#, Policy::Threshold(2)),
        ] {
            assert_eq!(verifier(options.as_bytes()).expect("known").policy, Some(policy));
        }
        for (options, code) in [
            (r#"{"policy":"some"}"#, Code::InvalidArgument),
            (r#"{"policy":"all","threshold":1}"#, Code::InvalidArgument),
            (r#"{"kids":[],"policy":"any"}"#, Code::InvalidArgument),
            (r#"{"kids":"a"}"#, Code::InvalidArgument),
            (r#"{"kids":[1]}"#, Code::InvalidArgument),
            (r#"{"algorithms":["none"]}"#, Code::AlgorithmUnsupported),
            (r#"{"require_low_s":1}"#, Code::InvalidArgument),
            (r#"{"typ":null}"#, Code::InvalidArgument),
            (r#"{"keys":[]}"#, Code::UnknownOption),
        ] {
            assert_eq!(verifier(options.as_bytes()).expect_err("refused").code(), code, "{options}");
        }
    }
}
