//! RFC 9700 §4.1.3, RFC 8252 §7.3: a presented redirect URI is a registered one, character for character.

use oidc_provider::{
    authorization::{PageError, ResolveError},
    client::{ClientMetadata, RedirectUriMismatch},
};

use crate::actors::{CALLBACK, ask, native_app, portal, portal_metadata, register};

#[test]
fn the_registered_uri_matches() {
    assert_eq!(portal().redirect_uri(Some(CALLBACK)).unwrap().as_str(), CALLBACK);
}

#[test]
fn anything_else_does_not() {
    for presented in [
        "https://portal-a.example/cc",
        "https://portal-a.example/c",
        "https://portal-a.example/cb/",
        "https://portal-a.example/cb/../cb",
        "https://portal-a.example//cb",
        "https://portal-a.example/CB",
        "https://PORTAL-A.example/cb",
        "HTTPS://portal-a.example/cb",
        "http://portal-a.example/cb",
        "https://portal-a.example:443/cb",
        "https://portal-a.example:8443/cb",
        "https://portal-a.example./cb",
        "https://portal-a.example/cb?",
        "https://portal-a.example/cb?a=b",
        "https://portal-a.example/cb#",
        "https://portal-a.example/cb#fragment",
        "https://portal-a.example/%63b",
        "https://portal-a.example/cb%00",
        "https://portal-a.example/cb%23",
        "https://portal-a.example%2fcb",
        "https://user@portal-a.example/cb",
        "https://portal-a.example@evil.example/cb",
        "https://portal-a.example:pass@evil.example/cb",
        "https://portal-a.example.evil.example/cb",
        "https://evil.example/https://portal-a.example/cb",
        "https://evil.example\\@portal-a.example/cb",
        "https:\\\\portal-a.example/cb",
        "https:/portal-a.example/cb",
        "//portal-a.example/cb",
        "/cb",
        "cb",
        "",
        " https://portal-a.example/cb",
        "https://portal-a.example/cb ",
        "https://portal-a.example/cb\n",
        "https://portal-a.example/c\u{200b}b",
        "https://portal-а.example/cb",
        "javascript:alert(1)",
        "data:text/html,hello",
    ] {
        assert_eq!(portal().redirect_uri(Some(presented)), Err(RedirectUriMismatch::Unregistered), "{presented:?}");
        let expected = if presented.is_empty() { PageError::RedirectUriMissing } else { PageError::RedirectUriMismatch };
        assert_eq!(ask(&portal(), &[("redirect_uri", Some(presented))]), Err(ResolveError::Page(expected)), "{presented:?}");
    }
}

#[test]
fn a_redirect_uri_is_needed_even_if_one_alone_is_registered() {
    assert_eq!(portal().redirect_uri(None), Err(RedirectUriMismatch::Missing));
}

#[test]
fn a_native_loopback_address_matches_on_any_port() {
    for (registered, presented) in [
        ("http://127.0.0.1/cb", "http://127.0.0.1:51004/cb"),
        ("http://127.0.0.1/cb", "http://127.0.0.1/cb"),
        ("http://127.0.0.1:8080/cb", "http://127.0.0.1:51004/cb"),
        ("http://[::1]/cb", "http://[::1]:61023/cb"),
        ("http://localhost/cb", "http://localhost:3000/cb"),
        ("http://127.0.0.1", "http://127.0.0.1:3000"),
        ("http://127.0.0.1/cb?x=1", "http://127.0.0.1:3000/cb?x=1"),
    ] {
        assert_eq!(native_app(registered).redirect_uri(Some(presented)).unwrap().as_str(), presented);
    }
}

#[test]
fn but_not_with_another_host_path_or_scheme() {
    let app = native_app("http://127.0.0.1/cb");
    for presented in [
        "http://127.0.0.1:51004/other",
        "http://127.0.0.1:51004/cb/",
        "http://127.0.0.1:51004",
        "http://127.0.0.1:/cb",
        "http://127.0.0.1:0/cb",
        "http://127.0.0.1:65536/cb",
        "http://127.0.0.1:000080/cb",
        "http://127.0.0.1:+80/cb",
        "http://127.0.0.1:80@evil.example/cb",
        "http://127.0.0.1@evil.example/cb",
        "http://127.0.0.1.evil.example/cb",
        "http://127.0.0.1:80.evil.example/cb",
        "http://127.0.0.2:51004/cb",
        "http://localhost:51004/cb",
        "http://[::1]:51004/cb",
        "http://0x7f.1:51004/cb",
        "https://127.0.0.1:51004/cb",
        "http://127.0.0.1:51004/cb#f",
    ] {
        assert_eq!(app.redirect_uri(Some(presented)), Err(RedirectUriMismatch::Unregistered), "{presented}");
    }
}

#[test]
fn a_web_client_has_no_free_port() {
    let mut web = native_app("http://127.0.0.1/cb");
    web.application_type = oidc_provider::client::ApplicationType::Web;
    assert!(web.redirect_uri(Some("http://127.0.0.1:51004/cb")).is_err());
}

#[test]
fn an_app_with_its_own_scheme_matches_exactly() {
    let app = native_app("vn.example.app:/cb");
    assert!(app.redirect_uri(Some("vn.example.app:/cb")).is_ok());
    assert!(app.redirect_uri(Some("vn.example.app://cb")).is_err());
    assert!(app.redirect_uri(Some("vn.example.app.evil:/cb")).is_err());
}

#[test]
fn the_origin_is_what_form_action_can_name() {
    for (uri, origin) in [
        ("https://portal-a.example/cb", "https://portal-a.example"),
        ("https://portal-a.example:8443/cb", "https://portal-a.example:8443"),
        ("http://127.0.0.1:3000/cb", "http://127.0.0.1:3000"),
        ("http://localhost/cb", "http://localhost"),
        ("http://[::1]:3000/cb", "http:"),
        ("vn.example.app:/cb", "vn.example.app:"),
    ] {
        assert_eq!(native_app(uri).redirect_uri(Some(uri)).unwrap().origin(), origin);
    }
}

#[test]
fn a_post_logout_redirect_uri_is_compared_alike() {
    let metadata = ClientMetadata { post_logout_redirect_uris: vec!["https://portal-a.example/bye".to_owned()], ..portal_metadata() };
    let client = register(metadata).unwrap();
    assert_eq!(client.post_logout_redirect_uri("https://portal-a.example/bye").unwrap().as_str(), "https://portal-a.example/bye");
    for presented in ["https://portal-a.example/bye/", "https://portal-a.example/bye?x", CALLBACK, ""] {
        assert_eq!(client.post_logout_redirect_uri(presented), None, "{presented}");
    }
}
