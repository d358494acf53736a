//! OpenID Connect RP-Initiated Logout 1.0.

use oidc_provider::{
    authorization::IdTokenHint,
    client::Client,
    logout::{LogoutError, LogoutRequest, ResolvedLogout, resolve},
    parameters::Parameters,
};

use crate::actors::{hint, portal};

const BYE: &str = "https://portal-a.example/";

fn request(pairs: &[(&str, &str)]) -> LogoutRequest {
    LogoutRequest::parse(&Parameters::from_pairs(pairs.iter().copied())).unwrap()
}

/// As the server does it: verify the hint, look the client up, resolve.
fn sign_out(pairs: &[(&str, &str)]) -> Result<ResolvedLogout, LogoutError> {
    let request = request(pairs);
    let hint: Option<IdTokenHint> = request.id_token_hint.as_deref().and_then(hint);
    let client: Option<Client> = request.client_id(hint.as_ref()).filter(|id| *id == "portal-a").map(|_| portal());
    resolve(&request, hint.as_ref(), client.as_ref())
}

#[test]
fn a_hint_proves_the_client_and_names_the_session() {
    let logout = sign_out(&[("id_token_hint", "sub-1/portal-a"), ("post_logout_redirect_uri", BYE), ("state", "a&b")]).unwrap();
    assert_eq!(logout.client_id.as_deref(), Some("portal-a"));
    assert_eq!(logout.redirect.as_deref(), Some("https://portal-a.example/?state=a%26b"));
    assert_eq!(logout.redirect_origin.as_deref(), Some("https://portal-a.example"));
    assert_eq!((logout.sid.as_deref(), logout.sub.as_deref()), (Some("sid-1"), Some("sub-1")));
}

#[test]
fn a_client_id_alone_proves_where_to_go_but_no_session() {
    let logout = sign_out(&[("client_id", "portal-a"), ("post_logout_redirect_uri", BYE)]).unwrap();
    assert_eq!(logout.redirect.as_deref(), Some(BYE));
    assert_eq!((logout.sid, logout.sub), (None, None));
}

#[test]
fn nothing_at_all_is_a_request_too() {
    let logout = sign_out(&[]).unwrap();
    assert_eq!(logout, ResolvedLogout { client_id: None, redirect: None, redirect_origin: None, sid: None, sub: None });
}

#[test]
fn an_empty_parameter_is_absent() {
    assert!(sign_out(&[("id_token_hint", ""), ("post_logout_redirect_uri", "")]).unwrap().redirect.is_none());
}

#[test]
fn a_redirect_to_an_unproven_address_never_happens() {
    let evil = "https://evil.example/";
    for (pairs, expected) in [
        (&[("post_logout_redirect_uri", BYE)][..], LogoutError::ClientUnproven),
        (&[("post_logout_redirect_uri", BYE), ("id_token_hint", "sub-1/gone")], LogoutError::ClientUnproven),
        (&[("post_logout_redirect_uri", evil), ("client_id", "portal-a")], LogoutError::RedirectUriMismatch),
        (&[("post_logout_redirect_uri", evil), ("id_token_hint", "sub-1/portal-a")], LogoutError::RedirectUriMismatch),
        (&[("post_logout_redirect_uri", "https://portal-a.example"), ("client_id", "portal-a")], LogoutError::RedirectUriMismatch),
        (&[("post_logout_redirect_uri", BYE), ("client_id", "nobody")], LogoutError::UnknownClient),
        (&[("id_token_hint", "forged")], LogoutError::IdTokenHintInvalid),
    ] {
        assert_eq!(sign_out(pairs), Err(expected), "{pairs:?}");
    }
}

#[test]
fn a_hint_of_another_client_is_refused() {
    let pairs = [("id_token_hint", "sub-1/portal-b"), ("client_id", "portal-a")];
    assert_eq!(sign_out(&pairs), Err(LogoutError::ClientMismatch));
}

#[test]
fn a_client_that_is_gone_does_not_keep_anybody_signed_in() {
    assert!(sign_out(&[("id_token_hint", "sub-1/gone")]).is_ok());
}

#[test]
fn a_client_other_than_the_named_one_is_not_used() {
    let request = request(&[("client_id", "portal-b"), ("post_logout_redirect_uri", BYE)]);
    assert_eq!(resolve(&request, None, Some(&portal())), Err(LogoutError::UnknownClient));
}

#[test]
fn repeated_and_huge_parameters_are_refused() {
    let repeated = Parameters::from_pairs([("state", "1"), ("state", "2")]);
    assert_eq!(LogoutRequest::parse(&repeated), Err(LogoutError::ParameterRepeated));
    let long = "s".repeat(4097);
    assert_eq!(LogoutRequest::parse(&Parameters::from_pairs([("state", long.as_str())])), Err(LogoutError::StateTooLong));
}

#[test]
fn languages_are_read() {
    assert_eq!(request(&[("ui_locales", "en vi")]).ui_locales, ["en", "vi"]);
}
