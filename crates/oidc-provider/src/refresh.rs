//! Refresh tokens (RFC 6749 §6) with rotation and reuse detection (RFC 9700 §4.14.2).
//!
//! A token is its family, a counter and a MAC over both: the store keeps one number per family, and the successor of a token can be
//! computed again. That is what makes a client's retry after a lost answer harmless.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;
use zeroize::Zeroizing;

/// How long after a rotation the same client may present the former token again and gets the same successor: an answer that got lost.
pub const RETRY_WINDOW: Duration = Duration::seconds(10);

/// Characters of a refresh token: 52 bytes in base64url.
const LENGTH: usize = 70;

/// The key of the MAC.
#[derive(Clone)]
pub struct RefreshKey(Zeroizing<[u8; 32]>);

impl RefreshKey {
    /// A key from 256 random bits.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }
}

impl fmt::Debug for RefreshKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshKey(…)")
    }
}

/// A refresh token on the wire: base64url(family ‖ counter ‖ HMAC-SHA-256).
#[derive(Clone)]
pub struct RefreshToken(Zeroizing<String>);

impl RefreshToken {
    /// The token in plain, for the token response.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshToken(…)")
    }
}

/// What a genuine refresh token says. Whether it is the current one, [`rotate`] tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Presented {
    /// The family, which is the grant's id.
    pub family: Uuid,
    /// Which token of the family.
    pub counter: u32,
}

/// Not a refresh token of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown refresh token")]
pub struct Unknown;

/// The token of a family with this counter; the same every time.
pub fn token(key: &RefreshKey, family: Uuid, counter: u32) -> RefreshToken {
    let mut bytes = Zeroizing::new([0; 52]);
    bytes[..16].copy_from_slice(family.as_bytes());
    bytes[16..20].copy_from_slice(&counter.to_be_bytes());
    let mac = mac(key, family, counter);
    bytes[20..].copy_from_slice(&mac);
    RefreshToken(Zeroizing::new(URL_SAFE_NO_PAD.encode(*bytes)))
}

/// Reads a presented token; the MAC is compared in constant time.
pub fn open(key: &RefreshKey, text: &str) -> Result<Presented, Unknown> {
    if text.len() != LENGTH {
        return Err(Unknown);
    }
    let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).map_err(|_| Unknown)?);
    let (family, rest) = bytes.split_first_chunk::<16>().ok_or(Unknown)?;
    let (counter, presented) = rest.split_first_chunk::<4>().ok_or(Unknown)?;
    let (family, counter) = (Uuid::from_bytes(*family), u32::from_be_bytes(*counter));
    if bool::from(mac(key, family, counter).ct_eq(presented)) { Ok(Presented { family, counter }) } else { Err(Unknown) }
}

/// What becomes of a family when one of its tokens is presented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// The current token: the family moves on to this counter.
    Next(u32),
    /// The former token, moments after its rotation: answer the current counter's token once more, change nothing.
    Retry(u32),
    /// An older token: two parties hold the family, and it must be revoked (RFC 9700 §4.14.2).
    Reuse,
}

/// Judges a presented counter. `rotated_at`: when the family last moved on; the clock may have been set back a little since.
pub fn rotate(current: u32, rotated_at: OffsetDateTime, presented: u32, now: OffsetDateTime, retry_window: Duration) -> Rotation {
    if presented == current {
        // A family that used up four thousand million tokens is over.
        return current.checked_add(1).map_or(Rotation::Reuse, Rotation::Next);
    }
    let just_rotated = (now - rotated_at).abs() <= retry_window;
    if Some(presented) == current.checked_sub(1) && just_rotated { Rotation::Retry(current) } else { Rotation::Reuse }
}

fn mac(key: &RefreshKey, family: Uuid, counter: u32) -> [u8; 32] {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length (RFC 2104 §3)")]
    let mut mac = Hmac::<Sha256>::new_from_slice(key.0.as_slice()).expect("HMAC takes a key of any length");
    mac.update(b"dinhdanh refresh token 1");
    mac.update(family.as_bytes());
    mac.update(&counter.to_be_bytes());
    mac.finalize().into_bytes().into()
}

const _: fn(&RefreshKey, &RefreshToken) = |key, token| (crate::secret::wiped(&key.0), crate::secret::wiped(&token.0)).1;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::datetime;
    use uuid::uuid;

    use super::*;

    const FAMILY: Uuid = uuid!("0195a000-0000-7000-8000-0000000000f1");
    const NOW: OffsetDateTime = datetime!(2026-03-01 08:00:00 UTC);

    fn key() -> RefreshKey {
        RefreshKey::new([5; 32])
    }

    #[test]
    fn a_token_opens_to_its_family_and_counter_and_is_always_the_same() {
        let first = token(&key(), FAMILY, 7);
        assert_eq!(first.expose().len(), LENGTH);
        assert_eq!(first.expose(), token(&key(), FAMILY, 7).expose());
        assert_eq!(open(&key(), first.expose()), Ok(Presented { family: FAMILY, counter: 7 }));
    }

    #[test]
    fn a_changed_truncated_or_foreign_token_is_unknown() {
        let good = token(&key(), FAMILY, 7);
        let good = good.expose();
        for index in 0..good.len() {
            let mut bad = good.as_bytes().to_vec();
            bad[index] = if bad[index] == b'A' { b'B' } else { b'A' };
            assert_eq!(open(&key(), std::str::from_utf8(&bad).unwrap()), Err(Unknown), "character {index}");
        }
        assert_eq!(open(&key(), &good[..LENGTH - 1]), Err(Unknown));
        assert_eq!(open(&key(), &format!("{good}A")), Err(Unknown));
        assert_eq!(open(&key(), ""), Err(Unknown));
        assert_eq!(open(&RefreshKey::new([6; 32]), good), Err(Unknown));
    }

    #[test]
    fn the_current_token_moves_the_family_on() {
        assert_eq!(rotate(4, NOW, 4, NOW + Duration::days(3), RETRY_WINDOW), Rotation::Next(5));
    }

    #[test]
    fn a_retry_within_ten_seconds_is_not_an_attack() {
        assert_eq!(rotate(5, NOW, 4, NOW + RETRY_WINDOW, RETRY_WINDOW), Rotation::Retry(5));
        assert_eq!(rotate(5, NOW, 4, NOW - Duration::seconds(2), RETRY_WINDOW), Rotation::Retry(5), "the clock was set back a little");
    }

    #[test]
    fn a_late_retry_or_an_older_token_is_reuse() {
        assert_eq!(rotate(5, NOW, 4, NOW + RETRY_WINDOW + Duration::milliseconds(1), RETRY_WINDOW), Rotation::Reuse);
        assert_eq!(rotate(5, NOW, 4, NOW - Duration::hours(1), RETRY_WINDOW), Rotation::Reuse);
        assert_eq!(rotate(5, NOW, 3, NOW, RETRY_WINDOW), Rotation::Reuse);
        assert_eq!(rotate(5, NOW, 6, NOW, RETRY_WINDOW), Rotation::Reuse, "from a future that a restored backup forgot");
        assert_eq!(rotate(0, NOW, u32::MAX, NOW, RETRY_WINDOW), Rotation::Reuse);
        assert_eq!(rotate(u32::MAX, NOW, u32::MAX, NOW, RETRY_WINDOW), Rotation::Reuse);
    }

    proptest! {
        #[test]
        fn opening_never_panics(text in ".{0,120}") {
            prop_assert_eq!(open(&key(), &text), Err(Unknown));
        }
    }
}
