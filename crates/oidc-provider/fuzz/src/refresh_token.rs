//! Refresh tokens. The first byte says how: `T` makes one of the bytes and opens it; `E` edits one that was good; anything else is the text.

use oidc_provider::refresh::{Presented, RefreshKey, open, token};
use uuid::Uuid;

use crate::edits::edited;

/// What we made opens to its family and counter, and under no other key; nothing else opens.
pub fn run(data: &[u8]) {
    let key = RefreshKey::new([3; 32]);
    match data.split_first() {
        Some((b'T', bytes)) => {
            let number = bytes.iter().fold(0u128, |number, byte| number << 8 | u128::from(*byte));
            let (family, counter) = (Uuid::from_u128(number), number as u32);
            let made = token(&key, family, counter);
            assert_eq!(open(&key, made.expose()), Ok(Presented { family, counter }));
            assert!(open(&RefreshKey::new([4; 32]), made.expose()).is_err(), "another key");
            assert_eq!(made.expose(), token(&key, family, counter).expose(), "a successor can be made again");
        }
        Some((b'E', edits)) => {
            let good = token(&key, Uuid::from_u128(98), 7);
            let spoilt = edited(good.expose(), edits);
            assert_eq!(open(&key, &spoilt).is_ok(), spoilt == good.expose(), "{spoilt}");
        }
        _ => {
            let Ok(text) = std::str::from_utf8(data) else { return };
            assert!(open(&key, text).is_err(), "nobody made {text}");
        }
    }
}
