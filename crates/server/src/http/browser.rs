//! Which browser this is: a random cookie that interactions and forms are bound to before anybody signed in.

use actix_web::HttpRequest;
use actix_web::cookie::Cookie;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::cookies::Transport;
use crate::provider::Provider;
use crate::randomness::Randomness;

const NAME: &str = "browser";

/// 256 random bits that a browser carries until it is closed.
#[derive(Clone, PartialEq, Eq)]
pub struct BrowserId(Zeroizing<String>);

impl BrowserId {
    /// A fresh one.
    #[must_use]
    pub fn issue(randomness: &Randomness) -> Self {
        Self(Zeroizing::new(URL_SAFE_NO_PAD.encode(randomness.bytes::<32>())))
    }

    /// The one the browser sent, if it has the right shape.
    #[must_use]
    pub fn of(request: &HttpRequest, provider: &Provider) -> Option<Self> {
        Self::parse(Transport::of(&provider.config.issuer).read(request, NAME)?)
    }

    /// Reads the value of the cookie: 32 bytes in base64url.
    #[must_use]
    pub fn parse(value: String) -> Option<Self> {
        let value = Zeroizing::new(value);
        let decoded = Zeroizing::new(URL_SAFE_NO_PAD.decode(&*value).ok()?);
        (decoded.len() == 32).then_some(Self(value))
    }

    /// The one the browser sent, or a fresh one with the cookie that must go along with the answer.
    #[must_use]
    pub fn of_or_issue(request: &HttpRequest, provider: &Provider) -> (Self, Option<Cookie<'static>>) {
        if let Some(known) = Self::of(request, provider) {
            return (known, None);
        }
        let fresh = Self::issue(&provider.randomness);
        let cookie = Transport::of(&provider.config.issuer).cookie(NAME, fresh.0.to_string(), None);
        (fresh, Some(cookie))
    }

    /// What an interaction stores of it.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

const _: fn(&BrowserId) = |browser| crate::config::wiped(&browser.0);
