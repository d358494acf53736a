//! Work beside the requests: deliveries, and rows whose time has come.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::provider::Provider;

const EXPIRY_EVERY: Duration = Duration::from_secs(300);
/// Rows a purge deletes in one transaction, so that it never holds the writer for long.
const EXPIRY_BATCH: i64 = 200;

/// The running background tasks.
pub struct Background {
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Background {
    /// Starts them.
    #[must_use]
    pub fn spawn(provider: &Arc<Provider>) -> Self {
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        tasks.spawn(crate::delivery::work(Arc::clone(provider), stopped.clone()));
        tasks.spawn(expire(Arc::clone(provider), stopped));
        Self { stop, tasks }
    }

    /// Asks them to end and waits until they have.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        while self.tasks.join_next().await.is_some() {}
    }
}

async fn expire(provider: Arc<Provider>, mut stopped: watch::Receiver<bool>) {
    let mut ticks = tokio::time::interval(EXPIRY_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = stopped.changed() => return,
            _ = ticks.tick() => {}
        }
        loop {
            let now = provider.clock.now();
            match provider.store.run(move |db| persistence::expiry::purge(db, now, EXPIRY_BATCH)).await {
                Ok(purged) if purged.total() > 0 && !*stopped.borrow() => tracing::debug!(rows = purged.total(), "expired rows left"),
                Ok(_) => break,
                Err(error) => {
                    tracing::warn!(%error, "expiry has to wait");
                    break;
                }
            }
        }
    }
}
