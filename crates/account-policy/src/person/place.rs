//! Addresses of the two-level administration (since 1 July 2025: province and commune, no district).

use serde::{Deserialize, Serialize};

use super::debug_without_content;

/// A residence address (nơi thường trú, nơi tạm trú, nơi ở hiện tại), kept as printed beside the unit codes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// The whole address as one text, as issued.
    pub formatted: String,
    /// House number, street, hamlet (số nhà, đường, thôn/ấp/bản/tổ dân phố).
    #[serde(default)]
    pub street_address: Option<String>,
    /// Phường, xã, đặc khu.
    pub commune: String,
    /// Five-digit code of the commune-level unit.
    pub commune_code: String,
    /// Tỉnh, thành phố.
    pub province: String,
    /// Two-digit code of the province.
    pub province_code: String,
    /// ISO 3166-1 alpha-2 (`VN`).
    pub country: String,
}

debug_without_content!(Address);
