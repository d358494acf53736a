//! How our cookies are named and guarded.

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite, time::Duration};

/// Whether the provider is reached over TLS, and so what a cookie may promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// `https` issuer: `__Host-` names and the Secure attribute.
    Tls,
    /// `http` issuer, sandbox only.
    Plain,
}

impl Transport {
    /// Reads it off the issuer.
    #[must_use]
    pub fn of(issuer: &str) -> Self {
        if issuer.starts_with("https://") { Self::Tls } else { Self::Plain }
    }

    /// The full cookie name. Localhost ports share cookies, so every name carries the program;
    /// `__Host-` (RFC 6265bis §4.1.3.2) binds it to this very host over TLS.
    #[must_use]
    pub fn cookie_name(self, name: &str) -> String {
        match self {
            Self::Tls => format!("__Host-dinhdanh_{name}"),
            Self::Plain => format!("dinhdanh_{name}"),
        }
    }

    /// A cookie that scripts cannot read and other sites' posts do not carry. Without `lifetime` it ends with the browser.
    #[must_use]
    pub fn cookie(self, name: &str, value: String, lifetime: Option<Duration>) -> Cookie<'static> {
        let mut cookie = Cookie::build(self.cookie_name(name), value)
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self == Self::Tls)
            .finish();
        cookie.set_max_age(lifetime);
        cookie
    }

    /// A cookie that deletes the one of that name.
    #[must_use]
    pub fn removal(self, name: &str) -> Cookie<'static> {
        let mut cookie = self.cookie(name, String::new(), None);
        cookie.make_removal();
        cookie
    }

    /// The value the browser sent under that name.
    #[must_use]
    pub fn read(self, request: &HttpRequest, name: &str) -> Option<String> {
        request.cookie(&self.cookie_name(name)).map(|cookie| cookie.value().to_owned())
    }
}
