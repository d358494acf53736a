//! Sealing: AES-256-GCM with a key id, so that keys can be rotated while tokens are out.

use std::fmt;

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Key, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::encoding::{decode, encode};
use super::{AccessToken, InvalidAccessToken};

/// Version of the format, the first byte of every token.
const VERSION: u8 = 1;

/// Longest sealed token that is read, in characters.
const LONGEST: usize = 8 * 1024;

/// The sealing keys: one that seals, and older ones whose tokens may still be out. With random nonces a key is good for
/// 2^32 tokens (NIST SP 800-38D §8.3): rotate it before.
pub struct AccessTokenKeys {
    current: u8,
    ciphers: Vec<(u8, Aes256Gcm)>,
}

impl AccessTokenKeys {
    /// `current` seals and opens, `older` keys only open. Each has an id that the token carries.
    pub fn new(current: (u8, [u8; 32]), older: impl IntoIterator<Item = (u8, [u8; 32])>) -> Self {
        let cipher = |(id, key): (u8, [u8; 32])| (id, Aes256Gcm::new(&Key::<Aes256Gcm>::from(key)));
        Self { current: current.0, ciphers: std::iter::once(current).chain(older).map(cipher).collect() }
    }

    /// A sealed token. The nonce must be fresh random bytes: two tokens under one nonce would give the key away.
    pub fn seal(&self, token: &AccessToken, nonce: [u8; 12]) -> String {
        let header = [VERSION, self.current];
        let plain = encode(token);
        #[expect(clippy::expect_used, reason = "the current key is always the first, and AES-GCM seals anything below 64 GiB")]
        let sealed = self
            .cipher(self.current)
            .and_then(|cipher| cipher.encrypt(&Nonce::from(nonce), Payload { msg: &plain, aad: &header }).ok())
            .expect("the current key seals");
        URL_SAFE_NO_PAD.encode([&header as &[u8], &nonce, &sealed].concat())
    }

    /// Opens a sealed token. Expiry is not looked at: see [`AccessToken::is_live`].
    pub fn open(&self, text: &str) -> Result<AccessToken, InvalidAccessToken> {
        if text.len() > LONGEST {
            return Err(InvalidAccessToken);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidAccessToken)?;
        let (header, rest) = bytes.split_first_chunk::<2>().ok_or(InvalidAccessToken)?;
        let (nonce, sealed) = rest.split_first_chunk::<12>().ok_or(InvalidAccessToken)?;
        let [version, key_id] = *header;
        if version != VERSION {
            return Err(InvalidAccessToken);
        }
        let cipher = self.cipher(key_id).ok_or(InvalidAccessToken)?;
        let payload = Payload { msg: sealed, aad: header };
        let plain = cipher.decrypt(&Nonce::from(*nonce), payload).map_err(|_| InvalidAccessToken)?;
        decode(&plain)
    }

    fn cipher(&self, id: u8) -> Option<&Aes256Gcm> {
        self.ciphers.iter().find(|(known, _)| *known == id).map(|(_, cipher)| cipher)
    }
}

impl fmt::Debug for AccessTokenKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessTokenKeys").field("current", &self.current).finish_non_exhaustive()
    }
}

const _: fn(&AccessTokenKeys) = |keys| keys.ciphers.iter().for_each(|(_, cipher)| crate::secret::wiped(cipher));
