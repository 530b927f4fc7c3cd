//! Signed requests and responses over HTTP: the profile of `docs/spec/http.md`, without I/O.
//!
//! A request carries a detached JWS (RFC 7515 appendix F) over the canonical form of its body, whose header binds
//! method, target, audience, time and nonce; a response carries one that is bound to the request.
//!
//! [`Gateway`] and [`Exchange`] are the server's side, [`Client`] and [`Call`] the client's. None of them reads, writes, waits
//! or looks at a clock: the host does, and says the time.

mod address;
mod answer;
mod checks;
mod client;
mod environment;
mod exchange;
mod explain;
mod fields;
mod frame;
mod gateway;
mod head;
mod header;
mod media;
mod routes;
mod settings;
mod signer;
mod stamp;
mod target;
mod text;
mod trust;

pub use address::address_is_public;
pub use answer::Answer;
pub use client::{Call, Client, ClientOptions, VerifiedResponse};
pub use environment::settings_from_environment;
pub use exchange::{Exchange, Reservation, Step};
pub use explain::explain;
pub use fields::{Field, lines};
pub use gateway::Gateway;
pub use head::Head;
pub use media::is_streamed;
pub use target::normalize;
