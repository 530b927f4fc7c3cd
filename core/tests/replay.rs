//! What must hold of the store of one process, whatever the nonces, their order and their threads.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use proptest::collection::vec;
use proptest::prelude::*;
use samebyte::Code;
use samebyte::replay::{Clock, Memory, Verdict, key, ttl_ms};

const START_MS: u64 = 1_795_000_000_000;

fn nonce(number: u64) -> [u8; 16] {
    key("acme", "thumbprint", &number.to_string(), false)
}

#[test]
fn a_nonce_is_new_once_and_again_when_forgotten() {
    let memory = Memory::new(10);
    assert_eq!(memory.reserve(nonce(1), START_MS + 300_000, START_MS), Verdict::New);
    assert_eq!(memory.reserve(nonce(1), START_MS + 900_000, START_MS), Verdict::Replay);
    assert_eq!(memory.reserve(nonce(1), START_MS + 900_000, START_MS + 299_999), Verdict::Replay);
    assert_eq!((memory.live(START_MS + 299_999), memory.live(START_MS + 300_000)), (1, 0));
    assert_eq!(memory.reserve(nonce(1), START_MS + 900_000, START_MS + 300_000), Verdict::New);
    assert_eq!(memory.reserve(nonce(2), 0, START_MS + 300_000), Verdict::New);
    assert_eq!(memory.reserve(nonce(2), 0, START_MS + 300_500), Verdict::Replay, "for a second at least");
}

#[test]
fn a_full_store_refuses_until_something_may_be_forgotten() {
    for cap in [0, 1, 10, 1000] {
        let memory = Memory::new(cap);
        for number in 0..cap as u64 {
            let forget_at = START_MS + if number == 0 { 5_000 } else { 300_000 };
            assert_eq!(memory.reserve(nonce(number), forget_at, START_MS), Verdict::New);
        }
        for number in cap as u64..cap as u64 + 100 {
            assert_eq!(memory.reserve(nonce(number), START_MS + 300_000, START_MS + 4_999), Verdict::Full);
        }
        for number in 0..cap as u64 {
            assert_eq!(memory.reserve(nonce(number), START_MS + 300_000, START_MS + 4_999), Verdict::Replay);
        }
        assert_eq!(memory.live(START_MS + 4_999), cap);
        if cap > 0 {
            assert_eq!(memory.reserve(nonce(5_000), START_MS + 300_000, START_MS + 5_000), Verdict::New);
            assert_eq!(memory.reserve(nonce(5_001), START_MS + 300_000, START_MS + 5_000), Verdict::Full);
            assert_eq!(memory.live(START_MS + 5_000), cap);
        }
    }
}

#[test]
fn threads_with_the_same_nonces_win_each_once() {
    const NONCES: u32 = 20_000;
    let (memory, wins) = (Memory::new(1_000_000), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for number in 0..NONCES {
                    match memory.reserve(nonce(number.into()), START_MS + 300_000, START_MS) {
                        Verdict::New => _ = wins.fetch_add(1, Ordering::Relaxed),
                        verdict => assert_eq!(verdict, Verdict::Replay),
                    }
                }
            });
        }
    });
    assert_eq!(wins.into_inner(), NONCES as usize);
    assert_eq!(memory.live(START_MS), NONCES as usize);
}

#[test]
fn threads_at_the_brim_never_exceed_the_cap() {
    const CAP: usize = 1000;
    let (memory, wins) = (Memory::new(CAP), AtomicUsize::new(0));
    thread::scope(|scope| {
        for part in 0..4 {
            let (memory, wins) = (&memory, &wins);
            scope.spawn(move || {
                for number in 0..1000 {
                    let verdict = memory.reserve(nonce(part * 1000 + number), START_MS + 300_000, START_MS);
                    wins.fetch_add(usize::from(verdict == Verdict::New), Ordering::Relaxed);
                    assert!(matches!(verdict, Verdict::New | Verdict::Full));
                }
            });
        }
    });
    assert_eq!((wins.into_inner(), memory.live(START_MS)), (CAP, CAP));
}

#[test]
fn a_reading_of_the_clock_that_is_too_old_is_refused() {
    let memory = Memory::new(100_000);
    for number in 0..1000 {
        assert_eq!(memory.reserve(nonce(number), START_MS + 1_000_000, START_MS + 600_000), Verdict::New);
    }
    assert_eq!(memory.reserve(nonce(0), START_MS + 1_000_000, START_MS + 540_001), Verdict::Replay);
    assert_eq!(memory.reserve(nonce(0), START_MS + 1_000_000, START_MS + 540_000), Verdict::Unavailable);
}

#[test]
fn a_snapshot_is_taken_over_whole_or_not_at_all() {
    let memory = Memory::new(1000);
    for number in 0..100 {
        memory.reserve(nonce(number), START_MS + 300_000 + number * 1000, START_MS);
    }
    let snapshot = memory.snapshot(START_MS);
    assert_eq!(memory.reserve(nonce(100), START_MS + 300_000, START_MS), Verdict::Unavailable, "closed");

    let later = START_MS + 310_000;
    let next = Memory::new(1000);
    next.restore(&snapshot, later).expect("whole");
    assert_eq!(next.live(later), 89);
    for number in 0..100 {
        let expected = if number <= 10 { Verdict::New } else { Verdict::Replay };
        assert_eq!(next.reserve(nonce(number), later + 60_000, later), expected, "{number}");
    }

    let early = Memory::new(1000);
    early.restore(&snapshot, START_MS - 3_600_000).expect("whole");
    let verdict = early.reserve(nonce(500), START_MS, START_MS - 3_600_000);
    assert_eq!(verdict, Verdict::Unavailable, "until the clock has caught up");
    assert_eq!(early.reserve(nonce(0), START_MS, START_MS), Verdict::Replay);

    let refused = |bytes: &[u8], cap| {
        Memory::new(cap).restore(bytes, START_MS).expect_err("refused").code() == Code::InvalidArgument
    };
    assert!(refused(&snapshot, 99), "too many for the store");
    assert!(refused(b"", 1000));
    for length in 0..snapshot.len() {
        assert!(refused(&snapshot[..length], 1000), "cut at {length}");
    }
    for at in (0..snapshot.len()).step_by(7) {
        let mut broken = snapshot.clone();
        broken[at] ^= 1;
        assert!(refused(&broken, 1000), "changed at {at}");
    }
}

proptest! {
    /// Against a map that keeps everything: nothing live is ever forgotten, and what is new is new.
    #[test]
    fn the_store_is_a_map_with_an_end_for_each_nonce(
        calls in vec((0_u64..60, 0_u64..400_000, 0_u64..20_000), 1..500),
    ) {
        let memory = Memory::new(10_000);
        let mut model: HashMap<u64, u64> = HashMap::new();
        let mut now = START_MS;
        for (number, ttl, pause) in calls {
            now += pause;
            let forget = (now + ttl).div_ceil(1000).max(now / 1000 + 1) * 1000;
            let live = model.get(&number).is_some_and(|forget| *forget > now);
            let expected = if live { Verdict::Replay } else { Verdict::New };
            prop_assert_eq!(memory.reserve(nonce(number), now + ttl, now), expected);
            if !live {
                model.insert(number, forget);
            }
            prop_assert_eq!(memory.live(now), model.values().filter(|forget| **forget > now).count());
        }
    }

    /// One frame, sent at random moments to a gateway that checks its window, reads the clock again after a body that
    /// takes its time, and reserves: accepted at most once, on a wall clock that steps to and fro.
    #[test]
    fn one_frame_is_never_accepted_twice(
        lifetime in 1_i64..=300,
        skew in 0_u64..=60,
        nonce_ttl in 300_u64..=900,
        arrivals in vec((0_u64..500_000, 0_u64..900_000, -20_000_i64..20_000), 2..40),
    ) {
        let (memory, clock) = (Memory::new(1000), Clock::new());
        let (iat, exp) = (START_MS / 1000, (START_MS / 1000).cast_signed() + lifetime);
        let mut arrivals = arrivals;
        arrivals.sort_unstable();
        let (mut accepted, mut others) = (0, 1);
        for (arrival, body, step) in arrivals {
            let wall = (START_MS + arrival).saturating_add_signed(step);
            let fresh = |now: u64| {
                now + 5_000 >= iat * 1000 && now / 1000 <= exp.unsigned_abs() + skew
            };
            let Ok(before) = clock.read(wall) else { continue };
            if !fresh(before) {
                continue;
            }
            // Meanwhile others are served, with clocks that went on.
            if let Ok(now) = clock.read(wall + body) {
                memory.reserve(nonce(others), now + ttl_ms(exp, now, nonce_ttl, skew), now);
                others += 1;
                let _ = memory.live(now);
                let after = if body % 2 == 0 { now } else { before };
                if fresh(after) {
                    let forget_at = after + ttl_ms(exp, after, nonce_ttl, skew);
                    accepted += usize::from(memory.reserve(nonce(0), forget_at, after) == Verdict::New);
                }
            }
        }
        prop_assert!(accepted <= 1, "{accepted}");
    }
}
