//! JWTs of our own that come back: ID tokens as `id_token_hint`, access tokens of RFC 9068. The first byte says how: `C` the `typ`, a line
//! break and the claims, which our key signs; `E` edits to an ID token that was good; anything else, the JWT itself.

use oidc_provider::access_token::{self, from_jwt};
use oidc_provider::id_token::hint;
use serde_json::{Map, Value, json};

use crate::actors::{ISSUER, NOW, keys, object, signed};
use crate::edits::edited;

/// Only what we signed as an ID token is a hint, and an access token is none.
pub fn run(data: &[u8]) {
    match data.split_first() {
        Some((b'C', rest)) => {
            let Ok(text) = std::str::from_utf8(rest) else { return };
            let (typ, claims) = text.split_once('\n').unwrap_or(("JWT", text));
            let Ok(claims) = serde_json::from_str::<Map<String, Value>>(claims) else { return };
            ours(typ, &claims);
        }
        Some((b'E', edits)) => {
            let good = signed("JWT", &good());
            let spoilt = edited(&good, edits);
            assert_eq!(hint(&keys(), &spoilt, ISSUER).is_some(), spoilt == good, "{spoilt}");
        }
        _ => {
            let Ok(jwt) = std::str::from_utf8(data) else { return };
            assert!(hint(&keys(), jwt, ISSUER).is_none(), "nobody signed {jwt}");
            assert!(keys().verify(jwt, access_token::TYPE).is_err(), "nobody signed {jwt}");
        }
    }
}

fn good() -> Map<String, Value> {
    object(json!({ "iss": ISSUER, "sub": "sub-of-an", "aud": "portal-a", "exp": NOW.unix_timestamp() + 600, "sid": "sid-1" }))
}

fn ours(typ: &str, claims: &Map<String, Value>) {
    let jwt = signed(typ, claims);
    let is = |expected: &str| typ.eq_ignore_ascii_case(expected) || typ.eq_ignore_ascii_case(&format!("application/{expected}"));
    if let Some(hint) = hint(&keys(), &jwt, ISSUER) {
        assert!(is("jwt"), "{typ} taken for an ID token");
        assert!(claims["iss"] == ISSUER && claims["sub"] == hint.sub.as_str() && claims["exp"].is_i64());
        assert_eq!(hint.sid.as_deref(), claims.get("sid").and_then(Value::as_str));
        let named = match &claims["aud"] {
            Value::Array(values) => values.clone(),
            value => vec![value.clone()],
        };
        assert_eq!(named, hint.aud.iter().map(|aud| Value::from(aud.as_str())).collect::<Vec<_>>());
    }
    if let Ok(verified) = keys().verify(&jwt, access_token::TYPE) {
        assert!(is("at+jwt"), "{typ} taken for an access token");
        if let Ok(token) = from_jwt(&verified, ISSUER) {
            assert!(claims["iss"] == ISSUER && claims["client_id"] == token.client_id.as_str());
            assert_eq!(claims.contains_key("gid"), token.grant_id.is_some());
        }
    }
}
