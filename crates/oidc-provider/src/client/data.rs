//! What a registered client is.

use std::{collections::BTreeSet, fmt};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::Date;

use crate::{scope::Scope, secret::SecretHash, signing_alg::SigningAlg};

/// A registered client (RFC 6749 §2): metadata that has been checked. Made by [`super::ClientMetadata::register`]; serialized for our own store.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Client {
    /// `client_id` (RFC 6749 §2.2).
    pub client_id: String,
    /// The portal's name as citizens read it.
    pub client_name: String,
    /// The portal's home page.
    pub client_uri: Option<String>,
    /// Registered redirect URIs; compare only through [`Client::redirect_uri`].
    pub redirect_uris: Vec<String>,
    /// Where the browser may go after sign-out (OpenID Connect RP-Initiated Logout §3.1).
    pub post_logout_redirect_uris: Vec<String>,
    /// Web server or native application.
    pub application_type: ApplicationType,
    /// How the client proves itself at the token endpoint.
    pub authentication: ClientAuthentication,
    /// The grants it may use.
    pub grant_types: BTreeSet<GrantType>,
    /// The most it may be granted.
    pub scope: Scope,
    /// How its users are named.
    pub subject_type: SubjectType,
    /// The sector of its pairwise subjects (OpenID Connect Core §8.1); fixed when the client is first stored.
    pub sector: String,
    /// How its ID tokens are signed.
    pub id_token_signed_response_alg: SigningAlg,
    /// How its userinfo responses are signed; plain JSON without it.
    pub userinfo_signed_response_alg: Option<SigningAlg>,
    /// The form of its access tokens.
    pub access_token_format: AccessTokenFormat,
    /// `max_age` of a request that names none, in seconds.
    pub default_max_age: Option<u64>,
    /// Whether ID tokens must carry `auth_time`; ours always do.
    pub require_auth_time: bool,
    /// `acr_values` of a request that names none.
    pub default_acr_values: Vec<String>,
    /// Whether a request without `code_challenge` is refused; see [`Client::needs_pkce`].
    pub require_pkce: bool,
    /// When the citizen is asked.
    pub consent: ConsentPolicy,
    /// Which claim names it reads.
    pub claims_profile: ClaimsProfile,
    /// The lowest account level it serves, 1 or 2.
    pub min_account_level: u8,
    /// The lowest authentication level it accepts, 1 to 4.
    pub min_authentication_level: u8,
    /// Why it asks, in Vietnamese; shown on the consent page.
    pub purpose: String,
    /// The same in English.
    pub purpose_en: Option<String>,
    /// The agreement with the ministry under which it connects.
    pub agreement_number: Option<String>,
    /// The last day of that agreement.
    #[serde(default, with = "super::date::option")]
    pub agreement_expires_on: Option<Date>,
}

impl Client {
    /// Whether the client cannot keep a secret (RFC 6749 §2.1).
    pub fn is_public(&self) -> bool {
        matches!(self.authentication, ClientAuthentication::None)
    }

    /// RFC 9700 §2.1.1: "public clients MUST use PKCE"; a confidential one unless it is registered without.
    pub fn needs_pkce(&self) -> bool {
        self.require_pkce || self.is_public()
    }

    /// Whether the client may use the grant (RFC 7591 §2).
    pub fn may_use(&self, grant_type: GrantType) -> bool {
        self.grant_types.contains(&grant_type)
    }
}

/// OpenID Connect Registration §2 `application_type`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApplicationType {
    /// A web server with https redirect URIs.
    #[default]
    Web,
    /// An installed application: loopback addresses or a scheme of its own (RFC 8252).
    Native,
}

/// OpenID Connect Core §9: the method a client registered, with what is needed to check it.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuthentication {
    /// `none`: a public client.
    None,
    /// `client_secret_basic`.
    ClientSecretBasic(SecretHash),
    /// `client_secret_post`.
    ClientSecretPost(SecretHash),
    /// `private_key_jwt` (RFC 7523).
    PrivateKeyJwt(ClientKeys),
}

impl ClientAuthentication {
    /// The registered name of the method (OpenID Connect Core §9).
    pub const fn method(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::ClientSecretBasic(_) => "client_secret_basic",
            Self::ClientSecretPost(_) => "client_secret_post",
            Self::PrivateKeyJwt(_) => "private_key_jwt",
        }
    }
}

impl fmt::Debug for ClientAuthentication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.method())
    }
}

/// Where the public keys of a client come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientKeys {
    /// `jwks`: a JWK Set (RFC 7517 §5) in the registration itself.
    Inline(Value),
    /// `jwks_uri`: fetched by the server.
    Uri(String),
}

/// RFC 7591 §2 `grant_types`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GrantType {
    /// RFC 6749 §4.1.
    AuthorizationCode,
    /// RFC 6749 §6.
    RefreshToken,
    /// RFC 6749 §4.4: the portal itself, for the REST interface.
    ClientCredentials,
}

/// OpenID Connect Core §8.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SubjectType {
    /// Another `sub` for each sector.
    #[default]
    Pairwise,
    /// The same `sub` for every public client.
    Public,
}

/// The form of access tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccessTokenFormat {
    /// Sealed: only the provider reads it.
    #[default]
    Opaque,
    /// A signed JWT (RFC 9068), at most five minutes, without personal data.
    Jwt,
}

/// When the citizen is asked to agree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConsentPolicy {
    /// Once, and again when more is asked for.
    #[default]
    Remembered,
    /// At every sign-in.
    Always,
    /// Never, unless the request says `prompt=consent`: for portals with another legal basis.
    None,
}

/// Which claim names the client reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClaimsProfile {
    /// The names of OpenID Connect Core §5.1.
    #[default]
    Standard,
    /// Beside them those of the portals' federation (`SoDinhDanh`, `HoVaTen` …); a bare `scope=openid` then means the registered scope.
    Vnconnect,
}
