//! Refresh-token families: one counter for each grant; the tokens themselves are computed, never stored (RFC 9700 §4.14.2).

use diesel::prelude::*;
use oidc_provider::refresh::{Rotation, rotate};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::Db;
use crate::columns::{from_ms, id, id_bytes, ms, unreadable};
use crate::connection::on;
use crate::grants::{Grant, LiveGrant};
use crate::rows::Hold;
use crate::schema::refresh_families;
use crate::usage::UsageRecord;

/// The refresh tokens of one grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Family {
    /// The grant, and the family's name in the token.
    pub grant_id: Uuid,
    /// The counter of the current token.
    pub counter: u32,
    /// When the current token was issued.
    pub rotated_at: OffsetDateTime,
    /// When the last token expires, however often it was rotated.
    pub expires_at: OffsetDateTime,
    /// When reuse ended it.
    pub revoked_at: Option<OffsetDateTime>,
}

/// What became of a rotation.
#[derive(Debug, Clone, PartialEq)]
pub enum Rotated {
    /// A new token with this counter; the presented one is used up.
    Next(u32, Box<Grant>),
    /// A retry within the window: the same successor again.
    Retry(u32, Box<Grant>),
    /// A used-up token came back: family and grant are revoked, durably.
    Reuse,
    /// The grant is not live, the family expired, or it is another client's. Nothing was written.
    Dead,
}

impl Family {
    /// Inserts it, in the transaction that inserts its grant.
    ///
    /// # Errors
    /// Of the database.
    pub fn insert(&self, db: &mut Db) -> QueryResult<()> {
        diesel::insert_into(refresh_families::table)
            .values((
                refresh_families::grant_id.eq(id_bytes(&self.grant_id)),
                refresh_families::counter.eq(i64::from(self.counter)),
                refresh_families::rotated_at.eq(ms(self.rotated_at)),
                refresh_families::expires_at.eq(ms(self.expires_at)),
                refresh_families::revoked_at.eq(self.revoked_at.map(ms)),
            ))
            .execute(db)
            .map(drop)
    }

    /// By grant, whatever became of it.
    ///
    /// # Errors
    /// Of the database.
    pub fn find(db: &mut Db, grant: Uuid) -> QueryResult<Option<Self>> {
        let family = refresh_families::table.find(id_bytes(&grant));
        on!(db, |connection| family.get_result::<Row>(connection)).optional()?.map(Self::try_from).transpose()
    }

    /// Rotates: one transaction that moves the counter and writes the usage record, or revokes, or does nothing. The usage
    /// record says which client and account ask; a family of others is [`Rotated::Dead`] for them and stays as it is.
    ///
    /// # Errors
    /// Of the database.
    pub fn rotate(
        db: &mut Db,
        grant_id: Uuid,
        presented: u32,
        now: OffsetDateTime,
        retry_window: Duration,
        usage: &UsageRecord,
    ) -> QueryResult<Rotated> {
        Hold::AccountShared.row(db, &usage.account_id)?;
        Hold::Family.row(db, &grant_id)?;
        let Some(LiveGrant(grant)) = LiveGrant::find(db, grant_id, now)? else { return Ok(Rotated::Dead) };
        let Some(family) = Self::find(db, grant_id)? else { return Ok(Rotated::Dead) };
        let theirs = grant.client_id == usage.client_id && grant.account_id == usage.account_id;
        if !theirs || family.revoked_at.is_some() || family.expires_at <= now {
            return Ok(Rotated::Dead);
        }
        match rotate(family.counter, family.rotated_at, presented, now, retry_window) {
            Rotation::Next(counter) => {
                family.advance(db, counter, now)?;
                usage.append(db)?;
                Ok(Rotated::Next(counter, Box::new(grant)))
            }
            Rotation::Retry(counter) => {
                usage.append(db)?;
                Ok(Rotated::Retry(counter, Box::new(grant)))
            }
            Rotation::Reuse => {
                family.revoke(db, now)?;
                Grant::revoke(db, grant_id, &grant.client_id, Some(grant.account_id), now)?;
                Ok(Rotated::Reuse)
            }
        }
    }

    fn advance(&self, db: &mut Db, counter: u32, now: OffsetDateTime) -> QueryResult<()> {
        let advance = diesel::update(refresh_families::table.find(id_bytes(&self.grant_id)))
            .set((refresh_families::counter.eq(i64::from(counter)), refresh_families::rotated_at.eq(ms(now))));
        on!(db, |connection| advance.execute(connection)).map(drop)
    }

    fn revoke(&self, db: &mut Db, now: OffsetDateTime) -> QueryResult<()> {
        diesel::update(refresh_families::table.find(id_bytes(&self.grant_id)))
            .set(refresh_families::revoked_at.eq(ms(now)))
            .execute(db)
            .map(drop)
    }
}

#[derive(Queryable)]
struct Row {
    grant_id: Vec<u8>,
    counter: i64,
    rotated_at: i64,
    expires_at: i64,
    revoked_at: Option<i64>,
}

impl TryFrom<Row> for Family {
    type Error = diesel::result::Error;

    fn try_from(row: Row) -> QueryResult<Self> {
        Ok(Self {
            grant_id: id(&row.grant_id)?,
            counter: u32::try_from(row.counter).map_err(|e| unreadable("a counter", e))?,
            rotated_at: from_ms(row.rotated_at),
            expires_at: from_ms(row.expires_at),
            revoked_at: row.revoked_at.map(from_ms),
        })
    }
}
