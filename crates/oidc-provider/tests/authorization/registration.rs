//! RFC 7591 §2: from metadata to a client.

use oidc_provider::{
    client::{
        AuthenticationMethod, Client, ClientAuthentication, ClientKeys, ClientMetadata, ClientMetadataError, ConsentPolicy, GrantType,
        PlainSecret, RegistrationRules, SubjectType,
    },
    scope::Scope,
    signing_alg::SigningAlg,
};
use serde_json::json;
use time::macros::date;

use crate::actors::{SECRET, portal, portal_metadata, register, rules};

fn secret(text: &str) -> Option<PlainSecret> {
    Some(PlainSecret::from(text.to_owned()))
}

#[test]
fn what_is_not_written_has_the_default_of_the_specification() {
    let client = portal();
    assert_eq!(client.client_name, "portal-a");
    assert_eq!(client.authentication.method(), "client_secret_basic");
    assert_eq!(client.grant_types, [GrantType::AuthorizationCode].into());
    assert_eq!(client.subject_type, SubjectType::Pairwise);
    assert_eq!(client.id_token_signed_response_alg, SigningAlg::RS256);
    assert_eq!(client.userinfo_signed_response_alg, None);
    assert_eq!(client.consent, ConsentPolicy::Remembered);
    assert_eq!((client.min_account_level, client.min_authentication_level), (1, 1));
    assert!(client.require_pkce && client.needs_pkce());
}

#[test]
fn the_sample_of_the_documentation_is_a_client() {
    let metadata: ClientMetadata = serde_json::from_value(json!({
        "client_id": "portal-a", "client_secret": SECRET, "client_name": "Cổng dịch vụ A",
        "redirect_uris": ["https://portal-a.example/cb"], "post_logout_redirect_uris": ["https://portal-a.example/"],
        "token_endpoint_auth_method": "client_secret_basic", "grant_types": ["authorization_code", "refresh_token"],
        "scope": "openid profile phone email address eid offline_access", "subject_type": "pairwise",
        "id_token_signed_response_alg": "RS256", "min_account_level": 1, "min_authentication_level": 1,
        "purpose": "Xác định người nộp hồ sơ", "purpose_en": "To know who files the dossier", "agreement_number": "12/2026",
        "agreement_expires_on": "2027-12-31", "consent": "remembered", "require_pkce": true, "claims_profile": "standard"
    }))
    .unwrap();
    let client = register(metadata).unwrap();
    assert_eq!(client.agreement_expires_on, Some(date!(2027 - 12 - 31)));
    assert_eq!(client.sector, "portal-a.example");
    let stored = serde_json::to_string(&client).unwrap();
    assert!(!stored.contains(SECRET) && stored.contains("2027-12-31"));
    assert_eq!(serde_json::from_str::<Client>(&stored).unwrap(), client);
}

#[test]
fn an_unknown_key_is_refused() {
    let error = serde_json::from_value::<ClientMetadata>(json!({ "client_id": "a", "redirect_url": [] })).unwrap_err();
    assert!(error.to_string().contains("redirect_url"));
}

#[test]
fn every_key_is_described_for_the_documentation() {
    let schema = schemars::schema_for!(ClientMetadata).to_value();
    let properties = schema["properties"].as_object().unwrap();
    assert!(properties.len() > 25);
    for (key, property) in properties {
        assert!(property["description"].as_str().is_some_and(|text| text.len() > 10), "{key}: {property}");
    }
    assert_eq!(schema["additionalProperties"], json!(false));
}

#[test]
fn a_secret_is_never_printed_nor_serialized() {
    let metadata = portal_metadata();
    assert!(!format!("{metadata:?}").contains(SECRET));
    assert!(!serde_json::to_string(&metadata).unwrap().contains(SECRET));
    assert!(!format!("{:?}", portal()).contains(SECRET));
    let ClientAuthentication::ClientSecretBasic(hash) = portal().authentication else { panic!("a secret was registered") };
    assert!(hash.matches(SECRET) && !hash.matches("another"));
}

#[test]
fn each_rule_names_its_key() {
    let base = portal_metadata;
    let many = || (0..51).map(|index| format!("https://portal-a.example/{index}")).collect::<Vec<_>>();
    let method = |method| Some(method);
    use AuthenticationMethod as M;
    use ClientMetadataError as E;
    for (metadata, expected, key) in [
        (ClientMetadata { client_id: String::new(), ..base() }, E::ClientId, "client_id"),
        (ClientMetadata { client_id: "portal a".into(), ..base() }, E::ClientId, "client_id"),
        (ClientMetadata { client_id: "cổng".into(), ..base() }, E::ClientId, "client_id"),
        (ClientMetadata { client_id: "a\0".into(), ..base() }, E::ClientId, "client_id"),
        (ClientMetadata { client_secret: None, ..base() }, E::SecretMissing, "client_secret"),
        (ClientMetadata { client_secret: secret("short"), ..base() }, E::SecretTooShort, "client_secret"),
        (ClientMetadata { client_secret: secret(&"ấ".repeat(40)), ..base() }, E::SecretMalformed, "client_secret"),
        (ClientMetadata { token_endpoint_auth_method: method(M::None), ..base() }, E::SecretUnused, "client_secret"),
        (ClientMetadata { token_endpoint_auth_method: method(M::PrivateKeyJwt), client_secret: None, ..base() }, E::KeysMissing, "jwks"),
        (ClientMetadata { grant_types: Some(vec![]), ..base() }, E::GrantTypes, "grant_types"),
        (ClientMetadata { grant_types: Some(vec![GrantType::RefreshToken]), ..base() }, E::GrantTypes, "grant_types"),
        (ClientMetadata { response_types: Some(vec!["token".into()]), ..base() }, E::ResponseTypes, "response_types"),
        (ClientMetadata { response_types: Some(vec![]), ..base() }, E::ResponseTypes, "response_types"),
        (ClientMetadata { redirect_uris: vec![], ..base() }, E::RedirectUrisMissing, "redirect_uris"),
        (ClientMetadata { redirect_uris: many(), ..base() }, E::TooManyUris { key: "redirect_uris" }, "redirect_uris"),
        (ClientMetadata { client_name: Some(" ".into()), ..base() }, E::Text { key: "client_name" }, "client_name"),
        (ClientMetadata { purpose: Some("a\u{7}b".into()), ..base() }, E::Text { key: "purpose" }, "purpose"),
        (ClientMetadata { purpose_en: Some("a".repeat(501)), ..base() }, E::Text { key: "purpose_en" }, "purpose_en"),
        (ClientMetadata { purpose: None, ..base() }, E::PurposeMissing, "purpose"),
        (ClientMetadata { min_account_level: 3, ..base() }, E::AccountLevel, "min_account_level"),
        (ClientMetadata { min_authentication_level: 0, ..base() }, E::AuthenticationLevel, "min_authentication_level"),
        (ClientMetadata { scope: Scope::parse("openid pets").ok(), ..base() }, E::UnknownScope { scope: "pets".into() }, "scope"),
        (ClientMetadata { scope: Scope::parse("profile").ok(), ..base() }, E::OpenidScopeMissing, "scope"),
    ] {
        let error = register(metadata).unwrap_err();
        assert_eq!(error, expected);
        assert_eq!(error.key(), key);
    }
}

#[test]
fn the_sandbox_takes_short_secrets_and_no_purpose() {
    let sandbox = RegistrationRules { production: false, ..rules() };
    let metadata = ClientMetadata { client_secret: secret("short"), purpose: None, ..portal_metadata() };
    assert!(metadata.register(&sandbox).is_ok());
}

#[test]
fn a_public_client_may_not_use_client_credentials() {
    let metadata = ClientMetadata {
        client_secret: None,
        token_endpoint_auth_method: Some(AuthenticationMethod::None),
        grant_types: Some(vec![GrantType::AuthorizationCode, GrantType::ClientCredentials]),
        ..portal_metadata()
    };
    assert_eq!(register(metadata), Err(ClientMetadataError::PublicClientCredentials));
}

#[test]
fn a_client_of_the_rest_interface_needs_no_redirect_uri() {
    let metadata = ClientMetadata {
        redirect_uris: vec![],
        grant_types: Some(vec![GrantType::ClientCredentials]),
        response_types: Some(vec![]),
        scope: Scope::parse("").ok(),
        purpose: None,
        ..portal_metadata()
    };
    assert!(register(metadata).is_ok());
}

#[test]
fn private_key_jwt_takes_public_keys_inline_or_by_address_but_not_both() {
    let with = |jwks: Option<serde_json::Value>, jwks_uri: Option<&str>| {
        register(ClientMetadata {
            client_secret: None,
            token_endpoint_auth_method: Some(AuthenticationMethod::PrivateKeyJwt),
            jwks,
            jwks_uri: jwks_uri.map(str::to_owned),
            ..portal_metadata()
        })
        .map(|client| client.authentication)
    };
    // The EC key of RFC 7517 Appendix A.1.
    let (x, y) = ("MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM");
    let set = json!({ "keys": [{ "kty": "EC", "crv": "P-256", "x": x, "y": y }] });
    let uri = "https://portal-a.example/jwks";
    assert_eq!(with(Some(set.clone()), None), Ok(ClientAuthentication::PrivateKeyJwt(ClientKeys::Inline(set.clone()))));
    assert_eq!(with(None, Some(uri)), Ok(ClientAuthentication::PrivateKeyJwt(ClientKeys::Uri(uri.to_owned()))));
    assert_eq!(with(Some(set), Some(uri)), Err(ClientMetadataError::KeysMissing));
    for bad in [
        json!({}),
        json!({ "keys": [] }),
        json!({ "keys": [{}] }),
        json!({ "keys": [{ "kty": "oct", "k": "c2VjcmV0" }] }),
        json!({ "keys": [{ "kty": "EC", "crv": "P-256", "x": x, "y": y, "d": "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE" }] }),
    ] {
        assert_eq!(with(Some(bad), None), Err(ClientMetadataError::Jwks));
    }
}
