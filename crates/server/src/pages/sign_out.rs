//! Sign-out (OpenID Connect RP-Initiated Logout 1.0, 2 and 6).

use askama::Template;

use super::{Frame, PortalBadge, page};

/// Asks whether to sign out. Posts `csrf` and the hidden fields to `/oidc/logout`.
#[derive(Clone, Debug, Template)]
#[template(path = "sign_out.html")]
pub struct SignOutPage {
    /// Header and footer.
    pub frame: Frame,
    /// The CSRF token of this form.
    pub csrf: String,
    /// The portal the citizen comes from, when proven.
    pub portal: Option<PortalBadge>,
    /// The parameters of the request, carried along.
    pub fields: Vec<(String, String)>,
}

/// Says that the session ended.
#[derive(Clone, Debug, Template)]
#[template(path = "signed_out.html")]
pub struct SignedOutPage {
    /// Header and footer.
    pub frame: Frame,
    /// Name and URL of the portal to go back to, when proven.
    pub portal: Option<(String, String)>,
}

page!(SignOutPage);

page!(SignedOutPage);
