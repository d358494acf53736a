//! Birth dates as the population database knows them: a full date, a month, or only a year.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::util::days_in_month;
use time::{Date, Month};

/// A birth date (ngày, tháng, năm sinh): full, year and month, or year alone. Text form `YYYY-MM-DD`, `YYYY-MM`, `YYYY` (also in serde);
/// `Debug` shows only the shape.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum PartialDate {
    /// Only the year is known.
    Year(i32),
    /// Year and month are known.
    YearMonth(i32, Month),
    /// The full date.
    Full(Date),
}

/// The text is no date, month or year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a birth date is YYYY-MM-DD, YYYY-MM or YYYY")]
pub struct InvalidPartialDate;

impl PartialDate {
    /// The year, always known.
    #[must_use]
    pub const fn year(self) -> i32 {
        match self {
            Self::Year(year) | Self::YearMonth(year, _) => year,
            Self::Full(date) => date.year(),
        }
    }

    /// The full date, where known.
    #[must_use]
    pub const fn full(self) -> Option<Date> {
        match self {
            Self::Full(date) => Some(date),
            Self::Year(_) | Self::YearMonth(..) => None,
        }
    }

    /// The latest day it can be: 31 December of a year alone. For every "has reached the age of" test, so that nobody is taken for
    /// older than proven; an officer should complete such a record.
    #[must_use]
    pub fn latest(self) -> Date {
        let (year, month) = match self {
            Self::Full(date) => return date,
            Self::Year(year) => (year, Month::December),
            Self::YearMonth(year, month) => (year, month),
        };
        Date::from_calendar_date(year, month, days_in_month(month, year)).unwrap_or(Date::MAX)
    }
}

impl FromStr for PartialDate {
    type Err = InvalidPartialDate;
    fn from_str(text: &str) -> Result<Self, InvalidPartialDate> {
        let digits = |part: &str, length: usize| -> Result<u16, InvalidPartialDate> {
            let plain = part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
            if plain { part.parse().map_err(|_| InvalidPartialDate) } else { Err(InvalidPartialDate) }
        };
        let month =
            |part: &str| Month::try_from(u8::try_from(digits(part, 2)?).map_err(|_| InvalidPartialDate)?).map_err(|_| InvalidPartialDate);
        let mut parts = text.split('-');
        let year = i32::from(digits(parts.next().unwrap_or_default(), 4)?);
        match (parts.next(), parts.next(), parts.next()) {
            (None, None, None) => Ok(Self::Year(year)),
            (Some(m), None, None) => Ok(Self::YearMonth(year, month(m)?)),
            (Some(m), Some(d), None) => {
                let day = u8::try_from(digits(d, 2)?).map_err(|_| InvalidPartialDate)?;
                Date::from_calendar_date(year, month(m)?, day).map(Self::Full).map_err(|_| InvalidPartialDate)
            }
            _ => Err(InvalidPartialDate),
        }
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Year(year) => write!(f, "{year:04}"),
            Self::YearMonth(year, month) => write!(f, "{year:04}-{:02}", u8::from(month)),
            Self::Full(date) => write!(f, "{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day()),
        }
    }
}

impl fmt::Debug for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Year(_) => "PartialDate(year)",
            Self::YearMonth(..) => "PartialDate(year, month)",
            Self::Full(_) => "PartialDate(full)",
        })
    }
}

impl From<Date> for PartialDate {
    fn from(date: Date) -> Self {
        Self::Full(date)
    }
}

impl TryFrom<String> for PartialDate {
    type Error = InvalidPartialDate;
    fn try_from(text: String) -> Result<Self, InvalidPartialDate> {
        text.parse()
    }
}

impl From<PartialDate> for String {
    fn from(date: PartialDate) -> Self {
        date.to_string()
    }
}
