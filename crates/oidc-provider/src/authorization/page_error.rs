//! Why a request is answered on our own page and nowhere else.

use crate::parameters::ParametersError;

/// Causes that are never redirected. RFC 6749 §4.1.2.1: with an invalid redirect URI or client the server "MUST NOT automatically redirect
/// the user-agent to the invalid redirection URI".
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// RFC 6749 §4.1.1: client_id is REQUIRED.
    #[error("the request names no client_id")]
    ClientIdMissing,
    /// Two clients named: neither is believed.
    #[error("the request names client_id more than once")]
    ClientIdRepeated,
    /// No such client.
    #[error("the client is not registered")]
    UnknownClient,
    /// The operator has switched it off.
    #[error("the client is disabled")]
    ClientDisabled,
    /// The portal's agreement with the ministry has run out (Decree 69/2024 Art. 23).
    #[error("the client's agreement has expired")]
    AgreementExpired,
    /// OpenID Connect Core §3.1.2.1: redirect_uri is REQUIRED.
    #[error("the request names no redirect_uri")]
    RedirectUriMissing,
    /// Two addresses named: neither is believed.
    #[error("the request names redirect_uri more than once")]
    RedirectUriRepeated,
    /// Not equal to a registered one.
    #[error("the redirect_uri is not registered for this client")]
    RedirectUriMismatch,
    /// The query or body cannot be read.
    #[error(transparent)]
    Parameters(#[from] ParametersError),
}
