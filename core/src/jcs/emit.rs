//! From the text in the order of the input to canonical order.
//!
//! The text is copied from its end to its start: the objects to be reordered are noted in the order in which they
//! end, which read backwards is an order where each object comes before those inside of it.

use super::builder::{Object, Reordering};

/// Bytes that are copied in one step, which most members are not longer than.
const STEP: usize = 64;

/// Those of small members, of which a large object has many.
const SHORT_STEP: usize = 32;

/// A range of the text that is being copied.
#[derive(Clone, Copy, Debug)]
struct Range {
    start: usize,
    end: usize,
    /// Only objects noted before this one can be in the range.
    objects: usize,
}

/// An object being written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Level {
    /// Its members that are left, among the slots; the last is next.
    first_slot: usize,
    last_slot: usize,
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
            levels.push(Level { first_slot, last_slot, rest });
        } else {
            out.copy(text, range.start, range.end);
            let Some(level) = levels.last() else { return };
            out.byte(if level.first_slot == level.last_slot { b'{' } else { b',' });
        }
        let level = levels.last_mut().expect("returned above where there is none");
        let mut members = &reordering.slots[level.first_slot..level.last_slot];
        // Most members hold nothing to be reordered.
        while let Some((slot, others)) = members.split_last()
            && slot.objects == 0
        {
            members = others;
            out.copy(text, slot.start as usize, slot.end as usize);
            out.byte(if members.is_empty() { b'{' } else { b',' });
        }
        range = match members.split_last() {
            Some((slot, others)) => {
                level.last_slot = level.first_slot + others.len();
                Range { start: slot.start as usize, end: slot.end as usize, objects: slot.objects as usize }
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

    #[inline(always)]
    fn copy(&mut self, text: &[u8], start: usize, end: usize) {
        let count = end - start;
        // The surplus before the range is written over by what comes next.
        if count <= SHORT_STEP && end >= SHORT_STEP && self.at >= SHORT_STEP {
            self.out[self.at - SHORT_STEP..self.at].copy_from_slice(&text[end - SHORT_STEP..end]);
        } else if count <= STEP && end >= STEP && self.at >= STEP {
            self.out[self.at - STEP..self.at].copy_from_slice(&text[end - STEP..end]);
        } else {
            self.out[self.at - count..self.at].copy_from_slice(&text[start..end]);
        }
        self.at -= count;
    }
}
