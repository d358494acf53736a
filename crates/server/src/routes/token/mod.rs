//! `/oauth2/token` (RFC 6749 §3.2; OpenID Connect Core §3.1.3): parse → authenticate the client → the grant → one transaction → sign.

mod client_credentials;
mod code;
mod refresh;

use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use oidc_provider::access_token::{self, AccessToken, LONGEST_JWT_LIFETIME};
use oidc_provider::authorization::Authentication;
use oidc_provider::client::{AccessTokenFormat, Client};
use oidc_provider::error::Registered as _;
use oidc_provider::jose::KeyError;
use oidc_provider::scope::Scope;
use oidc_provider::token::{Grant, TokenError, TokenResponse, permit};
use persistence::StoreError;
use time::OffsetDateTime;
use uuid::Uuid;

use super::client_auth::proven_client;
use super::form::{FormError, form, method_not_allowed};
use super::refusal::{refuse, refuse_client, store_failed};
use crate::http::answer;
use crate::provider::Provider;

pub(super) fn configure(services: &mut ServiceConfig) {
    services.service(web::resource("/oauth2/token").post(token).default_service(web::to(method_not_allowed("POST"))));
}

/// Why no token was issued.
#[derive(Debug)]
enum Failure {
    Refused(TokenError),
    Store(StoreError),
    Signing(KeyError),
}

impl From<TokenError> for Failure {
    fn from(error: TokenError) -> Self {
        Self::Refused(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Self {
        Self::Signing(error)
    }
}

async fn token(request: HttpRequest, body: web::Bytes, provider: Data<Provider>) -> HttpResponse {
    let parameters = match form(&request, &body) {
        Ok(parameters) => parameters,
        Err(FormError::Parameters(error)) => {
            provider.metrics.token("unknown", "invalid_request");
            return refuse(&TokenError::from(error));
        }
        Err(error @ FormError::ContentType) => return answer::error(400, "invalid_request", &error.to_string()),
    };
    let client = match proven_client(&request, &parameters, &provider, "/oauth2/token").await {
        Ok(client) => client,
        Err(unproven) => {
            provider.metrics.token("unknown", unproven.code());
            return refuse_client(&unproven);
        }
    };
    let grant = match Grant::parse(&parameters).and_then(|grant| permit(&grant, &client).map(|()| grant)) {
        Ok(grant) => grant,
        Err(error) => {
            provider.metrics.token("unknown", error.answer().0.code);
            return refuse(&error);
        }
    };
    let kind = grant_type(&grant);
    let outcome = match grant {
        Grant::AuthorizationCode { code, redirect_uri, code_verifier } => {
            code::redeem(&request, &provider, &client, &code, redirect_uri.as_deref(), code_verifier.as_ref()).await
        }
        Grant::RefreshToken { refresh_token, scope } => refresh::rotate(&request, &provider, &client, &refresh_token, scope.as_ref()).await,
        Grant::ClientCredentials { scope } => client_credentials::issue(&provider, &client, scope.as_ref()),
    };
    match outcome {
        Ok(response) => {
            provider.metrics.token(kind, "issued");
            answer::json(&response)
        }
        Err(Failure::Refused(error)) => {
            provider.metrics.token(kind, error.answer().0.code);
            refuse(&error)
        }
        Err(Failure::Store(error)) => store_failed(&error),
        Err(Failure::Signing(error)) => answer::internal(&error),
    }
}

/// The name in metrics.
fn grant_type(grant: &Grant) -> &'static str {
    match grant {
        Grant::AuthorizationCode { .. } => "authorization_code",
        Grant::RefreshToken { .. } => "refresh_token",
        Grant::ClientCredentials { .. } => "client_credentials",
    }
}

/// An access token in the client's format, and its lifetime in seconds.
fn access_token(
    provider: &Provider,
    client: &Client,
    grant: Option<(Uuid, &Authentication)>,
    scope: &Scope,
    now: OffsetDateTime,
) -> Result<(String, i64), KeyError> {
    let lifetime = match client.access_token_format {
        AccessTokenFormat::Opaque => provider.config.lifetimes.access_token(),
        AccessTokenFormat::Jwt => provider.config.lifetimes.access_token().min(LONGEST_JWT_LIFETIME),
    };
    let token = AccessToken {
        token_id: provider.randomness.uuid(now),
        grant_id: grant.map(|(grant_id, _)| grant_id),
        client_id: client.client_id.clone(),
        scope: scope.clone(),
        issued_at: now,
        expires_at: now + lifetime,
    };
    let text = match client.access_token_format {
        AccessTokenFormat::Opaque => provider.access_token_keys().seal(&token, provider.randomness.bytes()),
        AccessTokenFormat::Jwt => {
            let issuer = &provider.config.issuer;
            let authentication = grant.map(|(_, authentication)| authentication);
            let sub = authentication.map_or(client.client_id.as_str(), |authentication| authentication.sub.as_str());
            let claims = access_token::jwt_claims(&token, issuer, issuer, sub, authentication);
            provider.signing().sign(client.id_token_signed_response_alg, access_token::TYPE, &claims)?
        }
    };
    Ok((text, lifetime.whole_seconds()))
}

/// The answer without a refresh token.
fn response(access: (String, i64), scope: Scope) -> TokenResponse {
    TokenResponse::bearer(access.0, access.1, scope)
}
