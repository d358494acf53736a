//! Cards and travel documents.

use serde::{Deserialize, Serialize};
use time::Date;

use super::debug_without_content;
use crate::day::date_text;

/// The physical card (thẻ căn cước, thẻ căn cước công dân).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdCardDetails {
    /// Số thẻ: the personal identification number of the card's day.
    pub number: String,
    /// Ngày cấp.
    #[serde(with = "date_text")]
    pub issued_on: Date,
    /// Last day of validity, that day included; `None` for a card without time limit.
    #[serde(with = "date_text::option", default)]
    pub expires_on: Option<Date>,
    /// Nơi cấp.
    pub place_of_issue: String,
}

/// The e-ID card (căn cước điện tử), Law 26/2023/QH15 Art. 31. Its state follows the lock grounds; kept permanently (Decree 69 Art. 28).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EidCardDetails {
    /// Ngày cấp.
    #[serde(with = "date_text")]
    pub issued_on: Date,
    /// Last day of validity: that of the physical card.
    #[serde(with = "date_text::option", default)]
    pub expires_on: Option<Date>,
}

/// A foreigner's papers (Decree 69/2024/NĐ-CP Arts. 5 and 7.2).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignerDocument {
    /// Hộ chiếu or giấy tờ đi lại quốc tế.
    pub document: TravelDocument,
    /// Document number.
    pub number: String,
    /// Issuing state, ISO 3166-1 alpha-2.
    pub issuing_country: String,
    /// Ngày cấp.
    #[serde(with = "date_text::option", default)]
    pub issued_on: Option<Date>,
    /// Last day of validity, that day included.
    #[serde(with = "date_text")]
    pub expires_on: Date,
    /// Nơi cấp.
    #[serde(default)]
    pub place_of_issue: Option<String>,
    /// Thẻ thường trú or thẻ tạm trú.
    pub residence_card: ResidenceCard,
    /// Number of the residence card.
    pub residence_card_number: String,
    /// Last day of residence by the card, that day included.
    #[serde(with = "date_text")]
    pub residence_expires_on: Date,
}

/// Kind of travel document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TravelDocument {
    /// Hộ chiếu.
    Passport,
    /// Giấy tờ đi lại quốc tế.
    InternationalTravelDocument,
}

/// Kind of residence card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResidenceCard {
    /// Thẻ thường trú.
    Permanent,
    /// Thẻ tạm trú.
    Temporary,
}

debug_without_content!(IdCardDetails, EidCardDetails, ForeignerDocument);
