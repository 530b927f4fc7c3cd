//! Private and public keys, and the forms they are written in.

mod jwk;
mod pem;
mod public;
mod secret;
mod thumbprint;

pub use public::PublicKey;
pub(crate) use public::decode_hex;
pub use secret::SigningKey;

use crate::jcs::Options;

/// No key file is larger: an input above it is refused before it is read.
const MAX_KEY_BYTES: usize = 64 * 1024;

/// How a JWK is read.
pub(crate) fn limits() -> Options {
    Options { max_bytes: MAX_KEY_BYTES, ..Options::exact() }
}
