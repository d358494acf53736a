//! Passwords: Argon2id (RFC 9106) on a few threads of its own, behind a bounded queue.
//!
//! One hash costs about 20 ms of a core and 19 MiB. Run inside the HTTP workers, a burst of sign-ins would stop
//! everything else; run without a bound, it would take the machine down. So the hasher owns its threads, lets
//! them run only while no thread that answers requests wants to, and says [`Busy`] when its queue is full: the caller
//! answers 503 with `Retry-After`. One more thread has a share of the machine even when it is busy all the time, and takes the
//! passwords that have waited for [`LONG`].
//!
//! An account that does not exist costs the work of one that does: [`Hasher::refuse`] runs Argon2 with the parameters of a stand-in.

mod argon;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use self::argon::Current;
pub use self::argon::{UnacceptableHash, acceptable};
use crate::config::PasswordsConfig;
use crate::randomness::Randomness;

/// A longer password is wrong without being hashed; how long it is says nothing about an account.
pub const LONGEST_PASSWORD_BYTES: usize = 256;

/// Who has waited so long does not wait for an idle moment any more.
pub const LONG: Duration = Duration::from_secs(4);

/// Linux nice value of what has to go on beside requests, and must not hold them up.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 5;

/// The hasher cannot start.
#[derive(Debug, thiserror::Error)]
pub enum HasherError {
    /// RFC 9106 §3.1 allows no such parameters, or they are beyond what one sign-in may cost.
    #[error("password hashing parameters are not usable: {0}; set [passwords] memory_kib, iterations and parallelism")]
    Parameters(String),
    /// The machine gives no thread.
    #[error("cannot start a password hashing thread: {0}")]
    Thread(#[from] std::io::Error),
}

/// The queue is full: answer 503 with `Retry-After: `[`Busy::RETRY_AFTER_SECONDS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the password hashing queue is full")]
pub struct Busy;

impl Busy {
    /// When it is worth trying again (RFC 9110 §10.2.3).
    pub const RETRY_AFTER_SECONDS: u64 = 3;
}

/// The answer about a presented password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Whether the password is the account's.
    pub ok: bool,
    /// The same password under the current parameters, when the stored hash has others: store it. Only beside `ok`.
    pub rehash: Option<String>,
}

/// Hashes and verifies passwords on threads of its own. Dropping it ends the threads after their present work.
#[derive(Debug)]
pub struct Hasher {
    shared: Arc<Shared>,
}

impl Hasher {
    /// Starts the hashing threads, as many as `[passwords]` says (0: one for each processor).
    ///
    /// # Errors
    /// Unusable parameters, or no thread to be had.
    pub fn new(passwords: &PasswordsConfig, randomness: Randomness) -> Result<Self, HasherError> {
        let current = Current::new(passwords)?;
        let threads = match passwords.threads {
            0 => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            threads => threads,
        };
        let shared = Arc::new(Shared {
            state: Mutex::default(),
            ready: Condvar::new(),
            waiting: Condvar::new(),
            queue: passwords.queue.max(1),
            long: LONG,
            filled: AtomicU64::new(0),
            randomness,
        });
        let hasher = Self { shared: Arc::clone(&shared) };
        for number in 0..threads {
            let (shared, current) = (Arc::clone(&shared), current.clone());
            std::thread::Builder::new().name(format!("hash-{number}")).spawn(move || {
                only_when_idle("password hashing");
                work(&shared, &current, Shared::next);
            })?;
        }
        std::thread::Builder::new().name("hash-late".to_owned()).spawn(move || {
            step_back("late password hashing");
            work(&shared, &current, Shared::next_late);
        })?;
        Ok(hasher)
    }

    /// Whether `password` is the one behind `stored`.
    ///
    /// # Errors
    /// [`Busy`] when the queue is full.
    pub async fn verify(&self, password: &str, stored: &str) -> Result<Verified, Busy> {
        self.check(password, Against::Account(stored.to_owned())).await
    }

    /// Does for a password that nobody has what [`Self::verify`] does for a wrong one: with the parameters of `stand_in`, the hash of some
    /// account, or the current ones. The answer is always no, whatever the stand-in's password is.
    ///
    /// # Errors
    /// [`Busy`] when the queue is full.
    pub async fn refuse(&self, password: &str, stand_in: Option<&str>) -> Result<Verified, Busy> {
        self.check(password, Against::Nobody { stand_in: stand_in.map(str::to_owned) }).await
    }

    async fn check(&self, password: &str, against: Against) -> Result<Verified, Busy> {
        if password.len() > LONGEST_PASSWORD_BYTES {
            return Ok(Verified { ok: false, rehash: None });
        }
        let (reply, answer) = oneshot::channel();
        self.enqueue(Job::Check { password: normalized(password), against, reply })?;
        answer.await.map_err(|_| Busy)
    }

    /// The PHC string to store for a new password.
    ///
    /// # Errors
    /// [`Busy`] when the queue is full.
    pub async fn hash(&self, password: &str) -> Result<String, Busy> {
        let (reply, answer) = oneshot::channel();
        self.enqueue(Job::Hash { password: normalized(password), reply })?;
        answer.await.map_err(|_| Busy)
    }

    /// How many passwords wait, for the metrics.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.shared.lock().jobs.len()
    }

    /// What was done so far: blocks of 1 KiB that Argon2 filled. The same work is the same number, whatever a clock says.
    #[must_use]
    pub fn work(&self) -> u64 {
        self.shared.filled.load(Ordering::Relaxed)
    }

    fn enqueue(&self, job: Job) -> Result<(), Busy> {
        let mut state = self.shared.lock();
        if state.jobs.len() >= self.shared.queue {
            return Err(Busy);
        }
        let first = state.jobs.is_empty();
        state.jobs.push_back(Waiting { since: Instant::now(), job });
        drop(state);
        self.shared.ready.notify_one();
        if first {
            self.shared.waiting.notify_one();
        }
        Ok(())
    }
}

impl Drop for Hasher {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.ready.notify_all();
        self.shared.waiting.notify_all();
    }
}

/// Keyboards write "ế" as one code point or as three; the password is the same (NIST SP 800-63B §3.1.1.2, NFC as RFC 8265 §4.2 has it).
fn normalized(password: &str) -> Zeroizing<String> {
    Zeroizing::new(password.nfc().collect())
}

enum Job {
    Check { password: Zeroizing<String>, against: Against, reply: oneshot::Sender<Verified> },
    Hash { password: Zeroizing<String>, reply: oneshot::Sender<String> },
}

/// What a password is held against.
enum Against {
    /// The hash of the account that was named.
    Account(String),
    /// Nothing: nobody has the password.
    Nobody { stand_in: Option<String> },
}

impl Job {
    /// The one who asked has gone: its request was dropped.
    fn abandoned(&self) -> bool {
        match self {
            Self::Check { reply, .. } => reply.is_closed(),
            Self::Hash { reply, .. } => reply.is_closed(),
        }
    }
}

struct Waiting {
    since: Instant,
    job: Job,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Waiting>,
    closed: bool,
}

struct Shared {
    state: Mutex<State>,
    /// There is a password.
    ready: Condvar,
    /// There is one after there was none: it may have to wait.
    waiting: Condvar,
    queue: usize,
    long: Duration,
    /// Blocks of 1 KiB that Argon2 filled.
    filled: AtomicU64,
    randomness: Randomness,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("queue", &self.queue).finish_non_exhaustive()
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next password, or `None` when the hasher is gone.
    fn next(&self) -> Option<Job> {
        let mut state = self.lock();
        loop {
            if let Some(waiting) = state.jobs.pop_front() {
                return Some(waiting.job);
            }
            if state.closed {
                return None;
            }
            state = wait(&self.ready, state, FORGIVEN);
        }
    }

    /// The next password that has waited for long.
    fn next_late(&self) -> Option<Job> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return None;
            }
            let waited = state.jobs.front().map(|first| first.since.elapsed());
            state = match waited {
                None => wait(&self.waiting, state, FORGIVEN),
                Some(waited) if waited < self.long => wait(&self.waiting, state, self.long - waited),
                Some(_) => return state.jobs.pop_front().map(|waiting| waiting.job),
            };
        }
    }
}

/// A bound on a wait costs nothing and forgives a lost wake-up.
const FORGIVEN: Duration = Duration::from_secs(60);

fn wait<'a>(told: &Condvar, state: MutexGuard<'a, State>, at_most: Duration) -> MutexGuard<'a, State> {
    told.wait_timeout(state, at_most).unwrap_or_else(PoisonError::into_inner).0
}

fn work(shared: &Shared, current: &Current, next: fn(&Shared) -> Option<Job>) {
    // 19 MiB that are touched once and reused: asking the system for them each time costs a fifth of a hash. A node at rest has none of them.
    let mut memory = None;
    while let Some(job) = next(shared) {
        if job.abandoned() {
            continue;
        }
        let memory = memory.get_or_insert_with(|| current.memory(&shared.filled));
        match job {
            Job::Check { password, against, reply } => {
                let verified = match against {
                    Against::Account(stored) => current.verify(memory, password.as_bytes(), &stored, || shared.randomness.bytes()),
                    Against::Nobody { stand_in } => {
                        current.refuse(memory, password.as_bytes(), stand_in.as_deref());
                        Verified { ok: false, rehash: None }
                    }
                };
                let _ = reply.send(verified);
            }
            Job::Hash { password, reply } => match current.hash(memory, password.as_bytes(), shared.randomness.bytes()) {
                Ok(phc) => drop(reply.send(phc)),
                Err(error) => tracing::error!(%error, "a password could not be hashed"),
            },
        }
    }
}

/// Lets the calling thread run, for as long as it lives, only while no other wants to: one that wakes up takes its place at once
/// (`SCHED_IDLE`, sched(7)). Where that cannot be had, it steps back.
fn only_when_idle(work: &'static str) {
    #[cfg(target_os = "linux")]
    {
        use thread_priority::{NormalThreadSchedulePolicy::Idle, ThreadPriority, ThreadSchedulePolicy};
        let idle = ThreadSchedulePolicy::Normal(Idle);
        if let Err(error) = thread_priority::set_thread_priority_and_policy(thread_priority::thread_native_id(), ThreadPriority::Min, idle)
        {
            tracing::debug!(?error, work, "a thread cannot wait for idle moments");
            step_back(work);
        }
    }
    #[cfg(not(target_os = "linux"))]
    step_back(work);
}

/// Gives the calling thread, for as long as it lives, a lower priority than those that answer requests.
pub fn step_back(work: &'static str) {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, NICENESS) {
        tracing::debug!(%error, work, "a thread keeps the normal priority");
    }
}

#[cfg(test)]
mod tests;
