//! The order of members, RFC 8785 section 3.2.3: by the UTF-16 code units of their names, without UTF-16.
//!
//! Well-formed UTF-8 compares as its code points do. So does UTF-16, but for one thing: the surrogates, which stand
//! for U+10000 and above, come before U+E000 to U+FFFF. The lead bytes of both (`F0`–`F4`; `EE`, `EF`) are
//! exchanged before bytes are compared; no other byte of UTF-8 has those values.

/// From how many members on the bytes that names are made of are counted before they are sorted. Without that, too many
/// have the same word, since the index needs more of it.
const MANY: usize = 1 << 17;

/// From how many members on they are spread over runs by the highest bits of their words before they are sorted.
const SPREAD: usize = 1 << 15;

/// Bytes of a name that are compared in one step.
const STEP: usize = 8;

/// The first bytes of a name as a number that orders as they do; zeros stand behind the end of a short name.
///
/// `source` may hold anything behind `end`.
#[inline(always)]
pub(super) fn prefix(source: &[u8], start: usize, end: usize) -> u64 {
    let length = end - start;
    let Some(bytes) = source.get(start..).and_then(<[u8]>::first_chunk) else {
        return word(&source[start..end]);
    };
    let bytes = u64::from_be_bytes(*bytes);
    in_utf16_order(if length >= STEP { bytes } else { bytes & !(u64::MAX >> (8 * length)) })
}

/// As [`prefix`], of the first bytes of `text`.
#[inline]
fn word(text: &[u8]) -> u64 {
    let mut bytes = [0; STEP];
    let length = text.len().min(STEP);
    bytes[..length].copy_from_slice(&text[..length]);
    in_utf16_order(u64::from_be_bytes(bytes))
}

#[inline(always)]
fn in_utf16_order(word: u64) -> u64 {
    if word & 0x8080_8080_8080_8080 == 0 { word } else { exchange(word) }
}

#[inline(never)]
fn exchange(word: u64) -> u64 {
    u64::from_be_bytes(word.to_be_bytes().map(exchange_byte))
}

/// Moves the lead bytes `F0`–`F4` before `EE` and `EF`.
fn exchange_byte(byte: u8) -> u8 {
    match byte {
        0xee | 0xef => byte + 5,
        0xf0..=0xf4 => byte - 2,
        _ => byte,
    }
}

/// Whether one name comes before another, and is not the same.
pub(super) fn ascends(left: &[u8], right: &[u8]) -> bool {
    match left.iter().zip(right).position(|(left, right)| left != right) {
        Some(at) => exchange_byte(left[at]) < exchange_byte(right[at]),
        None => left.len() < right.len(),
    }
}

/// How many bytes of a name are needed where it is asked for: those of one step, and another that tells that it goes on.
pub(super) const ENOUGH: usize = STEP + 1;

/// Sorts members by name and appends their indexes in that order to `order`, each for [`member`].
///
/// `prefixes` are the members' [`prefix`]es in the order of the input. `rest` tells the name of a member from an offset
/// on, or its first [`ENOUGH`] bytes from there. If a name occurs twice, the index of the first member whose name was
/// there before is the error; what was appended then means nothing. `keys` is space to work in.
///
/// The time is that of sorting the members by their first eight bytes, and again by the next eight where those
/// are equal, and so on: no byte of a name is looked at more often than it is sorted.
#[inline]
pub(super) fn sort<'a>(
    order: &mut Vec<u64>,
    keys: &mut Vec<u128>,
    prefixes: impl ExactSizeIterator<Item = u64> + Clone,
    rest: impl Fn(usize, usize) -> &'a [u8],
) -> Result<(), usize> {
    let start = order.len();
    // One word for each: what its name has of its own, then its index.
    let indexes = (1 << (u64::BITS - prefixes.len().leading_zeros())) - 1;
    if prefixes.len() < MANY {
        // The bits that all have in common make room for the index.
        let first = prefixes.clone().next().unwrap_or(0);
        let common =
            prefixes.clone().fold(0, |differing, prefix| differing | (prefix ^ first)).leading_zeros();
        let own = prefixes.map(|prefix| prefix.checked_shl(common).unwrap_or(0) & !indexes);
        if own.len() < SPREAD {
            order.extend(own.zip(0..).map(|(word, index)| word | index));
            order[start..].sort_unstable();
        } else {
            sort_in_runs(order, own, u64::MAX);
        }
    } else {
        sort_many(order, indexes, prefixes);
    }

    let mut repeated: Option<usize> = None;
    let mut words = &mut order[start..];
    while let Some(first) = words.first() {
        let same = |word: &u64| (word ^ first) & !indexes == 0;
        let count = words[1..].iter().take_while(|word| same(word)).count() + 1;
        let (run, others) = words.split_at_mut(count);
        words = others;
        for index in &mut *run {
            *index &= indexes;
        }
        if count > 1
            && let Err(index) = sort_names(keys, run, &rest)
        {
            repeated = Some(repeated.map_or(index, |other| other.min(index)));
        }
    }
    repeated.map_or(Ok(()), Err)
}

/// Sorts many members as one word each: a number that orders as the prefix does, and their index.
///
/// Names are made of few of the bytes that there are. Counting only those that occur at a place makes the numbers
/// small, so that they hold more of the name, and dense, so that their highest bits spread the members evenly over many
/// short runs to be sorted.
#[inline(never)]
fn sort_many(order: &mut Vec<u64>, indexes: u64, prefixes: impl ExactSizeIterator<Item = u64> + Clone) {
    let ranks = Ranks::new(indexes, prefixes.clone());
    sort_in_runs(order, prefixes.map(|prefix| ranks.of(prefix)), ranks.highest);
}

/// Appends words, none above `highest`, with their indexes in their lowest bits, sorted.
#[inline(always)]
fn sort_in_runs(order: &mut Vec<u64>, words: impl ExactSizeIterator<Item = u64> + Clone, highest: u64) {
    /// So many runs that their ends, and the lines that are being written, stay near.
    const RUNS: u32 = 14;
    let shift = (u64::BITS - highest.leading_zeros()).saturating_sub(RUNS);
    let run = |word: u64| member(word >> shift) & ((1 << RUNS) - 1);

    let mut ends = vec![0_u32; 1 << RUNS];
    for word in words.clone() {
        ends[run(word)] += 1;
    }
    let mut next = 0;
    for end in &mut ends {
        (*end, next) = (next, next + *end);
    }
    // Each starts where the one before it ends, and is at its own end when all its members are there.
    let start = order.len();
    order.resize(start + words.len(), 0);
    let order = &mut order[start..];
    for (word, index) in words.zip(0..) {
        let end = &mut ends[run(word)];
        order[*end as usize] = word | index;
        *end += 1;
    }
    let mut start = 0;
    for end in ends {
        order[start..end as usize].sort_unstable();
        start = end as usize;
    }
}

/// Numbers that order as prefixes do, of those bytes alone that occur.
struct Ranks {
    /// For each place and byte there, what it adds to the number. Places that have no room add nothing.
    parts: [[u64; 256]; STEP],
    /// No number is higher.
    highest: u64,
}

impl Ranks {
    /// Of some prefixes; the numbers leave the bits of `indexes` free.
    fn new(indexes: u64, prefixes: impl Iterator<Item = u64>) -> Self {
        let mut occurs = [[false; 256]; STEP];
        for prefix in prefixes {
            for (occurs, byte) in occurs.iter_mut().zip(prefix.to_be_bytes()) {
                occurs[usize::from(byte)] = true;
            }
        }
        let counts = occurs.map(|occurs| occurs.iter().map(|occurs| u64::from(*occurs)).sum::<u64>());
        let (room, mut numbers, mut taken) = (u64::MAX / (indexes + 1), 1, 0);
        while taken < STEP && numbers <= room / counts[taken] {
            numbers *= counts[taken];
            taken += 1;
        }
        let mut weight = indexes + 1;
        let mut ranks = Self { parts: [[0; 256]; STEP], highest: indexes };
        for place in (0..taken).rev() {
            let mut part = 0;
            for (byte, occurs) in occurs[place].iter().enumerate() {
                if *occurs {
                    ranks.parts[place][byte] = part;
                    part += weight;
                }
            }
            ranks.highest += part - weight;
            weight = part;
        }
        ranks
    }

    /// The number, in the bits above those of the index.
    #[inline(always)]
    fn of(&self, prefix: u64) -> u64 {
        self.parts.iter().zip(prefix.to_be_bytes()).map(|(part, byte)| part[usize::from(byte)]).sum()
    }
}

/// An index as it is used.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "an index of a member in memory")]
pub(super) fn member(index: u64) -> usize {
    index as usize
}

/// Sorts members given by their indexes.
#[inline(never)]
fn sort_names<'a>(
    keys: &mut Vec<u128>,
    run: &mut [u64],
    rest: &impl Fn(usize, usize) -> &'a [u8],
) -> Result<(), usize> {
    keys.clear();
    keys.extend(run.iter().map(|index| {
        let index = member(*index);
        key(rest(index, 0), index)
    }));
    keys.sort_unstable();
    refine(keys, rest)?;
    for (index, key) in run.iter_mut().zip(keys) {
        *index = self::index(*key) as u64;
    }
    Ok(())
}

/// What is sorted: eight bytes of the name, then how many bytes are left (those and at most one more: a name that
/// ends comes before one that goes on with U+0000), then the member.
#[inline(always)]
fn key(rest: &[u8], index: usize) -> u128 {
    u128::from(word(rest)) << 64 | (rest.len().min(ENOUGH) as u128) << 32 | index as u128
}

/// The member that a key stands for.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "the lowest 32 bits are the index")]
fn index(key: u128) -> usize {
    key as u32 as usize
}

/// Whether two names are the same as far as the keys tell.
#[inline(always)]
fn same_so_far(left: u128, right: u128) -> bool {
    left >> 32 == right >> 32
}

/// Whether the name goes on behind the bytes of the key.
fn goes_on(key: u128) -> bool {
    (key >> 32) & 0xf > STEP as u128
}

/// Sorts each run of keys that are the same so far by what follows in their names.
fn refine<'a>(keys: &mut [u128], rest: &impl Fn(usize, usize) -> &'a [u8]) -> Result<(), usize> {
    let mut repeated: Option<usize> = None;
    // Ranges of keys, each sorted by the bytes before an offset and the key's own bytes at the offset.
    let mut ranges = vec![(0, keys.len(), 0)];
    while let Some((start, end, offset)) = ranges.pop() {
        let mut first = start;
        while first < end {
            let run = keys[first..end].iter().take_while(|key| same_so_far(**key, keys[first])).count();
            let last = first + run;
            if run > 1 && goes_on(keys[first]) {
                let next = offset + STEP;
                for key in &mut keys[first..last] {
                    let index = index(*key);
                    *key = self::key(rest(index, next), index);
                }
                keys[first..last].sort_unstable();
                ranges.push((first, last, next));
            } else if run > 1 {
                // Whole names are the same. Equal keys are sorted by their index.
                let second = index(keys[first + 1]);
                repeated = Some(repeated.map_or(second, |other| other.min(second)));
            }
            first = last;
        }
    }
    repeated.map_or(Ok(()), Err)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(names: &[&str]) -> Result<Vec<usize>, usize> {
        let mut order = Vec::new();
        let prefixes = names.iter().map(|name| prefix(name.as_bytes(), 0, name.len()));
        sort(&mut order, &mut Vec::new(), prefixes, |index, offset| &names[index].as_bytes()[offset..])?;
        Ok(order.iter().map(|index| member(*index)).collect())
    }

    fn by_definition(names: &[&str]) -> Vec<usize> {
        let mut order: Vec<usize> = (0..names.len()).collect();
        order.sort_by_cached_key(|index| names[*index].encode_utf16().collect::<Vec<_>>());
        order
    }

    #[test]
    fn section_3_2_3() {
        let names = ["\u{20ac}", "\r", "\u{fb33}", "1", "\u{1f600}", "\u{80}", "\u{f6}"];
        assert_eq!(sorted(&names), Ok(vec![1, 3, 5, 6, 0, 4, 2]));
    }

    #[test]
    fn as_utf16_orders() {
        let alphabet = [
            "",
            "\0",
            "a",
            "b",
            "\u{7f}",
            "\u{80}",
            "\u{d7ff}",
            "\u{e000}",
            "\u{ffff}",
            "\u{10000}",
            "\u{10ffff}",
        ];
        for common in ["", "1234567", "12345678", "0123456789abcdef", "ééé\u{e000}"] {
            let mut names: Vec<String> = Vec::new();
            for first in alphabet {
                for second in alphabet {
                    for third in alphabet {
                        names.push(format!("{common}{first}{second}{third}"));
                    }
                }
            }
            names.sort_by_key(|name| name.bytes().rev().collect::<Vec<_>>());
            names.dedup();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            assert_eq!(sorted(&names), Ok(by_definition(&names)));
            for pair in names.windows(2) {
                let ascending = pair[0].encode_utf16().lt(pair[1].encode_utf16());
                assert_eq!(ascends(pair[0].as_bytes(), pair[1].as_bytes()), ascending);
                assert!(!ascends(pair[0].as_bytes(), pair[0].as_bytes()));
            }
            for few in names.chunks(7) {
                assert_eq!(sorted(few), Ok(by_definition(few)));
            }
        }
    }

    /// Names of each kind in random order, as the words of many members see them: few bytes that occur and many,
    /// ends, what lies behind eight bytes, bytes that UTF-16 orders in another way.
    #[test]
    fn many_members() {
        let characters =
            ['\0', 'a', 'b', 'z', '\u{80}', '\u{d7ff}', '\u{e000}', '\u{ffff}', '\u{10000}', '\u{10ffff}'];
        let mut seed = 1_u64;
        let mut next = |below: usize| {
            seed = seed.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            usize::try_from(seed >> 33).expect("an index") % below
        };
        for (kind, count) in
            (0..6).flat_map(|kind| [(kind, SPREAD + 5000 * kind), (kind, MANY + 1000 * kind)])
        {
            let mut names: Vec<String> = (0..count)
                .map(|_| match kind {
                    0 => format!("{:08x}", next(1 << 31)),
                    1 => format!("{:x}", next(count * 3)),
                    2 => format!("the same eight {}", next(1 << 20)),
                    3 => (0..next(9)).map(|_| characters[next(characters.len())]).collect(),
                    4 => (0..1 + next(4))
                        .map(|_| {
                            char::from_u32(u32::try_from(next(0xd800)).expect("small")).expect("no surrogate")
                        })
                        .collect(),
                    _ => {
                        let start = ["a", "ab", "abcdefgh", "abcdefghijklmnop\u{ffff}", ""][next(5)];
                        (0..next(6)).fold(start.to_owned(), |name, _| name + ["\0", "é", "😀", "x"][next(4)])
                    }
                })
                .collect();
            let expected_repetition = |names: &[&str]| {
                let mut before = std::collections::HashSet::new();
                names.iter().position(|name| !before.insert(*name))
            };
            let borrowed: Vec<&str> = names.iter().map(String::as_str).collect();
            if let Some(index) = expected_repetition(&borrowed) {
                assert_eq!(sorted(&borrowed), Err(index), "kind {kind}");
            }
            let mut before = std::collections::HashSet::new();
            names.retain(|name| before.insert(name.clone()));
            // What was repeated is replaced, so that there are as many.
            while names.len() < count {
                names.push(format!("{}-{}", next(10), names.len()));
            }
            let borrowed: Vec<&str> = names.iter().map(String::as_str).collect();
            assert_eq!(sorted(&borrowed), Ok(by_definition(&borrowed)), "kind {kind}");
        }
    }

    #[test]
    fn all_bytes_at_all_places() {
        // Numbers for eight places of 256 bytes each have no room in a word.
        let names: Vec<Vec<u8>> = (0..MANY as u64 + 1)
            .map(|index| index.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes().to_vec())
            .collect();
        let mut order = Vec::new();
        let prefixes = names.iter().map(|name| prefix(name, 0, name.len()));
        sort(&mut order, &mut Vec::new(), prefixes, |index, offset| &names[index][offset..])
            .expect("no name is repeated");
        assert!(order.is_sorted_by(|left, right| ascends(&names[member(*left)], &names[member(*right)])));
        assert_eq!(order.iter().copied().collect::<std::collections::HashSet<_>>().len(), names.len());
    }

    #[test]
    fn the_first_repetition_is_told() {
        assert_eq!(sorted(&["b", "a", "c", "a", "b"]), Err(3));
        assert_eq!(sorted(&["", "x", ""]), Err(2));
        assert_eq!(sorted(&["12345678", "123456789", "12345678"]), Err(2));
        assert_eq!(sorted(&["a long name that goes on", "1", "a long name that goes on", "1"]), Err(2));
        assert_eq!(sorted(&["a\0", "a", "a\0\0"]), Ok(vec![1, 0, 2]));
    }
}
