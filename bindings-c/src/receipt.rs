//! Receipts of version 0.1.

use std::ffi::c_char;

use samebyte::api;

use crate::border;
use crate::bytes::sb_bytes;
use crate::error::sb_error;
use crate::public_key::sb_public_key;
use crate::signing_key::sb_signing_key;

/// Signs a receipt of version 0.1 with an Ed25519 key; `node_pubkey` and `signature` are filled in.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_receipt_sign(
    receipt: *const c_char,
    receipt_length: usize,
    key: *const sb_signing_key,
    signed_receipt: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(signed_receipt, error, || {
            let receipt = border::input(receipt, receipt_length)?;
            let key = border::handle(key)?;
            api::receipt_sign(receipt, &key.0).map(sb_bytes::new)
        })
    }
}

/// Verifies a receipt of version 0.1 with the expected key; the key inside the receipt is never trusted. The result is
/// the canonical receipt.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_receipt_verify(
    receipt: *const c_char,
    receipt_length: usize,
    public_key: *const sb_public_key,
    verified_receipt: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(verified_receipt, error, || {
            let receipt = border::input(receipt, receipt_length)?;
            let public_key = border::handle(public_key)?;
            api::receipt_verify(receipt, &public_key.0).map(sb_bytes::new)
        })
    }
}

/// The text `version|module_hash|exit_code|wall_time_ms|timestamp`, whose SHA-256 a receipt signs.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_receipt_canonical_representation(
    receipt: *const c_char,
    receipt_length: usize,
    canonical: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(canonical, error, || {
            let receipt = border::input(receipt, receipt_length)?;
            api::receipt_canonical_representation(receipt).map(sb_bytes::new)
        })
    }
}
