//! Canonical text in the making: one buffer in the order of the input, and what is to be reordered in it.
//!
//! Every value is written once, in canonical form and followed by a comma, in the order in which it comes. An object
//! whose names come in ascending order is complete with its closing brace. For any other object the order of its
//! members is noted; [`emit`](super::emit) then copies the text once more, member by member. No byte is copied more
//! often than that, however deep it is nested.

use zeroize::Zeroize as _;

use super::Numbers;
use super::emit::emit;
use super::number::{self, NumberText};
use super::order;
use super::string::{escape, plain_length};
use crate::error::Code;
use crate::json::{Number, Sink, Text, WIDTH, to_double};

/// Room that is kept behind what is written, so that short pieces are written in steps of fixed width.
const SLACK: usize = 64;

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
    /// Texts of those names that are written with escapes.
    escaped_names: Vec<u8>,
    /// Space for sorting.
    keys: Vec<u128>,
    /// What is to be reordered.
    reordering: Reordering,
}

/// Whether the names of an object have ascended so far, as their prefixes tell.
#[derive(Clone, Copy, Debug, Default)]
struct Run {
    last: u64,
    broken: bool,
}

/// A member of an object that is open.
#[derive(Clone, Copy, Debug)]
struct Member {
    /// See [`order::prefix`].
    prefix: u64,
    /// Where the member starts: at the quote of its name.
    start: u32,
    /// Where the text of the name starts; in `escaped_names` if `escaped`.
    name: u32,
    /// How long the text of the name is.
    name_length: u32,
    /// How many objects had been noted for reordering when the member started; the highest bit is `escaped`.
    objects: u32,
}

/// The bit of [`Member::objects`] that tells that the name is written with escapes. There are fewer objects
/// than that, since each takes at least ten bytes.
const ESCAPED: u32 = 1 << 31;

/// An object that is open.
#[derive(Clone, Copy, Debug)]
struct Open {
    start: u32,
    members: u32,
    objects: u32,
    escaped_names: u32,
    /// That of the object around it.
    outer: Run,
}

/// The objects whose members are to be reordered, in the order in which they end.
#[derive(Debug, Default)]
pub(super) struct Reordering {
    pub(super) objects: Vec<Object>,
    /// The members of those objects, in canonical order.
    pub(super) slots: Vec<Slot>,
}

/// An object whose members are to be reordered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Object {
    /// Where its text starts and ends, with its braces.
    pub(super) start: u32,
    pub(super) end: u32,
    /// Its members among the slots.
    pub(super) first_slot: u32,
    pub(super) last_slot: u32,
    /// How many objects had been noted when it started: those from there on to itself are inside.
    pub(super) objects: u32,
}

/// A member of such an object.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    /// Where its text starts and ends, without commas.
    pub(super) start: u32,
    pub(super) end: u32,
    /// How many objects had been noted when it ended.
    pub(super) objects: u32,
}

/// A place in the text, which is never longer than 4 GiB.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "the callers bound the text")]
fn place(offset: usize) -> u32 {
    offset as u32
}

impl Builder {
    /// Starts anew, with room for a text of `expected` bytes.
    pub(super) fn start(&mut self, numbers: Numbers, expected: usize) {
        self.numbers = numbers;
        self.length = 0;
        self.members.clear();
        self.open.clear();
        self.run = Run::default();
        self.escaped_names.clear();
        self.reordering.objects.clear();
        self.reordering.slots.clear();
        if self.text.len() < expected + SLACK {
            // Fresh zeroed memory costs nothing until it is used.
            self.text = vec![0; expected + SLACK];
        }
    }

    /// The text in the order of the input, with the comma behind its value.
    pub(super) fn text(&self) -> &[u8] {
        &self.text[..self.length]
    }

    /// Appends the canonical text of the one value that has been written.
    pub(super) fn finish(&self, out: &mut Vec<u8>) {
        let text = &self.text[..self.length - 1];
        if self.reordering.objects.is_empty() {
            out.extend_from_slice(text);
        } else {
            let start = out.len();
            out.resize(start + text.len(), 0);
            emit(text, &self.reordering, &mut out[start..]);
        }
    }

    /// Clears what has been written.
    pub(super) fn wipe(&mut self) {
        self.text.zeroize();
        self.escaped_names.zeroize();
    }

    /// How many bytes the buffers hold.
    pub(super) fn capacity(&self) -> usize {
        self.text.capacity()
            + self.members.capacity() * size_of::<Member>()
            + self.open.capacity() * size_of::<Open>()
            + self.escaped_names.capacity()
            + self.keys.capacity() * size_of::<u128>()
            + self.reordering.objects.capacity() * size_of::<Object>()
            + self.reordering.slots.capacity() * size_of::<Slot>()
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
            _ => self.text[to..to + count].copy_from_slice(&source[start..end]),
        }
        self.length += count;
    }

    /// Appends a string with its quotes. There is room for the plain text.
    #[inline(always)]
    fn push_string(&mut self, text: Text<'_>) {
        self.push(b'"');
        if text.plain {
            self.push_part(text.source, text.start, text.end);
        } else {
            self.push_escaped(text.bytes());
        }
        self.push(b'"');
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

    /// Appends the text of a number.
    #[inline(always)]
    pub(super) fn number_text(&mut self, text: &NumberText) {
        self.make_room(number::LONGEST);
        self.text[self.length..self.length + number::LONGEST].copy_from_slice(text.buffer());
        self.length += text.len();
        self.push(b',');
    }

    #[inline(never)]
    fn converted_number(&mut self, number: &Number<'_>) -> Result<(), Code> {
        let value = to_double(number);
        if value.is_infinite() {
            return Err(Code::NumberOverflow);
        }
        let text = NumberText::of(value);
        if self.numbers == Numbers::Exact && !number::is_exact(number, value, &text) {
            return Err(Code::NumberNotExact);
        }
        self.number_text(&text);
        Ok(())
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

    /// The text of a member's name.
    fn member_name(&self, member: &Member) -> &[u8] {
        let source = if member.objects & ESCAPED == 0 { &self.text } else { &self.escaped_names };
        &source[member.name as usize..][..member.name_length as usize]
    }

    /// Sorts the members of the innermost object, which has just been closed, and notes their order if it is not the
    /// order of the input.
    #[inline(never)]
    fn reorder(&mut self, open: Open) -> Result<(), usize> {
        let mut keys = std::mem::take(&mut self.keys);
        let members = &self.members[open.members as usize..];
        let prefixes = members.iter().map(|member| member.prefix);
        let result = order::sort(&mut keys, prefixes, |index| self.member_name(&members[index]));
        if result.is_ok() && keys.iter().enumerate().any(|(place, key)| order::index(*key) != place) {
            let objects = place(self.reordering.objects.len());
            let first_slot = place(self.reordering.slots.len());
            // Behind the brace stands a comma.
            let end = place(self.length) - 1;
            self.reordering.slots.extend(keys.iter().map(|key| {
                let index = order::index(*key);
                match members.get(index + 1) {
                    Some(next) => Slot {
                        start: members[index].start,
                        end: next.start - 1,
                        objects: next.objects & !ESCAPED,
                    },
                    None => Slot { start: members[index].start, end: end - 1, objects },
                }
            }));
            let last_slot = place(self.reordering.slots.len());
            let object = Object { start: open.start, end, first_slot, last_slot, objects: open.objects };
            self.reordering.objects.push(object);
        }
        self.keys = keys;
        result
    }
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
            self.make_room(WIDTH);
            self.push_part(number.source, number.start, number.end);
            self.push(b',');
            Ok(())
        } else {
            self.converted_number(&number)
        }
    }

    #[inline(always)]
    fn string(&mut self, text: Text<'_>) {
        self.make_room(text.end - text.start);
        self.push_string(text);
        self.push(b',');
    }

    #[inline(always)]
    fn name(&mut self, text: Text<'_>) {
        self.make_room(text.end - text.start);
        let prefix = order::prefix(text.source, text.start, text.end);
        self.run.broken |= prefix <= self.run.last;
        self.run.last = prefix;
        let start = place(self.length);
        let mut member = Member {
            prefix,
            start,
            name: start + 1,
            name_length: place(text.end - text.start),
            objects: place(self.reordering.objects.len()),
        };
        if !text.plain {
            member.name = place(self.escaped_names.len());
            member.objects |= ESCAPED;
            self.escaped_names.extend_from_slice(text.bytes());
        }
        self.members.push(member);
        self.push_string(text);
        self.push(b':');
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
            escaped_names: place(self.escaped_names.len()),
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
        self.escaped_names.truncate(open.escaped_names as usize);
        self.run = open.outer;
        Ok(())
    }
}
