//! Who signed in with a password somewhere new is told, or somebody else is.

use dinhdanh::config::SignInNotice;

use crate::support::portal::outbox;
use crate::support::{AN, App, Browser, DUC, PASSWORD};

/// Notices of sign-ins: they carry no code.
async fn notices(browser: &Browser, citizen: &str) -> Vec<serde_json::Value> {
    let messages = outbox(browser, citizen).await;
    messages
        .into_iter()
        .filter(|message| message["code"].is_null() && message["text"].as_str().unwrap().contains("Cổng không hỏi"))
        .collect()
}

#[tokio::test]
async fn a_sign_in_in_a_new_browser_is_told_by_mail_and_only_there() {
    let app = App::start().await;
    let browser = app.browser_of(AN).await;
    let told = notices(&browser, AN).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0]["channel"] == "email" && told[0]["to"].as_str().unwrap().ends_with("@congdan.example"), "{told:?}");
    // The same browser once more: nothing new to tell.
    let page = browser.get(&app.trusted_portal().authorize(&[("prompt", Some("login"))])).await;
    let answer = browser.sign_in(&page, AN, PASSWORD).await;
    assert!(answer.parameter("code").is_some(), "{} {}", answer.status, answer.text());
    assert_eq!(notices(&browser, AN).await.len(), 1);
    // A wrong password begins nothing.
    let stranger = app.browser();
    let page = stranger.get(&app.trusted_portal().authorize(&[])).await;
    stranger.sign_in(&page, AN, "Wrong#2024").await;
    assert_eq!(notices(&browser, AN).await.len(), 1);
    app.browser_of(AN).await;
    assert_eq!(notices(&browser, AN).await.len(), 2);
}

#[tokio::test]
async fn every_notice_is_of_a_session_that_is_there() {
    let app = App::start().await;
    app.browser_of(AN).await;
    let messages = app.provider.store.read({
        let keyring = app.provider.keyring.clone();
        move |db| persistence::Message::latest_for(db, &keyring, persistence::MessagesOf::Anyone, 10)
    });
    let notice = messages.await.unwrap().into_iter().find(|message| message.body.code.is_none()).unwrap();
    let session = app.provider.store.read(move |db| persistence::Session::find(db, notice.id)).await.unwrap().expect("its session");
    assert_eq!(session.account_id, app.account(AN).await.id);
}

#[tokio::test]
async fn a_childs_guardian_is_told_and_an_operator_may_switch_it_off() {
    let app = App::start().await;
    let browser = app.browser();
    let page = browser.get(&app.trusted_portal().authorize(&[])).await;
    browser.sign_in(&page, DUC, PASSWORD).await;
    let told = notices(&browser, DUC).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0]["to"], notices_to(&app).await, "the guardian's mailbox");

    let silent = App::with(|config| config.notices.sign_in = SignInNotice::None).await;
    let browser = silent.browser_of(AN).await;
    assert!(notices(&browser, AN).await.is_empty());
}

/// The mailbox of An, who is the guardian.
async fn notices_to(app: &App) -> String {
    let browser = app.browser_of(AN).await;
    notices(&browser, AN).await[0]["to"].as_str().unwrap().to_owned()
}
