//! What passes over the control socket: one line of JSON with the operation, then its input in [pieces](super::pieces); lines of JSON come back.

use serde::{Deserialize, Serialize};

use crate::cli::{Operation, Progress, RefusedRow, Report};

/// The largest line that is read, in bytes. Reports are short; the input of an import is no line.
pub(super) const LONGEST_LINE: u64 = 4 * 1024 * 1024;

/// From the command to the node.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Request {
    /// Version of the command; the node runs its own only.
    pub version: String,
    /// What to do.
    pub operation: Operation,
}

/// From the node to the command; the last one is `Done` or `Failed`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Reply {
    /// So many bytes or rows there will be.
    Total(u64),
    /// So far it has come.
    Progress(Progress),
    /// A row of the input was refused.
    Refused(RefusedRow),
    /// A line for the person who waits.
    Note(String),
    /// It is done.
    Done(Report),
    /// It failed: cause and cure.
    Failed(String),
}

/// The version that both sides must have.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");
