//! The fingerprint of moduli that a faulty generator made (CVE-2017-15361, "ROCA").
//!
//! Its primes are k·M + (65537^a mod M), where M is the product of the first primes: 126 of them in a key of 2048 bits,
//! more in a longer one. So modulo each of these small primes the modulus is a power of 65537.

/// Whether a modulus, big-endian, has the fingerprint.
pub(super) fn is_present(modulus: &[u8]) -> bool {
    SMALL_PRIMES.iter().all(|prime| is_power(remainder(modulus, *prime), *prime))
}

/// The odd primes among the first 126. By chance a modulus passes them all with a probability below 2^-150.
const SMALL_PRIMES: [u32; 125] = {
    let (mut primes, mut found, mut candidate) = ([0; 125], 0, 3);
    while found < primes.len() {
        let mut at = 0;
        while at < found && candidate % primes[at] != 0 {
            at += 1;
        }
        if at == found {
            primes[found] = candidate;
            found += 1;
        }
        candidate += 2;
    }
    primes
};

fn remainder(number: &[u8], prime: u32) -> u32 {
    number.iter().fold(0, |rest, byte| (rest << 8 | u32::from(*byte)) % prime)
}

/// Whether `number` is a power of 65537 modulo `prime`.
fn is_power(number: u32, prime: u32) -> bool {
    let mut power = 1;
    loop {
        if power == number {
            return true;
        }
        power = power * (65537 % prime) % prime;
        if power == 1 {
            return false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_primes_are_the_first() {
        assert_eq!(SMALL_PRIMES[..8], [3, 5, 7, 11, 13, 17, 19, 23]);
        assert_eq!(SMALL_PRIMES[124], 701);
    }

    /// What the generator makes, in small: powers of 65537 modulo the product of all the primes.
    #[test]
    fn powers_have_the_fingerprint_and_their_neighbours_have_not() {
        for exponent in [0, 1, 2, 3, 10, 100] {
            let power = (0..exponent).fold(vec![1], |number, _| times_65537(&number));
            assert!(is_present(&power), "{exponent}");
            let mut next = power;
            *next.last_mut().expect("a digit") ^= 2;
            assert!(!is_present(&next), "{exponent}");
        }
    }

    /// number · 2^16 + number.
    fn times_65537(number: &[u8]) -> Vec<u8> {
        let mut product = [number, &[0, 0]].concat();
        product.insert(0, 0);
        let mut carry = 0;
        for at in (0..product.len()).rev() {
            let digit = (at + number.len()).checked_sub(product.len()).map_or(0, |at| number[at]);
            let sum = u16::from(product[at]) + u16::from(digit) + carry;
            product[at] = sum.to_le_bytes()[0];
            carry = sum >> 8;
        }
        product
    }
}
