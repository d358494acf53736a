use std::path::Path;
use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use load::closed::{self, Rounds};
use load::open::{self, Arrivals};
use load::storm::{self, Storm};
use load::workload::Workload;
use load::{overload, process};
use tokio::task::LocalSet;

use crate::node;

/// Long enough for one operation of each user on the busiest machine, since every operation that began is waited for.
fn short() -> Rounds {
    Rounds { warmup: Duration::ZERO, measured: Duration::from_millis(100), server: i32::try_from(std::process::id()).ok() }
}

#[tokio::test]
async fn every_workload_is_answered_as_a_real_client_wants_it() {
    let folder = tempfile::tempdir().unwrap();
    let everything = async {
        let mut crowd = node::start(folder.path()).await;
        for workload in Workload::ALL {
            let mut users = crowd.take(2, workload).await.unwrap();
            for user in &mut users {
                for _ in 0..2 {
                    user.operate(workload).await.unwrap_or_else(|failure| panic!("{}: {failure}", workload.name()));
                }
            }
            crowd.give_back(users);
        }
    };
    LocalSet::new().run_until(everything).await;
}

#[derive(QueryableByName)]
struct SignIns {
    #[diesel(sql_type = BigInt)]
    times: i64,
}

/// How often each person has signed in, as the node wrote it down; the least first.
fn sign_ins(folder: &Path) -> Vec<i64> {
    let database = folder.join("data/load.sqlite");
    let mut connection = SqliteConnection::establish(database.to_str().unwrap()).unwrap();
    let query = "SELECT count(*) AS times FROM usage_records GROUP BY account_id ORDER BY times";
    diesel::sql_query(query).load::<SignIns>(&mut connection).unwrap().into_iter().map(|person| person.times).collect()
}

#[tokio::test]
async fn people_who_share_a_user_take_turns() {
    let folder = tempfile::tempdir().unwrap();
    let turns = async {
        let mut crowd = node::start(folder.path()).await.with_people_each(2);
        let mut users = crowd.take(1, Workload::Sso).await.unwrap();
        let mut seen = vec![sign_ins(folder.path())];
        for _ in 0..4 {
            users[0].operate(Workload::Sso).await.unwrap();
            seen.push(sign_ins(folder.path()));
        }
        assert_eq!(seen, [[1, 1], [1, 2], [2, 2], [2, 3], [3, 3]]);
    };
    LocalSet::new().run_until(turns).await;
}

#[tokio::test]
async fn a_closed_and_an_open_loop_count_what_was_answered_and_what_it_cost() {
    let folder = tempfile::tempdir().unwrap();
    let both = async {
        let mut crowd = node::start(folder.path()).await;
        let row = closed::run(&mut crowd, Workload::Sso, 2, short()).await.unwrap();
        assert_eq!((row.errors, row.shed, row.timed_out, row.users), (0, 0, 0, 2), "{row:?}");
        assert!(row.rss_mib > 1.0, "{row:?}");

        let arrivals = Arrivals { workload: Workload::Sso, rate: 50.0, places: 4 };
        let row = open::run(&mut crowd, arrivals, short()).await.unwrap();
        assert_eq!((row.errors, row.shed, row.timed_out, row.rate), (0, 0, 0, Some(50.0)), "{row:?}");
    };
    LocalSet::new().run_until(both).await;
}

#[tokio::test]
async fn arrivals_that_find_no_place_are_counted_and_not_sent() {
    let folder = tempfile::tempdir().unwrap();
    let overloaded = async {
        let mut crowd = node::start(folder.path()).await;
        let arrivals = Arrivals { workload: Workload::Sso, rate: 100_000.0, places: 1 };
        let row = open::run(&mut crowd, arrivals, short()).await.unwrap();
        assert!(row.not_sent.unwrap() > row.ops && row.errors == 0, "{row:?}");
    };
    LocalSet::new().run_until(overloaded).await;
}

#[tokio::test]
async fn a_storm_and_an_overload_are_told_from_beginning_to_end() {
    let folder = tempfile::tempdir().unwrap();
    let both = async {
        let mut crowd = node::start(folder.path()).await;
        let storm = storm::run(&mut crowd, Storm { people: 2, crowd: 5, places: 4 }, short()).await.unwrap();
        assert_eq!(storm.crowd_served + storm.crowd_shed, 5, "{storm:?}");
        let overload = overload::run(&mut crowd, 5.0, 8, short()).await.unwrap();
        assert!(overload.healthz_ok > 0 && overload.healthz_failed == 0, "{overload:?}");
        assert!(overload.rss_most_mib >= 1.0, "{overload:?}");
    };
    LocalSet::new().run_until(both).await;
}

#[test]
fn a_process_that_has_gone_used_nothing() {
    assert_eq!(process::resident_mib(Some(i32::MAX)), None);
    assert!(process::resident_mib(i32::try_from(std::process::id()).ok()).unwrap() > 1.0);
}
