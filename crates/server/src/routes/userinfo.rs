//! `/oauth2/userinfo` (OpenID Connect Core §5.3): what was agreed to and is allowed now.

use actix_web::http::Method;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use oidc_provider::bearer::{BearerError, bearer};
use oidc_provider::error::Registered as _;
use oidc_provider::parameters::Parameters;
use oidc_provider::userinfo;

use super::client_auth::authorization;
use super::form::{form, method_not_allowed};
use super::live_token::live_token;
use super::refusal::{self, store_failed};
use crate::disclosure::{Asked, release};
use crate::http::answer;
use crate::provider::{ClientStanding, Provider};

pub(super) fn configure(services: &mut ServiceConfig) {
    services
        .service(web::resource("/oauth2/userinfo").get(userinfo).post(userinfo).default_service(web::to(method_not_allowed("GET, POST"))));
}

async fn userinfo(request: HttpRequest, body: web::Bytes, provider: Data<Provider>) -> HttpResponse {
    // A token in the query would end up in logs (RFC 9700 §4.3.2): the query is not even looked at.
    let posted: Option<Parameters> = match request.method() {
        &Method::POST if !body.is_empty() => match form(&request, &body) {
            Ok(parameters) => Some(parameters),
            Err(error) => return refusal::refuse(&error),
        },
        _ => None,
    };
    let text = match bearer(authorization(&request), posted.as_ref()) {
        Ok(text) => text,
        Err(error) => return refuse(&error),
    };
    let live = match live_token(&provider, text).await {
        Ok(Some(live)) => live,
        Ok(None) => return refuse(&BearerError::Invalid),
        Err(error) => return store_failed(&error),
    };
    let Some(granted) = live.granted.filter(|_| live.token.scope.contains("openid")) else {
        return refuse(&BearerError::InsufficientScope);
    };
    let client = match provider.client(&live.token.client_id).await {
        Ok(ClientStanding::Active(client)) => client,
        Ok(_) => return refuse(&BearerError::Invalid),
        Err(error) => return store_failed(&error),
    };
    let today = provider.clock.today();
    let authentication = &granted.grant.authentication;
    let asked = Asked {
        client: &client,
        scope: &live.token.scope,
        claims: &granted.grant.claims,
        authentication,
        consent: granted.consent.as_ref(),
    };
    let Ok(release) = release(&granted.holder, asked, today) else { return refuse(&BearerError::Invalid) };
    let sub = &authentication.sub;
    let mut released = match release.userinfo(&provider, &granted.holder, &client, sub).await {
        Ok(released) => released,
        Err(error) => return store_failed(&error),
    };
    for (name, value) in &authentication.claims {
        released.entry(name.clone()).or_insert_with(|| value.clone());
    }
    released.insert("acr".to_owned(), authentication.acr.clone().into());
    match client.userinfo_signed_response_alg {
        None => answer::json(&userinfo::claims(sub, released)),
        Some(alg) => {
            let claims = userinfo::signed_claims(&provider.config.issuer, &client.client_id, sub, released);
            match provider.signing().sign(alg, userinfo::TYPE, &claims) {
                Ok(jwt) => HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).content_type("application/jwt").body(jwt),
                Err(error) => answer::internal(&error),
            }
        }
    }
}

fn refuse(error: &BearerError) -> HttpResponse {
    let (registered, description) = error.answer();
    tracing::info!(cause = %error, code = registered.code, "refused");
    answer::challenge(answer::error(registered.status, registered.code, description), &error.www_authenticate())
}
