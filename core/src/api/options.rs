//! The options objects of single operations.

use crate::algorithms::Algorithm;
use crate::error::Result;
use crate::jcs::{Numbers, Options};
use crate::keys::{Policy, VerifierOptions};
use crate::options::{each, flag, integer, invalid, text, texts, unknown};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

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
