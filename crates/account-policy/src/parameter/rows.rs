//! The rows. One line a row; a jurist edits here and nowhere else.

use time::Date;
use time::macros::date;

use super::{Key, LeapDay, Row, Value};
use crate::basis::{Instrument, LegalBasis};
use Instrument::{CivilCode, Decree69, Decree320};

/// Decree 69/2024 is in force since this day (Art. 40.1).
const DECREE_69: Date = date!(2024 - 07 - 01);
/// Decree 320/2026 is in force since this day (its Art. 20.3). Its Articles 1–18 have not been seen: see `docs/levels.md`.
const DECREE_320: Date = date!(2026 - 09 - 28);

const fn row(key: Key, value: Value, valid_from: Date, basis: LegalBasis, note: &'static str) -> Row {
    Row { key, value, valid_from, valid_to: None, basis, note }
}

/// Every legal parameter, dated.
#[rustfmt::skip]
pub const ROWS: &[Row] = &[
    // Who may hold which account, and who acts for a child.
    row(Key::CitizenLevelTwoAge,            Value::Years(6),        DECREE_69,  Decree69.clause(7, 1),   ""),
    row(Key::ForeignerLevelTwoAge,          Value::Years(6),        DECREE_69,  Decree69.clause(7, 2),   ""),
    row(Key::SelfServiceAge,                Value::Years(14),       DECREE_69,  Decree69.article(10),    ""),
    row(Key::GuardianConsentUnder,          Value::Years(14),       DECREE_69,  Decree69.clause(14, 2),  ""),
    row(Key::LeapDayBirthday,               Value::LeapDay(LeapDay::FirstOfMarch), DECREE_69, CivilCode.article(148), "the decree is silent; default of this programme"),
    row(Key::CitizenCard,                   Value::Required,        DECREE_69,  Decree69.clause(7, 1),   ""),
    row(Key::ForeignerResidenceCard,        Value::Required,        DECREE_69,  Decree69.clause(7, 2),   ""),
    // Deadlines, from a complete and valid dossier.
    row(Key::IssueCitizenLevelOne,          Value::WorkingDays(1),  DECREE_69,  Decree69.article(13),    ""),
    row(Key::IssueCitizenLevelTwo,          Value::WorkingDays(3),  DECREE_69,  Decree69.article(13),    ""),
    row(Key::IssueCitizenWithoutCard,       Value::WorkingDays(7),  DECREE_69,  Decree69.article(13),    ""),
    row(Key::IssueForeignerLevelOne,        Value::WorkingDays(1),  DECREE_69,  Decree69.clause(13, 3),  ""),
    row(Key::IssueForeignerLevelTwoKnown,   Value::WorkingDays(3),  DECREE_69,  Decree69.clause(13, 3),  ""),
    row(Key::IssueForeignerLevelTwoNew,     Value::WorkingDays(7),  DECREE_69,  Decree69.clause(13, 3),  ""),
    row(Key::IssueOrganizationKnown,        Value::WorkingDays(3),  DECREE_69,  Decree69.clause(13, 4),  ""),
    row(Key::IssueOrganizationVerified,     Value::Days(15),        DECREE_69,  Decree69.clause(13, 4),  "the text says days, not working days"),
    row(Key::ActivationWindow,              Value::Days(7),         DECREE_69,  Decree69.clause(14, 1),  "wording not verified"),
    row(Key::AuthorityForward,              Value::WorkingDays(1),  DECREE_69,  Decree69.article(29),    ""),
    row(Key::AuthorityApprove,              Value::WorkingDays(2),  DECREE_69,  Decree69.article(29),    ""),
    // Retention.
    row(Key::RetainEidCard,                 Value::Permanent,       DECREE_69,  Decree69.article(28),    ""),
    row(Key::RetainEidUsage,                Value::Years(5),        DECREE_69,  Decree69.clause(28, 4),  ""),
    row(Key::RetainAccessHistory,           Value::Years(5),        DECREE_69,  Decree69.clause(17, 2),  "at least"),
    // Transition of older accounts, and linking.
    row(Key::IndividualPortalAccountsEnd,   Value::Day(date!(2024 - 06 - 30)), DECREE_69,  Decree69.article(40),     "clause not verified; one source says 2025-06-30 for ministries' and provinces' systems"),
    row(Key::OrganizationPortalAccountsEnd, Value::Day(date!(2025 - 06 - 30)), DECREE_69,  Decree69.clause(40, 4),   ""),
    row(Key::LinkExistingAccounts,          Value::Day(date!(2026 - 12 - 31)), DECREE_320, Decree320.clause(20, 3),  ""),
    row(Key::LinkBankAccounts,              Value::Day(date!(2027 - 06 - 30)), DECREE_320, Decree320.clause(20, 3),  ""),
    row(Key::LinkNewAccountsFrom,           Value::Day(date!(2026 - 09 - 28)), DECREE_320, Decree320.clause(20, 3),  ""),
    // Portals that connect.
    row(Key::PortalSafetyLevel,             Value::Level(3),        DECREE_69,  Decree69.clause(18, 1),  ""),
    row(Key::PortalAppraisal,               Value::Days(30),        DECREE_69,  Decree69.clause(18, 3),  ""),
    row(Key::PortalAppraisalKnown,          Value::WorkingDays(7),  DECREE_69,  Decree69.clause(18, 3),  ""),
];
