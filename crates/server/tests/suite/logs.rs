//! What the operator reads: enough to find a request, nothing about a person.

use crate::support::{AN, App, PASSWORD, log};

#[tokio::test(flavor = "multi_thread")]
async fn no_number_name_phone_or_secret_is_logged_and_every_answer_carries_its_request_id() {
    let app = App::start().await;
    let browser = app.browser();
    let portal = app.level_two_portal();
    let page = browser.get(&portal.authorize(&[("login_hint", Some(AN))])).await;
    let wrong = browser.sign_in(&page, AN, "not-the-password-7").await;
    let id = wrong.header("x-request-id").to_owned();
    assert_eq!(wrong.status, 400);

    let code = portal.code(&browser, AN, &[("scope", Some("openid profile citizen_id offline_access"))]).await;
    let tokens = portal.tokens(&code).await;
    let refresh_token = tokens.refresh_token.clone().expect("a refresh token");
    assert_eq!(portal.userinfo(&tokens.access_token).await.status, 200);
    assert_eq!(portal.refresh(&refresh_token).await.status, 200);
    assert_eq!(portal.exchange(&code).await.status, 400);

    let logged = log::text();
    assert!(logged.contains(&id), "the request is found by the id that the page showed");
    assert!(logged.lines().filter(|line| line.contains("\"answered\"")).all(|line| line.contains("request_id")));
    let secrets = [
        AN,
        "Nguyễn",
        "599000001",
        "0599 000 001",
        PASSWORD,
        "not-the-password-7",
        &code,
        &tokens.access_token,
        &refresh_token,
        &tokens.id_token,
    ];
    for secret in secrets {
        assert!(!logged.contains(secret), "{secret} stands in the log");
    }
}
