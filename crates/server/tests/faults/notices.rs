//! What people are told by mail is true after `kill -9`: a notice leaves when its session is durable, not before.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use diesel::prelude::*;
use diesel::sql_types::Binary;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::browser::Browser;
use crate::machine::{Machine, alone};
use crate::steps::{Portal, try_sign_in};

const ROUNDS: usize = 10;
const CITIZENS: usize = 8;
/// Mails in each round.
const MAILS: usize = 50;

/// A mail server that takes everything, and what it was sent.
#[derive(Clone, Default)]
struct PostOffice {
    /// A notice has the id of the session that it tells of, and its mail has that of the notice.
    seen: Arc<Mutex<HashSet<Uuid>>>,
    arrived: Arc<Notify>,
}

impl PostOffice {
    /// Answers its address as well.
    async fn open() -> (Self, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (office, url) = (Self::default(), format!("smtp://{}", listener.local_addr().unwrap()));
        let desk = office.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let desk = desk.clone();
                // A connection of a killed node breaks in the middle.
                tokio::spawn(async move { desk.receive(stream).await.ok() });
            }
        });
        (office, url)
    }

    /// The mails of one connection (RFC 5321). What began to arrive has left the node.
    async fn receive(&self, stream: TcpStream) -> std::io::Result<()> {
        let (reader, mut writer) = stream.into_split();
        let mut lines = BufReader::new(reader).lines();
        writer.write_all(b"220 mail.example\r\n").await?;
        let mut in_data = false;
        while let Some(line) = lines.next_line().await? {
            let answer = match line.as_str() {
                "." if in_data => "250 taken\r\n",
                line if in_data => {
                    self.look_at(line);
                    continue;
                }
                "DATA" => "354 go on\r\n",
                _ => "250 ok\r\n",
            };
            in_data = answer.starts_with("354");
            writer.write_all(answer.as_bytes()).await?;
        }
        Ok(())
    }

    fn look_at(&self, line: &str) {
        let Some((id, _)) = line.strip_prefix("Message-ID: <").and_then(|id| id.split_once('@')) else { return };
        self.seen.lock().unwrap().insert(id.parse().unwrap());
        self.arrived.notify_one();
    }

    fn seen(&self) -> HashSet<Uuid> {
        self.seen.lock().unwrap().clone()
    }

    async fn until_seen(&self, mails: usize) {
        while self.seen.lock().unwrap().len() < mails {
            self.arrived.notified().await;
        }
    }
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = Binary)]
    id: Vec<u8>,
}

fn sessions(machine: &Machine) -> HashSet<Uuid> {
    let rows = diesel::sql_query("SELECT id FROM sessions").load::<Id>(&mut machine.sqlite()).unwrap();
    rows.iter().map(|row| Uuid::from_slice(&row.id).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_notice_that_left_before_a_kill_has_its_session() {
    let _alone = alone().await;
    let (office, smtp_url) = PostOffice::open().await;
    let machine = Machine::new();
    assert_eq!(machine.serve().stop(), Some(0));
    machine.goes_into_production(&smtp_url);
    for round in 1..=ROUNDS {
        let mut node = machine.serve();
        let mut citizens = JoinSet::new();
        for _ in 0..CITIZENS {
            let (base, portal) = (machine.base(), Portal::of(&machine));
            citizens.spawn(async move { while try_sign_in(&Browser::new(&base), &portal).await {} });
        }
        office.until_seen(round * MAILS).await;
        node.child.kill().unwrap();
        node.child.wait().unwrap();
        while let Some(ended) = citizens.join_next().await {
            ended.unwrap();
        }
        let (seen, kept) = (office.seen(), sessions(&machine));
        let lost: Vec<_> = seen.difference(&kept).collect();
        assert!(lost.is_empty(), "round {round}: people were told of sessions that are not there: {lost:?}");
    }
    let (seen, kept) = (office.seen().len(), sessions(&machine).len());
    println!("{ROUNDS} kills, {seen} mails, {kept} sessions");
}
