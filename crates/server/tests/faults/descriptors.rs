//! More connections than file descriptors.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;

use crate::machine::{Machine, alone};
use crate::steps::{Portal, probe, signed_in, silent_tokens};

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
    let node = machine.try_serve(&mut limited(&machine, 160)).unwrap_or_else(|(status, said)| panic!("{status}: {said}"));
    let portal = Portal::of(&machine);
    let browser = signed_in(&machine).await;
    silent_tokens(&browser, &portal).await;

    let flood: Vec<TcpStream> = (0..400).map(|_| TcpStream::connect(("127.0.0.1", machine.port)).unwrap()).collect();
    // Every descriptor that connections may have is taken when the node says so; the watchers' listener tells it.
    let full = async {
        loop {
            let ready = probe(&machine.watch(), "/readyz").await;
            if ready.status == 503 {
                break ready;
            }
        }
    };
    let full = tokio::time::timeout(std::time::Duration::from_secs(60), full).await.expect("the flood takes every connection");
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
