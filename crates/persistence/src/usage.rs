//! The usage history: who learned what about whom, when, from where (Decree 69/2024 Art. 17.2: kept at least five years).
//! A record is written in the transaction that lets the data go.

use diesel::prelude::*;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::columns::{from_json, from_ms, id, id_bytes, ms, to_json, unreadable};
use crate::connection::on;
use crate::schema::usage_records;
use crate::{Db, Keyring, Place, Unsealable};

/// What let the data go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsageKind {
    /// A redeemed code.
    Code,
    /// A refresh.
    Refresh,
}

/// One record; it names every attribute its tokens can release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageRecord {
    /// Time-ordered id.
    pub id: Uuid,
    /// The grant.
    pub grant_id: Uuid,
    /// About whom.
    pub account_id: Uuid,
    /// To whom.
    pub client_id: String,
    /// When.
    pub at: OffsetDateTime,
    /// By what.
    pub kind: UsageKind,
    /// Names of the attributes (`account_policy::Attribute::name`).
    pub attributes: Vec<String>,
    /// Account level at that time, 1–2.
    pub account_level: i16,
    /// Authentication level of the sign-in, 1–4.
    pub authentication_level: i16,
    /// The `acr` that was answered.
    pub acr: String,
    /// The sealed network address: [`UsageRecord::seal_address`].
    pub address: Vec<u8>,
}

impl UsageRecord {
    /// Seals the address of the record with this id.
    #[must_use]
    pub fn seal_address(keyring: &Keyring, id: Uuid, address: &str) -> Vec<u8> {
        keyring.seal(place(&id), address.as_bytes())
    }

    /// The address in plain.
    ///
    /// # Errors
    /// [`Unsealable`].
    pub fn unseal_address(&self, keyring: &Keyring) -> Result<String, Unsealable> {
        keyring.unseal(place(&self.id), &self.address).map(|plain| String::from_utf8_lossy(&plain).into_owned())
    }

    /// Appends it.
    ///
    /// # Errors
    /// Of the database.
    pub fn append(&self, db: &mut Db) -> QueryResult<()> {
        let row = diesel::insert_into(usage_records::table).values((
            usage_records::id.eq(id_bytes(&self.id)),
            usage_records::grant_id.eq(id_bytes(&self.grant_id)),
            usage_records::account_id.eq(id_bytes(&self.account_id)),
            usage_records::client_id.eq(&self.client_id),
            usage_records::at.eq(ms(self.at)),
            usage_records::kind.eq(self.kind.code()),
            usage_records::attributes.eq(to_json("attributes", &self.attributes)?),
            usage_records::account_level.eq(self.account_level),
            usage_records::authentication_level.eq(self.authentication_level),
            usage_records::acr.eq(&self.acr),
            usage_records::address.eq(self.address.as_slice()),
        ));
        on!(db, |connection| row.execute(connection)).map(drop)
    }

    /// A page of an account's history, newest first, before the last id of the page before.
    ///
    /// # Errors
    /// Of the database.
    pub fn list(db: &mut Db, account: Uuid, before: Option<Uuid>, limit: i64) -> QueryResult<Vec<Self>> {
        let before = before.unwrap_or(Uuid::max());
        let rows: Vec<Row> = usage_records::table
            .filter(usage_records::account_id.eq(id_bytes(&account)))
            .filter(usage_records::id.lt(id_bytes(&before)))
            .order(usage_records::id.desc())
            .limit(limit)
            .load(db)?;
        rows.into_iter().map(Self::try_from).collect()
    }
}

impl UsageKind {
    fn code(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Refresh => "refresh",
        }
    }
}

fn place(id: &Uuid) -> Place<'_> {
    Place { table: "usage_records", row: id_bytes(id), column: "address" }
}

#[derive(Queryable)]
struct Row {
    id: Vec<u8>,
    grant_id: Vec<u8>,
    account_id: Vec<u8>,
    client_id: String,
    at: i64,
    kind: String,
    attributes: String,
    account_level: i16,
    authentication_level: i16,
    acr: String,
    address: Vec<u8>,
}

impl TryFrom<Row> for UsageRecord {
    type Error = diesel::result::Error;

    fn try_from(row: Row) -> QueryResult<Self> {
        Ok(Self {
            id: id(&row.id)?,
            grant_id: id(&row.grant_id)?,
            account_id: id(&row.account_id)?,
            client_id: row.client_id,
            at: from_ms(row.at),
            kind: match row.kind.as_str() {
                "code" => UsageKind::Code,
                "refresh" => UsageKind::Refresh,
                other => return Err(unreadable("a kind of usage", other)),
            },
            attributes: from_json("attributes", &row.attributes)?,
            account_level: row.account_level,
            authentication_level: row.authentication_level,
            acr: row.acr,
            address: row.address,
        })
    }
}
