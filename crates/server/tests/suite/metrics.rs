//! What each counter counts, over HTTP: the numbers before and after one act.

use std::collections::BTreeMap;

use crate::support::{AN, App, Browser, CUONG, PASSWORD, Portal, newest_code};

/// Every line of the counters.
async fn counted(browser: &Browser) -> BTreeMap<String, i64> {
    let text = browser.get("/metrics").await.body;
    let lines = text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.rsplit_once(' '));
    lines.filter_map(|(name, value)| Some((name.to_owned(), value.parse::<f64>().ok()? as i64))).collect()
}

/// What grew since, of the counters whose name begins so.
fn grown(before: &BTreeMap<String, i64>, after: &BTreeMap<String, i64>, prefix: &str) -> Vec<(String, i64)> {
    let grown = after.iter().filter(|(name, _)| name.starts_with(prefix));
    let grown = grown.map(|(name, value)| (name[prefix.len()..].to_owned(), value - before.get(name).unwrap_or(&0)));
    grown.filter(|(_, by)| *by != 0).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_outcome_of_a_sign_in_is_counted_once_under_its_name() {
    let app = App::start().await;
    let (browser, watcher) = (app.browser(), app.browser());
    let page = browser.get(&app.level_two_portal().authorize(&[])).await;
    let expect = async |before: &BTreeMap<String, i64>, outcome: &str| {
        let grown = grown(before, &counted(&watcher).await, "dinhdanh_sign_ins_total");
        assert_eq!(grown, [(format!("{{outcome=\"{outcome}\"}}"), 1)]);
    };
    let mut before = counted(&watcher).await;
    for (citizen, password, outcome) in [
        ("098", PASSWORD, "malformed"),
        (AN, "Wrong#2024", "password_wrong"),
        ("098090999999", PASSWORD, "password_wrong"),
        (CUONG, PASSWORD, "refused"),
    ] {
        browser.sign_in(&page, citizen, password).await;
        expect(&before, outcome).await;
        before = counted(&watcher).await;
    }
    let code_page = browser.sign_in(&page, AN, PASSWORD).await;
    assert!(code_page.is_code_page(), "{}", code_page.text());
    expect(&before, "password").await;
    let code = newest_code(&browser, AN).await;
    let wrong = if code == "098098" { "098099" } else { "098098" };
    before = counted(&watcher).await;
    browser.submit(&code_page, None, &[("otp", wrong)]).await;
    expect(&before, "code_wrong").await;
    before = counted(&watcher).await;
    browser.submit(&code_page, None, &[("otp", &code)]).await;
    expect(&before, "code").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_to_portals_and_token_requests_are_counted_by_outcome() {
    let app = App::start().await;
    let (portal, browser, watcher) = (app.portal(), app.browser(), app.browser());
    let start = counted(&watcher).await;
    let page = browser.get(&portal.authorize(&[])).await;
    browser.cancel(&page).await;
    let code = portal.code(&browser, AN, &[("scope", Some("openid offline_access"))]).await;
    let tokens = portal.tokens(&code).await;
    portal.exchange(&code).await;
    portal.refresh(tokens.refresh_token.as_deref().unwrap()).await;
    portal.post("/oauth2/token", &[("grant_type", "password")]).await;
    Portal::new(&app.base, "portal-a", Some("wrong"), "").post("/oauth2/token", &[("grant_type", "refresh_token")]).await;
    let end = counted(&watcher).await;
    let of = |name: &str| grown(&start, &end, name);
    assert_eq!(of("dinhdanh_authorizations_total"), [("{outcome=\"access_denied\"}".to_owned(), 1), ("{outcome=\"code\"}".to_owned(), 1)]);
    let token = |grant: &str, outcome: &str, by| (format!("{{grant_type=\"{grant}\",outcome=\"{outcome}\"}}"), by);
    assert_eq!(
        of("dinhdanh_token_requests_total"),
        [
            token("authorization_code", "invalid_grant", 1),
            token("authorization_code", "issued", 1),
            // The code that came twice took its tokens with it.
            token("refresh_token", "invalid_grant", 1),
            token("unknown", "invalid_client", 1),
            token("unknown", "unsupported_grant_type", 1),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_counted_by_pattern_and_class_never_by_address() {
    let app = App::start().await;
    let (browser, watcher) = (app.browser(), app.browser());
    let before = counted(&watcher).await;
    let page = browser.get(&app.portal().authorize(&[])).await;
    browser.get(&format!("/interaction/{}", page.interaction())).await;
    browser.get("/no/such/page").await;
    let after = counted(&watcher).await;
    let requests: Vec<_> = grown(&before, &after, "dinhdanh_http_request_duration_seconds_count");
    let of = |route: &str, class: &str| (format!("{{route=\"{route}\",status=\"{class}\"}}"), 1);
    assert!(requests.contains(&of("/interaction/{id}", "2xx")) && requests.contains(&of("/oauth2/authorize", "2xx")), "{requests:?}");
    assert!(requests.contains(&of("unknown", "4xx")), "{requests:?}");
    assert!(after.keys().all(|name| !name.contains(&page.interaction()) && !name.contains("such")), "an address in a label");
    for queue in ["hashing", "database"] {
        assert!(after.contains_key(&format!("dinhdanh_queue_depth{{queue=\"{queue}\"}}")), "{queue}");
    }
}
