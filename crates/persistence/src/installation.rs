//! Sandbox or production: fixed at the first migration, for ever (design section 5).

use std::fmt;
use std::str::FromStr;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use time::OffsetDateTime;

use crate::Db;
use crate::columns::{ms, unreadable};
use crate::schema::installation;

/// What an installation is. A sandbox knows only numbers of province code 098, production refuses them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Demo citizens, plain http, `/sandbox` routes.
    Sandbox,
    /// Real people.
    Production,
}

impl Mode {
    /// The word in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sandbox => "sandbox",
            Self::Production => "production",
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Mode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "sandbox" => Ok(Self::Sandbox),
            "production" => Ok(Self::Production),
            other => Err(other.to_owned()),
        }
    }
}

/// The one row that says what this database is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Installation;

impl Installation {
    /// Fixes the mode if it is not fixed yet; answers what it is now.
    ///
    /// # Errors
    /// Of the database.
    pub fn claim(db: &mut Db, mode: Mode, now: OffsetDateTime) -> QueryResult<Mode> {
        diesel::sql_query("INSERT INTO installation (id, mode, created_at) VALUES (1, $1, $2) ON CONFLICT DO NOTHING")
            .bind::<Text, _>(mode.as_str())
            .bind::<BigInt, _>(ms(now))
            .execute(db)?;
        Ok(Self::mode(db)?.unwrap_or(mode))
    }

    /// Writes and takes back what it wrote, so that the transaction around it has something to commit.
    ///
    /// # Errors
    /// Of the database: it takes no writes.
    pub fn prove_writable(db: &mut Db, now: OffsetDateTime) -> QueryResult<()> {
        // Purposes that are not known are left alone by the keyring; nobody ever sees this one.
        diesel::sql_query("INSERT INTO data_keys (purpose, generation, wrapped, created_at) VALUES ('probe', 1, $1, $2)")
            .bind::<diesel::sql_types::Binary, _>(Vec::new())
            .bind::<BigInt, _>(ms(now))
            .execute(db)?;
        diesel::sql_query("DELETE FROM data_keys WHERE purpose = 'probe'").execute(db).map(drop)
    }

    /// The mode, unless the database was never claimed.
    ///
    /// # Errors
    /// Of the database.
    pub fn mode(db: &mut Db) -> QueryResult<Option<Mode>> {
        let mode: Option<String> = installation::table.select(installation::mode).get_result(db).optional()?;
        mode.map(|text| text.parse().map_err(|e| unreadable("the installation's mode", e))).transpose()
    }
}
