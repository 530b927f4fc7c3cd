#![doc = include_str!("../README.md")]
#![deny(unsafe_code)]

mod body;
mod client;
mod clock;
mod gateway;
mod keys;
mod layer;
mod proxy;
mod store;
mod tls;

pub use body::Body;
pub use client::{Sign, SignLayer, Verified};
pub use gateway::{Event, Gateway, GatewayBuilder};
pub use keys::{FetchFailed, KeySetOptions, fetch_document};
pub use layer::{BoxError, Claims, Identity, Peer, Verify, VerifyLayer};
pub use proxy::{Proxy, ProxyOptions, asked_to_end};
pub use store::{Redis, RedisOptions, ReplayStore, Reserved, Reserving};

/// The example of the guide, as a test.
#[cfg(doctest)]
#[doc = include_str!("../../docs/guide/tower.md")]
struct Guide;
