//! Redirect URIs that were proven to belong to a client: only a [`Client`] makes them.

use serde::{Deserialize, Serialize};
use url::Url;

use super::{ApplicationType, Client};

/// Where the answer of one authorization may go: equal to a registered URI. `Deserialize` is for our own short-lived store alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RedirectUri(String);

/// Where the browser may go after sign-out: equal to a registered URI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostLogoutRedirectUri(String);

/// Why a presented redirect URI is not the client's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RedirectUriMismatch {
    /// OpenID Connect Core §3.1.2.1: `redirect_uri` is REQUIRED.
    #[error("the request names no redirect_uri")]
    Missing,
    /// No registered URI is the same string.
    #[error("the redirect_uri is not registered for this client")]
    Unregistered,
}

impl RedirectUri {
    /// The URI exactly as the client presented it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The source expression that lets a form end there (Content Security Policy 3 §2.3.1): `https://host:port`, or `scheme:` where
    /// there is no host that CSP can name (an IPv6 literal, an application's own scheme).
    pub fn origin(&self) -> String {
        origin(&self.0)
    }
}

impl PostLogoutRedirectUri {
    /// The URI exactly as it is registered.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// See [`RedirectUri::origin`].
    pub fn origin(&self) -> String {
        origin(&self.0)
    }
}

impl Client {
    /// Proves a presented redirect URI. RFC 9700 §4.1.3: "authorization servers MUST utilize exact string matching", but for the port
    /// of a native client's loopback address.
    pub fn redirect_uri(&self, presented: Option<&str>) -> Result<RedirectUri, RedirectUriMismatch> {
        // OpenID Connect Core §3.1.2.1: redirect_uri is REQUIRED, even if only one is registered.
        let presented = presented.ok_or(RedirectUriMismatch::Missing)?;
        let native = self.application_type == ApplicationType::Native;
        let matches = |registered: &String| registered == presented || (native && same_but_for_loopback_port(registered, presented));
        if self.redirect_uris.iter().any(matches) { Ok(RedirectUri(presented.to_owned())) } else { Err(RedirectUriMismatch::Unregistered) }
    }

    /// Proves a presented post-logout redirect URI: RP-Initiated Logout §3, "MUST exactly match one of the registered values".
    pub fn post_logout_redirect_uri(&self, presented: &str) -> Option<PostLogoutRedirectUri> {
        self.post_logout_redirect_uris.iter().find(|registered| *registered == presented).cloned().map(PostLogoutRedirectUri)
    }
}

/// RFC 8252 §7.3: "MUST allow any port to be specified at the time of the request for loopback IP redirect URIs"; RFC 9700 §4.1.3
/// says the same of localhost. Compared as text, so that no parser's leniency gets between.
fn same_but_for_loopback_port(registered: &str, presented: &str) -> bool {
    match (without_loopback_port(registered), without_loopback_port(presented)) {
        (Some(registered), Some(presented)) => registered == presented,
        _ => false,
    }
}

/// Loopback hosts as they are spelled in a redirect URI (OpenID Connect Registration §2, RFC 8252 §7.3).
const LOOPBACK: [&str; 3] = ["http://127.0.0.1", "http://[::1]", "http://localhost"];

/// Scheme and host, and all that follows the port; `None` where the URI is not a loopback address.
fn without_loopback_port(uri: &str) -> Option<(&'static str, &str)> {
    let (host, rest) = LOOPBACK.iter().find_map(|host| Some((*host, uri.strip_prefix(host)?)))?;
    let Some(after_colon) = rest.strip_prefix(':') else {
        return matches!(rest.as_bytes().first(), None | Some(b'/' | b'?')).then_some((host, rest));
    };
    let digits = after_colon.bytes().take_while(u8::is_ascii_digit).count();
    let (port, path) = after_colon.split_at(digits);
    let valid = (1..=5).contains(&digits) && port.parse::<u16>().is_ok_and(|port| port != 0);
    (valid && matches!(path.as_bytes().first(), None | Some(b'/' | b'?'))).then_some((host, path))
}

/// Whether the URI is an http loopback address.
pub(super) fn is_loopback(uri: &str) -> bool {
    without_loopback_port(uri).is_some()
}

fn origin(uri: &str) -> String {
    let scheme = uri.split(':').next().unwrap_or_default().to_ascii_lowercase();
    match Url::parse(uri) {
        Ok(url) if url.domain().is_some() || matches!(url.host(), Some(url::Host::Ipv4(_))) => match url.origin() {
            url::Origin::Tuple(..) => url.origin().ascii_serialization(),
            url::Origin::Opaque(_) => format!("{scheme}:"),
        },
        _ => format!("{scheme}:"),
    }
}
