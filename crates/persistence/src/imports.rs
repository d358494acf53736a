//! How far an import of accounts has come. The row is written by the transaction that brings the accounts in: an import that was killed goes
//! on exactly where it was, and a database restored from a backup knows how far it was then.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Text};
use time::OffsetDateTime;

use crate::Db;
use crate::columns::{from_ms, hash32, ms, unreadable, unwritable};
use crate::schema::imports;

/// An import that is not finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportProgress {
    /// Finds it: keyed hash of the file's form and first row ([`crate::Keyring::import_hash`]).
    pub beginning: [u8; 32],
    /// Bytes that are done with, unpacked.
    pub bytes: u64,
    /// Lines that are done with.
    pub line: u64,
    /// Keyed hash of those bytes: proves that a file that begins alike is the same so far.
    pub behind: [u8; 32],
    /// Counts so far, as their owner writes them.
    pub tally: String,
    /// When it began.
    pub started_at: OffsetDateTime,
    /// When its last transaction was committed.
    pub updated_at: OffsetDateTime,
}

impl ImportProgress {
    /// The unfinished import that begins like this.
    ///
    /// # Errors
    /// Of the database.
    pub fn find(db: &mut Db, beginning: &[u8; 32]) -> QueryResult<Option<Self>> {
        imports::table.find(beginning.as_slice()).first::<Row>(db).optional()?.map(Self::try_from).transpose()
    }

    /// Writes it over what was known of it.
    ///
    /// # Errors
    /// Of the database.
    pub fn save(&self, db: &mut Db) -> QueryResult<()> {
        diesel::sql_query(
            "INSERT INTO imports (beginning, bytes, line, behind, tally, started_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
             ON CONFLICT (beginning) DO UPDATE SET bytes = excluded.bytes, line = excluded.line, behind = excluded.behind, \
             tally = excluded.tally, started_at = excluded.started_at, updated_at = excluded.updated_at",
        )
        .bind::<Binary, _>(self.beginning.as_slice())
        .bind::<BigInt, _>(count(self.bytes)?)
        .bind::<BigInt, _>(count(self.line)?)
        .bind::<Binary, _>(self.behind.as_slice())
        .bind::<Text, _>(&self.tally)
        .bind::<BigInt, _>(ms(self.started_at))
        .bind::<BigInt, _>(ms(self.updated_at))
        .execute(db)
        .map(drop)
    }

    /// Forgets it: the import is finished, or is to begin anew.
    ///
    /// # Errors
    /// Of the database.
    pub fn forget(db: &mut Db, beginning: &[u8; 32]) -> QueryResult<()> {
        diesel::delete(imports::table.find(beginning.as_slice())).execute(db).map(drop)
    }
}

fn count(number: u64) -> QueryResult<i64> {
    i64::try_from(number).map_err(|e| unwritable("the progress of an import", e))
}

#[derive(Queryable)]
struct Row {
    beginning: Vec<u8>,
    bytes: i64,
    line: i64,
    behind: Vec<u8>,
    tally: String,
    started_at: i64,
    updated_at: i64,
}

impl TryFrom<Row> for ImportProgress {
    type Error = diesel::result::Error;

    fn try_from(row: Row) -> QueryResult<Self> {
        let count = |number: i64| u64::try_from(number).map_err(|e| unreadable("the progress of an import", e));
        Ok(Self {
            beginning: hash32(&row.beginning)?,
            bytes: count(row.bytes)?,
            line: count(row.line)?,
            behind: hash32(&row.behind)?,
            tally: row.tally,
            started_at: from_ms(row.started_at),
            updated_at: from_ms(row.updated_at),
        })
    }
}
