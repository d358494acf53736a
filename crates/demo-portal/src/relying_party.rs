//! The provider as this portal knows it: found by discovery, kept until its keys change.

use std::fs;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreErrorResponseType, CoreGenderClaim,
    CoreGrantType, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm,
    CoreResponseMode, CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse, CoreSubjectIdentifierType,
    CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, AdditionalProviderMetadata, ClientId, ClientSecret, EmptyExtraTokenFields, EndSessionUrl, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, IdTokenFields, IssuerUrl, PostLogoutRedirectUrl, ProviderMetadata, RedirectUrl, StandardErrorResponse,
    StandardTokenResponse, UserInfoClaims, reqwest,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::config::PortalConfig;
use crate::problem::Problem;

/// Claims beyond the standard ones: the levels, the citizen ID number, the e-ID card, insurance …
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct CitizenClaims(pub Map<String, Value>);
impl AdditionalClaims for CitizenClaims {}

/// What the metadata says beyond OpenID Connect Discovery.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct FurtherMetadata {
    /// RP-Initiated Logout §2.1.
    pub end_session_endpoint: Option<EndSessionUrl>,
    /// RFC 9207 §3: every answer names its issuer.
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
}
impl AdditionalProviderMetadata for FurtherMetadata {}

type Metadata = ProviderMetadata<
    FurtherMetadata,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// An ID token with our claims.
pub type IdToken = openidconnect::IdToken<CitizenClaims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
/// Verified claims of an ID token.
pub type IdTokenClaims = openidconnect::IdTokenClaims<CitizenClaims, CoreGenderClaim>;
/// What the token endpoint answers.
pub type Tokens = StandardTokenResponse<
    IdTokenFields<CitizenClaims, EmptyExtraTokenFields, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>,
    CoreTokenType,
>;
/// What userinfo answers.
pub type UserInfo = UserInfoClaims<CitizenClaims, CoreGenderClaim>;

/// The library's client for claims of ours and a provider found by discovery.
pub type Client = openidconnect::Client<
    CitizenClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// The provider's metadata and keys, and our client at it.
pub struct Provider {
    /// Ready to ask for sign-ins.
    pub client: Client,
    /// Metadata beyond Discovery.
    pub further: FurtherMetadata,
}

/// Finds the provider when it is first needed.
pub struct RelyingParty {
    issuer: IssuerUrl,
    client_id: ClientId,
    client_secret: ClientSecret,
    redirect_uri: RedirectUrl,
    post_logout_redirect_uri: PostLogoutRedirectUrl,
    /// For every call to the provider: no redirects (they could be led to our own network), no endless waiting.
    pub http: reqwest::Client,
    found: RwLock<Option<Arc<Provider>>>,
}

const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(250);

impl RelyingParty {
    /// Checks the configuration; calls nobody yet.
    ///
    /// # Errors
    /// An address is not a URL, or the certificate file cannot be read.
    pub fn new(config: &PortalConfig) -> anyhow::Result<Self> {
        let mut http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(Duration::from_secs(10));
        if let Some(file) = &config.extra_ca_file {
            http = http.add_root_certificate(reqwest::Certificate::from_pem(&fs::read(file)?)?);
        }
        Ok(Self {
            issuer: IssuerUrl::new(config.issuer.clone())?,
            client_id: ClientId::new(config.client_id.clone()),
            client_secret: ClientSecret::new(config.client_secret.clone()),
            redirect_uri: RedirectUrl::new(config.redirect_uri())?,
            post_logout_redirect_uri: PostLogoutRedirectUrl::new(config.post_logout_redirect_uri())?,
            http: http.build()?,
            found: RwLock::new(None),
        })
    }

    /// The provider: kept, or discovered now, with patience while it is still starting.
    ///
    /// # Errors
    /// [`Problem::Unreachable`] when it does not answer, or answers with another issuer (Discovery §4.3).
    pub async fn provider(&self) -> Result<Arc<Provider>, Problem> {
        if let Some(provider) = self.found.read().unwrap_or_else(PoisonError::into_inner).clone() {
            return Ok(provider);
        }
        let mut tried = 0;
        let metadata = loop {
            tried += 1;
            match Metadata::discover_async(self.issuer.clone(), &self.http).await {
                Ok(metadata) => break metadata,
                Err(openidconnect::DiscoveryError::Request(_)) if tried < TRIES => actix_web::rt::time::sleep(PAUSE).await,
                Err(error) => return Err(Problem::Unreachable(error.to_string())),
            }
        };
        let further = metadata.additional_metadata().clone();
        let client = Client::from_provider_metadata(metadata, self.client_id.clone(), Some(self.client_secret.clone()))
            .set_redirect_uri(self.redirect_uri.clone());
        let provider = Arc::new(Provider { client, further });
        *self.found.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&provider));
        Ok(provider)
    }

    /// Looks the provider up again: it signs with a key that we have not seen.
    ///
    /// # Errors
    /// As [`Self::provider`].
    pub async fn provider_with_new_keys(&self) -> Result<Arc<Provider>, Problem> {
        *self.found.write().unwrap_or_else(PoisonError::into_inner) = None;
        self.provider().await
    }

    /// Where the provider may send the browser after sign-out.
    pub fn post_logout_redirect_uri(&self) -> PostLogoutRedirectUrl {
        self.post_logout_redirect_uri.clone()
    }

    /// This portal's client id.
    pub fn client_id(&self) -> ClientId {
        self.client_id.clone()
    }
}
