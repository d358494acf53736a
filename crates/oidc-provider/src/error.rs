//! The one table of registered error codes, and the one map from every cause to its code.
//!
//! Inside, each endpoint names its causes (`TokenError`, `BearerError` …) for tests and the log. Outside there are only the
//! codes of the IANA registry. The maps are exhaustive: a new cause does not compile until it has a code.

use serde_json::{Value, json};

use crate::bearer::BearerError;
use crate::client_authentication::ClientAuthenticationError;
use crate::introspection::IntrospectionError;
use crate::revocation::RevocationError;
use crate::token::TokenError;

/// A registered error: its code on the wire, the HTTP status where it is not sent by redirect, and the sentence that defines it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OAuthError {
    /// The value of `error`.
    pub code: &'static str,
    /// HTTP status of a direct answer.
    pub status: u16,
    /// Where the code is defined.
    pub link: &'static str,
}

macro_rules! registered {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $status:literal, $link:literal;)+) => {
        $($(#[$doc])* pub const $name: OAuthError = OAuthError { code: $code, status: $status, link: $link };)+
        /// Every error this provider can answer.
        pub const TABLE: &[OAuthError] = &[$($name),+];
    };
}

registered! {
    /// A parameter is missing, repeated or malformed, or two ways of authentication were used (RFC 6749 §5.2, §4.1.2.1).
    INVALID_REQUEST = "invalid_request", 400, "https://www.rfc-editor.org/rfc/rfc6749#section-5.2";
    /// The client is unknown or did not prove itself (RFC 6749 §5.2).
    INVALID_CLIENT = "invalid_client", 401, "https://www.rfc-editor.org/rfc/rfc6749#section-5.2";
    /// The code or refresh token is invalid, expired, revoked, or was issued to another client (RFC 6749 §5.2).
    INVALID_GRANT = "invalid_grant", 400, "https://www.rfc-editor.org/rfc/rfc6749#section-5.2";
    /// The client may not use this grant or response type (RFC 6749 §5.2, §4.1.2.1).
    UNAUTHORIZED_CLIENT = "unauthorized_client", 400, "https://www.rfc-editor.org/rfc/rfc6749#section-5.2";
    /// The grant type is not one of ours (RFC 6749 §5.2).
    UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type", 400, "https://www.rfc-editor.org/rfc/rfc6749#section-5.2";
    /// The scope is malformed or exceeds what was granted (RFC 6749 §5.2, §4.1.2.1).
    INVALID_SCOPE = "invalid_scope", 400, "https://www.rfc-editor.org/rfc/rfc6749#section-5.2";
    /// The access token is expired, revoked, malformed or missing (RFC 6750 §3.1).
    INVALID_TOKEN = "invalid_token", 401, "https://www.rfc-editor.org/rfc/rfc6750#section-3.1";
    /// The access token carries too little scope (RFC 6750 §3.1).
    INSUFFICIENT_SCOPE = "insufficient_scope", 403, "https://www.rfc-editor.org/rfc/rfc6750#section-3.1";
    /// The citizen or this provider said no (RFC 6749 §4.1.2.1).
    ACCESS_DENIED = "access_denied", 403, "https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1";
    /// Only `response_type=code` exists here (RFC 6749 §4.1.2.1).
    UNSUPPORTED_RESPONSE_TYPE = "unsupported_response_type", 400, "https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1";
    /// Something broke here (RFC 6749 §4.1.2.1).
    SERVER_ERROR = "server_error", 500, "https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1";
    /// Too busy now; try again (RFC 6749 §4.1.2.1).
    TEMPORARILY_UNAVAILABLE = "temporarily_unavailable", 503, "https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1";
    /// `prompt=none`, but a page is due (OpenID Connect Core §3.1.2.6).
    INTERACTION_REQUIRED = "interaction_required", 400, "https://openid.net/specs/openid-connect-core-1_0.html#AuthError";
    /// `prompt=none`, but nobody is signed in (OpenID Connect Core §3.1.2.6).
    LOGIN_REQUIRED = "login_required", 400, "https://openid.net/specs/openid-connect-core-1_0.html#AuthError";
    /// `prompt=none`, but an account must be chosen (OpenID Connect Core §3.1.2.6).
    ACCOUNT_SELECTION_REQUIRED = "account_selection_required", 400, "https://openid.net/specs/openid-connect-core-1_0.html#AuthError";
    /// `prompt=none`, but consent is due (OpenID Connect Core §3.1.2.6).
    CONSENT_REQUIRED = "consent_required", 400, "https://openid.net/specs/openid-connect-core-1_0.html#AuthError";
    /// Request objects are not taken (OpenID Connect Core §3.1.2.6).
    REQUEST_NOT_SUPPORTED = "request_not_supported", 400, "https://openid.net/specs/openid-connect-core-1_0.html#AuthError";
    /// Request objects by reference are not taken (OpenID Connect Core §3.1.2.6).
    REQUEST_URI_NOT_SUPPORTED = "request_uri_not_supported", 400, "https://openid.net/specs/openid-connect-core-1_0.html#AuthError";
    /// The `registration` parameter is not taken (OpenID Connect Core §3.1.2.6).
    REGISTRATION_NOT_SUPPORTED = "registration_not_supported", 400, "https://openid.net/specs/openid-connect-core-1_0.html#AuthError";
    /// The authentication asked for cannot be reached by this citizen (OpenID Connect Core Error Code unmet_authentication_requirements 1.0).
    UNMET_AUTHENTICATION_REQUIREMENTS = "unmet_authentication_requirements", 400,
        "https://openid.net/specs/openid-connect-unmet-authentication-requirements-1_0.html";
}

/// A cause that has a registered code.
pub trait Registered: std::error::Error {
    /// The registered error, and what the developer of the client may be told. Never internals, never what is secret.
    fn answer(&self) -> (OAuthError, &'static str);

    /// The registered error alone.
    fn registered(&self) -> OAuthError {
        self.answer().0
    }

    /// The JSON body of a direct answer (RFC 6749 §5.2).
    fn body(&self) -> Value {
        let (error, description) = self.answer();
        body(error, description)
    }
}

/// `{"error": …, "error_description": …}` (RFC 6749 §5.2).
pub fn body(error: OAuthError, description: &str) -> Value {
    json!({ "error": error.code, "error_description": description })
}

impl Registered for ClientAuthenticationError {
    fn answer(&self) -> (OAuthError, &'static str) {
        use ClientAuthenticationError::*;
        match self {
            // RFC 6749 §5.2: invalid_request when the request "utilizes more than one mechanism for authenticating the client".
            SeveralMethods => (INVALID_REQUEST, "more than one way of client authentication was used"),
            ParameterRepeated => (INVALID_REQUEST, "a parameter was given more than once"),
            ClientIdMismatch => (INVALID_REQUEST, "client_id differs from the authenticated client"),
            AssertionIncomplete => (INVALID_REQUEST, "client_assertion and client_assertion_type belong together"),
            AssertionTypeUnknown => {
                (INVALID_REQUEST, "client_assertion_type must be urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
            }
            HeaderMalformed => (INVALID_CLIENT, "the Authorization header is malformed"),
            Missing => (INVALID_CLIENT, "client authentication is missing"),
            // The same words for all of these: an answer must not tell who is registered.
            UnknownClient | Disabled | MethodMismatch | SecretWrong => (INVALID_CLIENT, "client authentication failed"),
            AssertionSignature(_) => (INVALID_CLIENT, "the client assertion could not be verified"),
            AssertionSubject => (INVALID_CLIENT, "iss and sub of the client assertion must be the client_id"),
            AssertionAudience => (INVALID_CLIENT, "aud of the client assertion must be this provider"),
            AssertionExpired => (INVALID_CLIENT, "the client assertion is expired or lacks exp"),
            AssertionTooLong => (INVALID_CLIENT, "the client assertion lives too long"),
            AssertionNotYetValid => (INVALID_CLIENT, "the client assertion is not valid yet"),
            AssertionWithoutId => (INVALID_CLIENT, "the client assertion lacks jti"),
            AssertionReplayed => (INVALID_CLIENT, "the client assertion was used before"),
            AssertionBeforeRecord => {
                (INVALID_CLIENT, "the client assertion may have been used before this server started: make a new one, with iat")
            }
            KeysUnavailable => (INVALID_CLIENT, "the keys of the client are not available"),
        }
    }
}

impl Registered for TokenError {
    fn answer(&self) -> (OAuthError, &'static str) {
        use TokenError::*;
        match self {
            Client(cause) => cause.answer(),
            Parameters(_) => (INVALID_REQUEST, "the request body is malformed"),
            ParameterRepeated => (INVALID_REQUEST, "a parameter was given more than once"),
            GrantTypeMissing => (INVALID_REQUEST, "grant_type is missing"),
            CodeMissing => (INVALID_REQUEST, "code is missing"),
            RedirectUriMissing => (INVALID_REQUEST, "redirect_uri is missing"),
            RefreshTokenMissing => (INVALID_REQUEST, "refresh_token is missing"),
            GrantTypeUnsupported => (UNSUPPORTED_GRANT_TYPE, "this grant_type is not supported"),
            GrantTypeNotRegistered => (UNAUTHORIZED_CLIENT, "the client is not registered for this grant_type"),
            ClientNotConfidential => (UNAUTHORIZED_CLIENT, "this grant_type needs a confidential client"),
            // RFC 6749 §5.2: all of these are invalid_grant, a code issued to another client as well.
            CodeMalformed | CodeUnknown | CodeOfAnotherClient => (INVALID_GRANT, "the code is not valid"),
            CodeReused => (INVALID_GRANT, "the code was used before"),
            CodeExpired => (INVALID_GRANT, "the code is expired"),
            RedirectUriMismatch => (INVALID_GRANT, "redirect_uri differs from the authorization request"),
            VerifierMissing => (INVALID_GRANT, "code_verifier is missing"),
            VerifierMalformed | VerifierWrong => (INVALID_GRANT, "code_verifier does not match"),
            VerifierUnexpected => (INVALID_GRANT, "the authorization request had no code_challenge"),
            GrantVoid => (INVALID_GRANT, "the authorization is no longer valid"),
            RefreshTokenUnknown | RefreshTokenOfAnotherClient => (INVALID_GRANT, "the refresh token is not valid"),
            RefreshTokenExpired => (INVALID_GRANT, "the refresh token is expired"),
            RefreshTokenReused => (INVALID_GRANT, "the refresh token was used before"),
            ScopeMalformed => (INVALID_SCOPE, "the scope is malformed"),
            ScopeExceeded => (INVALID_SCOPE, "the scope exceeds what was granted"),
            Busy => (TEMPORARILY_UNAVAILABLE, "try again later"),
            Internal => (SERVER_ERROR, "an internal error happened"),
        }
    }
}

impl Registered for BearerError {
    fn answer(&self) -> (OAuthError, &'static str) {
        use BearerError::*;
        match self {
            SeveralMethods => (INVALID_REQUEST, "the access token was sent in more than one way"),
            ParameterRepeated => (INVALID_REQUEST, "a parameter was given more than once"),
            Malformed => (INVALID_REQUEST, "the Authorization header is malformed"),
            Missing => (INVALID_TOKEN, "an access token is needed"),
            Invalid => (INVALID_TOKEN, "the access token is invalid, expired or revoked"),
            InsufficientScope => (INSUFFICIENT_SCOPE, "the access token lacks the needed scope"),
            Busy => (TEMPORARILY_UNAVAILABLE, "try again later"),
            Internal => (SERVER_ERROR, "an internal error happened"),
        }
    }
}

impl Registered for IntrospectionError {
    fn answer(&self) -> (OAuthError, &'static str) {
        use IntrospectionError::*;
        match self {
            Client(cause) => cause.answer(),
            Parameters(_) => (INVALID_REQUEST, "the request body is malformed"),
            ParameterRepeated => (INVALID_REQUEST, "a parameter was given more than once"),
            TokenMissing => (INVALID_REQUEST, "token is missing"),
            // RFC 7662 §2.1: "the endpoint MUST also require some form of authorization".
            ClientNotConfidential => (INVALID_CLIENT, "introspection needs a confidential client"),
            Busy => (TEMPORARILY_UNAVAILABLE, "try again later"),
            Internal => (SERVER_ERROR, "an internal error happened"),
        }
    }
}

impl Registered for RevocationError {
    fn answer(&self) -> (OAuthError, &'static str) {
        use RevocationError::*;
        match self {
            Client(cause) => cause.answer(),
            Parameters(_) => (INVALID_REQUEST, "the request body is malformed"),
            ParameterRepeated => (INVALID_REQUEST, "a parameter was given more than once"),
            TokenMissing => (INVALID_REQUEST, "token is missing"),
            Busy => (TEMPORARILY_UNAVAILABLE, "try again later"),
            Internal => (SERVER_ERROR, "an internal error happened"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_stands_in_the_table_once() {
        let codes: BTreeSet<_> = TABLE.iter().map(|error| error.code).collect();
        assert_eq!(codes.len(), TABLE.len());
        assert!(TABLE.iter().all(|error| error.link.starts_with("https://") && (400..=503).contains(&error.status)));
    }

    #[test]
    fn a_code_issued_to_another_client_is_invalid_grant() {
        for cause in [TokenError::CodeOfAnotherClient, TokenError::CodeExpired, TokenError::CodeReused, TokenError::CodeMalformed] {
            assert_eq!(cause.registered(), INVALID_GRANT, "{cause}");
        }
    }

    #[test]
    fn an_unknown_client_reads_like_a_wrong_secret() {
        assert_eq!(ClientAuthenticationError::UnknownClient.body(), ClientAuthenticationError::SecretWrong.body());
        assert_eq!(ClientAuthenticationError::Disabled.body(), ClientAuthenticationError::MethodMismatch.body());
    }

    #[test]
    fn the_body_is_what_rfc_6749_section_5_2_shows() {
        let body = TokenError::CodeExpired.body().to_string();
        assert_eq!(body, r#"{"error":"invalid_grant","error_description":"the code is expired"}"#);
    }
}
