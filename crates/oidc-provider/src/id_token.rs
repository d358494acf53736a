//! ID tokens (OpenID Connect Core §2, §3.1.3.6): made here, and read again as hints.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256, Sha512};
use time::{Duration, OffsetDateTime};

use crate::authorization::{Authentication, IdTokenHint};
use crate::client::Client;
use crate::jose::SigningKeys;
use crate::signing_alg::SigningAlg;

/// `typ` of an ID token (RFC 7519 §5.1).
pub const TYPE: &str = "JWT";

/// Everything that goes into one ID token. Sign [`IdToken::claims`] with the client's `id_token_signed_response_alg` and [`TYPE`].
#[derive(Debug)]
pub struct IdToken<'a> {
    /// `iss`.
    pub issuer: &'a str,
    /// `aud` and `azp`, and the algorithm for `at_hash`.
    pub client: &'a Client,
    /// `sub`, `auth_time`, `acr`, `amr`, `sid` and the levels.
    pub authentication: &'a Authentication,
    /// `nonce` of the authorization request.
    pub nonce: Option<&'a str>,
    /// The access token issued beside it, for `at_hash`.
    pub access_token: Option<&'a str>,
    /// Claims asked into the ID token by the `claims` parameter; they never replace a claim of the protocol.
    pub extra: Map<String, Value>,
    /// `iat`.
    pub issued_at: OffsetDateTime,
    /// `exp` − `iat`.
    pub lifetime: Duration,
}

impl IdToken<'_> {
    /// The claims in the order of OpenID Connect Core §2.
    pub fn claims(&self) -> Map<String, Value> {
        let authentication = self.authentication;
        let mut claims = Map::new();
        let mut set = |name: &str, value: Value| claims.insert(name.to_owned(), value);
        set("iss", self.issuer.into());
        set("sub", authentication.sub.as_str().into());
        set("aud", self.client.client_id.as_str().into());
        set("exp", (self.issued_at + self.lifetime).unix_timestamp().into());
        set("iat", self.issued_at.unix_timestamp().into());
        set("auth_time", authentication.auth_time.unix_timestamp().into());
        // §3.1.3.6: "If a nonce value was sent in the Authentication Request, a nonce Claim MUST be present".
        if let Some(nonce) = self.nonce {
            set("nonce", nonce.into());
        }
        set("acr", authentication.acr.as_str().into());
        set("amr", authentication.amr.clone().into());
        set("azp", self.client.client_id.as_str().into());
        set("sid", authentication.sid.as_str().into());
        if let Some(access_token) = self.access_token {
            set("at_hash", half_hash(self.client.id_token_signed_response_alg, access_token).into());
        }
        for (name, value) in authentication.claims.iter().chain(&self.extra) {
            claims.entry(name.clone()).or_insert_with(|| value.clone());
        }
        claims
    }
}

/// `at_hash` (OpenID Connect Core §3.1.3.6): base64url of the left half of the hash that the signature algorithm uses.
pub fn half_hash(alg: SigningAlg, token: &str) -> String {
    match alg {
        SigningAlg::RS256 | SigningAlg::ES256 | SigningAlg::PS256 => URL_SAFE_NO_PAD.encode(&Sha256::digest(token)[..16]),
        // Ed25519 signs with SHA-512 inside (RFC 8032 §5.1).
        SigningAlg::EdDSA => URL_SAFE_NO_PAD.encode(&Sha512::digest(token)[..32]),
    }
}

/// Reads an `id_token_hint`: an ID token that we issued, expired or not (OpenID Connect Core §3.1.2.1, RP-Initiated Logout §2:
/// "SHOULD accept ID Tokens when the RP identified by the ID Token's aud claim and/or sid claim has a current session […] even when
/// the exp time has passed"). Signature, type and issuer are checked; without `exp` it is no ID token.
pub fn hint(keys: &SigningKeys, jwt: &str, issuer: &str) -> Option<IdTokenHint> {
    let claims = keys.verify(jwt, TYPE).ok()?;
    let text = |name: &str| claims.get(name)?.as_str().map(str::to_owned);
    if text("iss")? != issuer || !claims.get("exp")?.is_i64() {
        return None;
    }
    let aud = match claims.get("aud")? {
        Value::String(client_id) => vec![client_id.clone()],
        Value::Array(values) => values.iter().map(|value| value.as_str().map(str::to_owned)).collect::<Option<_>>()?,
        _ => return None,
    };
    Some(IdTokenHint { sub: text("sub")?, aud, sid: text("sid") })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::jose::SigningKey;
    use crate::token::fixtures::{ISSUER, NOW, authentication, confidential_client};

    fn keys() -> SigningKeys {
        SigningKeys::new(vec![Arc::new(SigningKey::generate(SigningAlg::ES256).unwrap())], vec![])
    }

    fn claims(extra: Value) -> Map<String, Value> {
        let (client, authentication) = (confidential_client(), authentication());
        let extra = extra.as_object().cloned().unwrap();
        let id_token = IdToken {
            issuer: ISSUER,
            client: &client,
            authentication: &authentication,
            nonce: Some("n-0S6_WzA2Mj"),
            access_token: Some("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"),
            extra,
            issued_at: NOW,
            lifetime: Duration::minutes(10),
        };
        id_token.claims()
    }

    #[test]
    fn the_wire_format_is_pinned() {
        let claims = claims(json!({ "name": "Nguyễn Văn An" }));
        insta::assert_snapshot!(serde_json::to_string_pretty(&claims).unwrap(), @r#"
        {
          "iss": "https://dinhdanh.example",
          "sub": "sub-of-an-at-portal-a",
          "aud": "portal-a",
          "exp": 1772352600,
          "iat": 1772352000,
          "auth_time": 1772351880,
          "nonce": "n-0S6_WzA2Mj",
          "acr": "LoA2",
          "amr": [
            "pwd",
            "otp",
            "mfa"
          ],
          "azp": "portal-a",
          "sid": "sid-of-an-at-portal-a",
          "at_hash": "77QmUPtjPfzWtF2AnpK9RQ",
          "account_level": 2,
          "authentication_level": 2,
          "name": "Nguyễn Văn An"
        }
        "#);
    }

    #[test]
    fn extra_claims_never_replace_those_of_the_protocol() {
        let claims = claims(json!({ "sub": "somebody-else", "iss": "https://evil.example", "exp": 0, "account_level": 9, "name": "An" }));
        assert_eq!(claims["sub"], "sub-of-an-at-portal-a");
        assert_eq!(claims["iss"], ISSUER);
        assert_eq!(claims["account_level"], 2);
        assert_eq!(claims["name"], "An");
    }

    /// OpenID Connect Core appendix A.3 shows this access token with this at_hash (RS256).
    #[test]
    fn at_hash_is_that_of_openid_connect_core() {
        assert_eq!(half_hash(SigningAlg::RS256, "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"), "77QmUPtjPfzWtF2AnpK9RQ");
        assert_eq!(half_hash(SigningAlg::EdDSA, "abc"), "3a81oZNherrMQXNJriBBMRLm-k6JqX6iCp7u5ktV05o");
    }

    #[test]
    fn a_hint_is_read_though_it_expired_long_ago() {
        let keys = keys();
        let jwt = keys.sign(SigningAlg::ES256, TYPE, &claims(json!({}))).unwrap();
        let expected =
            IdTokenHint { sub: "sub-of-an-at-portal-a".into(), aud: vec!["portal-a".into()], sid: Some("sid-of-an-at-portal-a".into()) };
        assert_eq!(hint(&keys, &jwt, ISSUER), Some(expected));
    }

    #[test]
    fn a_hint_of_another_issuer_key_or_kind_is_none() {
        let keys = keys();
        let claims = claims(json!({}));
        let jwt = keys.sign(SigningAlg::ES256, TYPE, &claims).unwrap();
        assert_eq!(hint(&keys, &jwt, "https://other.example"), None);
        assert_eq!(hint(&self::keys(), &jwt, ISSUER), None);
        let access_token = keys.sign(SigningAlg::ES256, "at+jwt", &claims).unwrap();
        assert_eq!(hint(&keys, &access_token, ISSUER), None);
        let userinfo = crate::userinfo::signed_claims(ISSUER, "portal-a", "sub", Map::new());
        let userinfo = keys.sign(SigningAlg::ES256, TYPE, &userinfo).unwrap();
        assert_eq!(hint(&keys, &userinfo, ISSUER), None);
        for garbage in ["", "a.b.c", "..", "\0"] {
            assert_eq!(hint(&keys, garbage, ISSUER), None);
        }
    }
}
