//! State that lives ten minutes at most: interactions, codes, `jti` replay, recoveries; and counters of guesses, for their window (design section 9).
//! Fast, but not the judge: losing it costs people in the middle of a sign-in a fresh start, never a right or a revocation.

mod counters;
mod memory;
mod quota;
mod reach;
#[cfg(test)]
mod tests;

use time::{Duration, OffsetDateTime};

pub use memory::Memory;

/// A key: a hash, so that no secret lies in memory and no caller chooses its bytes.
pub type Key = [u8; 32];

/// What an entry is; each kind has its own quota, so that a flood of one leaves the others room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// One `/authorize` in progress.
    Interaction,
    /// An authorization code (RFC 6749 §4.1.2).
    Code,
    /// `jti` of a client assertion (RFC 7523 §3), for [`ShortLived::once`].
    AssertionId,
    /// A forgotten password in progress.
    Recovery,
}

/// There is no room: new entries are refused, live ones never evicted. HTTP 503.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the short-lived store is full")]
pub struct Full;

/// The answer of [`ShortLived::consume`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Consumed {
    /// This call took it.
    First(Vec<u8>),
    /// It was taken before; the value stays until it expires, so that a replay can revoke what the first use made.
    Again(Vec<u8>),
    /// Never there, expired, or another owner's.
    Unknown,
}

/// When something that may be used once can have been used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime {
    /// Not before this.
    pub from: OffsetDateTime,
    /// Not from this on.
    pub to: OffsetDateTime,
}

/// The answer of [`ShortLived::once`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// This is the first time.
    First,
    /// It was seen before.
    Again,
    /// It may have been: the store does not reach back so far, or its clock went back.
    Perhaps,
}

/// A fixed-window counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Events in this window.
    pub count: u64,
    /// The first of them.
    pub since: OffsetDateTime,
    /// The last of them.
    pub last: OffsetDateTime,
}

/// The short-lived store.
#[derive(Debug)]
pub enum ShortLived {
    /// In this process.
    Memory(Memory),
}

impl ShortLived {
    /// In this process, with the default quotas. It knows nothing of what was before `now`.
    #[must_use]
    pub fn memory(now: OffsetDateTime) -> Self {
        Self::Memory(Memory::since(now))
    }

    /// Stores `value` until `expires_at`. An unconsumed entry of the same key is replaced; a consumed one stays consumed.
    ///
    /// # Errors
    /// [`Full`] when the kind's quota is used up.
    pub async fn put(
        &self,
        kind: Kind,
        key: &Key,
        owner: &str,
        value: Vec<u8>,
        expires_at: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Result<(), Full> {
        match self {
            Self::Memory(memory) => memory.put(kind, key, owner, value, expires_at, now),
        }
    }

    /// The value while it is live and unconsumed.
    pub async fn get(&self, kind: Kind, key: &Key, now: OffsetDateTime) -> Option<Vec<u8>> {
        match self {
            Self::Memory(memory) => memory.get(kind, key, now),
        }
    }

    /// Whether it was consumed and has not expired: "already done" rather than "unknown".
    pub async fn is_consumed(&self, kind: Kind, key: &Key, now: OffsetDateTime) -> bool {
        match self {
            Self::Memory(memory) => memory.is_consumed(kind, key, now),
        }
    }

    /// Replaces the value while it is live and unconsumed; owner and expiry stay. `false`: there was nothing to replace, or no room.
    pub async fn replace(&self, kind: Kind, key: &Key, value: Vec<u8>, now: OffsetDateTime) -> bool {
        match self {
            Self::Memory(memory) => memory.replace(kind, key, value, now),
        }
    }

    /// Forgets it, tombstone included.
    pub async fn remove(&self, kind: Kind, key: &Key) {
        match self {
            Self::Memory(memory) => memory.remove(kind, key),
        }
    }

    /// Takes it: one atomic step. Another owner sees `Unknown` and consumes nothing.
    pub async fn consume(&self, kind: Kind, key: &Key, owner: &str, now: OffsetDateTime) -> Consumed {
        match self {
            Self::Memory(memory) => memory.consume(kind, key, owner, now),
        }
    }

    /// Undoes [`Self::consume`]: what it was taken for could not be done, and may be tried again.
    pub async fn put_back(&self, kind: Kind, key: &Key, owner: &str, now: OffsetDateTime) {
        match self {
            Self::Memory(memory) => memory.put_back(kind, key, owner, now),
        }
    }

    /// Whether this is the first time the key is seen in its lifetime; one atomic step. What may have been seen before this store began, or
    /// before the clock went back, is not the first time.
    ///
    /// # Errors
    /// [`Full`]: the caller must refuse, since a replay could not be told.
    pub async fn once(&self, kind: Kind, key: &Key, lifetime: Lifetime, now: OffsetDateTime) -> Result<Seen, Full> {
        match self {
            Self::Memory(memory) => memory.once(kind, key, lifetime, now),
        }
    }

    /// Counts one event and answers how many there were in this window, which starts with its first event. There is always room: counters that
    /// are furthest from their limit are forgotten first.
    pub async fn count(&self, key: &Key, limit: u64, window: Duration, now: OffsetDateTime) -> u64 {
        match self {
            Self::Memory(memory) => memory.count(key, limit, window, now),
        }
    }

    /// The counter without counting; `None` when its window is over.
    pub async fn counted(&self, key: &Key, now: OffsetDateTime) -> Option<Counted> {
        match self {
            Self::Memory(memory) => memory.counted(key, now),
        }
    }

    /// Starts the counter anew.
    pub async fn reset(&self, key: &Key) {
        match self {
            Self::Memory(memory) => memory.reset(key),
        }
    }

    /// Forgets everything, as a restart does.
    pub async fn clear(&self) {
        match self {
            Self::Memory(memory) => memory.clear(),
        }
    }
}
