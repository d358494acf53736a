//! A code becomes tokens, once (OpenID Connect Core §3.1.3; RFC 6749 §4.1.3; design section 9).
//!
//! The short-lived store is asked first, but the judge of "once" is the key of the grant's row: it is inserted together with the
//! usage record in the transaction that must succeed before anything is signed.

use actix_web::HttpRequest;
use oidc_provider::authorization::Code;
use oidc_provider::client::{Client, GrantType};
use oidc_provider::id_token::{self, IdToken};
use oidc_provider::pkce::CodeVerifier;
use oidc_provider::refresh;
use oidc_provider::secret;
use oidc_provider::token::{self, TokenError, TokenResponse};
use persistence::grants::{Grant, Redemption};
use persistence::refresh_families::Family;
use persistence::usage::UsageKind;
use persistence::{AccountStanding, Consumed, Kind};

use super::{Failure, access_token, response};
use crate::disclosure::{Asked, release};
use crate::provider::Provider;
use crate::usage::usage_record;

pub(super) async fn redeem(
    request: &HttpRequest,
    provider: &Provider,
    client: &Client,
    presented: &secret::Code,
    redirect_uri: Option<&str>,
    verifier: Option<&CodeVerifier>,
) -> Result<TokenResponse, Failure> {
    let code = consume(provider, client, presented).await?;
    let outcome = redeem_consumed(request, provider, client, &code, redirect_uri, verifier).await;
    if let Err(Failure::Store(_)) = &outcome {
        // The portal is told to come back, and may: should the grant have been written all the same, its key says so.
        provider.short_lived.put_back(Kind::Code, presented.hash().as_bytes(), &client.client_id, provider.clock.now()).await;
    }
    outcome
}

async fn redeem_consumed(
    request: &HttpRequest,
    provider: &Provider,
    client: &Client,
    code: &Code,
    redirect_uri: Option<&str>,
    verifier: Option<&CodeVerifier>,
) -> Result<TokenResponse, Failure> {
    let now = provider.clock.now();
    token::redeem(code, redirect_uri, verifier, client, now)?;

    let today = crate::clock::legal_date(now);
    let account = code.authentication.account;
    let keyring = provider.keyring.clone();
    let client_id = client.client_id.clone();
    let standing = provider.store.read(move |db| AccountStanding::find(db, &keyring, account, &client_id, today)).await?;
    let AccountStanding { holder, consent } = standing.ok_or(TokenError::GrantVoid)?;
    // A lock, a new password, a sign-out everywhere since the code was issued.
    if holder.account.epoch != code.epoch {
        return Err(TokenError::GrantVoid.into());
    }
    let asked = Asked { client, scope: &code.scope, claims: &code.claims, authentication: &code.authentication, consent: consent.as_ref() };
    let release = release(&holder, asked, today).map_err(|_| TokenError::GrantVoid)?;

    let offline = code.scope.contains("offline_access");
    let family = (offline && client.may_use(GrantType::RefreshToken)).then(|| Family {
        grant_id: code.grant_id,
        counter: 0,
        rotated_at: now,
        expires_at: now + provider.config.lifetimes.refresh_token(),
        revoked_at: None,
    });
    let expires_at = family.as_ref().map_or(now + provider.config.lifetimes.access_token(), |family| family.expires_at);
    let grant = Grant {
        id: code.grant_id,
        account_id: account,
        client_id: client.client_id.clone(),
        // Offline access outlives the session by its nature (OpenID Connect Core §11).
        session_id: (!offline).then_some(code.authentication.session),
        scope: code.scope.clone(),
        claims: code.claims.clone(),
        authentication: code.authentication.clone(),
        epoch: code.epoch,
        created_at: now,
        expires_at,
    };
    let record = usage_record(request, provider, &grant, UsageKind::Code, &release, &code.authentication);
    let with_refresh = family.is_some();
    let redemption = provider.store.run(move |db| Grant::redeem(db, &grant, family.as_ref(), &record)).await?;
    match redemption {
        Redemption::Done => {}
        Redemption::AlreadyRedeemed => {
            revoke(provider, code).await?;
            return Err(TokenError::CodeReused.into());
        }
        Redemption::Void => return Err(TokenError::GrantVoid.into()),
    }

    // Durable from here on: sign.
    let access = access_token(provider, client, Some((code.grant_id, &code.authentication)), &code.scope, now)?;
    let extra = release.id_token(provider, &holder, client).await?;
    let id_token = IdToken {
        issuer: &provider.config.issuer,
        client,
        authentication: &code.authentication,
        nonce: code.nonce.as_deref(),
        access_token: Some(&access.0),
        extra,
        issued_at: now,
        lifetime: provider.config.lifetimes.id_token(),
    };
    let signed = provider.signing().sign(client.id_token_signed_response_alg, id_token::TYPE, &id_token.claims())?;
    let mut response = response(access, code.scope.clone());
    response.id_token = Some(signed);
    response.refresh_token = with_refresh.then(|| refresh::token(provider.refresh_key(), code.grant_id, 0).expose().to_owned());
    Ok(response)
}

/// Takes the code out of the store. RFC 6749 §4.1.2: used twice, the server "MUST deny the request and SHOULD revoke all tokens
/// previously issued based on that authorization code".
async fn consume(provider: &Provider, client: &Client, presented: &secret::Code) -> Result<Code, Failure> {
    let read = |value: Vec<u8>| serde_json::from_slice::<Code>(&value).map_err(|_| TokenError::CodeUnknown);
    match provider.short_lived.consume(Kind::Code, presented.hash().as_bytes(), &client.client_id, provider.clock.now()).await {
        Consumed::First(value) => Ok(read(value)?),
        Consumed::Again(value) => {
            revoke(provider, &read(value)?).await?;
            Err(TokenError::CodeReused.into())
        }
        Consumed::Unknown => {
            revoke_forgotten(provider, client, presented).await?;
            Err(TokenError::CodeUnknown.into())
        }
    }
}

/// A durable tombstone, whether the grant is there already or still on its way.
async fn revoke(provider: &Provider, code: &Code) -> Result<(), Failure> {
    tracing::warn!(client_id = %code.client_id, "a code was used again: its grant is revoked");
    let (grant_id, client_id, account) = (code.grant_id, code.client_id.clone(), code.authentication.account);
    let now = provider.clock.now();
    Ok(provider.store.run(move |db| Grant::revoke(db, grant_id, &client_id, Some(account), now)).await.map(drop)?)
}

/// A code of ours that the short-lived store knows no more: redeemed long ago, or before a restart. Another client's grant, and a code that was
/// never redeemed, are left alone.
async fn revoke_forgotten(provider: &Provider, client: &Client, presented: &secret::Code) -> Result<(), Failure> {
    let Some(grant) = presented.grant(provider.code_key()) else { return Ok(()) };
    let (client_id, now) = (client.client_id.clone(), provider.clock.now());
    if provider.store.run(move |db| Grant::revoke_redeemed(db, grant, &client_id, now)).await? {
        tracing::warn!(client_id = %client.client_id, "a code was used again, long after its first use: its grant is revoked");
    }
    Ok(())
}
