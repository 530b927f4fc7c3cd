//! What is to be reordered: the objects whose names did not come in ascending order, and the order of their members.

use super::builder::Open;
use super::members::Member;
use super::order;

/// From how many members on a list of where they start is made before they are reordered.
const MANY: usize = 1 << 12;

/// The objects whose members are to be reordered, in the order in which they end.
#[derive(Debug, Default)]
pub(super) struct Reordering {
    pub(super) objects: Vec<Object>,
    /// The members of those objects, in canonical order, each a [`slot`].
    pub(super) slots: Vec<u64>,
    /// For each slot of those objects that have others inside: how many had been noted when the member ended, if one
    /// of them is inside of it; otherwise zero.
    pub(super) inside: Vec<u32>,
    /// Where the members start of an object with many, in the order of the input, and where it ends.
    starts: Vec<u32>,
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
    /// Where what is inside of them stands, if anything is.
    pub(super) first_inside: u32,
    /// How many objects had been noted when it started: those from there on to itself are inside.
    pub(super) objects: u32,
}

/// Where the text of a member of such an object starts and ends, without commas, as one word.
#[inline(always)]
fn slot(start: u32, end: u32) -> u64 {
    u64::from(start) << 32 | u64::from(end)
}

/// The range of a [`slot`].
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "the lower half")]
pub(super) fn range(slot: u64) -> (usize, usize) {
    ((slot >> 32) as usize, slot as u32 as usize)
}

/// A place in the text, which is never longer than 4 GiB.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "the callers bound the text")]
pub(super) fn place(offset: usize) -> u32 {
    offset as u32
}

impl Reordering {
    /// Forgets all.
    pub(super) fn clear(&mut self) {
        self.objects.clear();
        self.slots.clear();
        self.inside.clear();
    }

    /// How many bytes the buffers hold.
    pub(super) fn capacity(&self) -> usize {
        self.objects.capacity() * size_of::<Object>()
            + self.slots.capacity() * size_of::<u64>()
            + (self.inside.capacity() + self.starts.capacity()) * size_of::<u32>()
    }

    /// Notes an object whose text ends at `end`, and the order of its members, if that is not the order of the input.
    #[inline(always)]
    pub(super) fn note(&mut self, open: &Open, end: u32, members: &[Member], order: &[u8]) {
        if order.iter().zip(0..).all(|(index, place)| *index == place) {
            return;
        }
        let order = order.iter().map(|index| usize::from(*index));
        let first_slot = self.slots.len();
        self.slots.extend(order.clone().map(|index| member_slot(members, index, end)));
        let objects = place(self.objects.len());
        let first_inside = place(self.inside.len());
        if open.objects != objects {
            self.inside.extend(order.map(|index| noted_inside(members, index, objects)));
        }
        self.push(open, end, first_slot, first_inside);
    }

    /// The same where the slots from `first_slot` on are the indexes of the members in their order.
    pub(super) fn note_sorted(&mut self, open: &Open, end: u32, members: &[Member], first_slot: usize) {
        let slots = &mut self.slots[first_slot..];
        if slots.iter().zip(0..).all(|(index, place)| *index == place) {
            self.slots.truncate(first_slot);
            return;
        }
        let objects = place(self.objects.len());
        let first_inside = place(self.inside.len());
        if open.objects != objects {
            let order = slots.iter().map(|index| order::member(*index));
            self.inside.extend(order.map(|index| noted_inside(members, index, objects)));
        }
        if members.len() < MANY {
            for slot in slots {
                *slot = member_slot(members, order::member(*slot), end);
            }
        } else {
            // Where they start is a list that stays near.
            self.starts.clear();
            self.starts.extend(members.iter().map(|member| member.start));
            self.starts.push(end);
            let starts = self.starts.as_slice();
            for slot in slots {
                let index = order::member(*slot);
                *slot = self::slot(starts[index], starts[index + 1] - 1);
            }
        }
        self.push(open, end, first_slot, first_inside);
    }

    #[inline(always)]
    fn push(&mut self, open: &Open, end: u32, first_slot: usize, first_inside: u32) {
        self.objects.push(Object {
            start: open.start,
            end,
            first_slot: place(first_slot),
            last_slot: place(self.slots.len()),
            first_inside,
            objects: open.objects,
        });
    }
}

/// The [`slot`] of a member of an object whose text ends at `end`.
#[inline(always)]
fn member_slot(members: &[Member], index: usize, end: u32) -> u64 {
    let end = members.get(index + 1).map_or(end, |next| next.start);
    slot(members[index].start, end - 1)
}

/// What [`Reordering::inside`] tells of a member of an object where `objects` had been noted at its end.
#[inline(always)]
fn noted_inside(members: &[Member], index: usize, objects: u32) -> u32 {
    let noted = members.get(index + 1).map_or(objects, |next| next.objects);
    if noted == members[index].objects { 0 } else { noted }
}
