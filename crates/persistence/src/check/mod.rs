//! `dinhdanh check`: reads the whole database and names what is wrong with it, without personal data.
//!
//! 1. [`file`](self): every page and index of a SQLite file, and that every reference leads somewhere.
//! 2. Row by row, a page of [`PAGE`] rows at a time, so that memory stays bounded and no read holds back a running writer's log for
//!    long: each row reads as the schema promises, each seal opens, each hash is that of what was unsealed, and tables that are written
//!    together agree. What must agree is read in one statement, so that a writer beside cannot be caught between two.
//! 3. Rows whose time has come are gone.

mod file;
mod grants;
mod people;
mod records;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::{Ailment, Db, Expiring, Keyring, Mode, QueryResult, Store, StoreError};

/// Rows read by one statement.
pub const PAGE: i64 = 500;

/// A running node removes rows within minutes of their time.
const PATIENCE: Duration = Duration::HOUR;

/// What is walked row by row.
const TABLES: [&str; 12] = [
    "accounts",
    "eid_locks",
    "sessions",
    "one_time_codes",
    "grants",
    "usage_records",
    "consents",
    "consent_events",
    "clients",
    "messages",
    "audit_events",
    "legacy_accounts",
];

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// In which table, or `file`.
    pub table: &'static str,
    /// In which row: an id of ours or a client's, never a person's number.
    pub row: Option<String>,
    /// What.
    pub what: String,
}

/// Whoever watches a check.
pub trait Witness {
    /// Something is wrong.
    fn fault(&mut self, fault: Fault);
    /// About so many rows will be read.
    fn expect(&mut self, rows: u64);
    /// So many more rows of that table were read.
    fn progress(&mut self, table: &'static str, rows: u64);
    /// Between two pages: a place to let others have the processor.
    fn pause(&mut self) {}
}

/// What a check needs to know.
pub struct Checker<'a> {
    /// The database.
    pub store: &'a Store,
    /// Opens seals.
    pub keyring: &'a Keyring,
    /// Now.
    pub now: OffsetDateTime,
    /// Whether a node runs on it: then rows whose time has come must be gone.
    pub beside_a_node: bool,
    /// Whether a stored password hash is one that a password can be checked against.
    pub password_is_well_formed: fn(&str) -> bool,
}

impl std::fmt::Debug for Checker<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Checker").field("store", self.store).finish_non_exhaustive()
    }
}

impl Checker<'_> {
    /// Checks everything.
    ///
    /// # Errors
    /// When the database cannot be asked at all; damage is a [`Fault`].
    pub fn run(&self, witness: &mut dyn Witness) -> Result<(), StoreError> {
        self.store.inspect(|db| {
            let mut run = Run { check: self, db, witness };
            run.expect_rows()?;
            file::check(&mut run)?;
            people::check(&mut run)?;
            grants::check(&mut run)?;
            records::check(&mut run)?;
            run.expired()
        })
    }

    fn sandbox(&self) -> bool {
        self.store.mode() == Mode::Sandbox
    }
}

/// A check in progress.
pub(crate) struct Run<'a, 'b> {
    check: &'a Checker<'a>,
    db: &'b mut Db,
    witness: &'b mut dyn Witness,
}

impl Run<'_, '_> {
    fn expect_rows(&mut self) -> QueryResult<()> {
        let mut rows = 0;
        for table in TABLES {
            match diesel::sql_query(format!("SELECT count(*) AS n FROM {table}")).get_result::<Count>(self.db) {
                Ok(count) => rows += u64::try_from(count.n).unwrap_or(0),
                // It is named when its rows are read.
                Err(error) if matches!(Ailment::of(&error), Ailment::Damaged | Ailment::Unreadable) => {}
                Err(error) => return Err(error),
            }
        }
        self.witness.expect(rows);
        Ok(())
    }

    fn fault(&mut self, table: &'static str, row: Option<String>, what: impl Into<String>) {
        self.witness.fault(Fault { table, row, what: what.into() });
    }

    /// Walks a table in the order of its key. `page` reads the rows after a key; `judge` says what is wrong with one. A page that cannot be
    /// read is a fault and ends the table.
    fn walk<K: Clone, R>(
        &mut self,
        table: &'static str,
        first: K,
        page: impl Fn(&mut Db, &K) -> QueryResult<Vec<R>>,
        key: impl Fn(&R) -> K,
        mut judge: impl FnMut(&mut Self, R) -> QueryResult<()>,
    ) -> QueryResult<()> {
        let mut after = first;
        loop {
            let rows = match page(self.db, &after) {
                Ok(rows) => rows,
                Err(error) => return self.unreadable(table, error),
            };
            let Some(last) = rows.last() else { return Ok(()) };
            after = key(last);
            let read = rows.len() as u64;
            for row in rows {
                judge(self, row)?;
            }
            self.witness.progress(table, read);
            self.witness.pause();
        }
    }

    /// Damage is a finding; an outage ends the check.
    fn unreadable(&mut self, table: &'static str, error: diesel::result::Error) -> QueryResult<()> {
        match Ailment::of(&error) {
            Ailment::Damaged | Ailment::Unreadable => {
                self.fault(table, None, format!("cannot be read on from here: {error}"));
                Ok(())
            }
            _ => Err(error),
        }
    }

    /// Names what did not read.
    fn expect<T, E: std::fmt::Display>(&mut self, table: &'static str, row: &str, read: Result<T, E>) -> Option<T> {
        read.map_err(|error| self.fault(table, Some(row.to_owned()), error.to_string())).ok()
    }

    fn expired(&mut self) -> QueryResult<()> {
        for kind in Expiring::ALL {
            let before = self.check.now.saturating_sub(PATIENCE);
            match kind.overdue(self.db, before) {
                Ok(0) => {}
                Ok(_) if !self.check.beside_a_node => {}
                Ok(rows) => {
                    let rows = if rows < 1000 { rows.to_string() } else { "1000 or more".to_owned() };
                    self.fault(kind.table(), None, format!("{rows} rows should have left by now"));
                }
                Err(error) => self.unreadable(kind.table(), error)?,
            }
        }
        Ok(())
    }
}

/// Reads the page of a table whose key is one binary column: `sql` ends before `WHERE`.
fn after<R>(db: &mut Db, select: &str, column: &str, key: &[u8]) -> QueryResult<Vec<R>>
where
    R: diesel::deserialize::QueryableByName<diesel::sqlite::Sqlite> + diesel::deserialize::QueryableByName<diesel::pg::Pg> + 'static,
{
    let sql = format!("{select} WHERE {column} > $1 ORDER BY {column} LIMIT {PAGE}");
    let query = diesel::sql_query(sql).bind::<Binary, _>(key.to_vec());
    match db {
        Db::Sqlite(connection) => query.load(connection),
        Db::Postgres(connection) => query.load(connection),
    }
}

/// An id as people write it, for the name of a row.
fn name(id: &[u8]) -> String {
    Uuid::from_slice(id).map_or_else(|_| "an id that is none".to_owned(), |id| id.to_string())
}
