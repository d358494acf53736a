//! Many people sign in with passwords while others only pass through: the hashing must not stand in their way. And more people at once than
//! may wait for the hashing: they are told at once to come again.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Instant;

use serde::Serialize;
use tokio::task::{JoinSet, spawn_local};

use crate::closed::{self, Rounds, within_limit};
use crate::crowd::Crowd;
use crate::open::{self, Arrivals};
use crate::row::Row;
use crate::tally::Tally;
use crate::user::User;
use crate::workload::Workload;

/// What became of it.
#[derive(Debug, Clone, Serialize)]
pub struct StormRow {
    /// `sso` at half its peak, nobody signing in with a password.
    pub sso_alone: Row,
    /// The same while they do.
    pub sso_beside_logins: Row,
    /// The p99 of the second over that of the first.
    pub p99_ratio: f64,
    /// How many people signed in with passwords, each again and again.
    pub people: usize,
    /// Password sign-ins a second meanwhile.
    pub logins_per_s: f64,
    /// People who then came all at once, each once.
    pub crowd: usize,
    /// Of these, signed in.
    pub crowd_served: u64,
    /// Of these, told with 503 to come again.
    pub crowd_shed: u64,
    /// Of the latter, those who were not told when.
    pub crowd_shed_without_retry_after: u64,
    /// 99 of 100 of those were told within, in milliseconds, from their first request on.
    pub crowd_shed_p99_ms: f64,
    /// People who waited in vain.
    pub crowd_timed_out: u64,
    /// Everything else that went wrong.
    pub crowd_errors: u64,
    /// The first of these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crowd_first_error: Option<String>,
}

/// How hard it blows.
#[derive(Debug, Clone, Copy)]
pub struct Storm {
    /// People who sign in with passwords all the time.
    pub people: usize,
    /// People who come all at once afterwards.
    pub crowd: usize,
    /// Places of the open loop.
    pub places: usize,
}

/// Measures the peak of `sso`, then half of it without and with the storm, then the crowd.
///
/// # Errors
/// When the users cannot be prepared.
pub async fn run(crowd: &mut Crowd, storm: Storm, rounds: Rounds) -> anyhow::Result<StormRow> {
    let peak = closed::run(crowd, Workload::Sso, crowd.portal().profile.users.count, rounds).await?;
    let arrivals = Arrivals { workload: Workload::Sso, rate: peak.ops_per_s / 2.0, places: storm.places };
    let sso_alone = open::run(crowd, arrivals, rounds).await?;

    let shared = Rc::new(Logins::default());
    let people: Vec<User> = (0..storm.people).map(|number| User::new(number..number + 1, crowd.portal().clone())).collect();
    let signing_in: Vec<_> = people.into_iter().map(|user| spawn_local(sign_in_again_and_again(user, shared.clone()))).collect();
    let begun = Instant::now();
    let sso_beside_logins = open::run(crowd, arrivals, rounds).await?;
    let logins_per_s = shared.tally.borrow().latencies.count() as f64 / begun.elapsed().as_secs_f64();
    shared.stopping.set(true);
    for task in signing_in {
        task.await?;
    }

    let rush = all_at_once(crowd, storm.crowd).await?;
    Ok(StormRow {
        p99_ratio: if sso_alone.p99_ms > 0.0 { sso_beside_logins.p99_ms / sso_alone.p99_ms } else { f64::MAX },
        sso_alone,
        sso_beside_logins,
        people: storm.people,
        logins_per_s,
        crowd: storm.crowd,
        crowd_served: rush.latencies.count(),
        crowd_shed: rush.shed_latencies.count(),
        crowd_shed_without_retry_after: rush.shed_without_retry_after,
        crowd_shed_p99_ms: rush.shed_latencies.quantile_ms(0.99),
        crowd_timed_out: rush.timed_out,
        crowd_errors: rush.errors,
        crowd_first_error: rush.first_error,
    })
}

#[derive(Default)]
struct Logins {
    tally: RefCell<Tally>,
    stopping: Cell<bool>,
}

async fn sign_in_again_and_again(mut user: User, shared: Rc<Logins>) {
    while !shared.stopping.get() {
        let begun = Instant::now();
        let outcome = within_limit(&mut user, Workload::Login).await;
        shared.tally.borrow_mut().add(&outcome, begun.elapsed());
    }
}

async fn all_at_once(crowd: &Crowd, people: usize) -> anyhow::Result<Tally> {
    let mut coming = JoinSet::new();
    for number in 0..people {
        let mut user = User::new(number..number + 1, crowd.portal().clone());
        coming.spawn_local(async move {
            let begun = Instant::now();
            let outcome = within_limit(&mut user, Workload::Login).await;
            (outcome, begun.elapsed())
        });
    }
    let mut tally = Tally::default();
    while let Some(came) = coming.join_next().await {
        let (outcome, took) = came?;
        tally.add(&outcome, took);
    }
    Ok(tally)
}
