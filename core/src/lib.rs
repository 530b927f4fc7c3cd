#![doc = include_str!("../README.md")]
#![deny(unsafe_code)]

pub mod agent_card;
pub mod algorithms;
pub mod api;
pub mod document;
mod encoding;
pub mod error;
pub mod http;
pub mod jcs;
pub mod job;
mod json;
pub mod jws;
pub mod keys;
mod options;
mod parallel;
pub mod receipt;
pub mod replay;
pub mod result;
#[cfg(test)]
mod testing;
pub mod time;

pub use error::{Code, Error, Kind, Result};

/// The example of Rust in the README of the repository, as a test.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
