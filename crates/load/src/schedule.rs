//! When operations of an open loop begin: at fixed times, whatever became of the ones before.

use std::time::Duration;

/// Arrivals at a fixed rate, as times since the beginning.
#[derive(Debug, Clone)]
pub struct Schedule {
    rate: f64,
    arrived: u32,
}

impl Schedule {
    /// So many a second; the first one at zero. A rate that is not above zero has no second arrival.
    #[must_use]
    pub fn new(rate: f64) -> Self {
        Self { rate, arrived: 0 }
    }

    /// When the next one is due.
    #[must_use]
    pub fn next(&self) -> Duration {
        if self.arrived == 0 {
            return Duration::ZERO;
        }
        // Computed from the count, so that no error adds up.
        Duration::try_from_secs_f64(f64::from(self.arrived) / self.rate).unwrap_or(Duration::MAX)
    }

    /// The time at which the next one should have begun, if that is not after `now`; it counts as arrived.
    pub fn due(&mut self, now: Duration) -> Option<Duration> {
        let next = self.next();
        if next > now {
            return None;
        }
        self.arrived += 1;
        Some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrivals(schedule: &mut Schedule, now: Duration) -> Vec<u128> {
        std::iter::from_fn(|| schedule.due(now)).map(|at| at.as_micros()).collect()
    }

    #[test]
    fn arrivals_come_at_their_times_and_not_before() {
        let mut schedule = Schedule::new(1000.0);
        assert_eq!(arrivals(&mut schedule, Duration::ZERO), [0]);
        assert_eq!(arrivals(&mut schedule, Duration::from_micros(999)), [0_u128; 0]);
        assert_eq!(arrivals(&mut schedule, Duration::from_micros(2_500)), [1_000, 2_000]);
        assert_eq!(schedule.next(), Duration::from_millis(3));
    }

    #[test]
    fn a_driver_that_was_held_up_still_owes_every_arrival_with_its_intended_time() {
        let mut schedule = Schedule::new(500.0);
        let late = arrivals(&mut schedule, Duration::from_secs(1));
        assert_eq!(late.len(), 501);
        assert_eq!((late[1], late[500]), (2_000, 1_000_000));
    }

    #[test]
    fn after_a_million_arrivals_the_clock_is_still_right() {
        let mut schedule = Schedule::new(3.0);
        schedule.arrived = 3_000_000;
        assert_eq!(schedule.next(), Duration::from_secs(1_000_000));
    }

    #[test]
    fn without_a_rate_there_is_one_arrival() {
        let mut schedule = Schedule::new(0.0);
        assert_eq!(arrivals(&mut schedule, Duration::from_secs(3600)), [0]);
    }
}
