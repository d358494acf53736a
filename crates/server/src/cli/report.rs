//! What an operation says: while it runs to an [`Audience`], at its end in a [`Report`].

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The outcome of an operation, for people and for machines.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// For people; ends with a line break.
    pub text: String,
    /// For machines: the same.
    pub json: Value,
    /// Whether a part of what was asked was refused; the exit code is 1 then.
    pub refused: bool,
}

impl Report {
    /// Everything was done.
    #[must_use]
    pub fn done(text: impl Into<String>, json: Value) -> Self {
        Self { text: text.into(), json, refused: false }
    }

    /// Rows under headings, aligned; `empty` says it when there are none.
    #[must_use]
    pub fn table<const N: usize>(headings: [&str; N], rows: &[[String; N]], empty: &str, json: Value) -> Self {
        if rows.is_empty() {
            return Self::done(format!("{empty}\n"), json);
        }
        let headings = headings.map(str::to_owned);
        let all = || std::iter::once(&headings).chain(rows);
        let widths: Vec<usize> = (0..N).map(|column| all().map(|row| row[column].chars().count()).max().unwrap_or(0)).collect();
        let line = |row: &[String; N]| {
            let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
            format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
        };
        Self::done(all().map(line).collect::<String>(), json)
    }
}

/// How far a long operation has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Bytes of the input that are behind us.
    pub bytes: u64,
    /// Rows that are done with.
    pub rows: u64,
}

/// A row of an input that was not taken. It holds nothing of the row itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedRow {
    /// The line on which it begins, from 1.
    pub line: u64,
    /// The column; none: the row as a whole.
    pub field: Option<String>,
    /// What is wrong with it.
    pub problem: String,
}

impl std::fmt::Display for RefusedRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.field {
            Some(field) => write!(f, "line {}: {field} {}", self.line, self.problem),
            None => write!(f, "line {}: {}", self.line, self.problem),
        }
    }
}

/// Whoever waits for an operation: a terminal here, or one at the other end of the control socket.
pub trait Audience {
    /// So many bytes, or rows, there will be in all, where the operation learns it only while it runs.
    fn expect(&mut self, _total: u64) {}
    /// So far it has come.
    fn progress(&mut self, progress: Progress);
    /// A line worth reading now.
    fn note(&mut self, note: &str);
    /// A row of the input was refused.
    fn refused(&mut self, row: &RefusedRow);
    /// Whether a node serves from the same database, so that long work must leave it room.
    fn beside_a_node(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_aligned_by_letters_not_bytes() {
        let rows = [["portal-a".to_owned(), "Cổng dịch vụ".to_owned()], ["b".to_owned(), "B".to_owned()]];
        let report = Report::table(["CLIENT", "NAME"], &rows, "none", Value::Null);
        assert_eq!(report.text, "CLIENT    NAME\nportal-a  Cổng dịch vụ\nb         B\n");
        assert_eq!(Report::table::<1>(["X"], &[], "nothing yet", Value::Null).text, "nothing yet\n");
    }
}
