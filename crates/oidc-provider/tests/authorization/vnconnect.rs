//! The request as portals of the national federation send it today, replayed: `scope=openid` alone, `acr_values=LoA1`, no PKCE, no nonce,
//! the client's secret in the body.

use oidc_provider::{
    authorization::{ResolveContext, client_id, resolve},
    client::{ClaimsProfile, Client, ClientMetadata},
    parameters::Parameters,
    scope::Scope,
};

use crate::actors::{NOW, ask, known_scopes, portal_metadata, register};

const REQUEST: &[u8] = b"response_type=code&client_id=portal-a&redirect_uri=https%3A%2F%2Fportal-a.example%2Fcb&scope=openid\
    &acr_values=LoA1&state=1c2ac0d9";

fn federation_portal() -> Client {
    register(ClientMetadata { claims_profile: ClaimsProfile::Vnconnect, ..portal_metadata() }).unwrap()
}

#[test]
fn a_request_of_the_federation_works_unchanged() {
    let parameters = Parameters::parse(REQUEST).unwrap();
    let client = federation_portal();
    assert_eq!(client_id(&parameters), Ok("portal-a"));
    let known = ["LoA1".to_owned(), "LoA2".to_owned()];
    let context = ResolveContext { known_scopes: &known_scopes(), known_acr_values: &known, hints: &|_| None, now: NOW };
    let request = resolve(&parameters, &client, &context).unwrap();
    assert_eq!(request.scope, client.scope);
    assert_eq!(request.acr_values, ["LoA1"]);
    assert_eq!(request.state.as_deref(), Some("1c2ac0d9"));
    assert_eq!((request.code_challenge, request.nonce), (None, None));
}

#[test]
fn its_secret_is_expected_in_the_body() {
    assert_eq!(federation_portal().authentication.method(), "client_secret_post");
}

#[test]
fn a_request_that_names_scopes_means_them() {
    let request = ask(&federation_portal(), &[("scope", Some("openid phone"))]).unwrap();
    assert_eq!(request.scope, Scope::parse("openid phone").unwrap());
}

#[test]
fn bare_openid_of_any_other_portal_means_openid() {
    let request = ask(&crate::actors::portal(), &[("scope", Some("openid"))]).unwrap();
    assert_eq!(request.scope, Scope::parse("openid").unwrap());
}

#[test]
fn such_a_portal_may_still_be_registered_with_pkce() {
    let metadata = ClientMetadata { claims_profile: ClaimsProfile::Vnconnect, require_pkce: Some(true), ..portal_metadata() };
    assert!(register(metadata).unwrap().needs_pkce());
}
