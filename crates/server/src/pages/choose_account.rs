//! `prompt=select_account` (OpenID Connect Core 1.0, 3.1.2.1).

use askama::Template;

use super::{Frame, PortalBadge, page};

/// Asks whether to go on as the person signed in. Posts `interaction`, `csrf`, `account` (`current` or `other`) to `/interaction/account`.
#[derive(Clone, Debug, Template)]
#[template(path = "choose_account.html")]
pub struct ChooseAccountPage {
    /// Header and footer.
    pub frame: Frame,
    /// The id of the authorization in progress.
    pub interaction: String,
    /// The CSRF token of this form.
    pub csrf: String,
    /// The portal that asks.
    pub portal: PortalBadge,
    /// The full name of the person signed in.
    pub holder_name: String,
}

page!(ChooseAccountPage);
