//! Standard output and standard error. A closed pipe (`dinhdanh clients list | head`) is no error.

use std::io::Write;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Audience;

/// The person at this terminal: notes and a progress bar on standard error.
pub(super) struct Terminal {
    bar: ProgressBar,
}

impl Terminal {
    /// `input_bytes`: the size of what will be read, where it is known. Machines (`--json`) get no bar.
    pub fn new(json: bool, input_bytes: Option<u64>) -> Self {
        let bar = match input_bytes {
            _ if json => ProgressBar::hidden(),
            Some(bytes) => ProgressBar::new(bytes).with_style(style("{bar:40} {percent:>3}% {bytes}/{total_bytes}, {eta} left")),
            None => ProgressBar::no_length().with_style(style("{spinner} {bytes}, {elapsed}")),
        };
        // indicatif draws on a terminal only; a log file stays clean.
        bar.set_draw_target(if json { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() });
        Self { bar }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Audience for Terminal {
    fn progress(&mut self, done: u64) {
        self.bar.set_position(done);
    }

    fn note(&mut self, note: &str) {
        self.bar.suspend(|| _ = writeln!(std::io::stderr(), "{note}"));
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// One line on standard error.
pub(super) fn complain(problem: &str) {
    let line = problem.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    _ = writeln!(std::io::stderr(), "dinhdanh: {line}");
}

/// Text on standard output.
pub(super) fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
