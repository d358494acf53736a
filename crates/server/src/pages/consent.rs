//! Consent: every datum and the purpose, before anything is shared (Law 91/2025/QH15 on personal data protection; Decree 69/2024/NĐ-CP, Art. 19).

use askama::Template;

use super::{Frame, PortalBadge, page};

/// Asks whether the data may be shared. Posts `interaction`, `csrf`, `decision` (`allow` or `deny`) to `/interaction/consent`. Prints as a document.
#[derive(Clone, Debug, Template)]
#[template(path = "consent.html")]
pub struct ConsentPage {
    /// Header and footer.
    pub frame: Frame,
    /// The id of the authorization in progress.
    pub interaction: String,
    /// The CSRF token of this form.
    pub csrf: String,
    /// The portal that asks.
    pub portal: PortalBadge,
    /// The full name of the person whose data it is.
    pub holder_name: String,
    /// What the portal needs the data for, in the language of the page.
    pub purpose: String,
    /// The portal's agreement with the ministry.
    pub agreement_number: Option<String>,
    /// What would be shared, grouped.
    pub groups: Vec<ConsentGroup>,
    /// Whether something was agreed before and more is asked now.
    pub new_only: bool,
    /// Whether the portal may read the data later, while the citizen is away (`offline_access`).
    pub offline: bool,
    /// The name of the child or organisation for whom the person acts.
    pub on_behalf_of: Option<String>,
}

/// Data that belong together, such as the residence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentGroup {
    /// The heading.
    pub title: String,
    /// Whether these data need account level 2.
    pub level_two: bool,
    /// The data.
    pub items: Vec<ConsentItem>,
}

/// One datum with the value that would be shared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentItem {
    /// What it is.
    pub label: String,
    /// The value; empty when there is none on record.
    pub value: String,
}

page!(ConsentPage);
