//! One-time codes: one for each account and purpose, with tries and failures counted durably (design section 9). Issuing and
//! checking are single steps: whoever checks first has used it up, and a restart forgets no failure.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Text};
use subtle::ConstantTimeEq;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::Db;
use crate::columns::{from_ms, id_bytes, ms};
use crate::rows::Hold;
use crate::schema::one_time_codes;

/// A clock that is off by more than this was set, by less it was corrected.
const CLOCK_JUMP: Duration = Duration::seconds(5);

/// How often codes may be sent and guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeLimits {
    /// Wrong codes before one code is used up.
    pub tries: i32,
    /// Time between two codes.
    pub resend_after: Duration,
    /// Codes in one window.
    pub sends: i32,
    /// Wrong codes in one window, over all codes.
    pub failures: i32,
    /// The window, which starts with its first code.
    pub window: Duration,
}

impl Default for CodeLimits {
    /// Five tries a code, half a minute between two, 20 codes and 25 failures a day: one guess in 40,000 succeeds.
    fn default() -> Self {
        Self { tries: 5, resend_after: Duration::seconds(30), sends: 20, failures: 25, window: Duration::DAY }
    }
}

/// A code to be issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCode {
    /// For whom: the account that signs in, also when the guardian's phone gets the code.
    pub account_id: Uuid,
    /// For what; codes of one purpose are worthless for another.
    pub purpose: String,
    /// [`crate::Keyring::one_time_code_hash`].
    pub code_hash: [u8; 32],
    /// Until when it is good.
    pub expires_at: OffsetDateTime,
}

/// What became of issuing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Issue {
    /// It replaces the code before; send it.
    Issued,
    /// The last one is too fresh; nothing was changed.
    TooSoon {
        /// When to ask again.
        after: Duration,
    },
    /// Too many codes or failures in this window; nothing was changed.
    TooMany {
        /// When the window ends.
        after: Duration,
    },
}

/// What became of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Right, and used up.
    Correct,
    /// Wrong.
    Wrong {
        /// Tries this code has left.
        tries_left: i32,
    },
    /// It was not entered in time.
    Expired,
    /// Tried too often.
    Exhausted,
    /// There is none, or it was used.
    NoneIssued,
}

/// The codes of accounts.
#[derive(Debug, Clone, Copy)]
pub struct OneTimeCode;

impl OneTimeCode {
    /// Issues a code, if the limits allow; one atomic step.
    ///
    /// # Errors
    /// Of the database.
    pub fn issue(db: &mut Db, new: &NewCode, limits: &CodeLimits, now: OffsetDateTime) -> QueryResult<Issue> {
        Hold::Account.row(db, &new.account_id)?;
        let stored = find(db, new.account_id, &new.purpose)?;
        let window = stored.as_ref().filter(|stored| now < stored.window_ends(limits));
        if let Some(stored) = window {
            let resend_at = from_ms(stored.sent_at).saturating_add(limits.resend_after);
            if stored.sends >= limits.sends || stored.failures >= limits.failures {
                return Ok(Issue::TooMany { after: stored.window_ends(limits) - now });
            }
            // A code that was sent in the future was sent before the clock was set back.
            let clock_went_back = from_ms(stored.sent_at) - now > CLOCK_JUMP;
            if now < resend_at && !clock_went_back {
                return Ok(Issue::TooSoon { after: resend_at - now });
            }
        }
        let (sends, failures, started) =
            window.map_or((1, 0, ms(now)), |stored| (stored.sends + 1, stored.failures, stored.window_started_at));
        diesel::sql_query(
            "INSERT INTO one_time_codes (account_id, purpose, code_hash, sent_at, expires_at, tries, sends, failures, window_started_at) \
             VALUES ($1, $2, $3, $4, $5, 0, $6, $7, $8) ON CONFLICT (account_id, purpose) DO UPDATE SET code_hash = excluded.code_hash, \
             sent_at = excluded.sent_at, expires_at = excluded.expires_at, tries = 0, sends = excluded.sends, failures = excluded.failures, \
             window_started_at = excluded.window_started_at",
        )
        .bind::<Binary, _>(id_bytes(&new.account_id))
        .bind::<Text, _>(&new.purpose)
        .bind::<Binary, _>(new.code_hash.as_slice())
        .bind::<BigInt, _>(ms(now))
        .bind::<BigInt, _>(ms(new.expires_at))
        .bind::<diesel::sql_types::Integer, _>(sends)
        .bind::<diesel::sql_types::Integer, _>(failures)
        .bind::<BigInt, _>(started)
        .execute(db)?;
        Ok(Issue::Issued)
    }

    /// Checks a code; one atomic step. A right one is used up, a wrong one counts.
    ///
    /// # Errors
    /// Of the database.
    pub fn check(
        db: &mut Db,
        account: Uuid,
        purpose: &str,
        code_hash: &[u8; 32],
        limits: &CodeLimits,
        now: OffsetDateTime,
    ) -> QueryResult<Verdict> {
        Hold::Account.row(db, &account)?;
        let Some(stored) = find(db, account, purpose)? else { return Ok(Verdict::NoneIssued) };
        let Some(expected) = stored.code_hash.as_deref() else { return Ok(Verdict::NoneIssued) };
        if stored.tries >= limits.tries || stored.failures >= limits.failures {
            return Ok(Verdict::Exhausted);
        }
        if ms(now) >= stored.expires_at {
            return Ok(Verdict::Expired);
        }
        let row = one_time_codes::table.find((id_bytes(&account), purpose));
        if bool::from(expected.ct_eq(code_hash.as_slice())) {
            diesel::update(row).set(one_time_codes::code_hash.eq(None::<Vec<u8>>)).execute(db)?;
            return Ok(Verdict::Correct);
        }
        diesel::update(row)
            .set((one_time_codes::tries.eq(one_time_codes::tries + 1), one_time_codes::failures.eq(one_time_codes::failures + 1)))
            .execute(db)?;
        let tries_left = (limits.tries - stored.tries - 1).min(limits.failures - stored.failures - 1);
        Ok(if tries_left > 0 { Verdict::Wrong { tries_left } } else { Verdict::Exhausted })
    }

    /// Withdraws a code, for instance when the sign-in it was for is cancelled. The counters stay.
    ///
    /// # Errors
    /// Of the database.
    pub fn withdraw(db: &mut Db, account: Uuid, purpose: &str) -> QueryResult<()> {
        diesel::update(one_time_codes::table.find((id_bytes(&account), purpose)))
            .set(one_time_codes::code_hash.eq(None::<Vec<u8>>))
            .execute(db)
            .map(drop)
    }
}

fn find(db: &mut Db, account: Uuid, purpose: &str) -> QueryResult<Option<Row>> {
    one_time_codes::table
        .find((id_bytes(&account), purpose))
        .select((
            one_time_codes::code_hash,
            one_time_codes::sent_at,
            one_time_codes::expires_at,
            one_time_codes::tries,
            one_time_codes::sends,
            one_time_codes::failures,
            one_time_codes::window_started_at,
        ))
        .get_result(db)
        .optional()
}

#[derive(Queryable)]
struct Row {
    code_hash: Option<Vec<u8>>,
    sent_at: i64,
    expires_at: i64,
    tries: i32,
    sends: i32,
    failures: i32,
    window_started_at: i64,
}

impl Row {
    fn window_ends(&self, limits: &CodeLimits) -> OffsetDateTime {
        from_ms(self.window_started_at).saturating_add(limits.window)
    }
}
