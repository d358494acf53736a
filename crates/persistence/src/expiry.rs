//! What leaves when: bounded batches, so that a purge never starves the sign-ins beside it. Reasons are in `docs/retention.md`.

use account_policy::legal_date;
use account_policy::parameter::{Key, Value, parameter};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use time::{Date, Duration, OffsetDateTime};

use crate::Db;
use crate::columns::ms;

/// Rows gone, by table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Purged {
    /// Sessions a day after their end.
    pub sessions: usize,
    /// Grants, with their refresh families, a day after the last token expired.
    pub grants: usize,
    /// Messages a day after they were worth sending.
    pub messages: usize,
    /// One-time codes and their counters two days after their window began.
    pub one_time_codes: usize,
    /// Usage records after the legal term.
    pub usage_records: usize,
    /// What is known of imports that nobody went on with for a month.
    pub imports: usize,
}

impl Purged {
    /// All rows.
    #[must_use]
    pub fn total(&self) -> usize {
        self.sessions + self.grants + self.messages + self.one_time_codes + self.usage_records + self.imports
    }
}

/// How long things stay after they ended, so that "expired" and "already used" can still be told from "unknown".
const GRACE: Duration = Duration::DAY;

const SESSIONS: &str = "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)";
const GRANTS: &str = "DELETE FROM grants WHERE id IN (SELECT id FROM grants WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)";
const MESSAGES: &str = "DELETE FROM messages WHERE id IN (SELECT id FROM messages WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)";
const ONE_TIME_CODES: &str = "DELETE FROM one_time_codes WHERE (account_id, purpose) IN (SELECT account_id, purpose FROM one_time_codes \
     WHERE window_started_at < $1 ORDER BY window_started_at LIMIT $2)";
const USAGE: &str = "DELETE FROM usage_records WHERE id IN (SELECT id FROM usage_records WHERE at < $1 ORDER BY at LIMIT $2)";
const IMPORTS: &str =
    "DELETE FROM imports WHERE beginning IN (SELECT beginning FROM imports WHERE updated_at < $1 ORDER BY updated_at LIMIT $2)";

/// Deletes at most `limit` rows of each kind that have expired; call again while something went. Consents, locks, accounts
/// and audit events do not expire.
///
/// # Errors
/// Of the database.
pub fn purge(db: &mut Db, now: OffsetDateTime, limit: i64) -> QueryResult<Purged> {
    let over = ms(now.saturating_sub(GRACE));
    Ok(Purged {
        sessions: delete(db, SESSIONS, over, limit)?,
        grants: delete(db, GRANTS, over, limit)?,
        messages: delete(db, MESSAGES, over, limit)?,
        one_time_codes: delete(db, ONE_TIME_CODES, ms(now.saturating_sub(GRACE * 2)), limit)?,
        usage_records: match usage_kept_since(now) {
            Some(since) => delete(db, USAGE, ms(since), limit)?,
            None => 0,
        },
        imports: delete(db, IMPORTS, ms(now.saturating_sub(Duration::days(30))), limit)?,
    })
}

fn delete(db: &mut Db, sql: &str, before: i64, limit: i64) -> QueryResult<usize> {
    diesel::sql_query(sql).bind::<BigInt, _>(before).bind::<BigInt, _>(limit).execute(db)
}

/// Decree 69/2024 Art. 17.2: the term in force today, in calendar years. Without a rule, or "for ever": nothing leaves.
fn usage_kept_since(now: OffsetDateTime) -> Option<OffsetDateTime> {
    let today = legal_date(now);
    let Value::Years(years) = parameter(Key::RetainAccessHistory, today)?.value else { return None };
    // A day more than the term, so that no time zone and no leap day shortens it.
    let day = Date::from_calendar_date(today.year() - i32::from(years), today.month(), today.day().min(28)).ok()?.previous_day()?;
    Some(day.midnight().assume_utc().saturating_sub(Duration::DAY))
}
