//! Metadata and keys (OpenID Connect Discovery §4; RFC 8414 §3; RFC 7517 §5).

use actix_web::HttpResponse;
use actix_web::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL};
use actix_web::web::{self, Data, ServiceConfig};
use oidc_provider::jose::SigningKeys;
use oidc_provider::metadata::Metadata;

use super::form::method_not_allowed;
use crate::claims::AcrNames;
use crate::claims::catalogue::{known_scopes, supported_claims};
use crate::config::Config;
use crate::provider::Provider;

pub(super) fn configure(services: &mut ServiceConfig) {
    for path in ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"] {
        services.service(web::resource(path).get(metadata).default_service(web::to(method_not_allowed("GET"))));
    }
    services.service(web::resource("/oauth2/jwks").get(jwks).default_service(web::to(method_not_allowed("GET"))));
}

async fn metadata(provider: Data<Provider>) -> HttpResponse {
    public(&provider.published().metadata)
}

async fn jwks(provider: Data<Provider>) -> HttpResponse {
    public(&provider.published().jwks)
}

/// What anybody may read of this installation; it changes only with the signing keys, so its bytes are kept.
pub struct Published {
    metadata: web::Bytes,
    jwks: web::Bytes,
}

impl Published {
    /// With these keys.
    #[must_use]
    pub fn new(config: &Config, acr: &AcrNames, signing: &SigningKeys) -> Self {
        let metadata = Metadata {
            issuer: config.issuer.clone(),
            scopes_supported: known_scopes().clone(),
            claims_supported: supported_claims().into_iter().map(str::to_owned).collect(),
            acr_values_supported: acr.supported().to_vec(),
            signing_algs: signing.algs(),
            service_documentation: None,
        };
        Self { metadata: metadata.to_json().to_string().into(), jwks: signing.jwks().to_string().into() }
    }
}

/// Kept for less time than that for which a new key is published before it signs.
fn public(document: &web::Bytes) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "public, max-age=300"))
        .insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .content_type("application/json")
        .body(document.clone())
}
