//! String text of RFC 8785 section 3.2.2.2.

use crate::json::{WIDTH, special};

/// Appends a string with its quotes.
pub(crate) fn write_string(text: &str, out: &mut Vec<u8>) {
    let mut rest = text.as_bytes();
    out.push(b'"');
    loop {
        let (plain, special) = rest.split_at(plain_length(rest));
        out.extend_from_slice(plain);
        let Some((byte, behind)) = special.split_first() else { break };
        let (text, length) = escape(*byte);
        out.extend_from_slice(&text[..length]);
        rest = behind;
    }
    out.push(b'"');
}

/// How many bytes from the start on need no escape. `text` is UTF-8.
#[inline]
pub(super) fn plain_length(text: &[u8]) -> usize {
    let (chunks, rest) = text.as_chunks();
    for (index, chunk) in chunks.iter().enumerate() {
        let mask = special(chunk);
        if mask != 0 {
            return index * chunk.len() + mask.trailing_zeros() as usize;
        }
    }
    let start = text.len() - rest.len();
    let chunk = padded(rest).expect("what is left of chunks is shorter than one");
    let mask = special(&chunk) & !(u32::MAX << rest.len());
    if mask == 0 { text.len() } else { start + mask.trailing_zeros() as usize }
}

/// A text of at most one chunk, filled up with zeros. It is put together of words that overlap, so that no step
/// depends on the length.
#[inline(always)]
pub(super) fn padded(text: &[u8]) -> Option<[u8; WIDTH]> {
    let length = text.len();
    let word = if length > WIDTH {
        return None;
    } else if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        u128::from(u64::from_le_bytes(*first)) | u128::from(u64::from_le_bytes(*last)) << ((length - 8) * 8)
    } else if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        let last = u64::from(u32::from_le_bytes(*last)) << ((length - 4) * 8);
        u128::from(u64::from(u32::from_le_bytes(*first)) | last)
    } else if let (Some(first), Some(last)) = (text.first(), text.last()) {
        let middle = length / 2;
        let first_two = u32::from(*first) | u32::from(text[middle]) << (middle * 8);
        u128::from(first_two | u32::from(*last) << ((length - 1) * 8))
    } else {
        0
    };
    Some(word.to_le_bytes())
}

/// The escape of a byte that needs one, and how many bytes it has: two where there is a short form.
#[inline]
pub(super) fn escape(byte: u8) -> ([u8; 6], usize) {
    let short = match byte {
        0x08 => b'b',
        b'\t' => b't',
        b'\n' => b'n',
        0x0c => b'f',
        b'\r' => b'r',
        0..0x20 => {
            let digit = b"0123456789abcdef"[usize::from(byte & 0xf)];
            return ([b'\\', b'u', b'0', b'0', b'0' + (byte >> 4), digit], 6);
        }
        _ => byte,
    };
    ([b'\\', short, 0, 0, 0, 0], 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_of_section_3_2_2_2() {
        let text = |byte| {
            let (text, length) = escape(byte);
            String::from_utf8(text[..length].to_vec()).unwrap()
        };
        for (byte, expected) in [
            (b'"', r#"\""#),
            (b'\\', r"\\"),
            (8, r"\b"),
            (9, r"\t"),
            (10, r"\n"),
            (12, r"\f"),
            (13, r"\r"),
            (0, r"\u0000"),
            (0xb, r"\u000b"),
            (0x1f, r"\u001f"),
        ] {
            assert_eq!(text(byte), expected);
        }
    }

    #[test]
    fn a_whole_string() {
        for (text, expected) in [
            ("", r#""""#),
            ("plain", r#""plain""#),
            ("é\u{7f}\u{2028}", "\"é\u{7f}\u{2028}\""),
            ("\\\"\n\u{1}0123456789abcdef\"", r#""\\\"\n\u00010123456789abcdef\"""#),
        ] {
            let mut out = Vec::new();
            write_string(text, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }

    #[test]
    fn padding() {
        let text = b"0123456789abcdefg";
        for length in 0..=WIDTH {
            let chunk = padded(&text[..length]).unwrap();
            assert_eq!(chunk[..length], text[..length]);
            assert!(chunk[length..].iter().all(|byte| *byte == 0));
        }
        assert_eq!(padded(text), None);
    }

    #[test]
    fn plain_runs() {
        for length in 0..40 {
            for at in 0..length {
                let mut text = vec![b'a'; length];
                assert_eq!(plain_length(&text), length);
                text[at] = b'"';
                assert_eq!(plain_length(&text), at);
            }
        }
        assert_eq!(plain_length(b""), 0);
        assert_eq!(plain_length("0123456789abcdef\u{7f}é".as_bytes()), 19);
        assert_eq!(plain_length(b"0123456789abcdef\n"), 16);
        assert_eq!(plain_length(b"01234\"6789abcdef\n"), 5);
    }
}
