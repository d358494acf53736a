//! How an access token arrives, and how its absence is answered (RFC 6750, RFC 9110 §11.6.1).

use crate::error::Registered;
use crate::parameters::Parameters;

/// Why a resource request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BearerError {
    /// No token at all.
    #[error("no access token")]
    Missing,
    /// The header says Bearer, but no token of RFC 6750 §2.1 follows.
    #[error("malformed Authorization header")]
    Malformed,
    /// Header and body both carry one.
    #[error("more than one access token")]
    SeveralMethods,
    /// A parameter came twice.
    #[error("a parameter was given more than once")]
    ParameterRepeated,
    /// Not ours, expired, revoked, or its account, grant or session is over.
    #[error("invalid access token")]
    Invalid,
    /// The token lacks the scope.
    #[error("insufficient scope")]
    InsufficientScope,
    /// A queue or store is full.
    #[error("too busy")]
    Busy,
    /// A failure of ours; the details are in the log.
    #[error("internal error")]
    Internal,
}

/// The token of a request: from the header (§2.1) or the form of a POST (§2.2). Never from the query (§2.3 is for nobody, RFC 9700 §4.3.2).
pub fn bearer<'a>(authorization: Option<&'a str>, body: Option<&'a Parameters>) -> Result<&'a str, BearerError> {
    let header = authorization.map(from_header).transpose()?.flatten();
    if body.is_some_and(|params| params.duplicate().is_some()) {
        return Err(BearerError::ParameterRepeated);
    }
    let form = body.and_then(|params| params.value("access_token"));
    match (header, form) {
        // RFC 6750 §2: "Clients MUST NOT use more than one method to transmit the token in each request."
        (Some(_), Some(_)) => Err(BearerError::SeveralMethods),
        (Some(token), None) | (None, Some(token)) => Ok(token),
        (None, None) => Err(BearerError::Missing),
    }
}

impl BearerError {
    /// The value of `WWW-Authenticate`. RFC 6750 §3: the answer to a request without a good token MUST include it.
    pub fn www_authenticate(&self) -> String {
        let (error, description) = self.answer();
        match self {
            // §3.1: without any authentication information the answer "SHOULD NOT include an error code".
            Self::Missing => r#"Bearer realm="oauth2""#.to_owned(),
            _ => format!(r#"Bearer realm="oauth2", error="{}", error_description="{description}""#, error.code),
        }
    }
}

/// `None`: another scheme than Bearer, which is not ours to judge.
fn from_header(authorization: &str) -> Result<Option<&str>, BearerError> {
    let (scheme, token) = authorization.split_once(' ').unwrap_or((authorization, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Ok(None);
    }
    let token = token.trim_matches(' ');
    if is_b64token(token) { Ok(Some(token)) } else { Err(BearerError::Malformed) }
}

/// RFC 6750 §2.1: `b64token = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="`.
fn is_b64token(token: &str) -> bool {
    let body = token.trim_end_matches('=');
    !body.is_empty() && body.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(pairs: &[(&str, &str)]) -> Parameters {
        Parameters::from_pairs(pairs.iter().copied())
    }

    #[test]
    fn the_token_comes_in_the_header_or_in_the_form() {
        assert_eq!(bearer(Some("Bearer mF_9.B5f-4.1JqM"), None), Ok("mF_9.B5f-4.1JqM"));
        assert_eq!(bearer(Some("bEARER abc=="), Some(&form(&[]))), Ok("abc=="));
        assert_eq!(bearer(None, Some(&form(&[("access_token", "abc")]))), Ok("abc"));
        assert_eq!(bearer(Some("Basic YTpi"), Some(&form(&[("access_token", "abc")]))), Ok("abc"));
    }

    #[test]
    fn every_wrong_way_has_its_cause() {
        let one = form(&[("access_token", "abc")]);
        let two = form(&[("access_token", "abc"), ("access_token", "abc")]);
        let cases = [
            (None, None, BearerError::Missing),
            (Some("Basic YTpi"), None, BearerError::Missing),
            (Some("Bearer"), None, BearerError::Malformed),
            (Some("Bearer "), None, BearerError::Malformed),
            (Some("Bearer a b"), None, BearerError::Malformed),
            (Some("Bearer a\0b"), None, BearerError::Malformed),
            (Some("Bearer é"), None, BearerError::Malformed),
            (Some("Bearer =="), None, BearerError::Malformed),
            (Some("Bearer abc"), Some(&one), BearerError::SeveralMethods),
            (None, Some(&two), BearerError::ParameterRepeated),
        ];
        for (header, body, cause) in cases {
            assert_eq!(bearer(header, body), Err(cause), "{header:?}");
        }
    }

    #[test]
    fn the_challenge_names_the_error_only_when_there_was_a_token() {
        assert_eq!(BearerError::Missing.www_authenticate(), r#"Bearer realm="oauth2""#);
        assert_eq!(
            BearerError::Invalid.www_authenticate(),
            r#"Bearer realm="oauth2", error="invalid_token", error_description="the access token is invalid, expired or revoked""#
        );
        let status = [BearerError::Missing, BearerError::Invalid, BearerError::InsufficientScope, BearerError::SeveralMethods];
        assert_eq!(status.map(|cause| cause.registered().status), [401, 401, 403, 400]);
    }
}
