//! Sixteen bytes at a time: which of them end a run of string text, of digits, of white space.
//!
//! Each question is answered with a mask: bit `n` stands for byte `n`. On `x86_64` SSE2 answers it; elsewhere
//! (and in the tests, as the twin that the vector code must agree with) plain 64-bit arithmetic does.

/// Bytes looked at in one step.
pub(crate) const WIDTH: usize = 16;

/// Bytes looked at in one step of a long text.
pub(crate) const WIDE: usize = 4 * WIDTH;

/// One step's bytes.
pub(crate) type Chunk = [u8; WIDTH];

#[cfg(not(target_arch = "x86_64"))]
pub(crate) use portable::{not_digit, not_white, special};
#[cfg(target_arch = "x86_64")]
pub(crate) use vector::{not_digit, not_white, special};

/// The bytes from `at` on, filled up with zeros behind the end of the input. A zero byte is special, no digit
/// and no white space, so that every run ends at the end of the input at the latest.
#[inline(always)]
pub(crate) fn load(input: &[u8], at: usize) -> Chunk {
    match input.get(at..).and_then(<[u8]>::first_chunk) {
        Some(chunk) => *chunk,
        None => load_end(input, at),
    }
}

/// Asks a question about the bytes from `at` on, filled up as [`load`] fills them. They are not copied: from the input
/// straight to a register is several cycles shorter than by way of an array.
#[inline(always)]
pub(crate) fn ask(question: impl Fn(&Chunk) -> u32, input: &[u8], at: usize) -> u32 {
    match input.get(at..).and_then(<[u8]>::first_chunk) {
        Some(chunk) => question(chunk),
        None => question(&load_end(input, at)),
    }
}

/// [`special`] of four chunks in a row.
#[inline(always)]
pub(crate) fn special_wide(wide: &[u8; WIDE]) -> u64 {
    let chunks = wide.as_chunks::<WIDTH>().0;
    chunks.iter().rev().fold(0, |mask, chunk| mask << WIDTH | u64::from(special(chunk)))
}

/// Asks for the line of the cache with the byte at `at`, which will be read soon.
#[inline(always)]
pub(crate) fn prefetch(text: &[u8], at: usize) {
    #[cfg(target_arch = "x86_64")]
    if let Some(byte) = text.get(at) {
        vector::prefetch(byte);
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (text, at);
}

#[cold]
#[inline(never)]
fn load_end(input: &[u8], at: usize) -> Chunk {
    let mut chunk = [0; WIDTH];
    let rest = input.get(at..).unwrap_or_default();
    chunk[..rest.len()].copy_from_slice(rest);
    chunk
}

/// The three questions with SSE2, which every `x86_64` processor has.
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code)] // Measured: with the portable twin canonicalization takes 8 to 50 % longer.
mod vector {
    use core::arch::x86_64::{
        __m128i, _MM_HINT_T0, _mm_cmpeq_epi8, _mm_loadu_si128, _mm_min_epu8, _mm_movemask_epi8, _mm_or_si128,
        _mm_prefetch, _mm_set1_epi8, _mm_sub_epi8,
    };

    use super::Chunk;

    /// Bytes that end a run of plain string text: `"`, `\` and control characters.
    #[inline(always)]
    pub(crate) fn special(chunk: &Chunk) -> u32 {
        // SAFETY: SSE2 is in the baseline of x86_64.
        unsafe {
            let bytes = load(chunk);
            let quote = _mm_cmpeq_epi8(bytes, splat(b'"'));
            let backslash = _mm_cmpeq_epi8(bytes, splat(b'\\'));
            let control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, splat(0x1f)), bytes);
            mask(_mm_or_si128(_mm_or_si128(quote, backslash), control))
        }
    }

    /// Bytes that are no ASCII digit.
    #[inline(always)]
    pub(crate) fn not_digit(chunk: &Chunk) -> u32 {
        // SAFETY: SSE2 is in the baseline of x86_64.
        unsafe {
            let values = _mm_sub_epi8(load(chunk), splat(b'0'));
            mask(_mm_cmpeq_epi8(_mm_min_epu8(values, splat(9)), values)) ^ 0xffff
        }
    }

    /// Bytes that are no JSON white space.
    #[inline(always)]
    pub(crate) fn not_white(chunk: &Chunk) -> u32 {
        // SAFETY: SSE2 is in the baseline of x86_64.
        unsafe {
            let bytes = load(chunk);
            let blank = _mm_or_si128(
                _mm_cmpeq_epi8(bytes, splat(b' ')),
                _mm_or_si128(
                    _mm_cmpeq_epi8(bytes, splat(b'\n')),
                    _mm_or_si128(_mm_cmpeq_epi8(bytes, splat(b'\r')), _mm_cmpeq_epi8(bytes, splat(b'\t'))),
                ),
            );
            mask(blank) ^ 0xffff
        }
    }

    /// Asks for the line of the cache that a byte is in.
    #[inline(always)]
    pub(super) fn prefetch(byte: &u8) {
        // SAFETY: SSE is in the baseline of x86_64, and this instruction reads nothing that the program can see.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(core::ptr::from_ref(byte).cast()) }
    }

    #[inline(always)]
    fn load(chunk: &Chunk) -> __m128i {
        // SAFETY: the array is 16 readable bytes, and this load needs no alignment.
        unsafe { _mm_loadu_si128(chunk.as_ptr().cast()) }
    }

    #[inline(always)]
    fn splat(byte: u8) -> __m128i {
        // SAFETY: SSE2 is in the baseline of x86_64.
        unsafe { _mm_set1_epi8(byte.cast_signed()) }
    }

    #[inline(always)]
    fn mask(flags: __m128i) -> u32 {
        // SAFETY: SSE2 is in the baseline of x86_64.
        unsafe { _mm_movemask_epi8(flags) }.cast_unsigned()
    }
}

/// The three questions on two 64-bit words.
#[cfg(any(test, not(target_arch = "x86_64")))]
mod portable {
    use super::Chunk;

    const ONES: u64 = 0x0101_0101_0101_0101;
    const LOW_BITS: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    const HIGH_BIT: u64 = 0x8080_8080_8080_8080;

    /// Bytes that end a run of plain string text: `"`, `\` and control characters.
    #[inline(always)]
    pub(crate) fn special(chunk: &Chunk) -> u32 {
        each_half(chunk, |word| equal(word, b'"') | equal(word, b'\\') | zero(word & (0xe0 * ONES)))
    }

    /// Bytes that are no ASCII digit.
    #[inline(always)]
    pub(crate) fn not_digit(chunk: &Chunk) -> u32 {
        each_half(chunk, |word| {
            let value = word ^ (u64::from(b'0') * ONES);
            (((value & LOW_BITS) + 0x76 * ONES) | value) & HIGH_BIT
        })
    }

    /// Bytes that are no JSON white space.
    #[inline(always)]
    pub(crate) fn not_white(chunk: &Chunk) -> u32 {
        each_half(chunk, |word| {
            !(equal(word, b' ') | equal(word, b'\n') | equal(word, b'\r') | equal(word, b'\t')) & HIGH_BIT
        })
    }

    /// The high bit of each byte that equals `byte`.
    #[inline(always)]
    fn equal(word: u64, byte: u8) -> u64 {
        zero(word ^ (u64::from(byte) * ONES))
    }

    /// The high bit of each byte that is zero. No carry crosses a byte, so that every byte is answered exactly.
    #[inline(always)]
    fn zero(word: u64) -> u64 {
        !(((word & LOW_BITS) + LOW_BITS) | word) & HIGH_BIT
    }

    /// Asks both halves, and gathers the high bits of the answers.
    #[inline(always)]
    fn each_half(chunk: &Chunk, flags: impl Fn(u64) -> u64) -> u32 {
        let word = u128::from_le_bytes(*chunk);
        let gather = |half: u64| {
            let flags = flags(half) >> 7;
            (flags.wrapping_mul(0x0102_0408_1020_4080) >> 56) as u32
        };
        #[expect(clippy::cast_possible_truncation, reason = "the lower half")]
        let low = gather(word as u64);
        low | gather((word >> 64) as u64) << 8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Question = fn(&Chunk) -> u32;
    type Definition = fn(u8) -> bool;

    /// Every byte value at every place, between bytes that are not asked for and bytes that are.
    #[test]
    fn both_twins_answer_as_the_definition_does() {
        let questions: [(Question, Question, Definition); 3] = [
            (special, portable::special, |byte| byte < 0x20 || byte == b'"' || byte == b'\\'),
            (not_digit, portable::not_digit, |byte| !byte.is_ascii_digit()),
            (not_white, portable::not_white, |byte| !matches!(byte, b' ' | b'\n' | b'\r' | b'\t')),
        ];
        for (vector, portable, definition) in questions {
            for background in [b'a', b'0', b' ', b'"', 0, 0x80, 0xff] {
                for place in 0..WIDTH {
                    for byte in 0..=255 {
                        let mut chunk = [background; WIDTH];
                        chunk[place] = byte;
                        let expected =
                            (0..WIDTH).fold(0, |mask, n| mask | u32::from(definition(chunk[n])) << n);
                        assert_eq!(vector(&chunk), expected, "{chunk:?}");
                        assert_eq!(portable(&chunk), expected, "{chunk:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn wide_steps_are_four_chunks() {
        for place in 0..WIDE {
            let mut wide = [b'a'; WIDE];
            wide[place] = b'"';
            assert_eq!(special_wide(&wide), 1 << place);
        }
    }

    #[test]
    fn the_end_of_the_input_reads_as_zeros() {
        assert_eq!(load(b"abc", 1)[..3], *b"bc\0");
        assert_eq!(load(b"abc", 3), [0; WIDTH]);
        assert_eq!(load(b"abc", 9), [0; WIDTH]);
        assert_eq!(load(b"0123456789abcdefg", 1), *b"123456789abcdefg");
    }
}
