//! Which redirect URIs can be registered.

use oidc_provider::client::{ApplicationType, Client, ClientMetadata, ClientMetadataError, RegistrationRules, UriProblem};

use crate::actors::{portal_metadata, register, rules};

fn with_uri(uri: &str) -> ClientMetadata {
    ClientMetadata { redirect_uris: vec![uri.to_owned()], ..portal_metadata() }
}

fn native(uri: &str) -> ClientMetadata {
    ClientMetadata { application_type: ApplicationType::Native, ..with_uri(uri) }
}

fn problem(result: Result<Client, ClientMetadataError>) -> UriProblem {
    match result {
        Err(ClientMetadataError::Uri { key: "redirect_uris", problem, .. }) => problem,
        other => panic!("expected a URI problem, got {other:?}"),
    }
}

fn refused(uris: &[(&str, UriProblem)]) {
    for (uri, expected) in uris {
        assert_eq!(problem(register(with_uri(uri))), *expected, "{uri}");
    }
}

#[test]
fn https_uris_can_be_registered() {
    for uri in [
        "https://portal.example/cb",
        "https://portal.example",
        "https://portal.example:8443/a/b;c=1/d?e=f&g=%2F",
        "https://xn--cng-dma.example/cb",
        "https://portal.example/c%C3%B4ng",
        "https://[2001:db8::1]:8443/cb",
    ] {
        assert!(register(with_uri(uri)).is_ok(), "{uri}");
    }
}

#[test]
fn what_can_be_read_in_two_ways_cannot() {
    let long = format!("https://portal.example/{}", "a".repeat(2048));
    refused(&[
        ("", UriProblem::NotAbsolute),
        ("/cb", UriProblem::NotAbsolute),
        ("portal.example/cb", UriProblem::NotAbsolute),
        ("//portal.example/cb", UriProblem::NotAbsolute),
        ("https:/portal.example/cb", UriProblem::NotAbsolute),
        ("https:portal.example/cb", UriProblem::NotAbsolute),
        ("https:///portal.example/cb", UriProblem::AmbiguousHost),
        (&long, UriProblem::TooLong),
        ("https://portal.example/a b", UriProblem::BadCharacter),
        ("https://portal.example/a\0b", UriProblem::BadCharacter),
        ("https://portal.example/a\nb", UriProblem::BadCharacter),
        ("https://portal.example\\@evil.example/", UriProblem::BadCharacter),
        ("https://cổng.example/cb", UriProblem::BadCharacter),
        ("https://portal.example/\"><script>", UriProblem::BadCharacter),
        ("https://portal.example/cb#", UriProblem::Fragment),
        ("https://portal.example/cb#f", UriProblem::Fragment),
        ("https://*.portal.example/cb", UriProblem::Wildcard),
        ("https://portal.example/*", UriProblem::Wildcard),
        ("https://portal.example/../cb", UriProblem::AmbiguousPath),
        ("https://portal.example/a/..", UriProblem::AmbiguousPath),
        ("https://portal.example/./cb", UriProblem::AmbiguousPath),
        ("https://portal.example/%2e%2E/cb", UriProblem::AmbiguousPath),
        ("https://portal.example/a%2Fcb", UriProblem::AmbiguousPath),
        ("https://portal.example/a%5ccb", UriProblem::AmbiguousPath),
        ("https://portal.example/cb%00", UriProblem::AmbiguousPath),
        ("https://portal.example/cb?x=%0d%0aLocation:", UriProblem::AmbiguousPath),
        ("https://portal.example/cb%zz", UriProblem::AmbiguousPath),
        ("https://portal.example/cb%4", UriProblem::AmbiguousPath),
        ("https://0x7f.1/cb", UriProblem::AmbiguousHost),
        ("https://2130706433/cb", UriProblem::AmbiguousHost),
        ("https://port%61l.example/cb", UriProblem::AmbiguousHost),
        ("https://portal.example;form-action/cb", UriProblem::AmbiguousHost),
        ("https://a,b.example/cb", UriProblem::AmbiguousHost),
    ]);
}

#[test]
fn a_user_before_the_host_cannot() {
    refused(&[
        ("https://user@portal.example/cb", UriProblem::Userinfo),
        ("https://user:pass@portal.example/cb", UriProblem::Userinfo),
        ("https://@portal.example/cb", UriProblem::Userinfo),
    ]);
}

#[test]
fn plain_http_cannot_in_production() {
    refused(&[("http://portal.example/cb", UriProblem::NotHttps), ("http://localhost:8081/cb", UriProblem::NotHttps)]);
}

#[test]
fn a_script_or_another_scheme_cannot() {
    refused(&[
        ("javascript:alert(1)", UriProblem::Scheme),
        ("data:text/html,x", UriProblem::Scheme),
        ("file:///etc/passwd", UriProblem::Scheme),
        ("ftp://portal.example/cb", UriProblem::Scheme),
        ("vn.example.app:/cb", UriProblem::Scheme),
    ]);
}

#[test]
fn a_native_client_may_have_loopback_and_a_scheme_of_its_own() {
    for uri in ["http://127.0.0.1/cb", "http://[::1]/cb", "http://localhost:3000/cb", "vn.example.app:/cb", "https://portal.example/cb"] {
        assert!(register(native(uri)).is_ok(), "{uri}");
    }
    for (uri, expected) in [
        ("http://portal.example/cb", UriProblem::NotHttps),
        ("http://127.0.0.1.evil.example/cb", UriProblem::NotHttps),
        ("http://localhost.evil.example/cb", UriProblem::NotHttps),
        ("myapp:/cb", UriProblem::Scheme),
        ("javascript:alert(1)", UriProblem::Scheme),
        ("vn.example.app://user@cb", UriProblem::Userinfo),
        ("vn.example.app:/../cb", UriProblem::AmbiguousPath),
    ] {
        assert_eq!(problem(register(native(uri))), expected, "{uri}");
    }
}

#[test]
fn the_sandbox_takes_plain_http() {
    let sandbox = RegistrationRules { production: false, ..rules() };
    assert!(with_uri("http://localhost:8081/callback").register(&sandbox).is_ok());
    assert!(with_uri("http://user@localhost:8081/callback").register(&sandbox).is_err());
}

#[test]
fn other_uris_are_checked_too() {
    let bad = "https://user@portal.example/".to_owned();
    for (key, metadata) in [
        ("post_logout_redirect_uris", ClientMetadata { post_logout_redirect_uris: vec![bad.clone()], ..portal_metadata() }),
        ("client_uri", ClientMetadata { client_uri: Some(bad.clone()), ..portal_metadata() }),
        ("jwks_uri", ClientMetadata { jwks_uri: Some(bad.clone()), ..portal_metadata() }),
        ("sector_identifier_uri", ClientMetadata { sector_identifier_uri: Some(bad), ..portal_metadata() }),
    ] {
        assert_eq!(register(metadata).unwrap_err().key(), key);
    }
}
