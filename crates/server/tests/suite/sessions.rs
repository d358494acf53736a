//! The session in the browser: how long it lives, and who cannot have it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use persistence::{Account, Session};

use crate::support::{AN, App, BINH, Browser, PASSWORD};

const COOKIE: &str = "dinhdanh_session";

async fn who(app: &App, browser: &Browser) -> Option<String> {
    let portal = app.trusted_portal();
    let code = portal.silently(browser, &[]).await.parameter("code")?;
    let tokens = portal.tokens(&code).await;
    portal.userinfo(&tokens.access_token).await.json()["name"].as_str().map(str::to_owned)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_loses_no_session_token_or_consent() {
    let app = App::start().await;
    let browser = app.browser();
    let portal = app.portal();
    let tokens = portal.tokens(&portal.code(&browser, AN, &[("scope", Some("openid profile offline_access"))]).await).await;

    let restarted = app.restarted().await;
    let (portal, browser) = (restarted.portal(), browser.at(&restarted.base));
    assert_eq!(portal.userinfo(&tokens.access_token).await.json()["name"], "Nguyễn Văn An");
    assert_eq!(portal.introspect(&tokens.access_token).await["active"], true);
    assert_eq!(portal.refresh(&tokens.refresh_token.clone().unwrap()).await.status, 200);
    let answer = portal.silently(&browser, &[("scope", Some("openid profile offline_access"))]).await;
    let again = portal.tokens(&answer.parameter("code").unwrap()).await;
    assert_eq!((&again.claims()["sub"], &again.claims()["sid"]), (&tokens.claims()["sub"], &tokens.claims()["sid"]));
    assert_eq!(again.claims()["iss"], app.base);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_costs_a_page_in_progress_a_fresh_start_and_no_more() {
    let app = App::start().await;
    let browser = app.browser();
    let page = browser.get(&app.portal().authorize(&[])).await;
    let restarted = app.restarted().await;
    let browser = browser.at(&restarted.base);
    let answer = browser.sign_in(&page, AN, PASSWORD).await;
    assert!(answer.is_notice(410), "{} {}", answer.status, answer.text());
    let code = restarted.portal().code(&browser, AN, &[]).await;
    restarted.portal().tokens(&code).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_after_fifteen_minutes_without_use() {
    let app = App::start().await;
    let browser = app.browser_of(AN).await;
    for _ in 0..3 {
        app.later(14 * 60);
        assert!(who(&app, &browser).await.is_some(), "use keeps it");
    }
    app.later(15 * 60 + 61);
    assert_eq!(who(&app, &browser).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_after_eight_hours_whatever_the_use() {
    let app = App::start().await;
    let browser = app.browser_of(AN).await;
    for _ in 0..39 {
        app.later(12 * 60);
        assert!(who(&app, &browser).await.is_some());
    }
    app.later(12 * 60);
    assert_eq!(who(&app, &browser).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_secret_changes_at_every_sign_in_and_the_old_one_is_dead() {
    let app = App::start().await;
    let browser = app.browser_of(AN).await;
    let first = browser.cookie(COOKIE).unwrap();
    let page = browser.get(&app.trusted_portal().authorize(&[("prompt", Some("login"))])).await;
    browser.sign_in(&page, AN, PASSWORD).await;
    assert_ne!(browser.cookie(COOKIE).unwrap(), first);
    let thief = app.browser();
    thief.plant(COOKIE, &first);
    assert_eq!(who(&app, &thief).await, None);
    assert!(who(&app, &browser).await.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planted_session_is_not_adopted() {
    let app = App::start().await;
    let attacker = app.browser_of(BINH).await;
    let planted = attacker.cookie(COOKIE).unwrap();
    let victim = app.browser();
    victim.plant(COOKIE, &planted);
    let page = victim.get(&app.trusted_portal().authorize(&[("prompt", Some("login"))])).await;
    victim.sign_in(&page, AN, PASSWORD).await;
    assert_ne!(victim.cookie(COOKIE).unwrap(), planted);
    assert_eq!(who(&app, &victim).await.as_deref(), Some("Nguyễn Văn An"));
    assert_ne!(who(&app, &attacker).await.as_deref(), Some("Nguyễn Văn An"), "the attacker does not become the victim");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_account_replaces_the_session() {
    let app = App::start().await;
    let (portal, browser) = (app.trusted_portal(), app.browser());
    let an = portal.tokens(&portal.code(&browser, AN, &[]).await).await;
    let old = browser.cookie(COOKIE).unwrap();
    let page = browser.get(&portal.authorize(&[("prompt", Some("login"))])).await;
    let answer = browser.sign_in(&page, BINH, PASSWORD).await;
    let binh = portal.tokens(&answer.parameter("code").unwrap()).await;
    assert_ne!(an.claims()["sub"], binh.claims()["sub"]);
    assert_ne!(an.claims()["sid"], binh.claims()["sid"]);
    assert_eq!(who(&app, &browser).await.as_deref(), Some("Trần Thị Bình"));
    assert_eq!(portal.userinfo(&an.access_token).await.status, 401, "the first session has ended, and its tokens with it");
    let thief = app.browser();
    thief.plant(COOKIE, &old);
    assert_eq!(who(&app, &thief).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_factor_does_not_pass_to_the_next_person() {
    let app = App::start().await;
    let (portal, browser) = (app.trusted_portal(), app.browser());
    portal.code(&browser, AN, &[("acr_values", Some("LoA2"))]).await;
    let page = browser.get(&portal.authorize(&[("prompt", Some("login"))])).await;
    let answer = browser.sign_in(&page, AN, PASSWORD).await;
    let claims = portal.tokens(&answer.parameter("code").unwrap()).await.claims();
    assert_eq!(claims["acr"], "LoA1", "prompt=login proves the password anew and nothing else");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tampered_cookie_is_nobody() {
    let app = App::start().await;
    let browser = app.browser_of(AN).await;
    let bytes = URL_SAFE_NO_PAD.decode(browser.cookie(COOKIE).unwrap()).unwrap();
    for position in [0, 15, 16, 47] {
        let mut changed = bytes.clone();
        changed[position] ^= 1;
        let thief = app.browser();
        thief.plant(COOKIE, &URL_SAFE_NO_PAD.encode(&changed));
        assert_eq!(who(&app, &thief).await, None, "{position}");
    }
    for rubbish in ["", "x", "AAAA", &URL_SAFE_NO_PAD.encode([0; 48]), &"A".repeat(3000)] {
        let thief = app.browser();
        thief.plant(COOKIE, rubbish);
        assert_eq!(who(&app, &thief).await, None, "{rubbish:.20}");
    }
    assert!(who(&app, &browser).await.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_or_a_sign_out_everywhere_ends_every_session() {
    let app = App::start().await;
    for by_password in [true, false] {
        let (one, two) = (app.browser_of(AN).await, app.browser_of(AN).await);
        let token = app.portal().signed_in(&app, "openid profile offline_access").await.access_token;
        let account = app.account(AN).await;
        let now = app.provider.clock.now();
        let hash = account.password_hash.unwrap();
        app.provider
            .store
            .run(move |db| {
                if by_password {
                    Account::set_password(db, account.id, &hash, now).map(drop)
                } else {
                    Account::raise_epoch(db, account.id, now)?;
                    Session::end_all_of(db, account.id, now).map(drop)
                }
            })
            .await
            .unwrap();
        for browser in [&one, &two] {
            assert_eq!(who(&app, browser).await, None);
        }
        assert_eq!(app.portal().userinfo(&token).await.status, 401);
    }
}
