//! The options objects of JWS operations.

use std::borrow::Cow;

use crate::api::jcs_numbers;
use crate::error::{Code, Error, Result};
use crate::jcs::{Numbers, Options, canonicalize};
use crate::json::view::{Object, Value};
use crate::jws::{Kid, Serialization, SignOptions};

/// The options of signing.
pub(super) fn sign(options: &[u8]) -> Result<SignOptions> {
    let mut read_options = SignOptions::default();
    read(options, |name, value| {
        match name {
            "serialization" => read_options.serialization = serialization(&text(name, value)?)?,
            "detached" => read_options.detached = boolean(name, value)?,
            _ => return member(&mut read_options, name, value),
        }
        Ok(true)
    })?;
    Ok(read_options)
}

/// The options of one more signature: the JWS says how it is written.
pub(super) fn append(options: &[u8]) -> Result<SignOptions> {
    let mut read_options = SignOptions::default();
    read(options, |name, value| member(&mut read_options, name, value))?;
    Ok(read_options)
}

/// The options of verification.
pub(super) fn verify(options: &[u8]) -> Result<Option<Numbers>> {
    let mut numbers = None;
    read(options, |name, value| {
        let known = name == "canonicalize";
        if known {
            numbers = Some(jcs_numbers(&text(name, value)?)?);
        }
        Ok(known)
    })?;
    Ok(numbers)
}

/// Reads an option of one signature; whether it is one.
fn member(options: &mut SignOptions, name: &str, value: Value<'_>) -> Result<bool> {
    let header = &mut options.header;
    match name {
        "canonicalize" => options.canonicalize = Some(jcs_numbers(&text(name, value)?)?),
        "b64" => header.b64 = boolean(name, value)?,
        "alg" => header.algorithm = Some(text(name, value)?.parse()?),
        "kid" if value.raw() == b"null" => header.kid = Kid::Absent,
        "kid" => header.kid = Kid::Named(text(name, value)?.into_owned()),
        "typ" => header.typ = Some(text(name, value)?.into_owned()),
        "header" => header.members = object(name, value)?,
        "unprotected" => header.unprotected = object(name, value)?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// Tells each member to `option`, which says whether it knows it.
fn read(options: &[u8], mut option: impl FnMut(&str, Value<'_>) -> Result<bool>) -> Result<()> {
    if options.is_empty() {
        return Ok(());
    }
    let text = canonicalize(options, &Options::exact())?;
    let object =
        Object::parse(&text).ok_or_else(|| Error::new(Code::InvalidArgument, "options are a JSON object"))?;
    for (name, value) in object.members() {
        let name = name.to_text();
        if !option(&name, value)? {
            return Err(Error::new(Code::UnknownOption, "an option is not known").with_text("option", name));
        }
    }
    Ok(())
}

fn serialization(name: &str) -> Result<Serialization> {
    match name {
        "compact" => Ok(Serialization::Compact),
        "flattened" => Ok(Serialization::Flattened),
        "general" => Ok(Serialization::General),
        _ => Err(invalid("serialization", "an option is not `compact`, `flattened` or `general`")),
    }
}

fn text<'a>(name: &str, value: Value<'a>) -> Result<Cow<'a, str>> {
    let text = value.as_text().ok_or_else(|| invalid(name, "an option is not a string"))?;
    Ok(text.to_text())
}

fn boolean(name: &str, value: Value<'_>) -> Result<bool> {
    match value.raw() {
        b"true" => Ok(true),
        b"false" => Ok(false),
        _ => Err(invalid(name, "an option is not a boolean")),
    }
}

fn object(name: &str, value: Value<'_>) -> Result<Vec<u8>> {
    let object = value.as_object().ok_or_else(|| invalid(name, "an option is not an object"))?;
    Ok(object.raw().to_vec())
}

fn invalid(name: &str, message: &'static str) -> Error {
    Error::new(Code::InvalidArgument, message).with_text("option", name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::algorithms::Algorithm;

    #[test]
    fn options_are_known() {
        let options = sign(
            br#"{"serialization":"general","detached":true,"b64":false,"canonicalize":"exact","alg":"Ed25519",
                "kid":"\u0041","typ":"JOSE","header":{"b":1,"a":2},"unprotected":{"x":[]}}"#,
        )
        .expect("known");
        assert_eq!(options.serialization, Serialization::General);
        assert!(options.detached && !options.header.b64);
        assert_eq!(options.canonicalize, Some(Numbers::Exact));
        assert_eq!(options.header.algorithm, Some(Algorithm::EdDsa));
        assert_eq!(options.header.kid, Kid::Named("A".to_owned()));
        assert_eq!(options.header.typ.as_deref(), Some("JOSE"));
        assert_eq!(options.header.members, br#"{"a":2,"b":1}"#);
        assert_eq!(options.header.unprotected, br#"{"x":[]}"#);
        assert_eq!(sign(br#"{"kid":null}"#).expect("known").header.kid, Kid::Absent);
        assert_eq!(verify(br#"{"canonicalize":"ieee754"}"#).expect("known"), Some(Numbers::Ieee754));
        assert_eq!(verify(b"").expect("nothing"), None);
        for (options, code) in [
            (r#"{"x":1}"#, Code::UnknownOption),
            (r#"{"serialization":"jwt"}"#, Code::InvalidArgument),
            (r#"{"serialization":1}"#, Code::InvalidArgument),
            (r#"{"detached":1}"#, Code::InvalidArgument),
            (r#"{"b64":null}"#, Code::InvalidArgument),
            (r#"{"canonicalize":"json"}"#, Code::InvalidArgument),
            (r#"{"alg":"none"}"#, Code::AlgorithmUnsupported),
            (r#"{"kid":1}"#, Code::InvalidArgument),
            (r#"{"typ":null}"#, Code::InvalidArgument),
            (r#"{"header":[]}"#, Code::InvalidArgument),
            (r#"{"unprotected":"{}"}"#, Code::InvalidArgument),
            ("[]", Code::InvalidArgument),
            ("{", Code::InvalidJson),
        ] {
            assert_eq!(sign(options.as_bytes()).expect_err(options).code(), code, "{options}");
        }
        for options in [r#"{"detached":true}"#, r#"{"serialization":"general"}"#] {
            assert_eq!(append(options.as_bytes()).expect_err(options).code(), Code::UnknownOption);
        }
        assert_eq!(verify(br#"{"alg":"EdDSA"}"#).expect_err("signing only").code(), Code::UnknownOption);
    }
}
