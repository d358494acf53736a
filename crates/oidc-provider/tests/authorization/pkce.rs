//! RFC 7636: the challenge, the verifier, and when they are needed.

use oidc_provider::{
    authorization::{AuthorizationError, InvalidRequest},
    client::{Client, ClientMetadata},
    pkce::{CodeChallenge, CodeVerifier},
};

use crate::actors::{CHALLENGE, ask, asked, native_app, portal, portal_metadata, refusal_of, refused, register};

fn without_pkce() -> Client {
    register(ClientMetadata { require_pkce: Some(false), ..portal_metadata() }).unwrap()
}

fn invalid(cause: InvalidRequest) -> AuthorizationError {
    AuthorizationError::InvalidRequest(cause)
}

#[test]
fn the_example_of_appendix_b_matches() {
    let verifier = CodeVerifier::parse("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").unwrap();
    let challenge = CodeChallenge::parse(CHALLENGE).unwrap();
    assert!(challenge.matches(&verifier));
    assert_eq!(verifier.challenge(), challenge);
    let wrong = CodeVerifier::parse("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXj").unwrap();
    assert!(!challenge.matches(&wrong));
}

#[test]
fn a_verifier_has_43_to_128_unreserved_characters() {
    assert!(CodeVerifier::parse(&"a".repeat(43)).is_ok() && CodeVerifier::parse(&"-._~".repeat(32)).is_ok());
    for text in ["a".repeat(42), "a".repeat(129), format!("{}+", "a".repeat(42)), format!("{}\0", "a".repeat(42)), "ơ".repeat(43)] {
        assert!(CodeVerifier::parse(&text).is_err(), "{text}");
    }
}

#[test]
fn a_challenge_has_43_base64url_characters() {
    for text in ["", &CHALLENGE[1..], &format!("{CHALLENGE}A"), &format!("{CHALLENGE}="), &CHALLENGE.replace('-', "+"), &"a".repeat(43)] {
        assert!(CodeChallenge::parse(text).is_err(), "{text}");
    }
}

#[test]
fn the_ordinary_portal_must_use_pkce() {
    assert!(asked(&[]).code_challenge.is_some());
    let none = [("code_challenge", None), ("code_challenge_method", None)];
    assert_eq!(refused(&none), invalid(InvalidRequest::CodeChallengeMissing));
}

#[test]
fn plain_is_refused_said_or_meant() {
    assert_eq!(refused(&[("code_challenge_method", Some("plain"))]), invalid(InvalidRequest::CodeChallengeMethod));
    // RFC 7636 §4.3: an absent method is plain.
    assert_eq!(refused(&[("code_challenge_method", None)]), invalid(InvalidRequest::CodeChallengeMethod));
    assert_eq!(refused(&[("code_challenge_method", Some("s256"))]), invalid(InvalidRequest::CodeChallengeMethod));
}

#[test]
fn a_malformed_challenge_is_refused() {
    assert_eq!(refused(&[("code_challenge", Some("short"))]), invalid(InvalidRequest::CodeChallengeMalformed));
}

#[test]
fn a_confidential_client_registered_without_may_do_without() {
    let none = [("code_challenge", None), ("code_challenge_method", None)];
    assert_eq!(ask(&without_pkce(), &none).unwrap().code_challenge, None);
    // What it sends is checked all the same.
    assert_eq!(refusal_of(ask(&without_pkce(), &[("code_challenge_method", None)])), invalid(InvalidRequest::CodeChallengeMethod));
    assert_eq!(refusal_of(ask(&without_pkce(), &[("code_challenge", None)])), invalid(InvalidRequest::CodeChallengeMethodAlone));
    assert!(ask(&without_pkce(), &[]).unwrap().code_challenge.is_some());
}

#[test]
fn a_public_client_always_must() {
    let mut app = native_app("https://portal-a.example/cb");
    app.require_pkce = false;
    let none = [("code_challenge", None), ("code_challenge_method", None)];
    assert_eq!(refusal_of(ask(&app, &none)), invalid(InvalidRequest::CodeChallengeMissing));
    assert!(!portal().is_public() && app.is_public());
}

#[test]
fn a_verifier_does_not_print() {
    let verifier = CodeVerifier::parse(&"v".repeat(43)).unwrap();
    assert!(!format!("{verifier:?}").contains("vvv"));
}
