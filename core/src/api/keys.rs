//! Keys, sets of keys, and verifiers.
//!
//! Where an `algorithm` may be given beside a key, the key that is made permits that one alone.

use zeroize::Zeroizing;

use super::{guard, options};
use crate::algorithms::Algorithm;
use crate::error::{Code, Error, Result};
use crate::jcs::Writer;
use crate::keys::{Keyset, PublicKey, SigningKey, Verifier};

/// As [`super::jcs_writer`], for a JWK that a binding holds as an object of its own, with the limits of a key: what is written
/// is cleared from memory, but for the result, which the binding clears.
///
/// # Errors
/// `internal`.
pub fn key_writer() -> Result<Writer> {
    guard(|| Ok(Writer::for_secret(&crate::keys::limits())))
}

/// A new private or symmetric key for `algorithm`. `options`: `{"bits":n,"kid":text}`; `bits`
/// is for RSA, 2048 (the default), 3072, 4096 or 8192.
///
/// # Errors
/// `algorithm_unsupported`, `random_unavailable`, `unknown_option`, `invalid_argument`.
pub fn key_generate(algorithm: &str, options: &[u8]) -> Result<SigningKey> {
    guard(|| {
        let options = options::generate(options)?;
        SigningKey::generate_with(algorithm.parse()?, options.bits, options.kid.as_deref())
    })
}

/// The private key in a JWK (RFC 7517, RFC 7518 section 6, RFC 8037, RFC 8812).
///
/// # Errors
/// The codes of the reader; `key_malformed`, `key_unsupported`, `key_weak`, `key_mismatch`, `key_use_forbidden` (of a
/// symmetric key, too), `algorithm_unsupported`, `algorithm_mismatch`.
pub fn key_from_jwk(jwk: &[u8], algorithm: Option<&str>) -> Result<SigningKey> {
    guard(|| bound(SigningKey::from_jwk(jwk)?, algorithm, SigningKey::bound_to))
}

/// The private key in an unencrypted PKCS#8 PEM file (RFC 5958, RFC 7468).
///
/// # Errors
/// `key_malformed`, `key_unsupported`, `key_weak`, `key_mismatch`, `algorithm_unsupported`, `algorithm_mismatch`.
pub fn key_from_pem(pem: &[u8], algorithm: Option<&str>) -> Result<SigningKey> {
    guard(|| bound(SigningKey::from_pem(pem)?, algorithm, SigningKey::bound_to))
}

/// The private key in unencrypted PKCS#8 DER (RFC 5958).
///
/// # Errors
/// As [`key_from_pem`].
pub fn key_from_der(der: &[u8], algorithm: Option<&str>) -> Result<SigningKey> {
    guard(|| bound(SigningKey::from_der(der)?, algorithm, SigningKey::bound_to))
}

/// The private key in an encrypted PKCS#8 PEM file: PBES2 with PBKDF2 or scrypt, and AES or triple DES.
///
/// # Errors
/// As [`key_from_pem`]; `password_wrong`, `key_derivation_too_costly`.
pub fn key_from_encrypted_pem(pem: &[u8], password: &[u8], algorithm: Option<&str>) -> Result<SigningKey> {
    guard(|| bound(SigningKey::from_encrypted_pem(pem, password)?, algorithm, SigningKey::bound_to))
}

/// The private key whose 32 bytes are given as 64 lower-case hex digits (Ed25519 seed, secp256k1 scalar).
///
/// # Errors
/// `algorithm_unsupported`, `key_malformed`.
pub fn key_from_hex(algorithm: &str, hex: &[u8]) -> Result<SigningKey> {
    guard(|| SigningKey::from_hex(algorithm.parse()?, hex))
}

/// The symmetric key that `secret` is, for `HS256`, `HS384` or `HS512`. A secret that is a key of another kind (PEM,
/// DER, JWK, a line of OpenSSH) is refused.
///
/// # Errors
/// `algorithm_unsupported`, `key_malformed` (empty), `key_weak` (shorter than the hash), `key_use_forbidden` (a key of
/// another kind), `too_large`.
pub fn key_symmetric(algorithm: &str, secret: &[u8], kid: Option<&str>) -> Result<SigningKey> {
    guard(|| SigningKey::symmetric(algorithm.parse()?, secret, kid))
}

/// The symmetric key in a JWK with `kty` `oct` (RFC 7518 section 6.4).
///
/// # Errors
/// The codes of the reader; `key_malformed`, `key_unsupported`, `key_weak`, `key_use_forbidden`.
pub fn key_symmetric_from_jwk(jwk: &[u8]) -> Result<SigningKey> {
    guard(|| SigningKey::symmetric_from_jwk(jwk))
}

/// The private or symmetric key as a canonical JWK. The bytes are a secret and are zeroed when dropped.
///
/// # Errors
/// `internal`.
pub fn key_to_jwk(key: &SigningKey) -> Result<Zeroizing<Vec<u8>>> {
    guard(|| Ok(key.to_jwk()))
}

/// The private key as PKCS#8 version 1 PEM. The bytes are a secret and are zeroed when dropped.
///
/// # Errors
/// `key_unsupported`: the key is symmetric.
pub fn key_to_pem(key: &SigningKey) -> Result<Zeroizing<Vec<u8>>> {
    guard(|| key.to_pem())
}

/// The private key as PKCS#8 version 1 DER. The bytes are a secret and are zeroed when dropped.
///
/// # Errors
/// `key_unsupported`: the key is symmetric.
pub fn key_to_der(key: &SigningKey) -> Result<Zeroizing<Vec<u8>>> {
    guard(|| key.to_der())
}

/// The private key as encrypted PKCS#8 PEM: PBES2 with PBKDF2-HMAC-SHA-256, 600,000 iterations, and AES-256-CBC.
///
/// # Errors
/// `key_unsupported` (the key is symmetric), `invalid_argument` (the password is empty), `too_large`,
/// `random_unavailable`.
pub fn key_to_encrypted_pem(key: &SigningKey, password: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
    guard(|| key.to_encrypted_pem(password))
}

/// The private key as 64 lower-case hex digits. The bytes are a secret and are zeroed when dropped.
///
/// # Errors
/// `key_unsupported`: the key is not Ed25519 or secp256k1.
pub fn key_to_hex(key: &SigningKey) -> Result<Zeroizing<Vec<u8>>> {
    guard(|| key.to_hex())
}

/// The algorithm that a key signs with where no other is named.
#[must_use]
pub fn key_algorithm(key: &SigningKey) -> &'static str {
    key.algorithm().name()
}

/// The key id: the `kid` that the key was given, else its thumbprint; `None` for a symmetric key without one.
///
/// # Errors
/// `internal`.
pub fn key_kid(key: &SigningKey) -> Result<Option<String>> {
    guard(|| Ok(key.kid().map(str::to_owned)))
}

/// The RFC 7638 thumbprint: SHA-256, base64url, 43 characters.
///
/// # Errors
/// `key_unsupported`: the key is symmetric, and a hash of it is not published.
pub fn key_thumbprint(key: &SigningKey) -> Result<String> {
    guard(|| Ok(public_half(key)?.thumbprint().to_owned()))
}

/// The public key of a private key.
///
/// # Errors
/// `key_unsupported`: the key is symmetric.
pub fn key_public(key: &SigningKey) -> Result<PublicKey> {
    guard(|| public_half(key).cloned())
}

/// The public key in a JWK; one that holds a private part is refused.
///
/// # Errors
/// The codes of the reader; `key_malformed`, `key_unsupported`, `key_weak`, `key_use_forbidden`,
/// `algorithm_unsupported`, `algorithm_mismatch`.
pub fn public_key_from_jwk(jwk: &[u8], algorithm: Option<&str>) -> Result<PublicKey> {
    guard(|| bound(PublicKey::from_jwk(jwk)?, algorithm, PublicKey::bound_to))
}

/// The public key in an SPKI PEM file (RFC 5280, RFC 7468).
///
/// # Errors
/// `key_malformed`, `key_unsupported`, `key_weak`, `algorithm_unsupported`, `algorithm_mismatch`.
pub fn public_key_from_pem(pem: &[u8], algorithm: Option<&str>) -> Result<PublicKey> {
    guard(|| bound(PublicKey::from_pem(pem)?, algorithm, PublicKey::bound_to))
}

/// The public key in SPKI DER (RFC 5280).
///
/// # Errors
/// As [`public_key_from_pem`].
pub fn public_key_from_der(der: &[u8], algorithm: Option<&str>) -> Result<PublicKey> {
    guard(|| bound(PublicKey::from_der(der)?, algorithm, PublicKey::bound_to))
}

/// The public key given as lower-case hex: 64 digits for Ed25519, 66 (compressed point) for secp256k1.
///
/// # Errors
/// `algorithm_unsupported`, `key_malformed`, `key_weak`.
pub fn public_key_from_hex(algorithm: &str, hex: &[u8]) -> Result<PublicKey> {
    guard(|| PublicKey::from_hex(algorithm.parse()?, hex))
}

/// The public key as a canonical JWK with `kid` and, where it permits one algorithm, `alg`.
///
/// # Errors
/// `internal`.
pub fn public_key_to_jwk(key: &PublicKey) -> Result<Vec<u8>> {
    guard(|| Ok(key.to_jwk()))
}

/// The public key as SPKI PEM.
///
/// # Errors
/// `internal`.
pub fn public_key_to_pem(key: &PublicKey) -> Result<Vec<u8>> {
    guard(|| Ok(key.to_pem()))
}

/// The public key as SPKI DER.
///
/// # Errors
/// `internal`.
pub fn public_key_to_der(key: &PublicKey) -> Result<Vec<u8>> {
    guard(|| Ok(key.to_der()))
}

/// The public key as lower-case hex, as [`public_key_from_hex`] reads it.
///
/// # Errors
/// `key_unsupported`: the key is not Ed25519 or secp256k1.
pub fn public_key_to_hex(key: &PublicKey) -> Result<String> {
    guard(|| key.to_hex())
}

/// The algorithm of a key; of an RSA key that permits several, `RS256`.
#[must_use]
pub fn public_key_algorithm(key: &PublicKey) -> &'static str {
    key.algorithm().name()
}

/// The key id: the `kid` of the JWK it came from, else its thumbprint.
///
/// # Errors
/// `internal`.
pub fn public_key_kid(key: &PublicKey) -> Result<String> {
    guard(|| Ok(key.kid().to_owned()))
}

/// The RFC 7638 thumbprint: SHA-256, base64url, 43 characters.
///
/// # Errors
/// `internal`.
pub fn public_key_thumbprint(key: &PublicKey) -> Result<String> {
    guard(|| Ok(key.thumbprint().to_owned()))
}

/// The set of these public keys and these symmetric ones.
///
/// # Errors
/// `duplicate_kid` (one key twice, or one `kid` for two keys), `key_unsupported` (a private key), `too_large`.
pub fn keyset_new(public: &[PublicKey], symmetric: &[SigningKey]) -> Result<Keyset> {
    guard(|| Keyset::new(public, symmetric))
}

/// The set of the public keys in a JWK Set (RFC 7517 section 5). Keys of another type, and those that are not for
/// verifying, are no part of it; any other fault, and a private or symmetric key, refuses the whole set.
///
/// # Errors
/// The codes of the reader; `key_malformed`, `key_weak`, `duplicate_kid`, each with the `pointer` of the key;
/// `too_large` (more than 1,000 keys or 1 MiB).
pub fn keyset_from_jwks(jwks: &[u8]) -> Result<Keyset> {
    guard(|| Keyset::from_jwks(jwks))
}

/// The public keys of a set as a canonical JWK Set, in their order. Symmetric keys are never written.
///
/// # Errors
/// `internal`.
pub fn keyset_to_jwks(keyset: &Keyset) -> Result<Vec<u8>> {
    guard(|| Ok(keyset.to_jwks()))
}

/// What there is to say about a JWK Set: a canonical JSON array of `{"code","level","message","pointer"}`; see
/// [`Keyset::lint`].
///
/// # Errors
/// The codes of the reader; `key_malformed` (no JWK Set), `too_large`.
pub fn keyset_lint(jwks: &[u8]) -> Result<Vec<u8>> {
    guard(|| Keyset::lint(jwks))
}

/// The public key of a set with this `kid`.
///
/// # Errors
/// `key_unknown`.
pub fn keyset_find(keyset: &Keyset, kid: &str) -> Result<PublicKey> {
    guard(|| {
        let unknown = || Error::new(Code::KeyUnknown, "the key set has no public key with this kid");
        keyset.find(kid).cloned().ok_or_else(unknown)
    })
}

/// A verifier that trusts the keys of a set. `options`: `{"algorithms":[names],"crit":[names],"kids":[…],
/// "max_header_bytes":n,"max_payload_bytes":n,"max_signatures":n,"policy":"all"|"any","require_low_s":bool,
/// "threshold":n,"typ":text}`, of which `kids`, `policy` and `threshold` exclude each other; see
/// [`VerifierOptions`](crate::keys::VerifierOptions).
///
/// # Errors
/// `invalid_argument` (no key, a policy that cannot be met, two policies, an option of the wrong type),
/// `algorithm_unsupported`, `unknown_option`.
pub fn verifier_new(keyset: &Keyset, options: &[u8]) -> Result<Verifier> {
    guard(|| Verifier::new(keyset, options::verifier(options)?))
}

/// The key, which permits `algorithm` alone where one is named.
fn bound<K>(key: K, algorithm: Option<&str>, bind: fn(K, Algorithm) -> Result<K>) -> Result<K> {
    match algorithm {
        Some(name) => bind(key, name.parse()?),
        None => Ok(key),
    }
}

fn public_half(key: &SigningKey) -> Result<&PublicKey> {
    key.public_key().ok_or_else(|| Error::new(Code::KeyUnsupported, "a symmetric key has no public key"))
}
