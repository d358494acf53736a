//! RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6: what a bad request is answered with, and where.

use oidc_provider::{
    authorization::{AuthorizationError, InvalidRequest, PageError, ResolveError, ResponseMode},
    client::{ClientMetadata, GrantType},
    parameters::Parameters,
    scope::Scope,
};

use crate::actors::{CALLBACK, CHALLENGE, NOW, ask, portal, portal_metadata, refusal_of, refused, register, resolve_at};

#[test]
fn each_bad_parameter_has_its_error() {
    use AuthorizationError as E;
    use InvalidRequest as I;
    let long = "a".repeat(4097);
    let many = "LoA1 ".repeat(21);
    for (name, value, expected) in [
        ("response_type", None, E::InvalidRequest(I::ResponseTypeMissing)),
        ("response_type", Some(""), E::InvalidRequest(I::ResponseTypeMissing)),
        ("response_type", Some("token"), E::UnsupportedResponseType),
        ("response_type", Some("code id_token"), E::UnsupportedResponseType),
        ("response_type", Some("CODE"), E::UnsupportedResponseType),
        ("response_mode", Some("query.jwt"), E::InvalidRequest(I::ResponseModeUnknown)),
        ("scope", None, E::OpenidScopeMissing),
        ("scope", Some("profile"), E::OpenidScopeMissing),
        ("scope", Some("OPENID"), E::OpenidScopeMissing),
        ("scope", Some("openid \"x\""), E::ScopeMalformed),
        ("prompt", Some("none login"), E::InvalidRequest(I::PromptNoneWithOthers)),
        ("prompt", Some("consent none"), E::InvalidRequest(I::PromptNoneWithOthers)),
        ("prompt", Some("create"), E::InvalidRequest(I::PromptUnknown)),
        ("prompt", Some("Login"), E::InvalidRequest(I::PromptUnknown)),
        ("max_age", Some("-1"), E::InvalidRequest(I::MaxAgeMalformed)),
        ("max_age", Some("+1"), E::InvalidRequest(I::MaxAgeMalformed)),
        ("max_age", Some("1.5"), E::InvalidRequest(I::MaxAgeMalformed)),
        ("max_age", Some("ten"), E::InvalidRequest(I::MaxAgeMalformed)),
        ("max_age", Some("99999999999999999999"), E::InvalidRequest(I::MaxAgeMalformed)),
        ("id_token_hint", Some("garbage"), E::InvalidRequest(I::IdTokenHintInvalid)),
        ("id_token_hint", Some("sub-1/portal-b"), E::InvalidRequest(I::IdTokenHintInvalid)),
        ("claims", Some("{"), E::InvalidRequest(I::ClaimsMalformed)),
        ("claims", Some("[]"), E::InvalidRequest(I::ClaimsMalformed)),
        ("request", Some("eyJhbGciOiJub25lIn0.e30."), E::RequestNotSupported),
        ("request_uri", Some("https://portal-a.example/request"), E::RequestUriNotSupported),
        ("registration", Some("{}"), E::RegistrationNotSupported),
        ("state", Some(&long), E::InvalidRequest(I::StateTooLong)),
        ("nonce", Some(&long), E::InvalidRequest(I::NonceTooLong)),
        ("login_hint", Some(&long), E::InvalidRequest(I::LoginHintTooLong)),
        ("acr_values", Some(&many), E::InvalidRequest(I::TooManyAcrValues)),
    ] {
        assert_eq!(refused(&[(name, value)]), expected, "{name}={value:?}");
    }
}

#[test]
fn a_client_without_the_grant_is_unauthorized() {
    let metadata =
        ClientMetadata { grant_types: Some(vec![GrantType::ClientCredentials]), scope: Some(Scope::empty()), ..portal_metadata() };
    assert_eq!(refusal_of(ask(&register(metadata).unwrap(), &[])), AuthorizationError::UnauthorizedClient);
}

/// The ordinary request with one parameter added once more.
fn twice(name: &str) -> Parameters {
    let ordinary = [
        ("response_type", "code"),
        ("client_id", "portal-a"),
        ("redirect_uri", CALLBACK),
        ("scope", "openid"),
        ("state", "one"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("unheard_of", "1"),
        ("response_mode", "fragment"),
    ];
    let again = ordinary.into_iter().find(|(known, _)| *known == name);
    Parameters::from_pairs(ordinary.into_iter().chain(again))
}

#[test]
fn a_repeated_parameter_is_refused() {
    for name in ["response_type", "scope", "state", "code_challenge", "code_challenge_method", "unheard_of", "response_mode"] {
        let error = refusal_of(resolve_at(&twice(name), &portal(), NOW));
        assert_eq!(error, AuthorizationError::InvalidRequest(InvalidRequest::ParameterRepeated), "{name}");
    }
}

#[test]
fn a_repeated_client_or_redirect_uri_is_never_redirected() {
    assert_eq!(resolve_at(&twice("client_id"), &portal(), NOW), Err(ResolveError::Page(PageError::ClientIdRepeated)));
    assert_eq!(resolve_at(&twice("redirect_uri"), &portal(), NOW), Err(ResolveError::Page(PageError::RedirectUriRepeated)));
}

#[test]
fn a_missing_or_foreign_address_is_never_redirected_whatever_else_is_wrong() {
    for (value, expected) in [(None, PageError::RedirectUriMissing), (Some("https://evil.example/"), PageError::RedirectUriMismatch)] {
        let changes = [("redirect_uri", value), ("response_type", Some("token")), ("scope", Some("\"")), ("request", Some("x"))];
        assert_eq!(ask(&portal(), &changes), Err(ResolveError::Page(expected)));
    }
}

#[test]
fn a_request_of_another_client_is_not_judged() {
    assert_eq!(ask(&portal(), &[("client_id", Some("portal-b"))]), Err(ResolveError::Page(PageError::UnknownClient)));
}

#[test]
fn the_error_travels_as_asked_with_the_state_that_came() {
    let Err(ResolveError::Redirect(redirect)) = ask(&portal(), &[("response_mode", Some("form_post")), ("scope", None)]) else {
        panic!("the client is told")
    };
    assert_eq!(redirect.redirect_uri.as_str(), CALLBACK);
    assert_eq!(redirect.response_mode, ResponseMode::FormPost);
    assert_eq!(redirect.state.as_deref(), Some("af0ifjsldkj"));
}

#[test]
fn what_is_ambiguous_is_not_given_back() {
    let Err(ResolveError::Redirect(redirect)) = resolve_at(&twice("state"), &portal(), NOW) else { panic!("the client is told") };
    assert_eq!((redirect.state, redirect.response_mode), (None, ResponseMode::Fragment));
    let Err(ResolveError::Redirect(redirect)) = resolve_at(&twice("response_mode"), &portal(), NOW) else { panic!("the client is told") };
    assert_eq!((redirect.state.as_deref(), redirect.response_mode), (Some("one"), ResponseMode::Query));
}
