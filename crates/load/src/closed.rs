//! The closed loop: so many users, each of whom begins the next operation when the last one has ended.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::task::{JoinHandle, spawn_local};

use crate::crowd::Crowd;
use crate::failure::Failure;
use crate::process::{Reading, resident_mib};
use crate::row::Row;
use crate::tally::Tally;
use crate::user::User;
use crate::workload::Workload;

/// One operation may take this long.
pub const LONGEST_OPERATION: Duration = Duration::from_secs(10);
/// A user gives up after this many failures in a row: a broken provider is not hammered.
const MOST_FAILURES_IN_A_ROW: u32 = 20;

/// For how long, and whose CPU time is read.
#[derive(Debug, Clone, Copy)]
pub struct Rounds {
    /// Before anything is counted.
    pub warmup: Duration,
    /// While it is counted.
    pub measured: Duration,
    /// The server's process.
    pub server: Option<i32>,
}

struct Shared {
    tally: RefCell<Tally>,
    counting: Cell<bool>,
    stopping: Cell<bool>,
}

/// Measures one workload with that many users. What ends while it is measured counts, whenever it began.
///
/// # Errors
/// When the users cannot be prepared.
pub async fn run(crowd: &mut Crowd, workload: Workload, users: usize, rounds: Rounds) -> anyhow::Result<Row> {
    let prepared = crowd.take(users, workload).await?;
    let shared = Rc::new(Shared { tally: RefCell::default(), counting: Cell::new(false), stopping: Cell::new(false) });
    let repeating: Vec<_> = prepared.into_iter().map(|user| spawn_local(repeat(user, workload, shared.clone()))).collect();

    tokio::time::sleep(rounds.warmup).await;
    let begun = Reading::take(rounds.server);
    shared.counting.set(true);
    tokio::time::sleep(rounds.measured).await;
    shared.counting.set(false);
    let usage = begun.until(&Reading::take(rounds.server));
    let resident = resident_mib(rounds.server).unwrap_or_default();
    shared.stopping.set(true);

    crowd.give_back(until_all_stopped(repeating).await);
    Ok(Row::new(crowd.name(), &workload.name(), users, &shared.tally.borrow(), &usage, resident, false))
}

async fn repeat(mut user: User, workload: Workload, shared: Rc<Shared>) -> Option<User> {
    let mut failures = 0;
    while !shared.stopping.get() {
        let begun = Instant::now();
        let outcome = within_limit(&mut user, workload).await;
        if shared.counting.get() {
            shared.tally.borrow_mut().add(&outcome, begun.elapsed());
        }
        failures = if outcome.is_ok() { 0 } else { failures + 1 };
        if failures >= MOST_FAILURES_IN_A_ROW {
            return None;
        }
    }
    (failures == 0).then_some(user)
}

/// One operation; after [`LONGEST_OPERATION`] the user hangs up.
pub async fn within_limit(user: &mut User, workload: Workload) -> Result<(), Failure> {
    match tokio::time::timeout(LONGEST_OPERATION, user.operate(workload)).await {
        Ok(outcome) => outcome,
        Err(_) => {
            user.hang_up();
            Err(Failure::TimedOut)
        }
    }
}

/// The users who can go on.
pub async fn until_all_stopped(repeating: Vec<JoinHandle<Option<User>>>) -> Vec<User> {
    let mut users = Vec::with_capacity(repeating.len());
    for task in repeating {
        if let Ok(Some(user)) = task.await {
            users.push(user);
        }
    }
    users
}
