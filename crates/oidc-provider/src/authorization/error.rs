//! Why an authorization is refused, and what the client is told: one registered code for each cause (RFC 6749 §4.1.2.1, OpenID Connect
//! Core §3.1.2.6).

use std::fmt;

use super::InvalidRequest;
use crate::error::{self, OAuthError, Registered};

/// Causes that are told to the client at its proven redirect URI. What is not proven yet is a [`super::PageError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthorizationError {
    /// `invalid_request`, with what is wrong.
    InvalidRequest(InvalidRequest),
    /// `unauthorized_client`: the client is not registered for the authorization code grant.
    UnauthorizedClient,
    /// `access_denied`: the citizen said no, or may not be signed in. The ground stays with the citizen.
    AccessDenied,
    /// `unsupported_response_type`: something else than `code`.
    UnsupportedResponseType,
    /// `invalid_scope`: malformed.
    ScopeMalformed,
    /// `invalid_scope`: without `openid`.
    OpenidScopeMissing,
    /// `server_error`.
    ServerError,
    /// `temporarily_unavailable`.
    TemporarilyUnavailable,
    /// `interaction_required`: `prompt=none`, and a further factor is needed.
    InteractionRequired,
    /// `login_required`: `prompt=none` and nobody is signed in, or another than the hinted person signed in.
    LoginRequired,
    /// `account_selection_required`.
    AccountSelectionRequired,
    /// `consent_required`: `prompt=none`, and consent is due.
    ConsentRequired,
    /// `request_not_supported` (Core §6.1).
    RequestNotSupported,
    /// `request_uri_not_supported` (Core §6.2).
    RequestUriNotSupported,
    /// `registration_not_supported` (Core §7.2.1).
    RegistrationNotSupported,
    /// `unmet_authentication_requirements`: this account can never satisfy what the client requires.
    UnmetAuthenticationRequirements,
}

impl Registered for AuthorizationError {
    fn answer(&self) -> (OAuthError, &'static str) {
        match self {
            Self::InvalidRequest(cause) => (error::INVALID_REQUEST, cause.description()),
            Self::UnauthorizedClient => (error::UNAUTHORIZED_CLIENT, "the client may not use the authorization code grant"),
            Self::AccessDenied => (error::ACCESS_DENIED, "the end-user or the provider denied the request"),
            Self::UnsupportedResponseType => (error::UNSUPPORTED_RESPONSE_TYPE, "only response_type code is supported"),
            Self::ScopeMalformed => (error::INVALID_SCOPE, "the scope is malformed"),
            Self::OpenidScopeMissing => (error::INVALID_SCOPE, "the scope does not contain openid"),
            Self::ServerError => (error::SERVER_ERROR, "the provider met an unexpected condition"),
            Self::TemporarilyUnavailable => (error::TEMPORARILY_UNAVAILABLE, "the provider is overloaded, try again shortly"),
            Self::InteractionRequired => (error::INTERACTION_REQUIRED, "a page is due, but prompt is none"),
            Self::LoginRequired => (error::LOGIN_REQUIRED, "the end-user must sign in"),
            Self::AccountSelectionRequired => (error::ACCOUNT_SELECTION_REQUIRED, "the end-user must choose an account"),
            Self::ConsentRequired => (error::CONSENT_REQUIRED, "the end-user must consent, but prompt is none"),
            Self::RequestNotSupported => (error::REQUEST_NOT_SUPPORTED, "the request parameter is not supported"),
            Self::RequestUriNotSupported => (error::REQUEST_URI_NOT_SUPPORTED, "the request_uri parameter is not supported"),
            Self::RegistrationNotSupported => (error::REGISTRATION_NOT_SUPPORTED, "the registration parameter is not supported"),
            Self::UnmetAuthenticationRequirements => {
                (error::UNMET_AUTHENTICATION_REQUIREMENTS, "the end-user cannot reach the required authentication level")
            }
        }
    }
}

impl AuthorizationError {
    /// `error` on the wire.
    pub fn code(&self) -> &'static str {
        self.answer().0.code
    }

    /// `error_description` on the wire: for the client's developer, free of anything from the request or about the citizen.
    pub fn description(&self) -> &'static str {
        self.answer().1
    }

    /// Where the code is defined.
    pub fn link(&self) -> &'static str {
        self.answer().0.link
    }
}

impl fmt::Display for AuthorizationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.description())
    }
}

impl std::error::Error for AuthorizationError {}

impl From<InvalidRequest> for AuthorizationError {
    fn from(cause: InvalidRequest) -> Self {
        Self::InvalidRequest(cause)
    }
}
