//! The header of one signature, read by the rules of RFC 7515 section 4 and RFC 7797 section 6.

use std::collections::HashSet;

use crate::algorithms::Algorithm;
use crate::encoding::{decoded_length, from_base64url};
use crate::error::{Code, Error, Result};
use crate::jcs::{self, Options};
use crate::json::view::{Object, Value};

/// Names that RFC 7515, 7516 and 7518 define, which therefore are never critical (RFC 7515 section 4.1.11).
const REGISTERED: [&str; 20] = [
    "alg", "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty", "crit", "enc", "zip", "epk",
    "apu", "apv", "iv", "tag", "p2s", "p2c",
];

/// What the header of one signature says. Nothing in it is to be believed before the signature is verified.
#[derive(Debug)]
pub(crate) struct Header {
    /// The canonical text of the protected header.
    pub(crate) protected: Vec<u8>,
    /// `alg`; `None` where it names no algorithm that exists here.
    pub(crate) algorithm: Option<Algorithm>,
    /// `kid`, of the protected header or of the other one.
    pub(crate) kid: Option<String>,
    /// `typ` of the protected header.
    pub(crate) typ: Option<String>,
    /// `b64` (RFC 7797): whether the payload is base64url in what is signed.
    pub(crate) b64: bool,
    /// The names in `crit` but for `b64`, which is understood here.
    pub(crate) critical: Vec<String>,
}

impl Header {
    /// The JSON text that a protected header holds in base64url.
    ///
    /// # Errors
    /// `too_large`, `jws_malformed`.
    pub(crate) fn decode(protected: &[u8], max_bytes: usize) -> Result<Vec<u8>> {
        if decoded_length(protected.len()) > max_bytes {
            return Err(too_large());
        }
        from_base64url(protected)
            .ok_or_else(|| Error::new(Code::JwsMalformed, "the protected header is not base64url"))
    }

    /// The header with this JSON text as its protected part, and `unprotected` as its other one.
    ///
    /// # Errors
    /// The codes of the reader, `signature_header_malformed`.
    pub(crate) fn read(protected: &[u8], unprotected: Option<Object<'_>>) -> Result<Self> {
        let text = jcs::canonicalize(protected, &Options::exact())?;
        let object =
            Object::parse(&text).ok_or_else(|| malformed("the protected header is not an object", ""))?;
        let mut header = Self {
            protected: Vec::new(),
            algorithm: None,
            kid: None,
            typ: None,
            b64: true,
            critical: Vec::new(),
        };
        header.read_protected(object)?;
        if let Some(unprotected) = unprotected {
            header.read_unprotected(unprotected, object)?;
        }
        header.protected = text;
        Ok(header)
    }

    fn read_protected(&mut self, object: Object<'_>) -> Result<()> {
        let (mut names_algorithm, mut b64, mut crit) = (false, None, None);
        for (name, value) in object.members() {
            match name.raw() {
                b"alg" => {
                    self.algorithm = text(value, "alg")?.parse().ok();
                    names_algorithm = true;
                }
                b"kid" => self.kid = Some(text(value, "kid")?),
                b"typ" => self.typ = Some(text(value, "typ")?),
                b"cty" => _ = text(value, "cty")?,
                b"zip" => return Err(malformed("a JWS is never compressed", "zip")),
                b"b64" => b64 = Some(value),
                b"crit" => crit = Some(value),
                _ => {}
            }
        }
        if !names_algorithm {
            return Err(malformed("the protected header names no algorithm", "alg"));
        }
        let b64_is_critical = crit.map_or(Ok(false), |crit| self.read_critical(crit, object))?;
        if let Some(b64) = b64 {
            self.b64 = match b64.raw() {
                b"true" => true,
                b"false" => false,
                _ => return Err(malformed("b64 is not a boolean", "b64")),
            };
            if !b64_is_critical {
                return Err(malformed("b64 is not critical", "b64"));
            }
        }
        Ok(())
    }

    /// Reads `crit`; whether `b64` is in it.
    fn read_critical(&mut self, crit: Value<'_>, object: Object<'_>) -> Result<bool> {
        let names = crit.as_array().ok_or_else(|| malformed("crit is not an array", "crit"))?;
        let present: HashSet<&[u8]> = object.members().map(|(name, _)| name.raw()).collect();
        let mut seen = HashSet::new();
        let mut b64 = false;
        for name in names {
            let raw = name.as_text().ok_or_else(|| malformed("a name in crit is not a string", "crit"))?;
            if !seen.insert(raw.raw()) {
                return Err(malformed("crit names a member twice", "crit"));
            }
            let name = raw.to_text();
            if REGISTERED.contains(&&*name) {
                return Err(malformed("crit names a member that every JWS has by its definition", "crit"));
            }
            if !present.contains(raw.raw()) {
                return Err(malformed("crit names a member that is not there", "crit"));
            }
            match &*name {
                "b64" => b64 = true,
                _ => self.critical.push(name.into_owned()),
            }
        }
        if seen.is_empty() {
            return Err(malformed("crit is empty", "crit"));
        }
        Ok(b64)
    }

    fn read_unprotected(&mut self, unprotected: Object<'_>, protected: Object<'_>) -> Result<()> {
        let present: HashSet<&[u8]> = protected.members().map(|(name, _)| name.raw()).collect();
        for (name, value) in unprotected.members() {
            if present.contains(name.raw()) {
                return Err(malformed("a member is in both headers", &name.to_text()));
            }
            match name.raw() {
                b"kid" => self.kid = Some(text(value, "kid")?),
                b"typ" => _ = text(value, "typ")?,
                b"cty" => _ = text(value, "cty")?,
                b"crit" => return Err(malformed("crit is not protected", "crit")),
                b"b64" => return Err(malformed("b64 is not protected", "b64")),
                b"zip" => return Err(malformed("a JWS is never compressed", "zip")),
                _ => {}
            }
        }
        Ok(())
    }
}

fn text(value: Value<'_>, name: &str) -> Result<String> {
    let text = value.as_text().ok_or_else(|| malformed("a member of the header is not a string", name))?;
    Ok(text.to_text().into_owned())
}

/// A header is larger than the limit.
pub(super) fn too_large() -> Error {
    Error::new(Code::TooLarge, "a header is larger than the limit")
}

/// What is wrong with the member `name` of a header.
pub(super) fn malformed(message: &'static str, name: &str) -> Error {
    let error = Error::new(Code::SignatureHeaderMalformed, message);
    if name.is_empty() { error } else { error.with_text("member", name) }
}

#[cfg(test)]
mod tests;
