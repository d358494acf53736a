//! Standard output and standard error. A closed pipe (`dinhdanh clients list | head`) is no error.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::Context;
use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{Audience, Progress, RefusedRow};

/// So many refused rows are named on standard error; a file names all.
const NAMED: u64 = 1000;

/// The person at this terminal: notes and a progress bar on standard error.
pub(super) struct Terminal {
    bar: ProgressBar,
    /// Rows that were done before this run.
    rows_before: Option<u64>,
    refused: u64,
    names: Option<Names>,
    unit: Unit,
}

/// What the bar counts.
#[derive(Clone, Copy)]
enum Unit {
    Bytes,
    Rows,
}

/// The file that names every refused row.
struct Names {
    file: BufWriter<File>,
    path: String,
    outcome: std::io::Result<()>,
}

impl Terminal {
    /// `input_bytes`: the size of what will be read, where it is known. Machines (`--json`) get no bar. `refused` is appended to.
    pub fn new(json: bool, input_bytes: Option<u64>, refused: Option<&Path>) -> anyhow::Result<Self> {
        let bar = match input_bytes {
            _ if json => ProgressBar::hidden(),
            Some(bytes) => ProgressBar::new(bytes).with_style(style("{bar:40} {percent:>3}% {msg}, {eta} left")),
            None => ProgressBar::no_length().with_style(style("{spinner} {msg}, {elapsed}")),
        };
        // indicatif draws on a terminal only; a log file stays clean.
        bar.set_draw_target(if json { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() });
        Ok(Self { bar, rows_before: None, refused: 0, names: refused.map(Names::open).transpose()?, unit: Unit::Bytes })
    }

    /// The bar counts rows instead of bytes.
    pub fn counts_rows(&mut self) {
        self.unit = Unit::Rows;
        self.bar.set_style(style("{spinner} {human_pos} rows, {elapsed}"));
    }

    /// Takes the bar away and closes the file.
    ///
    /// # Errors
    /// When a refused row could not be written down.
    pub fn finish(&mut self) -> anyhow::Result<()> {
        self.bar.finish_and_clear();
        if self.refused > NAMED && self.names.is_none() {
            _ = writeln!(std::io::stderr(), "{} more refused rows; --refused FILE names them all", self.refused - NAMED);
        }
        let Some(names) = self.names.take() else { return Ok(()) };
        let Names { mut file, path, outcome } = names;
        outcome.and_then(|()| file.flush()).with_context(|| format!("{path}: a refused row could not be written down"))
    }
}

impl Names {
    /// Readable for the operator only: the lines lead to people.
    fn open(path: &Path) -> anyhow::Result<Self> {
        let file = OpenOptions::new().append(true).create(true).mode(0o600).open(path).with_context(|| path.display().to_string())?;
        Ok(Self { file: BufWriter::new(file), path: path.display().to_string(), outcome: Ok(()) })
    }

    fn put(&mut self, row: &RefusedRow) {
        if self.outcome.is_ok() {
            let line = serde_json::to_string(row).unwrap_or_default();
            self.outcome = writeln!(self.file, "{line}");
        }
    }
}

impl Audience for Terminal {
    fn expect(&mut self, total: u64) {
        self.bar.set_length(total);
        self.bar.set_style(style(match self.unit {
            Unit::Bytes => "{bar:40} {percent:>3}% {bytes}/{total_bytes}, {eta} left",
            Unit::Rows => "{bar:40} {percent:>3}% {human_pos}/{human_len} rows, {eta} left",
        }));
    }

    fn progress(&mut self, progress: Progress) {
        let before = *self.rows_before.get_or_insert_with(|| {
            self.bar.reset_eta();
            progress.rows
        });
        let rate = (progress.rows - before.min(progress.rows)) as f64 / self.bar.elapsed().as_secs_f64().max(0.001);
        self.bar.set_message(match progress.rows {
            0 => HumanBytes(progress.bytes).to_string(),
            rows => format!("{} rows, {} rows/s", HumanCount(rows), HumanCount(rate as u64)),
        });
        self.bar.set_position(match self.unit {
            Unit::Bytes => progress.bytes,
            Unit::Rows => progress.rows,
        });
    }

    fn note(&mut self, note: &str) {
        self.bar.suspend(|| _ = writeln!(std::io::stderr(), "{note}"));
    }

    fn refused(&mut self, row: &RefusedRow) {
        self.refused += 1;
        if let Some(names) = &mut self.names {
            names.put(row);
        }
        if self.refused <= NAMED {
            self.note(&row.to_string());
        }
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
