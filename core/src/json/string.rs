//! Strings of RFC 8259 section 7: where they end, and what their escapes stand for.

use zeroize::Zeroizing;

use super::fault::Fault;
use super::{byte, scan};
use crate::error::Code;

/// The text of a string, without its quotes and with every escape resolved. It is UTF-8 as soon as the whole
/// input has been found to be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text<'a> {
    /// What the text stands in: the input, or a buffer that holds the resolved text. Bytes around the text may
    /// be read, which lets a short text be copied in steps of fixed width.
    pub(crate) source: &'a [u8],
    /// Where the text starts.
    pub(crate) start: usize,
    /// Where the text ends.
    pub(crate) end: usize,
    /// Whether the text is known to hold no `"`, no `\` and no control character.
    pub(crate) plain: bool,
}

impl<'a> Text<'a> {
    /// The text alone.
    #[inline(always)]
    pub(crate) fn bytes(&self) -> &'a [u8] {
        &self.source[self.start..self.end]
    }
}

/// Bytes from a string's opening quote on that [`short_length`] looks at: most strings end within them, and what comes
/// behind, too.
pub(crate) const WINDOW: usize = 1 + 2 * scan::WIDTH;

/// How long the text is of the string that a window starts with, if it has no escape and ends within one chunk.
/// That is nearly every string, so the check of one bound serves all that is read of it.
#[inline(always)]
pub(crate) fn short_length(window: &[u8; WINDOW]) -> Option<usize> {
    let chunk = window[1..].first_chunk().expect("a window is longer than a chunk");
    // The bit behind those of the chunk tells the compiler that the length is within the window.
    let length = (scan::special(chunk) | 1 << scan::WIDTH).trailing_zeros() as usize;
    (window[0] == b'"' && length < scan::WIDTH && window[1 + length] == b'"').then_some(length)
}

/// Reads the string whose opening quote is before `start`. Returns its text and the offset behind its closing
/// quote. `resolved` is used where there are escapes; its length is its capacity, its content means nothing.
#[inline]
pub(crate) fn read<'a>(
    input: &'a [u8],
    start: usize,
    resolved: &'a mut Vec<u8>,
) -> Result<(Text<'a>, usize), Fault> {
    let end = plain_end(input, start);
    if byte(input, end) == b'"' {
        return Ok((Text { source: input, start, end, plain: true }, end + 1));
    }
    let resolution = resolve(input, start, end, resolved)?;
    let text = Text { source: resolved, start: 0, end: resolution.length, plain: resolution.plain };
    Ok((text, resolution.end + 1))
}

/// Where a run of plain text ends, or the input.
#[inline]
pub(super) fn plain_end(input: &[u8], mut at: usize) -> usize {
    // How often a loop runs cannot be foreseen: steps are so wide that most strings take one.
    while let Some(wide) = input.get(at..).and_then(<[u8]>::first_chunk) {
        let mask = scan::special_wide(wide);
        if mask != 0 {
            return at + mask.trailing_zeros() as usize;
        }
        at += scan::WIDE;
    }
    loop {
        let mask = scan::ask(scan::special, input, at);
        if mask != 0 {
            return at + mask.trailing_zeros() as usize;
        }
        at += scan::WIDTH;
    }
}

/// The text of the string that starts at `start`, for a message: if it is not well-formed, as it stands there.
pub(super) fn unescaped(input: &[u8], start: usize, end: usize) -> Vec<u8> {
    // Behind the text stands what was copied from behind the string: part of a secret, perhaps. So the buffer is cleared,
    // and has room enough never to move.
    let mut resolved = Zeroizing::new(vec![0; end - start + STEP]);
    match resolve(input, start, start, &mut resolved) {
        Ok(resolution) => resolved[..resolution.length].to_vec(),
        Err(_) => input[start..end].to_vec(),
    }
}

/// What [`resolve`] found.
struct Resolution {
    /// The offset of the closing quote.
    end: usize,
    /// How many bytes of the buffer the text takes.
    length: usize,
    /// See [`Text::plain`].
    plain: bool,
}

/// Room that one step may fill: a chunk, or the four bytes of a character.
const STEP: usize = 2 * scan::WIDTH;

/// Resolves the escapes of a string whose text starts at `start` and has none before `at`.
#[inline(never)]
fn resolve(input: &[u8], start: usize, mut at: usize, resolved: &mut Vec<u8>) -> Result<Resolution, Fault> {
    let mut length = at - start;
    let mut plain = true;
    make_room(resolved, length + STEP);
    if length > 0 {
        resolved[..length].copy_from_slice(&input[start..at]);
    }
    loop {
        if resolved.len() < length + STEP {
            make_room(resolved, length + STEP);
        }
        match byte(input, at) {
            b'\\' => {
                let (behind, longer) = code_units(input, at, resolved, length);
                if behind > at {
                    (at, length) = (behind, longer);
                    continue;
                }
                let (character, next) = escape(input, at)?;
                plain &= is_plain(character);
                length = push(resolved, length, character);
                at = next;
            }
            b'"' => return Ok(Resolution { end: at, length, plain }),
            0..0x20 => return Err(unfinished(input, at)),
            _ => {
                let chunk = scan::load(input, at);
                resolved[length..length + scan::WIDTH].copy_from_slice(&chunk);
                let count = (scan::special(&chunk) | 1 << scan::WIDTH).trailing_zeros() as usize;
                length += count;
                at += count;
            }
        }
    }
}

/// Whether a character is written without an escape.
#[inline(always)]
fn is_plain(character: u32) -> bool {
    character >= 0x20 && character != u32::from(b'"') && character != u32::from(b'\\')
}

#[cold]
#[inline(never)]
fn make_room(resolved: &mut Vec<u8>, length: usize) {
    if resolved.len() < length {
        resolved.resize((2 * length).max(256), 0);
    }
}

/// Resolves a run of escapes `\uXXXX` that stand for plain characters: the texts of most languages have many in a row.
/// Returns where the run ends in the input and in the buffer: at anything else, which [`escape`] is for, near the end
/// of the input, and where there is no more room.
#[inline(always)]
fn code_units(input: &[u8], mut at: usize, resolved: &mut [u8], mut length: usize) -> (usize, usize) {
    while let Some(place) = resolved.get_mut(length..).and_then(<[u8]>::first_chunk_mut::<8>)
        && let Some([b'\\', b'u', a, b, c, d, rest @ ..]) =
            input.get(at..).and_then(<[u8]>::first_chunk::<12>)
    {
        let first = three_bytes([*a, *b, *c, *d]);
        if let [b'\\', b'u', digits @ ..] = rest {
            let second = three_bytes(*digits);
            if is_common(first) && is_common(second) {
                let middle = write_common(place, 0, first);
                length += write_common(place, middle, second);
                at += 12;
                continue;
            }
            if let Some(character) = surrogate_pair(first, second) {
                place[..4].copy_from_slice(&utf8(character).0);
                length += 4;
                at += 12;
                continue;
            }
        }
        if is_common(first) {
            length += write_common(place, 0, first);
        } else if is_ascii(first) && is_plain(code_unit_of(first)) {
            place[0] = code_unit_of(first).to_le_bytes()[0];
            length += 1;
        } else {
            break;
        }
        at += 6;
    }
    (at, length)
}

/// Writes a character of two or three bytes, as [`three_bytes`] tells it; returns where it ends.
#[inline(always)]
fn write_common(place: &mut [u8; 8], at: usize, form: u32) -> usize {
    // Both forms are made and one is chosen, because a branch would be foreseen badly where a text changes its script.
    let long = is_long(form);
    let bytes = if long { form } else { form >> 8 | 0x40 };
    place[at..at + 4].copy_from_slice(&bytes.to_le_bytes());
    at + 2 + usize::from(long)
}

/// The character that two halves stand for, each as [`three_bytes`] tells it.
#[inline(always)]
fn surrogate_pair(high: u32, low: u32) -> Option<u32> {
    let (high_unit, low_unit) = (code_unit_of(high), code_unit_of(low));
    let is_pair = high.max(low) < NO_DIGIT && high_unit & 0xfc00 == 0xd800 && low_unit & 0xfc00 == 0xdc00;
    is_pair.then_some(0x1_0000 + ((high_unit & 0x3ff) << 10 | low_unit & 0x3ff))
}

#[cold]
fn unfinished(input: &[u8], at: usize) -> Fault {
    if at < input.len() {
        Fault::new(Code::ControlCharacter, at, "a control character in a string must be escaped")
    } else {
        Fault::syntax(at, "a string is not closed")
    }
}

/// The character that the escape at `at` stands for, and where the escape ends.
#[inline(always)]
fn escape(input: &[u8], at: usize) -> Result<(u32, usize), Fault> {
    let character = match byte(input, at + 1) {
        b'u' => {
            let unit = code_unit(input, at)?;
            if unit & 0xf800 != 0xd800 {
                return Ok((unit, at + 6));
            }
            let low = if unit < 0xdc00 && byte(input, at + 6) == b'\\' && byte(input, at + 7) == b'u' {
                code_unit(input, at + 6)?
            } else {
                0
            };
            if low & 0xfc00 != 0xdc00 {
                return Err(Fault::new(Code::LoneSurrogate, at, "half of a surrogate pair stands alone"));
            }
            return Ok((0x1_0000 + ((unit & 0x3ff) << 10 | low & 0x3ff), at + 12));
        }
        character @ (b'"' | b'\\' | b'/') => character,
        b'b' => 0x08,
        b't' => b'\t',
        b'n' => b'\n',
        b'f' => 0x0c,
        b'r' => b'\r',
        _ => return Err(Fault::syntax(at + 1, "there is no such escape")),
    };
    Ok((u32::from(character), at + 2))
}

/// What each hexadecimal digit of a code unit adds to its UTF-8 of three bytes, the first in the lowest byte, at each of the
/// four places. The highest byte counts what the digits say of the whole: above ASCII, halves of the mark of a surrogate,
/// no digit at all.
static THREE_BYTES: [[u32; 256]; 4] = {
    let mut table = [[NO_DIGIT; 256]; 4];
    let mut place = 0;
    while place < 4 {
        let mut value = 0;
        while value < 16 {
            let digit = b"0123456789abcdef"[value as usize];
            let unit = value << (12 - 4 * place);
            let mut form = unit >> 12 | (unit >> 6 & 0x3f) << 8 | (unit & 0x3f) << 16;
            if unit >= 0x80 {
                form += ABOVE_ASCII;
            }
            if place == 0 && value == 0xd || place == 1 && value >= 8 {
                form += SURROGATE / 2;
            }
            if place == 0 {
                form += 0x0080_80e0;
            }
            table[place][digit as usize] = form;
            table[place][digit.to_ascii_uppercase() as usize] = form;
            value += 1;
        }
        place += 1;
    }
    table
};

/// See [`THREE_BYTES`]: three digits can say it.
const ABOVE_ASCII: u32 = 1 << 24;
/// Both of the first two digits say half of it.
const SURROGATE: u32 = 1 << 27;
/// Four can say it.
const NO_DIGIT: u32 = 1 << 28;

/// The UTF-8 of three bytes of the code unit that four hexadecimal digits tell, even where it should have fewer or has
/// none; [`NO_DIGIT`] or above if one of them is none.
#[inline(always)]
fn three_bytes(digits: [u8; 4]) -> u32 {
    let [a, b, c, d] = digits.map(usize::from);
    THREE_BYTES[0][a] + THREE_BYTES[1][b] + THREE_BYTES[2][c] + THREE_BYTES[3][d]
}

/// The code unit that three bytes stand for.
#[inline(always)]
fn code_unit_of(form: u32) -> u32 {
    (form & 0xf) << 12 | (form >> 8 & 0x3f) << 6 | form >> 16 & 0x3f
}

/// Whether three bytes stand for less than U+0080.
#[inline(always)]
fn is_ascii(form: u32) -> bool {
    form < ABOVE_ASCII
}

/// Whether three bytes stand for U+0080 or above, and for no surrogate.
#[inline(always)]
fn is_common(form: u32) -> bool {
    (ABOVE_ASCII..SURROGATE).contains(&form)
}

/// Whether three bytes stand for U+0800 or above.
#[inline(always)]
fn is_long(form: u32) -> bool {
    form & 0x200f != 0
}

/// The code unit of the escape `\uXXXX` at `at`.
#[inline(always)]
fn code_unit(input: &[u8], at: usize) -> Result<u32, Fault> {
    let digits = input.get(at + 2..).and_then(<[u8]>::first_chunk::<4>);
    match digits.map(|digits| three_bytes(*digits)) {
        Some(form) if form < NO_DIGIT => Ok(code_unit_of(form)),
        _ => Err(no_hex(input, at)),
    }
}

#[cold]
fn no_hex(input: &[u8], at: usize) -> Fault {
    let digits = input[at + 2..].iter().take(4).take_while(|digit| digit.is_ascii_hexdigit()).count();
    Fault::syntax(at + 2 + digits, "four hexadecimal digits must follow `\\u`")
}

/// Writes a character as UTF-8. It is a scalar value: [`escape`] lets no half of a surrogate pair through.
#[inline(always)]
fn push(resolved: &mut [u8], at: usize, character: u32) -> usize {
    let (bytes, length) = utf8(character);
    resolved[at..at + 4].copy_from_slice(&bytes);
    at + length
}

/// The UTF-8 of a character, and how many bytes it has.
#[inline(always)]
fn utf8(character: u32) -> ([u8; 4], usize) {
    match character {
        0..0x80 => (character.to_le_bytes(), 1),
        0x80..0x800 => ((0x80c0 | character >> 6 | (character & 0x3f) << 8).to_le_bytes(), 2),
        0x800..0x1_0000 => {
            let tail = |shift: u32| character >> shift & 0x3f;
            ((0x0080_80e0 | character >> 12 | tail(6) << 8 | tail(0) << 16).to_le_bytes(), 3)
        }
        _ => {
            let tail = |shift: u32| character >> shift & 0x3f;
            let bytes = 0x8080_80f0 | character >> 18 | tail(12) << 8 | tail(6) << 16 | tail(0) << 24;
            (bytes.to_le_bytes(), 4)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<(String, bool, usize), (Code, usize)> {
        let mut resolved = Vec::new();
        let (text, end) =
            read(text.as_bytes(), 1, &mut resolved).map_err(|fault| (fault.code, fault.offset))?;
        Ok((String::from_utf8(text.bytes().to_vec()).unwrap(), text.plain, end))
    }

    #[test]
    fn texts() {
        assert_eq!(read_text(r#""","#), Ok((String::new(), true, 2)));
        assert_eq!(read_text(r#""abc","#), Ok(("abc".into(), true, 5)));
        assert_eq!(read_text(r#""0123456789abcdefghijé","#), Ok(("0123456789abcdefghijé".into(), true, 24)));
        assert_eq!(read_text(r#""\/\u00e9\u20AC\ud83d\ude00x","#).unwrap().0, "/é€😀x");
        assert!(read_text(r#""\/\u00e9""#).unwrap().1);
        assert_eq!(read_text(r#""\"\\\b\t\n\f\r\u0000""#).unwrap().0, "\"\\\u{8}\t\n\u{c}\r\0");
        assert!(!read_text(r#""a\n""#).unwrap().1);
        let long = "x".repeat(1000);
        assert_eq!(
            read_text(&format!(r#""{long}\u0041{long}\u0042{long}""#)).unwrap().0,
            format!("{long}A{long}B{long}")
        );
    }

    /// Each code unit, escaped in upper and lower case, is what the standard library's UTF-16 decoder says.
    #[test]
    fn every_code_unit() {
        for unit in 0..=0xffff_u16 {
            let expected = char::decode_utf16([unit]).next().unwrap();
            // Alone at the end of the input, and with as much behind it as a run of escapes looks at.
            for (text, rest) in [
                (format!(r#""\u{unit:04x}""#), ""),
                (format!(r#""\u{unit:04X}""#), ""),
                (format!(r#""\u{unit:04x}0123456789abcdef""#), "0123456789abcdef"),
                (format!(r#""\u{unit:04X}\u20ac\u00e9\u0041\ud83d\ude00\n""#), "€éA😀\n"),
            ] {
                match (read_text(&text), expected.clone()) {
                    (Ok((text, ..)), Ok(character)) => assert_eq!(text, format!("{character}{rest}")),
                    (Err(fault), Err(_)) => assert_eq!(fault, (Code::LoneSurrogate, 1)),
                    (result, _) => panic!("{text}: {result:?}"),
                }
            }
        }
    }

    /// Runs of every length, so that the buffer ends at each place of a run, against the decoder of the standard library.
    #[test]
    fn runs() {
        let cycle = [
            0xe9, 0x20ac, 0xd83d, 0xde00, 0x41, 0x416, 0xffff, 0x80, 0x7f, 0x7ff, 0x22, 0x800, 0xdbff, 0xdfff,
        ];
        for first in 0..cycle.len() {
            for count in 1..400 {
                let units: Vec<u16> = cycle.iter().cycle().skip(first).take(count).copied().collect();
                let escapes: String = units.iter().map(|unit| format!("\\u{unit:04x}")).collect();
                match (read_text(&format!("\"{escapes}\",")), String::from_utf16(&units)) {
                    (Ok((text, plain, end)), Ok(expected)) => {
                        assert_eq!((plain, end), (!expected.contains('"'), escapes.len() + 2));
                        assert_eq!(text, expected);
                    }
                    (Err((code, _)), Err(_)) => assert_eq!(code, Code::LoneSurrogate),
                    (result, _) => panic!("{escapes}: {result:?}"),
                }
            }
        }
    }

    #[test]
    fn faults() {
        use Code::{ControlCharacter, InvalidJson, LoneSurrogate};
        for (text, expected) in [
            (r#"""#, (InvalidJson, 1)),
            (r#""ab"#, (InvalidJson, 3)),
            (r#""0123456789abcdef"#, (InvalidJson, 17)),
            (r#""\"#, (InvalidJson, 2)),
            (r#""\x""#, (InvalidJson, 2)),
            (r#""\u12G4""#, (InvalidJson, 5)),
            (r#""\u12"#, (InvalidJson, 5)),
            ("\"a\u{1f}\"", (ControlCharacter, 2)),
            ("\"\\n\0\"", (ControlCharacter, 3)),
            (r#""\udc00\ud800""#, (LoneSurrogate, 1)),
            (r#""\ud800\ud800\udc00""#, (LoneSurrogate, 1)),
            (r#""\ud800A""#, (LoneSurrogate, 1)),
            (r#""\ud800\u""#, (InvalidJson, 9)),
            (r#""\ud800"#, (LoneSurrogate, 1)),
            (r#""\u20ac\u20g0 0123456789""#, (InvalidJson, 11)),
            (r#""\ud8zz\udc00 0123456789""#, (InvalidJson, 5)),
            (r#""\u20ac\ud83d\udczz 0123456789""#, (InvalidJson, 17)),
            (r#""\u20ac\udc00 0123456789""#, (LoneSurrogate, 7)),
            (r#""\u20ac\ud83d\u00e9 0123456789""#, (LoneSurrogate, 7)),
            (r#""\u20ac\ud83d\ude0 0123456789""#, (InvalidJson, 18)),
            (r#""\u20ac\ud83d-ude00 0123456789""#, (LoneSurrogate, 7)),
        ] {
            assert_eq!(read_text(text), Err(expected), "{text}");
        }
    }
}
