//! The portal against a provider that lies in one place at a time.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod provider;

use std::collections::HashMap;
use std::net::TcpListener;

use demo_portal::PortalConfig;
use provider::Provider;
use reqwest::header::{LOCATION, ORIGIN};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use serde_json::{Value, json};

struct Portal {
    base_url: String,
    provider: Provider,
}

/// One browser: keeps cookies, follows nothing by itself.
struct Browser {
    http: Client,
    base_url: String,
}

impl Portal {
    fn start() -> Self {
        Self::start_with(|_| ())
    }

    fn start_with(change: impl FnOnce(&mut PortalConfig)) -> Self {
        let provider = Provider::start();
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let mut config = PortalConfig::national_portal(&provider.issuer, listener.local_addr().unwrap().port(), "secret");
        config.base_url = format!("http://{}", listener.local_addr().unwrap());
        change(&mut config);
        let base_url = config.base_url.clone();
        actix_web::rt::spawn(demo_portal::server(config, listener).unwrap());
        Self { base_url, provider }
    }

    fn browser(&self) -> Browser {
        let http = Client::builder().cookie_store(true).redirect(Policy::none()).build().unwrap();
        Browser { http, base_url: self.base_url.clone() }
    }

    /// Starts a sign-in and makes the provider ready to answer it correctly, but for what `change` changes.
    async fn begin(&self, browser: &Browser, change: impl FnOnce(&mut Value)) -> HashMap<String, String> {
        let sent = browser.get("/sign-in").await;
        assert_eq!(sent.status(), 303);
        let url = url::Url::parse(sent.headers()[LOCATION].to_str().unwrap()).unwrap();
        let query: HashMap<String, String> = url.query_pairs().into_owned().collect();
        let mut claims = self.provider.good_claims(&query["nonce"]);
        change(&mut claims);
        self.provider.answers.lock().unwrap().id_token = claims;
        query
    }

    fn answer(&self, state: &str) -> String {
        format!("/callback?code=c&state={state}&iss={}", self.provider.issuer)
    }
}

impl Browser {
    async fn get(&self, path: &str) -> Response {
        self.http.get(format!("{}{path}", self.base_url)).send().await.unwrap()
    }

    async fn post(&self, path: &str, origin: &str) -> Response {
        self.http.post(format!("{}{path}", self.base_url)).header(ORIGIN, origin).send().await.unwrap()
    }

    async fn is_signed_in(&self) -> bool {
        self.get("/citizen").await.status() == 200
    }
}

async fn status_and_text(answer: Response) -> (u16, String) {
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[actix_web::test]
async fn a_citizen_signs_in_and_sees_the_claims_and_the_checks() {
    let portal = Portal::start();
    let browser = portal.browser();
    let query = portal.begin(&browser, |_| ()).await;
    assert_eq!(query["response_type"], "code");
    assert_eq!(query["scope"], "openid profile phone email citizen_id");
    assert_eq!(query["code_challenge_method"], "S256");
    assert_eq!(query["ui_locales"], "vi");
    let back = browser.get(&portal.answer(&query["state"])).await;
    assert_eq!((back.status().as_u16(), back.headers()[LOCATION].to_str().unwrap()), (303, "/citizen"));
    let (_, page) = status_and_text(browser.get("/citizen?lang=en").await).await;
    for shown in ["Nguyễn Văn An", "098090000001", "Citizen ID number", "EdDSA, kid k1", "RFC 9207", "account_level 1"] {
        assert!(page.contains(shown), "{shown} is missing");
    }
    let request = portal.provider.answers.lock().unwrap().token_requests[0].clone();
    assert!(request.contains("code_verifier=") && request.contains("grant_type=authorization_code"));
}

#[actix_web::test]
async fn an_answer_to_another_browser_is_no_sign_in_and_stays_usable_for_its_own() {
    let portal = Portal::start();
    let (citizen, stranger) = (portal.browser(), portal.browser());
    let query = portal.begin(&citizen, |_| ()).await;
    portal.begin(&stranger, |_| ()).await;
    assert_eq!(stranger.get(&portal.answer(&query["state"])).await.status(), 400);
    assert!(!stranger.is_signed_in().await);
    portal.provider.answers.lock().unwrap().id_token = portal.provider.good_claims(&query["nonce"]);
    assert_eq!(citizen.get(&portal.answer(&query["state"])).await.status(), 303);
}

#[actix_web::test]
async fn two_tabs_of_one_browser_both_work_and_each_answer_counts_once() {
    let portal = Portal::start();
    let browser = portal.browser();
    let first = portal.begin(&browser, |_| ()).await;
    portal.begin(&browser, |_| ()).await;
    portal.provider.answers.lock().unwrap().id_token = portal.provider.good_claims(&first["nonce"]);
    assert_eq!(browser.get(&portal.answer(&first["state"])).await.status(), 303);
    assert_eq!(browser.get(&portal.answer(&first["state"])).await.status(), 400);
}

#[actix_web::test]
async fn a_response_of_another_issuer_or_of_none_is_refused() {
    let portal = Portal::start();
    let browser = portal.browser();
    for iss in ["", "&iss=https://evil.example"] {
        let state = &portal.begin(&browser, |_| ()).await["state"];
        assert_eq!(browser.get(&format!("/callback?code=c&state={state}{iss}")).await.status(), 502);
    }
    assert!(portal.provider.answers.lock().unwrap().token_requests.is_empty(), "the code was sent out");
}

#[actix_web::test]
async fn forged_id_tokens_are_refused() {
    let portal = Portal::start();
    let browser = portal.browser();
    for (claim, value) in [
        ("iss", json!("https://evil.example")),
        ("aud", json!("another-portal")),
        ("exp", json!(1_700_000_001)),
        ("nonce", json!("another")),
        ("nonce", Value::Null),
        ("at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA")),
    ] {
        let state = &portal.begin(&browser, |claims| claims[claim] = value).await["state"];
        assert_eq!(browser.get(&portal.answer(state)).await.status(), 502, "{claim}");
        assert!(!browser.is_signed_in().await, "{claim}");
    }
    let state = &portal.begin(&browser, |_| ()).await["state"];
    portal.provider.answers.lock().unwrap().damage_signature = true;
    assert_eq!(browser.get(&portal.answer(state)).await.status(), 502);
    assert!(!browser.is_signed_in().await);
}

#[actix_web::test]
async fn userinfo_about_somebody_else_is_refused() {
    let portal = Portal::start();
    let browser = portal.browser();
    portal.provider.answers.lock().unwrap().userinfo = json!({"sub": "s-2", "name": "Trần Thị Bình"});
    let state = &portal.begin(&browser, |_| ()).await["state"];
    assert_eq!(browser.get(&portal.answer(state)).await.status(), 502);
    assert!(!browser.is_signed_in().await);
}

#[actix_web::test]
async fn a_rotated_key_is_fetched_again() {
    let portal = Portal::start();
    let browser = portal.browser();
    let state = &portal.begin(&browser, |_| ()).await["state"];
    assert_eq!(browser.get(&portal.answer(state)).await.status(), 303);
    portal.provider.answers.lock().unwrap().kid = "k2";
    let state = &portal.begin(&browser, |_| ()).await["state"];
    assert_eq!(browser.get(&portal.answer(state)).await.status(), 303);
    assert!(status_and_text(browser.get("/citizen").await).await.1.contains("kid k2"));
}

#[actix_web::test]
async fn a_level_below_the_asked_one_is_turned_away_kindly() {
    let portal = Portal::start_with(|config| config.required_level = 2);
    let browser = portal.browser();
    let state = &portal.begin(&browser, |_| ()).await["state"];
    let (status, page) = status_and_text(browser.get(&portal.answer(state)).await).await;
    assert_eq!(status, 403);
    assert!(page.contains("mức độ 2"));
    assert!(!browser.is_signed_in().await);
}

#[actix_web::test]
async fn every_refusal_has_kind_words_in_both_languages_and_names_its_code() {
    let portal = Portal::start();
    let browser = portal.browser();
    let codes = [
        ("access_denied", 403),
        ("unmet_authentication_requirements", 403),
        ("login_required", 403),
        ("invalid_request", 403),
        ("temporarily_unavailable", 503),
        ("a_code_of_tomorrow", 403),
    ];
    for (code, expected) in codes {
        for (language, word) in [("vi", "Trang chủ"), ("en", "Home")] {
            let state = &portal.begin(&browser, |_| ()).await["state"];
            let path =
                format!("/callback?error={code}&error_description=why%3Cb%3E&state={state}&iss={}&lang={language}", portal.provider.issuer);
            let (status, page) = status_and_text(browser.get(&path).await).await;
            assert_eq!(status, expected, "{code}");
            assert!(page.contains(code) && page.contains(word) && !page.contains("why<b>"), "{code} {language}");
        }
    }
}

#[actix_web::test]
async fn a_refresh_brings_what_is_released_today_and_keeps_the_person() {
    let portal = Portal::start();
    let browser = portal.browser();
    portal.provider.answers.lock().unwrap().refresh_token = Some("rt-1");
    let query = portal.begin(&browser, |_| ()).await;
    browser.get(&portal.answer(&query["state"])).await;
    {
        let mut answers = portal.provider.answers.lock().unwrap();
        answers.userinfo["name"] = "Nguyễn Văn Ân".into();
        answers.id_token["nonce"] = Value::Null;
    }
    assert_eq!(browser.post("/refresh", "https://evil.example").await.status(), 400);
    assert_eq!(browser.post("/refresh", &portal.base_url).await.status(), 303);
    assert!(status_and_text(browser.get("/citizen").await).await.1.contains("Nguyễn Văn Ân"));
    portal.provider.answers.lock().unwrap().id_token["sub"] = "s-2".into();
    assert_eq!(browser.post("/refresh", &portal.base_url).await.status(), 502);
}

#[actix_web::test]
async fn sign_out_ends_the_session_here_first_and_then_goes_to_the_provider() {
    let portal = Portal::start();
    let browser = portal.browser();
    let query = portal.begin(&browser, |_| ()).await;
    browser.get(&portal.answer(&query["state"])).await;
    assert_eq!(browser.post("/sign-out", "https://evil.example").await.status(), 400);
    assert!(browser.is_signed_in().await);
    let left = browser.post("/sign-out", &portal.base_url).await;
    let url = url::Url::parse(left.headers()[LOCATION].to_str().unwrap()).unwrap();
    let query: HashMap<String, String> = url.query_pairs().into_owned().collect();
    assert_eq!(url.path(), "/logout");
    assert_eq!(query["post_logout_redirect_uri"], format!("{}/", portal.base_url));
    assert!(query["id_token_hint"].starts_with("ey"));
    assert!(!browser.is_signed_in().await);
    let notice = "đã đăng xuất";
    assert!(!status_and_text(browser.get("/?state=forged").await).await.1.contains(notice));
    assert!(status_and_text(browser.get(&format!("/?state={}", query["state"])).await).await.1.contains(notice));
}

#[actix_web::test]
async fn nonsense_gets_a_page_and_no_session() {
    let portal = Portal::start();
    let browser = portal.browser();
    for path in [
        "/callback",
        "/callback?code=c",
        "/callback?state=x&state=y&code=c",
        "/callback?code=%ff%00&state=x",
        "/nothing",
        "/problem/%3Cscript%3E",
    ] {
        let answer = browser.get(path).await;
        assert!(answer.status().is_client_error(), "{path}");
        assert!(answer.headers()["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
        assert!(!answer.text().await.unwrap().contains("<script"));
    }
}
