//! That the end-user was authenticated: what an ID token tells the client about it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::OffsetDateTime;
use uuid::Uuid;

/// One authentication of one end-user as one client may see it (OpenID Connect Core §2).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Authentication {
    /// The account, by our own id; it never leaves the provider.
    pub account: Uuid,
    /// `sub` for this client, pairwise unless the client is public (OpenID Connect Core §8).
    pub sub: String,
    /// The session at the provider, by our own id.
    pub session: Uuid,
    /// `sid` for this client (OpenID Connect Back-Channel Logout §2.1).
    pub sid: String,
    /// When the oldest factor that counts was proven; `auth_time` in whole seconds on the wire.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub auth_time: OffsetDateTime,
    /// The authentication context class that this sign-in satisfied (OpenID Connect Core §2).
    pub acr: String,
    /// The methods used, by their names in RFC 8176.
    pub amr: Vec<String>,
    /// Further claims about the authentication: `account_level`, `authentication_level`.
    pub claims: Map<String, Value>,
}

/// A verified `id_token_hint`: an ID token that we issued, expired or not (OpenID Connect Core §3.1.2.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdTokenHint {
    /// Whom the token was about, by the name its client knows.
    pub sub: String,
    /// The clients it was issued to.
    pub aud: Vec<String>,
    /// The session it was issued in.
    pub sid: Option<String>,
}
