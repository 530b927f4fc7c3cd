//! What can be typed after `key` and `jwks`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{Input, Password};
use crate::input::Source;

#[derive(Debug, Subcommand)]
pub(crate) enum Key {
    /// Make a private key in a new file (mode 0600; an existing file is never overwritten).
    New(KeyNew),
    /// Show what may be known of a key file, private or public; the private part is never shown.
    Show(KeyInput),
    /// Write the public key of a key file, private or public.
    Public(KeyPublic),
    /// Write a private key in another form, into a new file.
    Convert(KeyConvert),
    /// Write the RFC 7638 thumbprint of a key file, private or public.
    Thumbprint(KeyInput),
}

#[derive(Debug, Args)]
pub(crate) struct KeyNew {
    /// The algorithm of the key: EdDSA, ES256K, ES256, ES384, ES512, RS256 to PS512, HS256 to HS512.
    #[arg(long)]
    pub(crate) alg: String,

    /// The length of an RSA key [default: 2048].
    #[arg(long, value_name = "N")]
    pub(crate) bits: Option<u64>,

    /// The kid of the key, which only a JWK can hold [default: the thumbprint].
    #[arg(long)]
    pub(crate) kid: Option<String>,

    /// How the key is written [default: pem; jwk for HS256 to HS512].
    #[arg(long = "as", value_enum, value_name = "FORM")]
    pub(crate) form: Option<KeyForm>,

    #[command(flatten)]
    pub(crate) password: Password,

    /// The file to make.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct KeyInput {
    #[command(flatten)]
    pub(crate) password: Password,

    #[command(flatten)]
    pub(crate) input: Input,
}

#[derive(Debug, Args)]
pub(crate) struct KeyPublic {
    /// How the public key is written.
    #[arg(long = "as", value_enum, value_name = "FORM", default_value_t = PublicForm::Jwk)]
    pub(crate) form: PublicForm,

    #[command(flatten)]
    pub(crate) key: KeyInput,
}

#[derive(Debug, Args)]
pub(crate) struct KeyConvert {
    /// How the private key is written.
    #[arg(long = "as", value_enum, value_name = "FORM")]
    pub(crate) form: KeyForm,

    /// The file whose first line is the password of the new file (PEM), which is then encrypted.
    #[arg(long, value_name = "FILE")]
    pub(crate) new_password_file: Option<Source>,

    /// The file to make (mode 0600; an existing file is never overwritten).
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,

    #[command(flatten)]
    pub(crate) key: KeyInput,
}

/// The forms that a private key is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum KeyForm {
    Jwk,
    /// PKCS#8, encrypted where there is a password.
    Pem,
    /// PKCS#8.
    Der,
}

/// The forms that a public key is written in.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum PublicForm {
    Jwk,
    /// SPKI.
    Pem,
    /// SPKI.
    Der,
    /// Ed25519 and secp256k1 alone.
    Hex,
    /// The JWK as sqooler 0.9 spells it.
    Sqooler,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Jwks {
    /// Write the set of the public keys of key files, private or public.
    Build(JwksBuild),
    /// Tell what is wrong with a set of public keys, or will be refused by others.
    Lint(Input),
}

#[derive(Debug, Args)]
pub(crate) struct JwksBuild {
    /// The key files.
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<Source>,
}
