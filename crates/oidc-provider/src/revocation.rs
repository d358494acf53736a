//! Token revocation (RFC 7009). The answer to a well-formed request is 200, whether the token was known or not (§2.2).

use crate::client::Client;
use crate::client_authentication::ClientAuthenticationError;
use crate::parameters::{Parameters, ParametersError};
use crate::token::{TokenRequest, TokenRequestError};

/// Why a revocation request is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RevocationError {
    /// The client did not prove itself.
    #[error(transparent)]
    Client(#[from] ClientAuthenticationError),
    /// The body cannot be read.
    #[error(transparent)]
    Parameters(#[from] ParametersError),
    /// A parameter came twice.
    #[error("a parameter was given more than once")]
    ParameterRepeated,
    /// No `token`.
    #[error("token is missing")]
    TokenMissing,
    /// A queue or store is full. RFC 7009 §2.2.1: with 503 the client "must assume the token still exists".
    #[error("too busy")]
    Busy,
    /// A failure of ours; the details are in the log.
    #[error("internal error")]
    Internal,
}

/// Reads the form (RFC 7009 §2.1).
pub fn parse(params: &Parameters) -> Result<TokenRequest, RevocationError> {
    TokenRequest::parse(params).map_err(|error| match error {
        TokenRequestError::Repeated => RevocationError::ParameterRepeated,
        TokenRequestError::Missing => RevocationError::TokenMissing,
    })
}

/// RFC 7009 §2.1: the server verifies "whether the token was issued to the client making the revocation request". A stranger's
/// request changes nothing and is answered like one about an unknown token.
pub fn may_revoke(asking: &Client, token_client_id: &str) -> bool {
    asking.client_id == token_client_id
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::TokenTypeHint;
    use crate::token::fixtures::{confidential_client, other_client};

    #[test]
    fn the_form_is_read() {
        let parse = |pairs: &[(&str, &str)]| parse(&Parameters::from_pairs(pairs.iter().copied()));
        assert_eq!(parse(&[("token_type_hint", "access_token")]), Err(RevocationError::TokenMissing));
        assert_eq!(parse(&[("token", "a"), ("token", "a")]), Err(RevocationError::ParameterRepeated));
        assert_eq!(parse(&[("token", "a"), ("token_type_hint", "access_token")]).unwrap().hint, Some(TokenTypeHint::AccessToken));
    }

    #[test]
    fn a_stranger_revokes_nothing() {
        assert!(may_revoke(&confidential_client(), "portal-a"));
        assert!(!may_revoke(&other_client(), "portal-a"));
    }
}
