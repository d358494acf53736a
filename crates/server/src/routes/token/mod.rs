//! `/oauth2/token` (RFC 6749 §3.2; OpenID Connect Core §3.1.3): parse → authenticate the client → the grant → one transaction → sign.

mod client_credentials;
mod code;
mod refresh;

use std::sync::Arc;

use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use oidc_provider::access_token::{self, AccessToken, LONGEST_JWT_LIFETIME};
use oidc_provider::authorization::Authentication;
use oidc_provider::client::{AccessTokenFormat, Client};
use oidc_provider::error::{Registered as _, SERVER_ERROR};
use oidc_provider::jose::KeyError;
use oidc_provider::scope::Scope;
use oidc_provider::token::{Grant, TokenError, TokenResponse, permit};
use persistence::StoreError;
use time::OffsetDateTime;
use uuid::Uuid;

use super::client_auth::{Unproven, proven_client};
use super::form::{FormError, form, method_not_allowed};
use super::refusal::{refuse, refuse_client, store_code, store_failed};
use crate::http::answer;
use crate::provider::Provider;

pub(super) fn configure(services: &mut ServiceConfig) {
    services.service(web::resource("/oauth2/token").post(token).default_service(web::to(method_not_allowed("POST"))));
}

/// Why no token was issued.
#[derive(Debug)]
enum Failure {
    Refused(TokenError),
    Unproven(Unproven),
    Body(FormError),
    Store(StoreError),
    Signing(KeyError),
}

impl Failure {
    /// Its error code, for metrics.
    fn code(&self) -> &'static str {
        match self {
            Self::Refused(error) => error.answer().0.code,
            Self::Unproven(unproven) => unproven.code(),
            Self::Body(error) => error.answer().0.code,
            Self::Store(error) => store_code(error),
            Self::Signing(_) => SERVER_ERROR.code,
        }
    }

    fn answer(&self) -> HttpResponse {
        match self {
            Self::Refused(error) => refuse(error),
            Self::Unproven(unproven) => refuse_client(unproven),
            Self::Body(error) => refuse(error),
            Self::Store(error) => store_failed(error),
            Self::Signing(error) => answer::internal(error),
        }
    }
}

impl From<FormError> for Failure {
    fn from(error: FormError) -> Self {
        Self::Body(error)
    }
}

impl From<Unproven> for Failure {
    fn from(unproven: Unproven) -> Self {
        Self::Unproven(unproven)
    }
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
    let (kind, outcome) = match asked(&request, &body, &provider).await {
        Ok((client, grant)) => (grant_type(&grant), issue(&request, &provider, &client, grant).await),
        Err(failure) => ("unknown", Err(failure)),
    };
    match outcome {
        Ok(response) => {
            provider.metrics.token(kind, "issued");
            answer::json(&response)
        }
        Err(failure) => {
            provider.metrics.token(kind, failure.code());
            failure.answer()
        }
    }
}

/// The client, proven, and a grant of a type that it may use.
async fn asked(request: &HttpRequest, body: &web::Bytes, provider: &Provider) -> Result<(Arc<Client>, Grant), Failure> {
    let parameters = form(request, body)?;
    let client = proven_client(request, &parameters, provider, "/oauth2/token").await?;
    let grant = Grant::parse(&parameters)?;
    permit(&grant, &client)?;
    Ok((client, grant))
}

async fn issue(request: &HttpRequest, provider: &Provider, client: &Client, grant: Grant) -> Result<TokenResponse, Failure> {
    match grant {
        Grant::AuthorizationCode { code, redirect_uri, code_verifier } => {
            code::redeem(request, provider, client, &code, redirect_uri.as_deref(), code_verifier.as_ref()).await
        }
        Grant::RefreshToken { refresh_token, scope } => refresh::rotate(request, provider, client, &refresh_token, scope.as_ref()).await,
        Grant::ClientCredentials { scope } => client_credentials::issue(provider, client, scope.as_ref()),
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
