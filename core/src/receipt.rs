//! Receipts of remote execution, version 0.1: the format that a short PHP script can verify.
//!
//! Ed25519 over the SHA-256 of `version|module_hash|exit_code|wall_time_ms|timestamp`. Each member is held
//! against its grammar before it is joined, so that no separator can enter.

use sha2::{Digest, Sha256};

use crate::algorithms::Algorithm;
use crate::document::{asymmetric, canonical};
use crate::encoding::{from_hex, to_hex};
use crate::error::{Code, Error, Result};
use crate::json::view::Object;
use crate::keys::{PublicKey, SigningKey};

/// The largest integer that every JSON reader holds exactly, 2^53 − 1.
const MAX_SAFE_INTEGER: i64 = (1 << 53) - 1;

const MEMBERS: [&str; 7] =
    ["exit_code", "module_hash", "node_pubkey", "signature", "timestamp", "version", "wall_time_ms"];

/// The receipt in canonical form, with `node_pubkey` and `signature` filled in. `node_pubkey` may be there
/// already and must then be that of the key; `signature` may not.
///
/// # Errors
/// The codes of the reader; `receipt_malformed`, `algorithm_unsupported` (the key is not Ed25519),
/// `key_mismatch`.
pub fn sign(receipt: &[u8], key: &SigningKey) -> Result<Vec<u8>> {
    let text = canonical(receipt)?;
    let (object, joined) = check(&text)?;
    if object.member("signature").is_some() {
        return Err(malformed("the receipt is signed already", "signature"));
    }
    let public_key = ed25519(asymmetric(key)?)?;
    if object.member("node_pubkey").is_some() {
        check_key(object, &public_key)?;
    }
    let signature = to_hex(&key.sign(&Sha256::digest(joined)));
    let named = object.with("node_pubkey", format!("\"{public_key}\"").as_bytes());
    let named = Object::parse(&named).expect("an object with one more member is an object");
    Ok(named.with("signature", format!("\"{signature}\"").as_bytes()))
}

/// Verifies a receipt with the key that the caller expects; the one inside the receipt is never trusted. The
/// result is the canonical receipt.
///
/// # Errors
/// The codes of the reader; `receipt_malformed`, `algorithm_unsupported` (the expected key is not Ed25519),
/// `key_mismatch` (`node_pubkey` is another key than the expected one), `signature_malformed` (S is not
/// below the group order), `signature_invalid`.
pub fn verify(receipt: &[u8], expected: &PublicKey) -> Result<Vec<u8>> {
    let public_key = ed25519(expected)?;
    let text = canonical(receipt)?;
    let (object, joined) = check(&text)?;
    check_key(object, &public_key)?;
    let signature: [u8; 64] = plain(object, "signature")
        .and_then(|hex| from_hex(hex.as_bytes()))
        .ok_or_else(|| malformed("signature is not 128 lower-case hex digits", "signature"))?;
    expected.verify(&Sha256::digest(joined), &signature)?;
    Ok(text)
}

/// The text whose SHA-256 is signed.
///
/// # Errors
/// The codes of the reader; `receipt_malformed`.
pub fn canonical_representation(receipt: &[u8]) -> Result<Vec<u8>> {
    let text = canonical(receipt)?;
    Ok(check(&text)?.1.into_bytes())
}

/// The receipt as an object that has no member outside the format, and the text that its members are joined to.
fn check(text: &[u8]) -> Result<(Object<'_>, String)> {
    let object = Object::parse(text)
        .ok_or_else(|| Error::new(Code::ReceiptMalformed, "a receipt is a JSON object"))?;
    for (name, _) in object.members() {
        let name = name.to_text();
        if !MEMBERS.contains(&&*name) {
            return Err(Error::new(Code::ReceiptMalformed, "a member of the receipt is not known")
                .with_text("member", name));
        }
    }
    let joined = join(object)?;
    Ok((object, joined))
}

fn join(object: Object<'_>) -> Result<String> {
    if plain(object, "version") != Some("0.1") {
        return Err(malformed("the version is not \"0.1\"", "version"));
    }
    let hash = plain(object, "module_hash")
        .filter(|hash| from_hex::<32>(hash.strip_prefix("sha256:").unwrap_or(hash).as_bytes()).is_some())
        .ok_or_else(|| {
            malformed("module_hash is not 64 lower-case hex digits, perhaps behind sha256:", "module_hash")
        })?;
    let exit_code = integer(object, "exit_code", i64::from(u32::MAX))?;
    let wall_time = integer(object, "wall_time_ms", MAX_SAFE_INTEGER)?;
    let timestamp = integer(object, "timestamp", MAX_SAFE_INTEGER)?;
    Ok(format!("0.1|{hash}|{exit_code}|{wall_time}|{timestamp}"))
}

/// `node_pubkey` is the expected key.
fn check_key(object: Object<'_>, expected: &str) -> Result<()> {
    let named = plain(object, "node_pubkey")
        .filter(|hex| from_hex::<32>(hex.as_bytes()).is_some())
        .ok_or_else(|| malformed("node_pubkey is not 64 lower-case hex digits", "node_pubkey"))?;
    if named == expected {
        Ok(())
    } else {
        Err(Error::new(Code::KeyMismatch, "node_pubkey is not the expected key"))
    }
}

fn ed25519(key: &PublicKey) -> Result<String> {
    if key.algorithm() == Algorithm::EdDsa {
        key.to_hex()
    } else {
        Err(Error::new(Code::AlgorithmUnsupported, "receipts are signed with Ed25519"))
    }
}

fn integer(object: Object<'_>, name: &'static str, max: i64) -> Result<i64> {
    object
        .member(name)
        .and_then(|value| value.as_integer())
        .filter(|number| (0..=max).contains(number))
        .ok_or_else(|| malformed("a member of the receipt is not an integer in its range", name))
}

fn plain<'a>(object: Object<'a>, name: &str) -> Option<&'a str> {
    object.member(name)?.as_text()?.plain()
}

fn malformed(message: &'static str, member: &'static str) -> Error {
    Error::new(Code::ReceiptMalformed, message).with_text("member", member)
}
