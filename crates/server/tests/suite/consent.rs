//! Consent: asked for, remembered, asked again when more is wanted; what the page lists is what leaves.

use std::collections::BTreeSet;

use persistence::{ClientRecord, Consent, Origin};
use serde_json::json;

use crate::support::{AN, App, BINH, PASSWORD, Portal, newest_code};

#[tokio::test(flavor = "multi_thread")]
async fn consent_is_remembered_for_this_portal_and_no_other() {
    let app = App::start().await;
    let browser = app.browser();
    app.portal().code(&browser, AN, &[]).await;
    assert!(browser.get(&app.portal().authorize(&[])).await.parameter("code").is_some());
    assert!(browser.get(&app.portal().authorize_scope("openid")).await.parameter("code").is_some(), "less is covered");
    assert!(browser.get(&app.other_portal().authorize(&[])).await.is_consent_page());
    let another = app.browser();
    let page = another.get(&app.portal().authorize(&[])).await;
    assert!(another.sign_in(&page, AN, PASSWORD).await.parameter("code").is_some(), "remembered across browsers");
    let page = app.browser_of(BINH).await.get(&app.portal().authorize(&[])).await;
    assert!(page.is_consent_page(), "every citizen decides alone");
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_for_more_shows_the_page_again() {
    let app = App::start().await;
    let (portal, browser) = (app.portal(), app.browser());
    portal.code(&browser, AN, &[("scope", Some("openid profile"))]).await;
    let page = browser.get(&portal.authorize_scope("openid profile phone")).await;
    assert!(page.is_consent_page());
    assert!(page.has(".inset"), "the page says that more is asked than before");
    // Declined: what was agreed before still stands, and no more.
    assert_eq!(browser.submit(&page, None, &[("decision", "deny")]).await.parameter("error").as_deref(), Some("access_denied"));
    assert!(browser.get(&portal.authorize_scope("openid profile")).await.parameter("code").is_some());
    portal.code(&browser, AN, &[("scope", Some("openid phone"))]).await;
    assert!(browser.get(&portal.authorize_scope("openid profile phone")).await.parameter("code").is_some(), "both consents add up");
    let by_claims = json!({ "userinfo": { "email": null } }).to_string();
    assert!(browser.get(&portal.authorize(&[("claims", Some(&by_claims))])).await.is_consent_page(), "the claims parameter is asking, too");
    assert!(browser.get(&portal.authorize_scope("openid profile offline_access")).await.is_consent_page(), "so is offline access");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_purpose_is_another_question() {
    let app = App::start().await;
    let (portal, browser) = (app.portal(), app.browser());
    portal.code(&browser, AN, &[]).await;
    let provider = &app.provider;
    let mut client = provider.store.read(|db| ClientRecord::find(db, "portal-a")).await.unwrap().unwrap().client;
    client.purpose = "Mục đích khác".to_owned();
    let now = provider.clock.now();
    provider.store.run(move |db| ClientRecord::upsert(db, &client, Origin::File, now)).await.unwrap();
    provider.forget_clients();
    let page = browser.get(&portal.authorize(&[])).await;
    assert!(page.is_consent_page());
    assert!(page.text().contains("Mục đích khác"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_policy_always_asks_every_time_and_none_never() {
    let app = App::start().await;
    let browser = app.browser();
    let always = Portal::confidential(&app.base, "portal-always");
    for _ in 0..2 {
        let code = always.code(&browser, AN, &[]).await;
        always.tokens(&code).await;
        assert!(browser.get(&always.authorize(&[])).await.is_consent_page());
    }
    assert_eq!(always.silently(&browser, &[]).await.parameter("error").as_deref(), Some("consent_required"));
    assert!(browser.get(&app.trusted_portal().authorize(&[])).await.parameter("code").is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn deny_cancel_and_silence_all_mean_no() {
    let app = App::start().await;
    let (portal, browser) = (app.portal(), app.browser_of(AN).await);
    let answers: [&[(&str, &str)]; 5] =
        [&[("decision", "deny")], &[], &[("decision", "")], &[("decision", "ALLOW")], &[("allow", "allow")]];
    for fields in answers {
        let page = browser.get(&portal.authorize(&[])).await;
        let answer = browser.submit(&page, None, fields).await;
        assert_eq!(answer.parameter("error").as_deref(), Some("access_denied"), "{fields:?}: {}", answer.text());
        assert_eq!(answer.parameter("state").as_deref(), Some("state-of-the-portal"));
        assert!(answer.parameter("code").is_none());
    }
    let page = browser.get(&portal.authorize(&[])).await;
    assert_eq!(browser.cancel(&page).await.parameter("error").as_deref(), Some("access_denied"));
    let account = app.account(AN).await.id;
    let stored = app.provider.store.read(move |db| Consent::list(db, account)).await.unwrap();
    assert!(stored.is_empty(), "{stored:?}");
    assert!(app.usage(AN).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn allowing_what_was_never_shown_releases_nothing() {
    let app = App::start().await;
    let (portal, browser) = (app.portal(), app.browser());
    let page = browser.get(&portal.authorize_scope("openid profile phone")).await;
    let (interaction, csrf) = (page.interaction(), page.hidden("csrf"));
    let hidden = [("interaction", interaction.as_str()), ("csrf", csrf.as_str())];
    // Signed in, but the consent page is not fetched.
    let answer = browser.post("/interaction/login", &[&hidden[..], &[("citizen_id", AN), ("password", PASSWORD)]].concat()).await;
    assert_eq!(answer.location(), Some(format!("/interaction/{interaction}")));
    let blind = browser.post("/interaction/consent", &[&hidden[..], &[("decision", "allow")]].concat()).await;
    assert!(blind.parameter("code").is_none(), "{:?}", blind.location());
    assert!(browser.follow(blind).await.is_consent_page());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_listed_is_what_is_released() {
    let app = App::start().await;
    let (portal, browser) = (app.portal(), app.browser());
    let page = browser.get(&format!("{}&lang=en", portal.authorize_scope("openid profile phone citizen_id"))).await;
    let page = browser.sign_in(&page, AN, PASSWORD).await;
    let listed: BTreeSet<String> = page.texts(".group dt").into_iter().collect();
    let expected =
        ["Full name", "Date of birth", "Sex", "Language", "Mobile number", "Personal identification number", "Old 9-digit ID number"];
    assert_eq!(listed, expected.into_iter().map(str::to_owned).collect::<BTreeSet<_>>());
    let text = page.text();
    for value in ["Nguyễn Văn An", AN, "098000001", "To know who files the dossier", "12/2026", "Cổng dịch vụ A"] {
        assert!(text.contains(value), "{value} is missing on {text}");
    }
    let answer = browser.allow(&page).await;
    let tokens = portal.tokens(&answer.parameter("code").unwrap()).await;
    let userinfo = portal.userinfo(&tokens.access_token).await.json();
    let names: BTreeSet<&str> = userinfo.as_object().unwrap().keys().map(String::as_str).collect();
    let released = [
        "sub",
        "name",
        "family_name",
        "middle_name",
        "given_name",
        "birthdate",
        "gender",
        "locale",
        "updated_at",
        "phone_number",
        "phone_number_verified",
        "citizen_id",
        "old_id_number",
        "acr",
        "account_level",
        "authentication_level",
    ];
    assert_eq!(names, released.into_iter().collect());
    assert_eq!(app.usage(AN).await[0].attributes, ["name", "birthdate", "gender", "locale", "phone", "citizen_id_number", "old_id_number"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consent_at_level_1_does_not_cover_level_2() {
    let app = App::start().await;
    let (portal, browser) = (app.portal(), app.browser());
    let scope = "openid profile eid address";
    let page = browser.get(&portal.authorize_scope(scope)).await;
    let page = browser.sign_in(&page, AN, PASSWORD).await;
    assert!(page.is_code_page() && page.has("#skip"));
    let page = browser.submit(&page, Some("/interaction/otp/skip"), &[]).await;
    assert!(page.is_consent_page());
    assert!(!page.has(".group .level"), "nothing of level 2 is listed");
    assert!(browser.allow(&page).await.parameter("code").is_some());

    app.later(31);
    let page = browser.get(&portal.authorize_scope(scope)).await;
    assert!(page.is_code_page(), "{}", page.text());
    let code = newest_code(&browser, AN).await;
    let page = browser.submit(&page, None, &[("otp", &code)]).await;
    assert!(page.is_consent_page(), "more can be released now, so more is asked");
    assert!(page.has(".group .level"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_datum_without_a_value_is_listed_as_such() {
    let app = App::start().await;
    let browser = app.browser();
    let page = browser.get(&app.portal().authorize_scope("openid citizen_id")).await;
    let page = browser.sign_in(&page, BINH, PASSWORD).await;
    assert!(page.is_consent_page(), "{}", page.text());
    assert!(page.has(".group .none"), "an old number is not on record, but it could be released later");
}
