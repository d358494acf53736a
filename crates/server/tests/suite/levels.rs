//! Account level and authentication level (design section 7): what binds, what is a wish, and how a sign-in rises.

use serde_json::json;

use crate::support::{AN, App, BINH, DUC, PASSWORD, newest_code};

const ND69: &str = "urn:vn:nd69:xacthuc:";

fn essential(values: &[&str]) -> String {
    json!({ "id_token": { "acr": { "essential": true, "values": values } } }).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_up_needs_no_password_keeps_sub_and_sid_and_changes_the_cookie() {
    let app = App::start().await;
    let (portal, level_two, browser) = (app.portal(), app.level_two_portal(), app.browser());
    let before = portal.tokens(&portal.code(&browser, AN, &[]).await).await.claims();
    assert_eq!((&before["acr"], &before["amr"]), (&json!("LoA1"), &json!(["pwd"])));
    assert_eq!((&before["account_level"], &before["authentication_level"]), (&json!(2), &json!(1)));
    let cookie = browser.cookie("dinhdanh_session").unwrap();

    assert_eq!(level_two.silently(&browser, &[]).await.parameter("error").as_deref(), Some("interaction_required"));
    let page = browser.get(&level_two.authorize(&[])).await;
    assert!(page.is_code_page(), "{}", page.text());
    assert!(!page.has("#skip"), "this portal cannot do without");
    let code = newest_code(&browser, AN).await;
    let page = browser.submit(&page, None, &[("otp", &code)]).await;
    assert!(page.is_consent_page(), "{}", page.text());
    let raised = browser.cookie("dinhdanh_session").unwrap();
    assert_ne!(cookie, raised, "a session that rises gets a new secret");
    let answer = browser.allow(&page).await;
    let claims = level_two.tokens(&answer.parameter("code").unwrap()).await.claims();
    assert_eq!((&claims["acr"], &claims["authentication_level"]), (&json!("LoA2"), &json!(2)));
    assert_eq!(claims["amr"], json!(["pwd", "otp", "mfa"]));

    let after = portal.tokens(&portal.code(&browser, AN, &[]).await).await.claims();
    assert_eq!((&after["sub"], &after["sid"]), (&before["sub"], &before["sid"]));
    assert_eq!(after["acr"], "LoA2");
    assert_ne!((&claims["sub"], &claims["sid"]), (&after["sub"], &after["sid"]), "another portal knows other names");

    let thief = app.browser();
    thief.plant("dinhdanh_session", &cookie);
    assert_eq!(portal.silently(&thief, &[]).await.parameter("error").as_deref(), Some("login_required"), "the old secret is dead");
}

#[tokio::test(flavor = "multi_thread")]
async fn auth_time_is_that_of_the_oldest_factor() {
    let app = App::start().await;
    let (portal, browser) = (app.level_two_portal(), app.browser());
    let page = browser.get(&portal.authorize(&[])).await;
    let started = app.provider.clock.now().unix_timestamp();
    let page = browser.sign_in(&page, AN, PASSWORD).await;
    app.later(120);
    let code = newest_code(&browser, AN).await;
    let page = browser.submit(&page, None, &[("otp", &code)]).await;
    let answer = browser.allow(&page).await;
    let auth_time = portal.tokens(&answer.parameter("code").unwrap()).await.claims()["auth_time"].as_i64().unwrap();
    assert!((started - 2..started + 60).contains(&auth_time), "{auth_time} {started}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_level_1_citizen_learns_how_to_get_level_2_and_the_portal_gets_its_error() {
    let app = App::start().await;
    let (portal, browser) = (app.level_two_portal(), app.browser());
    let page = browser.get(&format!("{}&lang=en", portal.authorize(&[]))).await;
    let page = browser.sign_in(&page, BINH, PASSWORD).await;
    assert!(page.is_notice(403), "{}", page.text());
    let text = page.text();
    for said in ["level 2", "commune-level police", "TK01", "3 working days", "Articles 7, 10, 11 and 13"] {
        assert!(text.contains(said), "{said} is missing on {text}");
    }
    let answer = browser.cancel(&page).await;
    assert_eq!(answer.parameter("error").as_deref(), Some("unmet_authentication_requirements"));
    assert_eq!(answer.parameter("state").as_deref(), Some("state-of-the-portal"));
    let silent = portal.silently(&browser, &[]).await;
    assert_eq!(silent.parameter("error").as_deref(), Some("unmet_authentication_requirements"));
    assert!(browser.get(&app.trusted_portal().authorize(&[])).await.parameter("code").is_some(), "at level 1 she is welcome");
}

#[tokio::test(flavor = "multi_thread")]
async fn acr_values_are_a_wish() {
    let app = App::start().await;
    let (portal, browser) = (app.trusted_portal(), app.browser());
    // It cannot be met: signed in at level 1.
    let tokens = portal.tokens(&portal.code(&browser, BINH, &[("acr_values", Some("LoA2"))]).await).await;
    assert_eq!(tokens.claims()["acr"], "LoA1");
    // It can: a page, which may be skipped.
    let an = app.browser();
    let page = an.get(&portal.authorize(&[("acr_values", Some("LoA2 LoA1"))])).await;
    let page = an.sign_in(&page, AN, PASSWORD).await;
    assert!(page.is_code_page() && page.has("#skip"));
    let answer = an.submit(&page, Some("/interaction/otp/skip"), &[]).await;
    assert_eq!(portal.tokens(&answer.parameter("code").unwrap()).await.claims()["acr"], "LoA1");
    let silent = portal.silently(&an, &[("acr_values", Some("LoA2"))]).await;
    assert_eq!(portal.tokens(&silent.parameter("code").unwrap()).await.claims()["acr"], "LoA1", "no error, no page");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authentication_level_alone_is_open_to_level_1_accounts() {
    let app = App::start().await;
    let (portal, browser) = (app.trusted_portal(), app.browser());
    let two = format!("{ND69}2");
    let code = portal.code(&browser, BINH, &[("acr_values", Some(&two))]).await;
    let claims = portal.tokens(&code).await.claims();
    assert_eq!(claims["acr"], two);
    assert_eq!((&claims["account_level"], &claims["authentication_level"]), (&json!(1), &json!(2)));
    let page = browser.get(&app.level_two_portal().authorize(&[])).await;
    assert!(page.is_notice(403), "a code does not raise the account");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_essential_acr_binds() {
    let app = App::start().await;
    let portal = app.trusted_portal();
    let an = app.browser_of(AN).await;
    let (two, three) = (essential(&["LoA2"]), essential(&["urn:vn:nd69:xacthuc:3", "urn:vn:nd69:xacthuc:4"]));
    assert_eq!(portal.silently(&an, &[("claims", Some(&two))]).await.parameter("error").as_deref(), Some("interaction_required"));
    let page = an.get(&portal.authorize(&[("claims", Some(&two))])).await;
    assert!(page.is_code_page() && !page.has("#skip"), "{}", page.text());
    let skipped = an.submit(&page, Some("/interaction/otp/skip"), &[]).await;
    assert!(skipped.is_code_page(), "what binds cannot be skipped: {:?}", skipped.location());
    let code = newest_code(&an, AN).await;
    let answer = an.submit(&page, None, &[("otp", &code)]).await;
    assert_eq!(portal.tokens(&answer.parameter("code").unwrap()).await.claims()["acr"], "LoA2");

    let page = an.get(&portal.authorize(&[("claims", Some(&three))])).await;
    assert!(page.is_notice(403), "{}", page.text());
    assert_eq!(an.cancel(&page).await.parameter("error").as_deref(), Some("unmet_authentication_requirements"));
    let unknown = essential(&["urn:example:unknown"]);
    let silent = portal.silently(&an, &[("claims", Some(&unknown))]).await;
    assert_eq!(silent.parameter("error").as_deref(), Some("unmet_authentication_requirements"));

    let binh = app.browser_of(BINH).await;
    let either = essential(&["LoA2", "LoA1"]);
    let silent = portal.silently(&binh, &[("claims", Some(&either))]).await;
    assert_eq!(portal.tokens(&silent.parameter("code").unwrap()).await.claims()["acr"], "LoA1", "one of the values is enough");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_is_the_first_requested_value_that_is_met() {
    let app = App::start().await;
    let (portal, browser) = (app.trusted_portal(), app.browser());
    portal.code(&browser, AN, &[("acr_values", Some("LoA2"))]).await;
    for (asked, answered) in [
        ("LoA1 LoA2", "LoA1"),
        ("urn:vn:nd69:xacthuc:2 LoA2", "urn:vn:nd69:xacthuc:2"),
        ("urn:vn:nd69:xacthuc:4 LoA1", "LoA1"),
        ("unknown", "LoA2"),
    ] {
        let answer = portal.silently(&browser, &[("acr_values", Some(asked))]).await;
        assert_eq!(portal.tokens(&answer.parameter("code").unwrap()).await.claims()["acr"], answered, "{asked}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_level_2_scope_leads_to_the_code_page_and_may_be_skipped() {
    let app = App::start().await;
    let (portal, browser) = (app.portal(), app.browser_of(AN).await);
    let page = browser.get(&portal.authorize_scope("openid profile eid")).await;
    assert!(page.is_code_page() && page.has("#skip"));
    let binh = app.browser_of(BINH).await;
    let page = binh.get(&portal.authorize_scope("openid profile eid")).await;
    assert!(page.is_consent_page(), "a level-1 citizen is not sent on a way without an end: {}", page.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_codes_run_out_and_an_expired_one_is_said_to_be() {
    let app = App::start().await;
    let (portal, browser) = (app.level_two_portal(), app.browser_of(AN).await);
    let page = browser.get(&portal.authorize(&[])).await;
    let right = newest_code(&browser, AN).await;
    let wrong = if right == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        let answer = browser.submit(&page, None, &[("otp", wrong)]).await;
        assert!(answer.is_code_page() && answer.status == 400, "{} {}", answer.status, answer.text());
    }
    let answer = browser.submit(&page, None, &[("otp", &right)]).await;
    assert!(answer.is_code_page(), "five tries are all there is, also for the right code");

    let soon = browser.submit(&page, Some("/interaction/otp/resend"), &[]).await;
    assert!(soon.is_code_page() && soon.status == 429, "{}", soon.status);
    app.later(31);
    assert!(browser.submit(&page, Some("/interaction/otp/resend"), &[]).await.is_code_page());
    let fresh = newest_code(&browser, AN).await;
    app.later(181);
    let late = browser.submit(&page, None, &[("otp", &fresh)]).await;
    assert!(late.is_code_page(), "three minutes are all there is: {:?}", late.location());
    assert!(browser.submit(&page, Some("/interaction/otp/resend"), &[]).await.is_code_page());
    let code = newest_code(&browser, AN).await;
    assert!(browser.submit(&page, None, &[("otp", &code)]).await.is_consent_page());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_good_once_and_for_its_own_citizen() {
    let app = App::start().await;
    let portal = app.trusted_portal();
    let step_up = [("acr_values", Some("LoA2"))];
    let an = app.browser();
    let page = an.get(&portal.authorize(&step_up)).await;
    let page = an.sign_in(&page, AN, PASSWORD).await;
    let code = newest_code(&an, AN).await;
    let binh = app.browser();
    let hers = binh.get(&portal.authorize(&[("acr_values", Some("urn:vn:nd69:xacthuc:2"))])).await;
    let hers = binh.sign_in(&hers, BINH, PASSWORD).await;
    let answer = binh.submit(&hers, None, &[("otp", &code)]).await;
    assert!(answer.is_code_page() || newest_code(&binh, BINH).await == code, "another citizen's code");
    assert!(an.submit(&page, None, &[("otp", &code)]).await.parameter("code").is_some());

    let second = app.browser();
    let page = second.get(&portal.authorize(&step_up)).await;
    let page = second.sign_in(&page, AN, PASSWORD).await;
    assert!(second.submit(&page, None, &[("otp", &code)]).await.is_code_page(), "a used code");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_signs_in_with_the_code_from_the_guardians_phone() {
    let app = App::start().await;
    let (portal, browser) = (app.portal(), app.browser());
    let page = browser.get(&portal.authorize(&[])).await;
    let page = browser.sign_in(&page, DUC, PASSWORD).await;
    assert!(page.is_code_page(), "{}", page.text());
    assert!(!page.has("#skip"), "the guardian's consent binds");
    let text = page.text();
    assert!(
        text.contains("Hoàng Minh Đức") && !text.contains("Nguyễn Văn An") && !text.contains("599000001"),
        "the guardian is masked: {text}"
    );
    let message = crate::support::portal::outbox(&browser, DUC).await[0].clone();
    assert_eq!(message["to"], "+84599000001", "it went to the guardian's phone");
    assert!(message["text"].as_str().unwrap().contains("Hoàng Minh Đức"));
    assert_eq!(portal.silently(&browser, &[]).await.parameter("error").as_deref(), Some("interaction_required"));

    let page = browser.submit(&page, None, &[("otp", message["code"].as_str().unwrap())]).await;
    assert!(page.is_consent_page(), "{}", page.text());
    let answer = browser.allow(&page).await;
    let tokens = portal.tokens(&answer.parameter("code").unwrap()).await;
    assert_eq!(portal.userinfo(&tokens.access_token).await.json()["name"], "Hoàng Minh Đức");
    app.later(31);
    let other = browser.get(&app.other_portal().authorize(&[])).await;
    assert!(other.is_code_page(), "the guardian agrees to each portal: {}", other.text());

    app.lock(AN).await;
    let page = app.browser().get(&portal.authorize(&[])).await;
    assert!(page.is_sign_in_page());
    let child = app.browser();
    let page = child.get(&portal.authorize(&[])).await;
    assert!(child.sign_in(&page, DUC, PASSWORD).await.is_notice(403), "a locked guardian cannot agree");
    assert_eq!(portal.userinfo(&tokens.access_token).await.status, 401, "nor does what was agreed go on");
}
