//! Why metadata does not make a client: each text names the cause and the cure, [`ClientMetadataError::key`] the key to change.

use super::UriProblem;

/// Why client metadata is refused; RFC 7591 §3.2.2 `invalid_client_metadata` or `invalid_redirect_uri`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientMetadataError {
    /// RFC 6749 Appendix A.1.
    #[error("client_id must be 1 to 255 printable ASCII characters without spaces")]
    ClientId,
    /// A secret method without a secret.
    #[error("a client secret is missing: set client_secret or client_secret_file, or another token_endpoint_auth_method")]
    SecretMissing,
    /// Production only.
    #[error("the client secret is shorter than 32 characters: take 32 random bytes, for example from `openssl rand -base64 32`")]
    SecretTooShort,
    /// RFC 6749 Appendix A.2.
    #[error("the client secret is empty, too long, or has a character that is not printable ASCII")]
    SecretMalformed,
    /// A secret that nothing would check.
    #[error("token_endpoint_auth_method none and private_key_jwt use no client secret: remove it")]
    SecretUnused,
    /// RFC 7591 §2.
    #[error("private_key_jwt needs the portal's public keys: set either jwks or jwks_uri")]
    KeysMissing,
    /// RFC 7517.
    #[error("jwks must be a JWK Set with at least one public key, and no private or symmetric one")]
    Jwks,
    /// RFC 7591 §2.
    #[error("grant_types must name at least one grant, and refresh_token only beside authorization_code")]
    GrantTypes,
    /// RFC 6749 §4.4.
    #[error("a public client (token_endpoint_auth_method none) may not use client_credentials")]
    PublicClientCredentials,
    /// RFC 7591 §2.1.
    #[error("response_types must be [\"code\"] with authorization_code, [] without")]
    ResponseTypes,
    /// RFC 6749 §3.1.2.2.
    #[error("redirect_uris is empty: authorization_code needs at least one")]
    RedirectUrisMissing,
    /// A bound.
    #[error("{key} has more than 50 entries")]
    TooManyUris {
        /// Which list.
        key: &'static str,
    },
    /// A URI that cannot be registered.
    #[error("{key}: {uri} {problem}")]
    Uri {
        /// Which key.
        key: &'static str,
        /// The URI as written.
        uri: String,
        /// What is wrong with it.
        problem: UriProblem,
    },
    /// A text that cannot be shown.
    #[error("{key} must be a text of 1 to 500 characters without control characters")]
    Text {
        /// Which key.
        key: &'static str,
    },
    /// Citizens must be told why (Law 91/2025 on personal data).
    #[error("purpose is missing: say in Vietnamese why the portal asks, the consent page shows it")]
    PurposeMissing,
    /// Two account levels.
    #[error("min_account_level must be 1 or 2")]
    AccountLevel,
    /// Four authentication levels (Decree 69/2024 Art. 20).
    #[error("min_authentication_level must be 1 to 4")]
    AuthenticationLevel,
    /// A scope that we do not know.
    #[error("scope: {scope} is not a scope of this provider")]
    UnknownScope {
        /// The unknown token.
        scope: String,
    },
    /// OpenID Connect Core §3.1.2.1.
    #[error("scope must contain openid when the client uses authorization_code")]
    OpenidScopeMissing,
    /// OpenID Connect Core §8.1.
    #[error(
        "the redirect_uris have different hosts: set sector (or sector_identifier_uri), so that it is clear with whom the client shares its subs"
    )]
    SectorUnclear,
    /// One of the two decides.
    #[error("set either sector or sector_identifier_uri, not both")]
    SectorTwice,
    /// The server could not fetch it.
    #[error("the document at sector_identifier_uri was not fetched: check that the address answers")]
    SectorDocumentMissing,
    /// OpenID Connect Core §8.1.
    #[error("the document at sector_identifier_uri does not list {uri}")]
    SectorDocumentLacks {
        /// The redirect URI that is not listed.
        uri: String,
    },
}

impl ClientMetadataError {
    /// The key of the metadata that must change.
    pub fn key(&self) -> &'static str {
        match self {
            Self::ClientId => "client_id",
            Self::SecretMissing | Self::SecretTooShort | Self::SecretMalformed | Self::SecretUnused => "client_secret",
            Self::KeysMissing | Self::Jwks => "jwks",
            Self::GrantTypes | Self::PublicClientCredentials => "grant_types",
            Self::ResponseTypes => "response_types",
            Self::RedirectUrisMissing => "redirect_uris",
            Self::TooManyUris { key } | Self::Uri { key, .. } | Self::Text { key } => key,
            Self::PurposeMissing => "purpose",
            Self::AccountLevel => "min_account_level",
            Self::AuthenticationLevel => "min_authentication_level",
            Self::UnknownScope { .. } | Self::OpenidScopeMissing => "scope",
            Self::SectorUnclear | Self::SectorTwice => "sector",
            Self::SectorDocumentMissing | Self::SectorDocumentLacks { .. } => "sector_identifier_uri",
        }
    }
}
