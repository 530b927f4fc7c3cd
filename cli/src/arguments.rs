//! What can be typed: the verbs and their options.

mod card;
mod jws;
mod key;
mod proxy;
mod request;
mod result;
mod trust;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::input::Source;
pub(crate) use card::{Card, CardDiagnose, CardSign, CardVerify};
pub(crate) use jws::{Jws, JwsInspect, JwsSign, JwsVerify};
pub(crate) use key::{Jwks, JwksBuild, Key, KeyConvert, KeyForm, KeyInput, KeyNew, KeyPublic, PublicForm};
pub(crate) use proxy::Proxy;
pub(crate) use request::{Request, RequestSign, RequestVerify, Target};
pub(crate) use result::{Config, ConfigVerify, Profile, ResultSign, ResultVerb, ResultVerify};
pub(crate) use trust::{Trust, TrustedKeys};

/// Canonicalize (RFC 8785), sign and verify JSON.
///
/// Every verb reads FILE, or standard input where FILE is `-` or absent.
#[derive(Debug, Parser)]
#[command(
    name = "samebyte",
    version,
    max_term_width = 100,
    after_help = "Exit codes: 0 valid or done, 1 invalid or refused input, 2 wrong usage or policy, \
                  4 input/output failed."
)]
pub(crate) struct Arguments {
    /// Write results and errors as one JSON object on standard output.
    #[arg(long, global = true)]
    pub(crate) json: bool,

    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Write the canonical bytes of a JSON text and nothing else (no line feed).
    Canonicalize(Canonicalize),
    /// Write the SHA-256 of the canonical bytes of a JSON text, in lower-case hex.
    Hash(Canonicalize),
    /// Make, show and convert keys.
    #[command(subcommand)]
    Key(Key),
    /// Build and check sets of public keys.
    #[command(subcommand)]
    Jwks(Jwks),
    /// Sign and verify any JSON object.
    #[command(subcommand)]
    Document(Document),
    /// Sign, verify and authorize jobs.
    #[command(subcommand)]
    Job(Job),
    /// Sign and verify receipts of version 0.1.
    #[command(subcommand)]
    Receipt(Receipt),
    /// Sign and verify results of back ends.
    #[command(subcommand)]
    Result(ResultVerb),
    /// Sign and verify configurations of back ends.
    #[command(subcommand)]
    Config(Config),
    /// Sign, verify and explain HTTP requests.
    #[command(subcommand)]
    Request(Request),
    /// Sign, verify and look into JSON Web Signatures (RFC 7515).
    #[command(subcommand)]
    Jws(Jws),
    /// Sign and verify A2A Agent Cards.
    #[command(subcommand)]
    Card(Card),
    /// Run a reverse proxy that verifies signed requests and signs responses.
    Proxy(Proxy),
}

#[derive(Debug, Args)]
pub(crate) struct Canonicalize {
    /// What a number means: the nearest double (RFC 8785), or exactly what is written, else it is refused.
    #[arg(long, value_enum, default_value_t = NumberPolicy::Ieee754)]
    pub(crate) numbers: NumberPolicy,

    /// Refuse inputs of more bytes than this [default: 16777216].
    #[arg(long, value_name = "N")]
    pub(crate) max_bytes: Option<u64>,

    /// Refuse arrays and objects nested deeper than this [default: 128].
    #[arg(long, value_name = "N")]
    pub(crate) max_depth: Option<u64>,

    #[command(flatten)]
    pub(crate) input: Input,
}

/// The number policies of the door, for clap to list.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum NumberPolicy {
    Ieee754,
    Exact,
}

/// The last argument of almost every verb.
#[derive(Debug, Args)]
pub(crate) struct Input {
    /// The file to read; `-` is standard input.
    #[arg(value_name = "FILE", default_value = "-")]
    pub(crate) file: Source,
}

/// The key that signs.
#[derive(Debug, Args)]
pub(crate) struct Signer {
    /// The private key: a JWK (first byte `{`) or PKCS#8 PEM (first bytes `-----BEGIN`).
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Source,

    #[command(flatten)]
    pub(crate) password: Password,
}

/// The password of an encrypted key file. It is never an argument: those can be read by others.
#[derive(Debug, Args)]
pub(crate) struct Password {
    /// The file whose first line is the password of the key file.
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<Source>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Document {
    /// Write the canonical document with one more signature.
    Sign(DocumentSign),
    /// Verify a document with the keys that are trusted, and write what was verified.
    Verify(DocumentVerify),
}

#[derive(Debug, Args)]
pub(crate) struct DocumentSign {
    #[command(flatten)]
    pub(crate) signer: Signer,

    /// What the document is; the media type is part of what is signed.
    #[arg(long = "type", value_name = "MEDIA_TYPE")]
    pub(crate) media_type: String,

    #[command(flatten)]
    pub(crate) input: Input,
}

#[derive(Debug, Args)]
pub(crate) struct DocumentVerify {
    /// A trusted public key, JWK or SPKI PEM; repeat for several.
    #[arg(long = "public-key", value_name = "FILE", required = true)]
    pub(crate) public_keys: Vec<Source>,

    /// How many of the trusted keys must have signed [default: 1].
    #[arg(long, value_name = "N")]
    pub(crate) threshold: Option<u64>,

    /// What the document must be.
    #[arg(long = "type", value_name = "MEDIA_TYPE")]
    pub(crate) media_type: String,

    #[command(flatten)]
    pub(crate) input: Input,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Job {
    /// Write the canonical job with one more signature.
    Sign(JobSign),
    /// Verify every signature of a job and write the job; this proves possession of keys, not permission.
    Verify(Input),
    /// Verify a job and list its distinct public keys; this proves possession, not permission.
    Signatories(Input),
    /// Verify a job, hold its signers and times against a policy, and write the job.
    Authorize(JobAuthorize),
}

#[derive(Debug, Args)]
pub(crate) struct JobSign {
    #[command(flatten)]
    pub(crate) signer: Signer,

    #[command(flatten)]
    pub(crate) input: Input,
}

#[derive(Debug, Args)]
pub(crate) struct JobAuthorize {
    /// The policy of whoever runs the job (JSON).
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Source,

    /// The time to decide for, as RFC 3339 in UTC or Unix seconds [default: now].
    #[arg(long, value_name = "TIME", allow_negative_numbers = true)]
    pub(crate) now: Option<String>,

    #[command(flatten)]
    pub(crate) input: Input,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Receipt {
    /// Write the canonical receipt with `node_pubkey` and `signature` filled in.
    Sign(ReceiptSign),
    /// Verify a receipt with the expected key and write it.
    Verify(ReceiptVerify),
}

#[derive(Debug, Args)]
pub(crate) struct ReceiptSign {
    #[command(flatten)]
    pub(crate) signer: Signer,

    #[command(flatten)]
    pub(crate) input: Input,
}

#[derive(Debug, Args)]
pub(crate) struct ReceiptVerify {
    /// The Ed25519 key that is expected, 64 lower-case hex digits; the one inside the receipt is never trusted.
    #[arg(long, value_name = "HEX")]
    pub(crate) public_key: String,

    #[command(flatten)]
    pub(crate) input: Input,
}
