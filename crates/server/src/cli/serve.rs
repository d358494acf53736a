//! Starting a node.
//!
//! 1. The data folder is ours alone, and the port is free: before anything is written.
//! 2. The database is opened and brought up to date, its keys unwrapped, signing keys made where there are none.
//! 3. The clients of the configuration are stored.
//! 4. The control socket listens, then the node serves until SIGINT or SIGTERM and finishes what was begun.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use anyhow::Context;
use tokio::sync::oneshot;

use super::commands::keys;
use super::{Change, Opened, Pending};
use crate::clock::Clock;
use crate::config::Config;
use crate::control::{self, ControlSocket, DataDir, OnChange};
use crate::http;
use crate::observe::{self, Metrics};
use crate::provider::{Parts, Provider};
use crate::randomness::Randomness;

/// `dinhdanh serve`.
pub(super) fn command(config: Config) -> anyhow::Result<()> {
    observe::start_log(&config.log);
    block_on(serve(config, None))
}

/// Runs a future on actix's runtime.
pub(super) fn block_on(future: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    actix_web::rt::System::new().block_on(future)
}

/// Runs a node until it is told to stop. `ready` learns the address once requests are answered.
///
/// # Errors
/// What keeps it from starting, or ended it: cause and cure.
pub async fn serve(config: Config, ready: Option<oneshot::Sender<SocketAddr>>) -> anyhow::Result<()> {
    let node = Node::start(config, Clock::default(), Randomness::system()).await?;
    #[cfg(feature = "sandbox")]
    if node.provider.is_sandbox() {
        let provider = &node.provider;
        crate::demo::seed(&provider.store, &provider.keyring, &provider.hasher, &provider.randomness, provider.clock.now()).await?;
    }
    node.run(ready).await
}

/// A node that is ready to serve.
pub struct Node {
    /// Everything a request needs.
    pub provider: Arc<Provider>,
    listener: TcpListener,
    control: ControlSocket,
    data_dir: DataDir,
}

impl Node {
    /// Claims the data folder and the port, opens the database, stores the clients, listens for commands.
    ///
    /// # Errors
    /// What keeps it from starting: cause and cure.
    pub async fn start(config: Config, clock: Clock, randomness: Randomness) -> anyhow::Result<Self> {
        let data_dir = DataDir::claim(&config.data_dir)?;
        let listener = bind(&config.listen)?;
        let metrics = Metrics::new();
        let observed = metrics.clone();
        let on_commit = Arc::new(move |size: usize| observed.commit_batch(size));
        let opened = Opened::open_observed(config, clock, randomness, Pending::RunUnlessProduction, Some(on_commit))?;
        let provider = Arc::new(Provider::new(Parts {
            config: opened.config.clone(),
            store: opened.store.clone(),
            keyring: opened.keyring()?.clone(),
            signing: keys::signing_keys(&opened)?,
            clock: opened.clock.clone(),
            randomness: opened.randomness.clone(),
            metrics,
        })?);
        super::commands::clients::store_configured(&opened, &provider.outbound).await?;
        let control = control::listen(&data_dir, opened.clone(), on_change(opened, &provider)).context("control socket")?;
        Ok(Self { provider, listener, control, data_dir })
    }

    /// Serves until SIGINT or SIGTERM.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn run(self, ready: Option<oneshot::Sender<SocketAddr>>) -> anyhow::Result<()> {
        let Self { provider, listener, control, data_dir } = self;
        let outcome = http::run_on(provider, listener, ready).await;
        drop(control);
        drop(data_dir);
        outcome
    }
}

/// Caches obey a command before it reports that it is done.
fn on_change(opened: Opened, provider: &Arc<Provider>) -> OnChange {
    let provider = Arc::downgrade(provider);
    Arc::new(move |change| {
        let Some(provider) = provider.upgrade() else { return Ok(()) };
        match change {
            Change::SigningKeys => provider.use_signing(keys::signing_keys(&opened)?),
            Change::Clients => provider.forget_clients(),
            // Read from the database at every use.
            Change::Accounts => {}
        }
        Ok(())
    })
}

fn bind(address: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => anyhow::anyhow!("{address} is taken by another program; stop it, or change `listen`"),
        ErrorKind::PermissionDenied => {
            anyhow::anyhow!("{address} needs root; choose a port above 1023 for `listen` and put a proxy in front")
        }
        _ => anyhow::anyhow!("cannot listen on {address} ({error}); check `listen`"),
    })
}
