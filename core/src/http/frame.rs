//! The signature line and what its header says (RFC 7515 appendix F). Nothing in it is to be believed before the
//! signature is verified.

use sha2::{Digest, Sha256};

use super::fields::Fields;
use super::media::Can;
use super::settings::NonceLocation;
use crate::algorithms::Algorithm;
use crate::encoding::{decoded_length, from_base64url, to_base64url};
use crate::error::{Code, Error, Result};
use crate::jcs::{self, Options};
use crate::json::view::{Object, Value};

/// The longest signature line, in bytes.
const LONGEST_LINE: usize = 8 << 10;
/// The longest header in JSON, in bytes.
const LONGEST_HEADER: usize = 4 << 10;
/// The most bound fields.
const MOST_FIELDS: usize = 32;

/// Which way a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Request,
    Response,
}

impl Direction {
    pub(crate) const fn typ(self) -> &'static str {
        match self {
            Self::Request => "samebyte-req+jws",
            Self::Response => "samebyte-res+jws",
        }
    }

    /// The members that `crit` may name: those of this profile that RFC 7515 does not define.
    pub(super) const fn understood(self) -> &'static [&'static str] {
        match self {
            Self::Request => &["ath", "aud", "can", "exp", "hdr", "htm", "htu", "iat", "iss", "nonce", "rsp"],
            Self::Response => &["aud", "can", "exp", "htm", "htu", "iat", "nonce", "rqh", "sts"],
        }
    }

    /// The members that a request must declare critical where they are there, so that no reader ignores a binding.
    const fn critical(self) -> &'static [&'static str] {
        match self {
            Self::Request => &["ath", "aud", "can", "exp", "hdr", "htm", "htu", "iat", "nonce"],
            Self::Response => &[],
        }
    }
}

/// Members that would bring a key, an address of one, or another payload.
const FORBIDDEN: [&str; 6] = ["jwk", "jku", "x5u", "x5c", "b64", "zip"];

/// A signature line that was taken apart.
#[derive(Debug)]
pub(crate) struct Frame {
    /// The protected header in base64url, as it was received.
    pub(crate) protected: Vec<u8>,
    /// The signature.
    pub(crate) signature: Vec<u8>,
    /// The canonical text of the header.
    pub(crate) text: Vec<u8>,
    /// What it says.
    pub(crate) header: Header,
}

/// The members of the header of a request or a response.
#[derive(Debug, Default)]
pub(crate) struct Header {
    /// `None` where `alg` names no algorithm that exists here.
    pub(crate) algorithm: Option<Algorithm>,
    pub(crate) kid: String,
    pub(crate) aud: Option<String>,
    pub(crate) iss: Option<String>,
    pub(crate) iat: Option<i64>,
    pub(crate) exp: Option<i64>,
    pub(crate) nonce: Option<String>,
    pub(crate) cty: Option<String>,
    pub(crate) can: Option<Can>,
    pub(crate) htm: Option<String>,
    pub(crate) htu: Option<String>,
    pub(crate) ath: Option<String>,
    /// Bound fields: lower-case name and value.
    pub(crate) hdr: Vec<(String, String)>,
    /// Whether the client requires a signed response.
    pub(crate) rsp: bool,
    pub(crate) rqh: Option<String>,
    pub(crate) sts: Option<i64>,
}

impl Frame {
    /// Takes the value of a signature line apart.
    ///
    /// # Errors
    /// `signature_malformed`.
    pub(crate) fn parse(line: &[u8], direction: Direction) -> Result<Self> {
        if line.len() > LONGEST_LINE {
            return Err(malformed("the signature line is longer than 8 KiB", ""));
        }
        let mut parts = line.split(|byte| *byte == b'.');
        let (Some(protected), Some(b""), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(malformed("the signature line is not a header, two dots and a signature", ""));
        };
        if decoded_length(protected.len()) > LONGEST_HEADER {
            return Err(malformed("the header is longer than 4 KiB", ""));
        }
        let text = from_base64url(protected).ok_or_else(|| malformed("the header is not base64url", ""))?;
        let signature = from_base64url(signature).filter(|signature| !signature.is_empty());
        let signature = signature.ok_or_else(|| malformed("the signature is not base64url", ""))?;
        let options = Options { max_bytes: LONGEST_HEADER, max_depth: 3, ..Options::exact() };
        let text = jcs::canonicalize(&text, &options).map_err(|error| {
            malformed("the header is not strict JSON", "").with_text("cause", error.code().name())
        })?;
        let object = Object::parse(&text).ok_or_else(|| malformed("the header is not an object", ""))?;
        let header = Header::read(object, direction)?;
        Ok(Self { protected: protected.to_vec(), signature, header, text })
    }

    /// What the signature is over (RFC 7515 section 5.1 step 8), where `payload` is that of the message.
    pub(crate) fn signing_input(&self, payload: &[u8]) -> Vec<u8> {
        signing_input(&self.protected, payload)
    }
}

/// The value of the field that carries the signature, where the message has one.
///
/// # Errors
/// `signature_malformed`: there are several.
pub(super) fn signature_line<'a>(fields: Fields<'a>, name: &str) -> Result<Option<&'a [u8]>> {
    fields.one(name).map_err(|_| malformed("there are several signature lines", ""))
}

/// `protected`, a dot, and the payload in base64url.
pub(crate) fn signing_input(protected: &[u8], payload: &[u8]) -> Vec<u8> {
    crate::jws::payload::Payload::new(payload, true).signing_input(protected)
}

/// The hash that binds a response to the request with this signing input: SHA-256, base64url.
pub(crate) fn request_hash(signing_input: &[u8]) -> String {
    to_base64url(&Sha256::digest(signing_input))
}

impl Header {
    fn read(object: Object<'_>, direction: Direction) -> Result<Self> {
        let mut header = Self::default();
        let (mut alg, mut typ, mut kid, mut crit) = (false, false, false, None);
        let mut names = Vec::with_capacity(16);
        for (name, value) in object.members() {
            names.push(name.raw());
            let name = name.to_text();
            let limited = |longest: usize| text(value, &name, longest);
            match (&*name, direction) {
                ("alg", _) => {
                    header.algorithm = limited(32)?.parse().ok();
                    alg = true;
                }
                ("typ", _) => {
                    if limited(64)? != direction.typ() {
                        return Err(malformed("typ is not that of this profile and direction", "typ"));
                    }
                    typ = true;
                }
                ("kid", _) => {
                    header.kid = limited(256)?;
                    if !header.kid.bytes().all(|byte| byte.is_ascii_graphic()) {
                        return Err(malformed("kid is not visible ASCII", "kid"));
                    }
                    kid = true;
                }
                ("crit", _) => crit = Some(value),
                ("aud", _) => header.aud = Some(limited(1024)?),
                ("iss", _) => header.iss = Some(limited(256)?),
                ("iat", _) => header.iat = Some(integer(value, "iat")?),
                ("exp", _) => header.exp = Some(integer(value, "exp")?),
                ("nonce", _) => header.nonce = Some(nonce(limited(128)?, "nonce")?),
                ("cty", _) => header.cty = Some(limited(256)?),
                ("can", _) => {
                    let can = Can::from_name(&limited(8)?);
                    header.can = Some(can.ok_or_else(|| malformed("can is not known", "can"))?);
                }
                ("htm", _) => header.htm = Some(limited(64)?),
                ("htu", _) => header.htu = Some(limited(LONGEST_HEADER)?),
                ("ath", Direction::Request) => header.ath = Some(limited(43)?),
                ("hdr", Direction::Request) => header.hdr = bound_fields(value)?,
                ("rsp", Direction::Request) => {
                    header.rsp = limited(8)? == "sign";
                    if !header.rsp {
                        return Err(malformed("rsp is not known", "rsp"));
                    }
                }
                ("rqh", Direction::Response) => header.rqh = Some(limited(43)?),
                ("sts", Direction::Response) => header.sts = Some(integer(value, "sts")?),
                (name, _) if FORBIDDEN.contains(&name) => {
                    return Err(malformed("the header has a forbidden member", name));
                }
                // Of other members the profile says one thing: no number has a fraction.
                _ if matches!(value.raw(), [b'-' | b'0'..=b'9', ..]) && value.as_integer().is_none() => {
                    return Err(malformed("a number in the header is not an integer", &name));
                }
                _ => {}
            }
        }
        for (present, name) in [(alg, "alg"), (typ, "typ"), (kid, "kid")] {
            if !present {
                return Err(malformed("the header lacks a member", name));
            }
        }
        header.complete(direction)?;
        critical(&names, crit, direction)?;
        Ok(header)
    }

    /// Whether the window and the nonce are where the settings want them: all three members, or, where the body may say
    /// them, none.
    ///
    /// # Errors
    /// `signature_malformed`.
    pub(super) fn stamped(&self, location: NonceLocation, shortest: usize) -> Result<()> {
        let present = [self.iat.is_some(), self.exp.is_some(), self.nonce.is_some()];
        let none = present == [false; 3] && location != NonceLocation::Header;
        if !none && present != [true; 3] {
            return Err(malformed("the header has not all of iat, exp and nonce", "nonce"));
        }
        match &self.nonce {
            Some(nonce) if nonce.len() < shortest => Err(short_nonce()),
            _ => Ok(()),
        }
    }

    /// Whether every member is there that this direction cannot do without.
    fn complete(&self, direction: Direction) -> Result<()> {
        let lacking = match direction {
            Direction::Request => {
                [("aud", self.aud.is_none()), ("htm", self.htm.is_none()), ("htu", self.htu.is_none())]
            }
            Direction::Response => {
                [("exp", self.exp.is_none()), ("iat", self.iat.is_none()), ("sts", self.sts.is_none())]
            }
        };
        if let Some((name, _)) = lacking.into_iter().find(|(_, lacking)| *lacking) {
            return Err(malformed("the header lacks a member", name));
        }
        let has_body = self.can.is_some_and(|can| can != Can::None);
        if has_body != self.cty.is_some() {
            return Err(malformed("cty and can go together where there is a body", "cty"));
        }
        if self.cty.as_deref().is_some_and(|cty| Some(Can::of(cty)) != self.can) {
            return Err(malformed("JSON is signed as jcs, and nothing else is", "can"));
        }
        Ok(())
    }
}

/// Checks `crit` (RFC 7515 section 4.1.11): every name is of this profile and one of the `names` that are there, and
/// every binding is named.
fn critical(names: &[&[u8]], crit: Option<Value<'_>>, direction: Direction) -> Result<()> {
    let Some(crit) = crit else {
        return if direction.critical().is_empty() {
            Ok(())
        } else {
            Err(malformed("there is no crit", "crit"))
        };
    };
    let is_there = |name: &str| names.contains(&name.as_bytes());
    let mut named = Vec::new();
    for name in crit.as_array().ok_or_else(|| malformed("crit is not an array", "crit"))? {
        let name = name.as_text().and_then(|name| name.plain());
        let name = name.filter(|name| direction.understood().contains(name));
        let name = name.ok_or_else(|| malformed("crit has a name that is not understood", "crit"))?;
        if named.contains(&name) || !is_there(name) {
            return Err(malformed("crit names a member twice, or one that is not there", "crit"));
        }
        named.push(name);
    }
    if named.is_empty() {
        return Err(malformed("crit is empty", "crit"));
    }
    let mut bindings = direction.critical().iter();
    match bindings.find(|name| is_there(name) && !named.contains(name)) {
        Some(name) => Err(malformed("crit lacks a member", name)),
        None => Ok(()),
    }
}

/// `hdr`: names and values of fields.
fn bound_fields(value: Value<'_>) -> Result<Vec<(String, String)>> {
    let invalid = || malformed("hdr is not an object of lower-case field names and texts", "hdr");
    let object = value.as_object().ok_or_else(invalid)?;
    let mut fields = Vec::new();
    for (name, value) in object.members() {
        let name = name.plain().filter(|name| !name.is_empty()).ok_or_else(invalid)?;
        let lower = name.bytes().all(|byte| super::fields::is_token(byte) && !byte.is_ascii_uppercase());
        if !lower || fields.len() == MOST_FIELDS {
            return Err(invalid());
        }
        fields.push((name.to_owned(), value.as_text().ok_or_else(invalid)?.to_text().into_owned()));
    }
    Ok(fields)
}

/// A nonce: 1 to 128 unreserved characters.
pub(crate) fn nonce(text: String, member: &str) -> Result<String> {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"._~-".contains(&byte);
    if (1..=128).contains(&text.len()) && text.bytes().all(unreserved) {
        Ok(text)
    } else {
        Err(malformed("a nonce is 1 to 128 unreserved characters", member))
    }
}

/// A text that is not empty.
fn text(value: Value<'_>, name: &str, longest: usize) -> Result<String> {
    let text = value.as_text().map(|text| text.to_text());
    match text.filter(|text| (1..=longest).contains(&text.len())) {
        Some(text) => Ok(text.into_owned()),
        None => Err(malformed("a member of the header is not a text of acceptable length", name)),
    }
}

/// An integer that every language holds: of 0 to 2^53 - 1.
fn integer(value: Value<'_>, name: &str) -> Result<i64> {
    let integer = value.as_integer().filter(|integer| (0..1 << 53).contains(integer));
    integer.ok_or_else(|| malformed("a number in the header is not a natural one", name))
}

/// The nonce is too short.
pub(super) fn short_nonce() -> Error {
    malformed("the nonce is shorter than the settings ask for", "nonce")
}

/// What is wrong with a signature line, or with the member `name` of its header.
pub(crate) fn malformed(message: &'static str, name: &str) -> Error {
    let error = Error::new(Code::SignatureMalformed, message);
    if name.is_empty() { error } else { error.with_text("member", name) }
}

#[cfg(test)]
mod tests;
