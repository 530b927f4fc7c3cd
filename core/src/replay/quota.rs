//! How many nonces of each signer are live.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{forget_second, second};

/// How many signers are counted apart; the nonces of those beyond count for all.
const SIGNERS: usize = 16_384;
/// How many groups of nonces are counted apart for each signer.
const GROUPS: usize = 128;
/// Nonces are in one group whose seconds differ by less than this.
const STEP: u32 = 5;

/// Counts the live nonces of signers, never too few, in bounded memory: at most two kilobytes for each of 16,384
/// signers.
///
/// A nonce counts for up to five seconds longer than it is live, and longer where its signer spreads the nonces over
/// more than ten minutes.
#[derive(Debug, Default)]
pub struct Quota(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    signers: HashMap<Box<str>, Groups>,
    others: Groups,
    /// The second at which signers without live nonces were last looked for.
    swept: u32,
}

impl Quota {
    /// No nonces.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many nonces of a signer are live.
    #[must_use]
    pub fn live(&self, signer: &str, now_ms: u64) -> usize {
        let counts = self.counts();
        let own = counts.signers.get(signer).map_or(0, |groups| groups.live(second(now_ms)));
        own + counts.others.live(second(now_ms))
    }

    /// A nonce of a signer was reserved, to be forgotten at `forget_at_ms`.
    pub fn note(&self, signer: &str, forget_at_ms: u64, now_ms: u64) {
        let (now, forget) = (second(now_ms), forget_second(forget_at_ms, now_ms));
        let mut counts = self.counts();
        if counts.signers.len() >= SIGNERS && counts.swept < now {
            counts.swept = now;
            counts.signers.retain(|_, groups| groups.live(now) > 0);
        }
        if let Some(groups) = counts.signers.get_mut(signer) {
            groups.note(forget, now);
        } else if counts.signers.len() < SIGNERS {
            counts.signers.entry(signer.into()).or_default().note(forget, now);
        } else {
            counts.others.note(forget, now);
        }
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Nonces by the second at which they are forgotten, and how many each group has, in order.
#[derive(Debug, Default)]
struct Groups(Vec<(u32, usize)>);

impl Groups {
    fn live(&self, now: u32) -> usize {
        let from = self.0.partition_point(|(forget, _)| *forget <= now);
        self.0[from..].iter().map(|(_, count)| count).sum()
    }

    fn note(&mut self, forget: u32, now: u32) {
        self.0.drain(..self.0.partition_point(|(forget, _)| *forget <= now));
        let forget = forget.div_ceil(STEP).saturating_mul(STEP);
        let at = self.0.partition_point(|(other, _)| *other < forget);
        match self.0.get_mut(at) {
            Some((same, count)) if *same == forget => *count += 1,
            _ => self.0.insert(at, (forget, 1)),
        }
        if self.0.len() > GROUPS {
            self.merge();
        }
    }

    /// Makes one group of the two that are closest: those of the earlier count for as long as those of the later.
    fn merge(&mut self) {
        let gap = |at: &usize| self.0[at + 1].0 - self.0[*at].0;
        if let Some(at) = (0..self.0.len() - 1).min_by_key(gap) {
            let (_, count) = self.0.remove(at);
            self.0[at].1 += count;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn signers_are_counted_apart_until_their_nonces_are_forgotten() {
        let quota = Quota::new();
        for nonce in 0..10 {
            quota.note("a", 400_000 + nonce, 100_000);
        }
        quota.note("b", 200_000, 100_000);
        assert_eq!(
            (quota.live("a", 100_000), quota.live("b", 100_000), quota.live("c", 100_000)),
            (10, 1, 0)
        );
        assert_eq!((quota.live("a", 400_000), quota.live("b", 200_000)), (9, 0));
        assert_eq!(quota.live("a", 405_000), 0, "five seconds later at most");
    }

    #[test]
    fn memory_is_bounded_and_nobody_is_counted_too_low() {
        let quota = Quota::new();
        for signer in 0..SIGNERS + 10 {
            quota.note(&signer.to_string(), 400_000, 100_000);
        }
        assert_eq!(quota.counts().signers.len(), SIGNERS);
        assert_eq!(quota.live(&(SIGNERS + 5).to_string(), 100_000), 10, "those beyond share one count");
        assert_eq!(quota.live("0", 100_000), 11);
        quota.note("late", 900_000, 500_000);
        assert_eq!(quota.counts().signers.len(), 1, "signers whose nonces are forgotten make room");
        assert_eq!(quota.live("late", 500_000), 1);
    }

    proptest! {
        /// Against a list of all nonces: never fewer, and no more than live or forgotten less than a step ago, as long
        /// as there are groups enough.
        #[test]
        fn never_too_few(nonces in vec((0_u64..2_000, 1_u64..4_000), 1..400), ask in 0_u64..6_000) {
            let quota = Quota::new();
            let mut nonces = nonces;
            nonces.sort_unstable();
            for (now, ttl) in &nonces {
                quota.note("a", (now + ttl) * 1000, now * 1000);
            }
            let now = ask.max(nonces.last().map_or(0, |(now, _)| *now));
            let live = nonces.iter().filter(|(made, ttl)| made + ttl > now).count();
            let counted = quota.live("a", now * 1000);
            prop_assert!(counted >= live, "{counted} of {live}");
            let groups = quota.counts().signers["a"].0.len();
            prop_assert!(groups <= GROUPS);
            if nonces.len() <= GROUPS {
                let recent = nonces.iter().filter(|(made, ttl)| made + ttl + u64::from(STEP) > now).count();
                prop_assert!(counted <= recent, "{counted} of {recent}");
            }
        }
    }
}
