use account_policy::CitizenId;
use diesel::prelude::*;
use diesel::sql_types::Text;
use load::{people, seed};
use persistence::{Account, Db, Expiring, Holder, QueryResult, UsageRecord};
use time::Duration;
use time::macros::date;

use crate::node;

#[derive(QueryableByName, Debug, PartialEq)]
struct Index {
    #[diesel(sql_type = Text)]
    sql: String,
}

fn indexes(db: &mut Db) -> QueryResult<Vec<Index>> {
    diesel::sql_query("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY sql").load(db)
}

#[test]
fn seeded_people_and_records_are_read_as_those_that_the_node_wrote() {
    let folder = tempfile::tempdir().unwrap();
    let (_claimed, opened) = node::open(&node::config(folder.path(), 8090));
    let before = opened.store.read_blocking(indexes).unwrap();
    let (ids, row) = seed::accounts(&opened, 999_999, 3, "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$AAAA").unwrap();
    assert_eq!((ids.len(), row.rows), (3, 3));
    let row = seed::usage(&opened, &ids, 7).unwrap();
    assert!(row.bare_rows_per_s > 0.0 && row.rows == 7, "{row:?}");
    assert_eq!(opened.store.read_blocking(indexes).unwrap(), before);

    let keyring = opened.keyring().unwrap().clone();
    let number = CitizenId::parse(&people::citizen_id(1_000_001)).unwrap();
    let found = opened.store.read_blocking(|db| Account::find_by_number(db, &keyring.number_hash(&number))).unwrap().unwrap();
    assert_eq!(found.id, ids[2]);
    let holder = opened.store.read_blocking(|db| Holder::load(db, &keyring, found.id, date!(2026 - 01 - 02))).unwrap().unwrap();
    assert_eq!(holder.person.citizen_id.as_str(), "098092000001");
    let records = opened.store.read_blocking(|db| UsageRecord::list(db, ids[0], None, 10)).unwrap();
    assert_eq!(records.len(), 3, "seven records of three people in turn");
    assert_eq!(records[0].unseal_address(&keyring).unwrap(), "127.0.0.1");
}

#[test]
fn seeded_rows_whose_time_has_come_leave_and_their_history_stays() {
    let folder = tempfile::tempdir().unwrap();
    let (_claimed, opened) = node::open(&node::config(folder.path(), 8090));
    let (ids, _) = seed::accounts(&opened, 0, 3, "x").unwrap();
    assert_eq!(seed::expired(&opened, &ids, 25).unwrap().rows, 24, "fours");
    let now = opened.clock.now();
    let leaving = |kind: Expiring| opened.store.run_blocking(move |db| kind.remove(db, now, 1000)).unwrap();
    assert_eq!(opened.store.read_blocking(|db| Expiring::Grants.overdue(db, now)).unwrap(), 6);
    assert_eq!(Expiring::ALL.map(leaving), [12, 6, 0, 0, 0, 0], "the families go with their grants");
    let records = opened.store.read_blocking(|db| UsageRecord::list(db, ids[1], None, 10)).unwrap();
    assert!(records.len() == 2 && records.iter().all(|record| record.at < now - Duration::days(31)), "{records:?}");
}

#[test]
fn people_who_are_there_already_are_not_seeded_again() {
    let folder = tempfile::tempdir().unwrap();
    let (_claimed, opened) = node::open(&node::config(folder.path(), 8090));
    seed::accounts(&opened, 0, 2, "x").unwrap();
    assert!(seed::accounts(&opened, 1, 2, "x").is_err());
    assert_eq!(opened.store.read_blocking(Account::count).unwrap(), 2);
    assert!(seed::accounts(&opened, people::MOST, 1, "x").is_err());
}
