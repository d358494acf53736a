//! Holders by the thousand, and how far an import has come.

use persistence::{Account, Holder, ImportProgress, Insertion, SealedHolder, StoredHolder};
use time::Duration;
use uuid::Uuid;

use crate::world::{NOW, TODAY, World, number, person, purge};

contract!(
    holders_inserted_at_once_come_back_each_as_it_was,
    of_two_rows_with_one_number_the_first_is_inserted_and_a_present_account_stays,
    an_import_goes_on_where_it_was_and_is_forgotten_a_month_later,
    a_bulk_load_keeps_every_commit_durable,
);

fn sealed(world: &World, serial: u32) -> SealedHolder {
    let new = world.new_holder(serial);
    SealedHolder::seal(&world.keyring, new, world.keyring.number_hash(&number(serial))).unwrap()
}

fn insert(world: &World, rows: Vec<SealedHolder>) -> Vec<Insertion> {
    world.run(move |db| SealedHolder::insert_all(db, &rows.iter().collect::<Vec<_>>()))
}

fn holders_inserted_at_once_come_back_each_as_it_was(world: &World) {
    let rows: Vec<_> = (1..=300).map(|serial| sealed(world, serial)).collect();
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    assert_eq!(insert(world, rows), vec![Insertion::Done; 300]);
    for (serial, id) in (1..).zip(ids) {
        let holder = world.read(|db| Holder::load(db, &world.keyring, id, TODAY)).unwrap();
        assert!(*holder.person == person(serial));
        assert_eq!((holder.account.epoch, holder.account.password_changed_at), (1, Some(NOW)));
        let stored = world.read(|db| StoredHolder::find_by_number(db, &world.keyring, &world.keyring.number_hash(&number(serial))));
        assert_eq!(stored.unwrap().account, holder.account);
    }
}

fn of_two_rows_with_one_number_the_first_is_inserted_and_a_present_account_stays(world: &World) {
    let present = world.citizen(1);
    let twice = sealed(world, 2);
    let first = twice.id;
    let outcomes = insert(world, vec![sealed(world, 1), twice, sealed(world, 2), sealed(world, 3)]);
    assert_eq!(outcomes, [Insertion::NumberTaken, Insertion::Done, Insertion::NumberTaken, Insertion::Done]);
    let by_number = |serial| world.read(|db| Account::find_by_number(db, &world.keyring.number_hash(&number(serial)))).unwrap().id;
    assert_eq!((by_number(1), by_number(2)), (present, first));
    assert_eq!(world.read(Account::count), 3);
}

fn an_import_goes_on_where_it_was_and_is_forgotten_a_month_later(world: &World) {
    let beginning = world.keyring.import_hash(&[1; 32]);
    assert_ne!(beginning, [1; 32]);
    let find = || world.read(|db| ImportProgress::find(db, &beginning));
    assert_eq!(find(), None);
    let mut progress =
        ImportProgress { beginning, bytes: 1000, line: 10, behind: [2; 32], tally: "{}".into(), started_at: NOW, updated_at: NOW };
    let saved = progress.clone();
    world.run(move |db| saved.save(db));
    assert_eq!(find(), Some(progress.clone()));
    (progress.bytes, progress.line, progress.behind, progress.updated_at) = (2000, 20, [3; 32], NOW + Duration::MINUTE);
    let saved = progress.clone();
    world.run(move |db| saved.save(db));
    assert_eq!(find(), Some(progress.clone()));
    assert_eq!(world.run(|db| purge(db, NOW + Duration::days(30), 10)).imports, 0);
    assert_eq!(find(), Some(progress.clone()));
    assert_eq!(world.run(|db| purge(db, NOW + Duration::days(31), 10)).imports, 1);
    assert_eq!(find(), None);
    world.run(move |db| progress.save(db));
    world.run(move |db| ImportProgress::forget(db, &beginning));
    assert_eq!(find(), None);
}

fn a_bulk_load_keeps_every_commit_durable(world: &World) {
    #[derive(diesel::QueryableByName)]
    struct Setting {
        #[diesel(sql_type = diesel::sql_types::Integer)]
        synchronous: i32,
    }
    use diesel::RunQueryDsl;
    world.store.prepare_for_bulk().unwrap();
    if world.url.sqlite_path().is_some() {
        let setting: Setting = world.run(|db| diesel::sql_query("PRAGMA synchronous").get_result(db));
        assert_eq!(setting.synchronous, 2, "FULL");
    }
    assert_eq!(insert(world, vec![sealed(world, 1)]), [Insertion::Done]);
}

#[test]
fn page_caches_are_bounded_whatever_the_number_of_connections() {
    use diesel::RunQueryDsl;

    #[derive(diesel::QueryableByName)]
    struct Setting {
        #[diesel(sql_type = diesel::sql_types::Integer)]
        cache_size: i32,
    }
    for connections in [1, 4, 16, 64, 128] {
        let folder = tempfile::tempdir().unwrap();
        let url = persistence::DatabaseUrl::sqlite(folder.path().join("x.sqlite"));
        let options = persistence::StoreOptions { connections, ..persistence::StoreOptions::default() };
        let store = persistence::Store::open(&url, persistence::Mode::Sandbox, options).unwrap();
        let of = |db: &mut persistence::Db| diesel::sql_query("PRAGMA cache_size").get_result::<Setting>(db);
        let kib = |setting: Setting| u32::try_from(-setting.cache_size).unwrap();
        let (reader, writer) = (kib(store.read_blocking(of).unwrap()), kib(store.run_blocking(of).unwrap()));
        assert!(reader > 0 && reader * connections <= 64 * 1024 && writer <= 16 * 1024, "{connections}: {reader} {writer}");
    }
}
