//! Token introspection (RFC 7662): a client or resource asks what a token of its own is worth.

use serde::ser::{Serialize, SerializeMap, Serializer};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::client::Client;
use crate::client_authentication::ClientAuthenticationError;
use crate::parameters::{Parameters, ParametersError};
use crate::scope::Scope;
use crate::token::{TokenRequest, TokenRequestError};

/// Why an introspection request is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IntrospectionError {
    /// The client did not prove itself.
    #[error(transparent)]
    Client(#[from] ClientAuthenticationError),
    /// The body cannot be read.
    #[error(transparent)]
    Parameters(#[from] ParametersError),
    /// A parameter came twice.
    #[error("a parameter was given more than once")]
    ParameterRepeated,
    /// No `token`.
    #[error("token is missing")]
    TokenMissing,
    /// A public client cannot prove that it may ask (RFC 7662 §2.1).
    #[error("a public client asked for introspection")]
    ClientNotConfidential,
    /// A queue or store is full.
    #[error("too busy")]
    Busy,
    /// A failure of ours; the details are in the log.
    #[error("internal error")]
    Internal,
}

/// Reads the form (RFC 7662 §2.1).
pub fn parse(params: &Parameters) -> Result<TokenRequest, IntrospectionError> {
    TokenRequest::parse(params).map_err(|error| match error {
        TokenRequestError::Repeated => IntrospectionError::ParameterRepeated,
        TokenRequestError::Missing => IntrospectionError::TokenMissing,
    })
}

/// RFC 7662 §2.1: "the endpoint MUST also require some form of authorization": a public client proved nothing.
pub fn permit(client: &Client) -> Result<(), IntrospectionError> {
    if client.is_public() { Err(IntrospectionError::ClientNotConfidential) } else { Ok(()) }
}

/// Whether this client may learn about a token: it was issued to it, or is meant for it. RFC 7662 §2.2: to others it is not active.
pub fn concerns(asking: &Client, token_client_id: &str, audience: Option<&str>) -> bool {
    asking.client_id == token_client_id || audience == Some(&asking.client_id)
}

/// The answer (RFC 7662 §2.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Introspection {
    /// The token is good.
    Active(Box<Active>),
    /// Unknown, expired, revoked, or not the asking client's business. §2.2: no further information is given.
    Inactive,
}

/// What is told about a good token: nothing personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Active {
    /// `iss`.
    pub issuer: String,
    /// The client it was issued to.
    pub client_id: String,
    /// The citizen as that client knows them, or the client itself.
    pub sub: String,
    /// What it opens.
    pub scope: Scope,
    /// `Bearer` for an access token, `None` for a refresh token.
    pub token_type: Option<&'static str>,
    /// `aud` of a JWT access token.
    pub audience: Option<String>,
    /// `jti` of an access token.
    pub token_id: Option<Uuid>,
    /// `iat`, where known.
    pub issued_at: Option<OffsetDateTime>,
    /// `exp`.
    pub expires_at: OffsetDateTime,
}

impl Serialize for Introspection {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let Self::Active(active) = self else {
            map.serialize_entry("active", &false)?;
            return map.end();
        };
        map.serialize_entry("active", &true)?;
        map.serialize_entry("iss", &active.issuer)?;
        map.serialize_entry("client_id", &active.client_id)?;
        map.serialize_entry("sub", &active.sub)?;
        map.serialize_entry("scope", &active.scope)?;
        if let Some(token_type) = active.token_type {
            map.serialize_entry("token_type", token_type)?;
        }
        if let Some(audience) = &active.audience {
            map.serialize_entry("aud", audience)?;
        }
        if let Some(token_id) = active.token_id {
            map.serialize_entry("jti", &token_id)?;
        }
        if let Some(issued_at) = active.issued_at {
            map.serialize_entry("iat", &issued_at.unix_timestamp())?;
        }
        map.serialize_entry("exp", &active.expires_at.unix_timestamp())?;
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use uuid::uuid;

    use super::*;
    use crate::client::ClientAuthentication;
    use crate::token::TokenTypeHint;
    use crate::token::fixtures::{ISSUER, NOW, confidential_client, other_client};

    #[test]
    fn a_dead_token_says_nothing_but_that() {
        assert_eq!(serde_json::to_string(&Introspection::Inactive).unwrap(), r#"{"active":false}"#);
    }

    #[test]
    fn the_wire_format_is_that_of_rfc_7662_section_2_2() {
        let active = Active {
            issuer: ISSUER.into(),
            client_id: "portal-a".into(),
            sub: "sub-1".into(),
            scope: Scope::parse("openid profile").unwrap(),
            token_type: Some("Bearer"),
            audience: None,
            token_id: Some(uuid!("0195a000-0000-7000-8000-000000000009")),
            issued_at: Some(NOW),
            expires_at: NOW + Duration::minutes(10),
        };
        let json = serde_json::to_string(&Introspection::Active(active.into())).unwrap();
        let expected = concat!(
            r#"{"active":true,"iss":"https://dinhdanh.example","client_id":"portal-a","sub":"sub-1","scope":"openid profile","#,
            r#""token_type":"Bearer","jti":"0195a000-0000-7000-8000-000000000009","iat":1772352000,"exp":1772352600}"#
        );
        assert_eq!(json, expected);
    }

    #[test]
    fn only_the_tokens_client_or_audience_may_know() {
        let (own, stranger) = (confidential_client(), other_client());
        assert!(concerns(&own, "portal-a", None));
        assert!(!concerns(&stranger, "portal-a", None));
        assert!(concerns(&stranger, "portal-a", Some("portal-b")));
    }

    #[test]
    fn a_public_client_may_not_ask() {
        let public = Client { authentication: ClientAuthentication::None, ..confidential_client() };
        assert_eq!(permit(&public), Err(IntrospectionError::ClientNotConfidential));
        assert_eq!(permit(&confidential_client()), Ok(()));
    }

    #[test]
    fn the_form_is_read_with_bounds() {
        let parse = |pairs: &[(&str, &str)]| parse(&Parameters::from_pairs(pairs.iter().copied()));
        assert_eq!(parse(&[]), Err(IntrospectionError::TokenMissing));
        assert_eq!(parse(&[("token", "a"), ("token", "b")]), Err(IntrospectionError::ParameterRepeated));
        let request = parse(&[("token", "a"), ("token_type_hint", "refresh_token")]).unwrap();
        assert_eq!((request.token.as_str(), request.hint), ("a", Some(TokenTypeHint::RefreshToken)));
        assert_eq!(parse(&[("token", "a"), ("token_type_hint", "saml")]).unwrap().hint, None);
        assert_eq!(parse(&[("token", &"a".repeat(9000))]).unwrap().token, "");
    }
}
