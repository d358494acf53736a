//! The open loop: operations begin at a fixed rate, whether or not the ones before have ended. Latency counts from the time at which an
//! operation should have begun, so a server that stalls cannot hide it (no coordinated omission). Operations under way are bounded.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::task::{JoinSet, yield_now};

use crate::closed::{Rounds, within_limit};
use crate::crowd::Crowd;
use crate::latencies::Latencies;
use crate::process::{Reading, resident_mib};
use crate::row::Row;
use crate::schedule::Schedule;
use crate::tally::Tally;
use crate::user::User;
use crate::workload::Workload;

/// Timers are exact to a millisecond; the rest of a wait is spent looking at the clock.
const TIMER: Duration = Duration::from_millis(2);

/// How operations arrive.
#[derive(Debug, Clone, Copy)]
pub struct Arrivals {
    /// What each does.
    pub workload: Workload,
    /// So many a second.
    pub rate: f64,
    /// Under way at once at most: an arrival beyond is not sent, and counted.
    pub places: usize,
}

#[derive(Default)]
struct Shared {
    idle: RefCell<Vec<User>>,
    tally: RefCell<Tally>,
    counting: Cell<bool>,
}

/// Measures the arrivals. What ends while it is measured counts, whenever it began.
///
/// # Errors
/// When the users cannot be prepared.
pub async fn run(crowd: &mut Crowd, arrivals: Arrivals, rounds: Rounds) -> anyhow::Result<Row> {
    let Arrivals { workload, rate, places } = arrivals;
    let shared = Rc::new(Shared::default());
    shared.idle.replace(crowd.take_with_shared_sessions(places, workload).await?);

    let mut schedule = Schedule::new(rate);
    let mut under_way = JoinSet::new();
    let mut sent_late = Latencies::new();
    let mut not_sent = 0;
    let mut before = None;
    let clock = Instant::now();
    loop {
        let now = clock.elapsed();
        if before.is_none() && now >= rounds.warmup {
            before = Some(Reading::take(rounds.server));
            shared.counting.set(true);
        }
        if now >= rounds.warmup + rounds.measured {
            break;
        }
        while let Some(intended) = schedule.due(clock.elapsed()) {
            let idle = shared.idle.borrow_mut().pop();
            match idle {
                Some(user) => {
                    if shared.counting.get() {
                        sent_late.record(clock.elapsed().saturating_sub(intended));
                    }
                    under_way.spawn_local(operate(user, workload, clock + intended, shared.clone()));
                }
                None => not_sent += u64::from(shared.counting.get()),
            }
        }
        while under_way.try_join_next().is_some() {}
        let ahead = schedule.next().saturating_sub(clock.elapsed());
        if ahead > TIMER {
            tokio::time::sleep((ahead - TIMER).min(Duration::from_millis(50))).await;
        } else {
            yield_now().await;
        }
    }
    shared.counting.set(false);
    let usage = before.unwrap_or_else(|| Reading::take(rounds.server)).until(&Reading::take(rounds.server));
    let resident = resident_mib(rounds.server).unwrap_or_default();
    while under_way.join_next().await.is_some() {}

    crowd.give_back(shared.idle.take());
    let mut row = Row::new(crowd.name(), &workload.name(), places, &shared.tally.borrow(), &usage, resident, true);
    (row.rate, row.not_sent, row.sent_late_p99_ms) = (Some(rate), Some(not_sent), Some(sent_late.quantile_ms(0.99)));
    Ok(row)
}

async fn operate(mut user: User, workload: Workload, intended: Instant, shared: Rc<Shared>) {
    let outcome = within_limit(&mut user, workload).await;
    if shared.counting.get() {
        shared.tally.borrow_mut().add(&outcome, intended.elapsed());
    }
    shared.idle.borrow_mut().push(user);
}
