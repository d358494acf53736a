//! Client metadata as an operator writes it: the names of RFC 7591 §2 and OpenID Connect Registration §2, the last ones are ours.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;
use time::Date;
use zeroize::Zeroizing;

use super::{AccessTokenFormat, ApplicationType, ClaimsProfile, ConsentPolicy, GrantType, SubjectType};
use crate::{scope::Scope, signing_alg::SigningAlg};

/// One service portal, the client of OpenID Connect. A key that is not listed here is refused.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientMetadata {
    /// The name by which the portal is known to the protocol: up to 255 printable ASCII characters without spaces. Never changes.
    pub client_id: String,
    /// The portal's password at the token endpoint, at least 32 characters in production. Better in a file: `client_secret_file`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<PlainSecret>,
    /// The file that holds the client secret; white space at its end does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret_file: Option<String>,
    /// The portal's name as citizens read it on the sign-in and consent pages. Default: the client_id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    /// The portal's home page, for links back to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_uri: Option<String>,
    /// Where a sign-in may return to. Compared as text, character for character; https, but in the sandbox, for native loopback addresses and for a
    /// native application's own scheme.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redirect_uris: Vec<String>,
    /// Where a sign-out may return to; the same rules.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub post_logout_redirect_uris: Vec<String>,
    /// `web` (default) or `native`; only native clients may use loopback addresses with any port and schemes of their own (RFC 8252).
    #[serde(default)]
    pub application_type: ApplicationType,
    /// How the portal proves itself: `client_secret_basic` (default), `client_secret_post` (default of the vnconnect profile),
    /// `private_key_jwt`, or `none` for a public client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_method: Option<AuthenticationMethod>,
    /// The portal's public keys as a JWK Set, for `private_key_jwt`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks: Option<Value>,
    /// Where the portal publishes its public keys, for `private_key_jwt`; then the portal can rotate them alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<String>,
    /// `authorization_code`, `refresh_token`, `client_credentials`. Default: `["authorization_code"]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant_types: Option<Vec<GrantType>>,
    /// `["code"]` (default) is the only response type there is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_types: Option<Vec<String>>,
    /// The most that the portal may be granted, separated by spaces. Default: `openid`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub scope: Option<Scope>,
    /// `pairwise` (default): the portal's own `sub` for each citizen; `public`: the one that all public clients share.
    #[serde(default)]
    pub subject_type: SubjectType,
    /// A https document that lists the redirect URIs of all clients that share their `sub`s (OpenID Connect Core 8.1); its host is the sector.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sector_identifier_uri: Option<String>,
    /// The sector by name, instead of `sector_identifier_uri`: clients with the same one share their `sub`s. Default: the host of the redirect
    /// URIs. Fixed when the client is first stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sector: Option<String>,
    /// How ID tokens are signed: `RS256` (default), `ES256`, `PS256` or `EdDSA`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_token_signed_response_alg: Option<SigningAlg>,
    /// How userinfo responses are signed. Default: not at all, plain JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub userinfo_signed_response_alg: Option<SigningAlg>,
    /// `max_age` of a request that names none, in seconds: the sign-in may not be older.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_max_age: Option<u64>,
    /// Whether ID tokens must carry `auth_time`; they do in any case.
    #[serde(default)]
    pub require_auth_time: bool,
    /// `acr_values` of a request that names none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub default_acr_values: Vec<String>,
    /// `opaque` (default), or `jwt` for RFC 9068 tokens that a resource server checks by itself.
    #[serde(default)]
    pub access_token_format: AccessTokenFormat,
    /// Whether every request must use PKCE. Default: true, but for the vnconnect profile; a public client always must.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub require_pkce: Option<bool>,
    /// When the citizen is asked: `remembered` (default), `always`, or `none`.
    #[serde(default)]
    pub consent: ConsentPolicy,
    /// `standard` (default), or `vnconnect` for portals built for the national federation.
    #[serde(default)]
    pub claims_profile: ClaimsProfile,
    /// The lowest account level the portal serves: 1 (default) or 2.
    #[serde(default = "one")]
    pub min_account_level: u8,
    /// The lowest authentication level the portal accepts: 1 (default) to 4.
    #[serde(default = "one")]
    pub min_authentication_level: u8,
    /// Why the portal asks for the data, in Vietnamese; the consent page shows it. Needed in production.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// The same in English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose_en: Option<String>,
    /// The number of the portal's agreement with the ministry (Decree 69/2024 Art. 23).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement_number: Option<String>,
    /// The last day of that agreement, `YYYY-MM-DD`, in Vietnamese time; after it the portal's sign-ins stop.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "super::date::option")]
    #[schemars(with = "Option<String>")]
    pub agreement_expires_on: Option<Date>,
}

impl ClientMetadata {
    /// Metadata with nothing but a name: every other field as if it were not written.
    pub fn new(client_id: &str) -> Self {
        Self {
            client_id: client_id.to_owned(),
            client_secret: None,
            client_secret_file: None,
            client_name: None,
            client_uri: None,
            redirect_uris: Vec::new(),
            post_logout_redirect_uris: Vec::new(),
            application_type: ApplicationType::default(),
            token_endpoint_auth_method: None,
            jwks: None,
            jwks_uri: None,
            grant_types: None,
            response_types: None,
            scope: None,
            subject_type: SubjectType::default(),
            sector_identifier_uri: None,
            sector: None,
            id_token_signed_response_alg: None,
            userinfo_signed_response_alg: None,
            default_max_age: None,
            require_auth_time: false,
            default_acr_values: Vec::new(),
            access_token_format: AccessTokenFormat::default(),
            require_pkce: None,
            consent: ConsentPolicy::default(),
            claims_profile: ClaimsProfile::default(),
            min_account_level: one(),
            min_authentication_level: one(),
            purpose: None,
            purpose_en: None,
            agreement_number: None,
            agreement_expires_on: None,
        }
    }
}

/// Both level scales begin at 1.
const fn one() -> u8 {
    1
}

/// OpenID Connect Core §9: client authentication methods that we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuthenticationMethod {
    /// A public client.
    None,
    /// The secret in the `Authorization` header (RFC 6749 §2.3.1).
    ClientSecretBasic,
    /// The secret in the body (RFC 6749 §2.3.1).
    ClientSecretPost,
    /// A JWT signed with a key of the client (RFC 7523 §2.2).
    PrivateKeyJwt,
}

/// A client secret on its way from a file to its hash: never printed, and serialized only as a mark.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(from = "String")]
#[schemars(with = "String")]
pub struct PlainSecret(Zeroizing<String>);

impl PlainSecret {
    /// The secret itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for PlainSecret {
    fn from(secret: String) -> Self {
        Self(Zeroizing::new(secret))
    }
}

impl fmt::Debug for PlainSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl Serialize for PlainSecret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("…")
    }
}

const _: fn(&PlainSecret) = |secret| crate::secret::wiped(&secret.0);
