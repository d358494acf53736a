//! What leaves when: bounded batches, so that a purge never starves the sign-ins beside it. Reasons are in `docs/retention.md`.

use account_policy::legal_date;
use account_policy::parameter::{Key, Value, parameter};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use time::{Date, Duration, OffsetDateTime};

use crate::Db;
use crate::columns::ms;

/// How long things stay after they ended, so that "expired" and "already used" can still be told from "unknown".
const GRACE: Duration = Duration::DAY;

/// A kind of rows whose time comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiring {
    /// Table `sessions`.
    Sessions,
    /// Table `grants`; their refresh families go with them.
    Grants,
    /// Table `messages`.
    Messages,
    /// Table `one_time_codes`.
    OneTimeCodes,
    /// Table `usage_records`.
    UsageRecords,
    /// Table `imports`.
    Imports,
}

impl Expiring {
    /// Every kind.
    pub const ALL: [Self; 6] = [Self::Sessions, Self::Grants, Self::Messages, Self::OneTimeCodes, Self::UsageRecords, Self::Imports];

    /// Its table.
    #[must_use]
    pub fn table(self) -> &'static str {
        match self {
            Self::Sessions => "sessions",
            Self::Grants => "grants",
            Self::Messages => "messages",
            Self::OneTimeCodes => "one_time_codes",
            Self::UsageRecords => "usage_records",
            Self::Imports => "imports",
        }
    }

    /// Deletes at most `rows` rows whose time has come, in the order in which it came; a grant counts twice, for its family goes with it.
    /// Answers how many went.
    ///
    /// # Errors
    /// Of the database.
    pub fn remove(self, db: &mut Db, now: OffsetDateTime, rows: i64) -> QueryResult<usize> {
        let Some(before) = self.kept_since(now) else { return Ok(0) };
        let limit = if self == Self::Grants { rows / 2 } else { rows };
        diesel::sql_query(self.removal()).bind::<BigInt, _>(ms(before)).bind::<BigInt, _>(limit.max(1)).execute(db)
    }

    /// How many rows are still there although they should have left by `before`'s reckoning, counted up to a thousand.
    ///
    /// # Errors
    /// Of the database.
    pub fn overdue(self, db: &mut Db, before: OffsetDateTime) -> QueryResult<usize> {
        let Some(since) = self.kept_since(before) else { return Ok(0) };
        let (table, column) = (self.table(), self.column());
        let found = diesel::sql_query(format!("SELECT {column} AS since FROM {table} WHERE {column} < $1 LIMIT 1000"));
        found.bind::<BigInt, _>(ms(since)).load::<Overdue>(db).map(|rows| rows.len())
    }

    fn column(self) -> &'static str {
        match self {
            Self::Sessions | Self::Grants | Self::Messages => "expires_at",
            Self::OneTimeCodes => "window_started_at",
            Self::UsageRecords => "at",
            Self::Imports => "updated_at",
        }
    }

    fn removal(self) -> &'static str {
        match self {
            Self::Sessions => SESSIONS,
            Self::Grants => GRANTS,
            Self::Messages => MESSAGES,
            Self::OneTimeCodes => ONE_TIME_CODES,
            Self::UsageRecords => USAGE,
            Self::Imports => IMPORTS,
        }
    }

    /// What is older leaves; `None`: nothing does.
    fn kept_since(self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        match self {
            Self::Sessions | Self::Grants | Self::Messages => Some(now.saturating_sub(GRACE)),
            Self::OneTimeCodes => Some(now.saturating_sub(GRACE * 2)),
            Self::UsageRecords => usage_kept_since(now),
            Self::Imports => Some(now.saturating_sub(Duration::days(30))),
        }
    }
}

const SESSIONS: &str = "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)";
const GRANTS: &str = "DELETE FROM grants WHERE id IN (SELECT id FROM grants WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)";
const MESSAGES: &str = "DELETE FROM messages WHERE id IN (SELECT id FROM messages WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)";
const ONE_TIME_CODES: &str = "DELETE FROM one_time_codes WHERE (account_id, purpose) IN (SELECT account_id, purpose FROM one_time_codes \
     WHERE window_started_at < $1 ORDER BY window_started_at LIMIT $2)";
const USAGE: &str = "DELETE FROM usage_records WHERE id IN (SELECT id FROM usage_records WHERE at < $1 ORDER BY at LIMIT $2)";
const IMPORTS: &str =
    "DELETE FROM imports WHERE beginning IN (SELECT beginning FROM imports WHERE updated_at < $1 ORDER BY updated_at LIMIT $2)";

#[derive(QueryableByName)]
#[allow(dead_code)] // it is counted
struct Overdue {
    #[diesel(sql_type = BigInt)]
    since: i64,
}

/// Decree 69/2024 Art. 17.2: the term in force today, in calendar years. Without a rule, or "for ever": nothing leaves.
fn usage_kept_since(now: OffsetDateTime) -> Option<OffsetDateTime> {
    let today = legal_date(now);
    let Value::Years(years) = parameter(Key::RetainAccessHistory, today)?.value else { return None };
    // A day more than the term, so that no time zone and no leap day shortens it.
    let day = Date::from_calendar_date(today.year() - i32::from(years), today.month(), today.day().min(28)).ok()?.previous_day()?;
    Some(day.midnight().assume_utc().saturating_sub(Duration::DAY))
}
