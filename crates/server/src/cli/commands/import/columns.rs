//! The columns of an import, and one row of them.

use std::borrow::Cow;

use serde_json::{Map, Value};

macro_rules! columns {
    ($($column:ident $name:literal),+ $(,)?) => {
        /// A column; its manual is `docs/operations.md`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Column { $($column),+ }

        /// The names of all columns: CSV headings, NDJSON keys.
        pub(super) const COLUMNS: &[&str] = &[$($name),+];

        const COUNT: usize = [$($name),+].len();
    };
}

columns! {
    CitizenId "citizen_id",
    Name "name",
    Birthdate "birthdate",
    Gender "gender",
    Nationality "nationality",
    AccountLevel "account_level",
    State "state",
    PasswordHash "password_hash",
    Phone "phone",
    Email "email",
    OldIdNumber "old_id_number",
    Locale "locale",
    CardNumber "card_number",
    CardIssuedOn "card_issued_on",
    CardExpiresOn "card_expires_on",
    CardPlaceOfIssue "card_place_of_issue",
    EidIssuedOn "eid_issued_on",
    EidExpiresOn "eid_expires_on",
    PermanentResidence "permanent_residence",
    PermanentResidenceCommune "permanent_residence_commune",
    PermanentResidenceCommuneCode "permanent_residence_commune_code",
    PermanentResidenceProvince "permanent_residence_province",
    PermanentResidenceProvinceCode "permanent_residence_province_code",
    GuardianCitizenId "guardian_citizen_id",
    GuardianRelation "guardian_relation",
}

/// Columns that every file has.
pub(super) const NEEDED: [Column; 4] = [Column::CitizenId, Column::Name, Column::Birthdate, Column::AccountLevel];

impl Column {
    /// Its name.
    pub fn name(self) -> &'static str {
        COLUMNS[self as usize]
    }
}

/// Where the column of this name stands in [`COLUMNS`].
pub(super) fn slot(name: &str) -> Option<usize> {
    COLUMNS.iter().position(|column| *column == name)
}

/// One row: all columns as text; an empty one is as if it were not there.
#[derive(Debug)]
pub(super) struct Row<'a> {
    cells: [Cow<'a, str>; COUNT],
    /// NDJSON only: further fields of a person, under the names of the personal record.
    pub person: Option<Map<String, Value>>,
}

impl<'a> Row<'a> {
    /// A row of nothing.
    pub fn new() -> Self {
        Self { cells: [const { Cow::Borrowed("") }; COUNT], person: None }
    }

    /// Fills a cell.
    pub fn put(&mut self, slot: usize, text: Cow<'a, str>) {
        if let Some(cell) = self.cells.get_mut(slot) {
            *cell = text;
        }
    }

    /// The text of a cell without the space around it.
    pub fn text(&self, column: Column) -> &str {
        self.cells[column as usize].trim()
    }

    /// The text of a cell that is not empty.
    pub fn given(&self, column: Column) -> Option<&str> {
        Some(self.text(column)).filter(|text| !text.is_empty())
    }
}

/// Why a row is refused: the column and what is wrong with it; never the value, which is personal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The column, or `person.…`; none: the row as a whole.
    pub field: Option<Cow<'static, str>>,
    /// What is wrong, and what would be right.
    pub problem: Cow<'static, str>,
}

impl Refusal {
    /// The row cannot be read.
    pub fn row(problem: impl Into<Cow<'static, str>>) -> Self {
        Self { field: None, problem: problem.into() }
    }

    /// A column cannot be taken in.
    pub fn of(column: Column, problem: impl Into<Cow<'static, str>>) -> Self {
        Self { field: Some(column.name().into()), problem: problem.into() }
    }

    /// A further field of a person cannot be taken in.
    pub fn further(field: String, problem: &'static str) -> Self {
        Self { field: Some(field.into()), problem: problem.into() }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The rows of the manual's table: the names in the first cell, and all that a row names beside it.
    fn manual() -> Vec<(Vec<&'static str>, &'static str)> {
        let manual = include_str!("../../../../../../docs/operations.md");
        let (_, table) = manual.split_once("| column | content |\n|---|---|\n").expect("the table of columns");
        let rows = table.lines().map_while(|line| line.strip_prefix("| ")?.split_once(" | "));
        rows.map(|(columns, content)| (in_backticks(columns), content)).collect()
    }

    fn in_backticks(text: &str) -> Vec<&str> {
        text.split('`').skip(1).step_by(2).collect()
    }

    #[test]
    fn the_manual_names_every_column_and_no_other() {
        let first: BTreeSet<_> = manual().into_iter().flat_map(|(columns, _)| columns).collect();
        let beside: BTreeSet<_> = manual().into_iter().flat_map(|(_, content)| in_backticks(content)).collect();
        let known: BTreeSet<_> = COLUMNS.iter().copied().collect();
        assert_eq!(first.difference(&known).collect::<Vec<_>>(), Vec::<&&str>::new(), "no column of ours");
        let named: BTreeSet<_> = first.union(&beside).copied().collect();
        assert_eq!(known.difference(&named).collect::<Vec<_>>(), Vec::<&&str>::new(), "not in the manual");
    }

    #[test]
    fn the_manual_marks_the_columns_that_every_file_has() {
        let marked: BTreeSet<_> =
            manual().into_iter().filter(|(_, content)| content.starts_with("**needed**")).flat_map(|(columns, _)| columns).collect();
        assert_eq!(marked, NEEDED.iter().map(|column| column.name()).collect());
    }
}
