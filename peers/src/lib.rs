//! Other implementations of JSON Web Signatures in Rust, as the tests and the bench of this folder use them.

pub mod josekit;
pub mod jsonwebtoken;
