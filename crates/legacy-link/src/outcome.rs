//! What a comparison says.

/// The answer for one person and one portal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkOutcome {
    /// Exactly one account is the person's.
    Linked {
        /// Its id at the portal.
        legacy_id: String,
        /// What proved it.
        evidence: Evidence,
    },
    /// Something does not fit; a person must settle it. Every candidate with its reason.
    Conflict(Vec<Contradiction>),
    /// No account has the person's number.
    None,
}

/// The number that made an account a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// Số định danh cá nhân.
    CitizenId,
    /// Số chứng minh nhân dân 9 số.
    OldIdNumber,
}

/// A candidate that was not linked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// Its id at the portal.
    pub legacy_id: String,
    /// Why not.
    pub reason: Reason,
}

/// Why a candidate was not linked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// It fits, and so does another.
    #[error("another account of this portal has the number as well")]
    SeveralAccounts,
    /// The old number fits, the 12-digit number is somebody else's.
    #[error("the account has another citizen's number")]
    OtherCitizenId,
    /// The name is another.
    #[error("the name differs")]
    NameDiffers,
    /// The name is the same but for its marks: likely typed without them, and still not proof.
    #[error("the name differs in its marks")]
    NameDiffersInMarks,
    /// The birth date is another.
    #[error("the birth date differs")]
    BirthdateDiffers,
}

impl Reason {
    /// A stable snake_case code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::SeveralAccounts => "several_accounts",
            Self::OtherCitizenId => "other_citizen_id",
            Self::NameDiffers => "name_differs",
            Self::NameDiffersInMarks => "name_differs_in_marks",
            Self::BirthdateDiffers => "birthdate_differs",
        }
    }
}
