//! The portals and the citizen that the tests of this crate's token half speak about.

use serde_json::{Map, json};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use uuid::{Uuid, uuid};

use crate::authorization::{Authentication, Code};
use crate::claims_request::ClaimsRequest;
use crate::client::{
    AccessTokenFormat, ApplicationType, ClaimsProfile, Client, ClientAuthentication, ConsentPolicy, GrantType, SubjectType,
};
use crate::pkce::CodeVerifier;
use crate::scope::Scope;
use crate::secret::ClientSecret;
use crate::signing_alg::SigningAlg;

/// When the tests happen.
pub(crate) const NOW: OffsetDateTime = datetime!(2026-03-01 08:00:00 UTC);
/// The provider.
pub(crate) const ISSUER: &str = "https://dinhdanh.example";
/// The citizen's account.
pub(crate) const ACCOUNT: Uuid = uuid!("0195a000-0000-7000-8000-000000000001");
/// The secret of [`confidential_client`].
pub(crate) const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// Portal A: a web server that registered `client_secret_basic`.
pub(crate) fn confidential_client() -> Client {
    Client {
        client_id: "portal-a".into(),
        client_name: "Cổng dịch vụ A".into(),
        client_uri: None,
        redirect_uris: vec!["https://portal-a.example/cb".into()],
        post_logout_redirect_uris: vec![],
        application_type: ApplicationType::Web,
        authentication: ClientAuthentication::ClientSecretBasic(ClientSecret::parse(SECRET).unwrap().hash()),
        grant_types: [GrantType::AuthorizationCode, GrantType::RefreshToken].into(),
        scope: Scope::parse("openid profile phone offline_access").unwrap(),
        subject_type: SubjectType::Pairwise,
        sector: "portal-a.example".into(),
        id_token_signed_response_alg: SigningAlg::RS256,
        userinfo_signed_response_alg: None,
        access_token_format: AccessTokenFormat::Opaque,
        default_max_age: None,
        require_auth_time: false,
        default_acr_values: vec![],
        require_pkce: true,
        consent: ConsentPolicy::Remembered,
        claims_profile: ClaimsProfile::Standard,
        min_account_level: 1,
        min_authentication_level: 1,
        purpose: "Xác định người nộp hồ sơ".into(),
        purpose_en: None,
        agreement_number: None,
        agreement_expires_on: None,
    }
}

/// Portal B, a stranger to what portal A got.
pub(crate) fn other_client() -> Client {
    Client {
        client_id: "portal-b".into(),
        redirect_uris: vec!["https://portal-b.example/cb".into()],
        sector: "portal-b.example".into(),
        ..confidential_client()
    }
}

/// The citizen signed in with a password and a code two minutes ago.
pub(crate) fn authentication() -> Authentication {
    let claims = json!({ "account_level": 2, "authentication_level": 2 });
    Authentication {
        account: ACCOUNT,
        sub: "sub-of-an-at-portal-a".into(),
        session: uuid!("0195a000-0000-7000-8000-000000000002"),
        sid: "sid-of-an-at-portal-a".into(),
        auth_time: NOW - Duration::minutes(2),
        acr: "LoA2".into(),
        amr: vec!["pwd".into(), "otp".into(), "mfa".into()],
        claims: claims.as_object().cloned().unwrap_or_else(Map::new),
    }
}

/// A code that portal A got just now, with the challenge of RFC 7636 appendix B.
pub(crate) fn code() -> Code {
    let verifier = CodeVerifier::parse("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").unwrap();
    Code {
        grant_id: uuid!("0195a000-0000-7000-8000-000000000003"),
        client_id: "portal-a".into(),
        redirect_uri: confidential_client().redirect_uri(Some("https://portal-a.example/cb")).unwrap(),
        code_challenge: Some(verifier.challenge()),
        nonce: Some("n-0S6_WzA2Mj".into()),
        scope: Scope::parse("openid profile").unwrap(),
        claims: ClaimsRequest::default(),
        authentication: authentication(),
        epoch: 1,
        expires_at: NOW + Duration::seconds(60),
    }
}
