//! The one source of randomness: the operating system, or a seed in tests.

use std::sync::{Arc, Mutex, PoisonError};

use rand::rngs::{StdRng, SysRng};
use rand::{Rng, SeedableRng, TryRng};
use time::OffsetDateTime;
use uuid::Uuid;

/// Hands out random bytes and time-ordered ids.
#[derive(Clone, Default)]
pub struct Randomness {
    seeded: Option<Arc<Mutex<StdRng>>>,
}

impl Randomness {
    /// The operating system's generator.
    #[must_use]
    pub fn system() -> Self {
        Self { seeded: None }
    }

    /// A repeatable sequence, for tests.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self { seeded: Some(Arc::new(Mutex::new(StdRng::seed_from_u64(seed)))) }
    }

    /// Fills `bytes`.
    ///
    /// # Panics
    /// When the operating system has no randomness to give: there is no safe way to go on.
    pub fn fill(&self, bytes: &mut [u8]) {
        match &self.seeded {
            Some(rng) => rng.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes),
            None => SysRng.try_fill_bytes(bytes).expect("the operating system provides randomness"),
        }
    }

    /// `N` random bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// `N` bytes that tell things apart and are no secret: from a generator of the thread (a stream cipher that the operating system seeds), since
    /// a call into the system for each costs more than what it is for.
    #[must_use]
    pub fn distinct<const N: usize>(&self) -> [u8; N] {
        if self.seeded.is_some() { self.bytes() } else { rand::random() }
    }

    /// A time-ordered id (UUID version 7, RFC 9562 §5.7): ordered keys keep inserts cheap.
    #[must_use]
    pub fn uuid(&self, now: OffsetDateTime) -> Uuid {
        let millis = u64::try_from(now.unix_timestamp_nanos() / 1_000_000).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &self.distinct()).into_uuid()
    }
}

impl std::fmt::Debug for Randomness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.seeded.is_some() { "Randomness(seeded)" } else { "Randomness(system)" })
    }
}
