//! `/oauth2/introspect` (RFC 7662): a token's own client, or the one it is meant for, asks whether it is good.

use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use oidc_provider::client::{AccessTokenFormat, Client};
use oidc_provider::introspection::{self, Active, Introspection};
use oidc_provider::refresh;
use persistence::StoreError;
use persistence::grants::LiveGrant;
use persistence::refresh_families::Family;

use super::client_auth::proven_client;
use super::form::{form, method_not_allowed};
use super::live_token::{LiveToken, live_token};
use super::refusal::{refuse, refuse_client, store_failed};
use crate::http::answer;
use crate::provider::Provider;

pub(super) fn configure(services: &mut ServiceConfig) {
    services.service(web::resource("/oauth2/introspect").post(introspect).default_service(web::to(method_not_allowed("POST"))));
}

async fn introspect(request: HttpRequest, body: web::Bytes, provider: Data<Provider>) -> HttpResponse {
    let parameters = match form(&request, &body) {
        Ok(parameters) => parameters,
        Err(error) => return refuse(&error),
    };
    let client = match proven_client(&request, &parameters, &provider, "/oauth2/introspect").await {
        Ok(client) => client,
        Err(unproven) => return refuse_client(&unproven),
    };
    let asked = match introspection::permit(&client).and_then(|()| introspection::parse(&parameters)) {
        Ok(asked) => asked,
        Err(error) => return refuse(&error),
    };
    let outcome = match live_token(&provider, &asked.token).await {
        Ok(Some(live)) => Ok(access(&provider, &client, live)),
        Ok(None) => refresh_token(&provider, &client, &asked.token).await,
        Err(error) => Err(error),
    };
    match outcome {
        Ok(introspection) => answer::json(&introspection),
        Err(error) => store_failed(&error),
    }
}

fn access(provider: &Provider, asking: &Client, live: LiveToken) -> Introspection {
    if !introspection::concerns(asking, &live.token.client_id, None) {
        return Introspection::Inactive;
    }
    let sub = live.granted.map_or_else(|| live.token.client_id.clone(), |granted| granted.grant.authentication.sub);
    Introspection::Active(Box::new(Active {
        issuer: provider.config.issuer.clone(),
        client_id: live.token.client_id,
        sub,
        scope: live.token.scope,
        token_type: Some("Bearer"),
        audience: (asking.access_token_format == AccessTokenFormat::Jwt).then(|| provider.config.issuer.clone()),
        token_id: Some(live.token.token_id),
        issued_at: Some(live.token.issued_at),
        expires_at: live.token.expires_at,
    }))
}

async fn refresh_token(provider: &Provider, asking: &Client, text: &str) -> Result<Introspection, StoreError> {
    let Ok(presented) = refresh::open(provider.refresh_key(), text) else { return Ok(Introspection::Inactive) };
    let now = provider.clock.now();
    let found = provider
        .store
        .read(move |db| {
            let family = Family::find(db, presented.family)?;
            let live = LiveGrant::find(db, presented.family, now)?;
            Ok(family.zip(live))
        })
        .await?;
    let Some((family, LiveGrant(grant))) = found else { return Ok(Introspection::Inactive) };
    let current = family.counter == presented.counter && family.revoked_at.is_none() && now < family.expires_at;
    if !current || !introspection::concerns(asking, &grant.client_id, None) {
        return Ok(Introspection::Inactive);
    }
    Ok(Introspection::Active(Box::new(Active {
        issuer: provider.config.issuer.clone(),
        client_id: grant.client_id,
        sub: grant.authentication.sub,
        scope: grant.scope,
        token_type: None,
        audience: None,
        token_id: None,
        issued_at: Some(family.rotated_at),
        expires_at: family.expires_at,
    })))
}
