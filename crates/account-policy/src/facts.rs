//! What is known about an account when a rule is asked.

use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::day::date_text;
use crate::level::AccountLevel;
use crate::lock::LockGrounds;
use crate::partial_date::PartialDate;

/// Whose e-identity the account belongs to (chủ thể danh tính điện tử), Decree 69/2024/NĐ-CP Art. 7.1 and 7.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HolderKind {
    /// Công dân Việt Nam.
    Citizen,
    /// Người nước ngoài with a permanent or temporary residence card.
    Foreigner,
}

/// How far the account has come (Decree 69/2024/NĐ-CP Arts. 10–14). Locking is not a state: it follows [`LockGrounds`] and dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountState {
    /// Yêu cầu: asked for, not issued.
    Requested,
    /// Đã cấp, chưa kích hoạt: issued, not activated by its holder.
    IssuedNotActivated,
    /// Hoạt động.
    Active,
}

/// The physical card as far as the rules need it (thẻ căn cước công dân, thẻ căn cước).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdCard {
    /// Last day of validity, that day included; `None` for a card without time limit.
    #[serde(with = "date_text::option", default)]
    pub expires_on: Option<Date>,
}

/// Who stands for a child (người đại diện hợp pháp, người giám hộ), Decree 69/2024/NĐ-CP Arts. 10 and 14.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guardian {
    /// The guardian's own account.
    pub account: Uuid,
    /// Whether the guardian's own account may be used today: [`may_represent`](crate::may_represent) of the guardian's facts.
    pub admitted: bool,
    /// How the guardian stands to the child.
    pub relation: GuardianRelation,
}

/// How a guardian stands to the child.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GuardianRelation {
    /// Cha, mẹ.
    Parent,
    /// Người giám hộ.
    Guardian,
    /// Người đại diện hợp pháp khác.
    LegalRepresentative,
}

/// What the rules need to know of an account holder on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Citizen or foreigner.
    pub kind: HolderKind,
    /// Mức độ tài khoản.
    pub account_level: AccountLevel,
    /// Requested, issued or active.
    pub state: AccountState,
    /// Ngày sinh, as far as the database knows it.
    pub birthdate: PartialDate,
    /// The citizen's card; `None` when there is none.
    pub card: Option<IdCard>,
    /// A foreigner's last day of residence by the residence card (thẻ thường trú, thẻ tạm trú); `None` for a citizen.
    #[serde(with = "date_text::option", default)]
    pub residence_expires_on: Option<Date>,
    /// Last day of a foreigner's passport or travel document (hộ chiếu, giấy tờ đi lại quốc tế); `None` for a citizen.
    #[serde(with = "date_text::option", default)]
    pub travel_document_expires_on: Option<Date>,
    /// Active lock grounds of the e-ID card, or of a foreigner's account.
    pub lock_grounds: LockGrounds,
    /// Whether the citizen has an e-ID card (căn cước điện tử), made with the level-2 account (Art. 28).
    pub has_eid: bool,
    /// Who stands for a child today; relations that have ended are left out.
    pub guardian: Option<Guardian>,
}
