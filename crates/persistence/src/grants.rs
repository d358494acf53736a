//! Grants: what one redeemed code gave. The primary key is the judge of "once" (design section 9): a code carries its grant id
//! from birth, and whoever inserts that row first has redeemed it.

use diesel::dsl::Nullable;
use diesel::prelude::*;
use diesel::sql_types::{self, BigInt, Binary, Text};
use oidc_provider::authorization::Authentication;
use oidc_provider::claims_request::ClaimsRequest;
use oidc_provider::scope::Scope;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::Db;
use crate::columns::{from_json, from_ms, id, id_bytes, ms, to_json, unreadable};
use crate::connection::{on, written};
use crate::refresh_families::Family;
use crate::rows::Hold;
use crate::schema::{accounts, consents, grants, sessions};
use crate::usage::UsageRecord;

/// How long the tombstone of a code that was never redeemed stays: far beyond the life of a code.
const TOMBSTONE_LIFETIME: Duration = Duration::DAY;

/// One grant.
#[derive(Debug, Clone, PartialEq)]
pub struct Grant {
    /// The `grant_id` the code carried: time-ordered.
    pub id: Uuid,
    /// Who granted.
    pub account_id: Uuid,
    /// To whom.
    pub client_id: String,
    /// The session it came from.
    pub session_id: Option<Uuid>,
    /// What was granted.
    pub scope: Scope,
    /// The `claims` parameter of the request.
    pub claims: ClaimsRequest,
    /// How the citizen was authenticated, as the client may see it.
    pub authentication: Authentication,
    /// The account's epoch when the code was issued.
    pub epoch: i64,
    /// When the code was redeemed.
    pub created_at: OffsetDateTime,
    /// When the last token of it expires.
    pub expires_at: OffsetDateTime,
}

/// What became of a redemption.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redemption {
    /// Redeemed: grant, family and usage record are there.
    Done,
    /// The code was redeemed or its grant revoked before. The grant is revoked now, whichever came first (RFC 6749 §4.1.2).
    AlreadyRedeemed,
    /// The account was locked or its password changed, or the session ended, since the code was issued. Nothing was written.
    Void,
}

impl Grant {
    /// Redeems a code: one transaction that inserts grant, refresh family and usage record, or nothing.
    ///
    /// # Errors
    /// Of the database.
    pub fn redeem(db: &mut Db, grant: &Self, family: Option<&Family>, usage: &UsageRecord) -> QueryResult<Redemption> {
        if !may_be_redeemed(db, grant)? {
            return Ok(Redemption::Void);
        }
        if !grant.insert(db)? && !grant.fill_tombstone(db)? {
            Self::revoke(db, grant.id, &grant.client_id, Some(grant.account_id), grant.created_at)?;
            return Ok(Redemption::AlreadyRedeemed);
        }
        if let Some(family) = family {
            family.insert(db)?;
        }
        usage.append(db)?;
        Ok(Redemption::Done)
    }

    /// Revokes a grant for good, also one that no code was redeemed for yet: then what its code is redeemed for never lives. Another client's
    /// grant is left alone. Answers whether anything changed.
    ///
    /// # Errors
    /// Of the database.
    pub fn revoke(db: &mut Db, grant: Uuid, client_id: &str, account: Option<Uuid>, now: OffsetDateTime) -> QueryResult<bool> {
        diesel::sql_query(
            "INSERT INTO grants (id, account_id, client_id, scope, claims, authentication, epoch, created_at, expires_at, revoked_at) \
             VALUES ($1, $2, $3, '', '', '', 0, $4, $5, $4) \
             ON CONFLICT (id) DO UPDATE SET revoked_at = $4 WHERE grants.revoked_at IS NULL AND grants.client_id = $3",
        )
        .bind::<Binary, _>(id_bytes(&grant))
        .bind::<sql_types::Nullable<Binary>, _>(account.map(|account| account.as_bytes().to_vec()))
        .bind::<Text, _>(client_id)
        .bind::<BigInt, _>(ms(now))
        .bind::<BigInt, _>(ms(now.saturating_add(TOMBSTONE_LIFETIME)))
        .execute(db)
        .map(|rows| rows == 1)
    }

    /// Revokes a grant for good if it was redeemed, and by this client; anything else is left alone. Answers whether anything changed.
    ///
    /// # Errors
    /// Of the database.
    pub fn revoke_redeemed(db: &mut Db, grant: Uuid, client_id: &str, now: OffsetDateTime) -> QueryResult<bool> {
        let redeemed = grants::table.find(id_bytes(&grant)).filter(grants::client_id.eq(client_id)).filter(grants::revoked_at.is_null());
        diesel::update(redeemed).set(grants::revoked_at.eq(ms(now))).execute(db).map(|rows| rows == 1)
    }

    /// `false`: a row with this id is there, a grant or a tombstone.
    fn insert(&self, db: &mut Db) -> QueryResult<bool> {
        let values = Written::of(self)?;
        // ON CONFLICT does not go through `Db`, and `sql_query` would be prepared anew each time on the hottest path of all.
        let insert = diesel::insert_into(grants::table).values(&values).on_conflict(grants::id).do_nothing();
        on!(db, |connection| insert.execute(connection)).map(|rows| rows == 1)
    }

    /// Writes the grant over the tombstone of its own code, which was used again before this first use came to be written. The first
    /// wins, exactly once, but what it wins is revoked already: `revoked_at` stays. `false`: no such tombstone.
    fn fill_tombstone(&self, db: &mut Db) -> QueryResult<bool> {
        let tombstone = grants::table
            .filter(grants::id.eq(id_bytes(&self.id)))
            .filter(grants::client_id.eq(&self.client_id))
            .filter(grants::authentication.eq(""));
        diesel::update(tombstone).set(&Written::of(self)?).execute(db).map(|rows| rows == 1)
    }

    /// Whether it outlives the session (OpenID Connect Core §11).
    #[must_use]
    pub fn is_offline(&self) -> bool {
        self.scope.contains("offline_access")
    }
}

/// A grant whose tokens are valid: not revoked or expired, the account's epoch unchanged, consent not withdrawn since, and its
/// session open unless the grant is offline.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveGrant(pub Grant);

impl LiveGrant {
    /// Finds a grant if it is live: one joined read by primary keys. Every use of an access token asks this.
    ///
    /// # Errors
    /// Of the database.
    pub fn find(db: &mut Db, grant: Uuid, now: OffsetDateTime) -> QueryResult<Option<Self>> {
        let query = LiveQuery(Live { grant: id_bytes(&grant), now: ms(now) });
        on!(db, |connection| query.get_result::<LiveRow>(connection)).optional()?.map(Self::of_row).transpose().map(Option::flatten)
    }

    /// The live grant of a row of [`Live`], if session and consent stand too.
    pub(crate) fn of_row((row, session, void_to): LiveRow) -> QueryResult<Option<Self>> {
        let grant = Grant::try_from(row)?;
        let open = grant.session_id.is_none() || session.is_some_and(|(_, ended_at)| ended_at.is_none());
        let consented = void_to.is_none_or(|void_to| ms(grant.created_at) > void_to);
        Ok((consented && (open || grant.is_offline())).then_some(Self(grant)))
    }
}

pub(crate) type LiveRow = (Row, Option<(Vec<u8>, Option<i64>)>, Option<i64>);
pub(crate) type LiveColumns =
    (<grants::table as Table>::AllColumns, Nullable<(sessions::id, sessions::ended_at)>, Nullable<consents::grants_void_to>);

/// The columns of [`LiveRow`].
macro_rules! columns {
    () => {
        "grants.id, grants.account_id, grants.client_id, grants.session_id, grants.scope, grants.claims, grants.authentication, \
         grants.epoch, grants.created_at, grants.expires_at, grants.revoked_at, sessions.id, sessions.ended_at, consents.grants_void_to"
    };
}

/// The grant beside its account, session and consent.
macro_rules! beside {
    () => {
        " FROM grants JOIN accounts ON accounts.id = grants.account_id LEFT JOIN sessions ON sessions.id = grants.session_id \
         LEFT JOIN consents ON consents.account_id = accounts.id AND consents.client_id = grants.client_id"
    };
}
pub(crate) use {beside, columns};

/// The grant with this id, if it and its account's epoch are alive.
pub(crate) struct Live<'a> {
    pub grant: &'a [u8],
    pub now: i64,
}

written!(Live, |live, out| {
    out.push_sql(" WHERE grants.id = ");
    out.push_bind_param::<Binary, _>(live.grant)?;
    out.push_sql(" AND grants.expires_at > ");
    out.push_bind_param::<BigInt, _>(&live.now)?;
    out.push_sql(" AND grants.epoch = accounts.epoch");
    out.push_sql(" AND grants.revoked_at IS NULL");
    Ok(())
});

struct LiveQuery<'a>(Live<'a>);

written!(LiveQuery -> LiveColumns, |query, out| {
    out.push_sql(concat!("SELECT ", columns!(), beside!()));
    query.0.walk_ast(out)
});

/// A grant's row as it is inserted, or written over its tombstone, whose `revoked_at` stays.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = grants, treat_none_as_null = true)]
struct Written<'a> {
    id: &'a [u8],
    account_id: &'a [u8],
    client_id: &'a str,
    session_id: Option<&'a [u8]>,
    scope: String,
    claims: String,
    authentication: String,
    epoch: i64,
    created_at: i64,
    expires_at: i64,
}

impl<'a> Written<'a> {
    fn of(grant: &'a Grant) -> QueryResult<Self> {
        Ok(Self {
            id: id_bytes(&grant.id),
            account_id: id_bytes(&grant.account_id),
            client_id: &grant.client_id,
            session_id: grant.session_id.as_ref().map(id_bytes),
            scope: grant.scope.to_string(),
            claims: to_json("a claims request", &grant.claims)?,
            authentication: to_json("an authentication", &grant.authentication)?,
            epoch: grant.epoch,
            created_at: ms(grant.created_at),
            expires_at: ms(grant.expires_at),
        })
    }
}

/// The account's epoch is the code's and the session has not ended; both are held until the commit.
fn may_be_redeemed(db: &mut Db, grant: &Grant) -> QueryResult<bool> {
    Hold::AccountShared.row(db, &grant.account_id)?;
    let epoch = accounts::table.find(id_bytes(&grant.account_id)).select(accounts::epoch);
    let epoch = on!(db, |connection| epoch.get_result::<i64>(connection)).optional()?;
    let Some(session) = grant.session_id else { return Ok(epoch == Some(grant.epoch)) };
    Hold::SessionShared.row(db, &session)?;
    let ended = sessions::table.find(id_bytes(&session)).select(sessions::ended_at);
    let ended = on!(db, |connection| ended.get_result::<Option<i64>>(connection)).optional()?;
    Ok(epoch == Some(grant.epoch) && ended == Some(None))
}

#[derive(Queryable)]
pub(crate) struct Row {
    id: Vec<u8>,
    account_id: Option<Vec<u8>>,
    client_id: String,
    session_id: Option<Vec<u8>>,
    scope: String,
    claims: String,
    authentication: String,
    epoch: i64,
    created_at: i64,
    expires_at: i64,
    #[allow(dead_code)] // a row that is read is not revoked
    revoked_at: Option<i64>,
}

impl TryFrom<Row> for Grant {
    type Error = diesel::result::Error;

    fn try_from(row: Row) -> QueryResult<Self> {
        Ok(Self {
            id: id(&row.id)?,
            account_id: id(&row.account_id.ok_or_else(|| unreadable("a grant", "it has no account"))?)?,
            client_id: row.client_id,
            session_id: row.session_id.as_deref().map(id).transpose()?,
            scope: row.scope.parse().map_err(|e| unreadable("a scope", e))?,
            claims: from_json("a claims request", &row.claims)?,
            authentication: from_json("an authentication", &row.authentication)?,
            epoch: row.epoch,
            created_at: from_ms(row.created_at),
            expires_at: from_ms(row.expires_at),
        })
    }
}
