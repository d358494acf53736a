//! Which requests are served first when not all can be.

use actix_web::http::Method;

/// How much is lost when a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// Operation: whoever watches over us must see us also under load.
    Always,
    /// It finishes what was begun: a token for a code, a form of a sign-in, what belongs to a page that is open.
    Finishes,
    /// It begins something new; nothing is lost but time.
    Begins,
}

impl Urgency {
    /// Judged by method and path alone: the body has not been read yet.
    #[must_use]
    pub fn of(method: &Method, path: &str) -> Self {
        match path {
            "/healthz" | "/readyz" | "/metrics" => Self::Always,
            "/oauth2/token" | "/oauth2/userinfo" | "/oauth2/introspect" | "/oauth2/revoke" | "/oauth2/jwks" | "/oidc/logout" => {
                Self::Finishes
            }
            _ if path.starts_with("/interaction/") || path.starts_with("/static/") => Self::Finishes,
            _ if path.starts_with("/account/recover/") && method == Method::POST => Self::Finishes,
            _ => Self::Begins,
        }
    }
}
