//! Work beside the requests: deliveries, rows whose time has come, and a look at what the machine does to us.

use std::sync::Arc;
use std::time::{Duration, Instant};

use persistence::{Expiring, Store, StoreError};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::clock::Clock;
use crate::observe;
use crate::provider::Provider;

/// How often a node looks whether its clock was set and whether file descriptors are left.
const WATCH_EVERY: Duration = Duration::from_secs(1);
const EXPIRY_EVERY: Duration = Duration::from_secs(300);
/// Rows that leave in one transaction: more would keep the sign-ins beside it waiting (design section 3).
pub const EXPIRY_BATCH: i64 = 200;
/// Between two such transactions the writer and the processor belong to others for so many times as long as the last one took, and for
/// [`SHORTEST_PAUSE`] at least. Some thousand rows a second leave all the same.
const PAUSES: u32 = 4;
const SHORTEST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

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
        tasks.spawn(watch_machine(provider.clock.clone(), stopped.clone()));
        tasks.spawn(expire(Arc::clone(provider), stopped));
        Self { stop, tasks }
    }

    /// Asks them to end and waits until they have.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        while self.tasks.join_next().await.is_some() {}
    }
}

/// Tells the log what nobody else notices: a clock that was set ends sessions early or late, without descriptors nobody new comes in.
async fn watch_machine(clock: Clock, mut stopped: watch::Receiver<bool>) {
    let mut ticks = tokio::time::interval(WATCH_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut before = observe::Reading::of(&clock);
    loop {
        tokio::select! {
            _ = stopped.changed() => return,
            _ = ticks.tick() => {}
        }
        let now = observe::Reading::of(&clock);
        now.tell_since(before);
        before = now;
        observe::descriptors_left();
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
        tokio::select! {
            _ = stopped.changed() => return,
            outcome = remove_expired(&provider.store, &provider.clock, |pause| tokio::time::sleep(pause)) => match outcome {
                Ok(0) => {}
                Ok(rows) => tracing::info!(rows, "rows left whose time had come"),
                Err(error) => tracing::warn!(%error, "expiry has to wait"),
            }
        }
    }
}

/// Removes every row whose time has come, [`EXPIRY_BATCH`] rows of one kind a transaction, `pause` between two. Answers how many left.
///
/// # Errors
/// Of the store; what left before stays away.
pub async fn remove_expired<P>(store: &Store, clock: &Clock, mut pause: impl FnMut(Duration) -> P) -> Result<usize, StoreError>
where
    P: Future<Output = ()>,
{
    let mut removed = 0;
    for kind in Expiring::ALL {
        loop {
            let (now, begun) = (clock.now(), Instant::now());
            let rows = store.run(move |db| kind.remove(db, now, EXPIRY_BATCH)).await?;
            if rows == 0 {
                break;
            }
            removed += rows;
            pause((begun.elapsed() * PAUSES).clamp(SHORTEST_PAUSE, LONGEST_PAUSE)).await;
        }
    }
    Ok(removed)
}

#[cfg(all(test, feature = "sandbox"))]
mod tests {
    use std::sync::{Arc, Mutex};

    use account_policy::CitizenId;
    use diesel::QueryDsl as _;
    use diesel::RunQueryDsl as _;
    use persistence::schema::sessions;
    use persistence::{Account, DatabaseUrl, KeyEncryptionKey, Keyring, Mode, Session, StoreOptions};

    use super::*;
    use crate::config::PasswordsConfig;
    use crate::demo;
    use crate::hashing::Hasher;
    use crate::randomness::Randomness;

    #[tokio::test]
    async fn expired_rows_leave_in_small_transactions_with_pauses_between_them() {
        let folder = tempfile::tempdir().unwrap();
        let (clock, randomness) = (Clock::default(), Randomness::seeded(1));
        let now = clock.now();
        let store = Store::open(&DatabaseUrl::sqlite(folder.path().join("x.sqlite")), Mode::Sandbox, StoreOptions::default()).unwrap();
        store.migrate(now).unwrap();
        let random = randomness.clone();
        let kek = KeyEncryptionKey::from_bytes([7; 32]);
        let keyring = Keyring::open_or_create(&store, &kek, Arc::new(move |bytes: &mut [u8]| random.fill(bytes)), now).unwrap();
        let passwords = PasswordsConfig { memory_kib: 64, iterations: 1, threads: 1, ..PasswordsConfig::default() };
        let hasher = Hasher::new(&passwords, randomness.clone()).unwrap();
        demo::seed(&store, &keyring, &hasher, &randomness, now).await.unwrap();
        let number = keyring.number_hash(&CitizenId::parse("098090000001").unwrap());
        let account = store.read_blocking(|db| Account::find_by_number(db, &number)).unwrap().unwrap().id;
        let old = now - time::Duration::days(3);
        let ids: Vec<_> = (0..451).map(|_| randomness.uuid(old)).collect();
        let insert = move |db: &mut persistence::Db| {
            ids.iter().enumerate().try_for_each(|(n, id)| {
                let expires_at = if n == 0 { now } else { old };
                let (secret_hash, epoch) = ([0; 32], 1);
                Session {
                    id: *id,
                    account_id: account,
                    secret_hash,
                    epoch,
                    created_at: old,
                    last_seen_at: old,
                    expires_at,
                    password_at: old,
                    code_at: None,
                    guardian_code_at: None,
                    ended_at: None,
                }
                .insert(db)
            })
        };
        store.run_blocking(insert).unwrap();

        let left = Mutex::new(Vec::new());
        let pause = |pause: Duration| {
            assert!(pause >= SHORTEST_PAUSE && pause <= LONGEST_PAUSE);
            let rows: i64 = store.read_blocking(|db| sessions::table.count().get_result(db)).unwrap();
            left.lock().unwrap().push(rows);
            std::future::ready(())
        };
        assert_eq!(remove_expired(&store, &clock, pause).await.unwrap(), 450);
        assert_eq!(*left.lock().unwrap(), [251, 51, 1], "the living one stays");
    }
}
