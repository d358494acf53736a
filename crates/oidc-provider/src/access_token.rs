//! Access tokens: sealed by default, JWTs (RFC 9068) for clients and resources that read them. Neither is stored.
//!
//! A sealed token is its record, encrypted (AES-256-GCM): `base64url(version ‖ key id ‖ nonce ‖ ciphertext ‖ tag)`. Nobody else
//! can read or make one. Whether account, grant and session still stand, the server asks at every use.

mod encoding;
mod jwt;
mod sealed;
#[cfg(test)]
mod tests;

use time::OffsetDateTime;
use uuid::Uuid;

pub use jwt::{LONGEST_JWT_LIFETIME, TYPE, from_jwt, jwt_claims};
pub use sealed::AccessTokenKeys;

use crate::jose::SigningKeys;
use crate::scope::Scope;

/// What an access token stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessToken {
    /// `jti`: which token this is.
    pub token_id: Uuid,
    /// The citizen's grant; `None` for a client acting for itself.
    pub grant_id: Option<Uuid>,
    /// To whom it was issued.
    pub client_id: String,
    /// What it opens.
    pub scope: Scope,
    /// When it was issued, in whole seconds.
    pub issued_at: OffsetDateTime,
    /// From when on it is worth nothing, in whole seconds.
    pub expires_at: OffsetDateTime,
}

/// Not an access token of ours, or one that is over. Which of both, nobody outside needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("invalid access token")]
pub struct InvalidAccessToken;

impl AccessToken {
    /// Whether it has not expired. RFC 6750 §3.1: an expired token is `invalid_token`.
    pub fn is_live(&self, now: OffsetDateTime) -> bool {
        now < self.expires_at
    }
}

/// Reads a token of either kind, as a client presents it, and refuses an expired one.
pub fn open(
    sealing: &AccessTokenKeys,
    signing: &SigningKeys,
    issuer: &str,
    text: &str,
    now: OffsetDateTime,
) -> Result<AccessToken, InvalidAccessToken> {
    // A sealed token is base64url and has no dots, a JWT has two.
    let token = if text.contains('.') {
        let claims = signing.verify(text, TYPE).map_err(|_| InvalidAccessToken)?;
        from_jwt(&claims, issuer)?
    } else {
        sealing.open(text)?
    };
    if token.is_live(now) { Ok(token) } else { Err(InvalidAccessToken) }
}
