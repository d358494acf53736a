//! `dinhdanh demo`: the provider, two portals, and the demo citizens, in one process and without any other service.
//!
//! 1. The portals' ports are taken first, so that a taken one changes nothing.
//! 2. [`Node::start`] makes and migrates `./data`; [`seed`](seed()) adds the citizens that are missing.
//! 3. Everything runs until Ctrl-C; the provider finishes its requests, then the portals stop.

pub mod citizens;
mod clients;
mod seed;
mod welcome;

use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};

use anyhow::{Context, bail};
use demo_portal::PortalConfig;

pub use clients::developer_clients;
pub use seed::{Seeded, seed};

use crate::cli::Node;
use crate::clock::Clock;
use crate::config::{Config, DEMO_CLIENT_SECRET, Environment};
use crate::randomness::Randomness;

/// Runs the sandbox: the provider on `port_base`, the portals on the two ports above it.
///
/// # Errors
/// A port is taken, `./data` cannot be used, or a listener fails: one line with cause and cure.
pub async fn run(port_base: u16) -> anyhow::Result<()> {
    let mut config = Config::for_demo(port_base, &Environment::of_process())?;
    config.clients.extend(developer_clients());
    let issuer = config.issuer.clone();
    let [national, social] = [1, 2].map(|above| port_base.saturating_add(above));
    let portals = [
        (PortalConfig::national_portal(&issuer, national, DEMO_CLIENT_SECRET), listen(national)?),
        (PortalConfig::social_security(&issuer, social, DEMO_CLIENT_SECRET), listen(social)?),
    ];
    drop(listen(port_base)?);

    let node = Node::start(config, Clock::default(), Randomness::system()).await?;
    let provider = &node.provider;
    let now = provider.clock.now();
    let seeded = seed(&provider.store, &provider.keyring, &provider.hasher, &provider.randomness, now).await.context("demo citizens")?;

    let mut handles = Vec::new();
    for (portal, listener) in portals {
        let server = demo_portal::server(portal, listener)?;
        handles.push(server.handle());
        actix_web::rt::spawn(server);
    }
    print!("{}", welcome::text(&issuer, national, social, seeded));
    let outcome = node.run(None).await;
    for handle in handles {
        handle.stop(true).await;
    }
    outcome
}

fn listen(port: u16) -> anyhow::Result<TcpListener> {
    let other = if port < 20_000 { 28_080 } else { 18_080 };
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            bail!("port {port} is taken by another program: stop it, or choose other ports with --port-base {other}")
        }
        Err(error) => bail!("cannot listen on port {port} ({error}): choose other ports with --port-base {other}"),
    }
}
