//! RFC 6749 §4.1.2, RFC 9207, Form Post Response Mode: the answer on the wire.

use oidc_provider::{
    authorization::{AuthorizationError, Delivery, InvalidRequest, failure, success},
    client::{ClientMetadata, RedirectUri},
    error::{Registered, TABLE},
    secret::Code,
};

use crate::actors::{CALLBACK, ISSUER, ask, asked, native_app, portal_metadata, register};

const CODE: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn code() -> Code {
    Code::parse(CODE).unwrap()
}

fn location(delivery: Delivery) -> String {
    match delivery {
        Delivery::Redirect(location) => location,
        Delivery::FormPost { .. } => panic!("expected a redirect"),
    }
}

#[test]
fn a_code_goes_into_the_query() {
    let location = location(success(&asked(&[]), &code(), ISSUER));
    assert_eq!(location, format!("{CALLBACK}?code={CODE}&state=af0ifjsldkj&iss=https%3A%2F%2Fid.example"));
}

#[test]
fn or_into_the_fragment() {
    let location = location(success(&asked(&[("response_mode", Some("fragment"))]), &code(), ISSUER));
    assert_eq!(location, format!("{CALLBACK}#code={CODE}&state=af0ifjsldkj&iss=https%3A%2F%2Fid.example"));
}

#[test]
fn or_into_a_form() {
    let state = "\"><script>alert(1)</script>";
    let delivery = success(&asked(&[("response_mode", Some("form_post")), ("state", Some(state))]), &code(), ISSUER);
    let fields = vec![("code", CODE.to_owned()), ("state", state.to_owned()), ("iss", ISSUER.to_owned())];
    assert_eq!(delivery, Delivery::FormPost { action: CALLBACK.to_owned(), fields });
}

#[test]
fn without_state_none_is_returned() {
    let location = location(success(&asked(&[("state", None)]), &code(), ISSUER));
    assert_eq!(location, format!("{CALLBACK}?code={CODE}&iss=https%3A%2F%2Fid.example"));
}

#[test]
fn a_state_cannot_break_out() {
    let location = location(success(&asked(&[("state", Some("a&code=x#y\r\nSet-Cookie: z=1 Nguyễn"))]), &code(), ISSUER));
    assert!(location.contains("state=a%26code%3Dx%23y%0D%0ASet-Cookie%3A+z%3D1+Nguy%E1%BB%85n&iss="), "{location}");
}

#[test]
fn a_query_of_the_redirect_uri_is_retained() {
    for (uri, expected) in [
        ("https://portal-a.example/cb?a=b", "https://portal-a.example/cb?a=b&code="),
        ("https://portal-a.example/cb?", "https://portal-a.example/cb?code="),
        ("https://portal-a.example", "https://portal-a.example?code="),
    ] {
        let client = register(ClientMetadata { redirect_uris: vec![uri.to_owned()], ..portal_metadata() }).unwrap();
        let location = location(success(&ask(&client, &[("redirect_uri", Some(uri))]).unwrap(), &code(), ISSUER));
        assert!(location.starts_with(expected), "{location}");
    }
}

#[test]
fn a_native_app_is_answered_at_its_own_port() {
    let uri = "http://127.0.0.1:51004/cb";
    let request = ask(&native_app("http://127.0.0.1/cb"), &[("redirect_uri", Some(uri))]).unwrap();
    assert!(location(success(&request, &code(), ISSUER)).starts_with("http://127.0.0.1:51004/cb?code="));
}

#[test]
fn an_error_names_its_code_and_the_issuer() {
    let redirect = asked(&[]).refuse(AuthorizationError::AccessDenied);
    assert_eq!(
        location(failure(&redirect, ISSUER)),
        "https://portal-a.example/cb?error=access_denied&error_description=the+end-user+or+the+provider+denied+the+request\
         &state=af0ifjsldkj&iss=https%3A%2F%2Fid.example"
    );
}

#[test]
fn an_error_travels_by_form_too() {
    let redirect = asked(&[("response_mode", Some("form_post"))]).refuse(AuthorizationError::LoginRequired);
    let Delivery::FormPost { action, fields } = failure(&redirect, ISSUER) else { panic!("expected a form") };
    assert_eq!(action, CALLBACK);
    assert_eq!(fields.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["error", "error_description", "state", "iss"]);
}

#[test]
fn every_error_has_its_registered_code() {
    use AuthorizationError as E;
    for (error, code) in [
        (E::InvalidRequest(InvalidRequest::StateTooLong), "invalid_request"),
        (E::UnauthorizedClient, "unauthorized_client"),
        (E::AccessDenied, "access_denied"),
        (E::UnsupportedResponseType, "unsupported_response_type"),
        (E::ScopeMalformed, "invalid_scope"),
        (E::OpenidScopeMissing, "invalid_scope"),
        (E::ServerError, "server_error"),
        (E::TemporarilyUnavailable, "temporarily_unavailable"),
        (E::InteractionRequired, "interaction_required"),
        (E::LoginRequired, "login_required"),
        (E::AccountSelectionRequired, "account_selection_required"),
        (E::ConsentRequired, "consent_required"),
        (E::RequestNotSupported, "request_not_supported"),
        (E::RequestUriNotSupported, "request_uri_not_supported"),
        (E::RegistrationNotSupported, "registration_not_supported"),
        (E::UnmetAuthenticationRequirements, "unmet_authentication_requirements"),
    ] {
        assert_eq!(error.code(), code);
        assert!(TABLE.contains(&error.registered()), "{code}");
        // RFC 6749 §4.1.2.1: error_description MUST NOT include characters outside of this set.
        assert!(error.description().bytes().all(|byte| matches!(byte, 0x20..=0x21 | 0x23..=0x5B | 0x5D..=0x7E)), "{code}");
    }
}

#[test]
fn a_proven_address_survives_the_store() {
    let uri = asked(&[]).redirect_uri;
    assert_eq!(serde_json::from_str::<RedirectUri>(&serde_json::to_string(&uri).unwrap()).unwrap(), uri);
}
