//! The file: pages, indexes, references. PostgreSQL looks after its own (`pg_amcheck` reads them).

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::Run;
use crate::{Db, QueryResult};

/// Faults of the file that are named for each table.
const NAMED: usize = 20;

#[derive(QueryableByName)]
struct Table {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    integrity_check: String,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

pub(super) fn check(run: &mut Run<'_, '_>) -> QueryResult<()> {
    match run.db {
        Db::Sqlite(_) => sqlite(run),
        Db::Postgres(_) => postgres(run),
    }
}

/// Table by table, so that beside a node no single read holds back its log for long.
fn sqlite(run: &mut Run<'_, '_>) -> QueryResult<()> {
    let tables = match diesel::sql_query("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").load::<Table>(run.db) {
        Ok(tables) => tables,
        Err(error) => return run.unreadable("file", error),
    };
    // The list of free pages belongs to no table.
    let whole = if run.check.beside_a_node { None } else { Some(String::new()) };
    let each = tables.iter().map(|table| format!("('{}')", table.name.replace('\'', "''")));
    for of in whole.clone().map_or_else(|| each.clone().collect::<Vec<_>>(), |whole| vec![whole]) {
        match diesel::sql_query(format!("PRAGMA integrity_check{of}")).load::<Line>(run.db) {
            Ok(lines) => {
                for line in lines.into_iter().map(|line| line.integrity_check).filter(|line| line != "ok").take(NAMED) {
                    run.fault("file", None, line.lines().collect::<Vec<_>>().join(" "));
                }
            }
            Err(error) => run.unreadable("file", error)?,
        }
        run.witness.pause();
    }
    for of in each {
        match diesel::sql_query(format!("SELECT count(*) AS n FROM pragma_foreign_key_check{of}")).get_result::<Found>(run.db) {
            Ok(Found { n: 0 }) => {}
            Ok(Found { n }) => run.fault("file", None, format!("{n} rows of {of} refer to rows that are not there")),
            Err(error) => run.unreadable("file", error)?,
        }
        run.witness.pause();
    }
    Ok(())
}

/// References hold by themselves, unless somebody switched that off.
fn postgres(run: &mut Run<'_, '_>) -> QueryResult<()> {
    let loose = "SELECT count(*) AS n FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace s ON s.oid = t.relnamespace \
         WHERE s.nspname = current_schema() AND c.contype = 'f' AND NOT c.convalidated";
    if diesel::sql_query(loose).get_result::<Found>(run.db)?.n > 0 {
        run.fault("file", None, "foreign keys are there that were never validated");
    }
    Ok(())
}
