//! An open table of keys with the second at which each may be forgotten.

/// A nonce: 20 bytes. A slot that was never used has the second 0, at which nothing is live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) key: [u8; 16],
    pub(super) forget: u32,
}

impl Slot {
    const EMPTY: Self = Self { key: [0; 16], forget: 0 };
}

/// A table is laid out for three halves of what is live, and anew when seven eighths of it are used: between 23 and 30
/// bytes per nonce as long as they become no fewer.
#[derive(Debug)]
pub(super) struct Table {
    slots: Vec<Slot>,
    /// How many slots are not empty.
    used: usize,
    /// The newest time that this table was asked at. What may be forgotten by then may be gone.
    pub(super) newest_ms: u64,
    /// No nonce may be forgotten before this second.
    soonest: u32,
}

/// A place for a nonce.
#[derive(Clone, Copy, Debug)]
pub(super) enum Vacancy {
    /// Nothing was ever put there.
    Empty(usize),
    /// What stands there may be forgotten.
    Expired(usize),
}

impl Table {
    pub(super) fn new() -> Self {
        Self { slots: Vec::new(), used: 0, newest_ms: 0, soonest: u32::MAX }
    }

    /// What it holds that is live at the second `now`.
    pub(super) fn live(&self, now: u32) -> impl Iterator<Item = &Slot> {
        self.slots.iter().filter(move |slot| slot.forget > now)
    }

    /// Makes sure that there is room for one more; then there is an empty slot too, at which every search ends. How many
    /// nonces were left out for it.
    pub(super) fn make_room(&mut self, now: u32, hash: impl Fn(&[u8; 16]) -> u64) -> usize {
        if (self.used + 1) * 8 > self.slots.len() * 7 { self.lay_out(now, hash) } else { 0 }
    }

    /// Leaves out what may be forgotten; how many nonces that were.
    pub(super) fn leave_out(&mut self, now: u32, hash: impl Fn(&[u8; 16]) -> u64) -> usize {
        if self.soonest <= now { self.lay_out(now, hash) } else { 0 }
    }

    fn lay_out(&mut self, now: u32, hash: impl Fn(&[u8; 16]) -> u64) -> usize {
        let before = self.used;
        let live: Vec<Slot> = self.live(now).copied().collect();
        let size = ((live.len() + 1) * 3 / 2).max(16);
        // Memory that is about right is kept: what is freed and asked for again in other sizes lies in pieces.
        if (live.len() * 4 / 3 + 4..=2 * size).contains(&self.slots.len()) {
            self.slots.fill(Slot::EMPTY);
        } else {
            self.slots = Vec::new();
            self.slots = vec![Slot::EMPTY; size];
        }
        (self.used, self.soonest) = (0, u32::MAX);
        for slot in live {
            if let Some(Vacancy::Empty(place)) = self.vacancy(&slot.key, hash(&slot.key), now) {
                self.put(place, slot);
            }
        }
        before - self.used
    }

    /// Where a key can be put; `None` where it is live.
    #[expect(clippy::cast_possible_truncation, reason = "a place below the size")]
    pub(super) fn vacancy(&self, key: &[u8; 16], hash: u64, now: u32) -> Option<Vacancy> {
        let size = self.slots.len();
        // The hash as a fraction of one, times the size.
        let mut at = ((u128::from(hash) * size as u128) >> 64) as usize;
        let mut expired = None;
        loop {
            let slot = &self.slots[at];
            match slot.forget {
                0 => return Some(expired.unwrap_or(Vacancy::Empty(at))),
                forget if forget <= now => expired = expired.or(Some(Vacancy::Expired(at))),
                _ if slot.key == *key => return None,
                _ => {}
            }
            at = if at + 1 == size { 0 } else { at + 1 };
        }
    }

    /// Puts a nonce in a place that [`vacancy`](Self::vacancy) gave.
    pub(super) fn put(&mut self, place: usize, slot: Slot) {
        self.used += usize::from(self.slots[place].forget == 0);
        self.soonest = self.soonest.min(slot.forget);
        self.slots[place] = slot;
    }
}
