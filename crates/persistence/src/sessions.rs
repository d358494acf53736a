//! Sessions: a browser that was authenticated here. They survive a restart; their secret is stored by hash.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::Db;
use crate::columns::{from_ms, hash32, id, id_bytes, ms};
use crate::connection::written;
use crate::schema::sessions;

/// One session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Time-ordered id; `sid` of each client derives from it.
    pub id: Uuid,
    /// Whose.
    pub account_id: Uuid,
    /// SHA-256 of the cookie's secret.
    pub secret_hash: [u8; 32],
    /// The account's epoch when it was made; an older one is dead.
    pub epoch: i64,
    /// Since when.
    pub created_at: OffsetDateTime,
    /// For the idle limit.
    pub last_seen_at: OffsetDateTime,
    /// The absolute limit.
    pub expires_at: OffsetDateTime,
    /// When the password was proven.
    pub password_at: OffsetDateTime,
    /// When the holder's one-time code was proven.
    pub code_at: Option<OffsetDateTime>,
    /// When the guardian's one-time code was proven.
    pub guardian_code_at: Option<OffsetDateTime>,
    /// When it was ended by sign-out.
    pub ended_at: Option<OffsetDateTime>,
}

/// What a renewal changes: a new secret after every factor (session fixation), and the factors proven now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renewal {
    /// SHA-256 of the new secret.
    pub secret_hash: [u8; 32],
    /// Set when the password was proven again.
    pub password_at: Option<OffsetDateTime>,
    /// Set when the holder's code was proven.
    pub code_at: Option<OffsetDateTime>,
    /// Set when the guardian's code was proven.
    pub guardian_code_at: Option<OffsetDateTime>,
}

impl Session {
    /// Inserts it.
    ///
    /// # Errors
    /// Of the database.
    pub fn insert(&self, db: &mut Db) -> QueryResult<()> {
        diesel::insert_into(sessions::table)
            .values((
                sessions::id.eq(id_bytes(&self.id)),
                sessions::account_id.eq(id_bytes(&self.account_id)),
                sessions::secret_hash.eq(self.secret_hash.as_slice()),
                sessions::epoch.eq(self.epoch),
                sessions::created_at.eq(ms(self.created_at)),
                sessions::last_seen_at.eq(ms(self.last_seen_at)),
                sessions::expires_at.eq(ms(self.expires_at)),
                sessions::password_at.eq(ms(self.password_at)),
                sessions::code_at.eq(self.code_at.map(ms)),
                sessions::guardian_code_at.eq(self.guardian_code_at.map(ms)),
                sessions::ended_at.eq(self.ended_at.map(ms)),
            ))
            .execute(db)
            .map(drop)
    }

    /// By id, whatever became of it.
    ///
    /// # Errors
    /// Of the database.
    pub fn find(db: &mut Db, session: Uuid) -> QueryResult<Option<Self>> {
        sessions::table.find(id_bytes(&session)).get_result::<Row>(db).optional()?.map(Self::try_from).transpose()
    }

    /// Gives a live session a new secret and records the factors proven now. `false`: it was ended meanwhile.
    ///
    /// # Errors
    /// Of the database.
    pub fn renew(db: &mut Db, session: Uuid, renewal: &Renewal, now: OffsetDateTime) -> QueryResult<bool> {
        let Some(old) = Self::find(db, session)? else { return Ok(false) };
        diesel::update(sessions::table.filter(sessions::id.eq(id_bytes(&session))).filter(sessions::ended_at.is_null()))
            .set((
                sessions::secret_hash.eq(renewal.secret_hash.as_slice()),
                sessions::last_seen_at.eq(ms(now)),
                sessions::password_at.eq(ms(renewal.password_at.unwrap_or(old.password_at))),
                sessions::code_at.eq(renewal.code_at.or(old.code_at).map(ms)),
                sessions::guardian_code_at.eq(renewal.guardian_code_at.or(old.guardian_code_at).map(ms)),
            ))
            .execute(db)
            .map(|rows| rows == 1)
    }

    /// Begins a live session anew by its id after the holder signed in again: new secret, factors counted from now, new limits, so that
    /// `auth_time` is the new one while grants of other portals stay bound to it. `false`: it was ended meanwhile.
    ///
    /// # Errors
    /// Of the database.
    pub fn restart(&self, db: &mut Db) -> QueryResult<bool> {
        let live = sessions::table
            .filter(sessions::id.eq(id_bytes(&self.id)))
            .filter(sessions::account_id.eq(id_bytes(&self.account_id)))
            .filter(sessions::ended_at.is_null());
        diesel::update(live)
            .set((
                sessions::secret_hash.eq(self.secret_hash.as_slice()),
                sessions::epoch.eq(self.epoch),
                sessions::last_seen_at.eq(ms(self.last_seen_at)),
                sessions::expires_at.eq(ms(self.expires_at)),
                sessions::password_at.eq(ms(self.password_at)),
                sessions::code_at.eq(self.code_at.map(ms)),
                sessions::guardian_code_at.eq(self.guardian_code_at.map(ms)),
            ))
            .execute(db)
            .map(|rows| rows == 1)
    }

    /// Moves the idle limit; never backwards.
    ///
    /// # Errors
    /// Of the database.
    pub fn touch(db: &mut Db, session: Uuid, now: OffsetDateTime) -> QueryResult<()> {
        diesel::update(sessions::table.filter(sessions::id.eq(id_bytes(&session))).filter(sessions::last_seen_at.lt(ms(now))))
            .set(sessions::last_seen_at.eq(ms(now)))
            .execute(db)
            .map(drop)
    }

    /// Ends it; `false` when it had ended or never was.
    ///
    /// # Errors
    /// Of the database.
    pub fn end(db: &mut Db, session: Uuid, now: OffsetDateTime) -> QueryResult<bool> {
        diesel::update(sessions::table.filter(sessions::id.eq(id_bytes(&session))).filter(sessions::ended_at.is_null()))
            .set(sessions::ended_at.eq(ms(now)))
            .execute(db)
            .map(|rows| rows == 1)
    }

    /// Ends every session of an account; answers how many.
    ///
    /// # Errors
    /// Of the database.
    pub fn end_all_of(db: &mut Db, account: Uuid, now: OffsetDateTime) -> QueryResult<usize> {
        diesel::update(sessions::table.filter(sessions::account_id.eq(id_bytes(&account))).filter(sessions::ended_at.is_null()))
            .set(sessions::ended_at.eq(ms(now)))
            .execute(db)
    }
}

/// The columns of [`Row`].
macro_rules! columns {
    () => {
        "sessions.id, sessions.account_id, sessions.secret_hash, sessions.epoch, sessions.created_at, sessions.last_seen_at, \
         sessions.expires_at, sessions.password_at, sessions.code_at, sessions.guardian_code_at, sessions.ended_at"
    };
}

/// The session beside its account.
macro_rules! beside {
    () => {
        " FROM sessions JOIN accounts ON accounts.id = sessions.account_id"
    };
}
pub(crate) use {beside, columns};

/// The session with this id, if it may be used: not ended, neither limit reached, its epoch the account's. `seen_after` is where the idle limit lies.
pub(crate) struct Live<'a> {
    pub session: &'a [u8],
    pub now: i64,
    pub seen_after: i64,
}

written!(Live, |live, out| {
    out.push_sql(" WHERE sessions.id = ");
    out.push_bind_param::<Binary, _>(live.session)?;
    out.push_sql(" AND sessions.expires_at > ");
    out.push_bind_param::<BigInt, _>(&live.now)?;
    out.push_sql(" AND sessions.last_seen_at > ");
    out.push_bind_param::<BigInt, _>(&live.seen_after)?;
    out.push_sql(" AND sessions.epoch = accounts.epoch");
    out.push_sql(" AND sessions.ended_at IS NULL");
    Ok(())
});

#[derive(Queryable)]
pub(crate) struct Row {
    id: Vec<u8>,
    account_id: Vec<u8>,
    secret_hash: Vec<u8>,
    epoch: i64,
    created_at: i64,
    last_seen_at: i64,
    expires_at: i64,
    password_at: i64,
    code_at: Option<i64>,
    guardian_code_at: Option<i64>,
    ended_at: Option<i64>,
}

impl TryFrom<Row> for Session {
    type Error = diesel::result::Error;

    fn try_from(row: Row) -> QueryResult<Self> {
        Ok(Self {
            id: id(&row.id)?,
            account_id: id(&row.account_id)?,
            secret_hash: hash32(&row.secret_hash)?,
            epoch: row.epoch,
            created_at: from_ms(row.created_at),
            last_seen_at: from_ms(row.last_seen_at),
            expires_at: from_ms(row.expires_at),
            password_at: from_ms(row.password_at),
            code_at: row.code_at.map(from_ms),
            guardian_code_at: row.guardian_code_at.map(from_ms),
            ended_at: row.ended_at.map(from_ms),
        })
    }
}
