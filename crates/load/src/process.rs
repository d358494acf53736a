//! CPU time and memory of a process, from `/proc` (proc(5)).

use std::time::{Duration, Instant};

use procfs::process::Process;
use procfs::{CurrentSI as _, KernelStats};

/// A moment, and how much CPU time had been used by then.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    at: Instant,
    server: f64,
    driver: f64,
    machine: f64,
}

/// Shares of one core between two readings, and the server's seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Usage {
    /// How long it was.
    pub seconds: f64,
    /// CPU seconds of the server, user and system.
    pub server_seconds: f64,
    /// Share of one core that the server used; above 1 it used several.
    pub server: f64,
    /// The same for this tool.
    pub driver: f64,
    /// What neither used, of all cores: whatever disturbs the measurement, the hypervisor's steal included.
    pub other: f64,
}

impl Reading {
    /// Now. A process that has gone reads as zero.
    #[must_use]
    pub fn take(server: Option<i32>) -> Self {
        let driver = Process::myself().ok().as_ref().and_then(cpu_seconds).unwrap_or_default();
        let server = server.and_then(|pid| Process::new(pid).ok()).as_ref().and_then(cpu_seconds).unwrap_or_default();
        Self { at: Instant::now(), server, driver, machine: machine_seconds() }
    }

    /// From this one to a later one.
    #[must_use]
    pub fn until(&self, later: &Self) -> Usage {
        let seconds = later.at.duration_since(self.at).max(Duration::from_micros(1)).as_secs_f64();
        let (server, driver) = (later.server - self.server, later.driver - self.driver);
        let other = (later.machine - self.machine - server - driver).max(0.0);
        Usage { seconds, server_seconds: server, server: server / seconds, driver: driver / seconds, other: other / seconds }
    }
}

/// Resident memory in MiB (1,048,576 bytes).
#[must_use]
pub fn resident_mib(pid: Option<i32>) -> Option<f64> {
    let kib = Process::new(pid?).ok()?.status().ok()?.vmrss?;
    Some(kib as f64 / 1024.0)
}

fn cpu_seconds(process: &Process) -> Option<f64> {
    let stat = process.stat().ok()?;
    Some((stat.utime + stat.stime) as f64 / procfs::ticks_per_second() as f64)
}

fn machine_seconds() -> f64 {
    let Ok(KernelStats { total, .. }) = KernelStats::current() else { return 0.0 };
    let busy = total.user + total.nice + total.system + total.irq.unwrap_or(0) + total.softirq.unwrap_or(0) + total.steal.unwrap_or(0);
    busy as f64 / procfs::ticks_per_second() as f64
}
