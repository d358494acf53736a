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
