//! `/oauth2/revoke` (RFC 7009): either token ends the whole grant, durably and at once.

use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use oidc_provider::client::Client;
use oidc_provider::revocation;
use oidc_provider::{access_token, refresh};
use persistence::StoreError;
use persistence::grants::Grant;
use uuid::Uuid;

use super::client_auth::proven_client;
use super::form::{form, method_not_allowed};
use super::refusal::{refuse, refuse_client, store_failed};
use crate::provider::Provider;

pub(super) fn configure(services: &mut ServiceConfig) {
    services.service(web::resource("/oauth2/revoke").post(revoke).default_service(web::to(method_not_allowed("POST"))));
}

async fn revoke(request: HttpRequest, body: web::Bytes, provider: Data<Provider>) -> HttpResponse {
    let parameters = match form(&request, &body) {
        Ok(parameters) => parameters,
        Err(error) => return refuse(&error),
    };
    let client = match proven_client(&request, &parameters, &provider, "/oauth2/revoke").await {
        Ok(client) => client,
        Err(unproven) => return refuse_client(&unproven),
    };
    let asked = match revocation::parse(&parameters) {
        Ok(asked) => asked,
        Err(error) => return refuse(&error),
    };
    match end(&provider, &client, &asked.token).await {
        // RFC 7009 §2.2: 200 also for a token that is unknown, or of another client.
        Ok(()) => HttpResponse::Ok().insert_header(("cache-control", "no-store")).finish(),
        Err(error) => store_failed(&error),
    }
}

async fn end(provider: &Provider, client: &Client, text: &str) -> Result<(), StoreError> {
    let Some(grant_id) = grant_of(provider, client, text) else { return Ok(()) };
    let now = provider.clock.now();
    let client_id = client.client_id.clone();
    provider.store.run(move |db| Grant::revoke_redeemed(db, grant_id, &client_id, now)).await.map(drop)
}

fn grant_of(provider: &Provider, client: &Client, text: &str) -> Option<Uuid> {
    if let Ok(presented) = refresh::open(provider.refresh_key(), text) {
        return Some(presented.family);
    }
    let token =
        access_token::open(provider.access_token_keys(), &provider.signing(), &provider.config.issuer, text, provider.clock.now()).ok()?;
    if revocation::may_revoke(client, &token.client_id) { token.grant_id } else { None }
}
