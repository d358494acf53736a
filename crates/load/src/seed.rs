//! A database with many accounts and a long history, made as quickly as the tables and indexes allow.
//!
//! Rows are prepared first (sealed, hashed), then inserted; only the insertion is timed. That is the bare rate, which an import can
//! approach and never pass. SQLite only.

use std::sync::Arc;
use std::time::{Duration, Instant};

use account_policy::{AccountLevel, AccountState, HolderKind, LockGrounds};
use anyhow::Context as _;
use diesel::prelude::*;
use diesel::sql_types::Text;
use dinhdanh::cli::Opened;
use oidc_provider::authorization::Authentication;
use oidc_provider::claims_request::ClaimsRequest;
use oidc_provider::scope::Scope;
use persistence::schema::identities;
use persistence::{Account, Db, Family, Grant, Place, QueryResult, Redemption, Session, UsageKind, UsageRecord, ms};
use serde::Serialize;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::people;

/// Rows of one transaction.
const BATCH: u32 = 10_000;
/// Usage is spread over this many days before now.
const DAYS: i64 = 30;
/// Steps through the accounts so that neighbouring records are of different people.
const STRIDE: usize = 7_919;
/// Rows of a [`Visit`] whose time comes: two sessions, a grant and its refresh family.
const ROWS_OF_A_VISIT: u32 = 4;
/// So long ago the last [`Visit`] was that its grant has ended, and was kept as long as ended rows are (`persistence::expiry`).
const VISITS_ENDED: time::Duration = time::Duration::days(35);

/// How quickly rows went in.
#[derive(Debug, Clone, Serialize)]
pub struct SeedRow {
    /// `accounts` (two tables, three indexes), `usage_records`, or `expired`.
    pub seeded: &'static str,
    /// How many.
    pub rows: u32,
    /// Rows a second, insertion and commits alone.
    pub bare_rows_per_s: f64,
    /// The same for the last tenth of the rows.
    pub bare_rows_per_s_at_the_end: f64,
    /// Seconds in all, with preparing them.
    pub seconds: f64,
}

/// Inserts people with these numbers, all with the same password hash; answers their ids.
///
/// # Errors
/// Of the database, for instance because some are there already.
pub fn accounts(opened: &Opened, first: u32, count: u32, password_hash: &str) -> anyhow::Result<(Vec<Uuid>, SeedRow)> {
    let end = first.checked_add(count).filter(|end| *end <= people::MOST).context("there are not so many numbers")?;
    let mut ids = Vec::with_capacity(count as usize);
    let mut times = Times::new();
    for start in (first..end).step_by(BATCH as usize) {
        let numbers = start..end.min(start + BATCH);
        let rows: Vec<_> = numbers.map(|number| account(opened, number, password_hash)).collect::<anyhow::Result<_>>()?;
        ids.extend(rows.iter().map(|row| row.account.id));
        let rows = Arc::new(rows);
        times.insert(rows.len(), || {
            opened.store.run_blocking(move |db| rows.iter().try_for_each(|row| row.insert(db)))?;
            Ok(())
        })?;
    }
    Ok((ids, times.row("accounts", count)))
}

/// Inserts usage records of these accounts, in the order of time. Their indexes are made anew afterwards, and the time for that counts.
///
/// # Errors
/// Of the database.
pub fn usage(opened: &Opened, accounts: &[Uuid], count: u32) -> anyhow::Result<SeedRow> {
    anyhow::ensure!(!accounts.is_empty() || count == 0, "usage records need accounts");
    let mut times = Times::new();
    let indexes = opened.store.run_blocking(take_indexes_away)?;
    for start in (0..count).step_by(BATCH as usize) {
        let numbers = start..count.min(start + BATCH);
        let rows: Vec<_> = numbers
            .map(|number| record(opened, nth(accounts, number), spread(opened.clock.now(), number, count)))
            .collect::<anyhow::Result<_>>()?;
        let rows = Arc::new(rows);
        times.insert(rows.len(), || {
            opened.store.run_blocking(move |db| rows.iter().try_for_each(|row| row.append(db)))?;
            Ok(())
        })?;
    }
    times.insert(0, || {
        opened
            .store
            .run_blocking(move |db| indexes.iter().try_for_each(|index| diesel::sql_query(index.as_str()).execute(db).map(drop)))?;
        Ok(())
    })?;
    Ok(times.row("usage_records", count))
}

/// Inserts what visits of these accounts left more than a month ago: `count` rows (in fours) whose time of removal has come, half of them sessions,
/// the others grants with their refresh families, and the usage records, which stay.
///
/// # Errors
/// Of the database.
pub fn expired(opened: &Opened, accounts: &[Uuid], count: u32) -> anyhow::Result<SeedRow> {
    let visits = count / ROWS_OF_A_VISIT;
    anyhow::ensure!(!accounts.is_empty() || visits == 0, "expired rows need accounts");
    let ended = opened.clock.now() - VISITS_ENDED;
    let mut times = Times::new();
    for start in (0..visits).step_by((BATCH / ROWS_OF_A_VISIT) as usize) {
        let numbers = start..visits.min(start + BATCH / ROWS_OF_A_VISIT);
        let rows: Vec<_> =
            numbers.map(|number| Visit::of(opened, nth(accounts, number), spread(ended, number, visits))).collect::<anyhow::Result<_>>()?;
        let (seeded, rows) = (rows.len(), Arc::new(rows));
        times.insert(seeded * ROWS_OF_A_VISIT as usize, || {
            let redeemed = opened.store.run_blocking(move |db| {
                rows.iter().try_fold(0, |redeemed, visit| Ok(redeemed + usize::from(visit.insert(db)? == Redemption::Done)))
            })?;
            anyhow::ensure!(redeemed == seeded, "{} grants were not taken", seeded - redeemed);
            Ok(())
        })?;
    }
    Ok(times.row("expired", visits * ROWS_OF_A_VISIT))
}

/// What one sign-in left, as the node writes it, and a session from which nobody signed in anywhere.
struct Visit {
    sessions: [Session; 2],
    grant: Grant,
    family: Family,
    usage: UsageRecord,
}

impl Visit {
    fn of(opened: &Opened, account: Uuid, at: OffsetDateTime) -> anyhow::Result<Self> {
        let session = || Session {
            id: opened.randomness.uuid(at),
            account_id: account,
            secret_hash: opened.randomness.bytes(),
            epoch: 1,
            created_at: at,
            last_seen_at: at,
            expires_at: at + time::Duration::hours(8),
            password_at: at,
            code_at: None,
            guardian_code_at: None,
            ended_at: None,
        };
        let (sessions, expires_at) = ([session(), session()], at + time::Duration::days(30));
        let usage = record(opened, account, at)?;
        let grant = Grant {
            id: usage.grant_id,
            account_id: account,
            client_id: usage.client_id.clone(),
            session_id: Some(sessions[0].id),
            scope: Scope::parse("openid offline_access")?,
            claims: ClaimsRequest::default(),
            authentication: Authentication {
                account,
                sub: sessions[0].id.to_string(),
                session: sessions[0].id,
                sid: sessions[0].id.to_string(),
                auth_time: at,
                acr: usage.acr.clone(),
                amr: vec!["pwd".to_owned()],
                claims: serde_json::Map::new(),
            },
            epoch: 1,
            created_at: at,
            expires_at,
        };
        let family = Family { grant_id: grant.id, counter: 0, rotated_at: at, expires_at, revoked_at: None };
        Ok(Self { sessions, grant, family, usage })
    }

    fn insert(&self, db: &mut Db) -> QueryResult<Redemption> {
        self.sessions.iter().try_for_each(|session| session.insert(db))?;
        Grant::redeem(db, &self.grant, Some(&self.family), &self.usage)
    }
}

struct AccountRow {
    account: Account,
    key_id: i32,
    sealed: Vec<u8>,
}

impl AccountRow {
    fn insert(&self, db: &mut Db) -> QueryResult<()> {
        self.account.insert(db)?;
        diesel::insert_into(identities::table)
            .values((
                identities::account_id.eq(self.account.id.as_bytes().as_slice()),
                identities::key_id.eq(self.key_id),
                identities::sealed.eq(self.sealed.as_slice()),
                identities::updated_at.eq(ms(self.account.updated_at)),
            ))
            .execute(db)
            .map(drop)
    }
}

fn account(opened: &Opened, number: u32, password_hash: &str) -> anyhow::Result<AccountRow> {
    let (now, keyring) = (opened.clock.now(), opened.keyring()?);
    let person = people::person(number, now)?;
    let id = opened.randomness.uuid(now);
    let place = Place { table: "identities", row: id.as_bytes(), column: "sealed" };
    let account = Account {
        id,
        number_hash: keyring.number_hash(&person.citizen_id),
        kind: HolderKind::Citizen,
        level: AccountLevel::Two,
        state: AccountState::Active,
        password_hash: Some(password_hash.to_owned()),
        epoch: 1,
        lock_grounds: LockGrounds::NONE,
        created_at: now,
        updated_at: now,
        password_changed_at: Some(now),
    };
    Ok(AccountRow { key_id: keyring.sealing_key_id(), sealed: keyring.seal(place, &serde_json::to_vec(&person)?), account })
}

/// Whose the row with this number is.
fn nth(accounts: &[Uuid], number: u32) -> Uuid {
    accounts[number as usize * STRIDE % accounts.len()]
}

/// When the row with this number of so many was made: in their order, evenly over the days before `end`.
fn spread(end: OffsetDateTime, number: u32, count: u32) -> OffsetDateTime {
    let span = time::Duration::days(DAYS).as_seconds_f64();
    end - time::Duration::seconds_f64(span * f64::from(count - number) / f64::from(count))
}

fn record(opened: &Opened, account_id: Uuid, at: OffsetDateTime) -> anyhow::Result<UsageRecord> {
    let id = opened.randomness.uuid(at);
    Ok(UsageRecord {
        id,
        grant_id: opened.randomness.uuid(at),
        account_id,
        client_id: "bench".to_owned(),
        at,
        kind: UsageKind::Code,
        attributes: ["name", "birthdate", "gender", "email"].map(str::to_owned).to_vec(),
        account_level: 2,
        authentication_level: 1,
        acr: "LoA1".to_owned(),
        address: UsageRecord::seal_address(opened.keyring()?, id, "127.0.0.1"),
    })
}

#[derive(QueryableByName)]
struct Index {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    sql: String,
}

/// Drops them and answers the statements that make them again, as the migration wrote them.
fn take_indexes_away(db: &mut Db) -> QueryResult<Vec<String>> {
    let query = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'usage_records' AND sql IS NOT NULL";
    let indexes: Vec<Index> = diesel::sql_query(query).load(db)?;
    for Index { name, .. } in &indexes {
        diesel::sql_query(format!("DROP INDEX {name}")).execute(db)?;
    }
    Ok(indexes.into_iter().map(|index| index.sql).collect())
}

/// Times of insertions alone.
struct Times {
    begun: Instant,
    batches: Vec<(usize, Duration)>,
}

impl Times {
    fn new() -> Self {
        Self { begun: Instant::now(), batches: Vec::new() }
    }

    fn insert(&mut self, rows: usize, insertion: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<()> {
        let begun = Instant::now();
        insertion()?;
        self.batches.push((rows, begun.elapsed()));
        Ok(())
    }

    fn row(&self, seeded: &'static str, rows: u32) -> SeedRow {
        let last = self.batches.len() - self.batches.len().div_ceil(10);
        SeedRow {
            seeded,
            rows,
            bare_rows_per_s: rate(&self.batches),
            bare_rows_per_s_at_the_end: rate(&self.batches[last..]),
            seconds: self.begun.elapsed().as_secs_f64(),
        }
    }
}

fn rate(batches: &[(usize, Duration)]) -> f64 {
    let (rows, took) = batches.iter().fold((0, Duration::ZERO), |(rows, took), batch| (rows + batch.0, took + batch.1));
    if took.is_zero() { 0.0 } else { rows as f64 / took.as_secs_f64() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bare_rate_is_rows_over_the_time_of_their_insertions() {
        let batches = [(100, Duration::from_millis(500)), (300, Duration::from_millis(500))];
        assert_eq!(rate(&batches), 400.0);
        assert_eq!(rate(&[]), 0.0);
        let times = Times {
            begun: Instant::now(),
            batches: [(100, Duration::from_secs(1)); 19].into_iter().chain([(100, Duration::from_secs(2))]).collect(),
        };
        let row = times.row("accounts", 2000);
        assert!(
            (row.bare_rows_per_s - 2000.0 / 21.0).abs() < 1e-9 && (row.bare_rows_per_s_at_the_end - 200.0 / 3.0).abs() < 1e-9,
            "{row:?}"
        );
    }
}
