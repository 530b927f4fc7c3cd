//! RFC 7638 thumbprints.

use sha2::{Digest, Sha256};

use crate::algorithms::{Algorithm, es256k};
use crate::encoding::to_base64url;

/// SHA-256 over the canonical JWK of the required members (RFC 7638 section 3.2, RFC 8037 section 2), base64url.
pub(super) fn of(algorithm: Algorithm, public: &[u8]) -> String {
    let members = match algorithm {
        Algorithm::EdDsa => format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, to_base64url(public)),
        Algorithm::Es256k => {
            let coordinates = es256k::coordinates(public);
            let (x, y) = coordinates.split_at(32);
            format!(r#"{{"crv":"secp256k1","kty":"EC","x":"{}","y":"{}"}}"#, to_base64url(x), to_base64url(y))
        }
    };
    to_base64url(&Sha256::digest(members))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::from_base64url;

    /// RFC 8037 appendix A.3.
    #[test]
    fn ed25519_as_the_rfc() {
        let public = from_base64url("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo").expect("base64url");
        assert_eq!(of(Algorithm::EdDsa, &public), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }
}
