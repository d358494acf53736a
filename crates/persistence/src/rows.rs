//! Row locks: what a decision read must still hold when it commits.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary};
use uuid::Uuid;

use crate::Db;
use crate::columns::id_bytes;

/// A row to hold until the transaction ends. On SQLite there is one writer, so nothing needs to be done.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Hold {
    /// Nobody may change the account: its epoch and locks stay what was read.
    AccountShared,
    /// The account is about to change.
    Account,
    /// The account of a number, by the hash of the number, is about to change.
    AccountOfNumber,
    /// Nobody may end the session.
    SessionShared,
    /// The family is about to rotate.
    Family,
}

impl Hold {
    fn sql(self) -> &'static str {
        match self {
            Self::AccountShared => "SELECT 1::bigint AS one FROM accounts WHERE id = $1 FOR SHARE",
            Self::Account => "SELECT 1::bigint AS one FROM accounts WHERE id = $1 FOR NO KEY UPDATE",
            Self::AccountOfNumber => "SELECT 1::bigint AS one FROM accounts WHERE number_hash = $1 FOR NO KEY UPDATE",
            Self::SessionShared => "SELECT 1::bigint AS one FROM sessions WHERE id = $1 FOR SHARE",
            Self::Family => "SELECT 1::bigint AS one FROM refresh_families WHERE grant_id = $1 FOR UPDATE",
        }
    }

    /// Holds the row, if it exists.
    pub fn row(self, db: &mut Db, id: &Uuid) -> QueryResult<()> {
        self.key(db, id_bytes(id))
    }

    /// Holds the row with this key, if it exists.
    pub fn key(self, db: &mut Db, key: &[u8]) -> QueryResult<()> {
        match db {
            Db::Sqlite(_) => Ok(()),
            Db::Postgres(connection) => diesel::sql_query(self.sql()).bind::<Binary, _>(key).load::<One>(connection).map(drop),
        }
    }
}

#[derive(QueryableByName)]
#[allow(dead_code)] // only its presence counts
struct One {
    #[diesel(sql_type = BigInt)]
    one: i64,
}
