//! Header injection and response splitting: line ends in everything that comes back in a header.

use crate::support::{AN, App, raw};

const SPLIT: &str = "x\r\nSet-Cookie: dinhdanh_session=evil\r\n\r\n<script>";

#[tokio::test(flavor = "multi_thread")]
async fn a_line_end_in_a_parameter_ends_no_header() {
    let app = App::start().await;
    let (portal, browser) = (app.trusted_portal(), app.browser_of(AN).await);
    for name in [
        "state",
        "nonce",
        "login_hint",
        "ui_locales",
        "scope",
        "response_mode",
        "redirect_uri",
        "client_id",
        "prompt",
        "claims",
        "acr_values",
    ] {
        for mode in ["query", "fragment", "form_post"] {
            let mut changes = vec![("prompt", Some("none")), ("response_mode", Some(mode))];
            changes.retain(|(known, _)| *known != name);
            changes.push((name, Some(SPLIT)));
            let answer = browser.get(&portal.authorize(&changes)).await;
            assert_eq!(
                answer
                    .headers
                    .get_all("set-cookie")
                    .iter()
                    .filter(|cookie| cookie.as_bytes().starts_with(b"dinhdanh_session=evil"))
                    .count(),
                0,
                "{name}"
            );
            assert!(!answer.body.starts_with("<script>"), "{name} {mode}");
            let location = answer.location().unwrap_or_default();
            assert!(!location.contains(['\r', '\n', ' ', '<']), "{name} {mode}: {location:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_with_line_ends_comes_back_as_it_was_and_encoded() {
    let app = App::start().await;
    let (portal, browser) = (app.trusted_portal(), app.browser_of(AN).await);
    let answer = portal.silently(&browser, &[("state", Some(SPLIT))]).await;
    match answer.parameter("error") {
        Some(error) => assert_eq!(error, "invalid_request"),
        None => assert_eq!(answer.parameter("state").as_deref(), Some(SPLIT)),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn raw_line_ends_and_nuls_in_a_request_are_refused() {
    let app = App::start().await;
    for (head, what) in [
        ("GET /nowhere\x0bX HTTP/1.1\r\nHost: localhost", "a control character in the path"),
        ("GET / HTTP/1.1\r\nHost: local\0host", "a NUL in a header"),
        ("GET / HTTP/1.1\r\nHost : localhost", "a space before the colon"),
        ("GET / HTTP/1.1\r\nHost: localhost\r\n folded: yes", "a folded header"),
    ] {
        let (status, answer) = raw(&app.base, format!("{head}\r\nConnection: close\r\n\r\n").as_bytes()).await;
        assert!([0, 400].contains(&status), "{what}: {answer:.300}");
    }
}
