//! Sealed access tokens. The first byte says how: `T` makes one of the bytes and opens it; `E` edits one that was good; anything else is the text.

use oidc_provider::access_token::{AccessToken, AccessTokenKeys};
use oidc_provider::scope::Scope;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::actors::NOW;
use crate::edits::edited;

/// What we sealed opens to what it was, under every key that is still known; nothing else opens.
pub fn run(data: &[u8]) {
    match data.split_first() {
        Some((b'T', bytes)) => {
            let token = token(bytes);
            let sealed = keys(2, &[1]).seal(&token, [9; 12]);
            assert_eq!(keys(2, &[1]).open(&sealed).as_ref(), Ok(&token));
            assert_eq!(keys(3, &[2]).open(&sealed).as_ref(), Ok(&token), "after a rotation");
            assert!(keys(3, &[1]).open(&sealed).is_err(), "under keys that did not seal it");
        }
        Some((b'E', edits)) => {
            let good = keys(1, &[]).seal(&token(b"portal-a openid profile"), [9; 12]);
            let spoilt = edited(&good, edits);
            assert_eq!(keys(1, &[]).open(&spoilt).is_ok(), spoilt == good, "{spoilt}");
        }
        _ => {
            let Ok(text) = std::str::from_utf8(data) else { return };
            assert!(keys(1, &[2, 3]).open(text).is_err(), "nobody sealed {text}");
        }
    }
}

fn keys(current: u8, older: &[u8]) -> AccessTokenKeys {
    AccessTokenKeys::new((current, [current; 32]), older.iter().map(|id| (*id, [*id; 32])))
}

/// A token out of bytes: the client's name to the first space, then the scope; ids and times out of the length and the last bytes.
fn token(bytes: &[u8]) -> AccessToken {
    let text = String::from_utf8_lossy(bytes);
    let (client_id, scope) = text.split_once(' ').unwrap_or((&text, "openid"));
    let number = bytes.iter().fold(bytes.len() as u128, |number, byte| number.rotate_left(8) ^ u128::from(*byte));
    let issued_at = OffsetDateTime::from_unix_timestamp(number as i64 % 4_000_000_000).unwrap_or(NOW);
    AccessToken {
        token_id: Uuid::from_u128(number),
        grant_id: (number % 2 == 0).then(|| Uuid::from_u128(!number)),
        client_id: client_id.to_owned(),
        scope: Scope::parse(scope).unwrap_or_default(),
        issued_at,
        expires_at: issued_at + Duration::seconds((number % 100_000) as i64),
    }
}
