//! Sets of algorithms.

use super::Algorithm;

/// Some of the algorithms, in the order of [`Algorithm::ALL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AlgorithmSet(u16);

impl AlgorithmSet {
    pub(crate) const EMPTY: Self = Self(0);

    pub(crate) const fn of(algorithms: &[Algorithm]) -> Self {
        let (mut set, mut at) = (Self::EMPTY, 0);
        while at < algorithms.len() {
            set.0 |= 1 << algorithms[at] as u16;
            at += 1;
        }
        set
    }

    pub(crate) const fn contains(self, algorithm: Algorithm) -> bool {
        self.0 & (1 << algorithm as u16) != 0
    }

    pub(crate) const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The first of them.
    pub(crate) fn first(self) -> Option<Algorithm> {
        Algorithm::ALL.get(self.0.trailing_zeros() as usize).copied()
    }

    /// The only one of them, where there is only one.
    pub(crate) fn only(self) -> Option<Algorithm> {
        if self.0.is_power_of_two() { self.first() } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_hold_what_was_put_in() {
        for algorithm in Algorithm::ALL {
            let set = AlgorithmSet::of(&[algorithm]);
            assert_eq!((set.first(), set.only()), (Some(algorithm), Some(algorithm)));
            for other in Algorithm::ALL {
                assert_eq!(set.contains(other), other == algorithm);
            }
        }
        let two = AlgorithmSet::of(&[Algorithm::Hs512]).union(AlgorithmSet::of(&[Algorithm::Rs384]));
        assert_eq!((two.first(), two.only()), (Some(Algorithm::Rs384), None));
        assert_eq!(two.intersection(AlgorithmSet::of(&[Algorithm::Hs512])).only(), Some(Algorithm::Hs512));
        assert_eq!(two.intersection(AlgorithmSet::of(&[Algorithm::Hs256])), AlgorithmSet::EMPTY);
        assert_eq!((AlgorithmSet::EMPTY.first(), AlgorithmSet::EMPTY.only()), (None, None));
    }
}
