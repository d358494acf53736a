//! One measurement as a line of JSON and as a line of a table.

use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use serde::Serialize;

use crate::process::Usage;
use crate::tally::Tally;

/// From this share of its core on, the driver is the limit and the row is a lower bound of the server.
const DRIVER_IS_THE_LIMIT: f64 = 0.9;
/// From this share of a core on, something else on the machine disturbed the row.
const DISTURBED: f64 = 0.15;

/// One measurement.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// Whom.
    pub provider: String,
    /// What.
    pub workload: String,
    /// Users at once (closed loop), or operations under way at most (open loop).
    pub users: usize,
    /// Arrivals a second that were intended; absent in a closed loop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
    /// How long was measured.
    pub seconds: f64,
    /// Operations that ended well.
    pub ops: u64,
    /// The same a second.
    pub ops_per_s: f64,
    /// Latency that half of them did not exceed, in milliseconds.
    pub p50_ms: f64,
    /// 95 of 100.
    pub p95_ms: f64,
    /// 99 of 100.
    pub p99_ms: f64,
    /// Connections that broke, and answers that a client would not accept.
    pub errors: u64,
    /// The first of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_error: Option<String>,
    /// Operations that were refused with 503.
    pub shed: u64,
    /// Of these, without `Retry-After`.
    pub shed_without_retry_after: u64,
    /// 99 of 100 refusals came within.
    pub shed_p99_ms: f64,
    /// Operations without an answer in time.
    pub timed_out: u64,
    /// Arrivals (open loop) that found all places taken and were not sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_sent: Option<u64>,
    /// 99 of 100 arrivals (open loop) were sent at most this long after they were due, a free place given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_late_p99_ms: Option<f64>,
    /// CPU seconds of the server for 1,000 operations.
    pub server_cpu_s_per_1000: f64,
    /// Share of one core that the server used.
    pub server_cpu: f64,
    /// The same of this tool.
    pub driver_cpu: f64,
    /// What others used of all cores.
    pub other_cpu: f64,
    /// Resident memory of the server when it was over, in MiB.
    pub rss_mib: f64,
    /// `driver` when the driver was the limit, `disturbed` when others used the machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mark: Option<&'static str>,
}

impl Row {
    /// Of what was counted and used. `spinning`: the driver waits busily for the next arrival, so its CPU share says nothing.
    #[must_use]
    pub fn new(provider: &str, workload: &str, users: usize, tally: &Tally, usage: &Usage, rss_mib: f64, spinning: bool) -> Self {
        let ops = tally.latencies.count();
        let mark = if !spinning && usage.driver >= DRIVER_IS_THE_LIMIT {
            Some("driver")
        } else if usage.other >= DISTURBED {
            Some("disturbed")
        } else {
            None
        };
        Self {
            provider: provider.to_owned(),
            workload: workload.to_owned(),
            users,
            rate: None,
            seconds: usage.seconds,
            ops,
            ops_per_s: ops as f64 / usage.seconds.max(f64::MIN_POSITIVE),
            p50_ms: tally.latencies.quantile_ms(0.5),
            p95_ms: tally.latencies.quantile_ms(0.95),
            p99_ms: tally.latencies.quantile_ms(0.99),
            errors: tally.errors,
            first_error: tally.first_error.clone(),
            shed: tally.shed_latencies.count(),
            shed_without_retry_after: tally.shed_without_retry_after,
            shed_p99_ms: tally.shed_latencies.quantile_ms(0.99),
            timed_out: tally.timed_out,
            not_sent: None,
            sent_late_p99_ms: None,
            server_cpu_s_per_1000: if ops == 0 { 0.0 } else { usage.server_seconds / ops as f64 * 1000.0 },
            server_cpu: usage.server,
            driver_cpu: usage.driver,
            other_cpu: usage.other,
            rss_mib,
            mark,
        }
    }

    /// The heading of the table.
    pub fn print_heading() {
        println!(
            "{:<18} {:>5} {:>9} {:>9} {:>9} {:>9} {:>6} {:>6} {:>6} {:>9} {:>5} {:>5} {:>5} {:>7}",
            "workload",
            "users",
            "ops/s",
            "p50 ms",
            "p95 ms",
            "p99 ms",
            "errors",
            "503",
            "late",
            "CPU-s/1k",
            "srv%",
            "drv%",
            "oth%",
            "RSS MiB"
        );
    }

    /// One line below it; what is wrong with the row stands beside it, the first error below.
    pub fn print(&self) {
        println!(
            "{:<18} {:>5} {:>9.1} {:>9.2} {:>9.2} {:>9.2} {:>6} {:>6} {:>6} {:>9.3} {:>5.0} {:>5.0} {:>5.0} {:>7.0}{}",
            self.workload,
            self.users,
            self.ops_per_s,
            self.p50_ms,
            self.p95_ms,
            self.p99_ms,
            self.errors,
            self.shed,
            self.timed_out,
            self.server_cpu_s_per_1000,
            self.server_cpu * 100.0,
            self.driver_cpu * 100.0,
            self.other_cpu * 100.0,
            self.rss_mib,
            match self.mark {
                Some("driver") => "  the driver was the limit",
                Some(_) => "  disturbed",
                None => "",
            }
        );
        if let Some(error) = &self.first_error {
            println!("    first error: {error}");
        }
    }
}

/// Appends a line of JSON, where a file is wanted.
///
/// # Errors
/// When the file cannot be written.
pub fn append(path: Option<&Path>, value: &impl Serialize) -> anyhow::Result<()> {
    let Some(path) = path else { return Ok(()) };
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path).with_context(|| path.display().to_string())?;
    writeln!(file, "{}", serde_json::to_string(value)?).with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn row(tally: &Tally, usage: Usage, spinning: bool) -> Row {
        Row::new("p", "sso", 64, tally, &usage, 50.0, spinning)
    }

    #[test]
    fn rates_are_of_the_operations_that_ended_well() {
        let mut tally = Tally::default();
        for _ in 0..500 {
            tally.add(&Ok(()), Duration::from_millis(2));
        }
        tally.add(&Err(crate::failure::Failure::TimedOut), Duration::from_secs(10));
        let row = row(&tally, Usage { seconds: 2.0, server_seconds: 1.0, server: 0.5, driver: 0.2, other: 0.0 }, false);
        assert_eq!((row.ops, row.ops_per_s, row.server_cpu_s_per_1000, row.timed_out), (500, 250.0, 2.0, 1));
        assert!((row.p99_ms - 2.0).abs() < 0.01 && row.mark.is_none());
    }

    #[test]
    fn a_row_that_the_driver_or_others_limited_is_marked() {
        let usage = Usage { seconds: 1.0, driver: 0.95, ..Usage::default() };
        assert_eq!(row(&Tally::default(), usage, false).mark, Some("driver"));
        assert_eq!(row(&Tally::default(), usage, true).mark, None);
        let usage = Usage { seconds: 1.0, other: 0.5, ..Usage::default() };
        assert_eq!(row(&Tally::default(), usage, true).mark, Some("disturbed"));
    }
}
