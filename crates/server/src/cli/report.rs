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

/// Whoever waits for an operation: a terminal here, or one at the other end of the control socket.
pub trait Audience {
    /// So many bytes of the input are behind us.
    fn progress(&mut self, done: u64);
    /// A line worth reading now, such as a refused row.
    fn note(&mut self, note: &str);
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
