//! How far back the store knows what was seen.

use std::sync::atomic::{AtomicI64, Ordering};

/// A clock that is behind the latest reading by more than this went back; by less, one thread read it before another.
const BACK_MS: i64 = 60_000;

/// Marks of what was seen go when their time has come, by the clock of that moment. So the store knows nothing of what was before it began, and
/// nothing of what ended by the latest reading of the clock. A clock that goes back is a beginning, too: marks may have gone that its new time
/// would still need.
#[derive(Debug)]
pub(super) struct Reach {
    began: AtomicI64,
    latest: AtomicI64,
}

impl Default for Reach {
    fn default() -> Self {
        Self::since(i64::MIN)
    }
}

impl Reach {
    pub fn since(now: i64) -> Self {
        Self { began: AtomicI64::new(now), latest: AtomicI64::new(now) }
    }

    /// Before anything is swept by this reading of the clock.
    pub fn note(&self, now: i64) {
        let latest = self.latest.fetch_max(now, Ordering::SeqCst);
        if now < latest.saturating_sub(BACK_MS) {
            self.began.store(now, Ordering::SeqCst);
            self.latest.store(now, Ordering::SeqCst);
        }
    }

    /// Whether everything was kept that was seen between these two. Ask with the shard locked: what was swept from it was noted before.
    pub fn covers(&self, from: i64, to: i64) -> bool {
        from >= self.began.load(Ordering::SeqCst) && to > self.latest.load(Ordering::SeqCst)
    }

    /// Nothing is known of what was so far.
    pub fn begin_anew(&self) {
        self.began.store(self.latest.load(Ordering::SeqCst).saturating_add(1), Ordering::SeqCst);
    }
}
