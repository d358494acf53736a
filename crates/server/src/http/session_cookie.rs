//! The session cookie: the session's id, by which its row is found, and a secret, of which the row holds the hash.

use actix_web::HttpRequest;
use actix_web::cookie::Cookie;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::cookies::Transport;
use crate::provider::Provider;

const NAME: &str = "session";

/// What the browser holds of a session.
#[derive(Clone)]
pub struct SessionSecret {
    /// Time-ordered id of the row.
    pub id: Uuid,
    secret: Zeroizing<[u8; 32]>,
}

impl SessionSecret {
    /// A fresh secret for that session.
    #[must_use]
    pub fn issue(id: Uuid, secret: [u8; 32]) -> Self {
        Self { id, secret: Zeroizing::new(secret) }
    }

    /// What the browser sent, if it has the right shape.
    #[must_use]
    pub fn of(request: &HttpRequest, provider: &Provider) -> Option<Self> {
        Self::parse(&Transport::of(&provider.config.issuer).read(request, NAME)?)
    }

    /// Reads the value of the cookie: id and secret in base64url, 64 characters.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).ok()?);
        let (id, secret) = bytes.split_at_checked(16)?;
        Some(Self { id: Uuid::from_slice(id).ok()?, secret: Zeroizing::new(secret.try_into().ok()?) })
    }

    /// What the store keeps: the secret has 256 random bits, so SHA-256 is enough.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.secret.as_slice()).into()
    }

    /// Whether it is the secret whose hash the store keeps. Constant time.
    #[must_use]
    pub fn matches(&self, hash: &[u8; 32]) -> bool {
        self.hash().ct_eq(hash).into()
    }

    /// The cookie that gives it to the browser.
    #[must_use]
    pub fn cookie(&self, transport: Transport) -> Cookie<'static> {
        let mut bytes = Zeroizing::new([0; 48]);
        bytes[..16].copy_from_slice(self.id.as_bytes());
        bytes[16..].copy_from_slice(self.secret.as_slice());
        transport.cookie(NAME, URL_SAFE_NO_PAD.encode(bytes), None)
    }

    /// The cookie that takes it away.
    #[must_use]
    pub fn removal(transport: Transport) -> Cookie<'static> {
        transport.removal(NAME)
    }
}

const _: fn(&SessionSecret) = |session| crate::config::wiped(&session.secret);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_truncated_or_padded_cookie_is_no_session() {
        let whole = SessionSecret::issue(Uuid::from_u128(7), [9; 32]).cookie(Transport::Plain).value().to_owned();
        assert!(SessionSecret::parse(&whole).is_some_and(|session| session.id == Uuid::from_u128(7)));
        assert!(SessionSecret::parse(&whole[..whole.len() - 1]).is_none());
        assert!(SessionSecret::parse(&format!("{whole}A")).is_none());
        assert!(SessionSecret::parse("").is_none());
    }

    #[test]
    fn only_the_right_secret_matches() {
        let session = SessionSecret::issue(Uuid::nil(), [1; 32]);
        assert!(session.matches(&session.hash()));
        assert!(!SessionSecret::issue(Uuid::nil(), [2; 32]).matches(&session.hash()));
    }
}
