//! More arrivals than the server can carry: it should answer as many as before, refuse the rest, stay small and say that it lives.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::task::spawn_local;
use url::Url;

use crate::closed::{self, Rounds};
use crate::connection::Connection;
use crate::crowd::Crowd;
use crate::failure::Failure;
use crate::open::{self, Arrivals};
use crate::portal::get;
use crate::process::resident_mib;
use crate::row::Row;
use crate::tally::Tally;
use crate::workload::Workload;

/// How often the server is asked whether it lives.
const PROBE_EVERY: Duration = Duration::from_millis(100);
/// A probe without an answer after this is a failure.
const PROBE_LIMIT: Duration = Duration::from_secs(2);

/// What became of it.
#[derive(Debug, Clone, Serialize)]
pub struct OverloadRow {
    /// Sign-ins a second at its best, with as many users as the profile has people.
    pub peak_per_s: f64,
    /// Arrivals a second, a multiple of it.
    pub arrivals_per_s: f64,
    /// Sign-ins that ended well, a second, over the peak.
    pub goodput_over_peak: f64,
    /// Resident memory before, in MiB.
    pub rss_before_mib: f64,
    /// The most that it had meanwhile.
    pub rss_most_mib: f64,
    /// Times that `/healthz` answered 200.
    pub healthz_ok: u64,
    /// Times that it did not within two seconds.
    pub healthz_failed: u64,
    /// 99 of 100 answers of `/healthz` came within, in milliseconds.
    pub healthz_p99_ms: f64,
    /// The open loop itself.
    pub overload: Row,
}

#[derive(Default)]
struct Watched {
    healthz: RefCell<Tally>,
    rss_most: Cell<f64>,
    stopping: Cell<bool>,
}

/// Measures the peak, then sends `times` as many.
///
/// # Errors
/// When the users cannot be prepared.
pub async fn run(crowd: &mut Crowd, times: f64, places: usize, rounds: Rounds) -> anyhow::Result<OverloadRow> {
    let workload = Workload::Sso;
    let peak = closed::run(crowd, workload, crowd.portal().profile.users.count, rounds).await?;
    let before = resident_mib(rounds.server).unwrap_or_default();
    let watched = Rc::new(Watched::default());
    let healthz = crowd.portal().discovery.join("/healthz")?;
    let watching = spawn_local(watch(Connection::new(crowd.portal().origin.clone()), healthz, rounds.server, watched.clone()));
    let arrivals = Arrivals { workload, rate: peak.ops_per_s * times, places };
    let overload = open::run(crowd, arrivals, rounds).await?;
    watched.stopping.set(true);
    watching.await?;
    let healthz = watched.healthz.borrow();
    Ok(OverloadRow {
        peak_per_s: peak.ops_per_s,
        arrivals_per_s: arrivals.rate,
        goodput_over_peak: if peak.ops_per_s > 0.0 { overload.ops_per_s / peak.ops_per_s } else { 0.0 },
        rss_before_mib: before,
        rss_most_mib: watched.rss_most.get().max(overload.rss_mib),
        healthz_ok: healthz.latencies.count(),
        healthz_failed: healthz.errors + healthz.timed_out + healthz.shed_latencies.count(),
        healthz_p99_ms: healthz.latencies.quantile_ms(0.99),
        overload,
    })
}

async fn watch(mut connection: Connection, healthz: Url, server: Option<i32>, watched: Rc<Watched>) {
    while !watched.stopping.get() {
        let begun = Instant::now();
        let outcome = match tokio::time::timeout(PROBE_LIMIT, get(&mut connection, &healthz)).await {
            Ok(answer) => answer.and_then(|answer| answer.ok("healthz")).map(drop),
            Err(_) => {
                connection.close();
                Err(Failure::TimedOut)
            }
        };
        watched.healthz.borrow_mut().add(&outcome, begun.elapsed());
        watched.rss_most.set(watched.rss_most.get().max(resident_mib(server).unwrap_or_default()));
        tokio::time::sleep(PROBE_EVERY.saturating_sub(begun.elapsed())).await;
    }
}
