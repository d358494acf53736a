//! The listeners, and a shutdown that finishes what was begun.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};
use anyhow::Context as _;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;

use super::Connections;
use super::admission::{EventLoop, admit};
use super::backlog;
use super::body::{self, MAX_BODY};
use super::connections::WATCHERS;
use super::headers::guard;
use crate::config::TlsConfig;
use crate::provider::Provider;
use crate::routes;
use crate::service_manager::{self, State};

/// Serves on a listener that is already bound. The background work (deliveries, expiry) ends with it.
pub async fn run_on(provider: Arc<Provider>, listener: TcpListener, ready: Option<oneshot::Sender<SocketAddr>>) -> anyhow::Result<()> {
    let address = listener.local_addr().context("the listener has no address")?;
    backlog::widen(&listener).context("the listener cannot be widened")?;
    let workers = provider.config.http.workers.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get));
    let connections = Connections::for_this_process(workers, provider.config.http.connections, provider.config.database.connections)?;
    let metrics = metrics_server(&provider, &connections)?;
    let within = Duration::from_secs(provider.config.http.keep_alive_seconds + provider.config.http.request_seconds);
    let server = server(Arc::clone(&provider), listener, workers, connections.clone())?;
    let watch = tokio::spawn(connections.watch(within));
    let background = provider.spawn_background();
    if let Some(metrics) = metrics {
        tokio::spawn(metrics);
    }
    if let Some(ready) = ready {
        let _ = ready.send(address);
    }
    tracing::info!(%address, issuer = %provider.config.issuer, "serving");
    let stopping = tokio::spawn(stop_when_told(Signals::new()?, server.handle()));
    // Whoever reads this may send a signal at once.
    service_manager::tell(State::Ready);
    let outcome = server.await;
    stopping.abort();
    watch.abort();
    background.stop().await;
    tracing::info!("stopped");
    outcome.context("the listener failed")
}

/// SIGTERM and SIGINT, caught from the moment this is made.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> anyhow::Result<Self> {
        let catch = |kind| signal(kind).context("signals cannot be caught");
        Ok(Self { terminate: catch(SignalKind::terminate())?, interrupt: catch(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// The first signal lets everybody finish what was begun, a second one does not.
async fn stop_when_told(mut signals: Signals, server: ServerHandle) {
    signals.next().await;
    tracing::info!("stopping: what was begun is being finished");
    service_manager::tell(State::Stopping);
    tokio::select! {
        () = server.stop(true) => {}
        () = signals.next() => {
            tracing::warn!("stopping at once");
            server.stop(false).await;
        }
    }
}

fn server(provider: Arc<Provider>, listener: TcpListener, workers: usize, connections: Connections) -> anyhow::Result<Server> {
    let tls = provider.config.tls.as_ref().map(tls_config).transpose()?;
    let limits = provider.config.http.clone();
    let data = web::Data::from(provider);
    let (per_worker, shared) = (connections.per_worker(), web::Data::new(connections.clone()));
    let server = HttpServer::new(move || {
        App::new()
            .app_data(data.clone())
            .app_data(shared.clone())
            .app_data(EventLoop::watch())
            .app_data(web::PayloadConfig::new(MAX_BODY))
            .wrap(from_fn(body::read))
            .wrap(from_fn(guard))
            .wrap(from_fn(admit))
            .configure(|services| routes::configure(services, &data))
    })
    .workers(workers)
    .max_connections(per_worker)
    .on_connect(move |io, extensions| connections.opened(io, extensions))
    .disable_signals()
    .client_request_timeout(Duration::from_secs(limits.request_seconds))
    .keep_alive(Duration::from_secs(limits.keep_alive_seconds))
    .shutdown_timeout(limits.shutdown_seconds);
    let server = match tls {
        Some(tls) => server.listen_rustls_0_23(listener, tls),
        None => server.listen(listener),
    };
    Ok(server.context("cannot serve on the listener")?.run())
}

/// The listener of `/metrics`, where one is configured; `/healthz` and `/readyz` answer there too, also while the public one is full.
fn metrics_server(provider: &Arc<Provider>, connections: &Connections) -> anyhow::Result<Option<Server>> {
    let Some(address) = provider.config.metrics.listen.clone() else { return Ok(None) };
    let limits = &provider.config.http;
    let data = web::Data::from(Arc::clone(provider));
    let shared = web::Data::new(connections.clone());
    let server = HttpServer::new(move || {
        let metrics = web::resource("/metrics").get(routes::operation::metrics);
        App::new().app_data(data.clone()).app_data(shared.clone()).service(metrics).configure(routes::operation::probes)
    })
    .workers(1)
    .max_connections(WATCHERS)
    .disable_signals()
    .client_request_timeout(Duration::from_secs(limits.request_seconds))
    .keep_alive(Duration::from_secs(limits.keep_alive_seconds))
    .bind(&address)
    .with_context(|| format!("metrics.listen: cannot listen on {address}"))?;
    Ok(Some(server.run()))
}

fn tls_config(config: &TlsConfig) -> anyhow::Result<rustls::ServerConfig> {
    use rustls::pki_types::pem::PemObject as _;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};
    let certificate = &config.certificate_file;
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .with_context(|| format!("tls.certificate_file: cannot read {}", certificate.display()))?;
    let key = PrivateKeyDer::from_pem_file(&config.key_file)
        .with_context(|| format!("tls.key_file: cannot read {}", config.key_file.display()))?;
    rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .context("tls: no usable protocol version")?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .context("tls: certificate and key do not fit together")
}
