//! JSON Web Signatures: RFC 7515, with detached (appendix F) and unencoded (RFC 7797) payloads.
//!
//! [`sign`] and [`verify`] know the compact, the flattened and the general serialization. A key is chosen from those
//! that a [`Verifier`](crate::keys::Verifier) trusts, by the `kid` of a header; an algorithm must be one that the key
//! permits and the verifier allows. What else a header says (`jwk`, `jku`, `x5c` and the like) selects nothing.
//!
//! [`prepare`] and [`finish`] sign with a key that is somewhere else, [`inspect`] shows a JWS without trusting it.

mod draft;
pub(crate) mod entry;
mod external;
mod header;
mod inspect;
pub(crate) mod payload;
mod protected;
pub(crate) mod serialization;
pub(crate) mod sign;
mod verify;

pub use external::{finish, prepare};
pub use inspect::inspect;
pub use protected::{HeaderOptions, Kid};
pub use serialization::Serialization;
pub use sign::{SignOptions, append, sign};
pub use verify::{VerifiedJws, verify};
