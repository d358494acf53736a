//! Clients: the registered service portals, as documents.

use diesel::prelude::*;
use oidc_provider::client::Client;
use time::OffsetDateTime;

use crate::Db;
use crate::columns::{from_json, from_ms, ms, to_json, unreadable};
use crate::schema::clients;

/// Who may change a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The configuration file, and only it.
    File,
    /// Administration.
    Admin,
}

/// A registered client.
#[derive(Debug, Clone, PartialEq)]
pub struct ClientRecord {
    /// The client. Its `sector` is the one stored at registration.
    pub client: Client,
    /// Who may change it.
    pub origin: Origin,
    /// Since when it is refused.
    pub disabled_at: Option<OffsetDateTime>,
    /// When it was registered.
    pub created_at: OffsetDateTime,
    /// When it changed last.
    pub updated_at: OffsetDateTime,
}

/// What became of an upsert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upserted {
    /// New.
    Created,
    /// Changed.
    Updated,
    /// As it was.
    Unchanged,
    /// It belongs to the other origin; nothing was changed.
    OtherOrigin(Origin),
}

impl ClientRecord {
    /// By `client_id`, disabled or not.
    ///
    /// # Errors
    /// Of the database.
    pub fn find(db: &mut Db, client_id: &str) -> QueryResult<Option<Self>> {
        clients::table.find(client_id).get_result::<Row>(db).optional()?.map(Self::try_from).transpose()
    }

    /// All clients by `client_id`.
    ///
    /// # Errors
    /// Of the database.
    pub fn list(db: &mut Db) -> QueryResult<Vec<Self>> {
        let rows: Vec<Row> = clients::table.order(clients::client_id).load(db)?;
        rows.into_iter().map(Self::try_from).collect()
    }

    /// Registers or changes a client. The sector of its first registration stays for ever, since every pairwise `sub` hangs on it.
    ///
    /// # Errors
    /// Of the database.
    pub fn upsert(db: &mut Db, client: &Client, origin: Origin, now: OffsetDateTime) -> QueryResult<Upserted> {
        let Some(stored) = Self::find(db, &client.client_id)? else {
            insert(db, client, origin, now)?;
            return Ok(Upserted::Created);
        };
        if stored.origin != origin {
            return Ok(Upserted::OtherOrigin(stored.origin));
        }
        let client = Client { sector: stored.client.sector.clone(), ..client.clone() };
        if client == stored.client {
            return Ok(Upserted::Unchanged);
        }
        diesel::update(clients::table.find(&client.client_id))
            .set((clients::document.eq(to_json("a client", &client)?), clients::updated_at.eq(ms(now))))
            .execute(db)?;
        Ok(Upserted::Updated)
    }

    /// Refuses a client from now on; `false` when it was disabled or is unknown.
    ///
    /// # Errors
    /// Of the database.
    pub fn disable(db: &mut Db, client_id: &str, now: OffsetDateTime) -> QueryResult<bool> {
        diesel::update(clients::table.filter(clients::client_id.eq(client_id)).filter(clients::disabled_at.is_null()))
            .set((clients::disabled_at.eq(ms(now)), clients::updated_at.eq(ms(now))))
            .execute(db)
            .map(|rows| rows == 1)
    }

    /// Takes a disabled client back; `false` when it was not disabled or is unknown.
    ///
    /// # Errors
    /// Of the database.
    pub fn enable(db: &mut Db, client_id: &str, now: OffsetDateTime) -> QueryResult<bool> {
        diesel::update(clients::table.filter(clients::client_id.eq(client_id)).filter(clients::disabled_at.is_not_null()))
            .set((clients::disabled_at.eq(None::<i64>), clients::updated_at.eq(ms(now))))
            .execute(db)
            .map(|rows| rows == 1)
    }
}

fn insert(db: &mut Db, client: &Client, origin: Origin, now: OffsetDateTime) -> QueryResult<()> {
    diesel::insert_into(clients::table)
        .values((
            clients::client_id.eq(&client.client_id),
            clients::document.eq(to_json("a client", client)?),
            clients::sector.eq(&client.sector),
            clients::origin.eq(origin.code()),
            clients::created_at.eq(ms(now)),
            clients::updated_at.eq(ms(now)),
        ))
        .execute(db)
        .map(drop)
}

impl Origin {
    fn code(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Admin => "admin",
        }
    }
}

#[derive(Queryable)]
struct Row {
    #[allow(dead_code)] // it is in the document too
    client_id: String,
    document: String,
    sector: String,
    origin: String,
    disabled_at: Option<i64>,
    created_at: i64,
    updated_at: i64,
}

impl TryFrom<Row> for ClientRecord {
    type Error = diesel::result::Error;

    fn try_from(row: Row) -> QueryResult<Self> {
        let client: Client = from_json("a client", &row.document)?;
        Ok(Self {
            client: Client { sector: row.sector, ..client },
            origin: match row.origin.as_str() {
                "file" => Origin::File,
                "admin" => Origin::Admin,
                other => return Err(unreadable("an origin", other)),
            },
            disabled_at: row.disabled_at.map(from_ms),
            created_at: from_ms(row.created_at),
            updated_at: from_ms(row.updated_at),
        })
    }
}
