//! Under what a nonce is reserved, and for how long.

use sha2::{Digest as _, Sha256};

use super::MARGIN_MS;

/// The name under which a nonce is reserved: the first 128 bits of SHA-256 over `samebyte-replay/1` and then, each with
/// its length before it as four bytes, big-endian: `request` or `observe`, the tenant, the signer and the nonce.
///
/// `signer` is the RFC 7638 thumbprint of the key, not its kid, which two keys may share. Lengths leave no doubt where a
/// part ends. What is only `observed` is reserved beside, so that observing refuses nothing later.
#[must_use]
pub fn key(tenant: &str, signer: &str, nonce: &str, observed: bool) -> [u8; 16] {
    let space = if observed { "observe" } else { "request" };
    let mut hash = Sha256::new_with_prefix(b"samebyte-replay/1");
    for part in [space, tenant, signer, nonce] {
        // A text of 4 GiB is no header; its length would only have to differ from that of shorter ones.
        hash.update(u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        hash.update(part);
    }
    let mut key = [0; 16];
    key.copy_from_slice(&hash.finalize()[..16]);
    key
}

/// How long a nonce must be kept from `now_ms` on, in milliseconds: `nonce_ttl_s` and not less than until `exp_s`, twice
/// the skew and 60 s; at least one second. A frame is accepted until `exp_s` and the skew, so that forgetting always
/// comes later, by a margin for clocks that differ and for a check that takes long.
#[must_use]
pub fn ttl_ms(exp_s: i64, now_ms: u64, nonce_ttl_s: u64, skew_s: u64) -> u64 {
    let until_expiry = i128::from(exp_s) * 1000 - i128::from(now_ms);
    let needed = until_expiry + i128::from(skew_s) * 2000 + i128::from(MARGIN_MS);
    let ttl = needed.max(i128::from(nonce_ttl_s) * 1000).max(1000);
    u64::try_from(ttl).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_key_is_that_of_the_formula() {
        // printf 'samebyte-replay/1\0\0\0\7request\0\0\0\4acme\0\0\0\3key\0\0\0\6abc123' | sha256sum
        assert_eq!(hex::encode(key("acme", "key", "abc123", false)), "887c7c134eb2fd6e2c99c8626a409e47");
        // printf 'samebyte-replay/1\0\0\0\7observe\0\0\0\0\0\0\0\0\0\0\0\1n' | sha256sum
        assert_eq!(hex::encode(key("", "", "n", true)), "7962044544aeded74f90af2367978a7b");
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        let parts =
            [("ab", "c", "d"), ("a", "bc", "d"), ("a", "b", "cd"), ("", "abc", "d"), ("abcd", "", "")];
        let keys: HashSet<_> = parts
            .into_iter()
            .flat_map(|(tenant, signer, nonce)| [true, false].map(|seen| key(tenant, signer, nonce, seen)))
            .collect();
        assert_eq!(keys.len(), 2 * parts.len());
    }

    #[test]
    fn lifetimes() {
        let now = 1_000_000_000;
        assert_eq!(ttl_ms(1_000_060, now, 300, 30), 300_000, "the window is longer");
        assert_eq!(ttl_ms(1_000_300, now, 300, 30), 420_000, "exp, twice the skew, the margin");
        assert_eq!(ttl_ms(i64::MIN, now, 0, 0), 1000);
        assert_eq!(ttl_ms(i64::MAX, 0, 0, u64::MAX), u64::MAX);
        assert_eq!(ttl_ms(0, u64::MAX, u64::MAX, 0), u64::MAX);
    }

    proptest! {
        /// At whatever fraction of a second it is accepted, it is remembered for longer than it is acceptable, by the
        /// margin.
        #[test]
        fn forgetting_comes_after_the_last_acceptable_moment(
            exp in 0_i64..5_000_000_000, before in 0_u64..4_000_000, nonce_ttl in 1_u64..3600, skew in 0_u64..300,
        ) {
            let last = (exp.unsigned_abs() + skew) * 1000 + 999;
            let now = last.saturating_sub(before);
            prop_assert!(now + ttl_ms(exp, now, nonce_ttl, skew) >= last - 999 + skew * 1000 + MARGIN_MS);
        }
    }
}
