//! From metadata to a client: every rule of RFC 7591, OpenID Connect Registration and RFC 9700 that we hold a registration to.

use std::collections::BTreeSet;

use super::{
    ApplicationType, AuthenticationMethod, ClaimsProfile, Client, ClientAuthentication, ClientKeys, ClientMetadata, ClientMetadataError,
    GrantType, PlainSecret, sector, uri_rules,
};
use crate::{jose::ClientJwks, scope::Scope, secret::ClientSecret, signing_alg::SigningAlg};

/// What a registration is held to, beside the specifications.
#[derive(Clone, Debug, Default)]
pub struct RegistrationRules {
    /// Production: secrets of at least 32 characters, https alone, a purpose for every portal that asks citizens.
    pub production: bool,
    /// The scopes that this provider knows.
    pub known_scopes: Scope,
    /// The document behind `sector_identifier_uri`, fetched by the server (OpenID Connect Core §8.1).
    pub sector_redirect_uris: Option<Vec<String>>,
}

/// The shortest client secret in production: it is also a key for offline guessing, unlike a person's password.
const MIN_SECRET: usize = 32;
/// The most redirect URIs of one kind.
const MAX_URIS: usize = 50;
/// The most characters of a text that citizens read.
const MAX_TEXT: usize = 500;

type Result<T> = std::result::Result<T, ClientMetadataError>;

impl ClientMetadata {
    /// Checks the metadata and makes the client. `client_secret_file` must have been read into `client_secret` before.
    pub fn register(self, rules: &RegistrationRules) -> Result<Client> {
        client_id(&self.client_id)?;
        let grant_types = self.grants()?;
        self.check_response_types(&grant_types)?;
        self.check_uris(&grant_types, rules.production)?;
        self.check_texts(&grant_types, rules.production)?;
        self.check_levels()?;
        let authentication = self.authentication(&grant_types, rules.production)?;
        let scope = self.granted_scope(&grant_types, rules)?;
        let sector = sector::sector(&self, rules.sector_redirect_uris.as_deref())?;
        let vnconnect = self.claims_profile == ClaimsProfile::Vnconnect;
        Ok(Client {
            client_name: self.client_name.unwrap_or_else(|| self.client_id.clone()),
            client_id: self.client_id,
            client_uri: self.client_uri,
            redirect_uris: self.redirect_uris,
            post_logout_redirect_uris: self.post_logout_redirect_uris,
            application_type: self.application_type,
            authentication,
            grant_types,
            scope,
            subject_type: self.subject_type,
            sector,
            id_token_signed_response_alg: self.id_token_signed_response_alg.unwrap_or(SigningAlg::RS256),
            userinfo_signed_response_alg: self.userinfo_signed_response_alg,
            access_token_format: self.access_token_format,
            default_max_age: self.default_max_age,
            require_auth_time: self.require_auth_time,
            default_acr_values: self.default_acr_values,
            require_pkce: self.require_pkce.unwrap_or(!vnconnect),
            consent: self.consent,
            claims_profile: self.claims_profile,
            min_account_level: self.min_account_level,
            min_authentication_level: self.min_authentication_level,
            purpose: self.purpose.unwrap_or_default(),
            purpose_en: self.purpose_en,
            agreement_number: self.agreement_number,
            agreement_expires_on: self.agreement_expires_on,
        })
    }

    fn grants(&self) -> Result<BTreeSet<GrantType>> {
        let grants: BTreeSet<_> = match &self.grant_types {
            // RFC 7591 §2: "If omitted, the default behavior is that the client will use only the authorization_code Grant Type."
            None => [GrantType::AuthorizationCode].into(),
            Some(grants) => grants.iter().copied().collect(),
        };
        if grants.is_empty() || (grants.contains(&GrantType::RefreshToken) && !grants.contains(&GrantType::AuthorizationCode)) {
            return Err(ClientMetadataError::GrantTypes);
        }
        Ok(grants)
    }

    /// RFC 7591 §2.1: `authorization_code` goes with `code`, and `code` is the only response type here.
    fn check_response_types(&self, grants: &BTreeSet<GrantType>) -> Result<()> {
        let Some(types) = &self.response_types else { return Ok(()) };
        let expected: &[&str] = if grants.contains(&GrantType::AuthorizationCode) { &["code"] } else { &[] };
        if types == expected { Ok(()) } else { Err(ClientMetadataError::ResponseTypes) }
    }

    fn check_uris(&self, grants: &BTreeSet<GrantType>, production: bool) -> Result<()> {
        // RFC 6749 §3.1.2.2: public clients and others that use the authorization endpoint MUST register their redirection endpoint.
        if grants.contains(&GrantType::AuthorizationCode) && self.redirect_uris.is_empty() {
            return Err(ClientMetadataError::RedirectUrisMissing);
        }
        for (key, uris) in [("redirect_uris", &self.redirect_uris), ("post_logout_redirect_uris", &self.post_logout_redirect_uris)] {
            if uris.len() > MAX_URIS {
                return Err(ClientMetadataError::TooManyUris { key });
            }
            for uri in uris {
                uri_rules::check(uri, self.application_type, production).map_err(|problem| ClientMetadataError::Uri {
                    key,
                    uri: uri.clone(),
                    problem,
                })?;
            }
        }
        for (key, uri) in
            [("client_uri", &self.client_uri), ("jwks_uri", &self.jwks_uri), ("sector_identifier_uri", &self.sector_identifier_uri)]
        {
            if let Some(uri) = uri {
                uri_rules::check(uri, ApplicationType::Web, production).map_err(|problem| ClientMetadataError::Uri {
                    key,
                    uri: uri.clone(),
                    problem,
                })?;
            }
        }
        Ok(())
    }

    fn check_texts(&self, grants: &BTreeSet<GrantType>, production: bool) -> Result<()> {
        let texts = [
            ("client_name", &self.client_name),
            ("purpose", &self.purpose),
            ("purpose_en", &self.purpose_en),
            ("agreement_number", &self.agreement_number),
        ];
        for (key, text) in texts {
            let readable =
                |text: &String| !text.trim().is_empty() && text.chars().count() <= MAX_TEXT && !text.chars().any(char::is_control);
            if !text.as_ref().is_none_or(readable) {
                return Err(ClientMetadataError::Text { key });
            }
        }
        if production && grants.contains(&GrantType::AuthorizationCode) && self.purpose.is_none() {
            return Err(ClientMetadataError::PurposeMissing);
        }
        Ok(())
    }

    fn check_levels(&self) -> Result<()> {
        if !(1..=2).contains(&self.min_account_level) {
            return Err(ClientMetadataError::AccountLevel);
        }
        if !(1..=4).contains(&self.min_authentication_level) {
            return Err(ClientMetadataError::AuthenticationLevel);
        }
        Ok(())
    }

    fn granted_scope(&self, grants: &BTreeSet<GrantType>, rules: &RegistrationRules) -> Result<Scope> {
        let scope = match &self.scope {
            Some(scope) => scope.clone(),
            None => Scope::parse("openid").unwrap_or_default(),
        };
        if let Some(unknown) = scope.iter().find(|token| !rules.known_scopes.contains(token)) {
            return Err(ClientMetadataError::UnknownScope { scope: unknown.to_owned() });
        }
        // OpenID Connect Core §3.1.2.1: a request MUST contain the openid scope.
        if grants.contains(&GrantType::AuthorizationCode) && !scope.contains("openid") {
            return Err(ClientMetadataError::OpenidScopeMissing);
        }
        Ok(scope)
    }

    fn authentication(&self, grants: &BTreeSet<GrantType>, production: bool) -> Result<ClientAuthentication> {
        let method = self.token_endpoint_auth_method.unwrap_or(match self.claims_profile {
            ClaimsProfile::Standard => AuthenticationMethod::ClientSecretBasic,
            ClaimsProfile::Vnconnect => AuthenticationMethod::ClientSecretPost,
        });
        let with_secret = matches!(method, AuthenticationMethod::ClientSecretBasic | AuthenticationMethod::ClientSecretPost);
        if !with_secret && (self.client_secret.is_some() || self.client_secret_file.is_some()) {
            return Err(ClientMetadataError::SecretUnused);
        }
        match method {
            // RFC 6749 §4.4: "The client credentials grant type MUST only be used by confidential clients."
            AuthenticationMethod::None if grants.contains(&GrantType::ClientCredentials) => {
                Err(ClientMetadataError::PublicClientCredentials)
            }
            AuthenticationMethod::None => Ok(ClientAuthentication::None),
            AuthenticationMethod::ClientSecretBasic => {
                Ok(ClientAuthentication::ClientSecretBasic(secret(self.client_secret.as_ref(), production)?.hash()))
            }
            AuthenticationMethod::ClientSecretPost => {
                Ok(ClientAuthentication::ClientSecretPost(secret(self.client_secret.as_ref(), production)?.hash()))
            }
            AuthenticationMethod::PrivateKeyJwt => Ok(ClientAuthentication::PrivateKeyJwt(self.keys()?)),
        }
    }

    /// RFC 7591 §2: "The jwks_uri and jwks parameters MUST NOT both be present".
    fn keys(&self) -> Result<ClientKeys> {
        match (&self.jwks, &self.jwks_uri) {
            (Some(jwks), None) => {
                // RFC 7517 §9.2: private and symmetric keys have no place in what is only there to verify.
                ClientJwks::parse(jwks).map_err(|_| ClientMetadataError::Jwks)?;
                Ok(ClientKeys::Inline(jwks.clone()))
            }
            (None, Some(uri)) => Ok(ClientKeys::Uri(uri.clone())),
            _ => Err(ClientMetadataError::KeysMissing),
        }
    }
}

/// RFC 6749 Appendix A.1, without the space.
fn client_id(client_id: &str) -> Result<()> {
    let allowed = (1..=255).contains(&client_id.len()) && client_id.bytes().all(|byte| byte.is_ascii_graphic());
    if allowed { Ok(()) } else { Err(ClientMetadataError::ClientId) }
}

fn secret(secret: Option<&PlainSecret>, production: bool) -> Result<ClientSecret> {
    let secret = secret.ok_or(ClientMetadataError::SecretMissing)?.expose();
    if production && secret.len() < MIN_SECRET {
        return Err(ClientMetadataError::SecretTooShort);
    }
    ClientSecret::parse(secret).map_err(|_| ClientMetadataError::SecretMalformed)
}
