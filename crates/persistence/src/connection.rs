//! `Db`, one connection to either database, and how one is opened.
#![allow(missing_docs)] // what derive(MultiConnection) writes

use diesel::connection::SimpleConnection;
use diesel::r2d2::ManageConnection;
use diesel::{Connection, ConnectionError, PgConnection, SqliteConnection};

use crate::DatabaseUrl;

/// One connection. Every query of this crate is written once, for both.
#[derive(diesel::MultiConnection)]
pub enum Db {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

/// Runs a query on the connection inside. What goes through [`Db`] itself has its SQL text built anew each time, twice; what runs inside is found
/// in the statement cache by its type. Worth a macro where every sign-in passes, and where [`Db`] does not know a clause (`ON CONFLICT`).
macro_rules! on {
    ($db:expr, |$connection:ident| $query:expr) => {
        match $db {
            $crate::Db::Postgres($connection) => $query,
            $crate::Db::Sqlite($connection) => $query,
        }
    };
}
pub(crate) use on;

/// How a part of a statement that is written out is put together, on either database; with a row type it is a statement, which the statement cache
/// finds by its type. A join of five tables costs the compiler a minute as types, and nothing as text; the contract suite reads every column of it
/// on both databases.
macro_rules! written {
    ($query:ident -> $row:ty, |$this:ident, $out:ident| $walk:block) => {
        $crate::connection::written!($query, |$this, $out| $walk);

        impl diesel::query_builder::Query for $query<'_> {
            type SqlType = diesel::dsl::SqlTypeOf<$row>;
        }

        impl<C> diesel::RunQueryDsl<C> for $query<'_> {}
    };
    ($query:ident, |$this:ident, $out:ident| $walk:block) => {
        impl diesel::query_builder::QueryId for $query<'_> {
            type QueryId = $query<'static>;
            const HAS_STATIC_QUERY_ID: bool = true;
        }
        $crate::connection::written!(@ diesel::pg::Pg, $query, $this, $out, $walk);
        $crate::connection::written!(@ diesel::sqlite::Sqlite, $query, $this, $out, $walk);
    };
    (@ $backend:ty, $query:ident, $this:ident, $out:ident, $walk:block) => {
        impl diesel::query_builder::QueryFragment<$backend> for $query<'_> {
            #[allow(unused_mut)]
            fn walk_ast<'b>(&'b self, mut $out: diesel::query_builder::AstPass<'_, 'b, $backend>) -> diesel::QueryResult<()> {
                let $this = self;
                $walk
            }
        }
    };
}
pub(crate) use written;

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Looks at a database that may not be ours and changes nothing, not even its journal mode.
    Visitor,
    /// On SQLite refuses to write: writes go through the one writer.
    Reader,
    Writer,
}

/// Opens connections; the manager of the pool.
#[derive(Debug, Clone)]
pub(crate) struct Connector {
    pub url: DatabaseUrl,
    pub role: Role,
    /// Pages that a reading SQLite connection may keep, in KiB.
    pub cache_kib: u32,
}

/// Why a connection could not be had.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The server or file refused.
    #[error("{0}")]
    Refused(#[from] ConnectionError),
    /// The connection was made and then failed.
    #[error("{0}")]
    Failed(#[from] diesel::result::Error),
}

/// synchronous=FULL: an answered commit survives power loss (design section 9). The busy timeout covers a command-line
/// tool or a checkpoint beside the node; within the node there is one writer.
const SQLITE: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
    PRAGMA trusted_schema = OFF; PRAGMA cache_size = -16000; PRAGMA journal_size_limit = 67108864; PRAGMA temp_store = MEMORY;";

/// 64 MiB of pages, and a write-ahead log of 128 MiB: a page that many transactions change is written to the database file once for all.
const SQLITE_BULK: &str = "PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 32768;";

/// Sets the connection for a bulk load.
pub(crate) fn prepare_for_bulk(db: &mut Db) -> diesel::QueryResult<()> {
    db.batch_execute(SQLITE_BULK)
}

/// Page caches of all readers together, in KiB: the writer has 16 MiB beside them. A reader's pages are good until the next commit only, so more
/// of them would cost memory and save little; what was read before lies in the system's cache.
const READERS_KIB: u32 = 16 * 1024;

/// The share of one reader of so many.
pub(crate) fn reader_cache_kib(readers: u32) -> u32 {
    (READERS_KIB / readers.max(1)).clamp(64, 16 * 1024)
}

/// A statement that waits for a lock longer than this is an outage, not a queue.
const POSTGRES: &str =
    "SET lock_timeout = '5s'; SET statement_timeout = '30s'; SET idle_in_transaction_session_timeout = '30s'; SET TIME ZONE 'UTC';";

impl Connector {
    /// Opens one connection.
    pub fn open(&self) -> Result<Db, ConnectError> {
        if let Some(url) = self.url.postgres() {
            let mut connection = PgConnection::establish(url)?;
            connection.batch_execute(POSTGRES)?;
            return Ok(Db::Postgres(connection));
        }
        let path = self.url.sqlite_path().map(|path| path.to_string_lossy().into_owned()).unwrap_or_default();
        let mut connection = SqliteConnection::establish(&path)?;
        connection.batch_execute(if self.role == Role::Visitor { "PRAGMA busy_timeout = 5000;" } else { SQLITE })?;
        if self.role == Role::Reader {
            connection.batch_execute(&format!("PRAGMA cache_size = -{};", self.cache_kib))?;
        }
        if self.role != Role::Writer {
            connection.batch_execute("PRAGMA query_only = ON;")?;
        }
        Ok(Db::Sqlite(connection))
    }
}

impl ManageConnection for Connector {
    type Connection = Db;
    type Error = ConnectError;

    fn connect(&self) -> Result<Db, ConnectError> {
        self.open()
    }

    fn is_valid(&self, db: &mut Db) -> Result<(), ConnectError> {
        Ok(db.batch_execute("SELECT 1")?)
    }

    fn has_broken(&self, db: &mut Db) -> bool {
        std::thread::panicking() || diesel::r2d2::R2D2Connection::is_broken(db)
    }
}
