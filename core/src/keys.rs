//! Private and public keys, the forms they are written in, and whom a caller trusts.

mod der;
mod encrypted;
mod jwk;
mod jwk_writer;
mod jwks;
mod keyset;
mod pem;
mod public;
mod signing;
mod symmetric;
mod thumbprint;
mod verifier;

pub use keyset::Keyset;
pub(crate) use keyset::TrustedKey;
pub use public::PublicKey;
pub(crate) use public::Purpose;
pub use signing::SigningKey;
pub use verifier::{Policy, Verifier, VerifierOptions};

use crate::jcs::Options;

/// No key file is larger: an input above it is refused before it is read.
const MAX_KEY_BYTES: usize = 64 * 1024;

/// How a JWK is read.
pub(crate) fn limits() -> Options {
    Options { max_bytes: MAX_KEY_BYTES, ..Options::exact() }
}

#[cfg(test)]
mod tests;
