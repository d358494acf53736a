//! A token handed back to us, for introspection (RFC 7662 §2.1) or revocation (RFC 7009 §2.1): both requests have one form.

use std::fmt;

use crate::parameters::Parameters;

/// Longest token that is read, in bytes; longer ones are none of ours.
pub const LONGEST_TOKEN: usize = 8 * 1024;

/// What the client believes the token is. RFC 7009 §2.1: a hint only; "MUST extend its search across all of its supported token types".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenTypeHint {
    /// `access_token`.
    AccessToken,
    /// `refresh_token`.
    RefreshToken,
}

/// `token` and `token_type_hint`.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenRequest {
    /// The token, at most [`LONGEST_TOKEN`] bytes: what is longer is cut to nothing and so unknown.
    pub token: String,
    /// Unknown hints are `None` (RFC 7009 §2.1: "MAY ignore this parameter").
    pub hint: Option<TokenTypeHint>,
}

/// Why the form is refused; each endpoint has its own cause for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenRequestError {
    Repeated,
    Missing,
}

impl TokenRequest {
    pub(crate) fn parse(params: &Parameters) -> Result<Self, TokenRequestError> {
        // RFC 6749 §3.2: "Request and response parameters MUST NOT be included more than once."
        if params.duplicate().is_some() {
            return Err(TokenRequestError::Repeated);
        }
        let token = params.value("token").ok_or(TokenRequestError::Missing)?;
        let token = if token.len() > LONGEST_TOKEN { String::new() } else { token.to_owned() };
        let hint = match params.value("token_type_hint") {
            Some("access_token") => Some(TokenTypeHint::AccessToken),
            Some("refresh_token") => Some(TokenTypeHint::RefreshToken),
            _ => None,
        };
        Ok(Self { token, hint })
    }
}

impl fmt::Debug for TokenRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenRequest").field("hint", &self.hint).finish_non_exhaustive()
    }
}
