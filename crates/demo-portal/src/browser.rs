//! Cookies. Their names carry the client, since all ports of localhost share one cookie jar.

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite, time::Duration};

use crate::config::PortalConfig;
use crate::text::Language;

/// What we remember in a browser; everything else stays on the server.
#[derive(Clone, Copy)]
pub enum Remembered {
    /// Random name of the browser: a `state` counts only where it was handed out (RFC 6749 §10.12).
    Browser,
    /// Random key of the signed-in session.
    Session,
    /// `state` of a sign-out that is under way.
    SigningOut,
    /// `vi` or `en`.
    Language,
}

impl Remembered {
    fn cookie_name(self, config: &PortalConfig) -> String {
        let what = match self {
            Self::Browser => "browser",
            Self::Session => "session",
            Self::SigningOut => "signing_out",
            Self::Language => "language",
        };
        let prefix = if is_https(config) { "__Host-" } else { "" };
        format!("{prefix}portal_{}_{what}", config.client_id)
    }

    /// What this browser brought.
    pub fn read(self, request: &HttpRequest, config: &PortalConfig) -> Option<String> {
        request.cookie(&self.cookie_name(config)).map(|cookie| cookie.value().to_owned())
    }

    /// A cookie that scripts and other sites cannot use.
    pub fn write(self, config: &PortalConfig, value: &str) -> Cookie<'static> {
        let cookie = Cookie::build(self.cookie_name(config), value.to_owned()).path("/").http_only(true);
        // Lax, not Strict: the provider sends the browser back with a top-level GET from another site.
        let mut cookie = cookie.same_site(SameSite::Lax).secure(is_https(config)).finish();
        if let Self::Language = self {
            cookie.set_max_age(Duration::days(365));
        }
        cookie
    }

    /// A cookie that removes itself.
    pub fn forget(self, config: &PortalConfig) -> Cookie<'static> {
        let mut cookie = self.write(config, "");
        cookie.make_removal();
        cookie
    }
}

/// The language of this page: what the citizen chose just now, chose before, or what the browser prefers.
pub fn language(request: &HttpRequest, config: &PortalConfig) -> Language {
    let chosen =
        url::form_urlencoded::parse(request.query_string().as_bytes()).find(|(name, _)| name == "lang").map(|(_, tag)| tag.into_owned());
    let header = || request.headers().get("accept-language")?.to_str().ok().map(str::to_owned);
    chosen.or_else(|| Remembered::Language.read(request, config)).or_else(header).map_or(Language::Vi, |tag| Language::preferred(&tag))
}

/// Whether a POST comes from our own pages: browsers name the page it was sent from.
pub fn is_own_form(request: &HttpRequest, config: &PortalConfig) -> bool {
    request.headers().get("origin").is_some_and(|origin| origin.as_bytes() == config.base_url.as_bytes())
}

fn is_https(config: &PortalConfig) -> bool {
    config.base_url.starts_with("https:")
}
