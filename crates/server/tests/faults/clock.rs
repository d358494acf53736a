//! A clock that jumps, back an hour and forward a day, under a running node.

use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use crate::browser::Browser;
use crate::machine::{AN, Machine, alone};
use crate::steps::{Portal, at_work, sign_in, signed_in, silent_code, silent_tokens};

/// Moves the node's time by that much, and waits until the node has said so in its log.
async fn jump(machine: &Machine, by: Duration) {
    let http = reqwest::Client::new();
    let address = format!("{}/sandbox/clock", machine.base());
    let now: serde_json::Value = serde_json::from_str(&http.get(&address).send().await.unwrap().text().await.unwrap()).unwrap();
    let then = OffsetDateTime::parse(now["now"].as_str().unwrap(), &Rfc3339).unwrap() + by;
    let body = serde_json::json!({ "now": then.format(&Rfc3339).unwrap() }).to_string();
    let moved = http.post(&address).header("content-type", "application/json").body(body).send().await.unwrap();
    assert_eq!(moved.status().as_u16(), 200);
    let direction = if by.is_negative() { "back" } else { "ahead" };
    let line = machine.logged(&format!("the clock was set {direction} by ")).await;
    let said: i64 = line.split(" by ").nth(1).and_then(|rest| rest.split_once(" s")).unwrap().0.parse().unwrap();
    // The sandbox's clock counts in whole seconds, and asking takes its time.
    assert!((said - by.whole_seconds().abs()).abs() <= 5, "{line}");
    assert!(line.contains("WARN") && line.contains("time service"), "{line}");
}

/// A code that was sent, other than this one; the order of the messages is that of the clock.
async fn code_other_than(browser: &Browser, known: &str) -> Option<String> {
    let messages = browser.get(&format!("/sandbox/outbox?citizen_id={AN}")).await.json();
    let mut codes = messages.as_array().unwrap().iter().filter_map(|message| message["code"].as_str().map(str::to_owned));
    codes.rfind(|code| code != known)
}

#[tokio::test]
async fn a_clock_that_goes_back_an_hour_ends_nothing_and_keeps_nobody_waiting() {
    let _alone = alone().await;
    let machine = Machine::new();
    let (node, portal, browser, before) = at_work(&machine).await;
    let used = silent_code(&browser, &portal).await;
    assert!(portal.redeem(&used).await.unwrap().tokens().is_some());
    let in_flight = silent_code(&browser, &portal).await;
    // Somebody waits for a code, and somebody mistyped until the next try had to wait.
    let demanding = Portal::level_two(&machine);
    let asked = browser.follow(browser.get(&demanding.authorize(false)).await).await;
    assert!(asked.is_code_page(), "{} {}", asked.status, asked.text());
    let first_code = code_other_than(&browser, "").await.unwrap();
    let guesser = Browser::new(&machine.base());
    let mut page = guesser.get(&portal.authorize(false)).await;
    for _ in 0..7 {
        page = guesser.sign_in(&page, AN, "Wrong#2024").await;
    }
    assert_eq!(page.status, 429, "{}", page.text());

    jump(&machine, -Duration::HOUR).await;
    assert!(portal.redeem(&in_flight).await.unwrap().tokens().is_some(), "a code in flight");
    assert_eq!(portal.redeem(&used).await.unwrap().error(), "invalid_grant");
    let after = silent_tokens(&browser, &portal).await;
    for tokens in [&before, &after] {
        assert!(portal.is_active(&tokens.access_token).await);
        assert!(portal.refresh(&tokens.refresh_token).await.unwrap().tokens().is_some());
    }
    // A code sent "in the future" is no reason to wait an hour for the next one.
    let resent = browser.submit(&asked, Some("/interaction/otp/resend"), &[]).await;
    let second_code = code_other_than(&browser, &first_code).await;
    let second_code = second_code.unwrap_or_else(|| panic!("no second code: {} {}", resent.status, resent.text()));
    let entered = browser.submit(&resent, None, &[("otp", &second_code)]).await;
    assert!(entered.parameter("code").is_some(), "{} {}", entered.status, entered.text());
    let answer = sign_in(&Browser::new(&machine.base()), &portal).await;
    assert!(answer.parameter("code").is_some(), "the one who mistyped: {} {}", answer.status, answer.text());
    machine.is_sound();
    assert_eq!(node.stop(), Some(0));
}

#[tokio::test]
async fn a_clock_that_goes_a_day_ahead_ends_what_a_day_ends_and_revives_nothing_when_it_comes_back() {
    let _alone = alone().await;
    let machine = Machine::new();
    let (node, portal, browser, before) = at_work(&machine).await;
    let used = silent_code(&browser, &portal).await;
    assert!(portal.redeem(&used).await.unwrap().tokens().is_some());
    let in_flight = silent_code(&browser, &portal).await;

    jump(&machine, Duration::DAY).await;
    for code in [&used, &in_flight] {
        assert_eq!(portal.redeem(code).await.unwrap().error(), "invalid_grant");
    }
    let silent = browser.get(&portal.authorize(true)).await;
    assert_eq!(silent.parameter("error").as_deref(), Some("login_required"), "{} {}", silent.status, silent.text());
    assert!(!portal.is_active(&before.access_token).await);
    let refreshed = portal.refresh(&before.refresh_token).await.unwrap().tokens().expect("refresh tokens live for weeks");
    let later = signed_in(&machine).await;
    silent_tokens(&later, &portal).await;

    jump(&machine, -Duration::DAY).await;
    assert_eq!(portal.redeem(&used).await.unwrap().error(), "invalid_grant", "a used code came back with the clock");
    // One that was never used is as good as its minute, by the right clock, and once.
    let (first, second) = (portal.redeem(&in_flight).await.unwrap(), portal.redeem(&in_flight).await.unwrap());
    assert!(second.error() == "invalid_grant", "{first:?} {second:?}");
    assert!(portal.refresh(&refreshed.refresh_token).await.unwrap().tokens().is_some());
    // A refresh token from before the last rotations is no retry, whatever the clock says.
    assert_eq!(portal.refresh(&before.refresh_token).await.unwrap().error(), "invalid_grant");
    silent_tokens(&later, &portal).await;
    silent_tokens(&browser, &portal).await;
    machine.is_sound();
    assert_eq!(node.stop(), Some(0));
}
