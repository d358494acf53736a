//! Holders by the thousand: sealed ahead of the transaction on any thread, then inserted with one statement kept prepared for each table
//! (SQLite), or with one statement for all (PostgreSQL).

use std::collections::HashSet;

use account_policy::{AccountLevel, AccountState, HolderKind, LockGrounds, Person};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Integer, Nullable, SmallInt, Text};
use diesel::{PgConnection, SqliteConnection};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::accounts::{kind_code, state_code};
use crate::columns::{id_bytes, ms};
use crate::holders::{self, Insertion, NewHolder};
use crate::schema::{accounts, identities};
use crate::{Db, Keyring, NumberHash};

/// The first epoch of an account.
const FIRST_EPOCH: i64 = 1;

/// A holder as the tables take it: the number hashed, the person sealed. A guardian is set apart, by [`crate::Holder::set_guardian`].
#[derive(Clone)]
pub struct SealedHolder {
    /// Time-ordered id. Rows that are inserted in the order of their ids append.
    pub id: Uuid,
    /// Finds the account. Rows of one transaction in this order touch each page of the index once.
    pub number_hash: NumberHash,
    kind: HolderKind,
    level: AccountLevel,
    state: AccountState,
    password_hash: Option<String>,
    key_id: i32,
    sealed: Vec<u8>,
    created_at: OffsetDateTime,
}

impl SealedHolder {
    /// Seals and hashes; `number_hash` is that of the person's number.
    ///
    /// # Errors
    /// When the person cannot be written as JSON.
    pub fn seal(keyring: &Keyring, new: NewHolder, number_hash: NumberHash) -> QueryResult<Self> {
        let sealed = holders::seal(keyring, new.id, &new.person)?;
        let NewHolder { id, kind, level, state, password_hash, created_at, .. } = new;
        Ok(Self { id, number_hash, kind, level, state, password_hash, key_id: keyring.sealing_key_id(), sealed, created_at })
    }

    /// The person, opened again.
    ///
    /// # Errors
    /// When the keyring is another than the one that sealed.
    pub fn person(&self, keyring: &Keyring) -> QueryResult<Person> {
        holders::open(keyring, self.id, &self.sealed)
    }

    /// Citizen or foreigner.
    #[must_use]
    pub fn kind(&self) -> HolderKind {
        self.kind
    }

    /// How the person was registered.
    #[must_use]
    pub fn level(&self) -> AccountLevel {
        self.level
    }

    /// Requested, issued, active.
    #[must_use]
    pub fn state(&self) -> AccountState {
        self.state
    }

    /// PHC string of Argon2, where there is one.
    #[must_use]
    pub fn password_hash(&self) -> Option<&str> {
        self.password_hash.as_deref()
    }

    /// About how much memory it takes, in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        size_of::<Self>() + self.sealed.len() + self.password_hash.as_ref().map_or(0, String::len)
    }

    /// Inserts the holders whose numbers have no account yet; answers for each what became of it.
    ///
    /// # Errors
    /// Of the database.
    pub fn insert_all(db: &mut Db, all: &[&Self]) -> QueryResult<Vec<Insertion>> {
        match db {
            Db::Sqlite(connection) => one_by_one(connection, all),
            Db::Postgres(connection) => at_once(connection, all),
        }
    }
}

impl std::fmt::Debug for SealedHolder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SealedHolder").field("id", &self.id).finish_non_exhaustive()
    }
}

/// diesel keeps both statements prepared. Accounts first, then identities: each table is filled in one go.
fn one_by_one(connection: &mut SqliteConnection, all: &[&SealedHolder]) -> QueryResult<Vec<Insertion>> {
    let mut outcomes = Vec::with_capacity(all.len());
    for new in all {
        let inserted = diesel::insert_into(accounts::table)
            .values((
                accounts::id.eq(id_bytes(&new.id)),
                accounts::number_hash.eq(new.number_hash.0.as_slice()),
                accounts::kind.eq(kind_code(new.kind)),
                accounts::level.eq(i16::from(new.level.number())),
                accounts::state.eq(state_code(new.state)),
                accounts::password_hash.eq(new.password_hash.as_deref()),
                accounts::epoch.eq(FIRST_EPOCH),
                accounts::lock_grounds.eq(i32::from(LockGrounds::NONE.bits())),
                accounts::created_at.eq(ms(new.created_at)),
                accounts::updated_at.eq(ms(new.created_at)),
                accounts::password_changed_at.eq(new.password_hash.as_ref().map(|_| ms(new.created_at))),
            ))
            .on_conflict(accounts::number_hash)
            .do_nothing()
            .execute(connection)?;
        outcomes.push(if inserted == 0 { Insertion::NumberTaken } else { Insertion::Done });
    }
    for (new, _) in all.iter().zip(&outcomes).filter(|(_, outcome)| **outcome == Insertion::Done) {
        diesel::insert_into(identities::table)
            .values((
                identities::account_id.eq(id_bytes(&new.id)),
                identities::key_id.eq(new.key_id),
                identities::sealed.eq(new.sealed.as_slice()),
                identities::updated_at.eq(ms(new.created_at)),
            ))
            .execute(connection)?;
    }
    Ok(outcomes)
}

const ACCOUNTS: &str = "INSERT INTO accounts \
     (id, number_hash, kind, level, state, password_hash, epoch, lock_grounds, created_at, updated_at, password_changed_at) \
     SELECT id, number_hash, kind, level, state, password_hash, $8, $9, at, at, CASE WHEN password_hash IS NULL THEN NULL ELSE at END \
     FROM unnest($1, $2, $3, $4, $5, $6, $7) AS new (id, number_hash, kind, level, state, password_hash, at) \
     ON CONFLICT (number_hash) DO NOTHING RETURNING id";

const IDENTITIES: &str = "INSERT INTO identities (account_id, key_id, sealed, updated_at) SELECT * FROM unnest($1, $2, $3, $4)";

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = Binary)]
    id: Vec<u8>,
}

fn at_once(connection: &mut PgConnection, all: &[&SealedHolder]) -> QueryResult<Vec<Insertion>> {
    fn column<'a, T>(all: &[&'a SealedHolder], value: impl Fn(&'a SealedHolder) -> T) -> Vec<T> {
        all.iter().map(|new| value(new)).collect()
    }
    let done: Vec<Id> = diesel::sql_query(ACCOUNTS)
        .bind::<Array<Binary>, _>(column(all, |new| id_bytes(&new.id)))
        .bind::<Array<Binary>, _>(column(all, |new| new.number_hash.0.as_slice()))
        .bind::<Array<Text>, _>(column(all, |new| kind_code(new.kind)))
        .bind::<Array<SmallInt>, _>(column(all, |new| i16::from(new.level.number())))
        .bind::<Array<Text>, _>(column(all, |new| state_code(new.state)))
        .bind::<Array<Nullable<Text>>, _>(column(all, |new| new.password_hash.as_deref()))
        .bind::<Array<BigInt>, _>(column(all, |new| ms(new.created_at)))
        .bind::<BigInt, _>(FIRST_EPOCH)
        .bind::<Integer, _>(i32::from(LockGrounds::NONE.bits()))
        .load(connection)?;
    let done: HashSet<Vec<u8>> = done.into_iter().map(|row| row.id).collect();
    let inserted: Vec<&SealedHolder> = all.iter().copied().filter(|new| done.contains(id_bytes(&new.id))).collect();
    diesel::sql_query(IDENTITIES)
        .bind::<Array<Binary>, _>(column(&inserted, |new| id_bytes(&new.id)))
        .bind::<Array<Integer>, _>(column(&inserted, |new| new.key_id))
        .bind::<Array<Binary>, _>(column(&inserted, |new| new.sealed.as_slice()))
        .bind::<Array<BigInt>, _>(column(&inserted, |new| ms(new.created_at)))
        .execute(connection)?;
    Ok(column(all, |new| if done.contains(id_bytes(&new.id)) { Insertion::Done } else { Insertion::NumberTaken }))
}
