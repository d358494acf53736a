//! An old account as a portal handed it over.

use account_policy::{CitizenId, PartialDate};
use serde::{Deserialize, Serialize};

/// An account that a portal made before the e-identification accounts. `Debug` does not print personal data.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegacyAccount {
    /// The portal's `client_id`.
    pub portal: String,
    /// The account's id at the portal (`TechID`).
    pub legacy_id: String,
    /// Số định danh cá nhân, where the portal knew it.
    #[serde(default)]
    pub citizen_id: Option<CitizenId>,
    /// Số chứng minh nhân dân 9 số, where the portal knew it.
    #[serde(default)]
    pub old_id_number: Option<String>,
    /// Họ và tên as the portal had it.
    pub name: String,
    /// Ngày sinh as the portal had it.
    #[serde(default)]
    pub birthdate: Option<PartialDate>,
}

impl std::fmt::Debug for LegacyAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LegacyAccount({}, {})", self.portal, self.legacy_id)
    }
}
