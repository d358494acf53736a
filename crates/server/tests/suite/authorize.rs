//! `/oauth2/authorize`: what each parameter does (OpenID Connect Core §3.1.2.1).

use serde_json::json;

use crate::support::{AN, App, BINH, PASSWORD, claims};

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_the_sign_in_page_and_the_portal_its_code_with_state_and_iss() {
    let app = App::start().await;
    let (portal, browser) = (app.portal(), app.browser());
    let page = browser.get(&portal.authorize(&[])).await;
    assert!(page.is_sign_in_page(), "{}", page.text());
    let consent = browser.sign_in(&page, AN, PASSWORD).await;
    assert!(consent.is_consent_page(), "{}", consent.text());
    let answer = browser.allow(&consent).await;
    assert_eq!(answer.status, 303);
    assert!(answer.location().unwrap().starts_with("https://portal-a.example/cb?"));
    assert_eq!(answer.parameter("state").as_deref(), Some("state-of-the-portal"));
    assert_eq!(answer.parameter("iss").as_deref(), Some(app.base.as_str()));
    let tokens = portal.tokens(&answer.parameter("code").unwrap()).await;
    assert_eq!(tokens.claims()["nonce"], "nonce-of-the-portal");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_posted_request_leads_by_303_to_its_page_and_sets_no_cookie() {
    let app = App::start().await;
    let (portal, browser) = (app.portal(), app.browser_of(AN).await);
    let session = browser.cookie("dinhdanh_session");
    let request = portal.request(&[]);
    let fields: Vec<_> = request.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    // As from another site: SameSite=Lax keeps our cookies back.
    let stranger = app.browser();
    let answer = stranger.post("/oauth2/authorize", &fields).await;
    assert_eq!(answer.status, 303);
    assert!(answer.headers.get("set-cookie").is_none(), "a cookie would replace the one that the post could not carry");
    let page = browser.get(&answer.location().unwrap()).await;
    assert!(page.is_consent_page(), "the session counts at the interaction's own page: {}", page.text());
    let answer = browser.allow(&page).await;
    assert!(answer.parameter("code").is_some());
    assert_eq!(browser.cookie("dinhdanh_session"), session);
}

#[tokio::test(flavor = "multi_thread")]
async fn prompt_none_never_shows_a_page() {
    let app = App::start().await;
    let portal = app.portal();
    let nobody = app.browser();
    assert_eq!(portal.silently(&nobody, &[]).await.parameter("error").as_deref(), Some("login_required"));
    let browser = app.browser_of(AN).await;
    assert_eq!(portal.silently(&browser, &[]).await.parameter("error").as_deref(), Some("consent_required"));
    portal.code(&browser, AN, &[]).await;
    let answer = portal.silently(&browser, &[]).await;
    assert!(answer.parameter("code").is_some(), "{:?}", answer.location());
    assert_eq!(answer.parameter("state").as_deref(), Some("state-of-the-portal"));
}

#[tokio::test(flavor = "multi_thread")]
async fn prompt_login_asks_for_the_password_again_and_keeps_sub_and_sid() {
    let app = App::start().await;
    let (portal, browser) = (app.trusted_portal(), app.browser());
    let first = portal.tokens(&portal.code(&browser, AN, &[]).await).await.claims();
    app.later(100);
    let page = browser.get(&portal.authorize(&[("prompt", Some("login"))])).await;
    assert!(page.is_sign_in_page(), "{}", page.text());
    let again = browser.get(&format!("/interaction/{}", page.interaction())).await;
    assert!(again.is_sign_in_page(), "reloading does not get around it");
    let answer = browser.sign_in(&page, AN, PASSWORD).await;
    let second = portal.tokens(&answer.parameter("code").unwrap()).await.claims();
    assert_eq!((&first["sub"], &first["sid"]), (&second["sub"], &second["sid"]));
    assert!(second["auth_time"].as_i64().unwrap() >= first["auth_time"].as_i64().unwrap() + 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn prompt_consent_shows_the_consent_page_although_it_is_remembered() {
    let app = App::start().await;
    let (portal, browser) = (app.portal(), app.browser());
    portal.code(&browser, AN, &[]).await;
    let page = browser.get(&portal.authorize(&[("prompt", Some("consent"))])).await;
    assert!(page.is_consent_page(), "{}", page.text());
    let both = browser.get(&portal.authorize(&[("prompt", Some("login consent"))])).await;
    assert!(both.is_sign_in_page());
    assert!(browser.sign_in(&both, AN, PASSWORD).await.is_consent_page());
}

#[tokio::test(flavor = "multi_thread")]
async fn prompt_select_account_lets_the_citizen_go_on_or_change() {
    let app = App::start().await;
    let (portal, browser) = (app.trusted_portal(), app.browser_of(AN).await);
    let choose = [("prompt", Some("select_account"))];
    let page = browser.get(&portal.authorize(&choose)).await;
    assert!(page.has("#continue") && page.has("#other"), "{}", page.text());
    let answer = browser.submit(&page, None, &[("account", "current")]).await;
    assert!(answer.parameter("code").is_some(), "{}", answer.text());

    let page = browser.get(&portal.authorize(&choose)).await;
    let page = browser.submit(&page, None, &[("account", "other")]).await;
    assert!(page.is_sign_in_page(), "{}", page.text());
    let answer = browser.sign_in(&page, BINH, PASSWORD).await;
    let tokens = portal.tokens(&answer.parameter("code").unwrap()).await;
    assert_eq!(portal.userinfo(&tokens.access_token).await.json()["name"], "Trần Thị Bình");
}

#[tokio::test(flavor = "multi_thread")]
async fn max_age_asks_again_once_the_sign_in_is_older() {
    let app = App::start().await;
    let (portal, browser) = (app.trusted_portal(), app.browser_of(AN).await);
    let fresh = browser.get(&portal.authorize(&[("max_age", Some("60"))])).await;
    let tokens = portal.tokens(&fresh.parameter("code").unwrap()).await;
    assert!(tokens.claims()["auth_time"].is_i64(), "Core §2: auth_time is REQUIRED when max_age is asked");
    app.later(61);
    let stale = portal.silently(&browser, &[("max_age", Some("60"))]).await;
    assert_eq!(stale.parameter("error").as_deref(), Some("login_required"));
    let page = browser.get(&portal.authorize(&[("max_age", Some("60"))])).await;
    assert!(page.is_sign_in_page());
    assert!(browser.sign_in(&page, AN, PASSWORD).await.parameter("code").is_some());
    let zero = browser.get(&portal.authorize(&[("max_age", Some("0"))])).await;
    assert!(zero.is_sign_in_page(), "max_age=0 is prompt=login");
}

#[tokio::test(flavor = "multi_thread")]
async fn login_hint_fills_the_number_in_and_is_never_markup() {
    let app = App::start().await;
    let page = app.browser().get(&app.portal().authorize(&[("login_hint", Some(AN))])).await;
    assert_eq!(page.attribute("#citizen_id", "value").as_deref(), Some(AN));
    let nasty = r#""><script>alert(1)</script>"#;
    let page = app.browser().get(&app.portal().authorize(&[("login_hint", Some(nasty))])).await;
    assert_eq!(page.attribute("#citizen_id", "value").as_deref(), Some(nasty));
    assert!(!page.body.contains("<script>alert"));
}

#[tokio::test(flavor = "multi_thread")]
async fn id_token_hint_holds_the_portal_to_one_person() {
    let app = App::start().await;
    let (portal, an) = (app.trusted_portal(), app.browser());
    let hint = portal.tokens(&portal.code(&an, AN, &[]).await).await.id_token;
    let hinted = [("id_token_hint", Some(hint.as_str()))];
    assert!(portal.silently(&an, &hinted).await.parameter("code").is_some());

    let binh = app.browser_of(BINH).await;
    assert_eq!(portal.silently(&binh, &hinted).await.parameter("error").as_deref(), Some("login_required"));
    let page = binh.get(&portal.authorize(&hinted)).await;
    assert!(page.is_sign_in_page(), "{}", page.text());
    let answer = binh.sign_in(&page, BINH, PASSWORD).await;
    assert_eq!(answer.parameter("error").as_deref(), Some("login_required"), "another person is no answer");

    let other = app.portal().signed_in(&app, "openid").await.id_token;
    for wrong in [other.as_str(), "rubbish", "a.b.c", &format!("{}x", &hint[..hint.len() - 1])] {
        let answer = portal.silently(&an, &[("id_token_hint", Some(wrong))]).await;
        assert_eq!(answer.parameter("error").as_deref(), Some("invalid_request"), "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_id_token_hint_still_names_its_person() {
    let app = App::start().await;
    let (portal, an) = (app.trusted_portal(), app.browser());
    let hint = portal.tokens(&portal.code(&an, AN, &[]).await).await.id_token;
    app.later(700);
    let answer = portal.silently(&an, &[("id_token_hint", Some(hint.as_str()))]).await;
    assert!(answer.parameter("code").is_some(), "{:?}", answer.location());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sub_asked_for_by_the_claims_parameter_is_answered_for_that_person_only() {
    let app = App::start().await;
    let (portal, an) = (app.trusted_portal(), app.browser());
    let sub = portal.tokens(&portal.code(&an, AN, &[]).await).await.claims()["sub"].clone();
    let asked = json!({ "id_token": { "sub": { "value": sub } } }).to_string();
    assert!(portal.silently(&an, &[("claims", Some(&asked))]).await.parameter("code").is_some());
    let binh = app.browser_of(BINH).await;
    assert_eq!(portal.silently(&binh, &[("claims", Some(&asked))]).await.parameter("error").as_deref(), Some("login_required"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_claims_parameter_puts_a_claim_into_the_id_token() {
    let app = App::start().await;
    let portal = app.portal();
    let asked = json!({ "id_token": { "birthdate": { "essential": true } }, "userinfo": { "email": null } }).to_string();
    let code = portal.code(&app.browser(), AN, &[("scope", Some("openid")), ("claims", Some(&asked))]).await;
    let tokens = portal.tokens(&code).await;
    assert_eq!(tokens.claims()["birthdate"], "1990-05-20");
    assert!(!tokens.claims().contains_key("email"));
    let userinfo = portal.userinfo(&tokens.access_token).await.json();
    assert_eq!(userinfo["email"], "an@congdan.example");
    assert!(userinfo.get("name").is_none(), "{userinfo}");
    let plain = app.other_portal().signed_in(&app, "openid profile").await;
    assert!(!claims(&plain.id_token).contains_key("name"), "personal claims go to userinfo");
}

#[tokio::test(flavor = "multi_thread")]
async fn ui_locales_choose_the_language_unless_the_citizen_did() {
    let app = App::start().await;
    let (portal, browser) = (app.portal(), app.browser());
    let language = |locales: &'static str| portal.authorize(&[("ui_locales", Some(locales))]);
    for (asked, shown) in [("en", "en"), ("vi", "vi"), ("fr en-GB vi", "en"), ("fr", "vi"), ("", "vi")] {
        let page = browser.get(&language(asked)).await;
        assert_eq!(page.attribute("html", "lang").as_deref(), Some(shown), "{asked}");
    }
    let page = browser.get(&language("vi")).await;
    let switched = browser.get(&page.attribute("#switch-language", "href").unwrap()).await;
    assert!(switched.is_sign_in_page());
    assert_eq!(switched.attribute("html", "lang").as_deref(), Some("en"));
    assert_eq!(browser.get(&language("vi")).await.attribute("html", "lang").as_deref(), Some("en"), "the citizen's choice stays");
}
