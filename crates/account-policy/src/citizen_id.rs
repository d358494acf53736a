//! The personal identification number (số định danh cá nhân): 12 digits, Law 26/2023/QH15 Art. 12.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::person::Gender;

/// A personal identification number (số định danh cá nhân), Law 26/2023/QH15 Art. 12.
///
/// Exactly 12 ASCII digits; leading zeros matter; there is no check digit. `Debug` and `Display` mask it (`098•••••0001`), serde writes
/// it plain. Never an OpenID Connect `sub`, and never a source for residence or place of birth.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CitizenId(String);

/// The text is not a personal identification number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a personal identification number has exactly 12 digits")]
pub struct InvalidCitizenId;

/// The number does not fit the other data. A hint for an officer, never a reason to reject: numbers can be cancelled and set again
/// after a correction of sex or birth year, and records lag (Decree 70/2024/NĐ-CP Art. 11.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StructureWarning {
    /// Digit 4 (century and sex) speaks of the other sex.
    Sex,
    /// Digit 4 speaks of another century than the birth year.
    Century,
    /// Digits 5 and 6 are not the last two digits of the birth year.
    BirthYear,
}

impl CitizenId {
    /// Exactly 12 ASCII digits, nothing else: no spaces, no other script's digits.
    ///
    /// # Errors
    /// [`InvalidCitizenId`] otherwise.
    pub fn parse(text: &str) -> Result<Self, InvalidCitizenId> {
        if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) { Ok(Self(text.to_owned())) } else { Err(InvalidCitizenId) }
    }

    /// The 12 digits, plain.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// First three digits and last four, the rest hidden: `098•••••0001`.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("{}•••••{}", &self.0[..3], &self.0[8..])
    }

    /// Code 098 was never given to a province: numbers that begin with it belong to nobody, and only the sandbox accepts them.
    #[must_use]
    pub fn is_sandbox_range(&self) -> bool {
        self.0.starts_with("098")
    }

    /// Compares digits 4–6 (century and sex, birth year) with the record: practice of Circular 59/2021/TT-BCA, no longer in the Law.
    #[must_use]
    pub fn structure_warnings(&self, gender: Gender, birth_year: i32) -> Vec<StructureWarning> {
        let digits = self.0.as_bytes();
        let (fourth, year) = (i32::from(digits[3] - b'0'), i32::from(digits[4] - b'0') * 10 + i32::from(digits[5] - b'0'));
        let mut warnings = Vec::new();
        let of_other_sex = match gender {
            Gender::Male => fourth % 2 == 1,
            Gender::Female => fourth % 2 == 0,
            Gender::Unknown => false,
        };
        if of_other_sex {
            warnings.push(StructureWarning::Sex);
        }
        if 19 + fourth / 2 != birth_year.div_euclid(100) {
            warnings.push(StructureWarning::Century);
        }
        if year != birth_year.rem_euclid(100) {
            warnings.push(StructureWarning::BirthYear);
        }
        warnings
    }
}

impl FromStr for CitizenId {
    type Err = InvalidCitizenId;
    fn from_str(text: &str) -> Result<Self, InvalidCitizenId> {
        Self::parse(text)
    }
}

impl TryFrom<String> for CitizenId {
    type Error = InvalidCitizenId;
    fn try_from(text: String) -> Result<Self, InvalidCitizenId> {
        Self::parse(&text)
    }
}

impl From<CitizenId> for String {
    fn from(id: CitizenId) -> Self {
        id.0
    }
}

impl fmt::Display for CitizenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Debug for CitizenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CitizenId({self})")
    }
}
