//! The header of a signature that is about to be made.

use super::header::{Header, malformed, too_large};
use super::serialization::Limits;
use crate::algorithms::Algorithm;
use crate::error::Result;
use crate::jcs::{self, Options, write_string};
use crate::json::view::Object;

/// What the header of a new signature says.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct HeaderOptions {
    /// `alg`; the default of the key where it is `None`.
    pub algorithm: Option<Algorithm>,
    /// `kid`.
    pub kid: Kid,
    /// `typ`, of which RFC 7515 section 4.1.9 says what to write.
    pub typ: Option<String>,
    /// More members of the protected header: the text of a JSON object, or nothing.
    pub members: Vec<u8>,
    /// The unprotected header: the text of a JSON object, or nothing.
    pub unprotected: Vec<u8>,
    /// Whether the payload is base64url in what is signed. If not (RFC 7797), the header says so, as critical.
    pub b64: bool,
}

/// The `kid` of a new signature.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Kid {
    /// That of the key, if it has one.
    #[default]
    OfKey,
    /// No such member.
    Absent,
    /// This one.
    Named(String),
}

impl Default for HeaderOptions {
    fn default() -> Self {
        Self {
            algorithm: None,
            kid: Kid::OfKey,
            typ: None,
            members: Vec::new(),
            unprotected: Vec::new(),
            b64: true,
        }
    }
}

/// The two headers of a new signature, canonical.
pub(super) struct Written {
    pub(super) protected: Vec<u8>,
    pub(super) unprotected: Option<Vec<u8>>,
}

impl HeaderOptions {
    /// The headers of a signature with `algorithm`, of a key with this `kid`.
    ///
    /// # Errors
    /// The codes of the reader, `signature_header_malformed`, `too_large`.
    pub(super) fn write(&self, algorithm: Algorithm, kid_of_key: Option<&str>) -> Result<Written> {
        let written = if self.members.is_empty() && self.unprotected.is_empty() {
            let crit = (!self.b64).then_some(&b"[\"b64\"]"[..]);
            Written { protected: self.own(algorithm, kid_of_key, crit), unprotected: None }
        } else {
            self.with_more(algorithm, kid_of_key)?
        };
        let length = written.protected.len().max(written.unprotected.as_ref().map_or(0, Vec::len));
        if length > Limits::default().header {
            return Err(too_large());
        }
        Ok(written)
    }

    /// The members with an option of their own, in canonical order.
    fn own(&self, algorithm: Algorithm, kid_of_key: Option<&str>, crit: Option<&[u8]>) -> Vec<u8> {
        let mut text = Vec::with_capacity(128);
        text.extend_from_slice(b"{\"alg\":");
        write_string(algorithm.name(), &mut text);
        if !self.b64 {
            text.extend_from_slice(b",\"b64\":false");
        }
        if let Some(crit) = crit {
            text.extend_from_slice(b",\"crit\":");
            text.extend_from_slice(crit);
        }
        let kid = match &self.kid {
            Kid::OfKey => kid_of_key,
            Kid::Absent => None,
            Kid::Named(kid) => Some(&**kid),
        };
        for (name, value) in [(&b",\"kid\":"[..], kid), (b",\"typ\":", self.typ.as_deref())] {
            if let Some(value) = value {
                text.extend_from_slice(name);
                write_string(value, &mut text);
            }
        }
        text.push(b'}');
        text
    }

    /// With the members that the caller names, which are then held to the rules of the reader.
    fn with_more(&self, algorithm: Algorithm, kid_of_key: Option<&str>) -> Result<Written> {
        let members = object(&self.members)?;
        let members = Object::parse(&members).expect("an object was read");
        let mut crit = members.member("crit").map(|crit| crit.raw().to_vec());
        if !self.b64 {
            let mut names = b"[\"b64\"".to_vec();
            match crit.as_deref().map(|crit| crit.strip_prefix(b"[")) {
                None | Some(Some(b"]")) => names.push(b']'),
                Some(Some(more)) => names.extend([b",", more].concat()),
                Some(None) => return Err(malformed("crit is not an array", "crit")),
            }
            crit = Some(names);
        }
        let own = self.own(algorithm, kid_of_key, crit.as_deref());
        let mut text = own.strip_suffix(b"}").expect("it is an object").to_vec();
        for (name, value) in members.members() {
            match name.raw() {
                b"crit" => continue,
                b"alg" | b"b64" | b"kid" | b"typ" => {
                    return Err(malformed(
                        "a member of the header has an option of its own",
                        &name.to_text(),
                    ));
                }
                _ => {}
            }
            text.extend([b",\"", name.raw(), b"\":", value.raw()].concat());
        }
        text.push(b'}');
        let unprotected = (!self.unprotected.is_empty()).then(|| object(&self.unprotected)).transpose()?;
        let header = Header::read(&text, unprotected.as_deref().and_then(Object::parse))?;
        Ok(Written { protected: header.protected, unprotected })
    }
}

/// The canonical text of an object; nothing is an empty one.
fn object(text: &[u8]) -> Result<Vec<u8>> {
    if text.is_empty() {
        return Ok(b"{}".to_vec());
    }
    let text = jcs::canonicalize(text, &Options::exact())?;
    if Object::parse(&text).is_none() {
        return Err(malformed("a header is not an object", ""));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    fn written(options: &HeaderOptions) -> Result<String> {
        let written = options.write(Algorithm::EdDsa, Some("k"))?;
        // What is written by us is read by the rules.
        let unprotected = written.unprotected.as_deref().and_then(Object::parse);
        let header = Header::read(&written.protected, unprotected)?;
        assert_eq!(header.protected, written.protected, "it is canonical");
        Ok(String::from_utf8(written.protected).expect("UTF-8"))
    }

    #[test]
    fn headers_are_canonical() {
        let mut options = HeaderOptions::default();
        assert_eq!(written(&options).expect("allowed"), r#"{"alg":"EdDSA","kid":"k"}"#);
        options.typ = Some("a\"b".to_owned());
        options.kid = Kid::Named("\u{1}é".to_owned());
        options.b64 = false;
        assert_eq!(
            written(&options).expect("allowed"),
            "{\"alg\":\"EdDSA\",\"b64\":false,\"crit\":[\"b64\"],\"kid\":\"\\u0001é\",\"typ\":\"a\\\"b\"}"
        );
        options.kid = Kid::Absent;
        options.typ = None;
        options.members = br#"{"x":1,"exp":2,"crit":["exp"],"a":[]}"#.to_vec();
        assert_eq!(
            written(&options).expect("allowed"),
            r#"{"a":[],"alg":"EdDSA","b64":false,"crit":["b64","exp"],"exp":2,"x":1}"#
        );
        options.b64 = true;
        options.unprotected = br#"{"y":1}"#.to_vec();
        assert_eq!(
            written(&options).expect("allowed"),
            r#"{"a":[],"alg":"EdDSA","crit":["exp"],"exp":2,"x":1}"#
        );
    }

    #[test]
    fn headers_that_nobody_would_read_are_not_written() {
        for (members, unprotected, b64, code) in [
            (r#"{"alg":"HS256"}"#, "", true, Code::SignatureHeaderMalformed),
            (r#"{"kid":"x"}"#, "", true, Code::SignatureHeaderMalformed),
            (r#"{"\u0074yp":"x"}"#, "", true, Code::SignatureHeaderMalformed),
            (r#"{"b64":false,"crit":["b64"]}"#, "", true, Code::SignatureHeaderMalformed),
            (r#"{"crit":["b64"]}"#, "", true, Code::SignatureHeaderMalformed),
            (r#"{"crit":["b64"]}"#, "", false, Code::SignatureHeaderMalformed),
            (r#"{"crit":"b64"}"#, "", false, Code::SignatureHeaderMalformed),
            (r#"{"crit":["x"]}"#, "", true, Code::SignatureHeaderMalformed),
            (r#"{"zip":"DEF"}"#, "", true, Code::SignatureHeaderMalformed),
            (r#"{"x":1}"#, r#"{"x":1}"#, true, Code::SignatureHeaderMalformed),
            ("", r#"{"kid":"x"}"#, true, Code::SignatureHeaderMalformed),
            ("", r#"{"crit":["x"]}"#, true, Code::SignatureHeaderMalformed),
            ("[]", "", true, Code::SignatureHeaderMalformed),
            ("", "1", true, Code::SignatureHeaderMalformed),
            ("{", "", true, Code::InvalidJson),
            (r#"{"x":1,"x":1}"#, "", true, Code::DuplicateMember),
        ] {
            let options = HeaderOptions {
                members: members.into(),
                unprotected: unprotected.into(),
                b64,
                ..HeaderOptions::default()
            };
            assert_eq!(written(&options).expect_err(members).code(), code, "{members} {unprotected}");
        }
        let long = HeaderOptions { typ: Some("x".repeat(16 << 10)), ..HeaderOptions::default() };
        assert_eq!(written(&long).expect_err("long").code(), Code::TooLarge);
    }
}
