//! The options objects of JWS operations.

use crate::api::jcs_numbers;
use crate::error::Result;
use crate::jcs::Numbers;
use crate::json::view::Value;
use crate::jws::{Kid, Serialization, SignOptions};
use crate::options::{each, flag, invalid, text, unknown};

/// The options of signing.
pub(super) fn sign(options: &[u8]) -> Result<SignOptions> {
    let mut asked = SignOptions::default();
    each(options, |name, value| {
        match name {
            "serialization" => asked.serialization = serialization(value)?,
            "detached" => asked.detached = flag(value)?,
            _ => return member(&mut asked, name, value),
        }
        Ok(())
    })?;
    Ok(asked)
}

/// The options of one more signature: the JWS says how it is written.
pub(super) fn append(options: &[u8]) -> Result<SignOptions> {
    let mut asked = SignOptions::default();
    each(options, |name, value| member(&mut asked, name, value))?;
    Ok(asked)
}

/// The options of verification.
pub(super) fn verify(options: &[u8]) -> Result<Option<Numbers>> {
    let mut numbers = None;
    each(options, |name, value| match name {
        "canonicalize" => jcs_numbers(&text(value)?).map(|policy| numbers = Some(policy)),
        _ => Err(unknown()),
    })?;
    Ok(numbers)
}

/// Reads an option of one signature.
fn member(asked: &mut SignOptions, name: &str, value: Value<'_>) -> Result<()> {
    let header = &mut asked.header;
    match name {
        "canonicalize" => asked.canonicalize = Some(jcs_numbers(&text(value)?)?),
        "b64" => header.b64 = flag(value)?,
        "alg" => header.algorithm = Some(text(value)?.parse()?),
        "kid" if value.raw() == b"null" => header.kid = Kid::Absent,
        "kid" => header.kid = Kid::Named(text(value)?),
        "typ" => header.typ = Some(text(value)?),
        "header" => header.members = object(value)?,
        "unprotected" => header.unprotected = object(value)?,
        _ => return Err(unknown()),
    }
    Ok(())
}

fn serialization(value: Value<'_>) -> Result<Serialization> {
    match text(value)?.as_str() {
        "compact" => Ok(Serialization::Compact),
        "flattened" => Ok(Serialization::Flattened),
        "general" => Ok(Serialization::General),
        _ => Err(invalid("an option is not `compact`, `flattened` or `general`")),
    }
}

fn object(value: Value<'_>) -> Result<Vec<u8>> {
    value.as_object().map(|object| object.raw().to_vec()).ok_or_else(|| invalid("an option is not an object"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::algorithms::Algorithm;
    use crate::error::Code;

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
