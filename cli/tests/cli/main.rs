//! The command as people and scripts use it: the real binary, its files, its exit codes.

mod adapter;
mod canonicalize;
mod card;
mod document;
mod failures;
mod job;
mod jws;
mod key;
mod openssl;
mod proxy;
mod readme;
mod receipt;
mod request;
mod result;
mod run;
