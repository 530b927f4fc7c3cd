//! From the text in the order of the input to canonical order.
//!
//! The text is copied from its end to its start: the objects to be reordered are noted in the order in which they
//! end, which read backwards is an order where each object comes before those inside of it.

use super::reordering::{self, Object, Reordering};
use crate::json::prefetch;

/// Bytes that are copied in one step, which most members are not longer than.
const STEP: usize = 64;

/// Those of small members, of which a large object has many.
const SHORT_STEP: usize = 32;

/// How many members ahead of the one being copied are on their way to the cache: enough to wait for many at once.
const AHEAD: usize = 24;

/// A range of the text that is being copied.
#[derive(Clone, Copy, Debug)]
struct Range {
    start: usize,
    end: usize,
    /// Only objects noted before this one can be in the range.
    objects: usize,
}

/// An object being written that has others inside of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Level {
    /// Its members that are left, among the slots; the last is next.
    first_slot: usize,
    last_slot: usize,
    /// What is inside of them.
    first_inside: usize,
    /// What is left of the range that it stands in.
    rest: Range,
}

/// Fills `out`, which is as long as `text`, with `text` in canonical order. `levels` is space to work in.
pub(super) fn emit(text: &[u8], reordering: &Reordering, levels: &mut Vec<Level>, out: &mut [u8]) {
    let mut out = Backward { out, at: text.len() };
    levels.clear();
    let mut range = Range { start: 0, end: text.len(), objects: reordering.objects.len() };
    loop {
        if let Some(object) = last_inside(range, &reordering.objects) {
            let (start, end) = (object.start as usize, object.end as usize);
            // With the closing brace.
            out.copy(text, end - 1, range.end);
            let (first_slot, last_slot) = (object.first_slot as usize, object.last_slot as usize);
            let rest = Range { start: range.start, end: start, objects: object.objects as usize };
            if rest.objects + 1 == range.objects {
                out.members(text, &reordering.slots[first_slot..last_slot]);
                range = rest;
                continue;
            }
            let first_inside = object.first_inside as usize;
            levels.push(Level { first_slot, last_slot, first_inside, rest });
        } else {
            out.copy(text, range.start, range.end);
            let Some(level) = levels.last() else { return };
            out.byte(if level.first_slot == level.last_slot { b'{' } else { b',' });
        }
        let level = levels.last_mut().expect("returned above where there is none");
        let members = &reordering.slots[level.first_slot..level.last_slot];
        let inside = &reordering.inside[level.first_inside..][..members.len()];
        // Most members hold nothing to be reordered.
        let plain = inside.iter().rev().take_while(|inside| **inside == 0).count();
        let (members, last) = members.split_at(members.len() - plain);
        for (index, slot) in last.iter().enumerate().rev() {
            let (start, end) = reordering::range(*slot);
            out.copy(text, start, end);
            out.byte(if index + members.len() == 0 { b'{' } else { b',' });
        }
        range = match members.split_last() {
            Some((slot, others)) => {
                level.last_slot = level.first_slot + others.len();
                let (start, end) = reordering::range(*slot);
                Range { start, end, objects: inside[others.len()] as usize }
            }
            None => {
                let rest = level.rest;
                levels.pop();
                rest
            }
        };
    }
}

/// The last object to be reordered in a range.
#[inline(always)]
fn last_inside(range: Range, objects: &[Object]) -> Option<&Object> {
    let object = objects.get(range.objects.checked_sub(1)?)?;
    (object.end as usize > range.start).then_some(object)
}

/// A buffer that is filled from its end.
struct Backward<'a> {
    out: &'a mut [u8],
    /// What lies before is not filled yet.
    at: usize,
}

impl Backward<'_> {
    #[inline(always)]
    fn byte(&mut self, byte: u8) {
        self.at -= 1;
        self.out[self.at] = byte;
    }

    /// The members of an object that hold nothing to be reordered, and its opening brace.
    #[inline(always)]
    fn members(&mut self, text: &[u8], slots: &[u64]) {
        for (index, slot) in slots.iter().enumerate().rev() {
            if let Some(ahead) = index.checked_sub(AHEAD) {
                let (_, end) = reordering::range(slots[ahead]);
                prefetch(text, end - 1);
                prefetch(text, end.saturating_sub(SHORT_STEP));
            }
            let (start, end) = reordering::range(*slot);
            self.copy(text, start, end);
            self.byte(b',');
        }
        self.out[self.at] = b'{';
    }

    #[inline(always)]
    fn copy(&mut self, text: &[u8], start: usize, end: usize) {
        let count = end - start;
        // The surplus before the range is written over by what comes next.
        let done = count <= SHORT_STEP && self.step::<SHORT_STEP>(text, end)
            || count <= STEP && self.step::<STEP>(text, end);
        if !done {
            self.out[self.at - count..self.at].copy_from_slice(&text[start..end]);
        }
        self.at -= count;
    }

    /// Copies `N` bytes before `end`, if there are as many.
    #[inline(always)]
    fn step<const N: usize>(&mut self, text: &[u8], end: usize) -> bool {
        let from = text.get(..end).and_then(<[u8]>::last_chunk::<N>);
        let to = self.out.get_mut(..self.at).and_then(<[u8]>::last_chunk_mut::<N>);
        let (Some(from), Some(to)) = (from, to) else { return false };
        *to = *from;
        true
    }
}
