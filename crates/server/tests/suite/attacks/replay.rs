//! Replay: everything that is good once, used twice; everything that has ended, used again.

use crate::support::{AN, App, BINH, Browser, PASSWORD, newest_code};

const SESSION: &str = "dinhdanh_session";

async fn is_signed_in(app: &App, browser: &Browser) -> bool {
    app.trusted_portal().silently(browser, &[]).await.parameter("code").is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_a_second_time_is_refused_and_takes_its_tokens_along() {
    let app = App::start().await;
    let (portal, browser) = (app.trusted_portal(), app.browser_of(AN).await);
    let code = portal.silently(&browser, &[]).await.parameter("code").unwrap();
    let tokens = portal.tokens(&code).await;
    assert_eq!(portal.userinfo(&tokens.access_token).await.status, 200);
    assert_eq!(portal.exchange(&code).await.json()["error"], "invalid_grant");
    assert_eq!(portal.userinfo(&tokens.access_token).await.status, 401, "one of the two was a thief");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_refresh_token_ends_the_family() {
    let app = App::start().await;
    let portal = app.portal();
    let tokens = portal.signed_in(&app, "openid offline_access").await;
    let old = tokens.refresh_token.unwrap();
    let new = portal.refresh(&old).await.json()["refresh_token"].as_str().unwrap().to_owned();
    app.later(11);
    assert_eq!(portal.refresh(&old).await.json()["error"], "invalid_grant");
    assert_eq!(portal.refresh(&new).await.json()["error"], "invalid_grant", "thief or owner: nobody goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_form_of_a_finished_sign_in_is_dead() {
    let app = App::start().await;
    let (portal, browser) = (app.portal(), app.browser());
    let page = browser.get(&portal.authorize(&[])).await;
    let consent = browser.sign_in(&page, AN, PASSWORD).await;
    assert!(browser.allow(&consent).await.parameter("code").is_some());
    for answer in [
        browser.allow(&consent).await,
        browser.sign_in(&page, AN, PASSWORD).await,
        browser.sign_in(&page, BINH, PASSWORD).await,
        browser.cancel(&consent).await,
        browser.submit(&consent, None, &[("decision", "deny")]).await,
        browser.get(&format!("/interaction/{}", consent.interaction())).await,
    ] {
        assert!(answer.is_notice(409), "{} {:?}", answer.status, answer.location());
    }
    let account = app.account(AN).await.id;
    let (keyring, today) = (app.provider.keyring.clone(), app.provider.clock.today());
    let read = app.provider.store.read(move |db| persistence::AccountStanding::find(db, &keyring, account, "portal-a", today));
    assert!(read.await.unwrap().unwrap().consent.is_some(), "the replayed refusal withdrew nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_one_sign_in_does_nothing_in_another() {
    let app = App::start().await;
    let (portal, browser) = (app.portal(), app.browser());
    let one = browser.get(&portal.authorize(&[])).await;
    let two = browser.get(&portal.authorize(&[])).await;
    assert_ne!(one.interaction(), two.interaction());
    let (interaction, csrf) = (one.interaction(), two.hidden("csrf"));
    let fields = [("interaction", interaction.as_str()), ("csrf", csrf.as_str()), ("citizen_id", AN), ("password", PASSWORD)];
    assert!(browser.post("/interaction/login", &fields).await.is_notice(403));
    assert!(browser.cookie(SESSION).is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_one_time_code_is_worth_nothing_once_it_was_used() {
    let app = App::start().await;
    let portal = app.level_two_portal();
    let (first, second) = (app.browser(), app.browser());
    let page = first.get(&portal.authorize(&[])).await;
    let page = first.sign_in(&page, AN, PASSWORD).await;
    let code = newest_code(&first, AN).await;
    let other = second.get(&portal.authorize(&[])).await;
    let other = second.sign_in(&other, AN, PASSWORD).await;
    assert!(first.submit(&page, None, &[("otp", &code)]).await.is_consent_page());
    let answer = second.submit(&other, None, &[("otp", &code)]).await;
    assert!(answer.is_code_page(), "{} {}", answer.status, answer.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_used_recovery_sets_no_second_password() {
    let app = App::start().await;
    let browser = app.browser();
    let page = browser.get("/account/recover").await;
    let page = browser.submit(&page, None, &[("citizen_id", BINH)]).await;
    let code = newest_code(&browser, BINH).await;
    let first = [
        ("otp", code.as_str()),
        ("code", &code),
        ("password", "Mat-khau-Moi-1"),
        ("password_again", "Mat-khau-Moi-1"),
        ("repeat", "Mat-khau-Moi-1"),
    ];
    let done = browser.submit(&page, None, &first).await;
    assert_eq!(done.status, 200, "{}", done.text());
    let second = [
        ("otp", code.as_str()),
        ("code", &code),
        ("password", "Ke-Trom-1234!"),
        ("password_again", "Ke-Trom-1234!"),
        ("repeat", "Ke-Trom-1234!"),
    ];
    let again = browser.submit(&page, None, &second).await;
    assert!(again.status >= 400, "{} {}", again.status, again.text());
    for (password, works) in [("Mat-khau-Moi-1", true), ("Ke-Trom-1234!", false), (PASSWORD, false)] {
        let browser = app.browser();
        let page = browser.get(&app.portal().authorize(&[])).await;
        assert_eq!(browser.sign_in(&page, BINH, password).await.is_consent_page(), works, "{password}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stolen_cookie_is_worth_nothing_after_the_sign_out() {
    let app = App::start().await;
    let (portal, browser, thief) = (app.portal(), app.browser(), app.browser());
    let tokens = portal.tokens(&portal.code(&browser, AN, &[]).await).await;
    thief.plant(SESSION, &browser.cookie(SESSION).unwrap());
    assert!(is_signed_in(&app, &thief).await, "stolen in time it works");
    browser.get(&format!("/oidc/logout?id_token_hint={}", tokens.id_token)).await;
    assert!(!is_signed_in(&app, &thief).await);
    assert_eq!(portal.userinfo(&tokens.access_token).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_out_that_is_replayed_ends_no_later_session() {
    let app = App::start().await;
    let (portal, browser) = (app.portal(), app.browser());
    let tokens = portal.tokens(&portal.code(&browser, AN, &[]).await).await;
    let address = format!("/oidc/logout?id_token_hint={}", tokens.id_token);
    browser.get(&address).await;
    assert!(!is_signed_in(&app, &browser).await);
    portal.code(&browser, AN, &[]).await;
    browser.get(&address).await;
    assert!(is_signed_in(&app, &browser).await, "the hint names a session that has ended, not this one");
    let question = browser.get("/oidc/logout").await;
    assert!(question.has("#sign-out"));
    browser.submit(&question, None, &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_token_of_one_browser_is_none_in_another() {
    let app = App::start().await;
    let (one, two) = (app.browser(), app.browser());
    let page = one.get("/account/recover").await;
    let _ = two.get("/account/recover").await;
    let answer = two.post("/account/recover", &[("csrf", &page.hidden("csrf")), ("citizen_id", AN)]).await;
    assert!(answer.is_notice(403), "{}", answer.status);
}
