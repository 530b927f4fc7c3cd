//! What is wrong with an input, and where: small while reading, an [`Error`] with a pointer when it is reported.

use super::pointer;
use crate::error::{Code, Error};

/// A fault of the input at a byte offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) code: Code,
    pub(crate) offset: usize,
    message: &'static str,
}

impl Fault {
    #[cold]
    #[inline(never)]
    pub(crate) fn new(code: Code, offset: usize, message: &'static str) -> Self {
        Self { code, offset, message }
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn syntax(offset: usize, message: &'static str) -> Self {
        Self::new(Code::InvalidJson, offset, message)
    }

    /// The error to report: with the offset, and with the pointer to what `input` holds there.
    #[cold]
    pub(crate) fn into_error(self, input: &[u8]) -> Error {
        let pointer = match self.code {
            Code::DuplicateMember => pointer::of_member(input, self.offset),
            _ => pointer::of_offset(input, self.offset),
        };
        Error::new(self.code, self.message).with_number("offset", self.offset).with_text("pointer", pointer)
    }
}
