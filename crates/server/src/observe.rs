//! What an operator sees of a running node: the log and the metrics. Neither ever holds personal data.
//!
//! A log line carries the request id of its span; error pages show the same id, so that a citizen's screenshot finds the line.

use std::io::{IsTerminal, Stderr, stderr};
use std::sync::OnceLock;

use tracing_subscriber::EnvFilter;

use crate::config::{LogConfig, LogFormat};

mod clock;
mod descriptors;
mod lines;
mod metrics;
mod store;

pub use clock::Reading;
pub use descriptors::descriptors_left;
pub use metrics::{Metrics, Timer};
pub use store::{is_damaged, store_failed, store_works};

static LINES: OnceLock<&'static lines::Lines<Stderr>> = OnceLock::new();

/// Starts the log on standard error. A second call changes nothing.
pub fn start_log(config: &LogConfig) {
    let filter = EnvFilter::try_new(&config.level).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = *LINES.get_or_init(|| lines::Lines::begin(stderr()));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(lines);
    _ = match config.format {
        LogFormat::Text => log.compact().with_ansi(stderr().is_terminal()).try_init(),
        LogFormat::Json => log.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init(),
    };
}

/// Writes the last lines; before the process ends, or they are lost.
pub fn finish_log() {
    if let Some(lines) = LINES.get() {
        lines.finish();
    }
}
