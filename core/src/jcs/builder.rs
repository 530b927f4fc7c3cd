//! Canonical text in the making: one buffer in the order of the input, and what is to be reordered in it.
//!
//! Every value is written once, in canonical form and followed by a comma, in the order in which it comes. An object
//! whose names come in ascending order is complete with its closing brace. For any other object the order of its
//! members is noted; [`emit`](super::emit) then copies the text once more, member by member. No byte is copied more
//! often than that, however deep it is nested.

use zeroize::Zeroize as _;

use super::emit::{Level, emit};
use super::members::{Escaped, Member, Names};
use super::number;
use super::order;
use super::reordering::{Reordering, place};
use super::shapes::Shapes;
use super::shortest;
use super::string::{escape, plain_length};
use super::{Finished, Numbers};
use crate::error::Code;
use crate::json::{Number, Sink, Text, WIDE, WIDTH, long_decimal, special, to_double};

/// Room that is kept behind what is written, so that short pieces are written in steps of fixed width.
const SLACK: usize = 64;

/// How long the strings are that [`Builder::push_short_string`] takes.
pub(super) const SHORT: usize = 2 * WIDTH;

/// See the page of this module.
#[derive(Debug, Default)]
pub(super) struct Builder {
    numbers: Numbers,
    /// The text; what is behind `length` means nothing.
    text: Vec<u8>,
    length: usize,
    /// The members so far of the objects that are open.
    members: Vec<Member>,
    /// The objects that are open, without the innermost one's `run`.
    open: Vec<Open>,
    /// The innermost object's.
    run: Run,
    /// Those of them whose names are written with escapes.
    escaped: Escaped,
    /// Space for sorting.
    keys: Vec<u128>,
    /// Orders to try before sorting.
    shapes: Shapes,
    /// What is to be reordered.
    reordering: Reordering,
    /// Space for that.
    levels: Vec<Level>,
}

/// Whether the names of an object have ascended so far, as their prefixes tell.
#[derive(Clone, Copy, Debug, Default)]
struct Run {
    last: u64,
    broken: bool,
}

/// An object that is open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Open {
    /// Where its text starts.
    pub(super) start: u32,
    /// How many members, objects to be reordered, and names with escapes there were when it started.
    members: u32,
    pub(super) objects: u32,
    escaped: u32,
    /// That of the object around it.
    outer: Run,
}

impl Builder {
    /// Starts anew, with room for a text of `expected` bytes.
    pub(super) fn start(&mut self, numbers: Numbers, expected: usize) {
        self.numbers = numbers;
        self.length = 0;
        self.members.clear();
        self.open.clear();
        self.run = Run::default();
        self.escaped.truncate(0);
        self.reordering.clear();
        // A text as long as expected never grows: one step needs no more beyond its end than twice the slack.
        let room = expected + 2 * SLACK;
        if self.text.len() < room {
            // Fresh zeroed memory costs nothing until it is used.
            self.text = vec![0; room];
        }
    }

    /// The text in the order of the input, with the comma behind its value.
    pub(super) fn text(&self) -> &[u8] {
        &self.text[..self.length]
    }

    /// The canonical text of the one value that has been written, if nothing in it is to be reordered.
    pub(super) fn canonical_text(&self) -> Option<&[u8]> {
        self.reordering.objects.is_empty().then(|| &self.text[..self.length - 1])
    }

    /// How long the canonical text is of the one value that has been written.
    pub(super) fn canonical_length(&self) -> usize {
        self.length - 1
    }

    /// Writes that text to `out`, which is as long, where something in it is to be reordered.
    pub(super) fn fill(&mut self, out: &mut [u8]) {
        emit(&self.text[..self.length - 1], &self.reordering, &mut self.levels, out);
    }

    /// Appends that text.
    pub(super) fn finish(&mut self, out: &mut Vec<u8>) {
        /// From here on, fresh memory that is zeroed costs less than zeros that are written.
        const LARGE: usize = 64 << 10;

        if let Some(text) = self.canonical_text() {
            out.extend_from_slice(text);
            return;
        }
        let (start, length) = (out.len(), self.canonical_length());
        if out.capacity() == 0 && length >= LARGE {
            *out = vec![0; length];
        } else {
            out.resize(start + length, 0);
        }
        self.fill(&mut out[start..]);
    }

    /// As [`finish`](Self::finish), to a place that the caller makes for the text.
    pub(super) fn finish_with<T>(&mut self, make: impl FnOnce(Finished<'_>) -> T) -> T {
        if let Some(text) = self.canonical_text() {
            return make(Finished::InOrder(text));
        }
        let length = self.canonical_length();
        make(Finished::Reordered { length, fill: &mut |place| self.fill(place) })
    }

    /// Clears what has been written.
    pub(super) fn wipe(&mut self) {
        self.text.zeroize();
        self.escaped.wipe();
    }

    /// How many bytes the buffers hold.
    pub(super) fn capacity(&self) -> usize {
        self.text.capacity()
            + self.members.capacity() * size_of::<Member>()
            + self.open.capacity() * size_of::<Open>()
            + self.escaped.capacity()
            + self.keys.capacity() * size_of::<u128>()
            + self.levels.capacity() * size_of::<Level>()
            + self.reordering.capacity()
    }

    /// Gives back buffers until the others hold no more than `limit` bytes: first those whose size is known when they are
    /// made again.
    pub(super) fn trim(&mut self, limit: usize) {
        let buffers: [fn(&mut Self); 4] = [
            |builder| builder.text = Vec::new(),
            |builder| builder.reordering = Reordering::default(),
            |builder| builder.members = Vec::new(),
            |builder| *builder = Self::default(),
        ];
        for give_back in buffers {
            if self.capacity() <= limit {
                return;
            }
            give_back(self);
        }
    }

    /// Makes room for `count` bytes and the slack behind them.
    #[inline(always)]
    fn make_room(&mut self, count: usize) {
        if self.text.len() - self.length < count + SLACK {
            self.grow(count);
        }
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, count: usize) {
        let needed = self.length + count + SLACK;
        self.text.resize(needed.max(self.text.len() / 2 * 3), 0);
    }

    /// Appends one byte. There is room.
    #[inline(always)]
    fn push(&mut self, byte: u8) {
        self.text[self.length] = byte;
        self.length += 1;
    }

    /// Appends a literal. There is room.
    #[inline(always)]
    fn push_all<const N: usize>(&mut self, bytes: [u8; N]) {
        self.text[self.length..self.length + N].copy_from_slice(&bytes);
        self.length += N;
    }

    /// Appends a part of `source`. There is room.
    #[inline(always)]
    fn push_part(&mut self, source: &[u8], start: usize, end: usize) {
        let count = end - start;
        let to = self.length;
        match source.get(start..).and_then(<[u8]>::first_chunk::<WIDTH>) {
            // Most parts are short: one step of fixed width, whose surplus is written over by what follows.
            Some(chunk) if count <= WIDTH => self.text[to..to + WIDTH].copy_from_slice(chunk),
            _ => self.copy_long(&source[start..], count),
        }
        self.length += count;
    }

    /// Copies `count` bytes behind what is written. Where there is room around them that is done in steps of fixed width,
    /// of which a text of usual length takes one or two.
    #[inline(never)]
    fn copy_long(&mut self, source: &[u8], count: usize) {
        const MANY: usize = 8 * WIDE;
        let (to, steps) = (self.length, count.div_ceil(WIDE) * WIDE);
        match (source.get(..steps), self.text.get_mut(to..to + steps)) {
            (Some(source), Some(target)) if count <= MANY => {
                for (from, to) in source.as_chunks::<WIDE>().0.iter().zip(target.as_chunks_mut::<WIDE>().0) {
                    *to = *from;
                }
            }
            _ => self.text[to..to + count].copy_from_slice(&source[..count]),
        }
    }

    /// Appends a string that is plain and short, and what follows: its quote and a comma or a colon. This is the way of
    /// nearly all strings, so it takes few steps: all of fixed width, after one look at how much room there is.
    #[inline(always)]
    fn push_short_string(&mut self, text: Text<'_>, end: [u8; 2]) -> bool {
        let count = text.end - text.start;
        if !text.plain || count > SHORT {
            return false;
        }
        let source = text.source.get(text.start..).and_then(<[u8]>::first_chunk::<SHORT>);
        let target = self.text.get_mut(self.length..).and_then(<[u8]>::first_chunk_mut::<{ SHORT + 3 }>);
        let (Some(source), Some(target)) = (source, target) else { return false };
        target[0] = b'"';
        target[1..SHORT + 1].copy_from_slice(source);
        target[1 + count..3 + count].copy_from_slice(&end);
        self.length += count + 3;
        true
    }

    /// Appends a string with its quotes, and a byte that follows. Its text is the first `count` bytes of `source`.
    #[inline(never)]
    fn push_any_string(&mut self, source: &[u8], count: usize, plain: bool, end: u8) {
        self.make_room(count);
        self.push(b'"');
        if plain {
            self.push_part(source, 0, count);
        } else {
            self.push_escaped(&source[..count]);
        }
        self.push_all([b'"', end]);
    }

    /// Appends the name of the last member, and its colon.
    #[inline(never)]
    fn push_any_name(&mut self, source: &[u8], count: usize, plain: bool) {
        if !plain {
            self.escaped.push(place(self.length), &source[..count]);
        }
        self.push_any_string(source, count, plain, b':');
    }

    /// Appends a string value of more than one chunk, which is searched while it is copied.
    #[inline]
    pub(super) fn long_string(&mut self, source: &[u8]) {
        self.make_room(source.len());
        self.push(b'"');
        let target = &mut self.text[self.length..self.length + source.len()];
        // How often a loop runs cannot be foreseen: two steps that overlap do for most lengths.
        let special_bytes = match source.len() {
            0..=32 => copy_ends::<16>(source, target),
            33..=64 => copy_ends::<32>(source, target),
            65..=128 => copy_ends::<64>(source, target),
            _ => {
                let chunks = source.as_chunks::<WIDE>().0.iter().zip(target.as_chunks_mut::<WIDE>().0);
                let special_bytes = chunks.fold(0, |special_bytes, (from, to)| {
                    *to = *from;
                    special_bytes | special_in(from)
                });
                special_bytes | copy_ends::<WIDE>(source, target)
            }
        };
        if special_bytes == 0 {
            self.length += source.len();
        } else {
            self.push_escaped(source);
        }
        self.push_all(*b"\",");
    }

    #[inline(never)]
    fn push_escaped(&mut self, mut text: &[u8]) {
        loop {
            let plain = plain_length(text);
            self.make_room(plain);
            self.push_part(text, 0, plain);
            let Some(byte) = text.get(plain) else { return };
            let (bytes, count) = escape(*byte);
            self.push_part(&bytes, 0, count);
            text = &text[plain + 1..];
        }
    }

    /// Where the text of a number is written. There is room.
    #[inline(always)]
    fn number_room(&mut self) -> &mut [u8; number::LONGEST] {
        self.text[self.length..].first_chunk_mut().expect("the callers have made room")
    }

    /// Appends a finite double.
    #[inline(always)]
    pub(super) fn double(&mut self, value: f64) {
        self.make_room(number::LONGEST);
        self.length += number::write(value, self.number_room());
        self.push(b',');
    }

    /// Appends an integer of at most 53 bits, which is its own canonical text.
    #[inline(always)]
    pub(super) fn small_integer(&mut self, magnitude: u64, negative: bool) {
        self.make_room(number::LONGEST);
        self.length += number::write_integer(magnitude, negative, self.number_room());
        self.push(b',');
    }

    /// Appends a literal as it is: up to 15 digits, a sign, a point.
    #[inline(always)]
    fn push_digits(&mut self, number: &Number<'_>) {
        const LONGEST: usize = 17;
        let count = number.end - number.start;
        let source = number.source.get(number.start..).and_then(<[u8]>::first_chunk::<LONGEST>);
        let target = self.text.get_mut(self.length..).and_then(<[u8]>::first_chunk_mut::<{ LONGEST + 1 }>);
        match (source, target) {
            (Some(source), Some(target)) if count <= LONGEST => {
                target[..LONGEST].copy_from_slice(source);
                target[count] = b',';
                self.length += count + 1;
            }
            _ => {
                self.make_room(count);
                self.push_part(number.source, number.start, number.end);
                self.push(b',');
            }
        }
    }

    /// Appends the number that a literal stands for.
    #[inline]
    pub(super) fn literal(&mut self, number: &Number<'_>, numbers: Numbers) -> Result<(), Code> {
        let start = self.length;
        let value = match self.long_decimal(number) {
            Some(value) => value,
            None => self.any_literal(number)?,
        };
        if numbers == Numbers::Exact && !number::is_exact(number, value, &self.text[start..self.length - 1]) {
            self.length = start;
            return Err(Code::NumberNotExact);
        }
        Ok(())
    }

    /// Appends the number that a literal stands for, if it has the form of most that have many digits.
    #[inline(never)]
    fn long_decimal(&mut self, number: &Number<'_>) -> Option<f64> {
        let (digits, value) = long_decimal(number)?;
        self.make_room(number::LONGEST);
        self.length += shortest::write(number, digits, value, self.number_room())?;
        self.push(b',');
        Some(value)
    }

    /// Appends the number that a literal stands for.
    #[inline(never)]
    fn any_literal(&mut self, number: &Number<'_>) -> Result<f64, Code> {
        let value = to_double(number);
        if value.is_infinite() {
            return Err(Code::NumberOverflow);
        }
        self.double(value);
        Ok(value)
    }

    /// Closes a container: its bracket takes the place of the comma behind its last value.
    #[inline(always)]
    fn close(&mut self, bracket: u8) {
        self.make_room(2);
        if self.text[self.length - 1] == b',' {
            self.length -= 1;
        }
        self.push_all([bracket, b',']);
    }

    /// Finds the order of the members of the innermost object, which has just been closed, and notes it if it is not
    /// the order of the input.
    #[inline(never)]
    fn reorder(&mut self, open: Open) -> Result<(), usize> {
        let members = &self.members[open.members as usize..];
        let first = members[0].prefix;
        let names = Names { text: &self.text[..self.length], escaped: &self.escaped };
        let end = place(self.length) - 1;
        if let Some(order) = self.shapes.recall(first, members.len())
            && names.are_ascending(members, order)
        {
            self.reordering.note(&open, end, members, order);
            return Ok(());
        }
        let first_slot = self.reordering.slots.len();
        let prefixes = members.iter().map(|member| member.prefix);
        order::sort(&mut self.reordering.slots, &mut self.keys, prefixes, |index, offset| {
            names.rest(&members[index], offset, order::ENOUGH)
        })?;
        let order = self.reordering.slots[first_slot..].iter().map(|index| order::member(*index));
        self.shapes.remember(first, order);
        self.reordering.note_sorted(&open, end, members, first_slot);
        Ok(())
    }
}

/// Copies the first bytes and the last, and tells whether any of them is special: then the result is not zero.
#[inline(always)]
fn copy_ends<const N: usize>(source: &[u8], target: &mut [u8]) -> u32 {
    let mut special_bytes = 0;
    if let (Some(from), Some(to)) = (source.first_chunk::<N>(), target.first_chunk_mut()) {
        *to = *from;
        special_bytes |= special_in(from);
    }
    if let (Some(from), Some(to)) = (source.last_chunk::<N>(), target.last_chunk_mut()) {
        *to = *from;
        special_bytes |= special_in(from);
    }
    special_bytes
}

/// Not zero if one of the bytes is special.
#[inline(always)]
fn special_in<const N: usize>(bytes: &[u8; N]) -> u32 {
    bytes.as_chunks().0.iter().fold(0, |special_bytes, chunk| special_bytes | special(chunk))
}

impl Sink for Builder {
    #[inline(always)]
    fn null(&mut self) {
        self.make_room(5);
        self.push_all(*b"null,");
    }

    #[inline(always)]
    fn boolean(&mut self, value: bool) {
        self.make_room(6);
        if value {
            self.push_all(*b"true,");
        } else {
            self.push_all(*b"false,");
        }
    }

    #[inline(always)]
    fn number(&mut self, number: Number<'_>) -> Result<(), Code> {
        if number::is_canonical(&number) {
            self.push_digits(&number);
            Ok(())
        } else {
            self.literal(&number, self.numbers)
        }
    }

    #[inline(always)]
    fn string(&mut self, text: Text<'_>) {
        if !self.push_short_string(text, *b"\",") {
            self.push_any_string(&text.source[text.start..], text.end - text.start, text.plain, b',');
        }
    }

    #[inline(always)]
    fn name(&mut self, text: Text<'_>) {
        let prefix = order::prefix(text.source, text.start, text.end);
        self.run.broken |= prefix <= self.run.last;
        self.run.last = prefix;
        let start = place(self.length);
        self.members.push(Member { prefix, start, objects: place(self.reordering.objects.len()) });
        if !self.push_short_string(text, *b"\":") {
            self.push_any_name(&text.source[text.start..], text.end - text.start, text.plain);
        }
    }

    #[inline(always)]
    fn begin_array(&mut self) {
        self.make_room(1);
        self.push(b'[');
    }

    #[inline(always)]
    fn end_array(&mut self) {
        self.close(b']');
    }

    #[inline(always)]
    fn begin_object(&mut self) {
        self.make_room(1);
        self.open.push(Open {
            start: place(self.length),
            members: place(self.members.len()),
            objects: place(self.reordering.objects.len()),
            escaped: place(self.escaped.len()),
            outer: self.run,
        });
        self.run = Run::default();
        self.push(b'{');
    }

    #[inline(always)]
    fn end_object(&mut self) -> Result<(), usize> {
        self.close(b'}');
        let open = self.open.pop().expect("each end of an object has its beginning");
        if self.run.broken {
            self.reorder(open)?;
        }
        self.members.truncate(open.members as usize);
        self.escaped.truncate(open.escaped);
        self.run = open.outer;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jcs::string::write_string;
    use crate::json::{Limits, Reader};

    fn read(text: &[u8]) -> Builder {
        let mut builder = Builder::default();
        builder.start(Numbers::default(), text.len());
        let limits = Limits { depth: 128, bytes: usize::MAX };
        Reader::default().read(text, limits, &mut builder).expect("JSON text");
        builder
    }

    #[test]
    fn a_text_as_long_as_its_input_does_not_grow() {
        for text in
            [r#"{"b":"0123456789","a":[true,null,[0.1]]}"#, "1", r#"{"":{}}"#, "[0.12345678901234567]"]
        {
            for text in [text.to_owned(), format!("[{}]", vec![text; 1000].join(","))] {
                assert_eq!(read(text.as_bytes()).text.len(), text.len() + 2 * SLACK, "{text}");
            }
        }
    }

    /// Names that the first eight bytes do not tell apart, with escapes and without, inside of each other.
    #[test]
    fn names_with_escapes_and_without() {
        let starts = ["", "the same", "the same eight\n", "\"the same"];
        let ends = ["", "\0", "\n", "\"", "a", "a name that goes on", "é", "\u{e000}", "\u{10000}"];
        let mut names: Vec<String> =
            starts.iter().flat_map(|start| ends.iter().map(move |end| format!("{start}{end}"))).collect();
        let object = |names: &[String], inner: &str| {
            let mut text = b"{".to_vec();
            for name in names {
                write_string(name, &mut text);
                text.extend_from_slice(format!(":{inner},").as_bytes());
            }
            *text.last_mut().expect("there are members") = b'}';
            String::from_utf8(text).expect("UTF-8")
        };
        let nested = |names: &[String]| object(names, &format!("[{0},{0}]", object(names, "1")));
        names.sort_by_key(|name| name.encode_utf16().collect::<Vec<_>>());
        names.dedup();
        let expected = nested(&names);
        for _ in 0..names.len() {
            names.rotate_left(7);
            names.swap(0, 1);
            let mut out = Vec::new();
            read(nested(&names).as_bytes()).finish(&mut out);
            assert_eq!(String::from_utf8(out).expect("UTF-8"), expected);
        }
    }
}
