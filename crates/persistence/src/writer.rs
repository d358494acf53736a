//! Group commit: one thread owns SQLite's one write connection, collects the closures of a moment, commits once, then
//! answers all (design section 9).

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::result::{Error, QueryResult};

use crate::connection::Connector;
use crate::{Db, StoreError};

/// A batch starts again without the closure that failed at most this often; then all run alone.
const MOST_RESTARTS: usize = 8;

/// The writer lingers so often at most while more keeps coming.
const MOST_LINGERS: usize = 8;

/// The writer lingers no more once it has so many: each has a small share of the commit by then, and while it is on its way to the disk, the others keep
/// the processor busy.
const ENOUGH: usize = 48;

/// Told the size of every committed batch.
pub type OnCommit = Arc<dyn Fn(usize) + Send + Sync>;

/// How the writer collects.
#[derive(Clone)]
pub(crate) struct Batching {
    pub queue: usize,
    pub largest: usize,
    pub linger: Duration,
    pub on_commit: Option<OnCommit>,
}

/// One closure on its way through the writer. It may run several times before it is answered once.
pub(crate) trait Job: Send {
    /// Runs the closure and keeps its result.
    fn attempt(&mut self, db: &mut Db) -> QueryResult<()>;
    /// Hands out the result of the last attempt, or why there is none.
    fn answer(self: Box<Self>, failure: Option<StoreError>);
}

/// The queue before the writer's thread.
pub(crate) struct Writer {
    jobs: Option<SyncSender<Box<dyn Job>>>,
    waiting: Arc<AtomicUsize>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread on an open connection; `connector` replaces one that broke.
    pub fn start(db: Db, connector: Connector, batching: Batching) -> std::io::Result<Self> {
        let (jobs, queue) = sync_channel(batching.queue);
        let waiting = Arc::new(AtomicUsize::new(0));
        let depth = Arc::clone(&waiting);
        let thread = std::thread::Builder::new()
            .name("sqlite-writer".into())
            .spawn(move || Loop { db, connector, queue, waiting: depth, batching }.run())?;
        Ok(Self { jobs: Some(jobs), waiting, thread: Some(thread) })
    }

    /// Queues a job, or answers it at once that there is no room.
    pub fn submit(&self, job: Box<dyn Job>) {
        let Some(jobs) = &self.jobs else { return job.answer(Some(StoreError::Closed)) };
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let (job, failure) = match jobs.try_send(job) {
            Ok(()) => return,
            Err(TrySendError::Full(job)) => (job, StoreError::Busy),
            Err(TrySendError::Disconnected(job)) => (job, StoreError::Closed),
        };
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        job.answer(Some(failure));
    }

    /// Closures that wait for a batch.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }
}

impl Drop for Writer {
    /// Commits and answers what is queued, then ends the thread.
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != std::thread::current().id()
        {
            // A writer that panicked has answered nobody since; there is nobody left to tell.
            let _ = thread.join();
        }
    }
}

struct Loop {
    db: Db,
    connector: Connector,
    queue: Receiver<Box<dyn Job>>,
    waiting: Arc<AtomicUsize>,
    batching: Batching,
}

impl Loop {
    fn run(mut self) {
        while let Ok(first) = self.queue.recv() {
            let mut batch = vec![first];
            self.gather(&mut batch);
            self.waiting.fetch_sub(batch.len(), Ordering::Relaxed);
            self.commit(batch);
        }
    }

    /// Where many come, a longer wait makes fewer and larger commits; who comes alone, or after whom nobody came, is not kept.
    fn gather(&self, batch: &mut Vec<Box<dyn Job>>) {
        self.drain(batch);
        for _ in 0..MOST_LINGERS {
            let before = batch.len();
            if before >= ENOUGH.min(self.batching.largest) {
                return;
            }
            std::thread::sleep(self.batching.linger);
            self.drain(batch);
            if batch.len() == before {
                return;
            }
        }
    }

    fn drain(&self, batch: &mut Vec<Box<dyn Job>>) {
        let room = self.batching.largest.saturating_sub(batch.len());
        batch.extend(self.queue.try_iter().take(room));
    }

    /// Runs the batch plain. A closure that fails is taken out and runs alone afterwards; the others start again without it.
    fn commit(&mut self, mut batch: Vec<Box<dyn Job>>) {
        let mut alone = Vec::new();
        while !batch.is_empty() {
            match self.attempt(&mut batch) {
                Attempt::Committed => {
                    if let Some(on_commit) = &self.batching.on_commit {
                        on_commit(batch.len());
                    }
                    batch.drain(..).for_each(|job| job.answer(None));
                }
                Attempt::Failed { at, failure } if batch.len() == 1 => batch.swap_remove(at).answer(Some(failure)),
                Attempt::Failed { at, .. } => {
                    alone.push(batch.remove(at));
                    // Something is wrong beyond single closures, a full disk for instance.
                    if alone.len() == MOST_RESTARTS {
                        alone.append(&mut batch);
                    }
                }
                // Whether the commit reached the disk is not known, so nothing runs twice.
                Attempt::NotCommitted(error) => {
                    let text = error.to_string();
                    batch.drain(..).for_each(|job| job.answer(Some(StoreError::Unavailable(text.clone()))));
                }
            }
        }
        for job in alone {
            self.commit(vec![job]);
        }
    }

    fn attempt(&mut self, batch: &mut [Box<dyn Job>]) -> Attempt {
        if let Err(error) = self.begin() {
            return Attempt::NotCommitted(error);
        }
        for (at, job) in batch.iter_mut().enumerate() {
            let outcome = catch_unwind(AssertUnwindSafe(|| job.attempt(&mut self.db)));
            let failure = match outcome {
                Ok(Ok(())) => continue,
                Ok(Err(error)) => StoreError::Database(error),
                Err(_) => StoreError::Panicked,
            };
            self.roll_back();
            return Attempt::Failed { at, failure };
        }
        match manage(&mut self.db, AnsiTransactionManager::commit_transaction) {
            Ok(()) => Attempt::Committed,
            Err(error) => {
                self.reconnect();
                Attempt::NotCommitted(error)
            }
        }
    }

    /// BEGIN IMMEDIATE: a deferred transaction that reads and then writes beside another writer fails at once.
    fn begin(&mut self) -> QueryResult<()> {
        let begin = |db: &mut Db| manage(db, |connection| AnsiTransactionManager::begin_transaction_sql(connection, "BEGIN IMMEDIATE"));
        begin(&mut self.db).or_else(|first| if self.reconnect() { begin(&mut self.db) } else { Err(first) })
    }

    /// A panic may have left savepoints open, and a full disk may have ended the transaction: then a new connection is the cure.
    fn roll_back(&mut self) {
        let rolled_back = manage(&mut self.db, AnsiTransactionManager::rollback_transaction);
        let depth = manage(&mut self.db, |connection| {
            AnsiTransactionManager::transaction_manager_status_mut(connection).transaction_depth().map(|depth| depth.map_or(0, u32::from))
        });
        if rolled_back.is_err() || !matches!(depth, Ok(0)) {
            self.reconnect();
        }
    }

    fn reconnect(&mut self) -> bool {
        match self.connector.open() {
            Ok(db) => {
                self.db = db;
                true
            }
            Err(_) => false,
        }
    }
}

enum Attempt {
    Committed,
    Failed { at: usize, failure: StoreError },
    NotCommitted(Error),
}

/// The writer exists on SQLite only.
fn manage<T>(db: &mut Db, f: impl FnOnce(&mut diesel::SqliteConnection) -> QueryResult<T>) -> QueryResult<T> {
    match db {
        Db::Sqlite(connection) => f(connection),
        Db::Postgres(_) => Err(Error::BrokenTransactionManager),
    }
}
