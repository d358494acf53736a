//! What changes while something is under way: a password while it is checked, a client's scope while tokens are out.

use oidc_provider::scope::Scope;
use persistence::{Account, ClientRecord, Origin};

use crate::support::{AN, App, PASSWORD, Tokens};

/// A hash whose check takes long: the queue behind it waits.
const SLOW: &str = "$argon2id$v=19$m=65536,t=6,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const NEW_PASSWORD: &str = "Moi#2026-098";

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_ends_a_sign_in_that_is_just_being_checked() {
    let app = App::start().await;
    let provider = &app.provider;
    let account = app.account(AN).await;
    let new = provider.hasher.hash(NEW_PASSWORD).await.unwrap();
    let old = account.password_hash.clone().unwrap();
    let set = async |hash: &str| {
        let (hash, now) = (hash.to_owned(), provider.clock.now());
        assert!(provider.store.run(move |db| Account::set_password(db, account.id, &hash, now)).await.unwrap());
    };
    // Until the password was replaced while the old one still waited for its check: on a slow machine it may have been checked before.
    loop {
        set(&old).await;
        let browser = app.browser();
        let page = browser.get(&app.trusted_portal().authorize(&[])).await;
        let slow: Vec<_> = (0..3).map(|_| app.slow_check(SLOW)).collect();
        while provider.hasher.depth() < 2 {
            tokio::task::yield_now().await;
        }
        let signing_in = tokio::spawn(async move {
            let answer = browser.sign_in(&page, AN, PASSWORD).await;
            (browser, answer)
        });
        while provider.hasher.depth() < 3 && !signing_in.is_finished() && !slow.iter().all(|check| check.is_finished()) {
            tokio::task::yield_now().await;
        }
        set(&new).await;
        let in_time = provider.hasher.depth() >= 1 && !slow.iter().all(|check| check.is_finished());
        let (browser, answer) = signing_in.await.unwrap();
        for check in slow {
            check.await.unwrap();
        }
        if !in_time {
            continue;
        }
        assert!(answer.is_sign_in_page() && answer.location().is_none(), "{} {}", answer.status, answer.text());
        assert!(browser.cookie("dinhdanh_session").is_none(), "no session begins");
        let answer = browser.sign_in(&answer, AN, NEW_PASSWORD).await;
        assert!(answer.parameter("code").is_some(), "the new password does: {}", answer.text());
        break;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_whose_scope_was_narrowed_learns_no_more_than_its_new_scope() {
    let app = App::start().await;
    let portal = app.portal();
    let tokens = portal.signed_in(&app, "openid profile phone offline_access").await;
    let told = portal.userinfo(&tokens.access_token).await.json();
    assert!(told["phone_number"].is_string() && told["name"].is_string(), "{told}");

    let provider = &app.provider;
    let mut client = provider.store.read(|db| ClientRecord::find(db, "portal-a")).await.unwrap().unwrap().client;
    client.scope = Scope::parse("openid profile offline_access").unwrap();
    let now = provider.clock.now();
    provider.store.run(move |db| ClientRecord::upsert(db, &client, Origin::File, now)).await.unwrap();
    provider.forget_clients();

    let refreshed = Tokens::of(&portal.refresh(tokens.refresh_token.as_deref().unwrap()).await);
    for token in [&tokens.access_token, &refreshed.access_token] {
        let told = portal.userinfo(token).await.json();
        assert!(told["name"].is_string() && told.get("phone_number").is_none(), "{told}");
    }
    assert_eq!(
        app.usage(AN).await[0].attributes.iter().find(|attribute| attribute.contains("phone")),
        None,
        "nor does its usage record say so"
    );
}
