//! Legal days: the calendar of Viet Nam, UTC+7 the whole year (no daylight saving).

use time::{Date, OffsetDateTime, Time, UtcOffset, macros::offset};

/// Asia/Ho_Chi_Minh.
const VIETNAM: UtcOffset = offset!(+7);

time::serde::format_description!(pub(crate) date_text, Date, "[year]-[month]-[day]");

/// The legal date of an instant: the calendar day in Asia/Ho_Chi_Minh.
#[must_use]
pub fn legal_date(now: OffsetDateTime) -> Date {
    now.to_offset(VIETNAM).date()
}

/// The last second of a legal day, 23:59:59 in Asia/Ho_Chi_Minh: a card is valid through this instant of its expiry day.
#[must_use]
pub fn end_of_day(day: Date) -> OffsetDateTime {
    day.with_time(Time::MIDNIGHT).assume_offset(VIETNAM).saturating_add(time::Duration::seconds(86_399))
}

/// Whether something that is valid through `last_day` is over on `on`.
pub(crate) fn is_over(last_day: Date, on: Date) -> bool {
    on > last_day
}
