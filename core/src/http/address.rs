//! Addresses: which of them anybody on the internet has, and which belong to a proxy that is trusted.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::error::{Code, Error, Result};

/// Whether the text is an IPv4 or IPv6 address that is reached over the public internet. `false` for everything else:
/// loopback, private, shared (RFC 6598), link-local, multicast, documentation and reserved addresses, IPv6 addresses
/// that stand for an IPv4 one (mapped, translated, 6to4, Teredo), and text that is no address.
///
/// Who fetches a URL that others may have chosen asks this of every address that its host name resolves to, and then
/// connects to that address.
#[must_use]
pub fn address_is_public(text: &str) -> bool {
    match text.parse() {
        Ok(IpAddr::V4(address)) => !NOT_PUBLIC_V4.iter().any(|block| block.contains(address)),
        Ok(IpAddr::V6(address)) => {
            GLOBAL_V6.contains(address) && !NOT_PUBLIC_V6.iter().any(|block| block.contains(address))
        }
        Err(_) => false,
    }
}

/// A block of addresses: those whose first bits are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Block {
    /// An IPv4 address stands in the upper 32 bits.
    start: u128,
    bits: u32,
    is_v4: bool,
}

impl Block {
    const fn v4(first: [u8; 4], bits: u32) -> Self {
        Self { start: (u32::from_be_bytes(first) as u128) << 96, bits, is_v4: true }
    }

    const fn v6(first: [u16; 2], bits: u32) -> Self {
        Self { start: (first[0] as u128) << 112 | (first[1] as u128) << 96, bits, is_v4: false }
    }

    fn contains(self, address: impl Into<IpAddr>) -> bool {
        let (number, is_v4) = number(address.into());
        // All bits but the first: a shift by 128 would be none.
        let differing = (number ^ self.start).checked_shr(128 - self.bits).unwrap_or(0);
        is_v4 == self.is_v4 && differing == 0
    }
}

fn number(address: IpAddr) -> (u128, bool) {
    match address {
        IpAddr::V4(address) => (u128::from(u32::from(address)) << 96, true),
        IpAddr::V6(address) => (address.into(), false),
    }
}

/// The IANA registry of special-purpose IPv4 addresses (RFC 6890), with multicast and what is reserved.
const NOT_PUBLIC_V4: [Block; 15] = [
    Block::v4([0, 0, 0, 0], 8),
    Block::v4([10, 0, 0, 0], 8),
    Block::v4([100, 64, 0, 0], 10),
    Block::v4([127, 0, 0, 0], 8),
    Block::v4([169, 254, 0, 0], 16),
    Block::v4([172, 16, 0, 0], 12),
    Block::v4([192, 0, 0, 0], 24),
    Block::v4([192, 0, 2, 0], 24),
    Block::v4([192, 88, 99, 0], 24),
    Block::v4([192, 168, 0, 0], 16),
    Block::v4([198, 18, 0, 0], 15),
    Block::v4([198, 51, 100, 0], 24),
    Block::v4([203, 0, 113, 0], 24),
    Block::v4([224, 0, 0, 0], 4),
    Block::v4([240, 0, 0, 0], 4),
];

/// Where IPv6 addresses are global unicast (RFC 4291 section 2.4, as assigned so far).
const GLOBAL_V6: Block = Block::v6([0x2000, 0], 3);

/// And what is special in there: protocol assignments (Teredo among them), documentation, 6to4.
const NOT_PUBLIC_V6: [Block; 4] = [
    Block::v6([0x2001, 0], 23),
    Block::v6([0x2001, 0xdb8], 32),
    Block::v6([0x2002, 0], 16),
    Block::v6([0x3fff, 0], 20),
];

/// Blocks of addresses, such as those of the proxies before a gateway.
#[derive(Clone, Debug, Default)]
pub(crate) struct Networks(Vec<Block>);

impl Networks {
    /// Each an address, or the first address of a block and the number of bits that all of it share: `10.0.0.0/8`.
    ///
    /// # Errors
    /// `invalid_argument`: no such block, or one whose address is not its first.
    pub(crate) fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self> {
        texts.into_iter().map(parse_block).collect::<Option<_>>().map(Self).ok_or_else(|| {
            Error::new(Code::InvalidArgument, "not an address, or the first of a block with its bits")
        })
    }

    /// Whether the text is an address in one of the blocks. An IPv4 address that is mapped into IPv6, as a socket for
    /// both tells it, is that IPv4 address.
    pub(crate) fn contain(&self, text: &str) -> bool {
        let Ok(address) = text.parse::<IpAddr>() else { return false };
        let address = address.to_canonical();
        self.0.iter().any(|block| block.contains(address))
    }
}

fn parse_block(text: &str) -> Option<Block> {
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address, Some(bits)),
        None => (text, None),
    };
    let (start, is_v4) = number(address.parse().ok()?);
    let longest = if is_v4 { Ipv4Addr::BITS } else { Ipv6Addr::BITS };
    let bits = match bits {
        None => longest,
        // `+8` and `08` are numbers to Rust, and no other spelling is needed.
        Some(text) => text.parse().ok().filter(|bits: &u32| *bits <= longest && bits.to_string() == text)?,
    };
    let is_first = start.checked_shl(bits).unwrap_or(0) == 0;
    is_first.then_some(Block { start, bits, is_v4 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_addresses_are_told_from_others() {
        for (text, expected) in [
            ("8.8.8.8", true),
            ("1.1.1.1", true),
            ("100.63.255.255", true),
            ("100.128.0.0", true),
            ("172.15.255.255", true),
            ("172.32.0.0", true),
            ("192.0.1.1", true),
            ("198.17.255.255", true),
            ("198.20.0.0", true),
            ("223.255.255.255", true),
            ("2606:4700:4700::1111", true),
            ("2001:200::1", true),
            ("2001:4860:4860::8888", true),
            ("2a00:1450::1", true),
            ("0.0.0.0", false),
            ("0.1.2.3", false),
            ("10.0.0.1", false),
            ("100.64.0.1", false),
            ("100.127.255.255", false),
            ("127.0.0.1", false),
            ("127.255.255.254", false),
            ("169.254.169.254", false),
            ("172.16.0.1", false),
            ("172.31.255.255", false),
            ("192.0.0.8", false),
            ("192.0.2.1", false),
            ("192.88.99.1", false),
            ("192.168.0.1", false),
            ("198.18.0.1", false),
            ("198.19.255.255", false),
            ("198.51.100.1", false),
            ("203.0.113.1", false),
            ("224.0.0.1", false),
            ("239.255.255.255", false),
            ("240.0.0.1", false),
            ("255.255.255.255", false),
            ("::", false),
            ("::1", false),
            ("::127.0.0.1", false),
            ("::ffff:127.0.0.1", false),
            ("::ffff:8.8.8.8", false),
            ("::ffff:0:8.8.8.8", false),
            ("64:ff9b::10.0.0.1", false),
            ("64:ff9b::8.8.8.8", false),
            ("64:ff9b:1::1", false),
            ("100::1", false),
            ("2001::1", false),
            ("2001:2::1", false),
            ("2001:10::1", false),
            ("2001:1ff:ffff::1", false),
            ("2001:db8::1", false),
            ("2002:7f00:1::", false),
            ("3fff::1", false),
            ("3fff:fff::1", false),
            ("fc00::1", false),
            ("fdff::1", false),
            ("fe80::1", false),
            ("fec0::1", false),
            ("ff02::1", false),
            ("fe80::1%eth0", false),
            ("[2606:4700:4700::1111]", false),
            ("8.8.8.8:443", false),
            ("08.8.8.8", false),
            ("8.8.8", false),
            ("134744072", false),
            ("0x8.8.8.8", false),
            (" 8.8.8.8", false),
            ("dns.example", false),
            ("", false),
        ] {
            assert_eq!(address_is_public(text), expected, "{text}");
        }
    }

    /// What the standard library says of an address on its own.
    #[test]
    fn no_address_of_a_known_kind_is_public() {
        let mut seen = 0;
        for first in 0..=255_u8 {
            for second in 0..=255_u8 {
                for address in [Ipv4Addr::new(first, second, 0, 1), Ipv4Addr::new(first, second, 255, 254)] {
                    let special = address.is_loopback()
                        || address.is_private()
                        || address.is_link_local()
                        || address.is_multicast()
                        || address.is_unspecified();
                    seen += usize::from(special);
                    assert!(!(special && address_is_public(&address.to_string())), "{address}");
                    let mapped = address.to_ipv6_mapped();
                    assert!(!address_is_public(&mapped.to_string()), "{mapped}");
                }
            }
        }
        assert!(seen > 1000);
    }

    #[test]
    fn networks_contain_their_addresses() {
        let networks =
            Networks::parse(["10.0.0.0/8", "192.0.2.7", "2001:db8::/32", "fd00::1/128"]).expect("blocks");
        for (text, expected) in [
            ("10.0.0.0", true),
            ("10.255.255.255", true),
            ("11.0.0.0", false),
            ("192.0.2.7", true),
            ("192.0.2.8", false),
            ("::ffff:10.1.2.3", true),
            ("::a01:203", false),
            ("a00::", false),
            ("2001:db8:ffff::1", true),
            ("2001:db9::", false),
            ("fd00::1", true),
            ("fd00::2", false),
            ("10.0.0.1:80", false),
            ("", false),
            ("unix", false),
        ] {
            assert_eq!(networks.contain(text), expected, "{text}");
        }
        let all = Networks::parse(["0.0.0.0/0"]).expect("a block");
        assert!(all.contain("203.0.113.9") && !all.contain("2001:db8::1"));
        assert!(!Networks::default().contain("127.0.0.1"));
        for text in [
            "",
            "10.0.0.0/",
            "10.0.0.0/33",
            "10.0.0.1/8",
            "10.0.0.0/+8",
            "10.0.0.0/08",
            "10.0.0.0/8/8",
            "10.0.0.0/-1",
            "::/129",
            "::1/127",
            "10/8",
            "proxy.example",
            "10.0.0.0 /8",
            "[::1]",
        ] {
            let error = Networks::parse([text]).expect_err(text);
            assert_eq!(error.code(), Code::InvalidArgument, "{text}");
        }
    }
}
