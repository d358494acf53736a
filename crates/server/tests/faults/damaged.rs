//! A page of the database is not what was written there: that is said, and nothing is served from it.

use std::os::unix::fs::FileExt;

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::browser::Browser;
use crate::machine::{AN, Machine, PASSWORD, alone};
use crate::steps::{Portal, probe, signed_in};

#[derive(QueryableByName)]
struct Page {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

fn page_of(machine: &Machine, name: &str) -> u64 {
    let mut db = machine.sqlite();
    let query = diesel::sql_query("SELECT rootpage AS n FROM sqlite_master WHERE name = $1").bind::<diesel::sql_types::Text, _>(name);
    u64::try_from(query.get_result::<Page>(&mut db).unwrap().n).unwrap()
}

/// A valid installation whose log is in the file, with a citizen who was here.
async fn installation() -> Machine {
    let machine = Machine::new();
    let node = machine.serve();
    signed_in(&machine).await;
    assert_eq!(node.stop(), Some(0));
    // A page that still stands in the log is read from there, whatever the file says.
    machine.sqlite().batch_execute("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    machine
}

#[tokio::test]
async fn a_damaged_page_is_said_and_nothing_is_served_from_it() {
    let _alone = alone().await;
    let machine = installation().await;
    let sandbox = std::fs::read(machine.database()).unwrap();
    // A sandbox reads its demo citizens at every start and would not come to serve.
    machine.goes_into_production("smtp://127.0.0.1:1");
    let sound = std::fs::read(machine.database()).unwrap();
    let tables =
        ["sqlite_master", "accounts", "sqlite_autoindex_accounts_2", "identities", "sessions", "data_keys", "installation", "signing_keys"];
    let mut put_off = Vec::new();
    for table in tables {
        let number = match table {
            "sqlite_master" => 1,
            // The name of the index behind UNIQUE (number_hash) is SQLite's affair.
            "sqlite_autoindex_accounts_2" => {
                let mut db = machine.sqlite();
                let index = "SELECT rootpage AS n FROM sqlite_master WHERE type = 'index' AND tbl_name = 'accounts' AND rootpage > 0 ORDER BY rootpage DESC";
                u64::try_from(diesel::sql_query(index).get_result::<Page>(&mut db).unwrap().n).unwrap()
            }
            table => page_of(&machine, table),
        };
        let file = std::fs::OpenOptions::new().write(true).open(machine.database()).unwrap();
        // Page 1 begins with the header, without which it is no database at all.
        let skipped = if number == 1 { 100 } else { 0 };
        file.write_all_at(&vec![0xa5; 4096 - skipped], (number - 1) * 4096 + skipped as u64).unwrap();
        file.sync_all().unwrap();
        machine.forget_log();
        match machine.try_serve(&mut machine.command(&["serve"])) {
            Err((status, said)) => {
                assert_eq!(status.code(), Some(1), "{table}: {said}");
                assert!(said.contains("damaged") || said.contains("malformed"), "{table}: {said}");
            }
            Ok(node) => {
                let (browser, portal) = (Browser::new(&machine.base()), Portal::of(&machine));
                let page = browser.get(&portal.authorize(false)).await;
                let answer = if page.is_sign_in_page() { browser.sign_in(&page, AN, PASSWORD).await } else { page };
                assert_eq!(answer.parameter("code"), None, "{table}: a damaged database let somebody in");
                assert_eq!((answer.status, answer.header("retry-after").is_empty()), (503, false), "{table}: {}", answer.text());
                let log = machine.log();
                assert!(log.contains("the database is damaged") && log.contains("dinhdanh restore"), "{table}: {log}");
                let ready = probe(&machine.base(), "/readyz").await;
                assert!(ready.is_put_off() && ready.json["reason"] == "damaged", "{table}: {ready:?}");
                assert_eq!(probe(&machine.base(), "/healthz").await.status, 200);
                let (report, code) = machine.json(&["check"]);
                let is_of_the_file = |fault: &serde_json::Value| fault["table"] == "file";
                assert!(report["faults"].as_array().unwrap().iter().any(is_of_the_file) && code == Some(1), "{table}: {report}");
                drop(node);
                put_off.push(table);
            }
        }
        for suffix in ["-wal", "-shm"] {
            std::fs::remove_file(machine.data.join(format!("dinhdanh.sqlite{suffix}"))).ok();
        }
        std::fs::write(machine.database(), &sound).unwrap();
    }
    // What a start reads stops it; these are read for people only.
    for table in ["accounts", "identities", "sessions"] {
        assert!(put_off.contains(&table), "{table}: no node served, so nobody was put off: {put_off:?}");
    }
    std::fs::write(machine.database(), &sandbox).unwrap();
    machine.configure("", "");
    let node = machine.serve();
    signed_in(&machine).await;
    machine.is_sound();
    assert_eq!(node.stop(), Some(0));
}
