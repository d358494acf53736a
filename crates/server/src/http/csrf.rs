//! Forms prove that they come from our own page: a keyed hash of the browser and the purpose (OWASP's signed double submit).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::browser::BrowserId;
use crate::provider::Provider;

/// The token for a form of that purpose (an interaction's id, `recover`, `sign-out`) shown to that browser.
#[must_use]
pub fn token(provider: &Provider, browser: &BrowserId, purpose: &str) -> String {
    keyed(provider.keyring.csrf_key(), browser, purpose)
}

/// Whether `presented` is that token. Constant time.
#[must_use]
pub fn verify(provider: &Provider, browser: &BrowserId, purpose: &str, presented: &str) -> bool {
    token(provider, browser, purpose).as_bytes().ct_eq(presented.as_bytes()).into()
}

fn keyed(key: &[u8; 32], browser: &BrowserId, purpose: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(b"csrf\0");
    mac.update(browser.as_bytes());
    mac.update(b"\0");
    mac.update(purpose.as_bytes());
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}
