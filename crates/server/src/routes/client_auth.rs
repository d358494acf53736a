//! The client of a direct request (RFC 6749 §2.3), the same at every endpoint that needs one.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::header::AUTHORIZATION;
use oidc_provider::client::{Client, ClientAuthentication, ClientKeys};
use oidc_provider::client_authentication::{
    AssertionContext, Authenticated, ClientAuthenticationError, Credentials, authenticate, authenticate_unknown,
};
use oidc_provider::error::{Registered as _, TEMPORARILY_UNAVAILABLE};
use oidc_provider::parameters::Parameters;
use persistence::{Full, Kind, Lifetime, Seen, StoreError};
use sha2::{Digest, Sha256};

use super::refusal::store_code;
use crate::http::address::client_address;
use crate::outbound::OutboundError;
use crate::provider::{ClientStanding, Provider};
use crate::throttle::Attempt;

/// Why no client is proven.
#[derive(Debug)]
pub enum Unproven {
    /// The credentials.
    Refused(ClientAuthenticationError),
    /// Too many wrong ones; seconds to wait.
    Throttled(u64),
    /// The store failed.
    Store(StoreError),
}

impl Unproven {
    /// Its error code, for metrics.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(cause) => cause.answer().0.code,
            Self::Throttled(_) => TEMPORARILY_UNAVAILABLE.code,
            Self::Store(error) => store_code(error),
        }
    }
}

impl From<ClientAuthenticationError> for Unproven {
    fn from(error: ClientAuthenticationError) -> Self {
        Self::Refused(error)
    }
}

impl From<StoreError> for Unproven {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// The value of the `Authorization` header; twice given is none.
#[must_use]
pub fn authorization(request: &HttpRequest) -> Option<&str> {
    request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok())
}

/// Proves which client calls `endpoint`. Unknown clients take the same path and time as wrong secrets.
pub async fn proven_client(
    request: &HttpRequest,
    parameters: &Parameters,
    provider: &Provider,
    endpoint: &str,
) -> Result<Arc<Client>, Unproven> {
    let credentials = Credentials::extract(authorization(request), parameters)?;
    let now = provider.clock.now();
    // Names that nobody has share one counter of their network, or a stranger could fill the store with counters.
    let standing = provider.client(credentials.client_id()).await?;
    let name = if matches!(standing, ClientStanding::Unknown) { "" } else { credentials.client_id() };
    let attempt = Attempt::Client { client_id: name, address: client_address(request, provider) };
    provider.throttle.check(&provider.short_lived, &attempt, now).await.map_err(|throttled| Unproven::Throttled(throttled.seconds))?;
    let outcome = judge(provider, standing, &credentials, endpoint).await;
    match &outcome {
        Ok(_) => provider.throttle.succeeded(&provider.short_lived, &attempt).await,
        Err(Unproven::Refused(_)) => provider.throttle.failed(&provider.short_lived, &attempt, now).await,
        Err(Unproven::Throttled(_) | Unproven::Store(_)) => {}
    }
    outcome
}

async fn judge(provider: &Provider, standing: ClientStanding, credentials: &Credentials, endpoint: &str) -> Result<Arc<Client>, Unproven> {
    let now = provider.clock.now();
    let client = match standing {
        ClientStanding::Active(client) => client,
        ClientStanding::Unknown => return Err(authenticate_unknown(credentials).into()),
        ClientStanding::Disabled | ClientStanding::AgreementExpired => {
            authenticate_unknown(credentials);
            return Err(ClientAuthenticationError::Disabled.into());
        }
    };
    let issuer = &provider.config.issuer;
    let audiences = [issuer.clone(), format!("{issuer}/oauth2/token"), format!("{issuer}{endpoint}")];
    let context = AssertionContext { audiences: &audiences, now, keys: None };
    let Authenticated { replay } = match &client.authentication {
        ClientAuthentication::PrivateKeyJwt(ClientKeys::Uri(address)) => {
            let keys = provider.outbound.client_keys(address, now).await.map_err(unavailable)?;
            match authenticate(&client, credentials, &AssertionContext { keys: Some(&keys), ..context }) {
                // A key that we do not know may have been published since.
                Err(ClientAuthenticationError::AssertionSignature(_)) => {
                    let keys = provider.outbound.client_keys_again(address, now).await.map_err(unavailable)?;
                    authenticate(&client, credentials, &AssertionContext { keys: Some(&keys), ..context })?
                }
                outcome => outcome?,
            }
        }
        _ => authenticate(&client, credentials, &context)?,
    };
    if let Some(guard) = replay {
        let key = Sha256::new().chain_update(&client.client_id).chain_update([0]).chain_update(&guard.jti).finalize().into();
        let lifetime = Lifetime { from: guard.issued_at, to: guard.expires_at };
        // Keys may have taken seconds to fetch.
        match provider.short_lived.once(Kind::AssertionId, &key, lifetime, provider.clock.now()).await {
            Ok(Seen::First) => {}
            Ok(Seen::Again) => return Err(ClientAuthenticationError::AssertionReplayed.into()),
            Ok(Seen::Perhaps) => return Err(ClientAuthenticationError::AssertionBeforeRecord.into()),
            // A full store cannot tell a replay: nobody gets in by filling it.
            Err(Full) => return Err(StoreError::Busy.into()),
        }
    }
    Ok(client)
}

fn unavailable(error: OutboundError) -> Unproven {
    tracing::warn!(%error, "a client's keys could not be fetched");
    Unproven::Refused(ClientAuthenticationError::KeysUnavailable)
}
