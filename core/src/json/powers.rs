//! Powers of five to 128 bits, computed when the crate is compiled.

/// The smallest power in the table. Below it, 19 digits are less than half of the smallest double.
pub(super) const SMALLEST: i32 = -342;
/// The largest power in the table. Above it, any digit is more than the largest double.
pub(super) const LARGEST: i32 = 308;

const COUNT: usize = (LARGEST - SMALLEST + 1) as usize;

/// The smallest power whose inverse fits in 64 bits. From there on a product with a negative power can be a whole
/// number, so those are rounded up: a product with them is never below the whole number that it should be.
const SMALLEST_WHOLE: i32 = -27;

/// `5^q` for each `q` from [`SMALLEST`] on: its 128 leading bits, the first of them set, the rest cut off, or rounded
/// up from [`SMALLEST_WHOLE`] to -1.
pub(super) static POWERS_OF_FIVE: [u128; COUNT] = table();

/// Enough for `5^308`, and for `2^1087 / 5^342` with more than 128 bits left.
const LIMBS: usize = 17;

const fn table() -> [u128; COUNT] {
    let mut table = [0; COUNT];
    let zero = SMALLEST.unsigned_abs() as usize;

    let mut power = [0u64; LIMBS];
    power[0] = 1;
    let mut q = 0;
    while q <= LARGEST as usize {
        table[zero + q] = leading_bits(&power);
        power = times_five(power);
        q += 1;
    }

    // Cutting off after each division by five is the same as cutting off once at the end.
    let mut inverse = [0u64; LIMBS];
    inverse[LIMBS - 1] = 1 << 63;
    let mut q = 1;
    while q <= zero {
        inverse = by_five(inverse);
        let up = q <= SMALLEST_WHOLE.unsigned_abs() as usize;
        table[zero - q] = leading_bits(&inverse) + up as u128;
        q += 1;
    }
    table
}

#[expect(clippy::cast_possible_truncation, reason = "the lower half of a product")]
const fn times_five(mut number: [u64; LIMBS]) -> [u64; LIMBS] {
    let mut carry = 0;
    let mut limb = 0;
    while limb < LIMBS {
        let product = number[limb] as u128 * 5 + carry;
        number[limb] = product as u64;
        carry = product >> 64;
        limb += 1;
    }
    number
}

#[expect(clippy::cast_possible_truncation, reason = "a remainder below five makes a quotient of one limb")]
const fn by_five(mut number: [u64; LIMBS]) -> [u64; LIMBS] {
    let mut remainder = 0;
    let mut limb = LIMBS;
    while limb > 0 {
        limb -= 1;
        let dividend = remainder << 64 | number[limb] as u128;
        number[limb] = (dividend / 5) as u64;
        remainder = dividend % 5;
    }
    number
}

const fn leading_bits(number: &[u64; LIMBS]) -> u128 {
    let mut top = LIMBS - 1;
    while number[top] == 0 {
        top -= 1;
    }
    let shift = number[top].leading_zeros();
    let second = if top >= 1 { number[top - 1] } else { 0 };
    let third = if top >= 2 { number[top - 2] } else { 0 };
    let leading = (number[top] as u128) << 64 | second as u128;
    if shift == 0 { leading } else { leading << shift | (third >> (64 - shift)) as u128 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn power(q: i32) -> u128 {
        POWERS_OF_FIVE[usize::try_from(q - SMALLEST).unwrap()]
    }

    #[test]
    fn known_powers() {
        assert_eq!(power(0), 1 << 127);
        assert_eq!(power(1), 5 << 125);
        assert_eq!(power(2), 25 << 123);
        assert_eq!(power(55), 5u128.pow(55));
        // One fifth is binary 0.001100110011…, here rounded up.
        assert_eq!(power(-1), 0xcccc_cccc_cccc_cccc_cccc_cccc_cccc_cccd);
    }

    /// `5^q · 5^-q` is one: the product of both tables' bits must be a power of two, to the last bits.
    #[test]
    fn powers_and_inverses_agree() {
        for q in 1..=308 {
            let high = |value: u128| value >> 64;
            let product = high(power(q)) * high(power(-q));
            assert!(product <= 1 << 127 && product > (1 << 127) - (1 << 65), "{q}: {product:x}");
        }
    }
}
