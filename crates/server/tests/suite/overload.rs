//! More requests than there is room for: 503 with `Retry-After` at once for what can come back later, an answer for everything else.

use std::sync::Mutex;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use crate::support::{AN, Answer, App};

/// The database's writer stands still until this is dropped: every request that has to write is held in flight.
struct Standstill(#[allow(dead_code)] Sender<()>);

impl Standstill {
    async fn of(app: &App) -> Self {
        let (release, gate) = channel::<()>();
        let (begun, entered) = channel::<()>();
        let gate = Mutex::new(gate);
        let blocked = app.provider.store.run(move |_| {
            let _ = begun.send(());
            let _ = gate.lock().unwrap().recv();
            Ok(())
        });
        tokio::spawn(blocked);
        tokio::task::spawn_blocking(move || entered.recv()).await.unwrap().expect("the writer stands still");
        Self(release)
    }
}

/// Waits until so many requests are being worked on.
async fn until_in_flight(app: &App, requests: usize) {
    let reached = async {
        while app.provider.admission.in_flight() < requests {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), reached).await.expect("they are held in flight");
}

fn wants_to_see_you_later(answer: &Answer) -> bool {
    answer.status == 503 && answer.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds > 0)
}

#[tokio::test(flavor = "multi_thread")]
async fn over_the_bound_new_sign_ins_wait_outside_and_begun_ones_finish() {
    let app = App::with(|config| config.http.in_flight = 2).await;
    let (portal, browser) = (app.trusted_portal(), app.browser_of(AN).await);
    let mut codes = Vec::new();
    for _ in 0..5 {
        codes.push(portal.silently(&browser, &[]).await.parameter("code").unwrap());
    }
    let one_more = codes.pop().unwrap();
    let standstill = Standstill::of(&app).await;
    let held: Vec<_> = codes
        .into_iter()
        .map(|code| {
            let portal = app.trusted_portal();
            tokio::spawn(async move { portal.exchange(&code).await.status })
        })
        .collect();
    until_in_flight(&app, 4).await;

    let page = browser.get(&portal.authorize(&[])).await;
    assert!(wants_to_see_you_later(&page) && page.is_notice(503), "{} {}", page.status, page.text());
    assert_eq!(page.header("x-frame-options"), "DENY");
    assert!(page.header("content-security-policy").contains("frame-ancestors 'none'") && page.header("cache-control").contains("no-store"));
    browser.plant("dinhdanh_lang", "en");
    let english = browser.get(&portal.authorize(&[])).await;
    assert_eq!(english.attribute("html", "lang").as_deref(), Some("en"));
    let document = browser.get("/.well-known/openid-configuration").await;
    assert!(wants_to_see_you_later(&document) && document.json()["error"] == "temporarily_unavailable", "{}", document.body);
    let token = portal.exchange(&one_more).await;
    assert!(wants_to_see_you_later(&token) && token.json()["error"] == "temporarily_unavailable", "{}", token.body);

    assert_eq!(browser.get("/healthz").await.status, 200, "who watches over us sees us");
    let counted = browser.get("/metrics").await.body;
    assert!(counted.contains("dinhdanh_requests_shed_total{cause=\"in_flight\"} 4"), "{counted}");
    assert!(counted.contains("dinhdanh_requests_in_flight 5"), "the four, and the one that asks: {counted}");

    drop(standstill);
    for exchange in held {
        assert_eq!(exchange.await.unwrap(), 200, "what was begun is finished");
    }
    assert_eq!(portal.exchange(&one_more).await.status, 200, "a refusal used nothing up");
    assert!(browser.get(&portal.authorize(&[])).await.parameter("code").is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn half_of_the_room_is_kept_for_what_finishes_a_sign_in() {
    let app = App::with(|config| config.http.in_flight = 1).await;
    let (portal, browser) = (app.trusted_portal(), app.browser_of(AN).await);
    let code = portal.silently(&browser, &[]).await.parameter("code").unwrap();
    let other = portal.silently(&browser, &[]).await.parameter("code").unwrap();
    let standstill = Standstill::of(&app).await;
    let held: Vec<_> = [code, other]
        .into_iter()
        .map(|code| {
            let portal = app.trusted_portal();
            tokio::spawn(async move { portal.exchange(&code).await.status })
        })
        .collect();
    until_in_flight(&app, 2).await;
    assert!(wants_to_see_you_later(&browser.get(&portal.authorize(&[])).await));
    drop(standstill);
    for exchange in held {
        assert_eq!(exchange.await.unwrap(), 200, "the second came when new sign-ins were refused already");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_writer_queue_is_503_with_retry_after_on_pages_and_for_programs() {
    let app = App::start().await;
    let (portal, browser) = (app.trusted_portal(), app.browser_of(AN).await);
    let code = portal.silently(&browser, &[]).await.parameter("code").unwrap();
    let page = app.browser();
    let sign_in = page.get(&portal.authorize(&[])).await;
    let standstill = Standstill::of(&app).await;
    // While the writer stands still the queue only grows, until somebody is told at once that it is full.
    let mut waiting: Vec<tokio::task::JoinHandle<_>> = Vec::new();
    while !waiting.iter().rev().take(64).any(tokio::task::JoinHandle::is_finished) {
        waiting.extend((0..64).map(|_| tokio::spawn(app.provider.store.run(|_| Ok(())))));
        tokio::task::yield_now().await;
    }
    let token = portal.exchange(&code).await;
    assert!(wants_to_see_you_later(&token) && token.json()["error"] == "temporarily_unavailable", "{} {}", token.status, token.body);
    let answer = page.sign_in(&sign_in, AN, crate::support::PASSWORD).await;
    assert!(wants_to_see_you_later(&answer) && answer.is_notice(503), "{} {}", answer.status, answer.text());
    drop(standstill);
    for task in waiting {
        let _ = task.await.unwrap();
    }
    assert!(page.sign_in(&sign_in, AN, crate::support::PASSWORD).await.parameter("code").is_some(), "it was nobody's failure");
}
