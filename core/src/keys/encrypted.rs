//! Encrypted PKCS#8 private keys (RFC 5958 section 3) with PBES2 (RFC 8018 section 6.2).

use der::asn1::OctetStringRef;
use der::{Decode as _, Encode as _, Reader as _, SliceReader};
use pkcs8::pkcs5::pbes2::{EncryptionScheme as Cipher, Kdf, Parameters};
use pkcs8::pkcs5::{self, EncryptionScheme};
use pkcs8::spki::AlgorithmIdentifierRef;
use pkcs8::{EncryptedPrivateKeyInfoRef, PrivateKeyInfoRef};

use super::MAX_KEY_BYTES;
use crate::algorithms::{Secret, random};
use crate::error::{Code, Error, Result};

/// What is written: PBKDF2 with HMAC-SHA-256, which every reader has; the count is the one that OWASP recommends.
const ITERATIONS: u32 = 600_000;
const SALT_BYTES: usize = 16;

/// The most work that a file may ask for: some seconds. The file says how much it wants before anything of it can be
/// verified.
const MOST_ITERATIONS: u32 = 10_000_000;
/// The memory of scrypt is 128·N·r bytes, and 128·p·r more.
const MOST_MEMORY: u64 = 256 << 20;
/// The work of scrypt grows with N·r·p; so much is a few times that of the largest memory.
const MOST_WORK: u64 = 1 << 23;

/// The PKCS#8 structure in an encrypted one.
pub(super) fn open(der: &[u8], password: &[u8]) -> Result<Secret> {
    check_password(password)?;
    let (scheme, ciphertext) = parse(der)?;
    check_cost(&scheme.kdf)?;
    let mut buffer = Secret::new(ciphertext.to_vec());
    let wrong = || Error::new(Code::PasswordWrong, "the password does not open the private key");
    let opened = scheme.decrypt_in_place(password, &mut buffer).map_err(|error| match error {
        pkcs5::Error::DecryptFailed => wrong(),
        _ => Error::new(Code::KeyMalformed, "the parameters of the encryption do not fit each other"),
    });
    let length = opened?.len();
    buffer.truncate(length);
    // One wrong password of 256 leaves bytes that end like plain text. They are no key, however.
    PrivateKeyInfoRef::from_der(&buffer).map_err(|_| wrong())?;
    Ok(buffer)
}

/// The encrypted structure of a PKCS#8 structure.
pub(super) fn close(der: &[u8], password: &[u8]) -> Result<Secret> {
    check_password(password)?;
    if password.is_empty() {
        return Err(Error::new(Code::InvalidArgument, "an empty password protects nothing"));
    }
    let (salt, iv) = (random(SALT_BYTES)?, random(16)?);
    let iv = iv[..].try_into().expect("16 bytes");
    let parameters = Parameters::generate_pbkdf2_sha256_aes256cbc(ITERATIONS, &salt, iv)
        .expect("a salt of 16 bytes is not too long");
    // The last block is padded, and a full one is followed by padding alone.
    let mut buffer = Secret::new(vec![0; (der.len() / 16 + 1) * 16]);
    buffer[..der.len()].copy_from_slice(der);
    let ciphertext = parameters
        .encrypt_in_place(password, &mut buffer, der.len())
        .map_err(|_| Error::new(Code::Internal, "the private key could not be encrypted"))?;
    let info = EncryptedPrivateKeyInfoRef {
        encryption_algorithm: parameters.into(),
        encrypted_data: OctetStringRef::new(ciphertext).expect("a key fits an OCTET STRING"),
    };
    Ok(Secret::new(info.to_der().expect("an encrypted key has DER")))
}

/// The scheme and what is encrypted with it. What is not known is told from what is not well-formed.
fn parse(der: &[u8]) -> Result<(Parameters, &[u8])> {
    if der.len() > MAX_KEY_BYTES {
        return Err(Error::new(Code::TooLarge, "the key file is larger than 64 KiB"));
    }
    let (identifier, ciphertext) =
        split(der).map_err(|_| Error::new(Code::KeyMalformed, "not an encrypted PKCS#8 key"))?;
    let parameters = match EncryptionScheme::try_from(identifier) {
        Ok(EncryptionScheme::Pbes2(parameters)) if !is_broken(&parameters) => parameters,
        _ => {
            return Err(Error::new(
                Code::KeyUnsupported,
                "the encryption of the private key is not supported",
            ));
        }
    };
    Ok((parameters, ciphertext.as_bytes()))
}

/// Whether bytes have the structure, whatever the encryption is.
pub(super) fn is_encrypted(der: &[u8]) -> bool {
    split(der).is_ok()
}

fn split(der: &[u8]) -> der::Result<(AlgorithmIdentifierRef<'_>, &OctetStringRef)> {
    let mut reader = SliceReader::new(der)?;
    let parts = reader.sequence(|inner| {
        let identifier = AlgorithmIdentifierRef::decode(inner)?;
        Ok::<_, der::Error>((identifier, <&OctetStringRef>::decode(inner)?))
    })?;
    reader.finish()?;
    Ok(parts)
}

/// Single DES, which the library would read as well with another feature.
fn is_broken(parameters: &Parameters) -> bool {
    !matches!(
        parameters.encryption,
        Cipher::Aes128Cbc { .. }
            | Cipher::Aes192Cbc { .. }
            | Cipher::Aes256Cbc { .. }
            | Cipher::Aes128Gcm { .. }
            | Cipher::Aes256Gcm { .. }
            | Cipher::DesEde3Cbc { .. }
    )
}

/// What the file asks for is within the limits, and possible.
fn check_cost(kdf: &Kdf) -> Result<()> {
    let costly =
        || Error::new(Code::KeyDerivationTooCostly, "the private key asks for too much work to open it");
    let malformed =
        || Error::new(Code::KeyMalformed, "the parameters of the key derivation are out of range");
    match kdf {
        Kdf::Pbkdf2(parameters) => match parameters.iteration_count {
            0 => Err(malformed()),
            1..=MOST_ITERATIONS => Ok(()),
            _ => Err(costly()),
        },
        Kdf::Scrypt(parameters) => {
            let (n, r, p) = (
                parameters.cost_parameter,
                u64::from(parameters.block_size),
                u64::from(parameters.parallelization),
            );
            if n < 2 || !n.is_power_of_two() || r == 0 || p == 0 {
                return Err(malformed());
            }
            // Overflow is too much of either.
            let memory = n.max(p).checked_mul(r).and_then(|blocks| blocks.checked_mul(128));
            let work = n.checked_mul(r).and_then(|work| work.checked_mul(p));
            if memory.is_none_or(|memory| memory > MOST_MEMORY) || work.is_none_or(|work| work > MOST_WORK) {
                return Err(costly());
            }
            Ok(())
        }
        _ => Err(Error::new(Code::KeyUnsupported, "the key derivation of the private key is not supported")),
    }
}

fn check_password(password: &[u8]) -> Result<()> {
    if password.len() > MAX_KEY_BYTES {
        return Err(Error::new(Code::TooLarge, "the password is larger than 64 KiB"));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
