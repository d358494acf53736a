//! Clickjacking: a page of ours, unseen in a page of somebody else, that the citizen clicks on.

use crate::support::{AN, Answer, App, PASSWORD, newest_code};

/// Every page that a person sees, by name.
async fn pages(app: &App) -> Vec<(&'static str, Answer)> {
    let (portal, browser) = (app.portal(), app.browser());
    let wish = [("scope", Some("openid profile eid"))];
    let sign_in = browser.get(&portal.authorize(&wish)).await;
    let wrong = browser.sign_in(&sign_in, AN, "wrong").await;
    let code = browser.sign_in(&sign_in, AN, PASSWORD).await;
    assert!(wrong.is_sign_in_page() && code.is_code_page(), "{}", code.text());
    let consent = browser.submit(&code, None, &[("otp", &newest_code(&browser, AN).await)]).await;
    assert!(consent.is_consent_page(), "{}", consent.text());
    let choice = browser.get(&portal.authorize(&[("prompt", Some("select_account"))])).await;
    assert!(choice.has("#continue"), "{}", choice.text());
    let posted = browser.get(&app.trusted_portal().authorize(&[("response_mode", Some("form_post"))])).await;
    assert_eq!(posted.attribute("form", "action").as_deref(), Some("https://portal-t.example/cb"));
    browser.cancel(&choice).await;
    let over = browser.get(&format!("/interaction/{}", choice.interaction())).await;
    let sign_out = browser.get("/oidc/logout").await;
    assert!(sign_out.has("#sign-out"));
    let signed_out = browser.submit(&sign_out, None, &[]).await;
    let recover = browser.get("/account/recover").await;
    let recover_code = browser.submit(&recover, None, &[("citizen_id", AN)]).await;
    assert!(recover_code.has("input[name=otp]"), "{}", recover_code.text());
    vec![
        ("sign-in", sign_in),
        ("wrong password", wrong),
        ("code", code),
        ("consent", consent),
        ("choice of account", choice),
        ("posted answer", posted),
        ("over", over),
        ("sign-out", sign_out),
        ("signed out", signed_out),
        ("recovery", recover),
        ("recovery, codes", recover_code),
        ("home", browser.get("/").await),
        ("phone", browser.get("/sandbox/phone").await),
        ("not found", browser.get("/nowhere").await),
        ("unproven request", browser.get("/oauth2/authorize").await),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_that_a_person_sees_can_be_framed() {
    for (name, page) in pages(&App::start().await).await {
        let policy = page.header("content-security-policy");
        assert!(policy.split(';').any(|directive| directive.trim() == "frame-ancestors 'none'"), "{name}: {policy}");
        assert!(page.has("h1") || name == "posted answer", "{name} is a page");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_can_be_framed_in_a_browser_that_knows_no_policies() {
    for (name, page) in pages(&App::start().await).await {
        assert_eq!(page.header("x-frame-options"), "DENY", "{name}");
    }
}
