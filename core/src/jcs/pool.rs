//! Buffers that are used again: each thread keeps one set.

use std::cell::Cell;

use super::builder::Builder;
use crate::json::Reader;

/// What a thread keeps at most, in bytes: enough for most texts within the default limit, whose text is held once and the
/// order of its members beside it. What is above is given back at once.
const KEPT: usize = 32 << 20;

/// Everything that a canonicalization needs but its output.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    pub(super) builder: Builder,
    pub(super) reader: Reader,
    /// What a writer knows about the containers that are open.
    pub(super) open: Vec<bool>,
}

thread_local! {
    static BUFFERS: Cell<Option<Box<Buffers>>> = const { Cell::new(None) };
}

/// Takes this thread's buffers, or new ones where they are in use.
pub(super) fn take() -> Box<Buffers> {
    BUFFERS.try_with(Cell::take).ok().flatten().unwrap_or_default()
}

/// Gives buffers to this thread.
pub(super) fn give(mut buffers: Box<Buffers>) {
    let others = buffers.reader.capacity() + buffers.open.capacity();
    if others <= KEPT {
        buffers.builder.trim(KEPT - others);
        // The thread may be ending; then they are dropped.
        let _ = BUFFERS.try_with(|kept| kept.set(Some(buffers)));
    }
}

/// Does some work with this thread's buffers.
#[inline]
pub(super) fn with<T>(work: impl FnOnce(&mut Buffers) -> T) -> T {
    let mut buffers = take();
    let result = work(&mut buffers);
    give(buffers);
    result
}

/// Does some work with buffers of its own that are cleared before they are freed: for texts that hold a secret.
/// Their room must be enough from the start, since a buffer that moves leaves its content behind: the reader is
/// given it here, the builder where the work starts it.
pub(super) fn with_secret<T>(room: usize, work: impl FnOnce(&mut Buffers) -> T) -> T {
    let mut buffers = Buffers::default();
    buffers.reader.reserve(room);
    let result = work(&mut buffers);
    buffers.reader.wipe();
    buffers.builder.wipe();
    result
}
