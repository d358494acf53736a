//! Every way a sign-in ends without one: its own page, in words, with a way on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use oidc_provider::client::ClientMetadata;
use persistence::{Account, ClientRecord};
use time::macros::{date, datetime};

use crate::support::{AN, App, BINH, Browser, CUONG, DUNG, GIANG, PASSWORD};

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_and_an_unknown_number_get_the_same_answer() {
    let app = App::start().await;
    let portal = app.portal();
    let mut pages = Vec::new();
    for (number, password) in [(AN, "wrong"), (GIANG, PASSWORD), ("098000000099", "wrong"), (CUONG, "wrong"), ("001090000001", PASSWORD)] {
        let browser = app.browser();
        let page = browser.get(&portal.authorize(&[])).await;
        let answer = browser.sign_in(&page, number, password).await;
        assert_eq!(answer.status, 400);
        assert!(answer.is_sign_in_page());
        assert_eq!(answer.attribute("#citizen_id", "value").as_deref(), Some(number), "the number stays, the password does not");
        let request_id = answer.header("x-request-id").to_owned();
        let text = answer.text().replace(&request_id, "");
        pages.push(text.split_whitespace().collect::<Vec<_>>().join(" "));
        assert!(browser.cookie("dinhdanh_session").is_none());
    }
    pages.dedup();
    assert_eq!(pages.len(), 1, "the pages tell who has an account");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_law_refuses_and_the_portal_does_not_learn_why() {
    let app = App::start().await;
    let account = app.account(BINH).await;
    let now = app.provider.clock.now();
    app.provider
        .store
        .run(move |db| Account::set_standing(db, account.id, account.level, account_policy::AccountState::IssuedNotActivated, now))
        .await
        .unwrap();
    for (citizen, said) in [(CUONG, "is locked"), (DUNG, "ID card has expired"), (BINH, "not activated")] {
        let (portal, browser) = (app.trusted_portal(), app.browser());
        let page = browser.get(&format!("{}&lang=en", portal.authorize(&[]))).await;
        let refused = browser.sign_in(&page, citizen, PASSWORD).await;
        assert!(refused.is_notice(403), "{citizen}: {}", refused.text());
        assert!(refused.text().contains(said), "{citizen}: {}", refused.text());
        assert!(refused.text().contains("Article"), "the legal basis");
        assert!(browser.cookie("dinhdanh_session").is_none(), "no session begins");
        let answer = browser.cancel(&refused).await;
        assert_eq!(answer.parameter("error").as_deref(), Some("access_denied"), "{citizen}");
        let told = answer.location().unwrap();
        for ground in ["lock", "expire", "activat", "holder", "card"] {
            assert!(!told.to_lowercase().contains(ground), "{told}");
        }
        let wrong = app.browser();
        let page = wrong.get(&portal.authorize(&[])).await;
        assert!(wrong.sign_in(&page, citizen, "wrong").await.is_sign_in_page(), "only who has the password learns the state");
    }
    assert!(app.usage(CUONG).await.is_empty());
}

async fn wrong_password(app: &App, number: &str) -> (u16, u64) {
    let browser = app.browser();
    let page = browser.get(&app.portal().authorize(&[])).await;
    let answer = browser.sign_in(&page, number, "wrong").await;
    let wait = answer.header("retry-after").parse().unwrap_or(0);
    assert!(answer.is_sign_in_page());
    (answer.status, wait)
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_grows_with_every_failure_for_unknown_numbers_too() {
    let app = App::with(|config| config.limits.address_tries = 1000).await;
    for number in [GIANG, "098000000099", AN] {
        for _ in 0..6 {
            assert_eq!(wrong_password(&app, number).await.0, 400, "{number}");
        }
        let mut longest = 0;
        for _ in 0..5 {
            let (status, wait) = wrong_password(&app, number).await;
            assert_eq!(status, 429, "{number}");
            assert!(wait > longest, "{number}: {wait} after {longest}");
            longest = wait;
            app.later(i64::try_from(wait).unwrap() + 1);
            assert_eq!(wrong_password(&app, number).await.0, 400, "one try when the time has come");
        }
    }
    let browser = app.browser();
    let page = browser.get(&app.portal().authorize(&[])).await;
    let right = browser.sign_in(&page, AN, PASSWORD).await;
    assert_eq!(right.status, 429, "the right password waits like the wrong one, else waiting would tell");
    assert!(browser.sign_in(&page, BINH, PASSWORD).await.is_consent_page(), "others are not kept out");
    app.later(900);
    assert!(
        browser.sign_in(&browser.get(&app.portal().authorize(&[("prompt", Some("login"))])).await, AN, PASSWORD).await.is_consent_page()
    );
    assert_eq!(wrong_password(&app, AN).await.0, 400, "a right password forgives");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_cannot_try_everybody() {
    let app = App::start().await;
    let mut throttled = 0;
    for number in 0..60 {
        let (status, wait) = wrong_password(&app, &format!("0980000{number:05}")).await;
        if status == 429 {
            assert!(wait > 0);
            throttled += 1;
        }
    }
    assert!(throttled >= 5, "{throttled}");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_client_secrets_are_throttled_and_known_clients_elsewhere_are_not() {
    let app = App::with(|config| config.limits.client_tries = 3).await;
    let wrong = crate::support::Portal::new(&app.base, "portal-a", Some("wrong"), "");
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(wrong.post("/oauth2/token", &[("grant_type", "client_credentials")]).await);
    }
    assert_eq!(statuses[0].status, 401);
    let last = statuses.last().unwrap();
    assert_eq!(last.status, 429, "{}", last.body);
    assert!(last.header("retry-after").parse::<u64>().unwrap() > 0);
    assert_eq!(app.other_portal().introspect("x").await["active"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_hashing_queue_is_503_with_retry_after() {
    let app = App::with(|config| {
        config.passwords.memory_kib = 64 * 1024;
        config.passwords.iterations = 6;
        config.passwords.queue = 1;
    })
    .await;
    let browser = app.browser();
    let page = browser.get(&app.portal().authorize(&[])).await;
    let (over, refused) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let flood: Vec<_> = (0..6)
        .map(|_| {
            let (provider, over, refused) = (Arc::clone(&app.provider), Arc::clone(&over), Arc::clone(&refused));
            tokio::spawn(async move {
                while !over.load(Ordering::Relaxed) {
                    if provider.hasher.refuse("x", None).await.is_err() {
                        refused.fetch_add(1, Ordering::Relaxed);
                        tokio::task::yield_now().await;
                    }
                }
            })
        })
        .collect();
    // Somebody was refused: one job runs, one waits, and four more are after every place that comes free.
    while refused.load(Ordering::Relaxed) == 0 {
        tokio::task::yield_now().await;
    }
    let answer = browser.sign_in(&page, AN, PASSWORD).await;
    assert_eq!(answer.status, 503, "{}", answer.text());
    assert!(answer.is_sign_in_page() && answer.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds > 0));
    over.store(true, Ordering::Relaxed);
    for task in flood {
        task.await.unwrap();
    }
    assert!(browser.sign_in(&page, AN, PASSWORD).await.is_consent_page(), "it was nobody's failure");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_cookies_the_page_says_so() {
    let app = App::start().await;
    let browser = Browser::without_cookies(&app.base);
    let page = browser.get(&app.portal().authorize(&[])).await;
    assert!(page.is_sign_in_page());
    let answer = browser.sign_in(&page, AN, PASSWORD).await;
    assert!(answer.is_notice(400), "{} {}", answer.status, answer.text());
    assert!(answer.text().to_lowercase().contains("cookie"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_page_a_finished_one_and_another_browsers_are_three_different_things() {
    let app = App::start().await;
    let (portal, browser) = (app.portal(), app.browser());
    let page = browser.get(&portal.authorize(&[])).await;
    let consent = browser.sign_in(&page, AN, PASSWORD).await;
    assert!(browser.allow(&consent).await.parameter("code").is_some());
    let path = format!("/interaction/{}", consent.interaction());
    let back = browser.get(&path).await;
    assert!(back.is_notice(409), "{} {}", back.status, back.text());
    assert_eq!(back.attribute("#back", "href").as_deref(), Some("https://portal-a.example/"), "the registered page of the portal");
    for again in [browser.allow(&consent).await, browser.sign_in(&page, AN, PASSWORD).await, browser.cancel(&consent).await] {
        assert!(again.is_notice(409), "{} {:?}", again.status, again.location());
    }

    let page = browser.get(&portal.authorize(&[("prompt", Some("login"))])).await;
    assert!(app.browser_of(BINH).await.get(&format!("/interaction/{}", page.interaction())).await.is_notice(403));
    app.later(601);
    let late = browser.sign_in(&page, AN, PASSWORD).await;
    assert!(late.is_notice(410), "{} {}", late.status, late.text());
    assert!(browser.get("/interaction/AAAAAAAAAAAAAAAAAAAAAA").await.is_notice(410));
    assert!(browser.get(&format!("/interaction/{}", "A".repeat(3000))).await.is_notice(410));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_client_gets_nobody_signed_in_and_no_token() {
    let app = App::start().await;
    let (portal, browser) = (app.portal(), app.browser());
    let tokens = portal.tokens(&portal.code(&browser, AN, &[("scope", Some("openid profile offline_access"))]).await).await;
    let page = browser.get(&portal.authorize(&[("prompt", Some("login"))])).await;
    let code = portal.code(&browser, AN, &[]).await;
    let now = app.provider.clock.now();
    assert!(app.provider.store.run(move |db| ClientRecord::disable(db, "portal-a", now)).await.unwrap());
    app.provider.forget_clients();
    assert!(browser.get(&portal.authorize(&[])).await.is_notice(400));
    assert!(browser.get(&portal.authorize(&[("prompt", Some("none"))])).await.is_notice(400), "nor is it told by redirect");
    assert!(browser.sign_in(&page, AN, PASSWORD).await.is_notice(400));
    let unknown = crate::support::Portal::new(&app.base, "nobody", Some("x"), "").exchange(&code).await;
    for answer in [
        portal.exchange(&code).await,
        portal.refresh(&tokens.refresh_token.unwrap()).await,
        portal.post("/oauth2/introspect", &[("token", &tokens.access_token)]).await,
    ] {
        assert_eq!((answer.status, &answer.body), (401, &unknown.body), "it reads like an unknown client");
    }
    assert_eq!(portal.userinfo(&tokens.access_token).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agreement_ends_with_its_last_day() {
    let app = App::with(|config| {
        let client: &mut ClientMetadata = config.clients.iter_mut().find(|client| client.client_id == "portal-trusted").unwrap();
        client.agreement_expires_on = Some(date!(2027 - 12 - 31));
    })
    .await;
    app.at(datetime!(2027-12-31 23:55 +7));
    let portal = app.trusted_portal();
    let browser = app.browser_of(AN).await;
    let tokens = portal.tokens(&portal.silently(&browser, &[]).await.parameter("code").unwrap()).await;
    app.later(302);
    assert!(browser.get(&portal.authorize(&[])).await.is_notice(403));
    assert!(browser.get(&portal.authorize(&[("prompt", Some("none"))])).await.is_notice(403));
    assert_eq!(portal.userinfo(&tokens.access_token).await.status, 401);
    assert_eq!(portal.exchange("x").await.status, 401);
}
