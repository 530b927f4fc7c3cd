//! Keys from files. The form is decided by the first bytes, and by nothing else: `{` is a JWK, `-----BEGIN` is PEM.

use std::borrow::Cow;

use samebyte::api::{self, Code, Error, PublicKey, SigningKey};
use serde::Deserialize;
use serde::de::IgnoredAny;

use zeroize::Zeroizing;

use crate::arguments::Password;
use crate::failure::Result;
use crate::input::Source;
use crate::key_file;

/// The form of a key file.
enum Form {
    Jwk,
    Pem,
}

impl Form {
    fn of(content: &[u8]) -> Result<Self> {
        if content.starts_with(b"{") {
            Ok(Self::Jwk)
        } else if content.starts_with(b"-----BEGIN ") {
            Ok(Self::Pem)
        } else {
            let message = "a key file starts with `{` (JWK) or `-----BEGIN` (PEM)";
            Err(Error::new(Code::KeyMalformed, message).into())
        }
    }
}

/// A key file that may hold either kind of key.
pub(crate) enum Found {
    Private(SigningKey),
    Public(PublicKey),
}

impl Found {
    /// The public key, or that of the private one.
    pub(crate) fn public(&self) -> Result<PublicKey> {
        match self {
            Self::Private(key) => Ok(api::key_public(key)?),
            Self::Public(key) => Ok(key.clone()),
        }
    }
}

/// The private key in a file.
pub(crate) fn signing_key(source: &Source, password: &Password) -> Result<SigningKey> {
    parse_signing_key(&key_file::read(source)?, source, password)
}

/// The public key in a file; one that holds a private key is refused.
pub(crate) fn public_key(source: &Source) -> Result<PublicKey> {
    parse_public_key(&key_file::read(source)?)
}

/// The private key in a file, where a JWK is in the spelling of sqooler.
pub(crate) fn sqooler_signing_key(source: &Source, password: &Password) -> Result<SigningKey> {
    let content = key_file::read(source)?;
    if let Form::Jwk = Form::of(&content)? {
        let key = api::sqooler_key_from_jwk(&content)?;
        key_file::warn_if_exposed(source, "a private key");
        return Ok(key);
    }
    parse_signing_key(&content, source, password)
}

/// The public key in a file, where a JWK is in the spelling of sqooler.
pub(crate) fn sqooler_public_key(source: &Source) -> Result<PublicKey> {
    let content = key_file::read(source)?;
    Ok(match Form::of(&content)? {
        Form::Jwk => api::sqooler_public_key_from_jwk(&content)?,
        Form::Pem => api::public_key_from_pem(&content, None)?,
    })
}

/// The secret in a JWK with `kty` `oct`.
pub(crate) fn symmetric_key(source: &Source) -> Result<SigningKey> {
    let key = api::key_symmetric_from_jwk(&key_file::read(source)?)?;
    key_file::warn_if_exposed(source, "a private key");
    Ok(key)
}

/// The key in a file, whichever it is.
pub(crate) fn any(source: &Source, password: &Password) -> Result<Found> {
    let content = key_file::read(source)?;
    Ok(if holds_private_key(&content)? {
        Found::Private(parse_signing_key(&content, source, password)?)
    } else {
        Found::Public(parse_public_key(&content)?)
    })
}

/// The password that the command line names, if it names one.
pub(crate) fn password(password: &Password) -> Result<Option<Zeroizing<Vec<u8>>>> {
    password.password_file.as_ref().map(first_line).transpose()
}

/// The first line of a file that holds a password, without its end.
pub(crate) fn first_line(source: &Source) -> Result<Zeroizing<Vec<u8>>> {
    let content = key_file::read(source)?;
    key_file::warn_if_exposed(source, "a password");
    let line = content.split(|byte| *byte == b'\n').next().unwrap_or_default();
    Ok(Zeroizing::new(line.strip_suffix(b"\r").unwrap_or(line).to_vec()))
}

fn parse_signing_key(content: &[u8], source: &Source, from: &Password) -> Result<SigningKey> {
    let key = match Form::of(content)? {
        Form::Jwk if is_symmetric(content) => api::key_symmetric_from_jwk(content)?,
        Form::Jwk => api::key_from_jwk(content, None)?,
        Form::Pem if content.starts_with(b"-----BEGIN ENCRYPTED PRIVATE KEY-----") => {
            let password = password(from)?.ok_or_else(|| {
                Error::new(
                    Code::PasswordWrong,
                    "the key file is encrypted: --password-file names its password",
                )
            })?;
            api::key_from_encrypted_pem(content, &password, None)?
        }
        Form::Pem => api::key_from_pem(content, None)?,
    };
    key_file::warn_if_exposed(source, "a private key");
    Ok(key)
}

fn parse_public_key(content: &[u8]) -> Result<PublicKey> {
    Ok(match Form::of(content)? {
        Form::Jwk => api::public_key_from_jwk(content, None)?,
        Form::Pem => api::public_key_from_pem(content, None)?,
    })
}

/// Which of the two readers to ask: the PEM label, or the presence of `d` or `k`, whose value is skipped and not copied. A
/// text that is no JWK at all goes to the reader of public keys, which says what is wrong with it.
fn holds_private_key(content: &[u8]) -> Result<bool> {
    #[derive(Deserialize)]
    struct Jwk {
        d: Option<IgnoredAny>,
        k: Option<IgnoredAny>,
    }
    Ok(match Form::of(content)? {
        Form::Jwk => {
            serde_json::from_slice::<Jwk>(content).is_ok_and(|jwk| jwk.d.is_some() || jwk.k.is_some())
        }
        Form::Pem => !content.starts_with(b"-----BEGIN PUBLIC KEY-----"),
    })
}

/// Whether a JWK is one of a secret. Only who signs is asked for a private key of any kind; where keys are trusted, a secret
/// has an option of its own.
fn is_symmetric(content: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Jwk<'a> {
        #[serde(borrow)]
        kty: Cow<'a, str>,
    }
    serde_json::from_slice::<Jwk<'_>>(content).is_ok_and(|jwk| jwk.kty == "oct")
}
