//! Calendar dates as `YYYY-MM-DD` (ISO 8601).

time::serde::format_description!(iso, Date, "[year]-[month]-[day]");

pub(super) use iso::option;
