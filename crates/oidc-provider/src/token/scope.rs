//! How much a refresh or a client by itself may have.

use super::TokenError;
use crate::client::Client;
use crate::scope::Scope;

/// The scope of a refreshed access token. RFC 6749 §6: it "MUST NOT include any scope not originally granted"; left out, it stays the same.
pub fn refresh_scope(granted: &Scope, asked: Option<&Scope>) -> Result<Scope, TokenError> {
    within(granted, asked)
}

/// The scope of a token for the client itself (RFC 6749 §4.4). `openid` and `offline_access` fall away: there is no end-user.
/// RFC 6749 §4.4: the grant "MUST only be used by confidential clients".
pub fn client_credentials_scope(client: &Client, asked: Option<&Scope>) -> Result<Scope, TokenError> {
    if client.is_public() {
        return Err(TokenError::ClientNotConfidential);
    }
    let scope = within(&client.scope, asked)?;
    Ok(scope.without("openid").without("offline_access"))
}

fn within(most: &Scope, asked: Option<&Scope>) -> Result<Scope, TokenError> {
    match asked {
        None => Ok(most.clone()),
        Some(asked) if asked.is_subset_of(most) => Ok(asked.clone()),
        Some(_) => Err(TokenError::ScopeExceeded),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::ClientAuthentication;
    use crate::token::fixtures::confidential_client;

    fn scope(text: &str) -> Scope {
        Scope::parse(text).unwrap()
    }

    #[test]
    fn a_refresh_may_narrow_and_never_widen() {
        let granted = scope("openid profile");
        assert_eq!(refresh_scope(&granted, None), Ok(granted.clone()));
        assert_eq!(refresh_scope(&granted, Some(&scope("openid"))), Ok(scope("openid")));
        assert_eq!(refresh_scope(&granted, Some(&scope("openid eid"))), Err(TokenError::ScopeExceeded));
    }

    #[test]
    fn a_client_by_itself_gets_no_end_user_scope() {
        let client = confidential_client();
        assert_eq!(client_credentials_scope(&client, None), Ok(scope("profile phone")));
        assert_eq!(client_credentials_scope(&client, Some(&scope("eid"))), Err(TokenError::ScopeExceeded));
    }

    #[test]
    fn a_public_client_has_no_credentials_to_grant() {
        let client = Client { authentication: ClientAuthentication::None, ..confidential_client() };
        assert_eq!(client_credentials_scope(&client, None), Err(TokenError::ClientNotConfidential));
    }
}
