//! The context that signatures are made with.
//!
//! libsecp256k1 blinds what it computes with a secret by a random point that its context holds. The functions of the
//! `secp256k1` crate draw a new one after each signature, which costs as much as the signature; here the context gets
//! one from the operating system when it is made, as libsecp256k1 asks. The crate offers that through the C function
//! alone (ADR 0005).

#![allow(unsafe_code, reason = "the C function is the only one that signs with a context of our own")]

use std::sync::OnceLock;

use secp256k1::ecdsa::Signature;
use secp256k1::{Secp256k1, SignOnly, ffi};
use zeroize::Zeroizing;

/// The deterministic signature (RFC 6979) of a digest, with the low S. `scalar` was checked when the key was made.
pub(super) fn sign(digest: &[u8; 32], scalar: &[u8; 32]) -> Signature {
    // SAFETY: all bytes of a signature may be zero, and they are written before they are read.
    let mut signature = unsafe { ffi::Signature::new() };
    // SAFETY: the context lives as long as the process and is not changed after it is made, so that threads may share it
    // (secp256k1.h); digest and scalar are 32 bytes long, as the function reads them; the signature is one to write to;
    // without data of its own the nonce function takes a null pointer.
    let made = unsafe {
        ffi::secp256k1_ecdsa_sign(
            context().ctx().as_ptr(),
            &raw mut signature,
            digest.as_ptr(),
            scalar.as_ptr(),
            ffi::secp256k1_nonce_function_rfc6979,
            std::ptr::null(),
        )
    };
    assert_eq!(made, 1, "a scalar that was checked signs every digest");
    Signature::from(signature)
}

fn context() -> &'static Secp256k1<SignOnly> {
    static CONTEXT: OnceLock<Secp256k1<SignOnly>> = OnceLock::new();
    CONTEXT.get_or_init(|| {
        let mut context = Secp256k1::signing_only();
        let mut seed = Zeroizing::new([0; 32]);
        // Without random bytes the context stays as it is: constant in time, and without the second line of defence.
        if getrandom::fill(&mut seed[..]).is_ok() {
            context.seeded_randomize(&seed);
        }
        context
    })
}
