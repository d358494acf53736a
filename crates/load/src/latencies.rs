//! Latencies, kept as counts per value with three significant digits (HdrHistogram), so that memory does not grow with time.

use std::time::Duration;

use hdrhistogram::Histogram;

/// Durations in microseconds, up to a minute.
#[derive(Debug, Clone)]
pub struct Latencies(Histogram<u64>);

const LONGEST: u64 = 60_000_000;

impl Latencies {
    /// None yet.
    ///
    /// # Panics
    /// Never: the bounds are constants that the library accepts.
    #[must_use]
    pub fn new() -> Self {
        match Histogram::new_with_bounds(1, LONGEST, 3) {
            Ok(histogram) => Self(histogram),
            Err(error) => unreachable!("constant bounds: {error}"),
        }
    }

    /// Adds one; what is longer than a minute counts as a minute.
    pub fn record(&mut self, latency: Duration) {
        self.0.saturating_record(u64::try_from(latency.as_micros()).unwrap_or(LONGEST).clamp(1, LONGEST));
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// In milliseconds: the value that this share of all does not exceed; 0 when there are none.
    #[must_use]
    pub fn quantile_ms(&self, share: f64) -> f64 {
        self.0.value_at_quantile(share) as f64 / 1000.0
    }
}

impl Default for Latencies {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_recorded_durations_to_a_thousandth() {
        let mut latencies = Latencies::new();
        for millis in 1..=1000 {
            latencies.record(Duration::from_millis(millis));
        }
        assert_eq!(latencies.count(), 1000);
        for (share, expected) in [(0.5, 500.0), (0.95, 950.0), (0.99, 990.0), (1.0, 1000.0)] {
            let found = latencies.quantile_ms(share);
            assert!((found - expected).abs() <= expected / 1000.0, "{share}: {found}");
        }
    }

    #[test]
    fn nothing_recorded_is_zero_and_the_longest_is_a_minute() {
        let mut latencies = Latencies::new();
        assert_eq!(latencies.quantile_ms(0.99), 0.0);
        latencies.record(Duration::ZERO);
        latencies.record(Duration::from_secs(3600));
        assert_eq!(latencies.count(), 2);
        assert!((60_000.0..60_100.0).contains(&latencies.quantile_ms(1.0)));
    }
}
