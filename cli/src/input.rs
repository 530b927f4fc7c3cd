//! Reading files and standard input, never much more than the limit allows.

use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

use crate::failure::{Failure, Result};

/// The limit of the reader unless another is given (16 MiB).
pub(crate) const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// Where input comes from.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    Standard,
    File(PathBuf),
}

impl From<OsString> for Source {
    fn from(name: OsString) -> Self {
        if name == "-" { Self::Standard } else { Self::File(name.into()) }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Standard => formatter.write_str("standard input"),
            Self::File(path) => path.display().fmt(formatter),
        }
    }
}

/// A compact JWS on the command line, or where a JWS is read from.
#[derive(Clone, Debug)]
pub(crate) enum Token {
    Text(String),
    Source(Source),
}

impl From<OsString> for Token {
    /// Three segments of base64url of which the first begins as that of a JSON object does are a token; a file of such a
    /// name is reached by `./NAME`.
    fn from(argument: OsString) -> Self {
        let segment =
            |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        match argument.to_str() {
            Some(text)
                if text.starts_with("ey") && text.split('.').count() == 3 && text.split('.').all(segment) =>
            {
                Self::Text(text.to_owned())
            }
            _ => Self::Source(argument.into()),
        }
    }
}

impl Token {
    /// The JWS. The line feed behind a token in a file is not part of it.
    pub(crate) fn read(&self) -> Result<Vec<u8>> {
        match self {
            Self::Text(text) => Ok(text.as_bytes().to_vec()),
            Self::Source(source) => {
                let mut content = source.read(MAX_BYTES)?;
                if let Some(line) = content.strip_suffix(b"\n") {
                    content.truncate(line.strip_suffix(b"\r").unwrap_or(line).len());
                }
                Ok(content)
            }
        }
    }
}

impl Source {
    /// The content, but at most `limit` bytes and one more: enough for the library to see that it is too large.
    pub(crate) fn read(&self, limit: u64) -> Result<Vec<u8>> {
        let mut content = Vec::new();
        self.read_into(&mut content, limit)?;
        Ok(content)
    }

    /// The same into a buffer that the caller made.
    pub(crate) fn read_into(&self, content: &mut Vec<u8>, limit: u64) -> Result<()> {
        let limit = limit.saturating_add(1);
        match self {
            Self::Standard => io::stdin().lock().take(limit).read_to_end(content),
            Self::File(path) => File::open(path).and_then(|file| file.take(limit).read_to_end(content)),
        }
        .map(drop)
        .map_err(|error| Failure::io(self, error))
    }
}
