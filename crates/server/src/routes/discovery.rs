//! Metadata and keys (OpenID Connect Discovery §4; RFC 8414 §3; RFC 7517 §5).

use actix_web::HttpResponse;
use actix_web::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL};
use actix_web::web::{self, Data, ServiceConfig};
use oidc_provider::metadata::Metadata;

use super::form::method_not_allowed;
use crate::claims::catalogue::{known_scopes, supported_claims};
use crate::provider::Provider;

pub(super) fn configure(services: &mut ServiceConfig) {
    for path in ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"] {
        services.service(web::resource(path).get(metadata).default_service(web::to(method_not_allowed("GET"))));
    }
    services.service(web::resource("/oauth2/jwks").get(jwks).default_service(web::to(method_not_allowed("GET"))));
}

async fn metadata(provider: Data<Provider>) -> HttpResponse {
    public(&document(&provider), 300)
}

async fn jwks(provider: Data<Provider>) -> HttpResponse {
    // Shorter than the time for which a new key is published before it signs.
    public(&provider.signing().jwks(), 300)
}

/// The metadata document of this installation.
#[must_use]
pub fn document(provider: &Provider) -> serde_json::Value {
    Metadata {
        issuer: provider.config.issuer.clone(),
        scopes_supported: known_scopes().clone(),
        claims_supported: supported_claims().into_iter().map(str::to_owned).collect(),
        acr_values_supported: provider.acr.supported(),
        signing_algs: provider.signing().algs(),
        service_documentation: None,
    }
    .to_json()
}

fn public(document: &serde_json::Value, seconds: u32) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, format!("public, max-age={seconds}")))
        .insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .json(document)
}
