//! Cross-site scripting through every field that a client or a citizen can set.

use crate::support::{AN, Answer, App, PASSWORD};

const MARKUP: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}";

fn is_harmless(page: &Answer, what: &str) {
    assert!(!page.body.contains("<script>alert") && !page.body.contains("<img src=x"), "{what}: {}", page.body);
    assert!(!page.has("img[onerror]") && !page.has("[onerror]"), "{what}");
    assert!(
        page.header("content-security-policy").contains("default-src 'none'") && !page.header("content-security-policy").contains("unsafe")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_client_registers_is_text_on_every_page() {
    let app = App::with(|config| {
        let client = config.clients.iter_mut().find(|client| client.client_id == "portal-a").unwrap();
        client.client_name = Some(format!("Cổng {MARKUP}"));
        client.purpose = Some(format!("Mục đích {MARKUP}"));
        client.purpose_en = Some(format!("Purpose {MARKUP}"));
    })
    .await;
    let (portal, browser) = (app.portal(), app.browser());
    for language in ["vi", "en"] {
        let page = browser.get(&format!("{}&lang={language}", portal.authorize(&[("prompt", Some("login"))]))).await;
        assert!(page.text().contains("<script>alert(1)</script>"), "the name is shown as it is");
        is_harmless(&page, "sign-in");
        let consent = browser.sign_in(&page, AN, PASSWORD).await;
        assert!(
            consent.is_consent_page() && consent.text().contains(if language == "vi" { "Mục đích \"'>" } else { "Purpose \"'>" }),
            "{}",
            consent.text()
        );
        is_harmless(&consent, "consent");
        let refused = browser.submit(&consent, None, &[("decision", "deny")]).await;
        assert_eq!(refused.parameter("error").as_deref(), Some("access_denied"));
        let again = browser.get(&format!("/interaction/{}", consent.interaction())).await;
        is_harmless(&again, "a notice with the way back");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_request_or_a_citizen_says_is_text_on_every_page() {
    let app = App::start().await;
    let (portal, browser) = (app.portal(), app.browser());
    let page = browser
        .get(&portal.authorize(&[
            ("login_hint", Some(MARKUP)),
            ("ui_locales", Some(MARKUP)),
            ("display", Some(MARKUP)),
            ("nonce", Some(MARKUP)),
        ]))
        .await;
    assert!(page.is_sign_in_page());
    is_harmless(&page, "login_hint");
    is_harmless(&browser.sign_in(&page, MARKUP, MARKUP).await, "number and password");
    for name in ["client_id", "redirect_uri", "scope", "response_type", "prompt", "state", "claims", "request", "registration", "lang"] {
        is_harmless(&browser.get(&portal.authorize(&[(name, Some(MARKUP))])).await, name);
    }
    for path in [
        format!("/{MARKUP}"),
        format!("/interaction/{MARKUP}"),
        format!("/account/recover?interaction={MARKUP}"),
        format!("/oidc/logout?state={MARKUP}&id_token_hint={MARKUP}"),
    ] {
        is_harmless(&browser.get(&path).await, &path);
    }
    let recovery = browser.get("/account/recover").await;
    is_harmless(&browser.submit(&recovery, None, &[("citizen_id", MARKUP)]).await, "recovery");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_posted_answer_carries_the_state_as_a_value_and_nothing_else() {
    let app = App::start().await;
    let (portal, browser) = (app.trusted_portal(), app.browser_of(AN).await);
    let page =
        browser.get(&portal.authorize(&[("prompt", Some("none")), ("response_mode", Some("form_post")), ("state", Some(MARKUP))])).await;
    assert_eq!(page.hidden("state"), MARKUP);
    is_harmless(&page, "form_post");
    assert_eq!(page.attribute("form", "action").as_deref(), Some("https://portal-t.example/cb"));
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains("form-action 'self' https://portal-t.example") || policy.contains("form-action https://portal-t.example"),
        "{policy}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_for_programs_is_json_and_never_a_page() {
    let app = App::start().await;
    for path in ["/oauth2/token", "/oauth2/introspect", "/oauth2/revoke", "/oauth2/userinfo"] {
        let answer = app
            .portal()
            .post(path, &[("grant_type", MARKUP), ("token", MARKUP), ("token_type_hint", MARKUP), ("access_token", MARKUP)])
            .await;
        assert!(answer.body.is_empty() || answer.header("content-type").starts_with("application/json"), "{path}: {:?}", answer.headers);
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
    }
}
