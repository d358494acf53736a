//! How the portal is answered: response modes, and every error that is told to it (OpenID Connect Core §3.1.2.6, RFC 9207).

use url::Url;

use crate::support::{AN, Answer, App};

/// What differs from an honest request.
type Changes<'a> = &'a [(&'a str, Option<&'a str>)];

fn fragment(answer: &Answer, name: &str) -> Option<String> {
    let location = Url::parse(&answer.location()?).ok()?;
    let fragment = location.fragment()?.to_owned();
    form_urlencoded::parse(fragment.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_comes_in_the_query_the_fragment_or_a_form() {
    let app = App::start().await;
    let (portal, browser) = (app.trusted_portal(), app.browser_of(AN).await);

    let query = browser.get(&portal.authorize(&[("response_mode", Some("query"))])).await;
    assert!(query.parameter("code").is_some() && !query.location().unwrap().contains('#'));

    let answer = browser.get(&portal.authorize(&[("response_mode", Some("fragment"))])).await;
    assert!(!answer.location().unwrap().contains('?'));
    assert_eq!(fragment(&answer, "state").as_deref(), Some("state-of-the-portal"));
    assert_eq!(fragment(&answer, "iss").as_deref(), Some(app.base.as_str()));
    portal.tokens(&fragment(&answer, "code").unwrap()).await;

    let form = browser.get(&portal.authorize(&[("response_mode", Some("form_post"))])).await;
    assert_eq!(form.status, 200);
    assert_eq!(form.form().action, "https://portal-t.example/cb");
    assert_eq!(form.hidden("state"), "state-of-the-portal");
    assert_eq!(form.hidden("iss"), app.base);
    assert_eq!(form.header("cache-control"), "no-store");
    let policy = form.header("content-security-policy");
    assert!(policy.contains("form-action 'self' https://portal-t.example;"), "{policy}");
    portal.tokens(&form.hidden("code")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_travel_the_same_ways() {
    let app = App::start().await;
    let (portal, nobody) = (app.trusted_portal(), app.browser());
    let silent = |mode| portal.authorize(&[("prompt", Some("none")), ("response_mode", Some(mode))]);
    assert_eq!(nobody.get(&silent("query")).await.parameter("error").as_deref(), Some("login_required"));
    assert_eq!(fragment(&nobody.get(&silent("fragment")).await, "error").as_deref(), Some("login_required"));
    let form = nobody.get(&silent("form_post")).await;
    assert_eq!(form.hidden("error"), "login_required");
    assert_eq!(form.hidden("state"), "state-of-the-portal");
    assert_eq!(form.hidden("iss"), app.base);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_request_has_its_registered_code_at_the_proven_address() {
    let app = App::start().await;
    let (portal, browser) = (app.trusted_portal(), app.browser_of(AN).await);
    let long = "x".repeat(5000);
    let cases: &[(Changes<'_>, &str)] = &[
        (&[("response_type", None)], "invalid_request"),
        (&[("response_type", Some("token"))], "unsupported_response_type"),
        (&[("response_type", Some("code id_token"))], "unsupported_response_type"),
        (&[("response_type", Some("CODE"))], "unsupported_response_type"),
        (&[("response_mode", Some("web_message"))], "invalid_request"),
        (&[("scope", None)], "invalid_scope"),
        (&[("scope", Some("profile"))], "invalid_scope"),
        (&[("scope", Some("openid \"quoted\""))], "invalid_scope"),
        (&[("request", Some("a.b.c"))], "request_not_supported"),
        (&[("request_uri", Some("https://portal-t.example/request"))], "request_uri_not_supported"),
        (&[("registration", Some("{}"))], "registration_not_supported"),
        (&[("prompt", Some("none login"))], "invalid_request"),
        (&[("prompt", Some("create"))], "invalid_request"),
        (&[("max_age", Some("-1"))], "invalid_request"),
        (&[("max_age", Some("99999999999999999999999"))], "invalid_request"),
        (&[("max_age", Some("a minute"))], "invalid_request"),
        (&[("code_challenge", None), ("code_challenge_method", None)], "invalid_request"),
        (&[("code_challenge", None)], "invalid_request"),
        (&[("code_challenge_method", None)], "invalid_request"),
        (&[("code_challenge_method", Some("plain"))], "invalid_request"),
        (&[("code_challenge", Some("short"))], "invalid_request"),
        (&[("nonce", Some(&long))], "invalid_request"),
        (&[("login_hint", Some(&long))], "invalid_request"),
        (&[("id_token_hint", Some("rubbish"))], "invalid_request"),
    ];
    for (changes, code) in cases {
        let answer = browser.get(&portal.authorize(changes)).await;
        assert_eq!(answer.status, 303, "{changes:?}: {}", answer.text());
        assert!(answer.location().unwrap().starts_with("https://portal-t.example/cb?"), "{changes:?}");
        assert_eq!(answer.parameter("error").as_deref(), Some(*code), "{changes:?}");
        assert_eq!(answer.parameter("state").as_deref(), Some("state-of-the-portal"), "{changes:?}");
        assert_eq!(answer.parameter("iss").as_deref(), Some(app.base.as_str()), "{changes:?}");
        assert!(answer.parameter("code").is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_knows_is_ignored() {
    let app = App::start().await;
    let (portal, browser) = (app.trusted_portal(), app.browser_of(AN).await);
    let changes = [
        ("scope", Some("openid profile wallet urn:example:thing")),
        ("acr_values", Some("unknown LoA1 urn:mace:incommon:iap:silver")),
        ("display", Some("hologram")),
        ("claims_locales", Some("vi")),
        ("resource", Some("https://api.example")),
        ("x-unknown", Some("1")),
    ];
    let answer = browser.get(&portal.authorize(&changes)).await;
    let tokens = portal.tokens(&answer.parameter("code").unwrap()).await;
    assert_eq!(tokens.scope, "openid profile");
    assert_eq!(tokens.claims()["acr"], "LoA1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scope_that_the_client_is_not_registered_for_is_left_out() {
    let app = App::start().await;
    let tokens = app.other_portal().signed_in(&app, "openid profile citizen_id eid").await;
    assert_eq!(tokens.scope, "openid profile");
}

#[tokio::test(flavor = "multi_thread")]
async fn state_is_echoed_exactly_and_left_out_where_there_was_none() {
    let app = App::start().await;
    let (portal, browser) = (app.trusted_portal(), app.browser_of(AN).await);
    for state in ["a b&c=d#e%20é+", "https://portal-t.example/?next=1", &"s".repeat(4096)] {
        let answer = browser.get(&portal.authorize(&[("state", Some(state))])).await;
        assert_eq!(answer.parameter("state").as_deref(), Some(state));
    }
    let answer = browser.get(&portal.authorize(&[("state", None)])).await;
    assert!(answer.parameter("code").is_some() && answer.parameter("state").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_native_client_gets_its_answer_on_any_loopback_port_and_on_its_own_scheme() {
    let app = App::start().await;
    let (native, browser) = (app.native(), app.browser());
    let code = native.code(&browser, AN, &[]).await;
    native.tokens(&code).await;
    for (redirect_uri, origin) in [("http://127.0.0.1:9/cb", "http://127.0.0.1:9"), ("vn.example.app:/cb", "vn.example.app:")] {
        let changes = [("redirect_uri", Some(redirect_uri))];
        let answer = browser.get(&native.authorize(&changes)).await;
        assert!(answer.location().unwrap().starts_with(&format!("{redirect_uri}?code=")), "{:?}", answer.location());
        let page = app.browser().get(&native.authorize(&changes)).await;
        assert!(page.header("content-security-policy").contains(&format!("form-action 'self' {origin};")));
    }
    for wrong in ["http://127.0.0.1:70000/cb", "http://127.0.0.1:51004/other", "http://localhost:51004/cb", "https://127.0.0.1:51004/cb"] {
        assert!(browser.get(&native.authorize(&[("redirect_uri", Some(wrong))])).await.is_notice(400), "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tabs_at_once_both_reach_their_portal() {
    let app = App::start().await;
    let browser = app.browser();
    let (first, second) = (app.portal(), app.other_portal());
    let one = browser.get(&first.authorize(&[])).await;
    let two = browser.get(&second.authorize(&[])).await;
    let one = browser.sign_in(&one, AN, crate::support::PASSWORD).await;
    // The second tab still shows its sign-in form; posting it signs in again, and nothing is lost.
    let two = browser.sign_in(&two, AN, crate::support::PASSWORD).await;
    assert!(one.is_consent_page() && two.is_consent_page());
    let one = browser.allow(&one).await;
    let two = browser.allow(&two).await;
    first.tokens(&one.parameter("code").unwrap()).await;
    second.tokens(&two.parameter("code").unwrap()).await;
}
