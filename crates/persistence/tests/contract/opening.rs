//! Opening: what is refused, in one line that names the cause, with nothing changed.

use std::os::unix::fs::PermissionsExt;

use diesel::prelude::*;
use persistence::{DatabaseUrl, Installation, Mode, OpenError, Store, StoreOptions};

use crate::world::{NOW, World, open};

contract!(
    a_database_is_of_one_mode_for_ever,
    a_database_of_a_newer_version_is_refused_and_not_changed,
    a_database_with_other_tables_is_refused_and_not_changed,
    migrating_twice_changes_nothing,
);

fn refused(url: &DatabaseUrl, mode: Mode) -> OpenError {
    Store::open(url, mode, StoreOptions::default()).expect_err("refused")
}

fn a_database_is_of_one_mode_for_ever(world: &World) {
    let error = refused(&world.url, Mode::Production);
    assert!(matches!(error, OpenError::OtherMode { database: Mode::Sandbox, asked: Mode::Production }));
    assert!(error.to_string().starts_with("the database is a sandbox installation and this is started as production"));
    assert_eq!(world.run(|db| Installation::claim(db, Mode::Production, NOW)), Mode::Sandbox);
    open(&world.url);
}

fn a_database_of_a_newer_version_is_refused_and_not_changed(world: &World) {
    world.run(|db| diesel::sql_query("INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000000')").execute(db));
    let error = refused(&world.url, Mode::Sandbox);
    assert!(matches!(&error, OpenError::NewerVersion { migration } if migration == "29990101000000"), "{error}");
    assert!(world.store.pending().is_err());
    assert!(world.store.migrate(NOW).is_err());
    world.run(|db| diesel::sql_query("DELETE FROM __diesel_schema_migrations WHERE version = '29990101000000'").execute(db));
    open(&world.url);
}

fn a_database_with_other_tables_is_refused_and_not_changed(world: &World) {
    world.run(|db| diesel::sql_query("ALTER TABLE __diesel_schema_migrations RENAME TO something_else").execute(db));
    assert!(matches!(refused(&world.url, Mode::Sandbox), OpenError::NotOurs { .. }));
}

fn migrating_twice_changes_nothing(world: &World) {
    assert!(world.store.pending().unwrap().is_empty());
    assert!(world.store.migrate(NOW).unwrap().is_empty());
}

#[test]
fn a_sqlite_file_of_another_program_is_not_changed_by_a_byte() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("other.sqlite");
    let mut other = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    diesel::sql_query("CREATE TABLE letters (text TEXT)").execute(&mut other).unwrap();
    drop(other);
    let before = std::fs::read(&file).unwrap();
    assert!(matches!(refused(&DatabaseUrl::sqlite(&file), Mode::Sandbox), OpenError::NotOurs { .. }));
    assert!(std::fs::read(&file).unwrap() == before);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn an_unmigrated_database_says_what_is_pending() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&DatabaseUrl::sqlite(folder.path().join("x.sqlite")));
    assert_eq!(store.pending().unwrap(), ["20261122000001_foundation", "20261122000010_imports"]);
    store.migrate(NOW).unwrap();
    assert!(store.pending().unwrap().is_empty());
}

#[test]
fn file_and_folder_are_for_their_owner_only() {
    let world = World::sqlite();
    let file = world.url.sqlite_path().unwrap();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(file.parent().unwrap()), mode(file)), (0o700, 0o600));
    for entry in std::fs::read_dir(file.parent().unwrap()).unwrap() {
        assert_eq!(mode(&entry.unwrap().path()), 0o600);
    }
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a-file");
    std::fs::write(&file, "").unwrap();
    let error = refused(&DatabaseUrl::sqlite(file.join("data/x.sqlite")), Mode::Sandbox);
    assert!(matches!(&error, OpenError::Folder { folder, .. } if folder.ends_with("a-file/data")), "{error}");
    assert!(error.to_string().contains("cannot be written"));
}

#[test]
fn a_folder_that_cannot_be_written_is_named_and_left_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o500)).unwrap();
    if std::fs::write(folder.path().join("probe"), "").is_ok() {
        return; // root writes everywhere
    }
    assert!(matches!(refused(&DatabaseUrl::sqlite(folder.path().join("x.sqlite")), Mode::Sandbox), OpenError::Folder { .. }));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_folder_in_place_of_the_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(refused(&DatabaseUrl::sqlite(folder.path()), Mode::Sandbox), OpenError::File { .. }));
}

#[test]
fn a_file_that_is_no_database_is_refused_and_not_changed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("letter.txt");
    let text = "Kính gửi Quý công dân, ".repeat(100);
    std::fs::write(&file, &text).unwrap();
    let error = refused(&DatabaseUrl::sqlite(&file), Mode::Sandbox);
    assert!(matches!(error, OpenError::Connect { .. }), "{error}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
}

#[test]
fn a_server_that_does_not_answer_is_named_without_its_password() {
    let url = DatabaseUrl::parse("postgres://app:hunter2@127.0.0.1:1/dinhdanh").unwrap();
    let text = refused(&url, Mode::Sandbox).to_string();
    assert!(text.starts_with("the database postgres://127.0.0.1/dinhdanh does not answer") && !text.contains("hunter2"), "{text}");
}
