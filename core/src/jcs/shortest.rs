//! Decimals of many digits, shortened where they stand.
//!
//! Programs print doubles with 15 to 17 digits, so most digits of a long literal are those of its canonical text. It is
//! enough to find the shortest decimal as a number: its text is that of the literal, cut off and perhaps with another
//! last digit.
//!
//! A double `m · 2^e` stands for every number within half of `2^e` around it. With `p = floor(-e · log10(2))`, a unit of
//! `10^-p` is larger than that range is wide, and a unit of `10^-(p + 1)` is not. So at most one multiple of `10^-p` lies
//! within the range, and if none does, the multiple of `10^-(p + 1)` that is nearest to the double does. Where there is
//! one it is the shortest decimal, once its zeros at the end are left out, since every shorter decimal is a multiple of
//! `10^-p` too. (This is Raffaello Giulietti's Schubfach. From 0.000001 to 2^53, numbers of 128 bits hold all that is
//! compared, so that nothing is rounded on the way.)

use super::number::LONGEST;
use crate::json::Number;

const FRACTION_BITS: u32 = f64::MANTISSA_DIGITS - 1;

/// The smallest double that is written positionally, and the first that is above all fractions.
const FIRST: u64 = 1e-6_f64.to_bits();
const END: u64 = ((1_u64 << f64::MANTISSA_DIGITS) as f64).to_bits();

/// A sign, 19 digits, a point; rounded up.
const LONGEST_TEXT: usize = 24;

const POWERS_OF_FIVE: [u64; 22] = powers(5);
const POWERS_OF_TEN: [u64; 6] = powers(10);

const fn powers<const N: usize>(base: u64) -> [u64; N] {
    let mut powers = [1; N];
    let mut power = 1;
    while power < N {
        powers[power] = powers[power - 1] * base;
        power += 1;
    }
    powers
}

/// Writes the canonical text of a literal that has no exponent, at most 19 digits, and one or more of them behind the
/// point. `digits` is the number that all its digits make, and `value` its double. Tells the length of the text, or
/// `None` where another way is better. What is written behind the text means nothing.
#[inline(always)]
pub(super) fn write(literal: &Number<'_>, digits: u64, value: f64, out: &mut [u8; LONGEST]) -> Option<usize> {
    let magnitude = value.to_bits() & (u64::MAX >> 1);
    // The range of a power of two is not symmetric.
    if !(FIRST..END).contains(&magnitude) || magnitude.trailing_zeros() >= FRACTION_BITS {
        return None;
    }
    let text: &[u8; LONGEST_TEXT] = literal.source.get(literal.start..)?.first_chunk()?;
    out[..LONGEST_TEXT].copy_from_slice(text);

    let double = Double::new(magnitude);
    let mut end = literal.end - literal.start;
    // How much more the last digit is than in the literal.
    let mut more = 0;
    // With as few digits behind the point, the literal is the one multiple of `10^-p` already.
    if literal.fraction > double.places as usize {
        let (significand, places) = double.shortest();
        let surplus = literal.fraction - places as usize;
        let unit = *POWERS_OF_TEN.get(surplus)?;
        // By how much the shortest decimal is above the literal, in units of the literal's last digit. No branch here:
        // whether digits go up or down is anybody's guess.
        let above = (significand * unit).wrapping_sub(digits).cast_signed();
        let up = i64::from(above > 0);
        more = if surplus == 0 { above } else { up };
        // With nothing cut off, any last digit is looked at below.
        let most = if surplus == 0 { u64::MAX } else { unit + up.unsigned_abs() };
        if above.unsigned_abs() >= most {
            return None;
        }
        // Without a digit behind the point, without the point.
        end -= surplus + usize::from(places == 0);
    }
    let last = i64::from(text[end - 1]) + more;
    match u8::try_from(last).ok()? {
        last @ b'1'..=b'9' => {
            out[end - 1] = last;
            Some(end)
        }
        last => end_in_zeros(out, end, last),
    }
}

/// The same where the last digit becomes zero, or is one more than nine.
#[inline(never)]
fn end_in_zeros(text: &mut [u8; LONGEST], end: usize, last: u8) -> Option<usize> {
    const CARRY: u8 = b'9' + 1;
    text[end - 1] = last;
    let point = text[..end].iter().position(|byte| *byte == b'.');
    match (last, point) {
        (b'0', None) => Some(end),
        (b'0', Some(point)) => {
            let zeros = text[..end].iter().rev().take_while(|digit| **digit == b'0').count();
            Some(if end - zeros == point + 1 { point } else { end - zeros })
        }
        // The nines before become zeros, and are left out.
        (CARRY, Some(point)) => {
            let end = text[..end - 1].iter().rposition(|digit| *digit != b'9')? + 1;
            text[end - 1] += 1;
            (end > point + 1).then_some(end)
        }
        _ => None,
    }
}

/// A double as the page of this module takes it apart: `mantissa · 2^-scale`.
struct Double {
    mantissa: u64,
    scale: u32,
    /// `p`.
    places: u32,
}

impl Double {
    /// The double with these bits. It is between the limits above.
    #[inline(always)]
    fn new(magnitude: u64) -> Self {
        const BIAS: u32 = 1075;
        let mantissa = magnitude & ((1 << FRACTION_BITS) - 1) | 1 << FRACTION_BITS;
        let scale = BIAS - (magnitude >> FRACTION_BITS) as u32;
        Self { mantissa, scale, places: (scale * 1233) >> 12 }
    }

    /// The shortest decimal: a number and how many of its digits are behind the point. There may be zeros at the end.
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "parts of a product")]
    fn shortest(&self) -> (u64, u32) {
        let five = POWERS_OF_FIVE[self.places as usize];
        let shift = self.scale - self.places;
        // In units of `10^-p`: the double is `product / 2^shift`, and half of its range is `five / 2^(shift + 1)`.
        let product = u128::from(self.mantissa) * u128::from(five);
        let one = 1_u64 << shift;
        let whole = (product as u64) >> shift | ((product >> 64) as u64) << (64 - shift);
        let rest = product as u64 & (one - 1);
        // The ends of the range belong to it if the last bit of the double is even.
        let reach = five + (!self.mantissa & 1);
        let down = u64::from(2 * rest < reach);
        let up = u64::from(2 * (one - rest) < reach);
        let neither = 1 - (down | up);
        // Rounded to tenths; a half goes to the even digit.
        let tenths = rest * 10;
        let digit = tenths >> shift;
        let below = tenths & (one - 1);
        let digit = digit + u64::from(2 * below + (digit & 1) > one);
        // Which of the two it is cannot be foreseen: no branch.
        ((whole + up) * (1 + 9 * neither) + digit * neither, self.places + neither as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{long_decimal, to_double};

    /// The text that the literal becomes, or `None` where it is left to others.
    fn shortened(literal: &str) -> Option<String> {
        // Bytes before and behind it are looked at, as within any document.
        let source = format!("{literal:>32}{:32}", ']');
        let start = 32_usize.saturating_sub(literal.len());
        let number = Number::read(source.as_bytes(), start).unwrap();
        let (digits, value) = long_decimal(&number)?;
        assert_eq!(value.to_bits(), to_double(&number).to_bits(), "{literal}");
        let mut out = [0; LONGEST];
        let length = write(&number, digits, value, &mut out)?;
        Some(String::from_utf8(out[..length].to_vec()).unwrap())
    }

    #[test]
    fn literals() {
        for (literal, expected) in [
            ("-65.613616999999977", Some("-65.61361699999998")),
            ("43.420273000000009", Some("43.42027300000001")),
            ("-60.124167999999997", Some("-60.124168")),
            ("0.1000000000000000", Some("0.1")),
            ("0.3000000000000000", Some("0.3")),
            ("0.30000000000000004", Some("0.30000000000000004")),
            ("0.30000000000000005", Some("0.30000000000000004")),
            ("100.00000000000001", Some("100.00000000000001")),
            ("7.000000000000000", Some("7")),
            ("70.0000000000000000", Some("70")),
            ("0.000001000000000", Some("0.000001")),
            // All the nines carry into the digit before the point.
            ("6.9999999999999999", None),
            // A power of two, a value without positional text, a zero; too few and too many digits.
            ("0.5000000000000000", None),
            ("0.0000009000000000", None),
            ("0.0000000000000000", None),
            ("1.50000000", None),
            ("1.50000000000000000000", None),
        ] {
            assert_eq!(shortened(literal).as_deref(), expected, "{literal}");
        }
    }

    /// The decimals of doubles of all sizes, and of the middle between two, printed with any number of digits, cut off.
    #[test]
    fn as_ryu_js_writes_them() {
        let mut state = 1_u64;
        let mut seen = 0;
        for _ in 0..200_000 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let fraction = match state & 3 {
                0 => 1 << (state >> 32 & 31),
                1 => (1 << FRACTION_BITS) - 1 - (state >> 32 & 7),
                _ => state >> 12,
            };
            let exponent = 1003 + (state >> 3 & 0xffff) % 73;
            let low = f64::from_bits(exponent << FRACTION_BITS | fraction);
            let high = f64::from_bits(low.to_bits() + 1);
            let places = 9 + (state >> 20) as usize % 10;
            let exact = format!("{low:.80}");
            let point = exact.find('.').unwrap();
            // The middle: the double has at most 73 digits behind the point, half of its unit has one more.
            let gap = format!("{:.80}", (high - low) / 2.0);
            let middle = add(&exact, &gap);
            for text in [&format!("{low:.places$}"), &exact[..=point + places], &middle[..=point + places]] {
                if let Some(shortened) = shortened(text) {
                    let value: f64 = text.parse().unwrap();
                    assert_eq!(shortened, ryu_js::Buffer::new().format_finite(value), "{text}");
                    seen += 1;
                }
            }
        }
        assert!(seen > 200_000, "{seen}");
    }

    /// The sum of two decimals with as many digits behind the point.
    fn add(left: &str, right: &str) -> String {
        let width = left.len().max(right.len());
        let (left, right) = (format!("{left:0>width$}"), format!("{right:0>width$}"));
        let mut carry = 0;
        let mut sum: Vec<u8> = Vec::with_capacity(width);
        for (a, b) in left.bytes().zip(right.bytes()).rev() {
            if a == b'.' {
                sum.push(b'.');
                continue;
            }
            let digit = a - b'0' + b - b'0' + carry;
            carry = digit / 10;
            sum.push(b'0' + digit % 10);
        }
        sum.reverse();
        let sum = String::from_utf8(sum).unwrap();
        if carry > 0 { format!("1{sum}") } else { sum }
    }

    /// `p` is as the page of this module defines it, and the table reaches as far.
    #[test]
    fn places() {
        for exponent in 1003..=1075 {
            let double = Double::new(exponent << FRACTION_BITS | 1);
            let scale = 1075 - u32::try_from(exponent).unwrap();
            assert_eq!(double.scale, scale);
            assert_eq!(f64::from(double.places), (f64::from(scale) * 2_f64.log10()).floor());
            assert!((double.places as usize) < POWERS_OF_FIVE.len());
        }
    }
}
