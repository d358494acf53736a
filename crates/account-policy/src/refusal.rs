//! Refusals: a cause that tests and pages can name, and the article it rests on.

use crate::basis::LegalBasis;
use crate::level::{AccountLevel, AuthenticationLevel};
use crate::lock::LockGrounds;

/// Why an account may not be used today, or not for this service. `Display` is for the log: it names no person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RefusalCause {
    /// The rules asked for were not in force on the date (Decree 69 Art. 40.1): a clock or a calendar is wrong.
    #[error("the decree is not in force on this date")]
    NotInForce,
    /// Khóa căn cước điện tử: a citizen's e-ID card is locked, so the account is (Art. 15).
    #[error("the e-ID card is locked: {0:?}")]
    EidLocked(LockGrounds),
    /// Khóa tài khoản: a foreigner's account is locked (Art. 15).
    #[error("the account is locked: {0:?}")]
    AccountLocked(LockGrounds),
    /// Asked for but not issued (Arts. 10, 11).
    #[error("the account has not been issued")]
    NotIssued,
    /// Issued but not activated by its holder (Art. 14.1).
    #[error("the account has not been activated")]
    NotActivated,
    /// Level 2 below the age for it (Art. 7).
    #[error("the holder is too young for this account")]
    TooYoung,
    /// A citizen without an ID card (Art. 7.1).
    #[error("the citizen has no ID card")]
    CardMissing,
    /// The ID card has expired (Art. 15).
    #[error("the ID card has expired")]
    CardExpired,
    /// A foreigner without a residence card (Art. 7.2).
    #[error("the foreigner has no residence card")]
    ResidenceMissing,
    /// The residence period has ended (Art. 15).
    #[error("the residence period has ended")]
    ResidenceExpired,
    /// A foreigner without passport or travel document (Art. 11).
    #[error("the foreigner has no travel document")]
    TravelDocumentMissing,
    /// The passport or travel document has expired (Art. 15).
    #[error("the travel document has expired")]
    TravelDocumentExpired,
    /// A child without representative or guardian (Art. 14.2).
    #[error("a child under 14 needs a guardian, none is recorded")]
    GuardianMissing,
    /// The guardian's own account may not be used today (Art. 14.2).
    #[error("the guardian's own account may not be used")]
    GuardianNotAdmitted,
    /// The service demands a higher account level (Art. 9).
    #[error("account level {} is demanded", .0.number())]
    AccountLevelTooLow(AccountLevel),
    /// The service demands a stronger sign-in (Art. 20).
    #[error("authentication level {} is demanded", .0.number())]
    AuthenticationLevelTooLow(AuthenticationLevel),
}

/// A refusal with its article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{cause} ({basis})")]
pub struct Refusal {
    /// Why.
    pub cause: RefusalCause,
    /// The article.
    pub basis: LegalBasis,
}

impl RefusalCause {
    /// A stable snake_case code for logs, metrics and the decision table.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotInForce => "not_in_force",
            Self::EidLocked(_) => "eid_locked",
            Self::AccountLocked(_) => "account_locked",
            Self::NotIssued => "not_issued",
            Self::NotActivated => "not_activated",
            Self::TooYoung => "too_young",
            Self::CardMissing => "card_missing",
            Self::CardExpired => "card_expired",
            Self::ResidenceMissing => "residence_missing",
            Self::ResidenceExpired => "residence_expired",
            Self::TravelDocumentMissing => "travel_document_missing",
            Self::TravelDocumentExpired => "travel_document_expired",
            Self::GuardianMissing => "guardian_missing",
            Self::GuardianNotAdmitted => "guardian_not_admitted",
            Self::AccountLevelTooLow(_) => "account_level_too_low",
            Self::AuthenticationLevelTooLow(_) => "authentication_level_too_low",
        }
    }

    /// The refusal on this basis.
    #[must_use]
    pub const fn on(self, basis: LegalBasis) -> Refusal {
        Refusal { cause: self, basis }
    }
}
