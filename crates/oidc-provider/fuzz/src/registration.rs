//! Client metadata as JSON, as `clients add` reads it; the configuration file holds the same in TOML.

use oidc_provider::client::{Client, ClientAuthentication, ClientKeys, ClientMetadata};
use oidc_provider::jose::ClientJwks;

use crate::actors::{known_scopes, rules};
use crate::redirect::means_one_thing;

/// What passes registration keeps every rule, and no secret shows in what is printed.
pub fn run(data: &[u8]) {
    let Ok(metadata) = serde_json::from_slice::<ClientMetadata>(data) else { return };
    let secret = metadata.client_secret.as_ref().map(|secret| secret.expose().to_owned());
    let printed = format!("{metadata:?}{}", serde_json::to_string(&metadata).unwrap_or_default());
    for production in [true, false] {
        let Ok(client) = metadata.clone().register(&rules(production)) else { continue };
        holds(&client, production);
        if production
            && matches!(client.authentication, ClientAuthentication::ClientSecretBasic(_) | ClientAuthentication::ClientSecretPost(_))
        {
            assert!(secret.as_ref().is_some_and(|secret| secret.len() >= 32), "a short secret in production");
        }
    }
    if let Some(secret) = secret.filter(|secret| secret.starts_with("098-secret-")) {
        assert!(!printed.contains(&secret), "a secret is printed");
    }
}

fn holds(client: &Client, production: bool) {
    let native = client.application_type == oidc_provider::client::ApplicationType::Native;
    assert!((1..=255).contains(&client.client_id.len()) && client.client_id.bytes().all(|byte| byte.is_ascii_graphic()));
    for uri in &client.redirect_uris {
        means_one_thing(uri, native, production);
        assert!(client.redirect_uri(Some(uri)).is_ok(), "{uri} does not match itself");
    }
    for uri in &client.post_logout_redirect_uris {
        means_one_thing(uri, native, production);
        assert!(client.post_logout_redirect_uri(uri).is_some(), "{uri} does not match itself");
    }
    if let Some(uri) = &client.client_uri {
        means_one_thing(uri, false, production);
    }
    assert!(client.scope.is_subset_of(&known_scopes()));
    assert!((1..=2).contains(&client.min_account_level) && (1..=4).contains(&client.min_authentication_level));
    assert!(!client.is_public() || client.needs_pkce(), "a public client without PKCE");
    for text in [Some(&client.client_name), Some(&client.purpose), client.purpose_en.as_ref()].into_iter().flatten() {
        assert!(!text.chars().any(char::is_control), "{text:?}");
    }
    if let ClientAuthentication::PrivateKeyJwt(ClientKeys::Inline(jwks)) = &client.authentication {
        assert!(ClientJwks::parse(jwks).is_ok());
    }
}
