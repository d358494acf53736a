//! Legal parameters: ages, deadlines, cut-offs and retention terms as dated rows with their basis ([`ROWS`]).
//!
//! A rule asks for the value in force on a date. A request is judged by the rule in force on the day of its receipt, unless a
//! transition rule says otherwise. To change the law, close a row with `valid_to` and add the next one in `parameter/rows.rs`.

mod rows;

use time::Date;

use crate::basis::{Instrument, LegalBasis};
use crate::refusal::{Refusal, RefusalCause};

pub use rows::ROWS;

/// What a parameter rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// Age from which a citizen may hold level 2.
    CitizenLevelTwoAge,
    /// Age from which a foreigner may hold level 2.
    ForeignerLevelTwoAge,
    /// Age from which a person registers without representative.
    SelfServiceAge,
    /// Age below which the representative's or guardian's consent is needed for every use.
    GuardianConsentUnder,
    /// On which day somebody born on 29 February is a year older in a common year.
    LeapDayBirthday,
    /// Whether a citizen's account needs an ID card.
    CitizenCard,
    /// Whether a foreigner's account needs a residence card.
    ForeignerResidenceCard,
    /// Time to issue level 1 to a citizen with a valid card.
    IssueCitizenLevelOne,
    /// Time to issue level 2 to a citizen with a valid card.
    IssueCitizenLevelTwo,
    /// Time to issue to a citizen whose card expired or who has none.
    IssueCitizenWithoutCard,
    /// Time to issue level 1 to a foreigner.
    IssueForeignerLevelOne,
    /// Time to issue level 2 to a foreigner whose face and fingerprints are in the immigration database.
    IssueForeignerLevelTwoKnown,
    /// Time to issue level 2 to a foreigner whose face and fingerprints are not there.
    IssueForeignerLevelTwoNew,
    /// Time to issue to an organisation that a national database knows.
    IssueOrganizationKnown,
    /// Time to issue to an organisation that must be verified.
    IssueOrganizationVerified,
    /// Time to activate in the app after the notice of result.
    ActivationWindow,
    /// Time to examine and forward an authority's request to lock or unlock.
    AuthorityForward,
    /// Time to approve a forwarded request to lock or unlock.
    AuthorityApprove,
    /// How long an e-ID card is kept.
    RetainEidCard,
    /// How long the history of use of an e-ID card is kept.
    RetainEidUsage,
    /// How long the access history of an account is kept.
    RetainAccessHistory,
    /// Last day of use of individuals' accounts made by the National Public Service Portal.
    IndividualPortalAccountsEnd,
    /// Last day of use of organisations' accounts made by portals.
    OrganizationPortalAccountsEnd,
    /// Day by which existing accounts on digital platforms are linked.
    LinkExistingAccounts,
    /// Day by which existing bank accounts are linked.
    LinkBankAccounts,
    /// Day from which new accounts are linked from the start.
    LinkNewAccountsFrom,
    /// Least safety level of a connected information system.
    PortalSafetyLevel,
    /// Time to appraise a system that connects.
    PortalAppraisal,
    /// Time to appraise a system that is already connected to the population database.
    PortalAppraisalKnown,
}

/// A parameter's value with its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// Years of age or of retention.
    Years(u8),
    /// Working days (ngày làm việc).
    WorkingDays(u16),
    /// Calendar days (ngày).
    Days(u16),
    /// A level.
    Level(u8),
    /// A day.
    Day(Date),
    /// For ever (lưu trữ vĩnh viễn).
    Permanent,
    /// Demanded.
    Required,
    /// Not demanded.
    NotRequired,
    /// The birthday of 29 February.
    LeapDay(LeapDay),
}

/// When somebody born on 29 February completes a year in a common year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeapDay {
    /// On 1 March.
    FirstOfMarch,
    /// On 28 February.
    TwentyEighthOfFebruary,
}

/// One dated row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// What it rules.
    pub key: Key,
    /// The value.
    pub value: Value,
    /// First day in force.
    pub valid_from: Date,
    /// Last day in force; `None` while open.
    pub valid_to: Option<Date>,
    /// Where it stands.
    pub basis: LegalBasis,
    /// What is uncertain about it; empty where nothing is.
    pub note: &'static str,
}

/// The row in force on a date.
#[must_use]
pub fn parameter(key: Key, on: Date) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.key == key && row.valid_from <= on && row.valid_to.is_none_or(|last| on <= last))
}

/// The row in force, or the refusal that the decree is not (Art. 40.1).
pub(crate) fn in_force(key: Key, on: Date) -> Result<&'static Row, Refusal> {
    parameter(key, on).ok_or_else(not_in_force)
}

/// An age limit in force.
pub(crate) fn years(key: Key, on: Date) -> Result<i32, Refusal> {
    match in_force(key, on)?.value {
        Value::Years(years) => Ok(i32::from(years)),
        _ => Err(not_in_force()),
    }
}

/// The rule for 29 February in force.
pub(crate) fn leap_day(on: Date) -> Result<LeapDay, Refusal> {
    match in_force(Key::LeapDayBirthday, on)?.value {
        Value::LeapDay(rule) => Ok(rule),
        _ => Err(not_in_force()),
    }
}

/// Nothing may be decided on a date without rules.
pub(crate) fn not_in_force() -> Refusal {
    RefusalCause::NotInForce.on(Instrument::Decree69.clause(40, 1))
}
