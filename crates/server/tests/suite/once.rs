//! A code is good once: sixteen threads at once, a thousand times, and whatever the short-lived store forgets meanwhile.

use std::sync::{Arc, Barrier, mpsc};
use std::thread;

use oidc_provider::secret::Code;
use persistence::Kind;
use time::Duration;

use crate::support::{AN, App, Portal, Tokens, claims};

const THREADS: usize = 16;

/// Threads that all redeem the same code at the same moment, each on a connection of its own.
struct Crowd {
    work: Vec<mpsc::Sender<String>>,
    outcomes: mpsc::Receiver<(u16, String)>,
}

impl Crowd {
    fn gather(base: &str) -> Self {
        let barrier = Arc::new(Barrier::new(THREADS));
        let (report, outcomes) = mpsc::channel();
        let work = (0..THREADS)
            .map(|_| {
                let (send, receive) = mpsc::channel::<String>();
                let (barrier, report, base) = (Arc::clone(&barrier), report.clone(), base.to_owned());
                thread::spawn(move || {
                    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                    let portal = Portal::confidential(&base, "portal-trusted");
                    while let Ok(code) = receive.recv() {
                        barrier.wait();
                        let answer = runtime.block_on(portal.exchange(&code));
                        report.send((answer.status, answer.body)).unwrap();
                    }
                });
                send
            })
            .collect();
        Self { work, outcomes }
    }

    /// What each of them got.
    fn redeem(&self, code: &str) -> Vec<(u16, String)> {
        for sender in &self.work {
            sender.send(code.to_owned()).unwrap();
        }
        self.outcomes.iter().take(THREADS).collect()
    }
}

/// The one who won; everybody else was told `invalid_grant`.
fn winner(outcomes: &[(u16, String)]) -> &str {
    let won: Vec<&String> = outcomes.iter().filter(|(status, _)| *status == 200).map(|(_, body)| body).collect();
    assert_eq!(won.len(), 1, "exactly one wins: {outcomes:?}");
    for (status, body) in outcomes.iter().filter(|(status, _)| *status != 200) {
        assert_eq!(*status, 400, "{body}");
        assert!(body.contains("\"invalid_grant\""), "{body}");
    }
    won[0]
}

fn access_token(body: &str) -> String {
    serde_json::from_str::<serde_json::Value>(body).unwrap()["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_threads_a_thousand_times_exactly_one_wins_and_its_tokens_are_revoked() {
    let app = App::with(|config| config.http.workers = Some(4)).await;
    let browser = app.browser_of(AN).await;
    let portal = app.trusted_portal();
    let crowd = Crowd::gather(&app.base);
    let records = app.usage(AN).await.len();
    for round in 0..1000 {
        let code = portal.silently(&browser, &[]).await.parameter("code").unwrap();
        let outcomes = tokio::task::block_in_place(|| crowd.redeem(&code));
        let token = access_token(winner(&outcomes));
        let answer = portal.userinfo(&token).await;
        assert_eq!(answer.status, 401, "round {round}: the tokens of a code that was used again are revoked");
    }
    assert_eq!(app.usage(AN).await.len(), 100, "the page of history is full");
    assert!(records < 100);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_store_that_forgets_what_was_consumed_redeems_nothing_twice() {
    let app = App::with(|config| config.http.workers = Some(4)).await;
    let browser = app.browser_of(AN).await;
    let portal = app.trusted_portal();
    let crowd = Crowd::gather(&app.base);
    let store = &app.provider.short_lived;
    for round in 0..1000 {
        let code = portal.silently(&browser, &[("scope", Some("openid profile offline_access"))]).await.parameter("code").unwrap();
        let key = *Code::parse(&code).unwrap().hash().as_bytes();
        let now = app.provider.clock.now();
        // A replica that has the code, but not its consumption.
        let replica = store.get(Kind::Code, &key, now).await.expect("the code's record");
        let first = Tokens::of(&portal.exchange(&code).await);
        store.clear().await;
        store.put(Kind::Code, &key, "portal-trusted", replica, now + Duration::minutes(5), now).await.unwrap();
        let outcomes = tokio::task::block_in_place(|| crowd.redeem(&code));
        assert!(outcomes.iter().all(|(status, body)| *status == 400 && body.contains("\"invalid_grant\"")), "round {round}: {outcomes:?}");
        assert_eq!(portal.userinfo(&first.access_token).await.status, 401, "round {round}");
        assert_eq!(portal.refresh(&first.refresh_token.unwrap()).await.json()["error"], "invalid_grant", "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_store_wiped_in_the_middle_of_the_race_lets_at_most_one_win() {
    let app = App::with(|config| config.http.workers = Some(4)).await;
    let browser = app.browser_of(AN).await;
    let portal = app.trusted_portal();
    let crowd = Crowd::gather(&app.base);
    for round in 0..100 {
        let code = portal.silently(&browser, &[]).await.parameter("code").unwrap();
        let key = *Code::parse(&code).unwrap().hash().as_bytes();
        let now = app.provider.clock.now();
        let replica = app.provider.short_lived.get(Kind::Code, &key, now).await.unwrap();
        let provider = Arc::clone(&app.provider);
        let wiping = tokio::spawn(async move {
            for _ in 0..20 {
                provider.short_lived.clear().await;
                let _ =
                    provider.short_lived.put(Kind::Code, &key, "portal-trusted", replica.clone(), now + Duration::minutes(5), now).await;
                tokio::task::yield_now().await;
            }
        });
        let outcomes = tokio::task::block_in_place(|| crowd.redeem(&code));
        wiping.await.unwrap();
        let won = outcomes.iter().filter(|(status, _)| *status == 200).count();
        assert!(won <= 1, "round {round}: {outcomes:?}");
        assert!(outcomes.iter().all(|(status, body)| *status == 200 || body.contains("\"invalid_grant\"")), "round {round}: {outcomes:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_used_again_revokes_also_after_a_restart() {
    let app = App::start().await;
    let (portal, browser) = (app.trusted_portal(), app.browser_of(AN).await);
    let code = portal.silently(&browser, &[]).await.parameter("code").unwrap();
    let tokens = portal.tokens(&code).await;
    app.later(30);
    assert_eq!(portal.exchange(&code).await.json()["error"], "invalid_grant");
    assert_eq!(portal.userinfo(&tokens.access_token).await.status, 401);
    let restarted = app.restarted().await;
    assert_eq!(restarted.trusted_portal().userinfo(&tokens.access_token).await.status, 401, "the revocation is durable");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_used_again_revokes_its_grant_when_the_store_has_forgotten_it() {
    let app = App::start().await;
    let (portal, browser) = (app.trusted_portal(), app.browser_of(AN).await);
    let code = portal.silently(&browser, &[("scope", Some("openid profile offline_access"))]).await.parameter("code").unwrap();
    let tokens = Tokens::of(&portal.exchange(&code).await);
    app.provider.short_lived.clear().await;
    // Nobody else ends it: not another client, and not a code that only names the grant.
    assert_eq!(app.other_portal().exchange(&code).await.json()["error"], "invalid_grant");
    let forged = format!("{}{}", &code[..22], "A".repeat(42));
    assert_eq!(portal.exchange(&forged).await.json()["error"], "invalid_grant");
    assert_eq!(portal.userinfo(&tokens.access_token).await.status, 200);

    assert_eq!(portal.exchange(&code).await.json()["error"], "invalid_grant");
    assert_eq!(portal.userinfo(&tokens.access_token).await.status, 401);
    assert_eq!(portal.refresh(&tokens.refresh_token.unwrap()).await.json()["error"], "invalid_grant");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_used_again_after_a_restart_revokes_its_grant() {
    let app = App::start().await;
    let (portal, browser) = (app.trusted_portal(), app.browser_of(AN).await);
    let code = portal.silently(&browser, &[]).await.parameter("code").unwrap();
    let never_used = portal.silently(&browser, &[]).await.parameter("code").unwrap();
    let tokens = portal.tokens(&code).await;
    let restarted = app.restarted().await;
    let portal = restarted.trusted_portal();
    assert_eq!(portal.userinfo(&tokens.access_token).await.status, 200);
    assert_eq!(portal.exchange(&never_used).await.json()["error"], "invalid_grant", "its sign-in begins again");
    assert_eq!(portal.userinfo(&tokens.access_token).await.status, 200);
    assert_eq!(portal.exchange(&code).await.json()["error"], "invalid_grant");
    assert_eq!(portal.userinfo(&tokens.access_token).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_used_again_revokes_the_family() {
    let app = App::start().await;
    let portal = app.portal();
    let first = portal.signed_in(&app, "openid profile offline_access").await;
    let old = first.refresh_token.clone().unwrap();
    let second = Tokens::of(&portal.refresh(&old).await);
    assert_eq!(first.claims()["sub"], claims(&second.id_token)["sub"]);
    app.later(11);
    let reused = portal.refresh(&old).await;
    assert_eq!((reused.status, reused.json()["error"].as_str()), (400, Some("invalid_grant")));
    assert_eq!(portal.refresh(&second.refresh_token.unwrap()).await.json()["error"], "invalid_grant", "the successor is dead, too");
    for tokens in [&first.access_token, &second.access_token] {
        assert_eq!(portal.userinfo(tokens).await.status, 401);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_within_ten_seconds_gets_the_same_successor() {
    let app = App::start().await;
    let portal = app.portal();
    let old = portal.signed_in(&app, "openid offline_access").await.refresh_token.unwrap();
    let once = Tokens::of(&portal.refresh(&old).await);
    app.later(9);
    let again = Tokens::of(&portal.refresh(&old).await);
    assert_eq!(once.refresh_token, again.refresh_token);
    assert_eq!(portal.userinfo(&again.access_token).await.status, 200);
    let next = Tokens::of(&portal.refresh(&again.refresh_token.unwrap()).await);
    assert_eq!(portal.refresh(&old).await.json()["error"], "invalid_grant", "two generations back is no retry");
    assert_eq!(portal.refresh(&next.refresh_token.unwrap()).await.json()["error"], "invalid_grant");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strangers_use_of_a_refresh_token_changes_nothing() {
    let app = App::start().await;
    let portal = app.portal();
    let token = portal.signed_in(&app, "openid offline_access").await.refresh_token.unwrap();
    assert_eq!(app.other_portal().refresh(&token).await.json()["error"], "invalid_grant");
    assert_eq!(app.native().refresh(&token).await.json()["error"], "invalid_grant");
    assert_eq!(portal.refresh(&token).await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn refreshes_at_the_same_moment_all_get_the_one_successor() {
    let app = App::with(|config| config.http.workers = Some(4)).await;
    let portal = Arc::new(app.portal());
    let token = portal.signed_in(&app, "openid offline_access").await.refresh_token.unwrap();
    let tasks: Vec<_> = (0..THREADS)
        .map(|_| {
            let (portal, token) = (Arc::clone(&portal), token.clone());
            tokio::spawn(async move { Tokens::of(&portal.refresh(&token).await).refresh_token.unwrap() })
        })
        .collect();
    let mut successors = Vec::new();
    for task in tasks {
        successors.push(task.await.unwrap());
    }
    successors.dedup();
    assert_eq!(successors.len(), 1);
    assert_eq!(portal.refresh(&successors[0]).await.status, 200);
}
