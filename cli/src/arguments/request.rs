//! What can be typed after `request`.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};

use super::Signer;
use crate::input::Source;

#[derive(Debug, Subcommand)]
pub(crate) enum Request {
    /// Sign an HTTP request, and write the line of its signature.
    Sign(Box<RequestSign>),
    /// Verify a signed HTTP request as a gateway would, and write its body. Whether its nonce was used is not looked up.
    Verify(Box<RequestVerify>),
    /// Tell what every check of a gateway finds in a signed HTTP request.
    Explain(Box<RequestVerify>),
}

/// The request, but for its body.
#[derive(Debug, Args)]
#[command(next_help_heading = "Request")]
pub(crate) struct Target {
    /// The method.
    #[arg(long, value_name = "METHOD")]
    pub(crate) method: String,

    /// The absolute URL, with its query.
    #[arg(long, value_name = "URL")]
    pub(crate) url: String,

    /// A header field of the request; repeat for several.
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE")]
    pub(crate) fields: Vec<String>,

    /// The body; `-` is standard input. Without it the request has none.
    #[arg(value_name = "FILE")]
    pub(crate) body: Option<Source>,
}

#[derive(Debug, Args)]
pub(crate) struct RequestSign {
    #[command(flatten)]
    pub(crate) signer: Signer,

    #[command(flatten)]
    pub(crate) target: Target,

    /// The gateway that the request is for [default: the origin of the URL].
    #[arg(long, value_name = "AUDIENCE")]
    pub(crate) aud: Option<String>,

    /// The tenant that the key belongs to.
    #[arg(long, value_name = "TENANT")]
    pub(crate) iss: Option<String>,

    /// How many seconds the request is valid [default: 60].
    #[arg(long, value_name = "SECONDS")]
    pub(crate) ttl: Option<u64>,

    /// A header field that is bound; repeat for several, or join them by commas.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) bind: Vec<String>,

    /// The nonce [default: 128 random bits].
    #[arg(long, value_name = "NONCE")]
    pub(crate) nonce: Option<String>,

    /// The time to sign for, as RFC 3339 in UTC or Unix seconds [default: now].
    #[arg(long, value_name = "TIME")]
    pub(crate) now: Option<String>,

    /// Write the body to send into this file.
    #[arg(long, value_name = "FILE")]
    pub(crate) body_out: Option<PathBuf>,

    /// Write the whole request as options for `curl --config -`.
    #[arg(long, conflicts_with = "body_out")]
    pub(crate) curl: bool,
}

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("trusted").required(true).multiple(true)))]
pub(crate) struct RequestVerify {
    /// The settings of the gateway (JSON).
    #[arg(long, value_name = "FILE", group = "trusted", conflicts_with_all = ["public", "jwks", "audiences"])]
    pub(crate) settings: Option<Source>,

    /// A trusted public key, JWK or SPKI PEM; repeat for several.
    #[arg(
        long = "jwk",
        visible_alias = "public-key",
        value_name = "FILE",
        group = "trusted",
        conflicts_with = "jwks"
    )]
    pub(crate) public: Vec<Source>,

    /// A set of trusted public keys (JWKS).
    #[arg(long, value_name = "FILE", group = "trusted")]
    pub(crate) jwks: Option<Source>,

    /// A name that the request may be for; repeat for several [default: the origin of the URL].
    #[arg(long = "aud", value_name = "AUDIENCE")]
    pub(crate) audiences: Vec<String>,

    #[command(flatten)]
    pub(crate) target: Target,

    /// The time to decide for, as RFC 3339 in UTC or Unix seconds [default: now].
    #[arg(long, value_name = "TIME")]
    pub(crate) now: Option<String>,
}
