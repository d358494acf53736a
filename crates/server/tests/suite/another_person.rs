//! Two tabs, two people: what one of them agreed to or proved never counts for the other.

use crate::support::{AN, App, BINH, PASSWORD};

/// A consent page that An left open while Bình signed in in the same browser's other tab.
#[tokio::test(flavor = "multi_thread")]
async fn a_consent_page_of_one_person_agrees_to_nothing_for_another() {
    let app = App::start().await;
    let (browser, portal) = (app.browser(), app.portal());
    let sign_in = browser.get(&portal.authorize(&[])).await;
    let consent_of_an = browser.sign_in(&sign_in, AN, PASSWORD).await;
    assert!(consent_of_an.is_consent_page());

    let other_tab = browser.get(&app.other_portal().authorize(&[("prompt", Some("login"))])).await;
    assert!(browser.sign_in(&other_tab, BINH, PASSWORD).await.is_consent_page());

    let answer = browser.allow(&consent_of_an).await;
    assert!(answer.is_consent_page(), "{} {:?}", answer.status, answer.location());
    assert!(answer.text().contains("Trần Thị Bình"));
    let code = browser.allow(&answer).await.parameter("code").expect("Bình was asked and agreed");
    let tokens = portal.tokens(&code).await;
    assert_eq!(portal.userinfo(&tokens.access_token).await.json()["name"], "Trần Thị Bình");
}

/// A choice of account is that of the person who was shown the page.
#[tokio::test(flavor = "multi_thread")]
async fn a_chosen_account_is_not_another_persons_choice() {
    let app = App::start().await;
    let (browser, portal) = (app.browser(), app.portal());
    portal.code(&browser, AN, &[]).await;
    let choice = browser.get(&portal.authorize(&[("prompt", Some("select_account"))])).await;
    assert!(choice.has("#continue"));

    let other_tab = browser.get(&app.other_portal().authorize(&[("prompt", Some("login"))])).await;
    browser.sign_in(&other_tab, BINH, PASSWORD).await;

    // "Go on as An", pressed after Bình signed in: nobody goes on as An.
    let answer = browser.submit(&choice, None, &[("account", "current")]).await;
    assert!(answer.parameter("code").is_none());
}
