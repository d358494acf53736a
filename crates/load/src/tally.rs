//! What the operations of one measurement came to.

use std::time::Duration;

use crate::failure::Failure;
use crate::latencies::Latencies;

/// Counts and latencies of the operations that ended while it was measured.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Of operations that ended well.
    pub latencies: Latencies,
    /// How quickly the refused ones were refused.
    pub shed_latencies: Latencies,
    /// 503 that named no time to come again.
    pub shed_without_retry_after: u64,
    /// Operations without an answer in time.
    pub timed_out: u64,
    /// Connections that broke, and answers that a client would not accept.
    pub errors: u64,
    /// The first of [`Self::errors`].
    pub first_error: Option<String>,
}

impl Tally {
    /// Adds one operation.
    pub fn add(&mut self, outcome: &Result<(), Failure>, latency: Duration) {
        match outcome {
            Ok(()) => self.latencies.record(latency),
            Err(Failure::Shed { retry_after }) => {
                self.shed_latencies.record(latency);
                self.shed_without_retry_after += u64::from(!retry_after);
            }
            Err(Failure::TimedOut) => self.timed_out += 1,
            Err(failure @ (Failure::Connection(_) | Failure::Wrong(_))) => {
                self.errors += 1;
                self.first_error.get_or_insert_with(|| failure.to_string());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_time_outs_and_errors_are_counted_apart_from_what_went_well() {
        let mut tally = Tally::default();
        let millisecond = Duration::from_millis(1);
        tally.add(&Ok(()), millisecond);
        tally.add(&Err(Failure::Shed { retry_after: true }), millisecond);
        tally.add(&Err(Failure::Shed { retry_after: false }), millisecond);
        tally.add(&Err(Failure::TimedOut), millisecond);
        tally.add(&Err(Failure::Wrong("first".to_owned())), millisecond);
        tally.add(&Err(Failure::Connection("second".to_owned())), millisecond);
        assert_eq!((tally.latencies.count(), tally.shed_latencies.count(), tally.shed_without_retry_after), (1, 2, 1));
        assert_eq!((tally.timed_out, tally.errors, tally.first_error.as_deref()), (1, 2, Some("first")));
    }
}
