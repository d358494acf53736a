//! Integrated documents and organisations.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::debug_without_content;

/// A document integrated into the e-ID card (thông tin được tích hợp), Law 26/2023/QH15 Art. 22.2, with its source and time.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntegratedDocument {
    /// The document's number.
    pub number: String,
    /// Further fields by name, as the source gave them.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
    /// Which database said so.
    pub source: String,
    /// When it said so.
    #[serde(with = "time::serde::rfc3339")]
    pub as_of: OffsetDateTime,
}

/// The integrated documents a person has.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Documents {
    /// Giấy phép lái xe.
    pub driving_licence: Option<IntegratedDocument>,
    /// Chứng nhận đăng ký xe.
    pub vehicle_registration: Option<IntegratedDocument>,
    /// Thẻ bảo hiểm y tế.
    pub health_insurance: Option<IntegratedDocument>,
    /// Sổ bảo hiểm xã hội.
    pub social_insurance: Option<IntegratedDocument>,
}

/// An organisation (cơ quan, tổ chức) the person may act for, Decree 69/2024/NĐ-CP Arts. 6 and 12.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationRole {
    /// Số định danh của tổ chức.
    pub organization_id: String,
    /// Tên tiếng Việt.
    pub name: String,
    /// Tên viết tắt.
    #[serde(default)]
    pub short_name: Option<String>,
    /// Tên bằng tiếng nước ngoài.
    #[serde(default)]
    pub foreign_name: Option<String>,
    /// Mã số thuế: 10 digits, 13 with a branch suffix.
    #[serde(default)]
    pub tax_code: Option<String>,
    /// Mã số doanh nghiệp.
    #[serde(default)]
    pub enterprise_code: Option<String>,
    /// In what capacity: `legal_representative` (người đại diện theo pháp luật), `authorized_person` (người được ủy quyền).
    pub role: String,
}

debug_without_content!(IntegratedDocument, Documents, OrganizationRole);
