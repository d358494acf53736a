//! kill -9 at any moment loses nothing that was answered.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use persistence::{Account, AuditEvent, DatabaseUrl};
use uuid::Uuid;

use crate::world::{NOW, World, open};

const FILE: &str = "DINHDANH_TEST_KILL_FILE";

/// The process that is killed: commits from four threads and prints each id once it was answered.
#[test]
fn the_process_that_is_killed() {
    let Ok(file) = std::env::var(FILE) else { return };
    let store = open(&DatabaseUrl::sqlite(file));
    std::thread::scope(|scope| {
        for thread in 0..4_u64 {
            let store = store.clone();
            scope.spawn(move || {
                for n in 0.. {
                    let id = Uuid::from_u64_pair(n, thread);
                    let event =
                        AuditEvent { id, at: NOW, actor: "t".into(), action: "t".into(), subject: None, detail: serde_json::Value::Null };
                    store.run_blocking(move |db| event.append(db)).unwrap();
                    writeln!(std::io::stdout(), "answered {id}").unwrap();
                }
            });
        }
    });
}

#[test]
fn kill_9_loses_nothing_that_was_answered() {
    let world = World::sqlite();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kill::the_process_that_is_killed", "--nocapture"])
        .env(FILE, world.url.sqlite_path().unwrap())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut answered = Vec::new();
    while answered.len() < 200 {
        let line = lines.next().expect("the process writes until it is killed").unwrap();
        answered.extend(line.split_once("answered ").map(|(_, id)| id.parse::<Uuid>().unwrap()));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    answered
        .extend(lines.map_while(Result::ok).filter_map(|line| line.split_once("answered ").and_then(|(_, id)| id.parse::<Uuid>().ok())));

    let store = open(&world.url);
    let kept: std::collections::HashSet<Uuid> =
        store.read_blocking(|db| AuditEvent::list(db, None, 1_000_000)).unwrap().into_iter().map(|event| event.id).collect();
    let lost: Vec<_> = answered.iter().filter(|id| !kept.contains(id)).collect();
    assert!(lost.is_empty(), "{} of {} lost", lost.len(), answered.len());
    assert_eq!(store.read_blocking(Account::count).unwrap(), 0);
}
