//! The members of objects that are open, and the names that they are sorted by.

use zeroize::Zeroize as _;

use super::order;
use super::reordering::place;
use super::string::plain_length;

/// A member of an object that is open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    /// See [`order::prefix`].
    pub(super) prefix: u64,
    /// Where the member starts: at the quote of its name.
    pub(super) start: u32,
    /// How many objects had been noted for reordering when the member started.
    pub(super) objects: u32,
}

/// The members of open objects whose names are written with escapes.
#[derive(Debug, Default)]
pub(super) struct Escaped {
    members: Vec<EscapedName>,
    /// The texts of their names.
    text: Vec<u8>,
}

/// The name of one of them.
#[derive(Clone, Copy, Debug)]
struct EscapedName {
    /// Where the member starts.
    member: u32,
    /// Where the text of the name starts and ends.
    start: u32,
    end: u32,
}

impl Escaped {
    /// Adds a member that starts at `member`.
    #[inline(never)]
    pub(super) fn push(&mut self, member: u32, name: &[u8]) {
        let start = place(self.text.len());
        self.text.extend_from_slice(name);
        self.members.push(EscapedName { member, start, end: place(self.text.len()) });
    }

    /// Leaves the first `count`.
    #[inline(always)]
    pub(super) fn truncate(&mut self, count: u32) {
        if let Some(name) = self.members.get(count as usize) {
            self.text.truncate(name.start as usize);
            self.members.truncate(count as usize);
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.members.len()
    }

    /// Clears the texts.
    pub(super) fn wipe(&mut self) {
        self.text.zeroize();
    }

    /// How many bytes the buffers hold.
    pub(super) fn capacity(&self) -> usize {
        self.members.capacity() * size_of::<EscapedName>() + self.text.capacity()
    }
}

/// The names of members. Most are in the text that is being written, up to their quote; where they are written with
/// escapes, the others are asked.
pub(super) struct Names<'a> {
    pub(super) text: &'a [u8],
    pub(super) escaped: &'a Escaped,
}

impl<'a> Names<'a> {
    /// The text of a member's name from an offset on, cut where there is more than `most`.
    pub(super) fn rest(&self, member: &Member, offset: usize, most: usize) -> &'a [u8] {
        let escaped = &self.escaped.members;
        if let Ok(place) = escaped.binary_search_by_key(&member.start, |name| name.member) {
            return &self.escaped.text[escaped[place].start as usize + offset..escaped[place].end as usize];
        }
        let start = member.start as usize + 1 + offset;
        let rest = &self.text[start..self.text.len().min(start.saturating_add(most))];
        &rest[..plain_length(rest)]
    }

    /// Whether each name comes before the next, in some order.
    #[inline(always)]
    pub(super) fn are_ascending(&self, members: &[Member], order: &[u8]) -> bool {
        order.windows(2).all(|pair| {
            let (left, right) = (&members[usize::from(pair[0])], &members[usize::from(pair[1])]);
            left.prefix < right.prefix || left.prefix == right.prefix && self.ascends(left, right)
        })
    }

    #[inline(never)]
    fn ascends(&self, left: &Member, right: &Member) -> bool {
        order::ascends(self.rest(left, 0, usize::MAX), self.rest(right, 0, usize::MAX))
    }
}
