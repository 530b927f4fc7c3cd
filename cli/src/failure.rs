//! Why the command ends without success, and with which exit code.

use std::fmt::Display;
use std::io;

use samebyte::api::{Code, Error, Kind};

/// A result of this command.
pub(crate) type Result<T, E = Failure> = std::result::Result<T, E>;

/// Why nothing was verified, signed or written.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The library refused.
    Refused(Error),
    /// The operating system refused, for this file.
    Io { file: String, error: io::Error },
}

impl Failure {
    /// A failure of the operating system with a file; the name is for people.
    pub(crate) fn io(file: impl Display, error: io::Error) -> Self {
        Self::Io { file: file.to_string(), error }
    }

    /// A fault of this command itself.
    pub(crate) fn fault() -> Self {
        Error::new(Code::Internal, "a fault inside samebyte; please report it").into()
    }

    /// 1: the input is invalid or refused. 2: the caller's arguments or policy are wrong. 4: the machine failed.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Refused(error) => match error.kind() {
                Kind::Usage => 2,
                Kind::Internal => 4,
                _ => 1,
            },
            Self::Io { .. } => 4,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

/// What clap has to say, on one line.
pub(crate) fn usage(error: &clap::Error) -> Failure {
    let text = error.to_string();
    let first_paragraph: Vec<&str> =
        text.lines().map(str::trim).take_while(|line| !line.is_empty()).collect();
    let message = first_paragraph.join(" ");
    let message = message.strip_prefix("error: ").unwrap_or(&message);
    Error::new(Code::InvalidArgument, format!("{message}; `--help` tells more")).into()
}
