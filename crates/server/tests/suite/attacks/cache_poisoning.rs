//! Cache poisoning and cache deception: what is somebody's own is never stored, what may be stored is the same for everybody.

use crate::support::{AN, App};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_personal_may_be_stored_by_a_cache() {
    let app = App::start().await;
    let (portal, browser) = (app.trusted_portal(), app.browser_of(AN).await);
    let page = app.browser().get(&portal.authorize(&[])).await;
    let redirect = portal.silently(&browser, &[]).await;
    let wrong = browser.get("/oauth2/authorize").await;
    let home = browser.get("/").await;
    for answer in [page, redirect, wrong, home] {
        assert_eq!(answer.header("cache-control"), "no-store", "{} {:?}", answer.status, answer.headers);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_portal_is_answered_may_be_stored_by_no_cache() {
    let app = App::start().await;
    let (portal, browser) = (app.trusted_portal(), app.browser_of(AN).await);
    let code = portal.silently(&browser, &[]).await.parameter("code").unwrap();
    let token = portal.exchange(&code).await;
    let access_token = token.json()["access_token"].as_str().unwrap().to_owned();
    let userinfo = portal.userinfo(&access_token).await;
    let introspection = portal.post("/oauth2/introspect", &[("token", &access_token)]).await;
    let refused = portal.exchange("wrong").await;
    for (answer, status) in [(token, 200), (userinfo, 200), (introspection, 200), (refused, 400)] {
        assert_eq!((answer.status, answer.header("cache-control")), (status, "no-store"), "{:?}", answer.headers);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_personal_page_cannot_be_called_by_the_name_of_a_file() {
    let app = App::start().await;
    let (portal, browser) = (app.portal(), app.browser());
    let page = browser.get(&portal.authorize(&[])).await;
    let id = page.interaction();
    for path in [
        format!("/interaction/{id}/style.css"),
        format!("/interaction/{id}%2Fstyle.css"),
        format!("/interaction/{id};style.css"),
        format!("/interaction/{id}.css"),
        format!("/interaction/{id}%3F.css"),
        format!("/interaction/{id}%00.css"),
        format!("/static/..%2Finteraction%2F{id}"),
        "/oauth2/userinfo/x.css".to_owned(),
        "/oauth2/token/x.js".to_owned(),
        "/account/recover/x.png".to_owned(),
    ] {
        let answer = browser.get(&path).await;
        assert!((400..500).contains(&answer.status), "{path}: {}", answer.status);
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert!(!answer.has("#sign-in"), "{path} shows the page");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_cache_may_store_is_the_same_for_everybody() {
    let app = App::start().await;
    let signed_in = app.browser_of(AN).await;
    let style = app.browser().get("/").await.attribute("link[rel=stylesheet]", "href").unwrap();
    for path in ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/oauth2/jwks", &style] {
        let plain = app.browser().get(path).await;
        let odd = [
            ("X-Forwarded-Host", "evil.example"),
            ("Accept-Language", "en"),
            ("X-Forwarded-For", "1.2.3.4"),
            ("Origin", "https://evil.example"),
        ];
        let other = signed_in.send("GET", &format!("{path}?lang=en&cb=1"), &odd, vec![]).await;
        assert_eq!((plain.status, &plain.body), (other.status, &other.body), "{path}");
        assert!(plain.header("cache-control").contains("max-age") && other.header("set-cookie").is_empty(), "{path}");
    }
}
