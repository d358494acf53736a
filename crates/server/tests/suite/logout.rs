//! RP-Initiated Logout 1.0.

use crate::support::{AN, Answer, App, BINH, Browser, Tokens};

const BYE: &str = "https://portal-a.example/bye";

async fn signed_in(app: &App, browser: &Browser, scope: &str) -> Tokens {
    let portal = app.portal();
    portal.tokens(&portal.code(browser, AN, &[("scope", Some(scope))]).await).await
}

fn logout(parameters: &[(&str, &str)]) -> String {
    format!("/oidc/logout?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish())
}

async fn is_signed_in(app: &App, browser: &Browser) -> bool {
    app.trusted_portal().silently(browser, &[]).await.parameter("code").is_some()
}

fn is_question(answer: &Answer) -> bool {
    answer.status == 200 && answer.has("#sign-out") && answer.has("#stay")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portal_that_names_the_session_ends_it_without_a_question() {
    let app = App::start().await;
    for posted in [false, true] {
        let browser = app.browser();
        let tokens = signed_in(&app, &browser, "openid profile").await;
        let offline = signed_in(&app, &browser, "openid profile offline_access").await;
        let parameters = [("id_token_hint", tokens.id_token.as_str()), ("post_logout_redirect_uri", BYE), ("state", "a b&c")];
        let answer = if posted { browser.post("/oidc/logout", &parameters).await } else { browser.get(&logout(&parameters)).await };
        assert_eq!(answer.status, 303, "{}", answer.text());
        assert!(answer.location().unwrap().starts_with(&format!("{BYE}?")), "{:?}", answer.location());
        assert_eq!(answer.parameter("state").as_deref(), Some("a b&c"));
        assert_eq!(browser.cookie("dinhdanh_session"), None);
        assert!(!is_signed_in(&app, &browser).await);
        assert_eq!(app.portal().userinfo(&tokens.access_token).await.status, 401, "its tokens end with it");
        assert_eq!(app.portal().userinfo(&offline.access_token).await.status, 200, "offline access does not");
        assert_eq!(app.portal().refresh(&offline.refresh_token.unwrap()).await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_cookie_is_worth_nothing_after_sign_out() {
    let app = App::start().await;
    let browser = app.browser();
    let tokens = signed_in(&app, &browser, "openid").await;
    let cookie = browser.cookie("dinhdanh_session").unwrap();
    browser.get(&logout(&[("id_token_hint", &tokens.id_token)])).await;
    browser.plant("dinhdanh_session", &cookie);
    assert!(!is_signed_in(&app, &browser).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_hint_is_accepted() {
    let app = App::start().await;
    let browser = app.browser();
    let tokens = signed_in(&app, &browser, "openid").await;
    app.later(700);
    let answer = browser.get(&logout(&[("id_token_hint", &tokens.id_token), ("post_logout_redirect_uri", BYE)])).await;
    assert_eq!(answer.location().as_deref(), Some(BYE));
    assert!(!is_signed_in(&app, &browser).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_hint_the_citizen_is_asked() {
    let app = App::start().await;
    let browser = app.browser_of(AN).await;
    let asked = [("client_id", "portal-a"), ("post_logout_redirect_uri", BYE), ("state", "s")];
    for parameters in [&asked[..], &[]] {
        assert!(is_question(&browser.get(&logout(parameters)).await));
        assert!(is_question(&browser.post("/oidc/logout", parameters).await), "a post from elsewhere is no confirmation");
    }
    let forged = [&asked[..], &[("csrf", "forged")]].concat();
    assert!(is_question(&browser.post("/oidc/logout", &forged).await));
    assert!(is_signed_in(&app, &browser).await);

    let page = browser.get(&logout(&asked)).await;
    assert!(page.header("content-security-policy").contains("form-action 'self' https://portal-a.example;"));
    let answer = browser.submit(&page, None, &[]).await;
    assert_eq!(answer.location().as_deref(), Some(format!("{BYE}?state=s").as_str()));
    assert!(!is_signed_in(&app, &browser).await);

    let page = browser.get("/oidc/logout").await;
    assert!(page.status == 200 && page.has("h1") && !page.has("#sign-out"), "nobody is signed in any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hint_of_another_session_asks() {
    let app = App::start().await;
    let (first, second) = (app.browser(), app.browser());
    let tokens = signed_in(&app, &first, "openid").await;
    signed_in(&app, &second, "openid").await;
    let binh = app.browser_of(BINH).await;
    for browser in [&second, &binh] {
        let answer = browser.get(&logout(&[("id_token_hint", &tokens.id_token), ("post_logout_redirect_uri", BYE)])).await;
        assert!(is_question(&answer), "{:?}", answer.location());
        assert!(is_signed_in(&app, browser).await);
    }
    assert!(is_signed_in(&app, &first).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_address_is_never_redirected_to_and_ends_nothing() {
    let app = App::start().await;
    let browser = app.browser();
    let tokens = signed_in(&app, &browser, "openid").await;
    let hint = tokens.id_token.as_str();
    let other = app.other_portal().signed_in(&app, "openid").await.id_token;
    let none = format!("{}.", hint.rsplit_once('.').unwrap().0);
    let cases: &[&[(&str, &str)]] = &[
        &[("id_token_hint", hint), ("post_logout_redirect_uri", "https://portal-a.example/bye/")],
        &[("id_token_hint", hint), ("post_logout_redirect_uri", "https://portal-a.example/bye?x=1")],
        &[("id_token_hint", hint), ("post_logout_redirect_uri", "https://portal-a.example/cb")],
        &[("id_token_hint", hint), ("post_logout_redirect_uri", "https://evil.example/")],
        &[("id_token_hint", hint), ("post_logout_redirect_uri", "//evil.example/")],
        &[("id_token_hint", hint), ("post_logout_redirect_uri", "javascript:alert(1)")],
        &[("id_token_hint", other.as_str()), ("post_logout_redirect_uri", BYE)],
        &[("client_id", "portal-b"), ("post_logout_redirect_uri", BYE)],
        &[("client_id", "nobody"), ("post_logout_redirect_uri", BYE)],
        &[("client_id", "portal-b"), ("id_token_hint", hint)],
        &[("post_logout_redirect_uri", BYE)],
        &[("id_token_hint", "rubbish"), ("post_logout_redirect_uri", BYE)],
        &[("id_token_hint", none.as_str()), ("post_logout_redirect_uri", BYE)],
        &[("id_token_hint", tokens.access_token.as_str()), ("post_logout_redirect_uri", BYE)],
        &[("client_id", "portal-a"), ("post_logout_redirect_uri", BYE), ("post_logout_redirect_uri", BYE)],
        &[("id_token_hint", hint), ("id_token_hint", hint)],
    ];
    for parameters in cases {
        for answer in [browser.get(&logout(parameters)).await, browser.post("/oidc/logout", parameters).await] {
            assert!(answer.is_notice(400), "{parameters:?}: {} {:?}", answer.status, answer.location());
            assert!(!answer.body.contains("evil.example"));
        }
        assert!(is_signed_in(&app, &browser).await, "{parameters:?}");
    }
}

/// A portal's cross-site post carries none of our `SameSite=Lax` cookies: the session is found by the GET that follows.
#[tokio::test(flavor = "multi_thread")]
async fn a_post_without_cookies_ends_the_session_all_the_same_once_the_citizen_confirms() {
    let app = App::start().await;
    let (browser, portal) = (app.browser(), app.portal());
    let tokens = portal.tokens(&portal.code(&browser, AN, &[]).await).await;
    let fields =
        [("id_token_hint", tokens.id_token.as_str()), ("post_logout_redirect_uri", "https://portal-a.example/bye"), ("state", "s")];
    let posted = crate::support::Browser::without_cookies(&app.base).post("/oidc/logout", &fields).await;
    assert_eq!(posted.status, 303, "{}", posted.body);
    assert_eq!(posted.header("set-cookie"), "", "no cookie replaces the one that the post could not carry");
    let location = posted.location().unwrap();
    assert!(location.starts_with("/oidc/logout?") && !location.contains("id_token_hint"), "{location}");
    let asked = browser.get(&location).await;
    assert!(asked.has("#sign-out"), "{}", asked.text());
    let left = browser.submit(&asked, None, &[]).await;
    assert_eq!(left.location().as_deref(), Some("https://portal-a.example/bye?state=s"));
    assert_eq!(portal.userinfo(&tokens.access_token).await.status, 401);
}
