//! OpenID Connect Core §3.1.2.1: what a good request becomes.

use oidc_provider::{
    authorization::{Display, PageError, PromptValue, ResolveError, ResolvedRequest, ResponseMode, client_id},
    client::{Client, ClientMetadata, GrantType},
    parameters::Parameters,
    scope::Scope,
};
use time::macros::{date, datetime};

use crate::actors::{CALLBACK, CHALLENGE, NOW, ask, asked, parameters, portal, portal_metadata, register, resolve_at};

fn with_scope(scope: &str, grants: &[GrantType]) -> Client {
    register(ClientMetadata { scope: Scope::parse(scope).ok(), grant_types: Some(grants.to_vec()), ..portal_metadata() }).unwrap()
}

#[test]
fn an_ordinary_request_is_read() {
    let request = asked(&[]);
    assert_eq!(request.client_id, "portal-a");
    assert_eq!(request.redirect_uri.as_str(), CALLBACK);
    assert_eq!(request.response_mode, ResponseMode::Query);
    assert_eq!(request.state.as_deref(), Some("af0ifjsldkj"));
    assert_eq!(request.nonce.as_deref(), Some("n-0S6_WzA2Mj"));
    assert_eq!(request.scope, Scope::parse("openid profile").unwrap());
    assert_eq!(request.code_challenge.clone().map(String::from).as_deref(), Some(CHALLENGE));
    assert!(!request.prompt.is_none() && request.max_age.is_none() && request.claims.is_empty());
}

#[test]
fn it_survives_the_store() {
    let request =
        asked(&[("prompt", Some("login consent")), ("claims", Some(r#"{"id_token":{"acr":{"essential":true,"value":"LoA2"}}}"#))]);
    let stored = serde_json::to_vec(&request).unwrap();
    assert_eq!(serde_json::from_slice::<ResolvedRequest>(&stored).unwrap(), request);
}

#[test]
fn state_and_nonce_are_optional() {
    let request = asked(&[("state", None), ("nonce", None)]);
    assert_eq!((request.state, request.nonce), (None, None));
}

#[test]
fn every_response_mode_is_understood() {
    for mode in ResponseMode::ALL {
        assert_eq!(asked(&[("response_mode", Some(mode.as_str()))]).response_mode, mode);
    }
}

#[test]
fn unknown_parameters_are_ignored() {
    assert_eq!(asked(&[("acr", Some("x")), ("resource", Some("y")), ("utm_source", Some("z"))]), asked(&[]));
}

#[test]
fn unknown_and_unregistered_scopes_are_ignored() {
    assert_eq!(asked(&[("scope", Some("openid profile pets eid"))]).scope, Scope::parse("openid profile").unwrap());
}

#[test]
fn offline_access_counts_only_with_the_refresh_grant() {
    let scope = [("scope", Some("openid offline_access"))];
    let with = with_scope("openid offline_access", &[GrantType::AuthorizationCode, GrantType::RefreshToken]);
    let without = with_scope("openid offline_access", &[GrantType::AuthorizationCode]);
    assert!(ask(&with, &scope).unwrap().is_offline());
    assert!(!ask(&without, &scope).unwrap().is_offline());
}

#[test]
fn prompt_is_a_set() {
    let prompt = asked(&[("prompt", Some("login select_account"))]).prompt;
    assert!(prompt.contains(PromptValue::Login) && prompt.contains(PromptValue::SelectAccount) && !prompt.contains(PromptValue::Consent));
    assert!(asked(&[("prompt", Some("none"))]).prompt.is_none());
}

#[test]
fn known_acr_values_are_kept_in_their_order() {
    assert_eq!(asked(&[("acr_values", Some("urn:x LoA2 LoA1"))]).acr_values, ["LoA2", "LoA1"]);
}

#[test]
fn acr_values_come_before_the_claims_parameter_and_that_before_the_clients_default() {
    let client = register(ClientMetadata { default_acr_values: vec!["LoA1".to_owned()], ..portal_metadata() }).unwrap();
    let claims = ("claims", Some(r#"{"id_token":{"acr":{"values":["LoA2"]}}}"#));
    assert_eq!(ask(&client, &[]).unwrap().acr_values, ["LoA1"]);
    assert_eq!(ask(&client, &[claims]).unwrap().acr_values, ["LoA2"]);
    assert_eq!(ask(&client, &[claims, ("acr_values", Some("LoA1"))]).unwrap().acr_values, ["LoA1"]);
}

#[test]
fn locales_and_display_are_wishes() {
    let request = asked(&[("ui_locales", Some("fr-CA en \u{1}x vi")), ("display", Some("popup"))]);
    assert_eq!(request.ui_locales, ["fr-CA", "en", "vi"]);
    assert_eq!(request.display, Some(Display::Popup));
    assert_eq!(asked(&[("display", Some("hologram"))]).display, None);
}

#[test]
fn the_login_hint_is_kept() {
    assert_eq!(asked(&[("login_hint", Some("098090000001"))]).login_hint.as_deref(), Some("098090000001"));
}

#[test]
fn a_hint_of_this_client_is_kept() {
    assert_eq!(asked(&[("id_token_hint", Some("sub-1/portal-a"))]).id_token_hint.unwrap().sub, "sub-1");
}

#[test]
fn the_client_is_named_once() {
    assert_eq!(client_id(&parameters(&[])), Ok("portal-a"));
    assert_eq!(client_id(&parameters(&[("client_id", None)])), Err(PageError::ClientIdMissing));
    assert_eq!(client_id(&parameters(&[("client_id", Some(""))])), Err(PageError::ClientIdMissing));
    assert_eq!(client_id(&Parameters::from_pairs([("client_id", "a"), ("client_id", "b")])), Err(PageError::ClientIdRepeated));
}

#[test]
fn the_last_day_of_an_agreement_counts_in_vietnamese_time() {
    let client = register(ClientMetadata { agreement_expires_on: Some(date!(2026 - 11 - 22)), ..portal_metadata() }).unwrap();
    assert!(resolve_at(&parameters(&[]), &client, NOW).is_ok());
    assert!(resolve_at(&parameters(&[]), &client, datetime!(2026-11-22 16:59:59 UTC)).is_ok());
    let expired = Err(ResolveError::Page(PageError::AgreementExpired));
    assert_eq!(resolve_at(&parameters(&[]), &client, datetime!(2026-11-22 17:00 UTC)), expired);
    assert!(portal().agreement_expires_on.is_none());
}
