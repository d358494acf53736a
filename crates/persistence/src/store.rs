//! The store: closures over a connection. One [`Store::run`] closure is one transaction.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use diesel::connection::Connection;
use diesel::r2d2::{Pool, PooledConnection};
use diesel::result::{DatabaseErrorKind, Error, QueryResult};
use time::OffsetDateTime;

use crate::connection::{Connector, Role, reader_cache_kib};
use crate::writer::{Batching, Job, OnCommit, Writer};
use crate::{Ailment, DatabaseUrl, Db, Installation, Mode, OpenError, StoreError, database_file, migrations, restore};

/// How a store is opened.
#[derive(Clone)]
pub struct StoreOptions {
    /// Connections that read (SQLite) or all connections (PostgreSQL).
    pub connections: u32,
    /// Closures that may wait for the writer before [`StoreError::Busy`]; SQLite only.
    pub queue: usize,
    /// Closures in one commit at most; SQLite only.
    pub largest_batch: usize,
    /// How long the writer waits for company, and again while more keeps coming; SQLite only. About 1 ms pays (design section 3).
    pub linger: Duration,
    /// How long a caller waits for a pooled connection before [`StoreError::Busy`].
    pub wait: Duration,
    /// Told the size of every committed batch, for metrics.
    pub on_commit: Option<OnCommit>,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            connections: 16,
            queue: 4096,
            largest_batch: 512,
            linger: Duration::from_millis(1),
            wait: Duration::from_secs(5),
            on_commit: None,
        }
    }
}

/// An open database. Cheap to clone; the last clone to go commits what is queued.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    url: DatabaseUrl,
    mode: Mode,
    pool: Pool<Connector>,
    backend: Backend,
}

enum Backend {
    Sqlite(Writer),
    Postgres,
}

/// Serialization failures and deadlocks are tried again this often.
const ATTEMPTS: usize = 5;

impl Store {
    /// Opens the database and checks that it can be written, is ours, of a known version and of this mode. Makes a missing
    /// SQLite file and its folder (owner only: 0600, 0700). Runs no migration.
    ///
    /// # Errors
    /// [`OpenError`]; nothing was changed.
    pub fn open(url: &DatabaseUrl, mode: Mode, options: StoreOptions) -> Result<Self, OpenError> {
        if let Some(path) = url.sqlite_path() {
            let staged = restore::staged_path(path);
            if staged.exists() {
                return Err(OpenError::RestoreInterrupted { staged });
            }
            database_file::prepare(path)?;
        }
        let mut visitor = Connector { url: url.clone(), role: Role::Visitor, cache_kib: 0 }.open().map_err(|e| connect(url, &e))?;
        let pending = migrations::pending(&mut visitor, &url.to_string()).map_err(|e| not_a_database(url, e))?;
        check_mode(&mut visitor, mode, &pending).map_err(|e| not_a_database(url, e))?;
        drop(visitor);
        let writer = Connector { url: url.clone(), role: Role::Writer, cache_kib: 0 };
        let db = writer.open().map_err(|e| connect(url, &e))?;
        let sqlite = url.sqlite_path().is_some();
        let role = if sqlite { Role::Reader } else { Role::Writer };
        let manager = Connector { url: url.clone(), role, cache_kib: reader_cache_kib(options.connections) };
        let pool = Pool::builder()
            .max_size(options.connections.max(1))
            .min_idle(Some(1))
            .test_on_check_out(!sqlite)
            .connection_timeout(options.wait)
            .build(manager)
            .map_err(|e| connect(url, &e))?;
        let backend = if sqlite {
            let batching = Batching {
                queue: options.queue.max(1),
                largest: options.largest_batch.max(1),
                linger: options.linger,
                on_commit: options.on_commit,
            };
            Backend::Sqlite(Writer::start(db, writer, batching).map_err(|e| connect(url, &e))?)
        } else {
            Backend::Postgres
        };
        Ok(Self(Arc::new(Inner { url: url.clone(), mode, pool, backend })))
    }

    /// What this installation is.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.0.mode
    }

    /// Names of the migrations that [`Store::migrate`] would run, oldest first.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn pending(&self) -> Result<Vec<String>, OpenError> {
        migrations::pending(&mut self.own_connection()?, &self.0.url.to_string())
    }

    /// Runs what is pending and, the first time, fixes the mode for ever. Answers the versions that were run.
    ///
    /// # Errors
    /// [`OpenError`]; a failed migration is rolled back.
    pub fn migrate(&self, now: OffsetDateTime) -> Result<Vec<String>, OpenError> {
        let mut db = self.own_connection()?;
        migrations::exclusively(&mut db, |db| {
            migrations::pending(db, &self.0.url.to_string())?;
            let ran = migrations::run(db)?;
            let database = Installation::claim(db, self.0.mode, now)?;
            if database == self.0.mode { Ok(ran) } else { Err(OpenError::OtherMode { database, asked: self.0.mode }) }
        })
    }

    /// Reads. On SQLite the closure runs inline, so it must be short (a few primary-key reads); on PostgreSQL on a blocking
    /// thread. Not a transaction: statements that must agree with each other belong into [`Store::run`].
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn read<T, F>(&self, f: F) -> impl Future<Output = Result<T, StoreError>> + Send + 'static
    where
        F: FnOnce(&mut Db) -> QueryResult<T> + Send + 'static,
        T: Send + 'static,
    {
        let store = self.clone();
        async move {
            match store.0.backend {
                Backend::Sqlite(_) => store.read_blocking(f),
                Backend::Postgres => blocking(move || store.read_blocking(f)).await,
            }
        }
    }

    /// Reads on the calling thread: for start-up and the command line.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn read_blocking<T>(&self, f: impl FnOnce(&mut Db) -> QueryResult<T>) -> Result<T, StoreError> {
        let mut db = self.pooled()?;
        Ok(f(&mut db)?)
    }

    /// Runs a closure as one transaction and answers when it is durable. The closure may run several times, so it must do
    /// nothing but query. On SQLite it shares its commit with others; an `Err` rolls back this closure alone and costs the
    /// batch a second run, so ordinary outcomes are values, not errors.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing was kept, [`StoreError::Unavailable`] excepted, after which it is not known.
    pub fn run<T, F>(&self, f: F) -> impl Future<Output = Result<T, StoreError>> + Send + 'static
    where
        F: Fn(&mut Db) -> QueryResult<T> + Send + 'static,
        T: Send + 'static,
    {
        let store = self.clone();
        async move {
            match &store.0.backend {
                Backend::Sqlite(writer) => {
                    let (answer, answered) = tokio::sync::oneshot::channel();
                    // A caller that went away does not undo the commit.
                    writer.submit(Box::new(Task { f, result: None, answer: move |outcome| drop(answer.send(outcome)) }));
                    answered.await.unwrap_or(Err(StoreError::Closed))
                }
                Backend::Postgres => {
                    let store = store.clone();
                    blocking(move || store.run_postgres(&f)).await
                }
            }
        }
    }

    /// [`Store::run`] on the calling thread: for start-up and the command line.
    ///
    /// # Errors
    /// As [`Store::run`].
    pub fn run_blocking<T, F>(&self, f: F) -> Result<T, StoreError>
    where
        F: Fn(&mut Db) -> QueryResult<T> + Send + 'static,
        T: Send + 'static,
    {
        match &self.0.backend {
            Backend::Sqlite(writer) => {
                let (answer, answered) = std::sync::mpsc::sync_channel(1);
                writer.submit(Box::new(Task { f, result: None, answer: move |outcome| drop(answer.send(outcome)) }));
                answered.recv().unwrap_or(Err(StoreError::Closed))
            }
            Backend::Postgres => self.run_postgres(&f),
        }
    }

    /// Makes room for long work that has the database to itself: a larger page cache, and checkpoints that each carry more transactions.
    /// Every commit stays as durable as before. Holds until the store is closed; does nothing on PostgreSQL.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn prepare_for_bulk(&self) -> Result<(), StoreError> {
        match &self.0.backend {
            Backend::Sqlite(_) => self.run_blocking(crate::connection::prepare_for_bulk),
            Backend::Postgres => Ok(()),
        }
    }

    /// Proves that a write would be kept: a row that is there for the length of one transaction. What only reads shows no full disk.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn prove_writable(&self, now: OffsetDateTime) -> Result<(), StoreError> {
        self.run(move |db| Installation::prove_writable(db, now)).await
    }

    /// Works on a connection of its own, beside those of requests: for what takes long.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn inspect<T>(&self, f: impl FnOnce(&mut Db) -> QueryResult<T>) -> Result<T, StoreError> {
        let mut db = self.dedicated(if self.is_sqlite() { Role::Reader } else { Role::Writer })?;
        Ok(f(&mut db)?)
    }

    pub(crate) fn dedicated(&self, role: Role) -> Result<Db, StoreError> {
        Connector { url: self.0.url.clone(), role, cache_kib: 2000 }.open().map_err(|e| StoreError::Unavailable(e.to_string()))
    }

    /// Whether it lies in a file.
    #[must_use]
    pub fn is_sqlite(&self) -> bool {
        matches!(self.0.backend, Backend::Sqlite(_))
    }

    /// Closures that wait to be committed, for metrics; always 0 on PostgreSQL.
    #[must_use]
    pub fn queue_depth(&self) -> usize {
        match &self.0.backend {
            Backend::Sqlite(writer) => writer.waiting(),
            Backend::Postgres => 0,
        }
    }

    fn run_postgres<T>(&self, f: &impl Fn(&mut Db) -> QueryResult<T>) -> Result<T, StoreError> {
        let mut db = self.pooled()?;
        for _ in 1..ATTEMPTS {
            match transaction(&mut db, f) {
                Err(StoreError::Database(error)) if is_retryable(&error) => {}
                outcome => return outcome,
            }
        }
        transaction(&mut db, f)
    }

    fn pooled(&self) -> Result<PooledConnection<Connector>, StoreError> {
        let state = self.0.pool.state();
        self.0.pool.get().map_err(|e| {
            if state.connections > 0 && state.idle_connections == 0 { StoreError::Busy } else { StoreError::Unavailable(e.to_string()) }
        })
    }

    fn own_connection(&self) -> Result<Db, OpenError> {
        Connector { url: self.0.url.clone(), role: Role::Writer, cache_kib: 0 }.open().map_err(|e| connect(&self.0.url, &e))
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Store({}, {})", self.0.url, self.0.mode)
    }
}

/// A closure, its last result, and whom to tell.
struct Task<T, F, A> {
    f: F,
    result: Option<T>,
    answer: A,
}

impl<T, F, A> Job for Task<T, F, A>
where
    F: Fn(&mut Db) -> QueryResult<T> + Send,
    T: Send,
    A: FnOnce(Result<T, StoreError>) + Send,
{
    fn attempt(&mut self, db: &mut Db) -> QueryResult<()> {
        self.result = Some((self.f)(db)?);
        Ok(())
    }

    fn answer(self: Box<Self>, failure: Option<StoreError>) {
        let outcome = match (failure, self.result) {
            (None, Some(result)) => Ok(result),
            (None, None) => Err(StoreError::Closed),
            (Some(failure), _) => Err(failure),
        };
        (self.answer)(outcome);
    }
}

fn transaction<T>(db: &mut Db, f: &impl Fn(&mut Db) -> QueryResult<T>) -> Result<T, StoreError> {
    let outcome = catch_unwind(AssertUnwindSafe(|| db.transaction(|db| f(db))));
    Ok(outcome.map_err(|_| StoreError::Panicked)??)
}

/// SQLSTATE 40001 and 40P01; diesel names only the first.
fn is_retryable(error: &Error) -> bool {
    match error {
        Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => true,
        Error::DatabaseError(_, information) => information.message().contains("deadlock detected"),
        _ => false,
    }
}

async fn blocking<T: Send + 'static>(f: impl FnOnce() -> Result<T, StoreError> + Send + 'static) -> Result<T, StoreError> {
    match tokio::task::spawn_blocking(f).await {
        Ok(outcome) => outcome,
        Err(e) if e.is_panic() => Err(StoreError::Panicked),
        Err(_) => Err(StoreError::Closed),
    }
}

fn check_mode(db: &mut Db, asked: Mode, pending: &[String]) -> Result<(), OpenError> {
    let first = pending.first().is_some_and(|name| name.ends_with("_foundation"));
    match if first { None } else { Installation::mode(db)? } {
        Some(database) if database != asked => Err(OpenError::OtherMode { database, asked }),
        _ => Ok(()),
    }
}

fn connect(url: &DatabaseUrl, cause: &dyn std::fmt::Display) -> OpenError {
    let (database, cause) = (url.to_string(), cause.to_string());
    match Ailment::of_text(&cause) {
        // "not a database" may as well be a wrong path.
        Some(Ailment::Damaged) if !cause.contains("not a database") => OpenError::Damaged { database, cause },
        _ => OpenError::Connect { database, cause },
    }
}

/// A file that is not SQLite's shows at the first query, not when it is opened.
fn not_a_database(url: &DatabaseUrl, error: OpenError) -> OpenError {
    match error {
        OpenError::Database(cause) => connect(url, &cause),
        other => other,
    }
}
