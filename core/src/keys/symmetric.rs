//! What may be the secret of an HMAC.

use super::{MAX_KEY_BYTES, der};
use crate::algorithms::{Algorithm, Secret, hmac};
use crate::encoding::secret_from_base64url;
use crate::error::{Code, Error, Result};

/// `secret` may be the key of `algorithm`.
pub(super) fn check(algorithm: Algorithm, secret: &[u8]) -> Result<()> {
    if !hmac::ALGORITHMS.contains(algorithm) {
        return Err(Error::new(Code::AlgorithmUnsupported, "the algorithm of a symmetric key is an HMAC"));
    }
    if secret.is_empty() {
        return Err(Error::new(Code::KeyMalformed, "the symmetric key is empty"));
    }
    if secret.len() > MAX_KEY_BYTES {
        return Err(Error::new(Code::TooLarge, "the symmetric key is larger than 64 KiB"));
    }
    if is_another_key(secret) {
        return Err(Error::new(
            Code::KeyUseForbidden,
            "a PEM, DER, JWK or SSH key is not the secret of an HMAC",
        ));
    }
    if secret.len() < hmac::hash_length(algorithm) {
        return Err(Error::new(Code::KeyWeak, "the symmetric key is shorter than the hash")
            .with_number("required", hmac::hash_length(algorithm)));
    }
    Ok(())
}

/// Whether a secret is a key of another kind, which others may know. What marks a text is looked for anywhere in it:
/// white space, a byte order mark or options before it do not make it a secret. The lines of a PEM file without the
/// first and the last are that key still, and so is DER with a line end behind it.
fn is_another_key(secret: &[u8]) -> bool {
    const MARKS: [&[u8]; 5] =
        [b"-----BEGIN ", b"---- BEGIN ", b"\"kty\"", b"ssh-rsa AAAA", b"ssh-ed25519 AAAA"];
    const SSH: [&[u8]; 4] = [b"ssh-", b"ecdsa-sha2-", b"sk-ssh-", b"sk-ecdsa-"];
    let plain = without_escapes(secret);
    is_der_key(secret)
        || from_base64_lines(secret).is_some_and(|bytes| is_der_key(&bytes))
        || MARKS.iter().any(|mark| plain.windows(mark.len()).any(|window| window == *mark))
        || SSH.iter().any(|start| secret.trim_ascii_start().starts_with(start))
}

/// Whether bytes are a key in DER with nothing but white space behind it. Where the key ends, its length tells: its last
/// byte may look like white space too.
fn is_der_key(bytes: &[u8]) -> bool {
    let (value, behind) = der::split_first(bytes);
    behind.iter().all(u8::is_ascii_whitespace) && der::is_key(value)
}

/// The text with `\u00..` as the byte that it stands for, so that no escape in a JSON text hides a name.
fn without_escapes(text: &[u8]) -> Secret {
    let mut plain = Secret::new(Vec::with_capacity(text.len()));
    let mut rest = text;
    while let Some((first, behind)) = rest.split_first() {
        let escaped = rest.strip_prefix(b"\\u00").and_then(|digits| {
            let (digits, behind) = digits.split_first_chunk::<2>()?;
            let mut byte = [0];
            hex::decode_to_slice(digits, &mut byte).ok()?;
            Some((byte[0], behind))
        });
        let (byte, behind) = escaped.unwrap_or((*first, behind));
        plain.push(byte);
        rest = behind;
    }
    plain
}

/// The bytes of base64 text in either alphabet, with or without padding and line ends.
fn from_base64_lines(text: &[u8]) -> Option<Secret> {
    let mut digits = Secret::new(Vec::with_capacity(text.len()));
    digits.extend(text.iter().filter(|byte| !byte.is_ascii_whitespace() && **byte != b'=').map(|byte| {
        match byte {
            b'+' => b'-',
            b'/' => b'_',
            other => *other,
        }
    }));
    secret_from_base64url(&digits[..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::{to_base64, to_base64url};
    use crate::keys::SigningKey;

    fn code(secret: impl AsRef<[u8]>) -> Option<Code> {
        check(Algorithm::Hs256, secret.as_ref()).err().map(|error| error.code())
    }

    #[test]
    fn a_key_of_another_kind_is_no_secret() {
        let forbidden = Some(Code::KeyUseForbidden);
        for (before, after) in [("", ""), (" \n", ""), ("", "\n"), ("\u{feff}", "\0")] {
            assert_eq!(code(format!("{before}-----BEGIN PUBLIC KEY-----\nMCo{after}")), forbidden);
            assert_eq!(code(format!("{before}{{ \"kty\" : \"EC\" }}{after}")), forbidden);
        }
        // Nor is one whose name has escapes.
        for name in [r"\u006bty", r"k\u0074\u0079", r"\u006B\u0074\u0079"] {
            assert_eq!(code(format!("{{\"{name}\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AAAA\"}}")), forbidden);
        }
        assert_eq!(code("restrict,pty ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 somebody"), forbidden);
        assert_eq!(code("\tssh-ed25519 AAAAC3NzaC1lZDI1NTE5 somebody"), forbidden);
        assert_eq!(code("ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTY="), forbidden);
        assert_eq!(code("---- BEGIN SSH2 PUBLIC KEY ----"), forbidden);
        for algorithm in [Algorithm::EdDsa, Algorithm::Es256k] {
            let key = SigningKey::generate(algorithm).expect("random bytes");
            assert_eq!(code(key.to_der().expect("a pair")), forbidden);
            assert_eq!(code(key.to_encrypted_der(b"password").expect("a pair")), forbidden);
            let der = key.public_key().expect("a pair").to_der();
            assert_eq!(code(&der), forbidden);
            assert_eq!(code([&der[..], b"\n"].concat()), forbidden);
            for text in [to_base64(&der), to_base64(&der).replace("MC", "MC\r\n"), to_base64url(&der) + "\n"]
            {
                assert_eq!(code(text), forbidden);
            }
        }
        // Nor is one whose last byte is a space.
        let mut der =
            SigningKey::generate(Algorithm::EdDsa).expect("random bytes").to_der().expect("a pair").to_vec();
        *der.last_mut().expect("it has bytes") = b' ';
        for behind in ["", "\n", " ", "\r\n \t"] {
            assert_eq!(code([&der, behind.as_bytes()].concat()), forbidden, "{behind:?}");
        }
        // Base64 of random bytes, and what only looks like an escape, are secrets.
        assert_eq!(code(to_base64(&[0xa7; 33])), None);
        assert_eq!(code(r"\u00 \u006 \u00zz \u0 \ and so on \u00"), None);
        // Bytes that only start like DER are a secret.
        assert_eq!(code([&[0x30, 0x1e][..], &[7; 30]].concat()), None);
    }

    #[test]
    fn a_secret_is_as_long_as_the_hash() {
        assert_eq!(code([]), Some(Code::KeyMalformed));
        assert_eq!(code([7; 31]), Some(Code::KeyWeak));
        assert_eq!(code([7; 32]), None);
        assert_eq!(code(vec![7; MAX_KEY_BYTES]), None);
        assert_eq!(code(vec![7; MAX_KEY_BYTES + 1]), Some(Code::TooLarge));
        for (algorithm, length) in [(Algorithm::Hs384, 48), (Algorithm::Hs512, 64)] {
            assert_eq!(
                check(algorithm, &vec![7; length - 1]).map_err(|error| error.code()),
                Err(Code::KeyWeak)
            );
            assert_eq!(check(algorithm, &vec![7; length]), Ok(()));
        }
        let error = check(Algorithm::EdDsa, &[7; 32]).expect_err("refused");
        assert_eq!(error.code(), Code::AlgorithmUnsupported);
    }
}
