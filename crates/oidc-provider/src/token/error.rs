//! Every cause that ends a token request.

use crate::client_authentication::ClientAuthenticationError;
use crate::parameters::ParametersError;

/// Why no token is issued. Some causes only the server can find, in its stores; they stand here so that one map holds all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The client did not prove itself.
    #[error(transparent)]
    Client(#[from] ClientAuthenticationError),
    /// The body cannot be read.
    #[error(transparent)]
    Parameters(#[from] ParametersError),
    /// A parameter came twice.
    #[error("a parameter was given more than once")]
    ParameterRepeated,
    /// No `grant_type`.
    #[error("grant_type is missing")]
    GrantTypeMissing,
    /// A `grant_type` that is not implemented.
    #[error("unsupported grant_type")]
    GrantTypeUnsupported,
    /// The client's registration lacks this grant.
    #[error("the client is not registered for this grant_type")]
    GrantTypeNotRegistered,
    /// `client_credentials` by a public client.
    #[error("a public client asked for client_credentials")]
    ClientNotConfidential,
    /// No `code`.
    #[error("code is missing")]
    CodeMissing,
    /// Not a code of ours: truncated, prolonged, foreign characters.
    #[error("the code is malformed")]
    CodeMalformed,
    /// The store does not know the code, or knows it as another client's, or forgot it.
    #[error("unknown code")]
    CodeUnknown,
    /// The code was consumed before: what the first use made is revoked.
    #[error("the code was used before")]
    CodeReused,
    /// The code's minute is over.
    #[error("the code is expired")]
    CodeExpired,
    /// The code was issued to another client.
    #[error("the code was issued to another client")]
    CodeOfAnotherClient,
    /// No `redirect_uri`.
    #[error("redirect_uri is missing")]
    RedirectUriMissing,
    /// Another `redirect_uri` than in the authorization request.
    #[error("redirect_uri differs from the authorization request")]
    RedirectUriMismatch,
    /// The authorization request had a `code_challenge`, the token request has no `code_verifier`.
    #[error("code_verifier is missing")]
    VerifierMissing,
    /// Not 43 to 128 unreserved characters.
    #[error("code_verifier is malformed")]
    VerifierMalformed,
    /// The verifier does not fit the challenge.
    #[error("code_verifier does not match")]
    VerifierWrong,
    /// A verifier where there was no challenge: somebody removed it on the way (PKCE downgrade).
    #[error("code_verifier without code_challenge")]
    VerifierUnexpected,
    /// The grant was revoked, the account's epoch changed, or the session ended since.
    #[error("the grant is void")]
    GrantVoid,
    /// No `refresh_token`.
    #[error("refresh_token is missing")]
    RefreshTokenMissing,
    /// Not a refresh token of ours, or its family is gone.
    #[error("unknown refresh token")]
    RefreshTokenUnknown,
    /// The family belongs to another client.
    #[error("the refresh token was issued to another client")]
    RefreshTokenOfAnotherClient,
    /// The family's time is over.
    #[error("the refresh token is expired")]
    RefreshTokenExpired,
    /// An older token of the family: the family is revoked.
    #[error("the refresh token was used before")]
    RefreshTokenReused,
    /// `scope` has characters that no scope has.
    #[error("the scope is malformed")]
    ScopeMalformed,
    /// `scope` asks for more than was granted or registered.
    #[error("the scope exceeds what was granted")]
    ScopeExceeded,
    /// A queue or store is full.
    #[error("too busy")]
    Busy,
    /// A failure of ours; the details are in the log.
    #[error("internal error")]
    Internal,
}
