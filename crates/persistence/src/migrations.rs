//! The embedded migrations, one set for each database.

use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::{Db, OpenError};

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// Two nodes that start at once migrate one after the other.
const LOCK: i64 = 0x6469_6e68_6461_6e68;

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// What the database has: known migrations that are missing, oldest first.
///
/// # Errors
/// [`OpenError::NewerVersion`], [`OpenError::NotOurs`], or of the database.
pub(crate) fn pending(db: &mut Db, database: &str) -> Result<Vec<String>, OpenError> {
    let known = known(db)?;
    let applied = applied(db, database)?;
    if let Some(unknown) = applied.iter().find(|version| !known.iter().any(|(v, _)| v == *version)) {
        return Err(OpenError::NewerVersion { migration: unknown.clone() });
    }
    Ok(known.into_iter().filter(|(version, _)| !applied.contains(version)).map(|(_, name)| name).collect())
}

/// Runs what is pending; answers the names.
///
/// # Errors
/// [`OpenError::Migration`]; the failed migration was rolled back.
pub(crate) fn run(db: &mut Db) -> Result<Vec<String>, OpenError> {
    let outcome = match db {
        Db::Sqlite(connection) => connection.run_pending_migrations(SQLITE).map(names),
        Db::Postgres(connection) => connection.run_pending_migrations(POSTGRES).map(names),
    };
    outcome.map_err(failed)
}

/// Takes every migration back, newest first: destroys all data. For tests of the down scripts only.
///
/// # Errors
/// [`OpenError::Migration`].
#[doc(hidden)]
pub fn revert_all(db: &mut Db) -> Result<Vec<String>, OpenError> {
    let outcome = match db {
        Db::Sqlite(connection) => connection.revert_all_migrations(SQLITE).map(names),
        Db::Postgres(connection) => connection.revert_all_migrations(POSTGRES).map(names),
    };
    outcome.map_err(failed)
}

/// Holds the migration lock of a PostgreSQL database around `f`; SQLite's own write lock does it there.
pub(crate) fn exclusively<T>(db: &mut Db, f: impl FnOnce(&mut Db) -> Result<T, OpenError>) -> Result<T, OpenError> {
    if matches!(db, Db::Sqlite(_)) {
        return f(db);
    }
    db.batch_execute(&format!("SET lock_timeout = '60s'; SELECT pg_advisory_lock({LOCK})"))?;
    let outcome = f(db);
    db.batch_execute(&format!("SELECT pg_advisory_unlock({LOCK}); SET lock_timeout = '5s'"))?;
    outcome
}

fn names(versions: Vec<diesel::migration::MigrationVersion<'_>>) -> Vec<String> {
    versions.into_iter().map(|version| version.to_string()).collect()
}

#[allow(clippy::needless_pass_by_value)] // for map_err
fn failed(cause: Box<dyn std::error::Error + Send + Sync>) -> OpenError {
    OpenError::Migration { migration: "(see cause)".into(), cause: cause.to_string() }
}

/// (version, name) of every embedded migration, oldest first.
fn known(db: &Db) -> Result<Vec<(String, String)>, OpenError> {
    let mut known = match db {
        Db::Sqlite(_) => MigrationSource::<diesel::sqlite::Sqlite>::migrations(&SQLITE).map(identify),
        Db::Postgres(_) => MigrationSource::<diesel::pg::Pg>::migrations(&POSTGRES).map(identify),
    }
    .map_err(failed)?;
    known.sort();
    Ok(known)
}

fn identify<B: diesel::backend::Backend>(migrations: Vec<Box<dyn Migration<B>>>) -> Vec<(String, String)> {
    migrations.iter().map(|m| (m.name().version().as_owned().to_string(), m.name().to_string())).collect()
}

/// Versions the database has, read without changing it.
fn applied(db: &mut Db, database: &str) -> Result<Vec<String>, OpenError> {
    let (ours, any) = match db {
        Db::Sqlite(_) => (
            "SELECT count(*) AS n FROM sqlite_master WHERE type = 'table' AND name = '__diesel_schema_migrations'",
            "SELECT count(*) AS n FROM sqlite_master WHERE type = 'table'",
        ),
        Db::Postgres(_) => (
            "SELECT count(*) AS n FROM pg_tables WHERE schemaname = current_schema() AND tablename = '__diesel_schema_migrations'",
            "SELECT count(*) AS n FROM pg_tables WHERE schemaname = current_schema()",
        ),
    };
    if count(db, ours)? == 0 {
        return if count(db, any)? == 0 { Ok(Vec::new()) } else { Err(OpenError::NotOurs { database: database.to_owned() }) };
    }
    let applied: Vec<String> = diesel::sql_query("SELECT version FROM __diesel_schema_migrations ORDER BY version")
        .load::<Version>(db)?
        .into_iter()
        .map(|v| v.version)
        .collect();
    Ok(applied)
}

fn count(db: &mut Db, sql: &str) -> QueryResult<i64> {
    diesel::sql_query(sql).get_result::<Count>(db).map(|count| count.n)
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = diesel::sql_types::Text)]
    version: String,
}
