//! Accounts: who may sign in, at which level, with which password (Decree 69/2024 Arts. 7–15).

use account_policy::{AccountLevel, AccountState, HolderKind, LockGrounds};
use diesel::prelude::*;
use diesel::sql_types::Binary;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::columns::{from_ms, hash32, id, id_bytes, ms, unreadable};
use crate::connection::{on, written};
use crate::schema::accounts;
use crate::{Db, NumberHash};

/// An account without the person's data, which is sealed beside it ([`crate::holders`]).
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// Time-ordered id; never shown to a client.
    pub id: Uuid,
    /// Finds the account by citizen ID number.
    pub number_hash: NumberHash,
    /// Citizen or foreigner.
    pub kind: HolderKind,
    /// How the person was registered.
    pub level: AccountLevel,
    /// Requested, issued, active.
    pub state: AccountState,
    /// PHC string of Argon2id; absent until a password was chosen.
    pub password_hash: Option<String>,
    /// Raised by locks and password changes; what carries an older epoch is dead (design section 9).
    pub epoch: i64,
    /// The standing lock grounds (Law 26/2023 Art. 34).
    pub lock_grounds: LockGrounds,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// When anything of it changed last.
    pub updated_at: OffsetDateTime,
    /// When the password was chosen.
    pub password_changed_at: Option<OffsetDateTime>,
}

impl Account {
    /// By id.
    ///
    /// # Errors
    /// Of the database.
    pub fn find(db: &mut Db, account: Uuid) -> QueryResult<Option<Self>> {
        accounts::table.find(id_bytes(&account)).get_result::<Row>(db).optional()?.map(Self::try_from).transpose()
    }

    /// By citizen ID number.
    ///
    /// # Errors
    /// Of the database.
    pub fn find_by_number(db: &mut Db, number: &NumberHash) -> QueryResult<Option<Self>> {
        accounts::table
            .filter(accounts::number_hash.eq(number.0.as_slice()))
            .get_result::<Row>(db)
            .optional()?
            .map(Self::try_from)
            .transpose()
    }

    /// Inserts it.
    ///
    /// # Errors
    /// A unique violation when the number has an account.
    pub fn insert(&self, db: &mut Db) -> QueryResult<()> {
        diesel::insert_into(accounts::table)
            .values((
                accounts::id.eq(id_bytes(&self.id)),
                accounts::number_hash.eq(self.number_hash.0.as_slice()),
                accounts::kind.eq(kind_code(self.kind)),
                accounts::level.eq(i16::from(self.level.number())),
                accounts::state.eq(state_code(self.state)),
                accounts::password_hash.eq(self.password_hash.as_deref()),
                accounts::epoch.eq(self.epoch),
                accounts::lock_grounds.eq(i32::from(self.lock_grounds.bits())),
                accounts::created_at.eq(ms(self.created_at)),
                accounts::updated_at.eq(ms(self.updated_at)),
                accounts::password_changed_at.eq(self.password_changed_at.map(ms)),
            ))
            .execute(db)
            .map(drop)
    }

    /// Sets a new password and raises the epoch: sessions, codes and tokens of before are dead. Answers whether it exists.
    ///
    /// # Errors
    /// Of the database.
    pub fn set_password(db: &mut Db, account: Uuid, password_hash: &str, now: OffsetDateTime) -> QueryResult<bool> {
        diesel::update(accounts::table.find(id_bytes(&account)))
            .set((
                accounts::password_hash.eq(password_hash),
                accounts::epoch.eq(accounts::epoch + 1),
                accounts::password_changed_at.eq(ms(now)),
                accounts::updated_at.eq(ms(now)),
            ))
            .execute(db)
            .map(|rows| rows == 1)
    }

    /// Stores the same password hashed with newer parameters, unless it was changed meanwhile; the epoch stays.
    ///
    /// # Errors
    /// Of the database.
    pub fn rehash_password(db: &mut Db, account: Uuid, old_hash: &str, new_hash: &str, now: OffsetDateTime) -> QueryResult<bool> {
        diesel::update(accounts::table.filter(accounts::id.eq(id_bytes(&account))).filter(accounts::password_hash.eq(old_hash)))
            .set((accounts::password_hash.eq(new_hash), accounts::updated_at.eq(ms(now))))
            .execute(db)
            .map(|rows| rows == 1)
    }

    /// Makes everything that carries an older epoch dead.
    ///
    /// # Errors
    /// Of the database.
    pub fn raise_epoch(db: &mut Db, account: Uuid, now: OffsetDateTime) -> QueryResult<bool> {
        diesel::update(accounts::table.find(id_bytes(&account)))
            .set((accounts::epoch.eq(accounts::epoch + 1), accounts::updated_at.eq(ms(now))))
            .execute(db)
            .map(|rows| rows == 1)
    }

    /// Sets level and state after a registration step; the epoch stays.
    ///
    /// # Errors
    /// Of the database.
    pub fn set_standing(db: &mut Db, account: Uuid, level: AccountLevel, state: AccountState, now: OffsetDateTime) -> QueryResult<bool> {
        diesel::update(accounts::table.find(id_bytes(&account)))
            .set((accounts::level.eq(i16::from(level.number())), accounts::state.eq(state_code(state)), accounts::updated_at.eq(ms(now))))
            .execute(db)
            .map(|rows| rows == 1)
    }

    /// A page of accounts in order of creation, after the last id of the page before.
    ///
    /// # Errors
    /// Of the database.
    pub fn list(db: &mut Db, after: Option<Uuid>, limit: i64) -> QueryResult<Vec<Self>> {
        let after = after.unwrap_or(Uuid::nil());
        let rows: Vec<Row> = accounts::table.filter(accounts::id.gt(id_bytes(&after))).order(accounts::id).limit(limit).load(db)?;
        rows.into_iter().map(Self::try_from).collect()
    }

    /// How many there are; walks the table.
    ///
    /// # Errors
    /// Of the database.
    pub fn count(db: &mut Db) -> QueryResult<i64> {
        accounts::table.count().get_result(db)
    }
}

/// Whose password a sign-in has to know.
#[derive(Clone, PartialEq, Eq)]
pub enum PasswordOf {
    /// That of the number's account, which has one.
    Account(Account),
    /// Nobody's: the number has no account, or one without a password.
    Nobody {
        /// The hash of the account whose keyed hash of the number comes next. What it costs to check is what a check for this number has to
        /// cost: every account stands in for its share of the unknown numbers, always the same ones. `None`: no account is near.
        stand_in: Option<String>,
    },
}

impl PasswordOf {
    /// One read, the same for every number.
    ///
    /// # Errors
    /// Of the database.
    pub fn find(db: &mut Db, number: &NumberHash) -> QueryResult<Self> {
        let query = Next(&number.0);
        let next = on!(db, |connection| query.get_result::<Row>(connection)).optional()?.map(Account::try_from).transpose()?;
        Ok(match next {
            Some(account) if account.number_hash == *number => Self::Account(account),
            next => Self::Nobody { stand_in: next.and_then(|account| account.password_hash) },
        })
    }
}

impl std::fmt::Debug for PasswordOf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Account(account) => f.debug_tuple("Account").field(account).finish(),
            Self::Nobody { .. } => f.write_str("Nobody"),
        }
    }
}

/// The first account with a password at this hash or behind it, among 64: accounts without a password may be the most, and a sign-in passes
/// over few of them.
struct Next<'a>(&'a [u8]);

/// No hash comes after this one.
const LAST: &[u8] = &[0xff; 32];

written!(Next -> <accounts::table as Table>::AllColumns, |query, out| {
    out.push_sql(concat!(
        "SELECT id, number_hash, kind, level, state, password_hash, epoch, lock_grounds, created_at, updated_at, password_changed_at",
        " FROM accounts WHERE number_hash >= "
    ));
    out.push_bind_param::<Binary, _>(query.0)?;
    out.push_sql(" AND number_hash <= COALESCE((SELECT number_hash FROM accounts WHERE number_hash >= ");
    out.push_bind_param::<Binary, _>(query.0)?;
    out.push_sql(" ORDER BY number_hash LIMIT 1 OFFSET 63), ");
    out.push_bind_param::<Binary, _>(LAST)?;
    out.push_sql(") AND password_hash > '' ORDER BY number_hash LIMIT 1");
    Ok(())
});

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("id", &self.id).field("level", &self.level).field("state", &self.state).finish_non_exhaustive()
    }
}

#[derive(Queryable)]
pub(crate) struct Row {
    id: Vec<u8>,
    number_hash: Vec<u8>,
    kind: String,
    level: i16,
    state: String,
    password_hash: Option<String>,
    epoch: i64,
    lock_grounds: i32,
    created_at: i64,
    updated_at: i64,
    password_changed_at: Option<i64>,
}

impl TryFrom<Row> for Account {
    type Error = diesel::result::Error;

    fn try_from(row: Row) -> QueryResult<Self> {
        Ok(Self {
            id: id(&row.id)?,
            number_hash: NumberHash(hash32(&row.number_hash)?),
            kind: kind(&row.kind)?,
            level: level(row.level)?,
            state: state(&row.state)?,
            password_hash: row.password_hash,
            epoch: row.epoch,
            lock_grounds: lock_grounds(row.lock_grounds)?,
            created_at: from_ms(row.created_at),
            updated_at: from_ms(row.updated_at),
            password_changed_at: row.password_changed_at.map(from_ms),
        })
    }
}

pub(crate) fn lock_grounds(bits: i32) -> QueryResult<LockGrounds> {
    u8::try_from(bits).ok().and_then(LockGrounds::from_bits).ok_or_else(|| unreadable("lock grounds", bits))
}

pub(crate) fn level(number: i16) -> QueryResult<AccountLevel> {
    u8::try_from(number).ok().and_then(|number| AccountLevel::try_from(number).ok()).ok_or_else(|| unreadable("an account level", number))
}

pub(crate) fn kind_code(kind: HolderKind) -> &'static str {
    match kind {
        HolderKind::Citizen => "citizen",
        HolderKind::Foreigner => "foreigner",
    }
}

pub(crate) fn kind(code: &str) -> QueryResult<HolderKind> {
    match code {
        "citizen" => Ok(HolderKind::Citizen),
        "foreigner" => Ok(HolderKind::Foreigner),
        other => Err(unreadable("a kind of holder", other)),
    }
}

pub(crate) fn state_code(state: AccountState) -> &'static str {
    match state {
        AccountState::Requested => "requested",
        AccountState::IssuedNotActivated => "issued",
        AccountState::Active => "active",
    }
}

pub(crate) fn state(code: &str) -> QueryResult<AccountState> {
    match code {
        "requested" => Ok(AccountState::Requested),
        "issued" => Ok(AccountState::IssuedNotActivated),
        "active" => Ok(AccountState::Active),
        other => Err(unreadable("an account state", other)),
    }
}
