//! The store of one process.
//!
//! Every nonce stands with the second at which it may be forgotten in one of many tables, each under a lock of its own.
//! Room is made only by leaving out what may be forgotten, when a table is laid out anew or the store is full; what is
//! live is never left out.

mod snapshot;
mod table;

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{MARGIN_MS, Verdict, forget_second, second};
use crate::error::Result;
use table::{Slot, Table, Vacancy};

/// How many tables there are: enough that threads rarely meet, and that laying out one of them takes no time that
/// matters.
const TABLES: usize = 64;

/// The nonces that this process has reserved, in at most 40 bytes each once there are many.
///
/// It belongs to the process that made it: a forked child, whose copy knows nothing of what its parent accepts, gets
/// [`Verdict::Unavailable`].
#[derive(Debug)]
pub struct Memory {
    tables: Box<[Mutex<Table>]>,
    /// Keys are picked by signers; where they lie is not.
    hasher: RandomState,
    cap: usize,
    /// How many nonces all tables hold: the live ones, and those that were not left out yet.
    held: AtomicUsize,
    /// The second for which all tables were last swept: within one second nothing more can be left out.
    swept: Mutex<u32>,
    /// Whether a snapshot was taken, after which nothing is reserved any more.
    closed: AtomicBool,
    process: u32,
}

impl Memory {
    /// An empty store of at most `cap` live nonces.
    #[must_use]
    pub fn new(cap: usize) -> Self {
        Self {
            tables: (0..TABLES).map(|_| Mutex::new(Table::new())).collect(),
            hasher: RandomState::new(),
            cap,
            held: AtomicUsize::new(0),
            swept: Mutex::new(0),
            closed: AtomicBool::new(false),
            process: std::process::id(),
        }
    }

    /// Reserves a key until `forget_at_ms` (Unix milliseconds, rounded up to a whole second), at the time `now_ms` of a
    /// [`Clock`](super::Clock). Of any number of calls with one key, whatever their threads, one is answered with
    /// [`Verdict::New`] as long as it is kept.
    ///
    /// [`Verdict::Full`] where `cap` nonces are live; [`Verdict::Unavailable`] in a forked child, after a
    /// [`snapshot`](Self::snapshot), and where `now_ms` lies a minute or more behind that of another call, for what it
    /// asks about may have been forgotten since.
    pub fn reserve(&self, key: [u8; 16], forget_at_ms: u64, now_ms: u64) -> Verdict {
        // Before any lock: one that another thread held while the process forked is never released.
        if self.process != std::process::id() {
            return Verdict::Unavailable;
        }
        match self.attempt(key, forget_at_ms, now_ms) {
            Verdict::Full => {
                self.sweep(second(now_ms));
                self.attempt(key, forget_at_ms, now_ms)
            }
            verdict => verdict,
        }
    }

    fn attempt(&self, key: [u8; 16], forget_at_ms: u64, now_ms: u64) -> Verdict {
        let hash = self.hash(&key);
        let Ok(mut table) = self.table(hash).lock() else { return Verdict::Unavailable };
        if self.closed.load(Ordering::SeqCst) || now_ms.saturating_add(MARGIN_MS) <= table.newest_ms {
            return Verdict::Unavailable;
        }
        table.newest_ms = table.newest_ms.max(now_ms);
        let now = second(table.newest_ms);
        self.no_longer_held(table.make_room(now, |key| self.hash(key)));
        let slot = Slot { key, forget: forget_second(forget_at_ms, table.newest_ms) };
        match table.vacancy(&key, hash, now) {
            None => return Verdict::Replay,
            // An expired nonce gives up its place: as many are held as before.
            Some(Vacancy::Expired(place)) => table.put(place, slot),
            Some(Vacancy::Empty(place)) => {
                if self.held.fetch_add(1, Ordering::SeqCst) >= self.cap {
                    self.no_longer_held(1);
                    return Verdict::Full;
                }
                table.put(place, slot);
            }
        }
        Verdict::New
    }

    /// How many nonces are live.
    #[must_use]
    pub fn live(&self, now_ms: u64) -> usize {
        if self.process != std::process::id() {
            return 0;
        }
        self.sweep(second(now_ms));
        self.held.load(Ordering::SeqCst)
    }

    /// Leaves out of all tables what may be forgotten at the second `now`.
    fn sweep(&self, now: u32) {
        let mut swept = self.swept.lock().unwrap_or_else(PoisonError::into_inner);
        if *swept >= now {
            return;
        }
        for mut table in self.all() {
            // A thread whose clock is behind may ask this table next: it is answered by the newer time.
            table.newest_ms = table.newest_ms.max(u64::from(now) * 1000);
            self.no_longer_held(table.leave_out(now, |key| self.hash(key)));
        }
        *swept = now;
    }

    /// What is live, for a process that starts after this one has ended: text in no format but that of
    /// [`restore`](Self::restore), with a checksum. **The store is closed by it**: from then on every reservation is
    /// [`Verdict::Unavailable`], for it would be missing in the snapshot.
    ///
    /// Whoever restores it must have taken it away from its place before, lest it be restored a second time, when it
    /// lacks what came after the first. Empty in a forked child.
    #[must_use]
    pub fn snapshot(&self, now_ms: u64) -> Vec<u8> {
        if self.process != std::process::id() {
            return Vec::new();
        }
        self.closed.store(true, Ordering::SeqCst);
        let mut writer = snapshot::Writer::new();
        for table in self.all() {
            writer.table(&table, second(now_ms));
        }
        writer.finish()
    }

    /// Takes over what a [`snapshot`](Self::snapshot) holds and is live, beside what was reserved here.
    ///
    /// # Errors
    /// `invalid_argument`: it is no whole snapshot, or holds more live nonces than there is room for. Then nothing can
    /// be said of frames from before: the caller treats it as a loss of the store.
    ///
    /// It is no error that the snapshot is from the future: the clock was set back since, and every reservation is
    /// [`Verdict::Unavailable`] until it has caught up.
    pub fn restore(&self, snapshot: &[u8], now_ms: u64) -> Result<()> {
        let snapshot = snapshot::read(snapshot)?;
        // What was too old there is too old here.
        for mut table in self.all() {
            table.newest_ms = table.newest_ms.max(snapshot.newest_ms);
        }
        let now_ms = now_ms.max(snapshot.newest_ms);
        for Slot { key, forget } in snapshot.slots().filter(|slot| slot.forget > second(now_ms)) {
            if !matches!(self.reserve(key, u64::from(forget) * 1000, now_ms), Verdict::New | Verdict::Replay)
            {
                return Err(snapshot::refused("the snapshot cannot be taken over whole"));
            }
        }
        Ok(())
    }

    fn no_longer_held(&self, nonces: usize) {
        if nonces > 0 {
            self.held.fetch_sub(nonces, Ordering::SeqCst);
        }
    }

    fn hash(&self, key: &[u8; 16]) -> u64 {
        self.hasher.hash_one(key)
    }

    /// The table of a hash: the low bits name it, the high ones are the place in it.
    #[expect(clippy::cast_possible_truncation, reason = "the low bits")]
    fn table(&self, hash: u64) -> &Mutex<Table> {
        &self.tables[hash as usize % TABLES]
    }

    fn all(&self) -> impl Iterator<Item = MutexGuard<'_, Table>> {
        self.tables.iter().map(|table| table.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u64) -> [u8; 16] {
        let mut key = [7; 16];
        key[..8].copy_from_slice(&number.to_be_bytes());
        key
    }

    #[test]
    fn a_forked_child_gets_no_answer() {
        let parent = Memory::new(10);
        assert_eq!(parent.reserve(key(1), 400_000, 100_000), Verdict::New);
        let child = Memory { process: parent.process ^ 1, ..parent };
        assert_eq!(child.reserve(key(2), 400_000, 100_000), Verdict::Unavailable);
        assert_eq!(child.reserve(key(1), 400_000, 100_000), Verdict::Unavailable);
        assert_eq!((child.live(100_000), child.snapshot(100_000)), (0, Vec::new()));
    }

    #[test]
    fn a_table_whose_thread_died_in_it_gives_no_answer() {
        let memory = Memory::new(10);
        for table in &memory.tables {
            std::thread::scope(|scope| {
                let died = scope.spawn(|| {
                    let _held = table.lock().unwrap();
                    panic!("in the table");
                });
                assert!(died.join().is_err());
            });
        }
        assert_eq!(memory.reserve(key(1), 400_000, 100_000), Verdict::Unavailable);
    }

    #[test]
    fn keys_that_fall_on_one_place_are_kept_apart() {
        let mut table = Table::new();
        for number in 0..1000 {
            table.make_room(100, |_| u64::MAX);
            let place = match table.vacancy(&key(number), u64::MAX, 100) {
                Some(Vacancy::Empty(place) | Vacancy::Expired(place)) => place,
                None => panic!("{number} is new"),
            };
            table.put(place, Slot { key: key(number), forget: 200 });
        }
        assert!((0..1000).all(|number| table.vacancy(&key(number), u64::MAX, 100).is_none()));
        assert_eq!((table.live(199).count(), table.live(200).count()), (1000, 0));
        assert_eq!(table.leave_out(199, |_| 0), 0);
        assert_eq!(table.leave_out(200, |_| 0), 1000);
    }
}
