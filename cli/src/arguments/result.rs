//! What can be typed after `result` and `config`.

use clap::{Args, Subcommand, ValueEnum};

use super::{Input, Signer};
use crate::input::Source;

#[derive(Debug, Subcommand)]
pub(crate) enum ResultVerb {
    /// Write the canonical result with one more signature.
    Sign(ResultSign),
    /// Verify a result that is expected of a back end for a job, and write what was verified.
    Verify(ResultVerify),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    /// Write the canonical configuration with one more signature.
    Sign(ResultSign),
    /// Verify a configuration that is expected of a back end, and write what was verified.
    Verify(ConfigVerify),
}

/// Formats of other programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Profile {
    /// The files and JWKs of sqooler 0.9 (Python).
    Sqooler,
}

#[derive(Debug, Args)]
pub(crate) struct ResultSign {
    #[command(flatten)]
    pub(crate) signer: Signer,

    /// Read the payload alone and write a file of this program; a JWK is then in its spelling.
    #[arg(long, value_enum)]
    pub(crate) profile: Option<Profile>,

    #[command(flatten)]
    pub(crate) input: Input,
}

#[derive(Debug, Args)]
pub(crate) struct ConfigVerify {
    /// A trusted public key, JWK or SPKI PEM; repeat for several.
    #[arg(long = "jwk", visible_alias = "public-key", value_name = "FILE", required = true)]
    pub(crate) public_keys: Vec<Source>,

    /// How many of the trusted keys must have signed [default: 1].
    #[arg(long, value_name = "N", conflicts_with = "profile")]
    pub(crate) threshold: Option<u64>,

    /// The back end that it must be of.
    #[arg(long, value_name = "NAME")]
    pub(crate) display_name: String,

    /// Read a file of this program, which has one signature; a JWK is then in its spelling.
    #[arg(long, value_enum)]
    pub(crate) profile: Option<Profile>,

    #[command(flatten)]
    pub(crate) input: Input,
}

#[derive(Debug, Args)]
pub(crate) struct ResultVerify {
    /// The job that it must be for.
    #[arg(long, value_name = "ID")]
    pub(crate) job_id: String,

    #[command(flatten)]
    pub(crate) expected: ConfigVerify,
}
