//! RFC 7638 thumbprints.

use sha2::{Digest, Sha256};

use crate::algorithms::KeyType;
use crate::encoding::to_base64url;

/// SHA-256 over the canonical JWK of the required members (RFC 7638 section 3.2, RFC 8037 section 2), base64url.
pub(super) fn of(key_type: KeyType, public: &[u8]) -> String {
    let mut members: Vec<(&str, String)> = key_type
        .public_members(public)
        .into_iter()
        .map(|(name, bytes)| (name, to_base64url(&bytes)))
        .collect();
    members.push(("kty", key_type.kty().to_owned()));
    members.extend(key_type.crv().map(|curve| ("crv", curve.to_owned())));
    members.sort_unstable();
    let members: Vec<String> =
        members.into_iter().map(|(name, value)| format!("\"{name}\":\"{value}\"")).collect();
    to_base64url(&Sha256::digest(format!("{{{}}}", members.join(","))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::from_base64url;

    /// RFC 8037 appendix A.3.
    #[test]
    fn ed25519_as_the_rfc() {
        let public = from_base64url("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo").expect("base64url");
        assert_eq!(of(KeyType::Ed25519, &public), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }
}
