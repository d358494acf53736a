//! More connections than file descriptors, and a table of descriptors that is full.

use std::collections::BTreeSet;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};

use crate::machine::{Machine, alone};
use crate::process::Node;
use crate::steps::{Portal, at_work, probe, signed_in, silent_tokens};

fn limited(machine: &Machine, files: u32) -> Command {
    let mut command = Command::new("sh");
    let serve = machine.command(&["serve"]);
    command.args(["-c", &format!("ulimit -n {files} && exec \"$@\""), "sh"]).arg(serve.get_program()).args(serve.get_args());
    command.current_dir(serve.get_current_dir().unwrap());
    command
}

#[tokio::test]
async fn a_flood_of_connections_takes_no_descriptor_from_those_who_are_served() {
    let _alone = alone().await;
    let machine = Machine::new();
    machine.configure("request_seconds = 2", "");
    let node = machine.try_serve(&mut limited(&machine, 176)).unwrap_or_else(|(status, said)| panic!("{status}: {said}"));
    let portal = Portal::of(&machine);
    let browser = signed_in(&machine).await;
    silent_tokens(&browser, &portal).await;

    let flood: Vec<TcpStream> = (0..200).map(|_| TcpStream::connect(("127.0.0.1", machine.port)).unwrap()).collect();
    // Every descriptor that connections may have is taken when the node says so; the watchers' listener tells it.
    let full = async {
        loop {
            let ready = probe(&machine.watch(), "/readyz").await;
            if ready.status == 503 {
                break ready;
            }
        }
    };
    let full = tokio::time::timeout(Duration::from_secs(60), full).await.expect("the flood takes every connection");
    assert!(full.is_put_off() && full.json["reason"] == "connections", "{full:?}");
    assert_eq!(probe(&machine.watch(), "/healthz").await.status, 200);
    assert!(machine.log().contains("every connection that open files and http.connections allow is taken"), "{}", machine.log());
    assert!(!machine.log().contains("Too many open files"), "{}", machine.log());
    // Commands and the database still have theirs.
    machine.is_sound();
    // Those who say nothing are shown out after a while, and whoever waits is served, on the flooded listener.
    silent_tokens(&browser, &portal).await;
    assert_eq!(probe(&machine.base(), "/healthz").await.status, 200);
    drop(flood);
    assert_eq!(probe(&machine.base(), "/readyz").await.status, 200);
    silent_tokens(&browser, &portal).await;
    assert_eq!(node.stop(), Some(0));
}

/// Takes the node's next free descriptor away, and every higher one, until it says that none is left. Answers the limit of before.
async fn fill_the_table(machine: &Machine, node: &Node) -> Rlimit {
    let mut before = None;
    let full = async {
        while !machine.log().contains("no file descriptor is left") {
            before.get_or_insert(lower(node));
            // A descriptor below may have been given back meanwhile; then the next lower one is taken.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), full).await.expect("a full table is told");
    before.unwrap()
}

/// Lowers the node's limit of open files to the least number that is free. Answers the limit of before.
fn lower(node: &Node) -> Rlimit {
    let entries = std::fs::read_dir(format!("/proc/{}/fd", node.child.id())).unwrap();
    let open: BTreeSet<u64> = entries.map(|entry| entry.unwrap().file_name().to_str().unwrap().parse().unwrap()).collect();
    let current = (0..).find(|number| !open.contains(number));
    // What a node may ask for it has from us.
    let limit = Rlimit { current, maximum: getrlimit(Resource::Nofile).maximum };
    prlimit(Some(Pid::from_child(&node.child)), Resource::Nofile, limit).unwrap()
}

#[tokio::test]
async fn a_full_table_of_descriptors_is_said_and_whoever_is_connected_is_served() {
    let _alone = alone().await;
    let machine = Machine::new();
    let (node, portal, browser, before) = at_work(&machine).await;
    let granted = fill_the_table(&machine, &node).await;

    // The database needs no new file: what is written is kept.
    let kept = silent_tokens(&browser, &portal).await;
    assert!(portal.is_active(&before.access_token).await);
    let ready = browser.get("/readyz").await;
    assert_eq!((ready.status, ready.header("retry-after").is_empty()), (503, false), "{}", ready.body);
    assert_eq!(ready.json()["reason"], "descriptors");
    assert_eq!(browser.get("/healthz").await.status, 200);
    // Whoever comes now waits.
    let mut newcomer = TcpStream::connect(("127.0.0.1", machine.port)).unwrap();
    newcomer.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    machine.logged("Too many open files").await;
    newcomer.set_nonblocking(true).unwrap();
    assert_eq!(newcomer.read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
    // One command may come in, since the node has kept a descriptor for it; it finds none for its own work. The next one waits.
    let refused = machine.run(&["check"]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(refused.status.code() == Some(1) && said.contains("unable to open database file"), "{said}");
    let mut command = machine.command(&["check"]).stdout(Stdio::null()).spawn().unwrap();
    machine.logged("commands have to wait").await;
    assert!(command.try_wait().unwrap().is_none(), "it was answered without a descriptor");
    let log = machine.log();
    for told in ["no file descriptor is left", "commands have to wait"] {
        assert_eq!(log.matches(told).count(), 1, "once, as long as it lasts: {log}");
    }
    assert!(log.contains("raise LimitNOFILE"), "{log}");

    prlimit(Some(Pid::from_child(&node.child)), Resource::Nofile, granted).unwrap();
    machine.logged("file descriptors are free again").await;
    newcomer.set_nonblocking(false).unwrap();
    let mut answer = String::new();
    newcomer.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(command.wait().unwrap().code(), Some(0));
    assert_eq!(probe(&machine.base(), "/readyz").await.status, 200);
    for tokens in [&before, &kept] {
        assert!(portal.is_active(&tokens.access_token).await);
        assert!(portal.refresh(&tokens.refresh_token).await.unwrap().tokens().is_some());
    }
    machine.is_sound();
    assert_eq!(node.stop(), Some(0));
}

#[tokio::test]
async fn too_few_descriptors_for_the_database_are_named_at_start() {
    let _alone = alone().await;
    let machine = Machine::new();
    let (status, said) = machine.try_serve(&mut limited(&machine, 64)).err().expect("too few");
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(said.contains("64 open files are allowed") && said.contains("LimitNOFILE"), "{said}");
}

#[tokio::test]
async fn a_connection_that_says_nothing_is_closed() {
    let _alone = alone().await;
    let machine = Machine::new();
    machine.configure("request_seconds = 2", "");
    let node = machine.serve();
    let mut silent = TcpStream::connect(("127.0.0.1", machine.port)).unwrap();
    silent.write_all(b"GET /healthz HT").unwrap();
    let mut answer = String::new();
    silent.read_to_string(&mut answer).unwrap();
    assert!(answer.is_empty() || answer.contains("408"), "{answer}");
    assert_eq!(node.stop(), Some(0));
}
