//! What can be typed after `jws`.

use clap::{Args, Subcommand, ValueEnum};

use super::trust::Trust;
use super::{Input, NumberPolicy, Signer};
use crate::input::{Source, Token};

#[derive(Debug, Subcommand)]
pub(crate) enum Jws {
    /// Sign FILE, and write the JWS.
    Sign(Box<JwsSign>),
    /// Verify a JWS with the keys that are trusted, and write its payload.
    Verify(Box<JwsVerify>),
    /// Tell what a JWS says of itself. Nothing of it is verified.
    Inspect(JwsInspect),
}

/// How a JWS is written down (RFC 7515 section 7).
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Serialization {
    Compact,
    Flattened,
    General,
}

#[derive(Debug, Args)]
pub(crate) struct JwsSign {
    #[command(flatten)]
    pub(crate) signer: Signer,

    /// The algorithm, where the key permits several [default: that of the key].
    #[arg(long)]
    pub(crate) alg: Option<String>,

    /// How the JWS is written down.
    #[arg(long, value_enum, default_value_t = Serialization::Compact)]
    pub(crate) serialization: Serialization,

    /// Leave the payload out of the JWS.
    #[arg(long)]
    pub(crate) detached: bool,

    /// Sign the payload as it is, not in base64url (`b64` false, RFC 7797).
    #[arg(long)]
    pub(crate) unencoded: bool,

    /// The payload is JSON: sign its canonical text under this number policy.
    #[arg(long, value_enum, value_name = "NUMBERS")]
    pub(crate) canonicalize: Option<NumberPolicy>,

    /// The `typ` of the header.
    #[arg(long)]
    pub(crate) typ: Option<String>,

    /// The `kid` of the header [default: that of the key].
    #[arg(long, conflicts_with = "no_kid")]
    pub(crate) kid: Option<String>,

    /// Write no `kid`.
    #[arg(long)]
    pub(crate) no_kid: bool,

    /// More members of the protected header, a JSON object.
    #[arg(long, value_name = "JSON")]
    pub(crate) header: Option<String>,

    /// The unprotected header, a JSON object; nobody should rely on it.
    #[arg(long, value_name = "JSON")]
    pub(crate) unprotected: Option<String>,

    #[command(flatten)]
    pub(crate) input: Input,
}

#[derive(Debug, Args)]
pub(crate) struct JwsVerify {
    #[command(flatten)]
    pub(crate) trust: Trust,

    /// The payload, where it is detached.
    #[arg(long, value_name = "FILE")]
    pub(crate) payload: Option<Source>,

    /// The detached payload is JSON, and its canonical text under this number policy was signed.
    #[arg(long, value_enum, value_name = "NUMBERS", requires = "payload")]
    pub(crate) canonicalize: Option<NumberPolicy>,

    /// A compact token, or the file of a JWS; `-` is standard input.
    #[arg(value_name = "TOKEN|FILE", default_value = "-")]
    pub(crate) jws: Token,
}

#[derive(Debug, Args)]
pub(crate) struct JwsInspect {
    /// A compact token, or the file of a JWS; `-` is standard input.
    #[arg(value_name = "TOKEN|FILE", default_value = "-")]
    pub(crate) jws: Token,
}
