//! The files and keys of sqooler 0.9: results and configurations that its storage holds, verified and written so that it
//! verifies them too.
//!
//! A file is `{"header","payload","signature"}`. Ed25519 signs `BASE64URL(header) "." BASE64URL(payload)`, both padded,
//! where `header` is compact JSON with the members `alg`, `kid`, `typ` and `version`, in this order, and `payload` is
//! the text that `json.dumps` of Python wrote. That text stands in the file as it was signed, so it is taken from there
//! and never written anew.

mod jwk;
mod python;

pub use jwk::{public_key, public_key_to_jwk, signing_key, signing_key_to_jwk};

use super::names::Expected;
use crate::algorithms::Algorithm;
use crate::encoding::{from_padded_base64url, to_padded_base64url};
use crate::error::{Code, Error, Result};
use crate::jcs::{self, Options};
use crate::json::raw;
use crate::json::view::{Object, Value};
use crate::keys::{PublicKey, SigningKey};

const ALG: &str = "EdDSA";
const TYP: &str = "JWS";
const VERSION: &str = "0.1";

/// A file of sqooler that holds `payload`, any JSON object, as `json.dump` writes it. The `kid` is that of the key.
///
/// # Errors
/// The codes of the reader (the payload lies one level deep, so it may be nested 127 deep; `too_large` also where the
/// file would be), `result_malformed` (the payload is not an object), `algorithm_unsupported`.
pub fn sign(payload: &[u8], key: &SigningKey) -> Result<Vec<u8>> {
    let public = ed25519(key)?;
    let limits = Options::default();
    let payload = python::dumps(payload, &Options { max_depth: limits.max_depth - 1, ..limits.clone() })?;
    if !payload.starts_with(b"{") {
        return Err(malformed("the payload is not a JSON object", "/payload"));
    }
    let kid = jcs::to_vec(public.kid(), &limits)?;
    let header = [br#"{"alg":"EdDSA","kid":"#, &kid[..], br#","typ":"JWS","version":"0.1"}"#].concat();
    let signature = to_padded_base64url(&key.sign(&signing_input(&header, &payload)));
    let file = [
        br#"{"header": {"alg": "EdDSA", "kid": "#,
        &python::string(public.kid())[..],
        br#", "typ": "JWS", "version": "0.1"}, "payload": "#,
        &payload,
        br#", "signature": ""#,
        signature.as_bytes(),
        br#""}"#,
    ]
    .concat();
    if file.len() > limits.max_bytes {
        return Err(Error::new(Code::TooLarge, "the file would be larger than what is read"));
    }
    Ok(file)
}

/// Verifies a result that sqooler stored. The result is the payload as the file holds it, which is what was signed.
///
/// # Errors
/// The codes of the reader; `result_malformed`, `document_unsigned`, `signature_header_malformed`, `typ_mismatch`,
/// `algorithm_not_allowed`, `signature_unknown` (the `kid` is not that of the key), `signature_malformed`,
/// `signature_invalid`, `display_name_mismatch`, `job_id_mismatch`, `algorithm_unsupported` (the key is not Ed25519),
/// `invalid_argument`.
pub fn verify_result(file: &[u8], key: &PublicKey, display_name: &str, job_id: &str) -> Result<Vec<u8>> {
    verify(file, key, &Expected::of_result(display_name, job_id)?)
}

/// Verifies a configuration that sqooler stored, as [`verify_result`] does.
///
/// # Errors
/// Those of [`verify_result`] but `job_id_mismatch`.
pub fn verify_config(file: &[u8], key: &PublicKey, display_name: &str) -> Result<Vec<u8>> {
    verify(file, key, &Expected::of_config(display_name)?)
}

fn verify(file: &[u8], key: &PublicKey, expected: &Expected<'_>) -> Result<Vec<u8>> {
    require_ed25519(key.algorithm())?;
    // The payload is handed out in its own spelling, so a number may be any that a double can come near to.
    let text = jcs::canonicalize(file, &Options::default())?;
    let members = Members::of(&text)?;
    expected.check(members.payload, "/payload")?;
    let header = check_header(members.header, key.kid())?;
    let payload = raw::member(file, "payload")
        .ok_or_else(|| malformed("the name of a member has escapes", "/payload"))?;
    let signature = members
        .signature
        .as_text()
        .and_then(|text| from_padded_base64url(text.plain()?))
        .ok_or_else(|| Error::new(Code::SignatureMalformed, "the signature is not padded base64url"))?;
    key.verify(&signing_input(header, payload), &signature)?;
    expected.compare(members.payload, "/payload")?;
    Ok(payload.to_vec())
}

/// A file taken apart.
struct Members<'a> {
    header: Value<'a>,
    payload: Object<'a>,
    signature: Value<'a>,
}

impl<'a> Members<'a> {
    fn of(text: &'a [u8]) -> Result<Self> {
        let file = Object::parse(text).ok_or_else(|| malformed("a file of sqooler is a JSON object", ""))?;
        let (header, payload, signature) =
            match (file.member("header"), file.member("payload"), file.member("signature")) {
                (Some(header), Some(payload), Some(signature)) if file.members().count() == 3 => {
                    (header, payload, signature)
                }
                // What sqooler stores unsigned is the payload alone, which may have a header of its own.
                (_, _, None) => {
                    return Err(Error::new(Code::DocumentUnsigned, "the file carries no signature"));
                }
                _ => return Err(malformed("a signed file is {\"header\",\"payload\",\"signature\"}", "")),
            };
        let payload =
            payload.as_object().ok_or_else(|| malformed("the payload is not a JSON object", "/payload"))?;
        Ok(Self { header, payload, signature })
    }
}

/// The text of the header that is signed, where it is one that sqooler writes and names the key.
fn check_header<'a>(header: Value<'a>, kid: &str) -> Result<&'a [u8]> {
    let refused = |code, message: &'static str| Err(Error::new(code, message));
    let text = |name| Some(header.as_object()?.member(name)?.as_text()?.to_text());
    let (Some(alg), Some(named), Some(typ), Some(version)) =
        (text("alg"), text("kid"), text("typ"), text("version"))
    else {
        return refused(
            Code::SignatureHeaderMalformed,
            "a header is {\"alg\",\"kid\",\"typ\",\"version\"}, four strings",
        );
    };
    if header.as_object().is_none_or(|header| header.members().count() != 4) {
        return refused(Code::SignatureHeaderMalformed, "a member of the header is not known");
    }
    if version != VERSION {
        return refused(Code::SignatureHeaderMalformed, "the version of the header is not 0.1");
    }
    if typ != TYP {
        return refused(Code::TypMismatch, "the typ of the header is not JWS");
    }
    if alg != ALG {
        return refused(Code::AlgorithmNotAllowed, "the alg of the header is not EdDSA");
    }
    if named != kid {
        return refused(Code::SignatureUnknown, "the header names another key");
    }
    // Its members come in the order of their names, and strings have the fewest escapes: canonical text.
    Ok(header.raw())
}

fn signing_input(header: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut input = to_padded_base64url(header);
    input.push('.');
    input.push_str(&to_padded_base64url(payload));
    input.into_bytes()
}

/// The public key of a key that signs with Ed25519.
fn ed25519(key: &SigningKey) -> Result<&PublicKey> {
    require_ed25519(key.algorithm())?;
    key.public_key().ok_or_else(unsupported)
}

fn require_ed25519(algorithm: Algorithm) -> Result<()> {
    match algorithm {
        Algorithm::EdDsa => Ok(()),
        _ => Err(unsupported()),
    }
}

fn unsupported() -> Error {
    Error::new(Code::AlgorithmUnsupported, "sqooler signs with Ed25519 alone")
}

fn malformed(message: &'static str, pointer: &'static str) -> Error {
    Error::new(Code::ResultMalformed, message).with_text("pointer", pointer)
}

#[cfg(test)]
mod tests;
