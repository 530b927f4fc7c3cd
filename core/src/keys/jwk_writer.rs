//! JWKs as canonical text.

use zeroize::Zeroizing;

use super::PublicKey;
use crate::encoding::{base64url_length, push_base64url};
use crate::jcs::{self, Options};

/// The value of a member.
enum Member<'a> {
    /// JSON text.
    Text(Vec<u8>),
    /// Bytes that are written in base64url.
    Bytes(&'a [u8]),
}

/// The canonical public JWK.
pub(super) fn public(key: &PublicKey) -> Vec<u8> {
    write(public_members(key, &[])).to_vec()
}

/// The canonical private JWK.
pub(super) fn private(key: &PublicKey, secret: &[u8]) -> Zeroizing<Vec<u8>> {
    write(public_members(key, &key.key_type().private_members(secret)))
}

/// The canonical JWK of a symmetric key.
pub(super) fn symmetric(algorithm: Option<&str>, kid: Option<&str>, secret: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut members = vec![("k", Member::Bytes(secret)), ("kty", text("oct"))];
    members.extend(algorithm.map(|name| ("alg", text(name))));
    members.extend(kid.map(|kid| ("kid", text(kid))));
    write(members)
}

fn public_members<'a>(
    key: &'a PublicKey,
    private: &[(&'static str, &'a [u8])],
) -> Vec<(&'static str, Member<'a>)> {
    let mut members = vec![("kid", text(key.kid())), ("kty", text(key.key_type().kty()))];
    // A key that permits several algorithms has no `alg`: with one it would permit no other when it is read again.
    members.extend(key.permitted().only().map(|algorithm| ("alg", text(algorithm.name()))));
    members.extend(key.key_type().crv().map(|curve| ("crv", text(curve))));
    members.extend(key.purpose().map(|purpose| ("samebyte_use", text(purpose.name()))));
    for (name, bytes) in key.key_type().public_members(key.bytes()) {
        let mut value = vec![b'"'];
        value.reserve_exact(base64url_length(bytes.len()) + 1);
        push_base64url(&mut value, &bytes);
        value.push(b'"');
        members.push((name, Member::Text(value)));
    }
    members.extend(private.iter().map(|(name, bytes)| (*name, Member::Bytes(bytes))));
    members
}

fn text(text: &str) -> Member<'static> {
    Member::Text(jcs::to_vec(text, &Options::default()).expect("a string has canonical text"))
}

/// The members in their order, in one buffer that never moves, so that no copy of a secret is left behind.
fn write(mut members: Vec<(&'static str, Member<'_>)>) -> Zeroizing<Vec<u8>> {
    members.sort_unstable_by_key(|(name, _)| *name);
    let length: usize = members
        .iter()
        .map(|(name, value)| {
            let value = match value {
                Member::Text(text) => text.len(),
                Member::Bytes(bytes) => base64url_length(bytes.len()) + 2,
            };
            name.len() + 4 + value
        })
        .sum();
    let mut jwk = Zeroizing::new(Vec::with_capacity(length + 2));
    for (index, (name, value)) in members.into_iter().enumerate() {
        jwk.push(if index == 0 { b'{' } else { b',' });
        jwk.push(b'"');
        jwk.extend_from_slice(name.as_bytes());
        jwk.extend_from_slice(b"\":");
        match value {
            Member::Text(text) => jwk.extend_from_slice(&text),
            Member::Bytes(bytes) => {
                jwk.push(b'"');
                push_base64url(&mut jwk, bytes);
                jwk.push(b'"');
            }
        }
    }
    jwk.push(b'}');
    jwk
}
