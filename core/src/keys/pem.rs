//! The textual encoding of keys (RFC 7468).

use der::pem::LineEnding;

use super::MAX_KEY_BYTES;
use crate::algorithms::Secret;
use crate::error::{Code, Error, Result};

/// What a PEM file says that it holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    Private,
    EncryptedPrivate,
    Public,
}

impl Label {
    const fn text(self) -> &'static str {
        match self {
            Self::Private => "PRIVATE KEY",
            Self::EncryptedPrivate => "ENCRYPTED PRIVATE KEY",
            Self::Public => "PUBLIC KEY",
        }
    }
}

/// The DER in a PEM file, in a buffer that clears itself, so that what was decoded before a fault is cleared, too.
pub(super) fn read(pem: &[u8], label: Label) -> Result<Secret> {
    if pem.len() > MAX_KEY_BYTES {
        return Err(Error::new(Code::TooLarge, "the key file is larger than 64 KiB"));
    }
    // RFC 7468 section 2: white space behind the last line is not part of the key, and editors leave some.
    let text = std::str::from_utf8(pem.trim_ascii_end()).map_err(|_| malformed())?;
    let mut buffer = Secret::new(vec![0; text.len()]);
    let (found, document) = der::pem::decode(text.as_bytes(), &mut buffer).map_err(|_| malformed())?;
    if found != label.text() {
        return Err(Error::new(
            Code::KeyUnsupported,
            "the PEM file holds something else than the key asked for",
        )
        .with_text("expected", label.text()));
    }
    let length = document.len();
    buffer.truncate(length);
    Ok(buffer)
}

/// The PEM file of DER.
pub(super) fn write(der: &[u8], label: Label) -> Secret {
    const FITS: &str = "the buffer has the length of the file";
    let length = der::pem::encapsulated_len(label.text(), LineEnding::LF, der.len()).expect(FITS);
    let mut pem = Secret::new(vec![0; length]);
    let written = der::pem::encode(label.text(), LineEnding::LF, der, &mut pem).expect(FITS).len();
    pem.truncate(written);
    pem
}

fn malformed() -> Error {
    Error::new(Code::KeyMalformed, "not a PEM file")
}

#[cfg(test)]
mod tests {
    use crate::algorithms::Algorithm;
    use crate::error::Code;
    use crate::keys::SigningKey;

    #[test]
    fn white_space_behind_the_last_line_does_not_matter() {
        let key = SigningKey::from_hex(Algorithm::EdDsa, "07".repeat(32).as_bytes()).expect("a key");
        let pem = String::from_utf8(key.to_pem().expect("a pair").to_vec()).expect("UTF-8");
        for text in [pem.trim_end().to_owned(), format!("{pem}\n"), pem.replace('\n', "\r\n") + " \t\r\n"] {
            let again = SigningKey::from_pem(text.as_bytes()).expect("a key");
            assert_eq!(again.kid(), key.kid());
        }
        assert_eq!(
            SigningKey::from_pem(&[pem.as_bytes(), b"x"].concat()).expect_err("refused").code(),
            Code::KeyMalformed
        );
    }
}
