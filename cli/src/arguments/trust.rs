//! Whom a verb trusts, and for what: the options that `jws verify` and `card` share.

use clap::{Args, ValueEnum};

use crate::input::Source;

/// The keys that are trusted, and the rules for their signatures.
#[derive(Debug, Args)]
#[command(next_help_heading = "Trust")]
pub(crate) struct Trust {
    #[command(flatten)]
    pub(crate) keys: TrustedKeys,

    /// An algorithm that is allowed; repeat for several, or join them by commas [default: those of the keys].
    #[arg(long = "alg", value_name = "ALG", value_delimiter = ',')]
    pub(crate) algorithms: Vec<String>,

    /// Which of several signatures must verify; one alone must in any case.
    #[arg(long, value_enum, conflicts_with_all = ["threshold", "kids"])]
    pub(crate) policy: Option<Policy>,

    /// How many of the trusted keys must have signed.
    #[arg(long, value_name = "N", conflicts_with = "kids")]
    pub(crate) threshold: Option<u64>,

    /// A key that must have signed, by its kid; repeat for several.
    #[arg(long = "kid", value_name = "KID")]
    pub(crate) kids: Vec<String>,

    /// The `typ` that a signature must have.
    #[arg(long)]
    pub(crate) typ: Option<String>,

    /// A critical header that is understood; repeat for several.
    #[arg(long, value_name = "NAME")]
    pub(crate) crit: Vec<String>,

    /// Refuse ECDSA secp256k1 signatures with the high S.
    #[arg(long)]
    pub(crate) require_low_s: bool,
}

/// Where the keys come from.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub(crate) struct TrustedKeys {
    /// A trusted public key, JWK or SPKI PEM; repeat for several.
    #[arg(long = "jwk", visible_alias = "public-key", value_name = "FILE", conflicts_with = "jwks")]
    pub(crate) public: Vec<Source>,

    /// A trusted secret for HS256, HS384 and HS512: a JWK with `kty` `oct`; repeat for several.
    #[arg(long = "symmetric-jwk", value_name = "FILE", conflicts_with = "jwks")]
    pub(crate) symmetric: Vec<Source>,

    /// A set of trusted public keys (JWKS).
    #[arg(long, value_name = "FILE")]
    pub(crate) jwks: Option<Source>,
}

/// Rules for several signatures.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Policy {
    /// Every one verifies with a trusted key.
    All,
    /// At least one does.
    Any,
}
