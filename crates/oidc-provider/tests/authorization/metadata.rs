//! OpenID Connect Discovery §3, RFC 8414 §2: the document.

use oidc_provider::{metadata::Metadata, signing_alg::SigningAlg};
use serde_json::json;

use crate::actors::{ISSUER, known_scopes};

fn metadata() -> Metadata {
    Metadata {
        issuer: ISSUER.to_owned(),
        scopes_supported: known_scopes(),
        claims_supported: vec!["sub".to_owned(), "name".to_owned()],
        acr_values_supported: vec!["LoA1".to_owned(), "LoA2".to_owned()],
        signing_algs: vec![SigningAlg::RS256, SigningAlg::EdDSA],
        service_documentation: None,
    }
}

#[test]
fn it_lists_exactly_what_works() {
    let algs = json!(["RS256", "ES256", "PS256", "EdDSA"]);
    let expected = json!({
        "issuer": "https://id.example",
        "authorization_endpoint": "https://id.example/oauth2/authorize",
        "token_endpoint": "https://id.example/oauth2/token",
        "userinfo_endpoint": "https://id.example/oauth2/userinfo",
        "jwks_uri": "https://id.example/oauth2/jwks",
        "introspection_endpoint": "https://id.example/oauth2/introspect",
        "revocation_endpoint": "https://id.example/oauth2/revoke",
        "end_session_endpoint": "https://id.example/oidc/logout",
        "scopes_supported": ["address", "eid", "email", "offline_access", "openid", "phone", "profile"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "code_challenge_methods_supported": ["S256"],
        "acr_values_supported": ["LoA1", "LoA2"],
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "display_values_supported": ["page", "popup", "touch", "wap"],
        "ui_locales_supported": ["vi", "en"],
        "claims_parameter_supported": true,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "require_request_uri_registration": false,
        "authorization_response_iss_parameter_supported": true,
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
        "token_endpoint_auth_signing_alg_values_supported": algs,
        "revocation_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
        "revocation_endpoint_auth_signing_alg_values_supported": algs,
        "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt"],
        "introspection_endpoint_auth_signing_alg_values_supported": algs,
        "subject_types_supported": ["pairwise", "public"],
        "id_token_signing_alg_values_supported": ["RS256", "EdDSA"],
        "userinfo_signing_alg_values_supported": ["RS256", "EdDSA"],
        "claim_types_supported": ["normal"],
        "claims_supported": ["sub", "name"],
    });
    assert_eq!(metadata().to_json(), expected);
}

#[test]
fn documentation_is_named_where_there_is_one() {
    let address = "https://id.example/docs".to_owned();
    let document = Metadata { service_documentation: Some(address.clone()), ..metadata() }.to_json();
    assert_eq!(document["service_documentation"], json!(address));
}
