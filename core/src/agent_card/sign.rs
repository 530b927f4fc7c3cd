//! Signing.

use super::form::{Form, Formed, form};
use super::{malformed, portable, read, signatures};
use crate::algorithms::{Algorithm, LowS};
use crate::document::{appended, duplicate_signer};
use crate::error::Result;
use crate::jcs::{self, Options};
use crate::json::view::{Object, Value};
use crate::jws::HeaderOptions;
use crate::jws::payload::Payload;
use crate::jws::sign::sign_entry;
use crate::keys::SigningKey;

/// How a card is signed.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct SignOptions {
    /// What is signed.
    pub portability: Portability,
    /// The algorithm; the default is that of the key.
    pub algorithm: Option<Algorithm>,
    /// `jku` of the protected header: where the signer's key set can be had. Verifying never fetches it.
    pub jku: Option<String>,
    /// `typ` of the protected header; the default is `JOSE`.
    pub typ: Option<String>,
}

/// What becomes of a card whose forms are not the same bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Portability {
    /// It is refused: the signature is to verify everywhere.
    #[default]
    Refuse,
    /// It is signed and returned without the members that make the difference.
    Strip,
    /// It gets one signature for each form.
    Each,
    /// It is signed in this form, whatever the others are.
    Only(Form),
}

/// The card in canonical form, with one signature more: with [`Portability::Each`], one for each distinct form.
/// Signatures that are there already are not verified, and not changed.
///
/// # Errors
/// The codes of the reader; `card_malformed`, `card_not_portable`, `duplicate_signer` (the key has signed these
/// bytes), `too_many_signatures`, `algorithm_mismatch`, `signature_header_malformed`.
pub fn sign(card: &[u8], key: &SigningKey, options: &SignOptions) -> Result<Vec<u8>> {
    let text = read(card)?;
    let object = Object::parse(&text).ok_or_else(|| malformed("a card is a JSON object", &text, 0))?;
    let present = signatures::values(object)?;
    let forms: Vec<Formed<'_>> = match options.portability {
        Portability::Refuse => vec![portable::portable(&text)?],
        Portability::Strip => vec![portable::stripped(&text)?],
        Portability::Each => distinct_forms(&text)?,
        Portability::Only(only) => vec![form(&text, only)?],
    };
    let header = header(options)?;
    let mut array =
        object.member("signatures").filter(|_| !present.is_empty()).map(|value| value.raw().to_vec());
    for (index, formed) in forms.iter().enumerate() {
        let payload = Payload::new(&formed.bytes, true);
        if let Some(index) = present.iter().position(|value| is_of(*value, key, &payload)) {
            return Err(duplicate_signer(index));
        }
        let entry = sign_entry(&formed.bytes, key, &header)?;
        array = Some(appended(array.as_deref().map(Value::parse), present.len() + index, &entry)?);
    }
    let served = match options.portability {
        Portability::Strip => Object::parse(&forms[0].bytes).expect("a form is an object"),
        _ => object,
    };
    Ok(served.with("signatures", &array.expect("there is a form, and each was signed")))
}

/// The forms of the card, each text once.
fn distinct_forms(text: &[u8]) -> Result<Vec<Formed<'_>>> {
    let mut forms: Vec<Formed<'_>> = Vec::new();
    for name in Form::ALL {
        let formed = form(text, name)?;
        if forms.iter().all(|other| other.bytes != formed.bytes) {
            forms.push(formed);
        }
    }
    Ok(forms)
}

fn header(options: &SignOptions) -> Result<HeaderOptions> {
    let mut header = HeaderOptions { algorithm: options.algorithm, ..HeaderOptions::default() };
    header.typ = Some(options.typ.clone().unwrap_or_else(|| "JOSE".to_owned()));
    if let Some(jku) = &options.jku {
        header.members = [b"{\"jku\":", &*jcs::to_vec(jku, &Options::default())?, b"}"].concat();
    }
    Ok(header)
}

/// Whether a signature is one of `key` over `payload`, whatever `kid` it names.
fn is_of(value: Value<'_>, key: &SigningKey, payload: &Payload<'_>) -> bool {
    let Ok(opened) = signatures::open(value, usize::MAX) else { return false };
    let Some(algorithm) = opened.header.algorithm else { return false };
    let message = payload.signing_input(opened.entry.protected);
    match key.public_key() {
        Some(public) => public.verify_with(algorithm, &message, &opened.signature, LowS::Any),
        None => key.verify_with(algorithm, &message, &opened.signature),
    }
    .is_ok()
}
