//! The person behind an account: what the population database and the e-ID card say (Law 26/2023/QH15 Art. 31).
//!
//! Nothing here prints personal data through `Debug`: a log line can name the type, never the content.

mod card;
mod document;
mod place;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::citizen_id::CitizenId;
use crate::name::PersonName;
use crate::partial_date::PartialDate;
use crate::phone::PhoneNumber;

pub use card::{EidCardDetails, ForeignerDocument, IdCardDetails, ResidenceCard, TravelDocument};
pub use document::{Documents, IntegratedDocument, OrganizationRole};
pub use place::Address;

/// `Debug` that names the type and nothing of its content.
macro_rules! debug_without_content {
    ($($type:ident),+) => {$(
        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($type), "(…)"))
            }
        }
    )+};
}
use debug_without_content;

/// Sex (giới tính) as recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gender {
    /// Nam.
    Male,
    /// Nữ.
    Female,
    /// Not recorded.
    Unknown,
}

/// A person as the databases describe them: e-identity and content of the e-ID card (Law 26/2023/QH15 Art. 31; foreigners: Decree
/// 69/2024/NĐ-CP Art. 5).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Số định danh cá nhân.
    pub citizen_id: CitizenId,
    /// Số chứng minh nhân dân 9 số, where known. There is no arithmetic from one to the other.
    #[serde(default)]
    pub old_id_number: Option<String>,
    /// Họ, chữ đệm và tên khai sinh.
    pub name: PersonName,
    /// Ngày, tháng, năm sinh.
    pub birthdate: PartialDate,
    /// Giới tính.
    pub gender: Gender,
    /// Quốc tịch, ISO 3166-1 alpha-2 (`VN`).
    pub nationality: String,
    /// Số thuê bao di động chính chủ.
    #[serde(default)]
    pub phone: Option<PhoneNumber>,
    /// Whether control of the number was proven.
    #[serde(default)]
    pub phone_verified: bool,
    /// Địa chỉ thư điện tử, optional everywhere.
    #[serde(default)]
    pub email: Option<String>,
    /// Whether control of the mailbox was proven.
    #[serde(default)]
    pub email_verified: bool,
    /// Nơi thường trú.
    #[serde(default)]
    pub permanent_residence: Option<Address>,
    /// Nơi tạm trú.
    #[serde(default)]
    pub temporary_residence: Option<Address>,
    /// Nơi ở hiện tại.
    #[serde(default)]
    pub current_residence: Option<Address>,
    /// Hộ gia đình: the household as recorded, as text.
    #[serde(default)]
    pub household: Option<String>,
    /// Nơi sinh.
    #[serde(default)]
    pub place_of_birth: Option<String>,
    /// Nơi đăng ký khai sinh.
    #[serde(default)]
    pub place_of_birth_registration: Option<String>,
    /// Quê quán.
    #[serde(default)]
    pub place_of_origin: Option<String>,
    /// Dân tộc.
    #[serde(default)]
    pub ethnicity: Option<String>,
    /// Tôn giáo: sensitive data (Decree 356/2025/NĐ-CP Art. 4).
    #[serde(default)]
    pub religion: Option<String>,
    /// Thẻ căn cước, thẻ căn cước công dân.
    #[serde(default)]
    pub card: Option<IdCardDetails>,
    /// Căn cước điện tử.
    #[serde(default)]
    pub eid: Option<EidCardDetails>,
    /// Thông tin được tích hợp (Law Art. 22.2).
    #[serde(default)]
    pub documents: Documents,
    /// Travel document and residence card of a foreigner.
    #[serde(default)]
    pub foreigner: Option<ForeignerDocument>,
    /// Organisations the person may act for.
    #[serde(default)]
    pub organizations: Vec<OrganizationRole>,
    /// Language of pages and messages, BCP 47 (`vi-VN`).
    pub locale: String,
    /// When this record last changed.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
}

debug_without_content!(Person);
