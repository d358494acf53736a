//! Guessing: one password for many people, and one-time codes in many tabs, browsers and resends.

use crate::support::{AN, App, BINH, Browser, PASSWORD, newest_code};

#[tokio::test(flavor = "multi_thread")]
async fn spraying_one_password_over_many_numbers_is_slowed_down() {
    let app = App::with(|config| config.limits.address_tries = 10).await;
    let portal = app.portal();
    let mut statuses = Vec::new();
    for number in 0..12 {
        let browser = app.browser();
        let page = browser.get(&portal.authorize(&[])).await;
        statuses.push(browser.sign_in(&page, &format!("0980000{number:05}"), "Mua-Xuan-2024").await.status);
    }
    assert_eq!(statuses[..10], [400; 10], "{statuses:?}");
    assert!(statuses[10..].contains(&429), "{statuses:?}");
    // Not even an own account in between buys more guesses.
    app.later(60);
    let browser = app.browser();
    let page = browser.get(&portal.authorize(&[])).await;
    assert!(browser.sign_in(&page, BINH, PASSWORD).await.is_consent_page());
    let page = app.browser();
    let form = page.get(&portal.authorize(&[])).await;
    let wrong = page.sign_in(&form, "098000000555", "Mua-Xuan-2024").await;
    let again = page.sign_in(&form, "098000000556", "Mua-Xuan-2024").await;
    assert!([wrong.status, again.status].contains(&429), "{} {}", wrong.status, again.status);
}

fn wrong(right: &str, guess: u32) -> String {
    let guess = format!("{guess:06}");
    if guess == right { "999999".to_owned() } else { guess }
}

/// Up to the code page of a portal that needs level 2.
async fn code_page(app: &App) -> (Browser, crate::support::Answer) {
    let browser = app.browser();
    let page = browser.get(&app.level_two_portal().authorize(&[("prompt", Some("login"))])).await;
    let page = browser.sign_in(&page, AN, PASSWORD).await;
    (browser, page)
}

#[tokio::test(flavor = "multi_thread")]
async fn more_tabs_and_browsers_bring_no_more_guesses_at_a_code() {
    let app = App::start().await;
    let (first, page) = code_page(&app).await;
    assert!(page.is_code_page());
    let right = newest_code(&first, AN).await;
    let mut tried = 0;
    // Another browser each time, signed in with the stolen password: the code and its tries are the person's, not the tab's.
    for guess in 0..8 {
        let (browser, page) = code_page(&app).await;
        let answer = browser.submit(&page, None, &[("otp", &wrong(&right, guess))]).await;
        assert!(answer.parameter("code").is_none() && !answer.is_consent_page());
        tried += 1;
    }
    assert_eq!(tried, 8);
    let answer = first.submit(&page, None, &[("otp", &right)]).await;
    assert!(answer.is_code_page(), "five tries are all there is, in all browsers together: {}", answer.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_at_the_same_moment_are_counted_one_by_one() {
    let app = App::start().await;
    let (browser, page) = code_page(&app).await;
    let right = newest_code(&browser, AN).await;
    let (interaction, csrf) = (page.interaction(), page.hidden("csrf"));
    let mut guesses = Vec::new();
    for guess in 0..20 {
        // The right one comes last in line.
        let code = if guess == 19 { right.clone() } else { wrong(&right, guess) };
        let (browser, interaction, csrf) = (browser.at(&app.base), interaction.clone(), csrf.clone());
        guesses.push(async move {
            let fields = [("interaction", interaction.as_str()), ("csrf", csrf.as_str()), ("otp", code.as_str())];
            browser.post("/interaction/otp", &fields).await.status
        });
    }
    let last = guesses.pop().unwrap();
    let statuses = futures_util::future::join_all(guesses).await;
    assert!(statuses.iter().all(|status| *status != 303), "{statuses:?}");
    assert_ne!(last.await, 303, "nothing was left to try");
}

#[tokio::test(flavor = "multi_thread")]
async fn fresh_codes_without_end_bring_no_more_guesses_in_a_day() {
    let app = App::with(|config| {
        config.limits.one_time_code_failures_per_day = 7;
        config.limits.one_time_codes_per_hour = 100;
    })
    .await;
    let (browser, page) = code_page(&app).await;
    for guess in 0..7 {
        if guess % 3 == 2 {
            app.later(31);
            browser.submit(&page, Some("/interaction/otp/resend"), &[]).await;
        }
        let right = newest_code(&browser, AN).await;
        assert!(browser.submit(&page, None, &[("otp", &wrong(&right, guess))]).await.is_code_page());
    }
    app.later(31);
    browser.submit(&page, Some("/interaction/otp/resend"), &[]).await;
    let right = newest_code(&browser, AN).await;
    let answer = browser.submit(&page, None, &[("otp", &right)]).await;
    assert!(answer.is_code_page(), "the day's guesses are used up, whatever was sent since: {}", answer.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_somebody_overheard_fits_no_other_browser() {
    let app = App::start().await;
    let (citizen, page) = code_page(&app).await;
    let code = newest_code(&citizen, AN).await;
    let thief = app.browser();
    let fields = [("interaction", page.interaction()), ("csrf", page.hidden("csrf")), ("otp", code.clone())];
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let _ = thief.get("/").await;
    let answer = thief.post("/interaction/otp", &fields).await;
    assert!(answer.status == 403 || answer.status == 400, "{} {:?}", answer.status, answer.location());
    assert!(citizen.submit(&page, None, &[("otp", &code)]).await.is_consent_page(), "and was not used up");
}
