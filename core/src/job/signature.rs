//! One signature of a job.

use std::borrow::Cow;

use crate::algorithms::{Algorithm, KeyType, LowS, Verify};
use crate::document::{duplicate_signer, signature_values};
use crate::encoding::{from_hex, to_hex};
use crate::error::{Code, Error, Result};
use crate::json::view::Value;
use crate::keys::SigningKey;

/// One entry of `signatures`, of the right shape and not yet verified.
pub(super) struct Entry<'a> {
    algorithm: Option<Cow<'a, str>>,
    pub(super) public_key: Cow<'a, str>,
    signature: Cow<'a, str>,
}

/// The entries of `signatures`, no key twice.
pub(super) fn entries(signatures: Option<Value<'_>>) -> Result<Vec<Entry<'_>>> {
    let mut entries: Vec<Entry<'_>> = Vec::new();
    for (index, value) in signature_values(signatures, Code::JobMalformed)?.into_iter().enumerate() {
        let entry = Entry::read(value).ok_or_else(|| {
            Error::new(
                Code::JobMalformed,
                "a signature is {\"public_key\",\"signature\"} and perhaps \"algorithm\", all strings",
            )
            .with_text("pointer", format!("/signatures/{index}"))
        })?;
        // A key has one spelling, and every other is refused below, so equal keys are equal texts.
        if entries.iter().any(|other| other.public_key == entry.public_key) {
            return Err(duplicate_signer(index));
        }
        entries.push(entry);
    }
    Ok(entries)
}

/// The canonical entry of a key's signature over `message`.
pub(super) fn entry(key: &SigningKey, algorithm: Algorithm, public_key: &str, message: &[u8]) -> Vec<u8> {
    let algorithm = if algorithm == Algorithm::EdDsa { "\"algorithm\":\"ed25519\"," } else { "" };
    let signature = to_hex(&key.sign(message));
    format!("{{{algorithm}\"public_key\":\"{public_key}\",\"signature\":\"{signature}\"}}").into_bytes()
}

/// The public key that lower-case hex digits spell.
pub(super) fn key(algorithm: Algorithm, hex: &str) -> Result<Box<dyn Verify>> {
    let hex = hex.as_bytes();
    let key = match algorithm {
        Algorithm::EdDsa => from_hex::<32>(hex).map(|bytes| KeyType::Ed25519.verifier(&bytes)),
        _ => from_hex::<33>(hex).map(|bytes| KeyType::Secp256k1.verifier(&bytes)),
    };
    key.ok_or_else(|| {
        Error::new(Code::KeyMalformed, "a public key is 64 (Ed25519) or 66 (secp256k1) lower-case hex digits")
    })?
}

/// Jobs are signed with secp256k1 or Ed25519.
pub(super) fn unsupported() -> Error {
    Error::new(Code::AlgorithmUnsupported, "the algorithm is secp256k1 or ed25519")
}

impl<'a> Entry<'a> {
    fn read(value: Value<'a>) -> Option<Self> {
        let object = value.as_object()?;
        let text = |name| Some(object.member(name)?.as_text()?.to_text());
        let algorithm = match object.member("algorithm") {
            Some(value) => Some(value.as_text()?.to_text()),
            None => None,
        };
        let members = 2 + usize::from(algorithm.is_some());
        let entry = Self { algorithm, public_key: text("public_key")?, signature: text("signature")? };
        (object.members().count() == members).then_some(entry)
    }

    /// The signature is one of its key over `message`.
    pub(super) fn verify(&self, message: &[u8]) -> Result<()> {
        let algorithm = self.algorithm()?;
        let key = key(algorithm, &self.public_key)?;
        let signature: [u8; 64] = from_hex(self.signature.as_bytes()).ok_or_else(|| {
            Error::new(Code::SignatureMalformed, "a signature is 128 lower-case hex digits, r‖s or R‖S")
        })?;
        key.verify(algorithm, message, &signature, LowS::Required)
    }

    fn algorithm(&self) -> Result<Algorithm> {
        let algorithm = match self.algorithm.as_deref() {
            None | Some("secp256k1") => Algorithm::Es256k,
            Some("ed25519") => Algorithm::EdDsa,
            Some(_) => {
                return Err(unsupported());
            }
        };
        match (algorithm, self.public_key.len()) {
            (Algorithm::Es256k, 64) | (Algorithm::EdDsa, 66) => {
                Err(Error::new(Code::AlgorithmMismatch, "the public key is one of the other algorithm"))
            }
            _ => Ok(algorithm),
        }
    }
}
