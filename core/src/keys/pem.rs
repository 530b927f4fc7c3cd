//! PKCS#8 private keys (RFC 5958) and SPKI public keys (RFC 5280) in PEM (RFC 7468).

use der::asn1::{AnyRef, BitStringRef, ObjectIdentifier, OctetStringRef};
use der::pem::LineEnding;
use der::{Decode as _, Document, Encode as _, SecretDocument};
use pkcs8::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use pkcs8::{PrivateKeyInfoRef, Version};
use sec1::EcPrivateKey;
use zeroize::Zeroizing;

use super::{MAX_KEY_BYTES, PublicKey};
use crate::algorithms::{KeyType, Secret, es256k};
use crate::error::{Code, Error, Result};

/// id-Ed25519 (RFC 8410).
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
/// id-ecPublicKey (RFC 5480).
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
/// secp256k1 (SEC 2).
const SECP256K1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.10");

/// The type, the secret and, where the file carries one, the public key in its one spelling.
pub(super) fn read_private(pem: &[u8]) -> Result<(KeyType, Secret, Option<Vec<u8>>)> {
    let text = pem_text(pem)?;
    // A buffer of our own, so that what was decoded before a fault is cleared, too.
    let mut buffer = Zeroizing::new(vec![0; text.len()]);
    let (label, document) =
        der::pem::decode(text.as_bytes(), &mut buffer).map_err(|_| malformed("not a PEM file"))?;
    if label != "PRIVATE KEY" {
        return Err(Error::new(
            Code::KeyUnsupported,
            "the PEM file is not an unencrypted PKCS#8 private key",
        ));
    }
    let info = PrivateKeyInfoRef::from_der(document).map_err(|_| malformed("not a PKCS#8 key"))?;
    let key_type = key_type_of(info.algorithm)?;
    let inner = info.private_key.as_bytes();
    let public = info
        .public_key
        .map(|bits: BitStringRef<'_>| bits.as_bytes().ok_or_else(|| malformed("not a public key")))
        .transpose()?;
    match key_type {
        KeyType::Ed25519 => {
            // RFC 8410 section 7: the private key is an OCTET STRING inside the OCTET STRING.
            let seed = <&OctetStringRef>::from_der(inner).map_err(|_| malformed("not an Ed25519 seed"))?;
            Ok((key_type, secret_of(seed.as_bytes())?, public.map(<[u8]>::to_vec)))
        }
        KeyType::Secp256k1 => {
            let key = EcPrivateKey::from_der(inner).map_err(|_| malformed("not an EC private key"))?;
            if key.parameters.is_some_and(|curve| curve.named_curve() != Some(SECP256K1)) {
                return Err(malformed("the curve of the EC private key is not that of its envelope"));
            }
            let point = |bytes| key_type.point(bytes);
            // Version 2 has a place for the public key, and so has the EC private key inside.
            let (outer, inner) = (public.map(point).transpose()?, key.public_key.map(point).transpose()?);
            if outer.is_some() && inner.is_some() && outer != inner {
                return Err(Error::new(Code::KeyMismatch, "the file names two public keys"));
            }
            Ok((key_type, secret_of(key.private_key)?, outer.or(inner)))
        }
        _ => Err(unsupported()),
    }
}

/// The type and the public key in its one spelling.
pub(super) fn read_public(pem: &[u8]) -> Result<(KeyType, Vec<u8>)> {
    let text = pem_text(pem)?;
    let (label, document) = Document::from_pem(text).map_err(|_| malformed("not a PEM file"))?;
    if label != "PUBLIC KEY" {
        return Err(Error::new(Code::KeyUnsupported, "the PEM file is not an SPKI public key"));
    }
    let info =
        SubjectPublicKeyInfoRef::from_der(document.as_bytes()).map_err(|_| malformed("not an SPKI key"))?;
    let key_type = key_type_of(info.algorithm)?;
    let bytes = info.subject_public_key.as_bytes().ok_or_else(|| malformed("not an SPKI key"))?;
    match key_type {
        KeyType::Ed25519 => Ok((key_type, bytes.to_vec())),
        KeyType::Secp256k1 => Ok((key_type, key_type.point(bytes)?)),
        _ => Err(unsupported()),
    }
}

/// PKCS#8 version 1: the version that every reader opens.
pub(super) fn write_private(key: &PublicKey, secret: &[u8]) -> Zeroizing<Vec<u8>> {
    let curve = AnyRef::from(&SECP256K1);
    let document = match key.key_type() {
        KeyType::Ed25519 => {
            let seed = OctetStringRef::new(secret).expect("32 bytes fit an OCTET STRING");
            let seed = Zeroizing::new(seed.to_der().expect("an OCTET STRING has DER"));
            envelope(AlgorithmIdentifierRef { oid: ED25519, parameters: None }, &seed)
        }
        KeyType::Secp256k1 => {
            let mut point = [4; 65];
            point[1..].copy_from_slice(&es256k::coordinates(key.bytes()));
            let inner = EcPrivateKey { private_key: secret, parameters: None, public_key: Some(&point) };
            let inner = Zeroizing::new(inner.to_der().expect("an EC private key has DER"));
            envelope(AlgorithmIdentifierRef { oid: EC_PUBLIC_KEY, parameters: Some(curve) }, &inner)
        }
        _ => unreachable!("no such key can be made"),
    };
    let pem = document.to_pem("PRIVATE KEY", LineEnding::LF).expect("DER has PEM");
    Zeroizing::new(pem.as_bytes().to_vec())
}

/// SPKI; a secp256k1 point is written uncompressed, which every reader opens.
pub(super) fn write_public(key: &PublicKey) -> Vec<u8> {
    let curve = AnyRef::from(&SECP256K1);
    let (algorithm, bytes) = match key.key_type() {
        KeyType::Ed25519 => (AlgorithmIdentifierRef { oid: ED25519, parameters: None }, key.bytes().to_vec()),
        KeyType::Secp256k1 => (
            AlgorithmIdentifierRef { oid: EC_PUBLIC_KEY, parameters: Some(curve) },
            [&[4][..], &es256k::coordinates(key.bytes())].concat(),
        ),
        _ => unreachable!("no such key can be made"),
    };
    let subject_public_key = BitStringRef::from_bytes(&bytes).expect("a key fits a BIT STRING");
    let document = Document::encode_msg(&SubjectPublicKeyInfoRef { algorithm, subject_public_key })
        .expect("an SPKI key has DER");
    document.to_pem("PUBLIC KEY", LineEnding::LF).expect("DER has PEM").into_bytes()
}

fn envelope(algorithm: AlgorithmIdentifierRef<'_>, inner: &[u8]) -> SecretDocument {
    let inner = OctetStringRef::new(inner).expect("a key fits an OCTET STRING");
    let info = PrivateKeyInfoRef::new(algorithm, inner);
    debug_assert_eq!(info.version(), Version::V1);
    SecretDocument::encode_msg(&info).expect("a PKCS#8 key has DER")
}

fn key_type_of(identifier: AlgorithmIdentifierRef<'_>) -> Result<KeyType> {
    match (identifier.oid, identifier.parameters) {
        (ED25519, None) => Ok(KeyType::Ed25519),
        (ED25519, Some(_)) => Err(malformed("an Ed25519 key has no parameters")),
        (EC_PUBLIC_KEY, Some(curve)) => match curve.decode_as::<ObjectIdentifier>() {
            Ok(SECP256K1) => Ok(KeyType::Secp256k1),
            _ => Err(unsupported()),
        },
        _ => Err(unsupported()),
    }
}

fn secret_of(bytes: &[u8]) -> Result<Secret> {
    if bytes.len() == 32 {
        Ok(Secret::new(bytes.to_vec()))
    } else {
        Err(malformed("a private key is 32 bytes long"))
    }
}

fn pem_text(pem: &[u8]) -> Result<&str> {
    if pem.len() > MAX_KEY_BYTES {
        return Err(Error::new(Code::TooLarge, "the key file is larger than 64 KiB"));
    }
    // RFC 7468 section 2: white space behind the last line is not part of the key, and editors leave some.
    std::str::from_utf8(pem.trim_ascii_end()).map_err(|_| malformed("not a PEM file"))
}

fn unsupported() -> Error {
    Error::new(Code::KeyUnsupported, "the key is not Ed25519 or secp256k1")
}

fn malformed(message: &'static str) -> Error {
    Error::new(Code::KeyMalformed, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::algorithms::Algorithm;
    use crate::keys::SigningKey;

    /// A version 2 file of a secp256k1 key with a public key in its envelope.
    fn version_2(inner: Option<&PublicKey>, outer: &PublicKey) -> Vec<u8> {
        let point = inner.map(|key| [&[4][..], &es256k::coordinates(key.bytes())].concat());
        let inner = EcPrivateKey { private_key: &[7; 32], parameters: None, public_key: point.as_deref() };
        let inner = inner.to_der().expect("DER");
        let curve = AnyRef::from(&SECP256K1);
        let info = PrivateKeyInfoRef {
            algorithm: AlgorithmIdentifierRef { oid: EC_PUBLIC_KEY, parameters: Some(curve) },
            private_key: OctetStringRef::new(&inner).expect("fits"),
            public_key: Some(BitStringRef::from_bytes(outer.bytes()).expect("fits")),
        };
        let document = SecretDocument::encode_msg(&info).expect("DER");
        document.to_pem("PRIVATE KEY", LineEnding::LF).expect("PEM").as_bytes().to_vec()
    }

    #[test]
    fn every_public_key_of_a_file_is_that_of_its_private_key() {
        let key =
            |byte: &str| SigningKey::from_hex(Algorithm::Es256k, byte.repeat(32).as_bytes()).expect("a key");
        let (right, wrong) = (key("07"), key("08"));
        let (right, wrong) = (right.public_key().expect("a pair"), wrong.public_key().expect("a pair"));
        let code = |pem: Vec<u8>| SigningKey::from_pem(&pem).map(drop).map_err(|error| error.code());
        assert_eq!(code(version_2(None, right)), Ok(()));
        assert_eq!(code(version_2(Some(right), right)), Ok(()));
        assert_eq!(code(version_2(None, wrong)), Err(Code::KeyMismatch));
        assert_eq!(code(version_2(Some(right), wrong)), Err(Code::KeyMismatch));
        assert_eq!(code(version_2(Some(wrong), right)), Err(Code::KeyMismatch));
    }

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
