//! The same work on many items, on all processors.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, Builder};

/// How many items a thread takes at a time: work enough to outweigh the taking.
const BLOCK: usize = 16;

/// What `work` makes of each item, in their order. The calling thread works too; a thread that the system does not give
/// is done without.
pub(crate) fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let blocks = items.len().div_ceil(BLOCK);
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(blocks);
    if threads < 2 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let run = || {
        let mut made = Vec::new();
        loop {
            let block = next.fetch_add(1, Ordering::Relaxed);
            let Some(chunk) = items.chunks(BLOCK).nth(block) else { return made };
            made.push((block, chunk.iter().map(&work).collect::<Vec<R>>()));
        }
    };
    let mut made = thread::scope(|scope| {
        let others: Vec<_> =
            (1..threads).filter_map(|_| Builder::new().spawn_scoped(scope, run).ok()).collect();
        let mut made = run();
        for other in others {
            made.extend(other.join().expect("the work on an item does not panic"));
        }
        made
    });
    made.sort_unstable_by_key(|(block, _)| *block);
    made.into_iter().flat_map(|(_, results)| results).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_once_and_in_order() {
        for length in [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 10_007] {
            let items: Vec<usize> = (0..length).collect();
            let calls = AtomicUsize::new(0);
            let doubled = map(&items, |item| {
                calls.fetch_add(1, Ordering::Relaxed);
                item * 2
            });
            assert_eq!(doubled, items.iter().map(|item| item * 2).collect::<Vec<_>>());
            assert_eq!(calls.into_inner(), length);
        }
    }
}
