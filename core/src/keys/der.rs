//! PKCS#8 private keys (RFC 5958) and SPKI public keys (RFC 5280), as DER.

use der::asn1::{AnyRef, Null, ObjectIdentifier, OctetStringRef};
use der::{Decode as _, Encode as _, Reader as _, SliceReader, Tag, Tagged as _};
use pkcs1::{RsaPrivateKeyRef, RsaPublicKeyRef};
use pkcs8::PrivateKeyInfoRef;
use pkcs8::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use sec1::EcPrivateKey;

use super::{MAX_KEY_BYTES, PublicKey, SigningKey, encrypted};
use crate::algorithms::{KeyType, Secret, rsa};
use crate::error::{Code, Error, Result};

/// id-Ed25519 (RFC 8410).
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
/// rsaEncryption (RFC 3279).
const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
/// id-ecPublicKey (RFC 5480).
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
/// The curves (SEC 2, RFC 5480).
const CURVES: [(KeyType, ObjectIdentifier); 4] = [
    (KeyType::Secp256k1, ObjectIdentifier::new_unwrap("1.3.132.0.10")),
    (KeyType::P256, ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7")),
    (KeyType::P384, ObjectIdentifier::new_unwrap("1.3.132.0.34")),
    (KeyType::P521, ObjectIdentifier::new_unwrap("1.3.132.0.35")),
];

/// The private key in a PKCS#8 structure of version 1 or 2. Every public key that it carries must be that of the private
/// one.
pub(super) fn read_private(der: &[u8]) -> Result<SigningKey> {
    limit(der)?;
    let info = PrivateKeyInfoRef::from_der(der).map_err(|_| malformed("not a PKCS#8 key"))?;
    let key_type = key_type_of(info.algorithm)?;
    let inner = info.private_key.as_bytes();
    let mut public = Vec::new();
    if let Some(bits) = info.public_key {
        public.push(public_bytes(key_type, bits.as_bytes().ok_or_else(|| malformed("not a public key"))?)?);
    }
    let secret = match key_type {
        KeyType::Ed25519 => {
            // RFC 8410 section 7: the private key is an OCTET STRING inside the OCTET STRING.
            let seed = <&OctetStringRef>::from_der(inner).map_err(|_| malformed("not an Ed25519 seed"))?;
            Secret::new(seed.as_bytes().to_vec())
        }
        KeyType::Rsa => rsa::checked_private_key(inner)?,
        _ => {
            let key = EcPrivateKey::from_der(inner).map_err(|_| malformed("not an EC private key"))?;
            if key.parameters.is_some_and(|curve| curve.named_curve() != curve_of(key_type)) {
                return Err(malformed("the curve of the EC private key is not that of its envelope"));
            }
            if let Some(point) = key.public_key {
                public.push(public_bytes(key_type, point)?);
            }
            Secret::new(key.private_key.to_vec())
        }
    };
    public.iter().try_fold(SigningKey::new(key_type, secret, None)?, |key, public| key.matches(public))
}

/// The public key in an SPKI structure.
pub(super) fn read_public(der: &[u8]) -> Result<PublicKey> {
    limit(der)?;
    let info = SubjectPublicKeyInfoRef::from_der(der).map_err(|_| malformed("not an SPKI key"))?;
    let key_type = key_type_of(info.algorithm)?;
    let bytes = info.subject_public_key.as_bytes().ok_or_else(|| malformed("not an SPKI key"))?;
    PublicKey::new(key_type, public_bytes(key_type, bytes)?, None)
}

/// PKCS#8 version 1: the version that every reader opens.
pub(super) fn write_private(key: &PublicKey, secret: &[u8]) -> Secret {
    let key_type = key.key_type();
    let inner = match key_type {
        KeyType::Ed25519 => {
            let seed = OctetStringRef::new(secret).expect("32 bytes fit an OCTET STRING");
            seed.to_der().expect("an OCTET STRING has DER")
        }
        KeyType::Rsa => secret.to_vec(),
        _ => {
            let point = key_type.spki_bytes(key.bytes());
            let inner = EcPrivateKey { private_key: secret, parameters: None, public_key: Some(&point) };
            inner.to_der().expect("an EC private key has DER")
        }
    };
    let inner = Secret::new(inner);
    let private_key = OctetStringRef::new(&inner).expect("a key fits an OCTET STRING");
    let document =
        with_identifier(key_type, |algorithm| PrivateKeyInfoRef::new(algorithm, private_key).to_der());
    Secret::new(document.expect("a PKCS#8 key has DER"))
}

/// SPKI.
pub(super) fn write_public(key: &PublicKey) -> Vec<u8> {
    let bytes = key.key_type().spki_bytes(key.bytes());
    let subject_public_key = der::asn1::BitStringRef::from_bytes(&bytes).expect("a key fits a BIT STRING");
    with_identifier(key.key_type(), |algorithm| {
        SubjectPublicKeyInfoRef { algorithm, subject_public_key }.to_der()
    })
    .expect("an SPKI key has DER")
}

/// Whether bytes are a key or a certificate in any of the usual structures, whether or not it is supported.
pub(super) fn is_key(der: &[u8]) -> bool {
    PrivateKeyInfoRef::from_der(der).is_ok()
        || encrypted::is_encrypted(der)
        || SubjectPublicKeyInfoRef::from_der(der).is_ok()
        || EcPrivateKey::from_der(der).is_ok()
        || RsaPrivateKeyRef::from_der(der).is_ok()
        || RsaPublicKeyRef::from_der(der).is_ok()
        || is_certificate(der)
}

/// The first DER value, and what is behind it. What is no DER is taken as a whole.
pub(super) fn split_first(bytes: &[u8]) -> (&[u8], &[u8]) {
    let length = SliceReader::new(bytes).and_then(|mut reader| {
        AnyRef::decode(&mut reader)?;
        usize::try_from(reader.position())
    });
    length.ok().and_then(|length| bytes.split_at_checked(length)).unwrap_or((bytes, &[]))
}

/// RFC 5280 section 4.1: what is signed, an algorithm and a signature.
fn is_certificate(der: &[u8]) -> bool {
    let parts = AnyRef::from_der(der).and_then(|whole| {
        whole.sequence(|inner| {
            let parts = [AnyRef::decode(inner)?, AnyRef::decode(inner)?, AnyRef::decode(inner)?];
            Ok::<_, der::Error>(parts.map(|part| part.tag()))
        })
    });
    parts.is_ok_and(|tags| tags == [Tag::Sequence, Tag::Sequence, Tag::BitString])
}

/// Lends the identifier of a type to `body`.
fn with_identifier<T>(key_type: KeyType, body: impl FnOnce(AlgorithmIdentifierRef<'_>) -> T) -> T {
    let curve = curve_of(key_type);
    body(match (key_type, &curve) {
        (KeyType::Rsa, _) => {
            AlgorithmIdentifierRef { oid: RSA_ENCRYPTION, parameters: Some(AnyRef::from(Null)) }
        }
        (_, Some(curve)) => {
            AlgorithmIdentifierRef { oid: EC_PUBLIC_KEY, parameters: Some(AnyRef::from(curve)) }
        }
        (_, None) => AlgorithmIdentifierRef { oid: ED25519, parameters: None },
    })
}

fn key_type_of(identifier: AlgorithmIdentifierRef<'_>) -> Result<KeyType> {
    let unsupported = || Error::new(Code::KeyUnsupported, "the type or curve of the key is not supported");
    match (identifier.oid, identifier.parameters) {
        (ED25519, None) => Ok(KeyType::Ed25519),
        (ED25519, Some(_)) => Err(malformed("an Ed25519 key has no parameters")),
        (RSA_ENCRYPTION, Some(parameters)) if parameters.is_null() => Ok(KeyType::Rsa),
        (RSA_ENCRYPTION, _) => Err(malformed("the parameters of an RSA key are NULL")),
        (EC_PUBLIC_KEY, Some(curve)) => {
            let curve = curve.decode_as::<ObjectIdentifier>().map_err(|_| unsupported())?;
            let known = CURVES.into_iter().find(|(_, known)| *known == curve);
            known.map(|(key_type, _)| key_type).ok_or_else(unsupported)
        }
        _ => Err(unsupported()),
    }
}

fn curve_of(key_type: KeyType) -> Option<ObjectIdentifier> {
    CURVES.into_iter().find(|(known, _)| *known == key_type).map(|(_, curve)| curve)
}

/// The one spelling of what SPKI and PKCS#8 carry.
fn public_bytes(key_type: KeyType, bytes: &[u8]) -> Result<Vec<u8>> {
    match key_type {
        KeyType::Ed25519 => Ok(bytes.to_vec()),
        KeyType::Rsa => rsa::checked_public_key(bytes),
        _ => key_type.point(bytes),
    }
}

fn limit(der: &[u8]) -> Result<()> {
    if der.len() > MAX_KEY_BYTES {
        return Err(Error::new(Code::TooLarge, "the key file is larger than 64 KiB"));
    }
    Ok(())
}

fn malformed(message: &'static str) -> Error {
    Error::new(Code::KeyMalformed, message)
}

#[cfg(test)]
mod tests {
    use der::asn1::BitStringRef;

    use super::*;
    use crate::algorithms::Algorithm;

    /// A version 2 file of a secp256k1 key with a public key in its envelope.
    fn version_2(inner: Option<&PublicKey>, outer: &PublicKey) -> Vec<u8> {
        let point = inner.map(|key| key.key_type().spki_bytes(key.bytes()));
        let inner = EcPrivateKey { private_key: &[7; 32], parameters: None, public_key: point.as_deref() };
        let inner = inner.to_der().expect("DER");
        with_identifier(KeyType::Secp256k1, |algorithm| {
            PrivateKeyInfoRef {
                algorithm,
                private_key: OctetStringRef::new(&inner).expect("fits"),
                public_key: Some(BitStringRef::from_bytes(outer.bytes()).expect("fits")),
            }
            .to_der()
        })
        .expect("DER")
    }

    #[test]
    fn every_public_key_of_a_file_is_that_of_its_private_key() {
        let key =
            |byte: &str| SigningKey::from_hex(Algorithm::Es256k, byte.repeat(32).as_bytes()).expect("a key");
        let (right, wrong) = (key("07"), key("08"));
        let (right, wrong) = (right.public_key().expect("a pair"), wrong.public_key().expect("a pair"));
        let code = |der: Vec<u8>| read_private(&der).map(drop).map_err(|error| error.code());
        assert_eq!(code(version_2(None, right)), Ok(()));
        assert_eq!(code(version_2(Some(right), right)), Ok(()));
        assert_eq!(code(version_2(None, wrong)), Err(Code::KeyMismatch));
        assert_eq!(code(version_2(Some(right), wrong)), Err(Code::KeyMismatch));
        assert_eq!(code(version_2(Some(wrong), right)), Err(Code::KeyMismatch));
    }
}
