//! What one use needs to know, in one read: who is behind a session, a grant or an account, and what they agreed to with the client.
//! A child's guardian is a second read (Decree 69/2024 Art. 14.2).

use diesel::dsl::Nullable;
use diesel::prelude::*;
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

use crate::columns::{id_bytes, ms};
use crate::connection::on;
use crate::consents::{self, Consent};
use crate::grants::{self, Grant, LiveGrant, LiveRow};
use crate::holders::{self, Holder, HolderRow};
use crate::schema::{accounts, consents as consents_table, guardians, identities, sessions as sessions_table};
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
    /// By the session's id, only while [`Session::find_live`] would find it.
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
        let agreed = consents_table::account_id.eq(accounts::id).and(consents_table::client_id.eq(client_id));
        let query = sessions::live(id_bytes(&session), ms(now), ms(now.saturating_sub(idle)))
            .inner_join(identities::table.on(identities::account_id.eq(accounts::id)))
            .left_join(guardians::table.on(guardians::account_id.eq(accounts::id)))
            .left_join(consents_table::table.on(agreed.and(consents_table::withdrawn_at.is_null())))
            .select((sessions_table::all_columns, holders::columns(), agreement()));
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
        let query = grants::live(id_bytes(&grant), ms(now))
            .inner_join(identities::table.on(identities::account_id.eq(accounts::id)))
            .left_join(guardians::table.on(guardians::account_id.eq(accounts::id)))
            .select((grants::columns(), holders::columns(), agreement(), consents_table::withdrawn_at.nullable()));
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
        let agreed = consents_table::account_id.eq(accounts::id).and(consents_table::client_id.eq(client_id));
        let query = accounts::table
            .inner_join(identities::table.on(identities::account_id.eq(accounts::id)))
            .left_join(guardians::table.on(guardians::account_id.eq(accounts::id)))
            .left_join(consents_table::table.on(agreed.and(consents_table::withdrawn_at.is_null())))
            .filter(accounts::id.eq(id_bytes(&account)))
            .select((holders::columns(), agreement()));
        let found = on!(db, |connection| query.get_result::<(HolderRow, Agreement)>(connection)).optional()?;
        let Some((holder, consent)) = found else { return Ok(None) };
        Ok(Some(Self { holder: Holder::of_row(db, keyring, holder, on)?, consent: consent_of(consent)? }))
    }
}

type Agreement = Option<consents::Row>;

fn agreement() -> Nullable<consents::Columns> {
    consents::COLUMNS.nullable()
}

fn consent_of(row: Agreement) -> QueryResult<Option<Consent>> {
    row.map(Consent::try_from).transpose()
}
