//! Number text of RFC 8785 section 3.2.2.3: what ECMAScript's `Number::toString` writes.

use crate::error::Code;
use crate::json::{Decimal, Number, to_double};

/// The longest number text: a sign, 17 digits, a point, and `e-324` or six leading zeros.
pub(super) const LONGEST: usize = 32;

/// A number's text in a buffer of fixed size.
#[derive(Clone, Copy, Debug)]
pub(super) struct NumberText {
    bytes: [u8; LONGEST],
    length: usize,
}

impl NumberText {
    const ZERO: Self = Self::new(b"0");

    const fn new(text: &[u8]) -> Self {
        let mut bytes = [0; LONGEST];
        let mut at = 0;
        while at < text.len() {
            bytes[at] = text[at];
            at += 1;
        }
        Self { bytes, length: text.len() }
    }

    /// The text of a finite double.
    #[inline]
    pub(super) fn of(value: f64) -> Self {
        // Both zeros are written `0`.
        if value == 0.0 {
            return Self::ZERO;
        }
        let mut buffer = zmij::Buffer::new();
        let digits = buffer.format_finite(value).as_bytes();
        let magnitude = value.abs();
        if (1e-5..1e16).contains(&magnitude) {
            // Positional in both notations; ECMAScript leaves `.0` out.
            return Self::new_inline(digits.strip_suffix(b".0").unwrap_or(digits));
        }
        Self::from_scientific(digits, magnitude)
    }

    #[inline(always)]
    fn new_inline(text: &[u8]) -> Self {
        let mut bytes = [0; LONGEST];
        bytes[..text.len()].copy_from_slice(text);
        Self { bytes, length: text.len() }
    }

    /// From `-d.ddde+xx`, which has no zero that is not needed.
    #[inline(never)]
    fn from_scientific(text: &[u8], magnitude: f64) -> Self {
        if !(1e-6..1e21).contains(&magnitude) {
            return Self::new_inline(text);
        }
        // ECMAScript writes these positionally: the digits, with zeros before or behind them.
        let mark = text.iter().position(|byte| *byte == b'e').unwrap_or(text.len());
        let (mantissa, exponent) = text.split_at(mark);
        let mut out = Self { bytes: [0; LONGEST], length: 0 };
        if mantissa[0] == b'-' {
            out.push(b"-");
        }
        let digits = mantissa.iter().filter(|byte| byte.is_ascii_digit());
        if magnitude < 1.0 {
            out.push(b"0.00000");
            digits.for_each(|digit| out.push(&[*digit]));
        } else {
            let exponent = exponent.iter().filter(|byte| byte.is_ascii_digit());
            let count = exponent.fold(0, |value, digit| value * 10 + usize::from(digit - b'0')) + 1;
            digits.chain(&[b'0'; 21]).take(count).for_each(|digit| out.push(&[*digit]));
        }
        out
    }

    #[inline]
    fn push(&mut self, text: &[u8]) {
        self.bytes[self.length..self.length + text.len()].copy_from_slice(text);
        self.length += text.len();
    }

    /// The buffer, whose bytes behind the text mean nothing.
    #[inline(always)]
    pub(super) fn buffer(&self) -> &[u8; LONGEST] {
        &self.bytes
    }

    /// How many bytes the text has.
    #[inline(always)]
    pub(super) fn len(&self) -> usize {
        self.length
    }

    /// The text.
    #[inline(always)]
    pub(super) fn text(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

/// Whether a literal is its own canonical text, as far as a look at its digits tells.
///
/// A decimal of at most 15 significant digits is the shortest that is read as its double (`DBL_DIG`), so that its
/// digits are the canonical ones, if it is written without an exponent and without zeros to spare, within the
/// range that ECMAScript writes positionally.
#[inline(always)]
pub(super) fn is_canonical(number: &Number<'_>) -> bool {
    let digits = number.integer + number.fraction;
    if digits > 15 || number.exponent {
        return false;
    }
    let first = number.source[number.end - digits - usize::from(number.fraction > 0)];
    if number.fraction == 0 {
        // `-0` is written `0`.
        return first != b'0' || !number.negative();
    }
    let last = number.source[number.end - 1];
    // The smallest that is written positionally is 0.000001.
    last != b'0' && (first != b'0' || number.fraction <= 6 || starts_above_a_millionth(number))
}

#[cold]
fn starts_above_a_millionth(number: &Number<'_>) -> bool {
    number.fraction_digits().iter().take(6).any(|digit| *digit != b'0')
}

/// Whether the decimal value of `literal`, whose double is `value`, is the decimal value of `canonical`.
#[inline]
pub(super) fn is_exact(literal: &Number<'_>, value: f64, canonical: &NumberText) -> bool {
    // With at most 15 digits it is, by the same theorem, if the double is normal.
    if literal.integer + literal.fraction <= 15 && value.abs() >= f64::MIN_POSITIVE {
        return true;
    }
    same_value(literal, canonical.text())
}

/// Whether a literal has the decimal value of a canonical text.
#[inline(never)]
fn same_value(literal: &Number<'_>, canonical: &[u8]) -> bool {
    Number::read(canonical, 0).is_ok_and(|canonical| Decimal::new(&canonical) == Decimal::new(literal))
}

/// The canonical text of an integer, whose literal has neither point nor exponent.
///
/// # Errors
///
/// `number_overflow` beyond the largest double, `number_not_exact` where the text would have another value.
pub(super) fn of_integer(literal: &Number<'_>) -> Result<NumberText, Code> {
    let value = to_double(literal);
    if value.is_infinite() {
        return Err(Code::NumberOverflow);
    }
    let text = NumberText::of(value);
    if is_exact(literal, value, &text) { Ok(text) } else { Err(Code::NumberNotExact) }
}

/// The canonical text of a native integer, or `None` where the text would have another value.
#[inline]
pub(super) fn of_parts(magnitude: u64, negative: bool) -> Option<NumberText> {
    let text = decimal_text(magnitude, negative);
    // Up to 2^53 every integer is a double, and its digits are its canonical text.
    if magnitude <= 1 << f64::MANTISSA_DIGITS {
        return Some(text);
    }
    of_integer(&Number::read(text.text(), 0).ok()?).ok()
}

/// An integer in decimal digits.
#[inline]
fn decimal_text(mut magnitude: u64, negative: bool) -> NumberText {
    let mut digits = [0; LONGEST];
    let mut at = LONGEST;
    loop {
        at -= 1;
        digits[at] = b'0' + (magnitude % 10) as u8;
        magnitude /= 10;
        if magnitude == 0 {
            break;
        }
    }
    if negative {
        at -= 1;
        digits[at] = b'-';
    }
    NumberText::new_inline(&digits[at..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: f64) -> String {
        String::from_utf8(NumberText::of(value).text().to_vec()).unwrap()
    }

    fn read(text: &str) -> Number<'_> {
        Number::read(text.as_bytes(), 0).unwrap()
    }

    /// RFC 8785 Appendix B.
    #[test]
    fn appendix_b() {
        for (bits, expected) in [
            (0x0000_0000_0000_0000, "0"),
            (0x8000_0000_0000_0000, "0"),
            (0x0000_0000_0000_0001, "5e-324"),
            (0x8000_0000_0000_0001, "-5e-324"),
            (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
            (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"),
            (0x4340_0000_0000_0000, "9007199254740992"),
            (0xc340_0000_0000_0000, "-9007199254740992"),
            (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
            (0x44b5_2d02_c7e1_4af6, "1e+23"),
            (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
            (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
            (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
            (0x444b_1ae4_d6e2_ef50, "1e+21"),
            (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
            (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
            (0x41b3_de43_5555_5553, "333333333.3333332"),
            (0x41b3_de43_5555_5554, "333333333.33333325"),
            (0x41b3_de43_5555_5555, "333333333.3333333"),
            (0x41b3_de43_5555_5556, "333333333.3333334"),
            (0x41b3_de43_5555_5557, "333333333.33333343"),
            (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
            (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
        ] {
            assert_eq!(text(f64::from_bits(bits)), expected);
        }
    }

    /// The longest texts that there are fit.
    #[test]
    fn as_ryu_js_writes_it() {
        let mut state = 1_u64;
        for _ in 0..300_000 {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            let value = f64::from_bits(state ^ state >> 32);
            // Half of them around the borders between the notations.
            for value in [value, value.abs() % 1e-4, value.abs() % 1e23] {
                if value.is_finite() {
                    assert_eq!(text(value), ryu_js::Buffer::new().format_finite(value), "{value:e}");
                }
            }
        }
    }

    #[test]
    fn literals_that_are_their_own_canonical_text() {
        for text in [
            "0",
            "1",
            "-1",
            "10",
            "0.1",
            "-0.1",
            "123456789012345",
            "0.000001",
            "0.0000011",
            "100.001",
            "1.5",
            "-12345678.9012345",
            "0.00000112345678",
        ] {
            assert!(is_canonical(&read(text)), "{text}");
            let value: f64 = text.parse().unwrap();
            assert_eq!(NumberText::of(value).text(), text.as_bytes());
        }
        for text in [
            "-0",
            "0.0",
            "-0.0",
            "1.0",
            "0.10",
            "1e2",
            "0.0000001",
            "0.00000012",
            "1234567890123456",
            "1.234567890123456",
        ] {
            assert!(!is_canonical(&read(text)), "{text}");
        }
    }

    #[test]
    fn exact_literals() {
        let exact = |text: &str| {
            let number = read(text);
            let value = to_double(&number);
            is_exact(&number, value, &NumberText::of(value))
        };
        for text in [
            "0.10",
            "1e2",
            "-0",
            "295147905179352830000",
            "1.7976931348623157e308",
            "5e-324",
            "9007199254740992",
            "0e99999",
            "0.000e-5",
            "9007199254740994.000",
            "1e22",
            "1e23",
        ] {
            assert!(exact(text), "{text}");
        }
        for text in [
            "9007199254740993",
            "0.1000000000000000055",
            "1e-400",
            "4e-324",
            "9007199254740992.1",
            "295147905179352825856",
            "1e-99999999999999999999",
        ] {
            assert!(!exact(text), "{text}");
        }
    }
}
