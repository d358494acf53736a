//! `private_key_jwt`: the checks of RFC 7523 §3, in its order.

use serde_json::{Map, Value};
use time::{Duration, OffsetDateTime};

use super::{AssertionContext, ClientAuthenticationError as Error, ReplayGuard};
use crate::client::ClientKeys;
use crate::jose::ClientJwks;
use crate::signing_alg::SigningAlg;

/// The `client_assertion_type` of RFC 7523 §2.2.
pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// How far ahead `exp` may lie. RFC 7523 §3 item 4: "may reject JWTs with an exp claim value that is unreasonably far in the future".
pub const LONGEST_ASSERTION_LIFETIME: Duration = Duration::minutes(10);

/// How far the client's clock may be off.
const LEEWAY: Duration = Duration::seconds(30);

/// Longest `jti`, in bytes.
const LONGEST_ID: usize = 256;

pub(super) fn check(client_id: &str, keys: &ClientKeys, jwt: &str, context: &AssertionContext<'_>) -> Result<ReplayGuard, Error> {
    let claims = verified(keys, jwt, context.keys)?;
    // RFC 7523 §3 items 1 and 2.B: iss and sub MUST be the client_id.
    if claim(&claims, "iss") != Some(client_id) || claim(&claims, "sub") != Some(client_id) {
        return Err(Error::AssertionSubject);
    }
    // Item 3: "The JWT MUST contain an aud (audience) claim containing a value that identifies the authorization server".
    // A further audience could replay it here, so there must be none.
    if !only_for(&claims, context.audiences) {
        return Err(Error::AssertionAudience);
    }
    // Item 4: "The JWT MUST contain an exp (expiration time) claim"; the server MUST reject it once that time has passed.
    let expires_at = moment(&claims, "exp").ok_or(Error::AssertionExpired)?;
    if context.now >= expires_at + LEEWAY {
        return Err(Error::AssertionExpired);
    }
    if expires_at > context.now + LONGEST_ASSERTION_LIFETIME + LEEWAY {
        return Err(Error::AssertionTooLong);
    }
    // Items 5 and 6: nbf and iat, where present.
    if ["nbf", "iat"].iter().any(|name| claims.contains_key(*name) && !has_come(&claims, name, context.now)) {
        return Err(Error::AssertionNotYetValid);
    }
    // OpenID Connect Core §9: jti is REQUIRED, and the assertion "MUST only be used once".
    let jti = claim(&claims, "jti").filter(|jti| (1..=LONGEST_ID).contains(&jti.len())).ok_or(Error::AssertionWithoutId)?;
    let issued_at = ["iat", "nbf"].iter().filter_map(|name| moment(&claims, name)).fold(expires_at - LONGEST_ASSERTION_LIFETIME, Ord::max);
    Ok(ReplayGuard { jti: jti.to_owned(), issued_at, expires_at: expires_at + LEEWAY })
}

fn verified(keys: &ClientKeys, jwt: &str, fetched: Option<&ClientJwks>) -> Result<Map<String, Value>, Error> {
    let inline;
    let jwks = match (fetched, keys) {
        (Some(fetched), _) => fetched,
        (None, ClientKeys::Inline(jwks)) => {
            inline = ClientJwks::parse(jwks).map_err(|_| Error::KeysUnavailable)?;
            &inline
        }
        (None, ClientKeys::Uri(_)) => return Err(Error::KeysUnavailable),
    };
    // Items 9 and 10: the JWT MUST be digitally signed by the issuer.
    jwks.verify(jwt, &SigningAlg::ALL).map_err(Error::AssertionSignature)
}

fn only_for(claims: &Map<String, Value>, audiences: &[String]) -> bool {
    let ours = |value: &Value| value.as_str().is_some_and(|aud| audiences.iter().any(|known| known == aud));
    match claims.get("aud") {
        Some(Value::Array(values)) => !values.is_empty() && values.iter().all(ours),
        Some(value) => ours(value),
        None => false,
    }
}

fn has_come(claims: &Map<String, Value>, name: &str, now: OffsetDateTime) -> bool {
    moment(claims, name).is_some_and(|moment| moment <= now + LEEWAY)
}

/// A NumericDate (RFC 7519 §2), fractions cut off; bounded to what a date can be.
fn moment(claims: &Map<String, Value>, name: &str) -> Option<OffsetDateTime> {
    const LAST: i64 = 253_402_300_799 - 86_400; // a day before the year 10000, so that adding leeway cannot overflow
    let value = claims.get(name)?;
    let seconds = value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds as i64))?;
    OffsetDateTime::from_unix_timestamp(seconds.clamp(0, LAST)).ok()
}

fn claim<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    claims.get(name)?.as_str()
}
