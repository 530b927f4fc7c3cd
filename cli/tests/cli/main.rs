//! The command as people and scripts use it: the real binary, its files, its exit codes.

mod adapter;
mod canonicalize;
mod document;
mod failures;
mod job;
mod key;
mod openssl;
mod readme;
mod receipt;
mod result;
mod run;
