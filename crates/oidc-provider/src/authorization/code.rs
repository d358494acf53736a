//! The record behind an authorization code (RFC 6749 §4.1.2).

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use super::Authentication;
use crate::{claims_request::ClaimsRequest, client::RedirectUri, pkce::CodeChallenge, scope::Scope};

/// Everything that was decided when the code was issued; kept under the hash of the code until it expires.
///
/// On the wire a code is a [`crate::secret::Code`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Code {
    /// The grant that redeeming this code will create: known from birth, so that a database key can be the judge of "once".
    pub grant_id: Uuid,
    /// RFC 6749 §4.1.2: "The authorization code is bound to the client identifier and redirection URI."
    pub client_id: String,
    /// The redirect URI of the authorization request.
    pub redirect_uri: RedirectUri,
    /// RFC 7636 §4.4: the challenge that the verifier must fit.
    pub code_challenge: Option<CodeChallenge>,
    /// The `nonce` to repeat in the ID token (OpenID Connect Core §3.1.2.1).
    pub nonce: Option<String>,
    /// The scope that was granted.
    pub scope: Scope,
    /// The single claims that were asked for and allowed (OpenID Connect Core §5.5).
    pub claims: ClaimsRequest,
    /// Who signed in, when and how.
    pub authentication: Authentication,
    /// The account's epoch at that moment: a lock or a new password raises it and voids the code.
    pub epoch: i64,
    /// When the code stops to work; RFC 6749 §4.1.2 recommends ten minutes at most, we give it about one.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub expires_at: OffsetDateTime,
}
