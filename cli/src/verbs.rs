//! What each verb does: read, one call into the library, an outcome.

mod card;
mod document;
mod job;
mod json;
mod jwks;
mod jws;
mod key;
mod proxy;
mod receipt;
mod request;
mod result;

use crate::arguments::{Arguments, Verb};
use crate::failure::Result;
use crate::output::Outcome;

/// Carries out what was typed.
pub(crate) fn run(arguments: Arguments) -> Result<Outcome> {
    match arguments.verb {
        Verb::Canonicalize(arguments) => json::canonicalize(&arguments),
        Verb::Hash(arguments) => json::hash(&arguments),
        Verb::Key(verb) => key::run(verb),
        Verb::Jwks(verb) => jwks::run(verb),
        Verb::Document(verb) => document::run(verb),
        Verb::Job(verb) => job::run(verb),
        Verb::Receipt(verb) => receipt::run(verb),
        Verb::Result(verb) => result::run(verb),
        Verb::Config(verb) => result::run_config(verb),
        Verb::Request(verb) => request::run(verb),
        Verb::Jws(verb) => jws::run(verb),
        Verb::Card(verb) => card::run(verb),
        Verb::Proxy(arguments) => proxy::run(arguments),
    }
}
