//! A client acting for itself, for the REST interface (RFC 6749 §4.4). Nothing is stored: the sealed token says it all.

use oidc_provider::client::Client;
use oidc_provider::scope::Scope;
use oidc_provider::token::{TokenResponse, client_credentials_scope};

use super::{Failure, access_token, response};
use crate::provider::Provider;

pub(super) fn issue(provider: &Provider, client: &Client, asked: Option<&Scope>) -> Result<TokenResponse, Failure> {
    let scope = client_credentials_scope(client, asked)?;
    let access = access_token(provider, client, None, &scope, provider.clock.now())?;
    Ok(response(access, scope))
}
