//! Refresh with rotation (RFC 6749 §6; RFC 9700 §4.14.2): a token that was used before revokes its whole family, unless the same
//! client repeats itself within a few seconds and gets the same successor.

use actix_web::HttpRequest;
use oidc_provider::client::Client;
use oidc_provider::id_token::{self, IdToken};
use oidc_provider::refresh::{self, RETRY_WINDOW};
use oidc_provider::scope::Scope;
use oidc_provider::token::{TokenError, TokenResponse, refresh_scope};
use persistence::refresh_families::{Family, Rotated};
use persistence::usage::UsageKind;

use super::{Failure, access_token, response};
use crate::disclosure::{Asked, release};
use crate::provider::Provider;
use crate::routes::live_token::granted;
use crate::usage::usage_record;

pub(super) async fn rotate(
    request: &HttpRequest,
    provider: &Provider,
    client: &Client,
    presented: &str,
    asked: Option<&Scope>,
) -> Result<TokenResponse, Failure> {
    let now = provider.clock.now();
    let presented = refresh::open(provider.refresh_key(), presented).map_err(|_| TokenError::RefreshTokenUnknown)?;
    let today = crate::clock::legal_date(now);
    let granted = granted(provider, presented.family).await?.ok_or(TokenError::RefreshTokenExpired)?;
    let grant = &granted.grant;
    // RFC 6749 §10.4: the binding of refresh token and client is checked; a stranger changes nothing.
    if grant.client_id != client.client_id {
        return Err(TokenError::RefreshTokenOfAnotherClient.into());
    }
    let scope = refresh_scope(&grant.scope, asked)?;
    let authentication = &grant.authentication;
    let asked = Asked { client, scope: &scope, claims: &grant.claims, authentication, consent: granted.consent.as_ref() };
    let release = release(&granted.holder, asked, today).map_err(|_| TokenError::GrantVoid)?;

    let record = usage_record(request, provider, grant, UsageKind::Refresh, &release, authentication);
    let rotated = provider.store.run(move |db| Family::rotate(db, presented.family, presented.counter, now, RETRY_WINDOW, &record)).await?;
    let counter = match rotated {
        Rotated::Next(counter, _) | Rotated::Retry(counter, _) => counter,
        Rotated::Reuse => {
            tracing::warn!(client_id = %client.client_id, "a refresh token was used again: its family is revoked");
            return Err(TokenError::RefreshTokenReused.into());
        }
        Rotated::Dead => return Err(TokenError::RefreshTokenExpired.into()),
    };

    let access = access_token(provider, client, Some((grant.id, authentication)), &scope, now)?;
    let extra = release.id_token(provider, &granted.holder, client).await?;
    // OpenID Connect Core §12.2: the same iss, sub and auth_time; no nonce.
    let id_token = IdToken {
        issuer: &provider.config.issuer,
        client,
        authentication,
        nonce: None,
        access_token: Some(&access.0),
        extra,
        issued_at: now,
        lifetime: provider.config.lifetimes.id_token(),
    };
    let signed = provider.signing().sign(client.id_token_signed_response_alg, id_token::TYPE, &id_token.claims())?;
    let mut response = response(access, scope);
    response.id_token = Some(signed);
    response.refresh_token = Some(refresh::token(provider.refresh_key(), grant.id, counter).expose().to_owned());
    Ok(response)
}
