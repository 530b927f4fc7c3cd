//! Keys from files. The form is decided by the first bytes, and by nothing else: `{` is a JWK, `-----BEGIN` is PEM.

use samebyte::api::{self, Code, Error, PublicKey, SigningKey};
use serde::Deserialize;
use serde::de::IgnoredAny;

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

/// The private key in a file.
pub(crate) fn signing_key(source: &Source) -> Result<SigningKey> {
    let key = parse_signing_key(&key_file::read(source)?)?;
    key_file::warn_if_exposed(source);
    Ok(key)
}

/// The public key in a file; one that holds a private key is refused.
pub(crate) fn public_key(source: &Source) -> Result<PublicKey> {
    parse_public_key(&key_file::read(source)?)
}

/// The private key in a file, where a JWK is in the spelling of sqooler.
pub(crate) fn sqooler_signing_key(source: &Source) -> Result<SigningKey> {
    let content = key_file::read(source)?;
    let key = match Form::of(&content)? {
        Form::Jwk => api::sqooler_key_from_jwk(&content)?,
        Form::Pem => api::key_from_pem(&content, None)?,
    };
    key_file::warn_if_exposed(source);
    Ok(key)
}

/// The public key in a file, where a JWK is in the spelling of sqooler.
pub(crate) fn sqooler_public_key(source: &Source) -> Result<PublicKey> {
    let content = key_file::read(source)?;
    Ok(match Form::of(&content)? {
        Form::Jwk => api::sqooler_public_key_from_jwk(&content)?,
        Form::Pem => api::public_key_from_pem(&content, None)?,
    })
}

/// The public part of the key in a file, and whether the file holds the private one too.
pub(crate) fn public_part(source: &Source) -> Result<(PublicKey, bool)> {
    let content = key_file::read(source)?;
    if !holds_private_key(&content)? {
        return Ok((parse_public_key(&content)?, false));
    }
    let key = parse_signing_key(&content)?;
    key_file::warn_if_exposed(source);
    Ok((api::key_public(&key)?, true))
}

fn parse_signing_key(content: &[u8]) -> Result<SigningKey> {
    Ok(match Form::of(content)? {
        Form::Jwk => api::key_from_jwk(content, None)?,
        Form::Pem => api::key_from_pem(content, None)?,
    })
}

fn parse_public_key(content: &[u8]) -> Result<PublicKey> {
    Ok(match Form::of(content)? {
        Form::Jwk => api::public_key_from_jwk(content, None)?,
        Form::Pem => api::public_key_from_pem(content, None)?,
    })
}

/// Which of the two readers to ask: the PEM label, or the presence of `d`, whose value is skipped and not copied. A
/// text that is no JWK at all goes to the reader of public keys, which says what is wrong with it.
fn holds_private_key(content: &[u8]) -> Result<bool> {
    #[derive(Deserialize)]
    struct Jwk {
        d: Option<IgnoredAny>,
    }
    Ok(match Form::of(content)? {
        Form::Jwk => serde_json::from_slice::<Jwk>(content).is_ok_and(|jwk| jwk.d.is_some()),
        Form::Pem => !content.starts_with(b"-----BEGIN PUBLIC KEY-----"),
    })
}
