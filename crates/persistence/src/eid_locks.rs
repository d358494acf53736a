//! Locks of the e-ID card: a set of grounds, each placed and lifted on its own (Law 26/2023 Art. 34, Decree 69/2024 Arts. 29–30).

use account_policy::{LockGround, LockGrounds};
use diesel::prelude::*;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::Db;
use crate::accounts::lock_grounds;
use crate::columns::{from_ms, id, id_bytes, ms, unreadable};
use crate::rows::Hold;
use crate::schema::{accounts, eid_locks};

/// One ground, from when it was placed to when it was lifted. Rows stay for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EidLock {
    /// Time-ordered id.
    pub id: Uuid,
    /// Whose card.
    pub account_id: Uuid,
    /// Why.
    pub ground: LockGround,
    /// Since when.
    pub placed_at: OffsetDateTime,
    /// Who did it: an account, an officer, the command line.
    pub placed_by: String,
    /// Until when.
    pub lifted_at: Option<OffsetDateTime>,
    /// Who lifted it.
    pub lifted_by: Option<String>,
}

/// What became of placing or lifting a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockChange {
    /// Changed.
    Done,
    /// It was so already.
    Unchanged,
    /// The law knows no way back from this ground.
    NotLiftable,
    /// There is no such account.
    NoAccount,
}

impl EidLock {
    /// Places a lock and raises the account's epoch in the same transaction: every session, code and token of before is dead.
    ///
    /// # Errors
    /// Of the database.
    pub fn place(db: &mut Db, lock: &Self) -> QueryResult<LockChange> {
        let Some(grounds) = standing(db, lock.account_id)? else { return Ok(LockChange::NoAccount) };
        if grounds.contains(lock.ground) {
            return Ok(LockChange::Unchanged);
        }
        diesel::insert_into(eid_locks::table)
            .values((
                eid_locks::id.eq(id_bytes(&lock.id)),
                eid_locks::account_id.eq(id_bytes(&lock.account_id)),
                eid_locks::ground.eq(lock.ground.code()),
                eid_locks::placed_at.eq(ms(lock.placed_at)),
                eid_locks::placed_by.eq(lock.placed_by.as_str()),
            ))
            .execute(db)?;
        diesel::update(accounts::table.find(id_bytes(&lock.account_id)))
            .set((
                accounts::lock_grounds.eq(i32::from(grounds.with(lock.ground).bits())),
                accounts::epoch.eq(accounts::epoch + 1),
                accounts::updated_at.eq(ms(lock.placed_at)),
            ))
            .execute(db)?;
        Ok(LockChange::Done)
    }

    /// Lifts one ground; others stay. The epoch stays: nothing could be made while the card was locked.
    ///
    /// # Errors
    /// Of the database.
    pub fn lift(db: &mut Db, account: Uuid, ground: LockGround, by: &str, now: OffsetDateTime) -> QueryResult<LockChange> {
        let Some(grounds) = standing(db, account)? else { return Ok(LockChange::NoAccount) };
        if !grounds.contains(ground) {
            return Ok(LockChange::Unchanged);
        }
        if !ground.may_be_lifted() {
            return Ok(LockChange::NotLiftable);
        }
        let standing = eid_locks::table
            .filter(eid_locks::account_id.eq(id_bytes(&account)))
            .filter(eid_locks::ground.eq(ground.code()))
            .filter(eid_locks::lifted_at.is_null());
        diesel::update(standing).set((eid_locks::lifted_at.eq(ms(now)), eid_locks::lifted_by.eq(by))).execute(db)?;
        diesel::update(accounts::table.find(id_bytes(&account)))
            .set((accounts::lock_grounds.eq(i32::from(grounds.without(ground).bits())), accounts::updated_at.eq(ms(now))))
            .execute(db)?;
        Ok(LockChange::Done)
    }

    /// All locks of a card, oldest first.
    ///
    /// # Errors
    /// Of the database.
    pub fn list(db: &mut Db, account: Uuid) -> QueryResult<Vec<Self>> {
        let rows: Vec<Row> = eid_locks::table.filter(eid_locks::account_id.eq(id_bytes(&account))).order(eid_locks::id).load(db)?;
        rows.into_iter().map(Self::try_from).collect()
    }
}

/// The grounds that stand, held against change; `None` without an account.
fn standing(db: &mut Db, account: Uuid) -> QueryResult<Option<LockGrounds>> {
    Hold::Account.row(db, &account)?;
    accounts::table.find(id_bytes(&account)).select(accounts::lock_grounds).get_result::<i32>(db).optional()?.map(lock_grounds).transpose()
}

#[derive(Queryable)]
struct Row {
    id: Vec<u8>,
    account_id: Vec<u8>,
    ground: String,
    placed_at: i64,
    placed_by: String,
    lifted_at: Option<i64>,
    lifted_by: Option<String>,
}

impl TryFrom<Row> for EidLock {
    type Error = diesel::result::Error;

    fn try_from(row: Row) -> QueryResult<Self> {
        Ok(Self {
            id: id(&row.id)?,
            account_id: id(&row.account_id)?,
            ground: row.ground.parse().map_err(|e| unreadable("a lock ground", e))?,
            placed_at: from_ms(row.placed_at),
            placed_by: row.placed_by,
            lifted_at: row.lifted_at.map(from_ms),
            lifted_by: row.lifted_by,
        })
    }
}
