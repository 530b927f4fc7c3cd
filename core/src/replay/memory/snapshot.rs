//! The bytes of a snapshot: a name, the newest time, the nonces, and SHA-256 over all that.

use sha2::{Digest as _, Sha256};

use super::table::{Slot, Table};
use crate::error::{Code, Error, Result};

const NAME: &[u8; 16] = b"samebyte-nonces1";
/// The name and the newest time as eight bytes, big-endian like every number here.
const HEAD: usize = 24;
/// A key and its second.
const SLOT: usize = 20;
const CHECKSUM: usize = 32;

/// Collects what goes into a snapshot.
pub(super) struct Writer {
    newest_ms: u64,
    bytes: Vec<u8>,
}

impl Writer {
    pub(super) fn new() -> Self {
        Self { newest_ms: 0, bytes: [&NAME[..], &[0; HEAD - NAME.len()]].concat() }
    }

    /// What is live in a table.
    pub(super) fn table(&mut self, table: &Table, now: u32) {
        self.newest_ms = self.newest_ms.max(table.newest_ms);
        for slot in table.live(now) {
            self.bytes.extend_from_slice(&slot.key);
            self.bytes.extend_from_slice(&slot.forget.to_be_bytes());
        }
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        self.bytes[NAME.len()..HEAD].copy_from_slice(&self.newest_ms.to_be_bytes());
        let checksum = Sha256::digest(&self.bytes);
        self.bytes.extend_from_slice(&checksum);
        self.bytes
    }
}

/// A snapshot that is whole.
pub(super) struct Snapshot<'a> {
    pub(super) newest_ms: u64,
    slots: &'a [[u8; SLOT]],
}

impl Snapshot<'_> {
    pub(super) fn slots(&self) -> impl Iterator<Item = Slot> {
        self.slots.iter().map(|bytes| {
            let (key, forget) = bytes.split_at(16);
            Slot {
                key: key.try_into().expect("split at 16"),
                forget: u32::from_be_bytes(forget.try_into().expect("the 4 of 20 behind 16")),
            }
        })
    }
}

/// Takes a snapshot apart.
pub(super) fn read(bytes: &[u8]) -> Result<Snapshot<'_>> {
    let broken = || refused("this is no whole snapshot");
    let (rest, checksum) = bytes.split_last_chunk::<CHECKSUM>().ok_or_else(broken)?;
    let (head, slots) = rest.split_first_chunk::<HEAD>().ok_or_else(broken)?;
    let (slots, odd) = slots.as_chunks::<SLOT>();
    if !head.starts_with(NAME) || !odd.is_empty() || Sha256::digest(rest)[..] != checksum[..] {
        return Err(broken());
    }
    let newest = head.last_chunk().expect("the head is longer than eight bytes");
    Ok(Snapshot { newest_ms: u64::from_be_bytes(*newest), slots })
}

/// A snapshot that cannot be taken over.
pub(super) fn refused(message: &'static str) -> Error {
    Error::new(Code::InvalidArgument, message)
}
