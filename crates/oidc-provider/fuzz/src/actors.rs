//! The portals that the targets speak of, and the keys that they and the provider have.

use std::sync::{Arc, OnceLock};

use oidc_provider::client::{ApplicationType, AuthenticationMethod, ClaimsProfile, Client, ClientMetadata, GrantType, RegistrationRules};
use oidc_provider::jose::{SigningKey, SigningKeys};
use oidc_provider::scope::Scope;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::macros::datetime;

pub(crate) const ISSUER: &str = "https://id.example";
pub(crate) const TOKEN_ENDPOINT: &str = "https://id.example/oauth2/token";
pub(crate) const SECRET: &str = "a secret of more than thirty-two characters";
pub(crate) const NOW: OffsetDateTime = datetime!(2026-11-22 10:00 UTC);

/// The key that RFC 8037 Appendix A.1 prints: Ed25519 signs fastest.
const KEY: &str = r#"{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

pub(crate) fn known_scopes() -> Scope {
    Scope::parse("openid profile phone email offline_access").unwrap_or_default()
}

pub(crate) fn rules(production: bool) -> RegistrationRules {
    RegistrationRules { production, known_scopes: known_scopes(), sector_redirect_uris: None }
}

fn metadata(client_id: &str) -> ClientMetadata {
    ClientMetadata {
        client_secret: Some(SECRET.to_owned().into()),
        redirect_uris: vec![format!("https://{client_id}.example/cb"), format!("https://{client_id}.example/cb?from=id")],
        post_logout_redirect_uris: vec![format!("https://{client_id}.example/bye")],
        scope: Scope::parse("openid profile offline_access").ok(),
        grant_types: Some(vec![GrantType::AuthorizationCode, GrantType::RefreshToken]),
        purpose: Some("Xác định người nộp hồ sơ".to_owned()),
        ..ClientMetadata::new(client_id)
    }
}

fn registered(metadata: ClientMetadata) -> Client {
    #[expect(clippy::expect_used, reason = "a constant of the targets")]
    metadata.register(&rules(true)).expect("a good registration")
}

/// Every kind of client: by header, by body, by assertion, public and native, of the national federation.
pub(crate) fn clients() -> &'static [Client] {
    static CLIENTS: OnceLock<Vec<Client>> = OnceLock::new();
    CLIENTS.get_or_init(|| {
        let with = |method, client_id: &str| ClientMetadata { token_endpoint_auth_method: Some(method), ..metadata(client_id) };
        let by_assertion = ClientMetadata {
            client_secret: None,
            jwks: Some(json!({ "keys": [client_key().public_jwk()] })),
            ..with(AuthenticationMethod::PrivateKeyJwt, "portal-k")
        };
        let native = ClientMetadata {
            client_secret: None,
            application_type: ApplicationType::Native,
            redirect_uris: vec!["http://127.0.0.1/cb".to_owned(), "vn.example.app:/cb".to_owned()],
            sector: Some("native.example".to_owned()),
            ..with(AuthenticationMethod::None, "native")
        };
        let federation = ClientMetadata {
            claims_profile: ClaimsProfile::Vnconnect,
            grant_types: None,
            scope: Scope::parse("openid profile").ok(),
            ..metadata("federation")
        };
        [
            with(AuthenticationMethod::ClientSecretBasic, "portal-a"),
            with(AuthenticationMethod::ClientSecretPost, "portal-p"),
            by_assertion,
            native,
            federation,
        ]
        .map(registered)
        .into()
    })
}

pub(crate) fn client(client_id: &str) -> Option<&'static Client> {
    clients().iter().find(|client| client.client_id == client_id)
}

/// The key of `portal-k`, and of the provider.
pub(crate) fn client_key() -> Arc<SigningKey> {
    static MADE: OnceLock<Arc<SigningKey>> = OnceLock::new();
    #[expect(clippy::expect_used, reason = "a constant of the targets")]
    let make = || {
        let jwk: Value = serde_json::from_str(KEY).expect("JSON");
        Arc::new(SigningKey::from_private_jwk(&jwk).expect("a key pair"))
    };
    Arc::clone(MADE.get_or_init(make))
}

/// The provider's keys.
pub(crate) fn keys() -> SigningKeys {
    SigningKeys::new(vec![client_key()], Vec::new())
}

/// A JWT with that `typ` and those claims, rightly signed.
#[expect(clippy::expect_used, reason = "an active key signs whatever it is given")]
pub(crate) fn signed(typ: &str, claims: &Map<String, Value>) -> String {
    keys().sign(oidc_provider::signing_alg::SigningAlg::EdDSA, typ, claims).expect("a signature")
}

/// Claims out of a constant.
pub(crate) fn object(value: Value) -> Map<String, Value> {
    if let Value::Object(members) = value { members } else { Map::new() }
}
