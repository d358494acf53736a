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
use persistence::schema::identities;
use persistence::{Account, Db, Place, QueryResult, UsageKind, UsageRecord, ms};
use serde::Serialize;
use uuid::Uuid;

use crate::people;

/// Rows of one transaction.
const BATCH: u32 = 10_000;
/// Usage is spread over this many days before now.
const DAYS: i64 = 30;
/// Steps through the accounts so that neighbouring records are of different people.
const STRIDE: usize = 7_919;

/// How quickly rows went in.
#[derive(Debug, Clone, Serialize)]
pub struct SeedRow {
    /// `accounts` (two tables, three indexes) or `usage_records`.
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
        let rows: Vec<_> =
            (start..count.min(start + BATCH)).map(|number| record(opened, accounts, number, count)).collect::<anyhow::Result<_>>()?;
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

fn record(opened: &Opened, accounts: &[Uuid], number: u32, count: u32) -> anyhow::Result<UsageRecord> {
    let span = time::Duration::days(DAYS).as_seconds_f64();
    let at = opened.clock.now() - time::Duration::seconds_f64(span * f64::from(count - number) / f64::from(count));
    let id = opened.randomness.uuid(at);
    Ok(UsageRecord {
        id,
        grant_id: opened.randomness.uuid(at),
        account_id: accounts[number as usize * STRIDE % accounts.len()],
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
