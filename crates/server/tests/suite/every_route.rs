//! Every route, walked as nobody, with wrong methods, without the form's token, and with a stranger's browser.

use crate::support::{AN, App, BINH, PASSWORD};

/// Every route of a sandbox and the methods it answers to; a new route belongs here.
const ROUTES: &[(&str, &str)] = &[
    ("/", "GET"),
    ("/.well-known/openid-configuration", "GET"),
    ("/.well-known/oauth-authorization-server", "GET"),
    ("/oauth2/jwks", "GET"),
    ("/oauth2/authorize", "GET, POST"),
    ("/oauth2/token", "POST"),
    ("/oauth2/userinfo", "GET, POST"),
    ("/oauth2/introspect", "POST"),
    ("/oauth2/revoke", "POST"),
    ("/oidc/logout", "GET, POST"),
    ("/interaction/login", "POST"),
    ("/interaction/otp", "POST"),
    ("/interaction/otp/resend", "POST"),
    ("/interaction/otp/skip", "POST"),
    ("/interaction/consent", "POST"),
    ("/interaction/account", "POST"),
    ("/interaction/cancel", "POST"),
    ("/interaction/AAAAAAAAAAAAAAAAAAAAAA", "GET"),
    ("/account/recover", "GET, POST"),
    ("/account/recover/confirm", "GET, POST"),
    ("/healthz", "GET"),
    ("/readyz", "GET"),
    ("/metrics", "GET"),
    ("/sandbox/phone", "GET"),
    ("/sandbox/outbox", "GET"),
    ("/sandbox/clock", "GET, POST"),
];

/// The posts of an interaction, which carry its id and token.
const FORMS: [&str; 7] = [
    "/interaction/login",
    "/interaction/otp",
    "/interaction/otp/resend",
    "/interaction/otp/skip",
    "/interaction/consent",
    "/interaction/account",
    "/interaction/cancel",
];

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_method_is_405_with_allow_and_never_blank() {
    let app = App::start().await;
    let browser = app.browser();
    for (path, allowed) in ROUTES {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "PROPFIND"] {
            if allowed.split(", ").any(|known| known == method) {
                continue;
            }
            let answer = browser.send(method, path, &[], vec![]).await;
            assert_eq!(answer.status, 405, "{method} {path}: {}", answer.body);
            assert_eq!(answer.header("allow"), *allowed, "{method} {path}");
            assert!(!answer.body.trim().is_empty(), "{method} {path} is blank");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn head_is_get_without_a_body() {
    let app = App::start().await;
    let browser = app.browser();
    for (path, allowed) in ROUTES {
        let answer = browser.send("HEAD", path, &[], vec![]).await;
        let get = browser.send("GET", path, &[], vec![]).await;
        assert_eq!(answer.status, get.status, "{path}");
        assert!(answer.body.is_empty(), "{path}");
        assert_eq!(answer.status == 405, !allowed.starts_with("GET"), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_answered_everywhere_with_headers_that_guard() {
    let app = App::start().await;
    let browser = app.browser();
    for (path, allowed) in ROUTES {
        for method in allowed.split(", ") {
            let answer = browser.send(method, path, &[FORM], vec![]).await;
            let what = format!("{method} {path}: {} {:?}", answer.status, answer.headers);
            assert!(answer.status < 500, "{what}");
            assert!(!answer.body.is_empty() || answer.location().is_some(), "{what}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{what}");
            assert_eq!(answer.header("x-frame-options"), "DENY", "{what}");
            assert_eq!(answer.header("referrer-policy"), "no-referrer", "{what}");
            assert_eq!(answer.header("x-request-id").len(), 16, "{what}");
            let public = path.starts_with("/.well-known") || *path == "/oauth2/jwks";
            assert!(public || answer.header("cache-control").contains("no-store"), "{what}");
            let policy = answer.header("content-security-policy");
            assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{what}");
            assert!(!policy.contains("unsafe") && !policy.contains('*'), "{what}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_carry_no_inline_script_or_style_and_load_only_from_us() {
    let app = App::start().await;
    let (portal, browser) = (app.portal(), app.browser());
    let sign_in = browser.get(&portal.authorize(&[])).await;
    let policy = sign_in.header("content-security-policy");
    assert!(policy.contains("form-action 'self' https://portal-a.example;") && policy.contains("script-src 'self';"), "{policy}");
    let wrong = browser.sign_in(&sign_in, AN, "wrong").await;
    let consent = browser.sign_in(&sign_in, AN, PASSWORD).await;
    let error = browser.get("/oauth2/authorize").await;
    let pages =
        [sign_in, wrong, consent, error, browser.get("/").await, browser.get("/account/recover").await, browser.get("/nowhere").await];
    for page in pages {
        assert!(page.has("h1") && page.attribute("html", "lang").is_some(), "{}", page.status);
        assert!(!page.has("style") && !page.has("[style]") && !page.has("[onclick]"), "{}", page.status);
        assert!(page.attribute("script", "src").is_some_and(|src| src.starts_with("/static/")));
        assert!(page.attribute("link[rel=stylesheet]", "href").is_some_and(|href| href.starts_with("/static/")));
        for asset in [page.attribute("script", "src"), page.attribute("link[rel=stylesheet]", "href")].into_iter().flatten() {
            assert_eq!(browser.get(&asset).await.status, 200);
        }
    }
    let error = browser.get("/oauth2/authorize").await;
    assert!(error.header("content-security-policy").contains("form-action 'self';"), "an unproven address is in no policy");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_404_for_people_and_programs() {
    let app = App::start().await;
    let browser = app.browser();
    for path in [
        "/nowhere",
        "/oauth2/par",
        "/oauth2/device_authorize",
        "/oauth2/ciba",
        "/oauth2/register",
        "/oidc/checksession",
        "/admin",
        "/officer",
        "/interaction",
        "/static/x.css",
        "/%2e%2e/etc/passwd",
        "//",
    ] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.body.is_empty() && answer.location().is_none(), "{path}");
    }
    assert_eq!(browser.get("/api/v1/nothing").await.json()["error"], "invalid_request");
    assert!(browser.get("/nowhere").await.is_notice(404));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_without_its_token_does_nothing() {
    let app = App::start().await;
    let (portal, browser) = (app.portal(), app.browser());
    let page = browser.get(&portal.authorize(&[])).await;
    let consent = browser.sign_in(&page, AN, PASSWORD).await;
    let id = consent.interaction();
    let good = consent.hidden("csrf");
    let other = browser.get(&portal.authorize(&[("prompt", Some("login"))])).await.hidden("csrf");
    let broken = format!("{}A", &good[..good.len() - 1]);
    for path in FORMS {
        for token in [None, Some(""), Some("x"), Some(other.as_str()), Some(broken.as_str())] {
            let mut fields = vec![("interaction", id.as_str()), ("decision", "allow"), ("citizen_id", AN), ("password", PASSWORD)];
            fields.extend(token.map(|token| ("csrf", token)));
            let answer = browser.post(path, &fields).await;
            assert!(answer.is_notice(403), "{path} {token:?}: {} {:?}", answer.status, answer.location());
        }
        assert!(browser.post(path, &[]).await.is_notice(403), "{path}");
    }
    for path in ["/account/recover", "/account/recover/confirm"] {
        assert!(browser.post(path, &[("citizen_id", AN), ("csrf", "x")]).await.is_notice(403), "{path}");
    }
    assert!(browser.allow(&consent).await.parameter("code").is_some(), "none of it touched the interaction");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strangers_browser_gets_nothing_of_an_interaction() {
    let app = App::start().await;
    let (portal, citizen) = (app.portal(), app.browser());
    let page = citizen.get(&portal.authorize(&[])).await;
    let consent = citizen.sign_in(&page, AN, PASSWORD).await;
    let (id, csrf) = (consent.interaction(), consent.hidden("csrf"));
    let path = format!("/interaction/{id}");
    let fields =
        [("interaction", id.as_str()), ("csrf", csrf.as_str()), ("decision", "allow"), ("citizen_id", BINH), ("password", PASSWORD)];

    let stranger = app.browser_of(BINH).await;
    let seen = stranger.get(&path).await;
    assert!(seen.is_notice(403) && !seen.text().contains("Nguyễn Văn An"), "{}", seen.text());
    for form in FORMS {
        let answer = stranger.post(form, &fields).await;
        assert!(answer.is_notice(403), "{form}: {} {:?}", answer.status, answer.location());
    }
    // Even with a form token of its own for that id the stranger is in the wrong browser: the token is bound to the browser.
    let nobody = crate::support::Browser::without_cookies(&app.base);
    assert!(nobody.get(&path).await.is_notice(400));
    for form in FORMS {
        assert!(nobody.post(form, &fields).await.is_notice(400), "{form}");
    }
    assert!(citizen.allow(&consent).await.parameter("code").is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_posted_request_belongs_to_the_first_browser_that_fetches_its_page() {
    let app = App::start().await;
    let request = app.portal().request(&[]);
    let fields: Vec<_> = request.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let (citizen, stranger) = (app.browser(), app.browser());
    let location = citizen.post("/oauth2/authorize", &fields).await.location().unwrap();
    assert!(citizen.get(&location).await.is_sign_in_page());
    let _ = stranger.get("/").await;
    assert!(stranger.get(&location).await.is_notice(403));
    assert!(citizen.get(&location).await.is_sign_in_page());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_language_link_of_an_error_page_stays_on_the_page_and_on_our_host() {
    let app = App::start().await;
    let browser = app.browser();
    let page = browser.get("/no/such/page?lang=vi").await;
    assert!(page.body.contains("/no/such/page?lang=en"), "{}", page.body);
    let page = browser.get("/oauth2/authorize?client_id=nobody&redirect_uri=https%3A%2F%2Felsewhere.example").await;
    assert!(!page.body.contains("elsewhere.example"), "{}", page.body);
    let page = browser.get("//elsewhere.example/page").await;
    assert_eq!(page.status, 404);
    assert!(!page.body.contains("//elsewhere.example"), "{}", page.body);
}
