//! Consents: what a citizen allowed a client, as it stands and as it came to be (Law 91/2025 on personal data protection; provable).

use std::collections::BTreeSet;

use account_policy::AuthenticationLevel;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Text};
use oidc_provider::scope::Scope;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::columns::{from_json, from_ms, hash32, id, id_bytes, ms, to_json, unreadable};
use crate::grants::Grant;
use crate::schema::{consent_events, consents, usage_records};
use crate::{Db, Keyring, Place};

/// A standing consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Whose.
    pub account_id: Uuid,
    /// For whom.
    pub client_id: String,
    /// The scope agreed to.
    pub scope: Scope,
    /// Names of the single claims agreed to through the `claims` parameter.
    pub claims: BTreeSet<String>,
    /// SHA-256 of the purpose as it was shown; another purpose needs another consent.
    pub purpose_hash: [u8; 32],
    /// When.
    pub given_at: OffsetDateTime,
}

/// How a consent was given or withdrawn: what makes it provable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Time-ordered id of the event.
    pub event_id: Uuid,
    /// The language of the page.
    pub language: String,
    /// How strong the sign-in was.
    pub authentication_level: AuthenticationLevel,
    /// The sealed network address: [`Evidence::seal_address`].
    pub address: Vec<u8>,
}

impl Evidence {
    /// Seals an address for the event with this id.
    #[must_use]
    pub fn seal_address(keyring: &Keyring, event_id: Uuid, address: &str) -> Vec<u8> {
        keyring.seal(Place { table: "consent_events", row: id_bytes(&event_id), column: "address" }, address.as_bytes())
    }
}

impl Consent {
    /// SHA-256 of a purpose text.
    #[must_use]
    pub fn purpose_hash(purpose: &str) -> [u8; 32] {
        Sha256::digest(purpose.as_bytes()).into()
    }

    /// Whether a request asks for nothing beyond this consent.
    #[must_use]
    pub fn covers(&self, scope: &Scope, claims: &BTreeSet<String>, purpose_hash: &[u8; 32]) -> bool {
        scope.is_subset_of(&self.scope) && claims.is_subset(&self.claims) && *purpose_hash == self.purpose_hash
    }

    /// All standing consents of an account.
    ///
    /// # Errors
    /// Of the database.
    pub fn list(db: &mut Db, account: Uuid) -> QueryResult<Vec<Self>> {
        let rows: Vec<Row> = consents::table
            .filter(consents::account_id.eq(id_bytes(&account)))
            .filter(consents::withdrawn_at.is_null())
            .order(consents::client_id)
            .select(COLUMNS)
            .load(db)?;
        rows.into_iter().map(Self::try_from).collect()
    }

    /// Records a consent in place of the one before, and the event.
    ///
    /// # Errors
    /// Of the database.
    pub fn give(&self, db: &mut Db, evidence: &Evidence) -> QueryResult<()> {
        diesel::sql_query(
            "INSERT INTO consents (account_id, client_id, scope, claims, purpose_hash, given_at, grants_void_to) VALUES ($1, $2, $3, $4, $5, $6, $7) \
             ON CONFLICT (account_id, client_id) DO UPDATE SET scope = excluded.scope, claims = excluded.claims, \
             purpose_hash = excluded.purpose_hash, given_at = excluded.given_at, withdrawn_at = NULL",
        )
        .bind::<Binary, _>(id_bytes(&self.account_id))
        .bind::<Text, _>(&self.client_id)
        .bind::<Text, _>(self.scope.to_string())
        .bind::<Text, _>(to_json("claims", &self.claims)?)
        .bind::<Binary, _>(self.purpose_hash.as_slice())
        .bind::<BigInt, _>(ms(self.given_at))
        .bind::<BigInt, _>(0_i64)
        .execute(db)?;
        self.record(db, "given", evidence, self.given_at)
    }

    /// Withdraws a consent: grants made so far for this client are dead, and a later consent does not revive them.
    /// `false`: nothing stood.
    ///
    /// # Errors
    /// Of the database.
    pub fn withdraw(db: &mut Db, account: Uuid, client_id: &str, evidence: &Evidence, now: OffsetDateTime) -> QueryResult<bool> {
        let standing = consents::table.find((id_bytes(&account), client_id)).filter(consents::withdrawn_at.is_null());
        let Some(row) = standing.select(COLUMNS).get_result::<Row>(db).optional()? else { return Ok(false) };
        let consent = Self::try_from(row)?;
        let rows = diesel::update(standing).set((consents::withdrawn_at.eq(ms(now)), consents::grants_void_to.eq(ms(now)))).execute(db)?;
        if rows == 1 {
            revoke_grants_ahead(db, account, client_id, now)?;
            consent.record(db, "withdrawn", evidence, now)?;
        }
        Ok(rows == 1)
    }

    fn record(&self, db: &mut Db, action: &str, evidence: &Evidence, at: OffsetDateTime) -> QueryResult<()> {
        diesel::insert_into(consent_events::table)
            .values((
                consent_events::id.eq(id_bytes(&evidence.event_id)),
                consent_events::account_id.eq(id_bytes(&self.account_id)),
                consent_events::client_id.eq(&self.client_id),
                consent_events::at.eq(ms(at)),
                consent_events::action.eq(action),
                consent_events::scope.eq(self.scope.to_string()),
                consent_events::claims.eq(to_json("claims", &self.claims)?),
                consent_events::purpose_hash.eq(self.purpose_hash.as_slice()),
                consent_events::language.eq(&evidence.language),
                consent_events::authentication_level.eq(i16::from(evidence.authentication_level.number())),
                consent_events::address.eq(evidence.address.as_slice()),
            ))
            .execute(db)
            .map(drop)
    }
}

/// Revokes the grants that were made when the clock was ahead of what it says now: by their time they would outlive the withdrawal. The
/// usage history knows them.
fn revoke_grants_ahead(db: &mut Db, account: Uuid, client_id: &str, now: OffsetDateTime) -> QueryResult<()> {
    let ahead: Vec<Vec<u8>> = usage_records::table
        .filter(usage_records::account_id.eq(id_bytes(&account)))
        .filter(usage_records::client_id.eq(client_id))
        .filter(usage_records::at.gt(ms(now)))
        .select(usage_records::grant_id)
        .distinct()
        .load(db)?;
    for grant in ahead {
        Grant::revoke(db, id(&grant)?, client_id, Some(account), now)?;
    }
    Ok(())
}

pub(crate) type Columns =
    (consents::account_id, consents::client_id, consents::scope, consents::claims, consents::purpose_hash, consents::given_at);
pub(crate) const COLUMNS: Columns =
    (consents::account_id, consents::client_id, consents::scope, consents::claims, consents::purpose_hash, consents::given_at);

#[derive(Queryable)]
pub(crate) struct Row {
    account_id: Vec<u8>,
    client_id: String,
    scope: String,
    claims: String,
    purpose_hash: Vec<u8>,
    given_at: i64,
}

impl TryFrom<Row> for Consent {
    type Error = diesel::result::Error;

    fn try_from(row: Row) -> QueryResult<Self> {
        Ok(Self {
            account_id: id(&row.account_id)?,
            client_id: row.client_id,
            scope: row.scope.parse().map_err(|e| unreadable("a scope", e))?,
            claims: from_json("claims", &row.claims)?,
            purpose_hash: hash32(&row.purpose_hash)?,
            given_at: from_ms(row.given_at),
        })
    }
}
