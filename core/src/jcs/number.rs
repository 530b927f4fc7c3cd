//! Number text of RFC 8785 section 3.2.2.3: what ECMAScript's `Number::toString` writes.

use crate::json::{Decimal, Number};

/// The longest number text: a sign, 17 digits, a point, and `e-324` or six leading zeros; rounded up.
pub(super) const LONGEST: usize = 32;

/// Writes the canonical text of a finite double, and tells its length. The bytes behind it mean nothing.
#[inline(always)]
pub(super) fn write(value: f64, out: &mut [u8; LONGEST]) -> usize {
    let mut buffer = zmij::Buffer::new();
    let text = buffer.format_finite(value).as_bytes();
    let magnitude = value.abs();
    if (1e-5..1e16).contains(&magnitude) {
        // Positional in both notations; ECMAScript leaves `.0` out.
        return copy(text.strip_suffix(b".0").unwrap_or(text), out);
    }
    write_scientific(text, magnitude, out)
}

/// Copies a text of at most 24 bytes. Nearly all that come here have more than eight.
#[inline(always)]
fn copy(text: &[u8], out: &mut [u8; LONGEST]) -> usize {
    let length = text.len();
    if let (Some(first), Some(last)) = (text.first_chunk::<16>(), text.last_chunk::<16>()) {
        out[..16].copy_from_slice(first);
        out[length - 16..length].copy_from_slice(last);
    } else if let (Some(first), Some(last)) = (text.first_chunk::<8>(), text.last_chunk::<8>()) {
        out[..8].copy_from_slice(first);
        out[length - 8..length].copy_from_slice(last);
    } else {
        out[..length].copy_from_slice(text);
    }
    length
}

/// From `-d.ddde+xx`, which has no zero that is not needed, or from a zero.
#[inline(never)]
fn write_scientific(text: &[u8], magnitude: f64, out: &mut [u8; LONGEST]) -> usize {
    if magnitude == 0.0 {
        // Both zeros are written `0`.
        out[0] = b'0';
        return 1;
    }
    if !(1e-6..1e21).contains(&magnitude) {
        return copy(text, out);
    }
    // ECMAScript writes these positionally: the digits, with zeros before or behind them.
    let mark = text.iter().position(|byte| *byte == b'e').unwrap_or(text.len());
    let (mantissa, exponent) = text.split_at(mark);
    let sign = mantissa.strip_prefix(b"-").map_or("", |_| "-").as_bytes();
    let digits = mantissa.iter().filter(|byte| byte.is_ascii_digit());
    let mut length = 0;
    let mut push = |byte: &u8| {
        out[length] = *byte;
        length += 1;
    };
    sign.iter().for_each(&mut push);
    if magnitude < 1.0 {
        b"0.00000".iter().chain(digits).for_each(push);
    } else {
        let exponent = exponent.iter().filter(|byte| byte.is_ascii_digit());
        let count = exponent.fold(0, |value, digit| value * 10 + usize::from(digit - b'0')) + 1;
        digits.chain(&[b'0'; 21]).take(count).for_each(push);
    }
    length
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
pub(super) fn is_exact(literal: &Number<'_>, value: f64, canonical: &[u8]) -> bool {
    // With at most 15 digits it is, by the same theorem, if the double is normal.
    (literal.integer + literal.fraction <= 15 && value.abs() >= f64::MIN_POSITIVE)
        || literal.text() == canonical
        || same_value(literal, canonical)
}

/// Whether a literal has the decimal value of a canonical text.
#[inline(never)]
fn same_value(literal: &Number<'_>, canonical: &[u8]) -> bool {
    Number::read(canonical, 0).is_ok_and(|canonical| Decimal::new(&canonical) == Decimal::new(literal))
}

/// Writes an integer in decimal digits, and tells the length.
#[inline]
pub(super) fn write_integer(mut magnitude: u64, negative: bool, out: &mut [u8; LONGEST]) -> usize {
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
    copy(&digits[at..], out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: f64) -> String {
        let mut out = [0; LONGEST];
        let length = write(value, &mut out);
        String::from_utf8(out[..length].to_vec()).unwrap()
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
            assert_eq!(super::tests::text(value), text);
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
            let value = crate::json::to_double(&number);
            is_exact(&number, value, super::tests::text(value).as_bytes())
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
