//! The text encodings, each with one spelling: base64url (RFC 4648 section 5) and lower-case hex (section 8).

use base64::Engine as _;
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use zeroize::Zeroizing;

/// base64url without padding, with vector instructions where the processor has them: payloads go through it.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
static URL_SAFE_NO_PAD: std::sync::LazyLock<base64::engine::Simd> =
    std::sync::LazyLock::new(|| base64::engine::Simd::url_safe(base64::engine::general_purpose::NO_PAD));

/// base64url without padding.
pub(crate) fn to_base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// How many characters [`push_base64url`] writes for so many bytes.
pub(crate) fn base64url_length(bytes: usize) -> usize {
    (bytes * 4).div_ceil(3)
}

/// As [`to_base64url`], at the end of a buffer, which whoever writes a secret has made large enough.
pub(crate) fn push_base64url(text: &mut Vec<u8>, bytes: &[u8]) {
    let start = text.len();
    text.resize(start + base64url_length(bytes.len()), 0);
    URL_SAFE_NO_PAD.encode_slice(bytes, &mut text[start..]).expect("the text has the length of the bytes");
}

/// The bytes of base64url text: no padding, no white space, zero trailing bits; `None` for anything else.
pub(crate) fn from_base64url(text: impl AsRef<[u8]>) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// How many bytes base64url text of this length holds, if it is such text.
pub(crate) fn decoded_length(text: usize) -> usize {
    text / 4 * 3 + text % 4 * 3 / 4
}

/// As [`from_base64url`], for a secret: what is decoded is cleared, also where the text turns out to be none.
pub(crate) fn secret_from_base64url(text: impl AsRef<[u8]>) -> Option<Zeroizing<Vec<u8>>> {
    let text = text.as_ref();
    let mut bytes = Zeroizing::new(vec![0; decoded_length(text.len())]);
    let length = URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).ok()?;
    bytes.truncate(length);
    Some(bytes)
}

/// base64url with padding, the spelling of sqooler.
pub(crate) fn to_padded_base64url(bytes: &[u8]) -> String {
    URL_SAFE.encode(bytes)
}

/// The bytes of padded base64url text; `None` for anything else.
pub(crate) fn from_padded_base64url(text: &str) -> Option<Vec<u8>> {
    URL_SAFE.decode(text).ok()
}

/// base64 with padding (section 4), the spelling that DSSE writes.
pub(crate) fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The bytes of padded base64 text; `None` for anything else.
pub(crate) fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// Lower-case hex.
pub(crate) fn to_hex(bytes: &[u8]) -> String {
    hex::encode(bytes)
}

/// The `N` bytes of exactly `2 * N` lower-case hex digits; `None` for anything else.
pub(crate) fn from_hex<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    if text.iter().any(u8::is_ascii_uppercase) {
        return None;
    }
    let mut bytes = [0; N];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64url_has_one_spelling() {
        assert_eq!(from_base64url("_w").as_deref(), Some(&[0xff][..]));
        for other in ["_w==", "_x", "_w\n", " _w", "/w", "_", "_w=", "_w "] {
            assert_eq!(from_base64url(other), None, "{other:?}");
        }
    }

    #[test]
    fn base64url_has_the_length_that_its_text_tells() {
        for length in 0..50 {
            let mut text = b"x".to_vec();
            push_base64url(&mut text, &vec![7; length]);
            assert_eq!(text[1..], *to_base64url(&vec![7; length]).as_bytes());
            assert_eq!(base64url_length(length), text.len() - 1);
            assert_eq!(decoded_length(text.len() - 1), length);
        }
    }

    /// Long text goes by vectors, with the verdict and the bytes of the engine that takes one character after another.
    #[test]
    fn base64url_has_one_spelling_at_any_length() {
        use base64::engine::general_purpose::URL_SAFE_NO_PAD as ONE_BY_ONE;
        for length in [95, 96, 97, 98, 200, 301] {
            let bytes: Vec<u8> =
                (0..=255_u8).cycle().map(|byte| byte.wrapping_mul(37)).take(length).collect();
            let text = to_base64url(&bytes);
            assert_eq!(text, ONE_BY_ONE.encode(&bytes));
            for place in 0..text.len() {
                for byte in 0..=255 {
                    let mut text = text.clone().into_bytes();
                    text[place] = byte;
                    let expected = ONE_BY_ONE.decode(&text).ok();
                    assert_eq!(from_base64url(&text), expected, "{byte} at {place}");
                    assert_eq!(
                        secret_from_base64url(&text).as_deref(),
                        expected.as_ref(),
                        "{byte} at {place}"
                    );
                }
            }
            for behind in ["=", "==", "\n", " ", "A", "A="] {
                let text = text.clone() + behind;
                assert_eq!(from_base64url(&text), ONE_BY_ONE.decode(&text).ok(), "{text}");
            }
        }
    }

    #[test]
    fn base64_has_one_spelling() {
        assert_eq!(from_base64("/w==").as_deref(), Some(&[0xff][..]));
        for other in ["/w", "_w==", "/x==", "/w==\n"] {
            assert_eq!(from_base64(other), None, "{other:?}");
        }
    }

    #[test]
    fn padded_base64url_has_one_spelling() {
        assert_eq!(from_padded_base64url("_w==").as_deref(), Some(&[0xff][..]));
        for other in ["_w", "_w=", "/w==", "_x==", "_w==\n", "_w= =", "=_w=", "_w==="] {
            assert_eq!(from_padded_base64url(other), None, "{other:?}");
        }
    }

    #[test]
    fn hex_has_one_spelling() {
        assert_eq!(from_hex::<2>(b"00ff"), Some([0, 255]));
        for other in ["00FF", "00f", "00ff0", "0x00ff", "00f ", ""] {
            assert_eq!(from_hex::<2>(other.as_bytes()), None, "{other:?}");
        }
    }
}
