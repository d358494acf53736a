//! What a portal can ask for, and which account and sign-in each attribute needs.

mod rules;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::Date;

use crate::basis::LegalBasis;
use crate::facts::HolderKind;
use crate::level::{AccountLevel, AuthenticationLevel};

pub use rules::RULES;

/// A unit of disclosure: released or withheld as a whole. The text form is the stable snake_case name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attribute {
    /// Họ, chữ đệm và tên.
    Name,
    /// Ngày, tháng, năm sinh.
    Birthdate,
    /// Giới tính.
    Gender,
    /// Language of pages and messages.
    Locale,
    /// Số thuê bao di động.
    Phone,
    /// Địa chỉ thư điện tử.
    Email,
    /// Số định danh cá nhân.
    CitizenIdNumber,
    /// Số chứng minh nhân dân 9 số.
    OldIdNumber,
    /// Nơi thường trú.
    PermanentResidence,
    /// Nơi tạm trú.
    TemporaryResidence,
    /// Nơi ở hiện tại.
    CurrentResidence,
    /// Hộ gia đình.
    Household,
    /// Căn cước điện tử.
    EidCard,
    /// Giấy phép lái xe.
    DrivingLicence,
    /// Chứng nhận đăng ký xe.
    VehicleRegistration,
    /// Thẻ bảo hiểm y tế.
    HealthInsurance,
    /// Sổ bảo hiểm xã hội.
    SocialInsurance,
    /// The asking portal's own old account (tài khoản đã liên kết).
    LegacyAccount,
    /// Tổ chức the person acts for.
    Organization,
    /// Hộ chiếu, giấy tờ đi lại quốc tế, thẻ thường trú, thẻ tạm trú of a foreigner.
    ForeignerDocument,
}

/// What an attribute needs, as a dated row with its basis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttributeRule {
    /// The attribute.
    pub attribute: Attribute,
    /// Least account level (Art. 9).
    pub account_level: AccountLevel,
    /// Least authentication level (Art. 20). An attribute of account level 2 needs at least 2.
    pub authentication_level: AuthenticationLevel,
    /// Whose accounts have it; `None` for everybody's.
    pub holder: Option<HolderKind>,
    /// First day in force.
    pub valid_from: Date,
    /// Last day in force; `None` while open.
    pub valid_to: Option<Date>,
    /// Where it stands.
    pub basis: LegalBasis,
}

/// No attribute has this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown attribute")]
pub struct UnknownAttribute;

impl Attribute {
    /// Every attribute.
    pub const ALL: [Self; 20] = [
        Self::Name,
        Self::Birthdate,
        Self::Gender,
        Self::Locale,
        Self::Phone,
        Self::Email,
        Self::CitizenIdNumber,
        Self::OldIdNumber,
        Self::PermanentResidence,
        Self::TemporaryResidence,
        Self::CurrentResidence,
        Self::Household,
        Self::EidCard,
        Self::DrivingLicence,
        Self::VehicleRegistration,
        Self::HealthInsurance,
        Self::SocialInsurance,
        Self::LegacyAccount,
        Self::Organization,
        Self::ForeignerDocument,
    ];

    /// The stable name, as usage records and consents keep it: `permanent_residence`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Birthdate => "birthdate",
            Self::Gender => "gender",
            Self::Locale => "locale",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::CitizenIdNumber => "citizen_id_number",
            Self::OldIdNumber => "old_id_number",
            Self::PermanentResidence => "permanent_residence",
            Self::TemporaryResidence => "temporary_residence",
            Self::CurrentResidence => "current_residence",
            Self::Household => "household",
            Self::EidCard => "eid_card",
            Self::DrivingLicence => "driving_licence",
            Self::VehicleRegistration => "vehicle_registration",
            Self::HealthInsurance => "health_insurance",
            Self::SocialInsurance => "social_insurance",
            Self::LegacyAccount => "legacy_account",
            Self::Organization => "organization",
            Self::ForeignerDocument => "foreigner_document",
        }
    }

    /// The rule in force on a date; none before Decree 69/2024/NĐ-CP.
    #[must_use]
    pub fn rule(self, on: Date) -> Option<&'static AttributeRule> {
        RULES.iter().find(|rule| rule.attribute == self && rule.valid_from <= on && rule.valid_to.is_none_or(|last| on <= last))
    }
}

impl FromStr for Attribute {
    type Err = UnknownAttribute;
    fn from_str(name: &str) -> Result<Self, UnknownAttribute> {
        Self::ALL.into_iter().find(|attribute| attribute.name() == name).ok_or(UnknownAttribute)
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
