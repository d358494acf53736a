//! The rows: what each attribute needs. One line a row; a jurist edits here.

use time::Date;
use time::macros::date;

use super::{Attribute, AttributeRule};
use crate::basis::{Instrument, LegalBasis};
use crate::facts::HolderKind;
use crate::level::{AccountLevel, AuthenticationLevel};
use Instrument::{Decree69, Decree70, LawOnIdentification};

/// Decree 69/2024/NĐ-CP and the Law on Identification are in force since this day.
const SINCE: Date = date!(2024 - 07 - 01);

/// Art. 9: part of the e-identity, or declared with it; any account, any sign-in.
const fn level_one(attribute: Attribute, holder: Option<HolderKind>, basis: LegalBasis) -> AttributeRule {
    AttributeRule {
        attribute,
        account_level: AccountLevel::One,
        authentication_level: AuthenticationLevel::One,
        holder,
        valid_from: SINCE,
        valid_to: None,
        basis,
    }
}

/// Art. 9: shared from national databases or the e-ID card; level-2 account, and a sign-in of two different factors (Art. 20).
const fn level_two(attribute: Attribute, holder: Option<HolderKind>, basis: LegalBasis) -> AttributeRule {
    AttributeRule {
        account_level: AccountLevel::Two,
        authentication_level: AuthenticationLevel::Two,
        ..level_one(attribute, holder, basis)
    }
}

const CITIZEN: Option<HolderKind> = Some(HolderKind::Citizen);
const FOREIGNER: Option<HolderKind> = Some(HolderKind::Foreigner);

/// Every attribute's rule, dated.
#[rustfmt::skip]
pub const RULES: &[AttributeRule] = &[
    level_one(Attribute::Name,                None,      LawOnIdentification.article(31)),
    level_one(Attribute::Birthdate,           None,      LawOnIdentification.article(31)),
    level_one(Attribute::Gender,              None,      LawOnIdentification.article(31)),
    level_one(Attribute::Locale,              None,      Decree69.article(9)),
    level_one(Attribute::Phone,               None,      Decree69.article(10)),
    level_one(Attribute::Email,               None,      Decree69.article(10)),
    level_one(Attribute::CitizenIdNumber,     None,      LawOnIdentification.article(31)),
    level_one(Attribute::OldIdNumber,         CITIZEN,   Decree70.clause(12, 1)),
    level_two(Attribute::PermanentResidence,  None,      LawOnIdentification.clause(31, 2)),
    level_two(Attribute::TemporaryResidence,  None,      LawOnIdentification.clause(31, 2)),
    level_two(Attribute::CurrentResidence,    None,      LawOnIdentification.clause(31, 2)),
    level_two(Attribute::Household,           None,      LawOnIdentification.clause(31, 2)),
    level_two(Attribute::EidCard,             CITIZEN,   LawOnIdentification.clause(31, 2)),
    level_two(Attribute::DrivingLicence,      None,      LawOnIdentification.clause(22, 2)),
    level_two(Attribute::VehicleRegistration, None,      LawOnIdentification.clause(22, 2)),
    level_two(Attribute::HealthInsurance,     None,      LawOnIdentification.clause(22, 2)),
    level_two(Attribute::SocialInsurance,     None,      LawOnIdentification.clause(22, 2)),
    level_one(Attribute::LegacyAccount,       None,      Decree69.article(40)),
    level_two(Attribute::Organization,        None,      Decree69.article(12)),
    level_two(Attribute::ForeignerDocument,   FOREIGNER, Decree69.article(5)),
];
