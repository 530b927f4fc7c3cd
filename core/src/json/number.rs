//! The number grammar of RFC 8259 section 6.

use super::fault::Fault;
use super::{byte, scan};
use crate::error::Code;

/// A number literal that follows the grammar, where it stands in its source.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Number<'a> {
    /// The text that the literal stands in.
    pub(crate) source: &'a [u8],
    /// Where the literal starts: at its sign, if it has one.
    pub(crate) start: usize,
    /// Where the literal ends.
    pub(crate) end: usize,
    /// How many digits stand before the point.
    pub(crate) integer: usize,
    /// How many digits stand behind the point; zero means that there is no point.
    pub(crate) fraction: usize,
    /// Whether an exponent follows the digits.
    pub(crate) exponent: bool,
}

impl<'a> Number<'a> {
    /// Reads the literal that starts at `start` with a minus sign or a digit.
    #[inline(always)]
    pub(crate) fn read(source: &'a [u8], start: usize) -> Result<Self, Fault> {
        let first = start + usize::from(byte(source, start) == b'-');
        // Nearly every literal ends within one chunk: one mask finds both runs of digits.
        let mask = scan::ask(scan::not_digit, source, first);
        let integer = if mask == 0 { digits(source, first) } else { mask.trailing_zeros() as usize };
        if integer == 0 {
            return Err(no_digit(source, start, first));
        }
        let mut end = first + integer;
        if integer > 1 && byte(source, first) == b'0' {
            return Err(Fault::syntax(first + 1, "a number has a leading zero"));
        }
        let mut fraction = 0;
        if byte(source, end) == b'.' {
            // The bit of the point itself is shifted out; what is left says nothing where the chunk ends first. Then
            // the next chunk is asked, whose place is known before that of the point is.
            let shift = u32::try_from(integer + 1).unwrap_or(u32::MAX);
            let mut rest = u64::from(mask).checked_shr(shift).unwrap_or(0);
            if rest == 0 {
                let next = scan::ask(scan::not_digit, source, first + scan::WIDTH);
                rest = (u64::from(next) << scan::WIDTH).checked_shr(shift).unwrap_or(0);
            }
            fraction = if rest == 0 { digits(source, end + 1) } else { rest.trailing_zeros() as usize };
            if fraction == 0 {
                return Err(Fault::syntax(end + 1, "a digit must follow the point of a number"));
            }
            end += 1 + fraction;
        }
        let exponent = matches!(byte(source, end), b'e' | b'E');
        if exponent {
            end += 1;
            end += usize::from(matches!(byte(source, end), b'+' | b'-'));
            let count = digits(source, end);
            if count == 0 {
                return Err(Fault::syntax(end, "an exponent must have a digit"));
            }
            end += count;
        }
        Ok(Self { source, start, end, integer, fraction, exponent })
    }

    /// The literal as it stands in the source.
    #[inline(always)]
    pub(crate) fn text(&self) -> &'a [u8] {
        &self.source[self.start..self.end]
    }

    /// Whether the literal starts with a minus sign.
    #[inline(always)]
    pub(crate) fn negative(&self) -> bool {
        byte(self.source, self.start) == b'-'
    }

    /// The digits before the point.
    #[inline(always)]
    pub(crate) fn integer_digits(&self) -> &'a [u8] {
        let first = self.start + usize::from(self.negative());
        &self.source[first..first + self.integer]
    }

    /// The digits behind the point.
    #[inline(always)]
    pub(crate) fn fraction_digits(&self) -> &'a [u8] {
        if self.fraction == 0 {
            return &[];
        }
        let first = self.start + usize::from(self.negative()) + self.integer + 1;
        &self.source[first..first + self.fraction]
    }

    /// The exponent, held within ±2^40: beyond that no count of digits brings a value back into range.
    pub(crate) fn exponent_value(&self) -> i64 {
        const BOUND: i64 = 1 << 40;
        if !self.exponent {
            return 0;
        }
        let digits = self.start
            + usize::from(self.negative())
            + self.integer
            + if self.fraction == 0 { 0 } else { 1 + self.fraction }
            + 1;
        let text = &self.source[digits..self.end];
        let (negative, text) = match text {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            _ => (false, text),
        };
        let value =
            text.iter().fold(0, |value: i64, digit| (value * 10 + i64::from(digit - b'0')).min(BOUND));
        if negative { -value } else { value }
    }
}

/// How many digits stand from `at` on.
fn digits(source: &[u8], at: usize) -> usize {
    let mut end = at;
    loop {
        let mask = scan::ask(scan::not_digit, source, end);
        if mask != 0 {
            return end + mask.trailing_zeros() as usize - at;
        }
        end += scan::WIDTH;
    }
}

#[cold]
fn no_digit(source: &[u8], start: usize, first: usize) -> Fault {
    if source[first..].starts_with(b"Infinity") {
        Fault::new(Code::NumberNotFinite, start, "a number must be finite")
    } else {
        Fault::syntax(first, "a digit must follow the sign of a number")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(usize, usize, usize, i64), (Code, usize)> {
        Number::read(text.as_bytes(), 0)
            .map(|number| (number.end, number.integer, number.fraction, number.exponent_value()))
            .map_err(|fault| (fault.code, fault.offset))
    }

    #[test]
    fn the_grammar() {
        assert_eq!(read("0"), Ok((1, 1, 0, 0)));
        assert_eq!(read("-0.5e-3,"), Ok((7, 1, 1, -3)));
        assert_eq!(read("12345678901234567890.12345678901234567890E+7]"), Ok((44, 20, 20, 7)));
        assert_eq!(read("123456789012345.25"), Ok((18, 15, 2, 0)));
        assert_eq!(read("1234567890123456.25"), Ok((19, 16, 2, 0)));
        assert_eq!(read("12345678901234.25"), Ok((17, 14, 2, 0)));
        assert_eq!(read("1e99999999999999999999999"), Ok((25, 1, 0, 1 << 40)));
        assert_eq!(read("1e-99999999999999999999999"), Ok((26, 1, 0, -(1 << 40))));
    }

    #[test]
    fn what_is_no_number() {
        assert_eq!(read("01"), Err((Code::InvalidJson, 1)));
        assert_eq!(read("-01"), Err((Code::InvalidJson, 2)));
        assert_eq!(read("-"), Err((Code::InvalidJson, 1)));
        assert_eq!(read("1."), Err((Code::InvalidJson, 2)));
        assert_eq!(read("1.e5"), Err((Code::InvalidJson, 2)));
        assert_eq!(read("1e"), Err((Code::InvalidJson, 2)));
        assert_eq!(read("1e+"), Err((Code::InvalidJson, 3)));
        assert_eq!(read("-Infinity"), Err((Code::NumberNotFinite, 0)));
        assert_eq!(read("-NaN"), Err((Code::InvalidJson, 1)));
        assert_eq!(read("123456789012345."), Err((Code::InvalidJson, 16)));
    }
}
