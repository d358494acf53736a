//! Both schemas are alike, `schema.rs` says what they are, and every migration can be taken back.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::Text;
use persistence::{Db, revert_all};

use crate::world::{NOW, World, open};

contract!(the_database_has_the_tables_and_columns_of_the_schema, migrations_run_up_and_down_and_up);

type Tables = BTreeMap<String, Vec<String>>;

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
}

fn tables_of(world: &World) -> Tables {
    let columns = world.read(|db| {
        let sql = match db {
            Db::Sqlite(_) => {
                "SELECT m.name AS table_name, c.name AS column_name FROM sqlite_master m JOIN pragma_table_info(m.name) c \
                 WHERE m.type = 'table' ORDER BY m.name, c.cid"
            }
            Db::Postgres(_) => {
                "SELECT table_name::text, column_name::text FROM information_schema.columns WHERE table_schema = current_schema() \
                 ORDER BY table_name, ordinal_position"
            }
        };
        diesel::sql_query(sql).load::<Column>(db)
    });
    let mut tables = Tables::new();
    for column in columns.into_iter().filter(|column| column.table_name != "__diesel_schema_migrations") {
        tables.entry(column.table_name).or_default().push(column.column_name);
    }
    tables
}

/// Tables and columns of `schema.rs`, read as text.
fn tables_of_code() -> Tables {
    let mut tables = Tables::new();
    let mut table = String::new();
    for line in include_str!("../../src/schema.rs").lines().map(str::trim) {
        if let Some((name, _)) = line.split_once(" (").filter(|_| line.ends_with(") {")) {
            name.clone_into(&mut table);
        } else if let Some((column, _)) = line.split_once(" -> ") {
            tables.entry(table.clone()).or_default().push(column.to_owned());
        }
    }
    tables
}

/// Tables with (column, nullable, unique or primary) of a migration, read as text.
fn tables_of_sql(sql: &str) -> BTreeMap<String, Vec<String>> {
    let mut tables = BTreeMap::new();
    let plain = |line: &str| {
        ["SMALLINT", "BIGINT", "BYTEA", "BLOB"].iter().fold(line.to_owned(), |line, kind| line.replace(kind, "T")).replace("INTEGER", "T")
    };
    for statement in sql.split("CREATE TABLE ").skip(1) {
        let (name, rest) = statement.split_once(" (\n").unwrap();
        let (body, _) = rest.split_once("\n)").unwrap();
        tables.insert(name.to_owned(), body.lines().map(|line| plain(line.trim())).collect());
    }
    tables
}

fn the_database_has_the_tables_and_columns_of_the_schema(world: &World) {
    assert_eq!(tables_of(world), tables_of_code());
}

fn migrations_run_up_and_down_and_up(world: &World) {
    let before = tables_of(world);
    assert_eq!(world.store.read_blocking(|_| Ok(())).map_err(|e| e.to_string()), Ok(()));
    let mut db = connection(world);
    assert_eq!(revert_all(&mut db).unwrap().len(), MIGRATIONS.len());
    assert!(tables_of(world).is_empty());
    world.store.migrate(NOW).unwrap();
    assert_eq!(tables_of(world), before);
    open(&world.url);
}

/// A connection that may write, beside the store.
fn connection(world: &World) -> Db {
    match world.url.sqlite_path() {
        Some(path) => Db::Sqlite(SqliteConnection::establish(path.to_str().unwrap()).unwrap()),
        None => {
            let name = world.url.to_string();
            let mut url = url::Url::parse(&std::env::var("DINHDANH_TEST_POSTGRES").unwrap()).unwrap();
            url.set_path(name.rsplit('/').next().unwrap());
            Db::Postgres(PgConnection::establish(url.as_str()).unwrap())
        }
    }
}

/// What each migration does, on SQLite and on PostgreSQL.
const MIGRATIONS: [(&str, &str); 2] = [
    (
        include_str!("../../../../migrations/sqlite/20261122000001_foundation/up.sql"),
        include_str!("../../../../migrations/postgres/20261122000001_foundation/up.sql"),
    ),
    (
        include_str!("../../../../migrations/sqlite/20261122000010_imports/up.sql"),
        include_str!("../../../../migrations/postgres/20261122000010_imports/up.sql"),
    ),
];

#[test]
fn both_migrations_declare_the_same_tables_columns_and_constraints() {
    let indexes =
        |sql: &str| sql.lines().filter(|line| line.starts_with("CREATE") && line.contains("INDEX")).map(str::to_owned).collect::<Vec<_>>();
    let mut tables = BTreeMap::new();
    for (sqlite, postgres) in MIGRATIONS {
        assert_eq!(tables_of_sql(sqlite), tables_of_sql(postgres));
        assert_eq!(indexes(sqlite), indexes(postgres));
        tables.append(&mut tables_of_sql(sqlite));
    }
    assert_eq!(tables.keys().collect::<Vec<_>>(), tables_of_code().keys().collect::<Vec<_>>());
}
