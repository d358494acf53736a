use std::path::Path;
use std::process::{Child, Command};
use std::time::Duration;

use anyhow::Context as _;
use url::Url;

use super::HelloArguments;
use crate::closed;
use crate::connection::Connection;
use crate::crowd::Crowd;
use crate::portal::{Portal, get};
use crate::row::{self, Row};
use crate::workload::Workload;

/// `load hello`: starts its server, measures, stops it.
pub(super) async fn run(arguments: &HelloArguments, out: Option<&Path>) -> anyhow::Result<()> {
    let url = Url::parse(&arguments.url)?;
    let portal = Portal::plain("hello", url.clone())?;
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["hello-server", "--url", &arguments.url]);
    if let Some(cpu) = arguments.server_cpu {
        command.args(["--cpu", &cpu.to_string()]);
    }
    let mut server = Server(command.spawn().context("cannot start the server of hello")?);
    until_answered(&mut server.0, &portal, &url).await?;

    let mut crowd = Crowd::new(portal);
    let rounds = arguments.times.rounds(i32::try_from(server.0.id()).ok());
    println!("{}", crowd.name());
    Row::print_heading();
    for &users in &arguments.users {
        let mut row = closed::run(&mut crowd, Workload::Discovery, users, rounds).await?;
        row.workload = "plain".to_owned();
        row.print();
        row::append(out, &row)?;
    }
    Ok(())
}

async fn until_answered(server: &mut Child, portal: &Portal, url: &Url) -> anyhow::Result<()> {
    let mut connection = Connection::new(portal.origin.clone());
    for _ in 0..500 {
        if let Some(status) = server.try_wait()? {
            anyhow::bail!("the server of hello ended: {status}");
        }
        if get(&mut connection, url).await.is_ok() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    anyhow::bail!("the server of hello does not answer")
}

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
