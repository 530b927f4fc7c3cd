//! What can be typed after `card`.

use clap::{Args, Subcommand, ValueEnum};

use super::trust::Trust;
use super::{Input, Signer};

#[derive(Debug, Subcommand)]
pub(crate) enum Card {
    /// Write the canonical Agent Card with one more signature.
    Sign(CardSign),
    /// Verify an Agent Card, and write the card that the signature covers.
    Verify(Box<CardVerify>),
    /// Tell why an Agent Card verifies, or does not, in each form.
    Diagnose(Box<CardDiagnose>),
}

/// How an Agent Card becomes the bytes that are signed.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Form {
    /// As the official SDKs do.
    Sdk,
    /// As section 8.4.1 of the specification says.
    Spec,
    /// As it is served, without `signatures`.
    Raw,
}

/// What to do with a card whose forms would differ.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Portability {
    /// Name the members that make the difference, and sign nothing.
    Refuse,
    /// Take those members out.
    Strip,
    /// Sign once for each form.
    Each,
}

#[derive(Debug, Args)]
pub(crate) struct CardSign {
    #[command(flatten)]
    pub(crate) signer: Signer,

    /// What to do with a card whose forms would differ [default: refuse].
    #[arg(long, value_enum, conflicts_with = "form")]
    pub(crate) portability: Option<Portability>,

    /// Sign this form alone, whatever the others would be.
    #[arg(long, value_enum)]
    pub(crate) form: Option<Form>,

    /// Where the public key is found (`jku`); verifiers with trusted keys never look there.
    #[arg(long, value_name = "URL")]
    pub(crate) jku: Option<String>,

    #[command(flatten)]
    pub(crate) input: Input,
}

#[derive(Debug, Args)]
pub(crate) struct CardVerify {
    /// How the card becomes the bytes that were signed.
    #[arg(long, value_enum)]
    pub(crate) form: Form,

    #[command(flatten)]
    pub(crate) trust: Trust,

    #[command(flatten)]
    pub(crate) input: Input,
}

#[derive(Debug, Args)]
pub(crate) struct CardDiagnose {
    #[command(flatten)]
    pub(crate) trust: Trust,

    #[command(flatten)]
    pub(crate) input: Input,
}
