//! How much each kind may hold: entries and bytes, so that neither many nor huge values crowd out the rest.

use std::sync::atomic::{AtomicI64, Ordering};

use super::{Full, Kind};

/// What one entry costs beside its value.
const OVERHEAD: i64 = 256;

/// What an entry may grow by in any case: the steps of a sign-in that it records.
const SMALL_GROWTH: i64 = 1024;

#[derive(Debug)]
pub(super) struct Quota {
    most_entries: i64,
    most_bytes: i64,
    entries: AtomicI64,
    bytes: AtomicI64,
}

impl Quota {
    pub fn of(kind: Kind) -> Self {
        const MIB: i64 = 1 << 20;
        let (entries, bytes) = match kind {
            Kind::Interaction => (200_000, 512 * MIB),
            Kind::Code => (200_000, 512 * MIB),
            Kind::AssertionId => (1_000_000, 384 * MIB),
            Kind::Recovery => (50_000, 128 * MIB),
        };
        Self::new(entries, bytes)
    }

    pub fn new(most_entries: i64, most_bytes: i64) -> Self {
        Self { most_entries, most_bytes, entries: AtomicI64::new(0), bytes: AtomicI64::new(0) }
    }

    /// Takes room for one entry with `size` bytes of value.
    pub fn take(&self, size: usize) -> Result<(), Full> {
        let entries = self.entries.fetch_add(1, Ordering::Relaxed) + 1;
        let bytes = self.bytes.fetch_add(cost(size), Ordering::Relaxed) + cost(size);
        if entries <= self.most_entries && bytes <= self.most_bytes {
            return Ok(());
        }
        self.give(size);
        Err(Full)
    }

    /// Takes or gives what an entry grew or shrank by. `false`: there is no room for so much more; a little always fits.
    pub fn resize(&self, from: usize, to: usize) -> bool {
        let grown = cost(to) - cost(from);
        let bytes = self.bytes.fetch_add(grown, Ordering::Relaxed) + grown;
        if grown <= SMALL_GROWTH || bytes <= self.most_bytes {
            return true;
        }
        self.bytes.fetch_sub(grown, Ordering::Relaxed);
        false
    }

    /// Gives the room back.
    pub fn give(&self, size: usize) {
        self.entries.fetch_sub(1, Ordering::Relaxed);
        self.bytes.fetch_sub(cost(size), Ordering::Relaxed);
    }

    #[cfg(test)]
    pub fn used(&self) -> (i64, i64) {
        (self.entries.load(Ordering::Relaxed), self.bytes.load(Ordering::Relaxed))
    }
}

fn cost(size: usize) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX / 4).saturating_add(OVERHEAD)
}
