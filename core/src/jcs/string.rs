//! String text of RFC 8785 section 3.2.2.2.

use crate::json::special;

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
    rest.iter()
        .position(|byte| *byte < 0x20 || *byte == b'"' || *byte == b'\\')
        .map_or(text.len(), |at| start + at)
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
    fn plain_runs() {
        assert_eq!(plain_length(b""), 0);
        assert_eq!(plain_length("0123456789abcdef\u{7f}é".as_bytes()), 19);
        assert_eq!(plain_length(b"0123456789abcdef\n"), 16);
        assert_eq!(plain_length(b"01234\"6789abcdef\n"), 5);
    }
}
