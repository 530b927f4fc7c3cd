//! From a decimal literal to the nearest double (ties to even), in time linear in the literal.
//!
//! Up to 19 significant digits go through the method of Eisel and Lemire ("Number Parsing at a Gigabyte per
//! Second", 2021): one or two products with a 128-bit power of five. The few literals that it cannot decide,
//! and those with more digits whose tail matters, are brought to a short normal form for the standard library.

use super::number::Number;
use super::powers::{LARGEST, POWERS_OF_FIVE, SMALLEST};

/// More significant digits than any double or midpoint of two doubles has (767): behind them only matters
/// whether anything but zeros follows.
const SIGNIFICANT: usize = 768;

/// The nearest double; infinite where the literal is beyond the largest one.
#[inline]
pub(crate) fn to_double(number: &Number<'_>) -> f64 {
    let magnitude = magnitude(number);
    if number.negative() { -magnitude } else { magnitude }
}

#[inline]
fn magnitude(number: &Number<'_>) -> f64 {
    // Up to 19 digits fit in 64 bits, leading zeros or not.
    if number.integer + number.fraction <= 19 {
        let first = number.start + usize::from(number.negative());
        let mut mantissa = accumulate(0, number.source, first, number.integer);
        if number.fraction > 0 {
            mantissa = accumulate(mantissa, number.source, first + number.integer + 1, number.fraction);
        }
        let exponent = if number.exponent { number.exponent_value() } else { 0 } - number.fraction as i64;
        if let Some(value) = nearest(mantissa, exponent) {
            return value;
        }
    }
    long_magnitude(number)
}

/// The digits of a literal as one number, and its nearest double, for most literals of many digits: with nine or more
/// behind the point, and no exponent.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "up to eight digits, up to eight bytes")]
pub(crate) fn long_decimal(number: &Number<'_>) -> Option<(u64, f64)> {
    const POWERS: [u64; 19] = powers_of_ten();

    let (integer, fraction) = (number.integer, number.fraction);
    if integer > 8 || !(9..=18).contains(&fraction) || integer + fraction > 19 || number.exponent {
        return None;
    }
    // All digits end within one window, and the bytes before them in the same word are shifted out, which leaves zeros.
    let window: &[u8; 32] = number.source.get(..number.end)?.last_chunk()?;
    let word =
        |from: usize| u64::from_le_bytes(*window[from..].first_chunk().expect("eight bytes of the window"));
    let cut = |from: usize, digits: usize| {
        let before = (8 - digits as u32) * 8;
        eight_digits(word(from) >> before << before)
    };
    let whole = cut(23 - fraction, integer);
    let leading = cut(16, (fraction - 8).min(8));
    let mut digits = whole * POWERS[fraction] + leading * POWERS[8] + cut(24, 8);
    if fraction > 16 {
        digits += cut(8, fraction - 16) * POWERS[16];
    }
    if digits == 0 {
        return None;
    }
    let magnitude = nearest_by_power(digits, -(fraction as i32))?;
    let sign = u64::from(number.negative()) << 63;
    Some((digits, f64::from_bits(magnitude.to_bits() | sign)))
}

const fn powers_of_ten<const N: usize>() -> [u64; N] {
    let mut powers = [1; N];
    let mut power = 1;
    while power < N {
        powers[power] = powers[power - 1] * 10;
        power += 1;
    }
    powers
}

/// `value · 10^count` and the `count` digits at `start`. The caller keeps the sum of digits at 19 or fewer.
#[inline(always)]
fn accumulate(mut value: u64, source: &[u8], start: usize, count: usize) -> u64 {
    const POWERS: [u64; 8] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];

    let few = count % 8;
    let mut at = start + few;
    // Eight bytes that end with the first few digits: what is before them is shifted out, which leaves zeros.
    match at.checked_sub(8).and_then(|from| source[from..at].first_chunk()) {
        Some(eight) => {
            let before = (8 - few) * 8;
            let digits = if few == 0 { 0 } else { u64::from_le_bytes(*eight) >> before << before };
            value = value.wrapping_mul(POWERS[few]).wrapping_add(eight_digits(digits));
        }
        // At the very start of the source.
        None => {
            for digit in &source[start..at] {
                value = value.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
            }
        }
    }
    while at < start + count {
        let eight = source[at..].first_chunk().expect("the digits are there");
        value = value.wrapping_mul(100_000_000).wrapping_add(eight_digits(u64::from_le_bytes(*eight)));
        at += 8;
    }
    value
}

/// Eight digits at once, the first in the lowest byte: neighbours are joined to pairs, pairs to fours, fours to eight.
#[inline(always)]
fn eight_digits(text: u64) -> u64 {
    let digits = text & 0x0f0f_0f0f_0f0f_0f0f;
    let pairs = (digits.wrapping_mul(10 << 8 | 1) >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs.wrapping_mul(100 << 16 | 1) >> 16) & 0x0000_ffff_0000_ffff;
    fours.wrapping_mul(10_000 << 32 | 1) >> 32
}

/// The double nearest to `mantissa · 10^exponent`, or `None` where 128 bits of the power do not decide it.
#[inline]
fn nearest(mantissa: u64, exponent: i64) -> Option<f64> {
    /// The powers of ten that a double holds exactly.
    const EXACT: [f64; 23] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
        1e18, 1e19, 1e20, 1e21, 1e22,
    ];
    if mantissa == 0 || exponent < i64::from(SMALLEST) {
        return Some(0.0);
    }
    if exponent > i64::from(LARGEST) {
        return Some(f64::INFINITY);
    }
    // Two exact doubles: their product or quotient is rounded once, and so is the nearest.
    if mantissa <= 1 << f64::MANTISSA_DIGITS {
        let power = usize::try_from(exponent.unsigned_abs()).ok().and_then(|power| EXACT.get(power));
        if let Some(power) = power {
            let value = mantissa as f64;
            return Some(if exponent < 0 { value / power } else { value * power });
        }
    }
    #[expect(clippy::cast_possible_truncation, reason = "within the table, checked above")]
    let exponent = exponent as i32;
    nearest_by_power(mantissa, exponent)
}

#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "halves of 128-bit products")]
fn nearest_by_power(mantissa: u64, exponent: i32) -> Option<f64> {
    const FRACTION_BITS: i32 = 52;
    const BIAS: i32 = 1023;

    let power = POWERS_OF_FIVE[(exponent - SMALLEST) as usize];
    let shift = mantissa.leading_zeros();
    let digits = mantissa << shift;

    let mut product = u128::from(digits) * (power >> 64);
    if (product >> 64) & 0x1ff == 0x1ff {
        // The bits below those that are kept are all ones: the lower half of the power may carry into them.
        product = product.wrapping_add((u128::from(digits) * u128::from(power as u64)) >> 64);
        // The table is cut off: another unit could carry through, unless the power is exact.
        if product as u64 == u64::MAX && !(-27..=55).contains(&exponent) {
            return None;
        }
    }
    let (high, low) = ((product >> 64) as u64, product as u64);
    let top = (high >> 63) as i32;
    let cut = top + 64 - FRACTION_BITS - 3;
    // One bit more than a double holds: it decides the rounding.
    let mut bits = high >> cut;
    // floor(log2(10^q)) = floor(q · 217706 / 2^16) over the whole table.
    let binary = ((217_706 * exponent) >> 16) + 63 + top - shift.cast_signed() + BIAS;

    if binary <= 0 {
        // A subnormal double: the unit in the last place is larger, and a tie cannot occur.
        let excess = 1 - binary;
        if excess >= 64 {
            return Some(0.0);
        }
        bits >>= excess;
        bits = (bits + (bits & 1)) >> 1;
        // Rounding up may have made it the smallest normal double, whose bits follow on.
        return Some(f64::from_bits(bits));
    }
    // A tie is only possible where the quotient is exact: small powers. It goes to the even neighbour.
    if low <= 1 && (-4..=23).contains(&exponent) && bits & 3 == 1 && bits << cut == high {
        bits &= !1;
    }
    bits = (bits + (bits & 1)) >> 1;
    // The highest of these bits adds one to the exponent, and so does a carry into the next.
    let bits = (u64::from(binary.unsigned_abs() - 1) << FRACTION_BITS) + bits;
    Some(f64::from_bits(bits.min(f64::INFINITY.to_bits())))
}

/// Any count of digits, any exponent.
#[cold]
#[inline(never)]
fn long_magnitude(number: &Number<'_>) -> f64 {
    let decimal = Decimal::new(number);
    if decimal.is_zero() || decimal.exponent < -400 {
        return 0.0;
    }
    if decimal.exponent > 400 {
        return f64::INFINITY;
    }
    // 19 digits, and the same with the next larger 19: where both have one nearest double, so has the literal.
    let count = decimal.digits().take(20).count();
    let leading = decimal.digits().take(19).fold(0, |value: u64, digit| value * 10 + u64::from(digit - b'0'));
    let exponent = decimal.exponent + 1 - count.min(19) as i64;
    if let (Some(value), Some(next)) = (nearest(leading, exponent), nearest(leading + 1, exponent))
        && (count <= 19 || value.to_bits() == next.to_bits())
    {
        return value;
    }
    let mut text = String::with_capacity(SIGNIFICANT + 16);
    for digit in decimal.digits().take(SIGNIFICANT) {
        text.push(char::from(digit));
    }
    // No digit of a `Decimal` is a trailing zero: if there is another one, something else than zero follows.
    if decimal.digits().nth(SIGNIFICANT).is_some() {
        text.push('1');
    }
    let exponent = decimal.exponent + 1 - text.len() as i64;
    text.push_str(&format!("e{exponent}"));
    text.parse().expect("digits and an exponent are a double's text")
}

/// A decimal value in normal form: digits without leading or trailing zeros, and the exponent of the first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decimal<'a> {
    integer: &'a [u8],
    fraction: &'a [u8],
    exponent: i64,
}

impl<'a> Decimal<'a> {
    /// The normal form of the magnitude of a literal.
    pub(crate) fn new(number: &Number<'a>) -> Self {
        let mut integer = number.integer_digits();
        let mut fraction = number.fraction_digits();
        let mut exponent = number.exponent_value();
        let zeros = leading_zeros(integer);
        integer = &integer[zeros..];
        if integer.is_empty() {
            let zeros = leading_zeros(fraction);
            fraction = &fraction[zeros..];
            exponent -= zeros as i64 + 1;
        } else {
            exponent += integer.len() as i64 - 1;
        }
        fraction = without_trailing_zeros(fraction);
        if fraction.is_empty() {
            integer = without_trailing_zeros(integer);
        }
        if integer.is_empty() && fraction.is_empty() {
            exponent = 0;
        }
        Self { integer, fraction, exponent }
    }

    fn is_zero(&self) -> bool {
        self.integer.is_empty() && self.fraction.is_empty()
    }

    fn digits(&self) -> impl Iterator<Item = u8> {
        self.integer.iter().chain(self.fraction).copied()
    }
}

/// Equal values, whatever their spelling.
impl PartialEq for Decimal<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.exponent == other.exponent && self.digits().eq(other.digits())
    }
}

fn leading_zeros(digits: &[u8]) -> usize {
    digits.iter().take_while(|digit| **digit == b'0').count()
}

fn without_trailing_zeros(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().rev().take_while(|digit| **digit == b'0').count();
    &digits[..digits.len() - zeros]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn double(text: &str) -> f64 {
        to_double(&Number::read(text.as_bytes(), 0).unwrap())
    }

    #[track_caller]
    fn same_as_the_standard_library(text: &str) {
        let expected: f64 = text.parse().unwrap();
        assert_eq!(double(text).to_bits(), expected.to_bits(), "{text}");
    }

    #[test]
    fn hard_literals() {
        for text in [
            "0",
            "-0",
            "1",
            "9007199254740993",
            "9007199254740992.9999999",
            "5e-324",
            "2.4703282292062327e-324",
            "2.4703282292062328e-324",
            "2.2250738585072011e-308",
            "2.2250738585072014e-308",
            "1.7976931348623157e308",
            "1.7976931348623158e308",
            "1.7976931348623159e308",
            "1e309",
            "1e-400",
            "123456789012345678901234567890",
            "0.1000000000000000055511151231257827",
            "7.2057594037927933e16",
            "9223372036854775807",
            "18446744073709551615",
            "6.631236846766476e-316",
            "3.2378839133029012895883524125015321748630094231459e-319",
            "1e23",
            "8.5e22",
            "0.000000000000000000000000000000000000001234567890123456789e39",
            "1090544144181609348835077142190",
        ] {
            same_as_the_standard_library(text);
        }
    }

    /// Literals exactly half way between two doubles, and a hair to each side, with up to 800 digits.
    #[test]
    fn halves_and_their_neighbours() {
        for bits in [
            0u64,
            1,
            2,
            0xf_ffff_ffff_ffff,
            0x10_0000_0000_0000,
            0x3ff0_0000_0000_0000,
            0x4340_0000_0000_0001,
        ] {
            let low = f64::from_bits(bits);
            let high = f64::from_bits(bits + 1);
            // Exact decimals of both, of equal length behind the point; their mean has one digit more.
            let sum = add(&format!("{low:.1080}"), &format!("{high:.1080}"));
            let half = halve(&sum);
            for text in [half.clone(), format!("{half}1"), less(&half)] {
                same_as_the_standard_library(&text);
            }
        }
    }

    /// Literals of up to 19 digits exactly half way between two doubles, spelled with digits behind the point or a
    /// negative exponent.
    #[test]
    fn short_halves() {
        for text in
            ["9007199254740995.0", "9007199254740995.000", "90071992547409950e-1", "3602879701896397.25"]
        {
            same_as_the_standard_library(text);
        }
        let mut state = 1_u64;
        for _ in 0..100_000 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            // An odd number of 54 bits, times a small power of two.
            let half = state >> 10 | 1 << 53 | 1;
            let twos = (state & 7) as u32;
            same_as_the_standard_library(&format!("{}.0", u128::from(half) << twos));
            for shift in 1..=3 {
                let shifted = u128::from(half) * 10_u128.pow(shift);
                let digits = shifted >> shift;
                if digits << shift == shifted {
                    same_as_the_standard_library(&format!("{digits}e-{shift}"));
                }
            }
        }
    }

    fn add(left: &str, right: &str) -> String {
        let width = left.len().max(right.len());
        let (left, right) = (format!("{left:0>width$}"), format!("{right:0>width$}"));
        let mut carry = 0;
        let mut sum: Vec<u8> = left
            .bytes()
            .zip(right.bytes())
            .rev()
            .map(|(a, b)| {
                if a == b'.' {
                    return b'.';
                }
                let digit = a - b'0' + b - b'0' + carry;
                carry = digit / 10;
                b'0' + digit % 10
            })
            .collect();
        sum.push(b'0' + carry);
        sum.reverse();
        String::from_utf8(sum).unwrap()
    }

    fn halve(text: &str) -> String {
        let mut remainder = 0;
        let mut half = String::new();
        for digit in text.bytes().chain([b'0']) {
            if digit == b'.' {
                half.push('.');
                continue;
            }
            let value = remainder * 10 + digit - b'0';
            half.push(char::from(b'0' + value / 2));
            remainder = value % 2;
        }
        let trimmed = half.trim_start_matches('0');
        if trimmed.starts_with('.') { format!("0{trimmed}") } else { trimmed.to_owned() }
    }

    /// Ends in a digit one less, followed by nines.
    fn less(half: &str) -> String {
        let trimmed = half.trim_end_matches('0');
        let (digits, point) = trimmed.strip_suffix('.').map_or((trimmed, ""), |integer| (integer, "."));
        let (head, last) = digits.split_at(digits.len() - 1);
        format!("{head}{}{point}9999", last.parse::<u8>().unwrap() - 1)
    }

    #[test]
    fn random_literals() {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut random = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        for _ in 0..200_000 {
            let value = f64::from_bits(random());
            if value.is_finite() {
                same_as_the_standard_library(&format!("{value:e}"));
                same_as_the_standard_library(&format!("{value:.16e}"));
                same_as_the_standard_library(&format!("{value:.18e}"));
                same_as_the_standard_library(&format!("{value:.20e}"));
            }
            let digits = random();
            let exponent = random() % 700;
            same_as_the_standard_library(&format!("{digits}e-{exponent}"));
            same_as_the_standard_library(&format!("{digits}e{}", exponent % 310));
        }
    }

    #[test]
    fn a_million_digits_and_endless_exponents() {
        let zeros = "0".repeat(1_000_000);
        assert_eq!(double(&format!("0.{zeros}1e1000001")), 1.0);
        assert_eq!(double(&format!("1{zeros}e-1000000")), 1.0);
        assert_eq!(double(&format!("1.{zeros}1")), 1.0);
        assert_eq!(double(&format!("9007199254740993.{zeros}1")), 9_007_199_254_740_994.0);
        assert_eq!(double(&format!("9007199254740993.{zeros}0")), 9_007_199_254_740_992.0);
        assert_eq!(double("1e-99999999999999999999"), 0.0);
        assert_eq!(double("1e99999999999999999999"), f64::INFINITY);
        assert_eq!(double("0e99999999999999999999"), 0.0);
    }

    #[test]
    fn equal_values_have_one_normal_form() {
        let decimal = |text: &'static str| Decimal::new(&Number::read(text.as_bytes(), 0).unwrap());
        assert_eq!(decimal("1e2"), decimal("100.00"));
        assert_eq!(decimal("0.0010"), decimal("1E-3"));
        assert_eq!(decimal("-0.0e7"), decimal("0"));
        assert_eq!(decimal("1200.034"), decimal("1.2000340e+3"));
        assert_ne!(decimal("1"), decimal("10"));
        assert_ne!(decimal("1.01"), decimal("1.1"));
    }
}
