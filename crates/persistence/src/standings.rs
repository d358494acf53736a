//! What one use needs to know, in one read: who is behind a session, a grant or an account, and what they agreed to with the client.
//! A child's guardian is a second read (Decree 69/2024 Art. 14.2).

use diesel::dsl::Nullable;
use diesel::prelude::*;
use diesel::sql_types::{Binary, Text};
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

use crate::columns::{id_bytes, ms};
use crate::connection::{on, written};
use crate::consents::{self, Consent};
use crate::grants::{self, Grant, LiveGrant, LiveRow};
use crate::holders::{self, Holder, HolderRow};
use crate::schema::{consents as consents_table, sessions as sessions_table};
use crate::sessions::{self, Session};
use crate::{Db, Keyring};

/// A session that may be used, its holder, and what was agreed with one client.
#[derive(Debug, Clone)]
pub struct SessionStanding {
    /// The session. The caller compares the secret.
    pub session: Session,
    /// The account, with the facts of the day, and the person.
    pub holder: Holder,
    /// What was agreed with the client, if it was not withdrawn.
    pub consent: Option<Consent>,
}

/// A grant whose tokens are valid, its holder, and what was agreed with its client.
#[derive(Debug, Clone)]
pub struct GrantStanding {
    /// The grant.
    pub grant: Grant,
    /// The account, with the facts of the day, and the person.
    pub holder: Holder,
    /// What was agreed with the client, if it was not withdrawn.
    pub consent: Option<Consent>,
}

/// An account, and what was agreed with one client.
#[derive(Debug, Clone)]
pub struct AccountStanding {
    /// The account, with the facts of the day, and the person.
    pub holder: Holder,
    /// What was agreed with the client, if it was not withdrawn.
    pub consent: Option<Consent>,
}

impl SessionStanding {
    /// By the session's id, only if it may be used: not ended, neither limit reached, its epoch the account's.
    ///
    /// # Errors
    /// Of the database; also when the person does not unseal.
    pub fn find(
        db: &mut Db,
        keyring: &Keyring,
        session: Uuid,
        client_id: &str,
        now: OffsetDateTime,
        idle: Duration,
        on: Date,
    ) -> QueryResult<Option<Self>> {
        let live = sessions::Live { session: id_bytes(&session), now: ms(now), seen_after: ms(now.saturating_sub(idle)) };
        let query = SessionQuery { live, client_id };
        let found = on!(db, |connection| query.get_result::<(sessions::Row, HolderRow, Agreement)>(connection)).optional()?;
        let Some((session, holder, consent)) = found else { return Ok(None) };
        Ok(Some(Self { session: session.try_into()?, holder: Holder::of_row(db, keyring, holder, on)?, consent: consent_of(consent)? }))
    }
}

impl GrantStanding {
    /// By the grant's id, only while [`LiveGrant::find`] would find it.
    ///
    /// # Errors
    /// Of the database; also when the person does not unseal.
    pub fn find(db: &mut Db, keyring: &Keyring, grant: Uuid, now: OffsetDateTime, on: Date) -> QueryResult<Option<Self>> {
        let query = GrantQuery { live: grants::Live { grant: id_bytes(&grant), now: ms(now) } };
        let found = on!(db, |connection| query.get_result::<(LiveRow, HolderRow, Agreement, Option<i64>)>(connection)).optional()?;
        let Some((grant, holder, consent, withdrawn_at)) = found else { return Ok(None) };
        let Some(LiveGrant(grant)) = LiveGrant::of_row(grant)? else { return Ok(None) };
        let consent = consent_of(consent.filter(|_| withdrawn_at.is_none()))?;
        Ok(Some(Self { grant, holder: Holder::of_row(db, keyring, holder, on)?, consent }))
    }
}

impl AccountStanding {
    /// By the account's id.
    ///
    /// # Errors
    /// Of the database; also when the person does not unseal.
    pub fn find(db: &mut Db, keyring: &Keyring, account: Uuid, client_id: &str, on: Date) -> QueryResult<Option<Self>> {
        let query = AccountQuery { account: id_bytes(&account), client_id };
        let found = on!(db, |connection| query.get_result::<(HolderRow, Agreement)>(connection)).optional()?;
        let Some((holder, consent)) = found else { return Ok(None) };
        Ok(Some(Self { holder: Holder::of_row(db, keyring, holder, on)?, consent: consent_of(consent)? }))
    }
}

type Agreement = Option<consents::Row>;
type AgreementColumns = Nullable<consents::Columns>;

fn consent_of(row: Agreement) -> QueryResult<Option<Consent>> {
    row.map(Consent::try_from).transpose()
}

/// The columns of [`Agreement`].
macro_rules! agreement {
    () => {
        "consents.account_id, consents.client_id, consents.scope, consents.claims, consents.purpose_hash, consents.given_at"
    };
}

/// The consent that stands with the client whose id is bound next.
macro_rules! agreed {
    () => {
        " LEFT JOIN consents ON consents.account_id = accounts.id AND consents.withdrawn_at IS NULL AND consents.client_id = "
    };
}

struct SessionQuery<'a> {
    live: sessions::Live<'a>,
    client_id: &'a str,
}

written!(SessionQuery -> (<sessions_table::table as Table>::AllColumns, holders::Columns, AgreementColumns), |query, out| {
    out.push_sql(concat!("SELECT ", sessions::columns!(), ", ", holders::columns!(), ", ", agreement!()));
    out.push_sql(concat!(sessions::beside!(), holders::joined!(), agreed!()));
    out.push_bind_param::<Text, _>(query.client_id)?;
    query.live.walk_ast(out)
});

struct GrantQuery<'a> {
    live: grants::Live<'a>,
}

written!(GrantQuery -> (grants::LiveColumns, holders::Columns, AgreementColumns, Nullable<consents_table::withdrawn_at>), |query, out| {
    out.push_sql(concat!("SELECT ", grants::columns!(), ", ", holders::columns!(), ", ", agreement!(), ", consents.withdrawn_at"));
    out.push_sql(concat!(grants::beside!(), holders::joined!()));
    query.live.walk_ast(out)
});

struct AccountQuery<'a> {
    account: &'a [u8],
    client_id: &'a str,
}

written!(AccountQuery -> (holders::Columns, AgreementColumns), |query, out| {
    out.push_sql(concat!("SELECT ", holders::columns!(), ", ", agreement!(), " FROM accounts", holders::joined!(), agreed!()));
    out.push_bind_param::<Text, _>(query.client_id)?;
    out.push_sql(" WHERE accounts.id = ");
    out.push_bind_param::<Binary, _>(query.account)
});
