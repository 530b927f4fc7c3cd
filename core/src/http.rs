//! Signed requests and responses over HTTP: the profile of `docs/spec/http.md`, without I/O.
//!
//! A request carries a detached JWS (RFC 7515 appendix F) over the canonical form of its body, whose header binds
//! method, target, audience, time and nonce; a response carries one that is bound to the request.
// Until the gateway, which uses all of it, is here.
#![allow(dead_code)]

pub(crate) mod address;
mod environment;
pub(crate) mod routes;
pub(crate) mod settings;
pub(crate) mod target;
pub(crate) mod trust;

pub use address::address_is_public;
pub use environment::settings_from_environment;
pub use target::normalize;
