//! What may be the secret of an HMAC.

use super::{MAX_KEY_BYTES, der};
use crate::algorithms::{Algorithm, hmac};
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
/// white space or a byte order mark before it does not make it a secret.
fn is_another_key(secret: &[u8]) -> bool {
    const MARKS: [&[u8]; 3] = [b"-----BEGIN ", b"---- BEGIN ", b"\"kty\""];
    const SSH: [&[u8]; 4] = [b"ssh-", b"ecdsa-sha2-", b"sk-ssh-", b"sk-ecdsa-"];
    der::is_key(secret)
        || MARKS.iter().any(|mark| secret.windows(mark.len()).any(|window| window == *mark))
        || SSH.iter().any(|start| secret.trim_ascii_start().starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;
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
        assert_eq!(code("\tssh-ed25519 AAAAC3NzaC1lZDI1NTE5 somebody"), forbidden);
        assert_eq!(code("ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTY="), forbidden);
        assert_eq!(code("---- BEGIN SSH2 PUBLIC KEY ----"), forbidden);
        for algorithm in [Algorithm::EdDsa, Algorithm::Es256k] {
            let key = SigningKey::generate(algorithm).expect("random bytes");
            assert_eq!(code(key.to_der().expect("a pair")), forbidden);
            assert_eq!(code(key.to_encrypted_der(b"password").expect("a pair")), forbidden);
            assert_eq!(code(key.public_key().expect("a pair").to_der()), forbidden);
        }
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
