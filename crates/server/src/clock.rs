//! The one place that asks the machine what time it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use time::{Date, Duration, OffsetDateTime, UtcOffset};

/// Viet Nam keeps UTC+7 the whole year: a legal day begins at 00:00 there.
pub const VIETNAM: UtcOffset = match UtcOffset::from_hms(7, 0, 0) {
    Ok(offset) => offset,
    Err(_) => panic!("+07:00 is a valid offset"),
};

/// A clock that is off by more than this was set, by less it was corrected.
pub const JUMP: Duration = Duration::seconds(5);

/// Tells the time. Clones share one shift, so that the sandbox moves time everywhere at once.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    shift_millis: Arc<AtomicI64>,
}

impl Clock {
    /// Now, in UTC.
    #[expect(clippy::disallowed_methods, reason = "the only reading of the system clock")]
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc() + Duration::milliseconds(self.shift_millis.load(Ordering::Relaxed))
    }

    /// Today's legal date in Viet Nam.
    #[must_use]
    pub fn today(&self) -> Date {
        legal_date(self.now())
    }

    /// Moves time so that it is `now` from here on, and goes on from there. Sandbox only.
    pub fn set(&self, now: OffsetDateTime) {
        let shift = now - (self.now() - Duration::milliseconds(self.shift_millis.load(Ordering::Relaxed)));
        self.shift_millis.store(i64::try_from(shift.whole_milliseconds()).unwrap_or(0), Ordering::Relaxed);
    }
}

/// The legal date in Viet Nam at that instant.
#[must_use]
pub fn legal_date(at: OffsetDateTime) -> Date {
    at.to_offset(VIETNAM).date()
}
