//! What the log says when the database fails: what ails it and what to do, once in a while and not for every request, or the log would fill
//! the disk that is full already.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use persistence::{Ailment, StoreError};

/// The same ailment is told again after this.
const AGAIN_AFTER: Duration = Duration::from_secs(10);

/// One process, one log: what was told last, and how many failures were not told since.
static LAST: Mutex<Option<Told>> = Mutex::new(None);

static DAMAGED: AtomicBool = AtomicBool::new(false);

struct Told {
    ailment: Ailment,
    at: Instant,
    untold: u64,
}

/// Tells the operator, and the caller what ails it.
pub fn store_failed(error: &StoreError) -> Ailment {
    let ailment = error.ailment();
    match ailment {
        Ailment::Busy => return ailment,
        Ailment::Damaged => DAMAGED.store(true, Ordering::Relaxed),
        _ => {}
    }
    if let Some(untold) = due(&mut LAST.lock().unwrap_or_else(PoisonError::into_inner), ailment, Instant::now()) {
        tracing::error!(%error, cure = ailment.cure(), more = untold, "{}", ailment.says());
    }
    ailment
}

/// Whether a damaged page was met since this process began: such a node is not ready, though it may answer much.
#[must_use]
pub fn is_damaged() -> bool {
    DAMAGED.load(Ordering::Relaxed)
}

/// The database took a write: when it failed before, that is over.
pub fn store_works() {
    if LAST.lock().unwrap_or_else(PoisonError::into_inner).take().is_some() {
        tracing::warn!("the database works again");
    }
}

/// How many failures were not told before this one, when this one is to be told.
fn due(last: &mut Option<Told>, ailment: Ailment, now: Instant) -> Option<u64> {
    match last {
        // A fault of ours, or of a record, may be another one each time.
        Some(told) if told.ailment == ailment && ailment.may_pass() && now.duration_since(told.at) < AGAIN_AFTER => {
            told.untold += 1;
            None
        }
        _ => {
            let untold = last.replace(Told { ailment, at: now, untold: 0 }).map_or(0, |told| told.untold);
            Some(untold)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ailment_that_lasts_is_told_once_in_ten_seconds_and_another_one_at_once() {
        let (mut last, begun) = (None, Instant::now());
        assert_eq!(due(&mut last, Ailment::DiskFull, begun), Some(0));
        assert_eq!(due(&mut last, Ailment::DiskFull, begun), None);
        assert_eq!(due(&mut last, Ailment::DiskFull, begun + Duration::from_secs(9)), None);
        assert_eq!(due(&mut last, Ailment::DiskFull, begun + AGAIN_AFTER), Some(2));
        assert_eq!(due(&mut last, Ailment::Damaged, begun + AGAIN_AFTER), Some(0));
        assert_eq!(due(&mut last, Ailment::Fault, begun + AGAIN_AFTER), Some(0));
        assert_eq!(due(&mut last, Ailment::Fault, begun + AGAIN_AFTER), Some(0));
    }
}
