//! Client assertions (RFC 7523). The first byte says how: `C` the claims, which the client's own key signs; `E` edits to an assertion that was
//! good; anything else, the JWT itself.

use oidc_provider::client_authentication::{
    ASSERTION_TYPE, AssertionContext, Authenticated, ClientAuthenticationError, Credentials, LONGEST_ASSERTION_LIFETIME, authenticate,
};
use oidc_provider::jose::unverified_claims;
use oidc_provider::parameters::Parameters;
use serde_json::{Map, Value, json};
use time::Duration;

use crate::actors::{ISSUER, NOW, TOKEN_ENDPOINT, client, object, signed};
use crate::edits::edited;

const LEEWAY: Duration = Duration::seconds(30);

/// Only what the client signed is believed, and of that only what is for us, of now, and carries an id that can be remembered.
pub fn run(data: &[u8]) {
    match data.split_first() {
        Some((b'C', claims)) => {
            let Ok(claims) = serde_json::from_slice::<Map<String, Value>>(claims) else { return };
            if let Ok(authenticated) = presented(&signed("JWT", &claims)) {
                believed(&claims, &authenticated);
            }
        }
        Some((b'E', edits)) => {
            let good = signed("JWT", &good());
            let spoilt = edited(&good, edits);
            assert_eq!(presented(&spoilt).is_ok(), spoilt == good, "{spoilt}");
        }
        _ => {
            let Ok(jwt) = std::str::from_utf8(data) else { return };
            assert!(presented(jwt).is_err(), "nobody signed {jwt}");
            _ = unverified_claims(jwt);
        }
    }
}

fn good() -> Map<String, Value> {
    let exp = NOW.unix_timestamp() + 60;
    object(json!({ "iss": "portal-k", "sub": "portal-k", "aud": ISSUER, "exp": exp, "jti": "098-1" }))
}

fn presented(jwt: &str) -> Result<Authenticated, ClientAuthenticationError> {
    let fields = [("client_assertion_type", ASSERTION_TYPE), ("client_assertion", jwt)];
    let credentials = Credentials::extract(None, &Parameters::from_pairs(fields))?;
    let client = client(credentials.client_id()).ok_or(ClientAuthenticationError::UnknownClient)?;
    let audiences = [ISSUER.to_owned(), TOKEN_ENDPOINT.to_owned()];
    authenticate(client, &credentials, &AssertionContext { audiences: &audiences, now: NOW, keys: None })
}

/// RFC 7523 §3, read again.
fn believed(claims: &Map<String, Value>, authenticated: &Authenticated) {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    assert_eq!((text("iss"), text("sub")), (Some("portal-k"), Some("portal-k")));
    let audiences = match &claims["aud"] {
        Value::Array(values) => values.clone(),
        value => vec![value.clone()],
    };
    assert!(!audiences.is_empty() && audiences.iter().all(|aud| aud == ISSUER || aud == TOKEN_ENDPOINT), "{audiences:?}");
    let seconds = |name: &str| claims.get(name).and_then(Value::as_f64);
    let now = NOW.unix_timestamp() as f64;
    let exp = seconds("exp").unwrap_or_else(|| panic!("no exp"));
    let longest = (LONGEST_ASSERTION_LIFETIME + LEEWAY).as_seconds_f64();
    assert!(exp + LEEWAY.as_seconds_f64() > now && exp < now + longest + 1.0, "exp {exp}");
    for name in ["nbf", "iat"] {
        assert!(!claims.contains_key(name) || seconds(name).is_some_and(|at| at < now + LEEWAY.as_seconds_f64() + 1.0), "{name}");
    }
    let guard = authenticated.replay.as_ref().unwrap_or_else(|| panic!("nothing to remember"));
    assert_eq!(Some(guard.jti.as_str()), text("jti"));
    assert!((1..=256).contains(&guard.jti.len()) && guard.expires_at > NOW);
}
