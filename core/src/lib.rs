//! Canonicalize (RFC 8785), sign and verify JSON with identical bytes in every language.
#![deny(unsafe_code)]

pub mod error;
pub mod jcs;
mod json;

pub use error::{Code, Error, Kind, Result};
