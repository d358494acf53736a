//! How late a worker is: one thread serves all its connections in turn, and a probe among them waits as long as they do.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// How often the probe runs.
const PERIOD: Duration = Duration::from_millis(25);

/// With fewer requests than this between two runs of the probe, no queue made it late but the machine: refusing would help nobody.
const QUEUE: u32 = 8;

/// The loop of one worker.
#[derive(Debug)]
pub struct EventLoop {
    /// When the probe should run next.
    due: Cell<Instant>,
    /// Requests that began since it ran last.
    begun: Cell<u32>,
}

impl EventLoop {
    fn starting(now: Instant) -> Self {
        Self { due: Cell::new(now + PERIOD), begun: Cell::new(0) }
    }

    /// Starts the probe of this worker; it ends with the worker.
    #[must_use]
    pub fn watch() -> Rc<Self> {
        let this = Rc::new(Self::starting(Instant::now()));
        let probed = Rc::downgrade(&this);
        actix_web::rt::spawn(async move {
            loop {
                actix_web::rt::time::sleep(PERIOD).await;
                let Some(this) = probed.upgrade() else { return };
                this.probe(Instant::now());
            }
        });
        this
    }

    /// The probe runs, late or not: whatever waited before it has been served.
    fn probe(&self, now: Instant) {
        self.due.set(now + PERIOD);
        self.begun.set(0);
    }

    /// A request begins; answers by how much the requests of this moment have had to wait, at least.
    pub fn begin(&self, now: Instant) -> Duration {
        let begun = self.begun.get().saturating_add(1);
        self.begun.set(begun);
        if begun > QUEUE { now.saturating_duration_since(self.due.get()) } else { Duration::ZERO }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begin(worker: &EventLoop, times: u32, now: Instant) -> Duration {
        (0..times).map(|_| worker.begin(now)).last().unwrap_or_default()
    }

    #[test]
    fn requests_that_the_probe_waits_behind_have_waited_as_long() {
        let start = Instant::now();
        let worker = EventLoop::starting(start);
        assert_eq!(begin(&worker, 100, start + PERIOD), Duration::ZERO, "the probe is not late yet");
        assert_eq!(worker.begin(start + PERIOD + Duration::from_millis(300)), Duration::from_millis(300));
        worker.probe(start + Duration::from_millis(400));
        assert_eq!(begin(&worker, 100, start + Duration::from_millis(400)), Duration::ZERO, "its queue has been served");
    }

    #[test]
    fn a_machine_that_was_busy_elsewhere_is_no_queue_of_ours() {
        let start = Instant::now();
        let worker = EventLoop::starting(start);
        assert_eq!(begin(&worker, QUEUE, start + Duration::from_secs(60)), Duration::ZERO);
        assert!(worker.begin(start + Duration::from_secs(60)) > Duration::from_secs(59));
    }
}
