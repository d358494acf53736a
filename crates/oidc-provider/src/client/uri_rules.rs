//! Which URIs a client may register to be redirected to: what can be read in two ways is refused, so that browsers, proxies and we agree.

use url::{Host, Url};

use super::{ApplicationType, redirect_uri::is_loopback};

/// The longest URI that can be registered.
const MAX_LENGTH: usize = 2048;

/// Why a URI cannot be registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UriProblem {
    /// RFC 6749 §3.1.2: "MUST be an absolute URI".
    #[error("is not an absolute URI such as https://portal.example/callback")]
    NotAbsolute,
    /// Longer than browsers and logs agree on.
    #[error("is longer than 2048 characters")]
    TooLong,
    /// White space, control characters, letters outside of ASCII, backslash, quotes: write hosts in punycode, paths percent-encoded.
    #[error("has a character that does not belong into a URI; write other letters percent-encoded, hosts in punycode")]
    BadCharacter,
    /// RFC 6749 §3.1.2: "MUST NOT include a fragment component".
    #[error("has a fragment; remove the # and what follows")]
    Fragment,
    /// `user@`: it makes one host look like another.
    #[error("has a user name before its host; remove it")]
    Userinfo,
    /// RFC 9700 §4.1.3 wants exact comparison, so a pattern would never match.
    #[error("has a *; list every URI in full, there are no patterns")]
    Wildcard,
    /// `.` or `..` as a path segment, an encoded dot, slash, backslash or control character.
    #[error("has a path that can be read in two ways (dot segments, encoded dots, slashes or control characters)")]
    AmbiguousPath,
    /// A host that parsers spell in another way.
    #[error("has a host that is not written in its usual form")]
    AmbiguousHost,
    /// RFC 9700 §2.6: "MUST NOT be transmitted over unencrypted connections", loopback of native applications excepted.
    #[error("must begin with https:// in production")]
    NotHttps,
    /// RFC 8252 §8.4: a scheme of its own is for native applications, and contains a period.
    #[error("has a scheme that this client may not use: https, or for a native client a reversed domain such as vn.example.app:/callback")]
    Scheme,
}

/// Checks one URI to be registered.
pub(super) fn check(uri: &str, application_type: ApplicationType, production: bool) -> Result<(), UriProblem> {
    check_text(uri)?;
    let url = Url::parse(uri).map_err(|_| UriProblem::NotAbsolute)?;
    check_authority(uri, &url)?;
    check_path(uri)?;
    check_scheme(uri, &url, application_type, production)
}

/// What can be said before anybody parses.
fn check_text(uri: &str) -> Result<(), UriProblem> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte);
    match uri {
        _ if uri.len() > MAX_LENGTH => Err(UriProblem::TooLong),
        _ if !uri.bytes().all(allowed) => Err(UriProblem::BadCharacter),
        _ if uri.contains('#') => Err(UriProblem::Fragment),
        _ if uri.contains('*') => Err(UriProblem::Wildcard),
        _ => Ok(()),
    }
}

/// The authority as the parser understood it must be the authority as it is written.
fn check_authority(uri: &str, url: &Url) -> Result<(), UriProblem> {
    let hierarchical = uri.get(url.scheme().len()..).and_then(|rest| rest.strip_prefix("://"));
    let Some(rest) = hierarchical else {
        // `https:host` and `https:/host` are leniently read as https://host.
        return if matches!(url.scheme(), "http" | "https") { Err(UriProblem::NotAbsolute) } else { Ok(()) };
    };
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(UriProblem::Userinfo);
    }
    if !matches!(url.scheme(), "http" | "https") {
        return Ok(());
    }
    let host = url.host().ok_or(UriProblem::NotAbsolute)?;
    let written = match authority.rfind(':') {
        Some(colon) if !authority.ends_with(']') => &authority[..colon],
        _ => authority,
    };
    let plain = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.');
    match host {
        Host::Domain(name) if !plain(name) => Err(UriProblem::AmbiguousHost),
        host if !host.to_string().eq_ignore_ascii_case(written) => Err(UriProblem::AmbiguousHost),
        _ => Ok(()),
    }
}

fn check_path(uri: &str) -> Result<(), UriProblem> {
    let lower = uri.to_ascii_lowercase();
    let mut escapes = lower.split('%').skip(1);
    let readable = |after: &str| after.as_bytes().get(..2).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
    let control = |after: &str| after.starts_with(['0', '1']) || after.starts_with("7f");
    if !escapes.clone().all(readable) || escapes.any(control) {
        return Err(UriProblem::AmbiguousPath);
    }
    let path = lower.split('?').next().unwrap_or_default();
    let encoded = ["%2e", "%2f", "%5c"].iter().any(|escape| path.contains(escape));
    if encoded || path.split('/').any(|segment| segment == "." || segment == "..") {
        return Err(UriProblem::AmbiguousPath);
    }
    Ok(())
}

fn check_scheme(uri: &str, url: &Url, application_type: ApplicationType, production: bool) -> Result<(), UriProblem> {
    let native = application_type == ApplicationType::Native;
    match url.scheme() {
        "https" => Ok(()),
        "http" if native && is_loopback(uri) => Ok(()),
        "http" if production => Err(UriProblem::NotHttps),
        "http" => Ok(()),
        scheme if native && scheme.contains('.') => Ok(()),
        _ => Err(UriProblem::Scheme),
    }
}
