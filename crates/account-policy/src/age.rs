//! Age in completed years on a legal day ("từ đủ … tuổi").

use time::{Date, Month};

use crate::parameter::LeapDay;
use crate::partial_date::PartialDate;

/// Completed years on a day; below zero before birth. A date known only in part counts as the latest it can be.
#[must_use]
pub fn age_on(birthdate: PartialDate, on: Date, leap_day: LeapDay) -> i32 {
    let born = birthdate.latest();
    let years = on.year() - born.year();
    if on < birthday(born, on.year(), leap_day) { years - 1 } else { years }
}

/// The birthday in a year. Somebody born on 29 February has it in a common year on the day the rule says.
fn birthday(born: Date, year: i32, leap_day: LeapDay) -> Date {
    let in_common_year = match leap_day {
        LeapDay::FirstOfMarch => (Month::March, 1),
        LeapDay::TwentyEighthOfFebruary => (Month::February, 28),
    };
    born.replace_year(year).or_else(|_| Date::from_calendar_date(year, in_common_year.0, in_common_year.1)).unwrap_or(Date::MAX)
}
