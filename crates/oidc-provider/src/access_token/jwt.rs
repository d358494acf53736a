//! The JWT form (RFC 9068): readable by a resource server, so it carries no personal data and lives five minutes at most.

use serde_json::{Map, Value};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::{AccessToken, InvalidAccessToken};
use crate::authorization::Authentication;
use crate::scope::Scope;

/// `typ` of a JWT access token. RFC 9068 §2.1: it "MUST include this media type in the typ header parameter".
pub const TYPE: &str = "at+jwt";

/// How long a JWT access token may live: a resource server that reads it alone would not hear of a revocation.
pub const LONGEST_JWT_LIFETIME: Duration = Duration::minutes(5);

/// The claims of RFC 9068 §2.2 and `gid`, our grant id. `exp` is cut to [`LONGEST_JWT_LIFETIME`].
/// `sub` is the client's own name for the citizen, or the `client_id` where there is none (RFC 9068 §2.2).
pub fn jwt_claims(
    token: &AccessToken,
    issuer: &str,
    audience: &str,
    sub: &str,
    authentication: Option<&Authentication>,
) -> Map<String, Value> {
    let expires_at = token.expires_at.min(token.issued_at + LONGEST_JWT_LIFETIME);
    let mut claims = Map::new();
    let mut set = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    set("iss", issuer.into());
    set("exp", expires_at.unix_timestamp().into());
    set("aud", audience.into());
    set("sub", sub.into());
    set("client_id", token.client_id.as_str().into());
    set("iat", token.issued_at.unix_timestamp().into());
    set("jti", token.token_id.to_string().into());
    // RFC 9068 §2.2.1: auth_time, acr and amr as they were when the citizen signed in.
    if let Some(authentication) = authentication {
        set("auth_time", authentication.auth_time.unix_timestamp().into());
        set("acr", authentication.acr.as_str().into());
        set("amr", authentication.amr.clone().into());
    }
    set("scope", token.scope.to_string().into());
    if let Some(grant_id) = token.grant_id {
        set("gid", grant_id.to_string().into());
    }
    claims
}

/// The token behind verified claims. RFC 9068 §4: the issuer MUST match; signature and `typ` were checked by `SigningKeys::verify`.
pub fn from_jwt(claims: &Map<String, Value>, issuer: &str) -> Result<AccessToken, InvalidAccessToken> {
    if text(claims, "iss")? != issuer {
        return Err(InvalidAccessToken);
    }
    let grant_id = match claims.get("gid") {
        None => None,
        Some(_) => Some(id(claims, "gid")?),
    };
    Ok(AccessToken {
        token_id: id(claims, "jti")?,
        grant_id,
        client_id: text(claims, "client_id")?.to_owned(),
        scope: Scope::parse(text(claims, "scope")?).map_err(|_| InvalidAccessToken)?,
        issued_at: moment(claims, "iat")?,
        expires_at: moment(claims, "exp")?,
    })
}

fn text<'a>(claims: &'a Map<String, Value>, name: &str) -> Result<&'a str, InvalidAccessToken> {
    claims.get(name).and_then(Value::as_str).ok_or(InvalidAccessToken)
}

fn id(claims: &Map<String, Value>, name: &str) -> Result<Uuid, InvalidAccessToken> {
    Uuid::try_parse(text(claims, name)?).map_err(|_| InvalidAccessToken)
}

fn moment(claims: &Map<String, Value>, name: &str) -> Result<OffsetDateTime, InvalidAccessToken> {
    let seconds = claims.get(name).and_then(Value::as_i64).ok_or(InvalidAccessToken)?;
    OffsetDateTime::from_unix_timestamp(seconds).map_err(|_| InvalidAccessToken)
}
