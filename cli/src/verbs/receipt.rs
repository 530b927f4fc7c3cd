//! `receipt sign` and `receipt verify`.

use samebyte::api;

use crate::arguments::{Receipt, ReceiptSign, ReceiptVerify};
use crate::failure::Result;
use crate::input::MAX_BYTES;
use crate::keys;
use crate::output::Outcome;

/// The only algorithm of receipts of version 0.1.
const ALGORITHM: &str = "EdDSA";

pub(super) fn run(verb: Receipt) -> Result<Outcome> {
    match verb {
        Receipt::Sign(arguments) => sign(&arguments),
        Receipt::Verify(arguments) => verify(&arguments),
    }
}

fn sign(arguments: &ReceiptSign) -> Result<Outcome> {
    let key = keys::signing_key(&arguments.signer.key, &arguments.signer.password)?;
    Ok(Outcome::canonical("receipt", api::receipt_sign(&arguments.input.file.read(MAX_BYTES)?, &key)?))
}

fn verify(arguments: &ReceiptVerify) -> Result<Outcome> {
    let key = api::public_key_from_hex(ALGORITHM, arguments.public_key.as_bytes())?;
    let receipt = api::receipt_verify(&arguments.input.file.read(MAX_BYTES)?, &key)?;
    Ok(Outcome::canonical("receipt", receipt).with_note("valid, signed by the expected key"))
}
