//! What became of the rows, in numbers.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Run;
use crate::cli::{RefusedRow, Report};

/// So many refused rows are named in the report; the rest is counted.
const NAMED: usize = 1000;

/// Counts of an import; kept with its progress, so that they go on with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tally {
    /// Rows whose number had no account, and has one now.
    pub accepted: u64,
    /// Rows that changed an account.
    pub changed: u64,
    /// Rows whose account was already as they say.
    pub unchanged: u64,
    /// Rows that were not taken.
    pub refused: u64,
    /// Of the changed and unchanged ones: rows whose password hash, level or state was not taken, since that would take something back.
    pub kept: KeptRows,
}

/// Rows in which something was kept as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KeptRows {
    pub password: u64,
    pub level: u64,
    pub state: u64,
}

/// What one row would have taken back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Kept {
    pub password: bool,
    pub level: bool,
    pub state: bool,
}

impl Tally {
    /// Counts what a row left as it is.
    pub fn keep(&mut self, kept: Kept) {
        self.kept.password += u64::from(kept.password);
        self.kept.level += u64::from(kept.level);
        self.kept.state += u64::from(kept.state);
    }

    /// Both together.
    pub fn with(mut self, more: &Self) -> Self {
        self.accepted += more.accepted;
        self.changed += more.changed;
        self.unchanged += more.unchanged;
        self.refused += more.refused;
        self.kept.password += more.kept.password;
        self.kept.level += more.kept.level;
        self.kept.state += more.kept.state;
        self
    }

    /// All rows.
    pub fn rows(&self) -> u64 {
        self.accepted + self.changed + self.unchanged + self.refused
    }
}

/// The first refused rows of this run.
#[derive(Debug, Default)]
pub(super) struct Refused(Vec<RefusedRow>);

impl Refused {
    /// Remembers one.
    pub fn push(&mut self, row: RefusedRow) {
        if self.0.len() < NAMED {
            self.0.push(row);
        }
    }
}

/// What the operator is told in the end.
pub(super) fn report(tally: &Tally, refused: &Refused, run: Run, resumed_after: Option<u64>) -> Report {
    let Tally { accepted, changed, unchanged, refused: refusals, kept } = tally;
    let would = if run == Run::Dry { "would be: " } else { "" };
    let mut text = format!("{would}{accepted} accepted, {changed} changed, {unchanged} unchanged, {refusals} refused\n");
    for (rows, what) in [(kept.password, "password"), (kept.level, "account level"), (kept.state, "state")] {
        if rows > 0 {
            text += &format!("{rows} rows have another {what} than the account, whose own was kept\n");
        }
    }
    let json = json!({
        "dry_run": run == Run::Dry,
        "accepted": accepted,
        "changed": changed,
        "unchanged": unchanged,
        "refused": refusals,
        "kept": kept,
        "resumed_after_line": resumed_after,
        "refused_rows": refused.0,
    });
    Report { refused: *refusals > 0, ..Report::done(text, json) }
}
