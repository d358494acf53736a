//! Cross-site scripting through every field that a client, a citizen, a record, a request or a browser can set. What is tried is taken from the
//! types: a field without a case does not compile, and one that begins to be shown is named by the test.

mod client;
mod marks;
mod person;
mod request;

use std::collections::BTreeSet;

use account_policy::person::Person;
use account_policy::{CitizenId, HolderKind};
use dinhdanh::claims::known_scopes;
use serde_json::json;

use self::marks::{Seen, address, is_harmless, mark, marks, runs_nothing};
use crate::support::{AN, Answer, App, BINH, Browser, CUONG, DUC, PASSWORD, Portal, newest_code, raw};

const MARKUP: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}";
/// Nobody else has it.
const NUMBER: &str = "098090000021";
const CHILD: &str = "098216000022";

/// The client of [`client::marked`], or of [`client::nameless`].
fn portal_of(app: &App, client_id: &str) -> Portal {
    Portal::new(&app.base, &mark(client_id), Some(&mark("client-secret")), &address("redirect-uri"))
}

fn number(digits: &str) -> CitizenId {
    CitizenId::parse(digits).unwrap()
}

fn path(path: &str, parameters: &[(&str, &str)]) -> String {
    format!("{path}?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish())
}

/// Links are compared whole: an address can hold no markup, but `&quot;` and an apostrophe.
fn leads_to(page: &Answer, selector: &str, address: &str) {
    assert_eq!(page.attribute(selector, "href").as_deref(), Some(address), "{}", page.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_client_registers_is_text_on_every_page() {
    let app = App::with(|config| {
        config.sandbox.rate_limits = false;
        config.clients.extend([client::marked(), client::nameless()]);
    })
    .await;
    let portal = portal_of(&app, "client-id");
    let mut seen = Seen::default();
    for language in ["vi", "en"] {
        let browser = app.browser();
        let home = browser.get(&format!("/?lang={language}")).await;
        seen.look(&home, "home");
        leads_to(&home, "a[href^='https://marked.example/']", &address("client-uri"));
        let page = browser.get(&portal.authorize(&[])).await;
        seen.look(&page, "sign-in");
        seen.look(&browser.sign_in(&page, AN, "Wrong#2024").await, "sign-in, wrong password");
        let consent = browser.sign_in(&page, AN, PASSWORD).await;
        assert!(consent.is_consent_page(), "{}", consent.text());
        seen.look(&consent, "consent");
        let purpose = if language == "vi" { "purpose" } else { "purpose-en" };
        assert!(marks(&consent.body).contains(purpose), "{language}: {}", consent.text());
        let code = browser.allow(&consent).await.parameter("code").unwrap();
        let tokens = portal.exchange(&code).await;
        seen.look(&tokens, "tokens");
        seen.look(&portal.post("/oauth2/introspect", &[("token", tokens.json()["access_token"].as_str().unwrap())]).await, "introspection");
        let done = browser.get(&format!("/interaction/{}", consent.interaction())).await;
        assert!(done.is_notice(409), "{}", done.text());
        seen.look(&done, "a notice that links back");
        leads_to(&done, "#back", &address("client-uri"));
        seen.look(&browser.get(&portal.authorize(&[("prompt", Some("select_account"))])).await, "choice of account");
        let code = browser.get(&portal.authorize(&[("acr_values", Some("LoA2"))])).await;
        assert!(code.is_code_page(), "{}", code.text());
        seen.look(&code, "one-time code");
        seen.look(&browser.submit(&code, None, &[("otp", "x")]).await, "one-time code, wrong");
        seen.look(&browser.get("/sandbox/phone").await, "messages");

        let bye = address("post-logout-redirect-uri");
        let id = mark("client-id");
        let page = browser.get(&path("/oidc/logout", &[("client_id", &id), ("post_logout_redirect_uri", &bye)])).await;
        assert!(page.has("#sign-out"), "{}", page.text());
        assert_eq!((page.hidden("client_id"), page.hidden("post_logout_redirect_uri")), (id.clone(), bye.clone()));
        seen.look(&page, "sign-out");
        let out = browser.submit(&browser.get(&path("/oidc/logout", &[("client_id", &id)])).await, None, &[]).await;
        seen.look(&out, "signed out");
        leads_to(&out, "#back", &address("client-uri"));

        for (citizen, claims) in [(CUONG, json!({})), (BINH, json!({ "id_token": { "acr": { "essential": true, "values": ["LoA2"] } } }))] {
            let (browser, claims) = (app.browser(), claims.to_string());
            let page = browser.get(&format!("{}&lang={language}", portal.authorize(&[("claims", Some(&claims))]))).await;
            let refused = browser.sign_in(&page, citizen, PASSWORD).await;
            assert!(refused.is_notice(403), "{}", refused.text());
            assert!(marks(&refused.body).contains("client-name"));
            seen.look(&refused, "a refusal");
        }
    }
    seen.is_all_of(client::SHOWN);

    let mut seen = Seen::default();
    let nameless = portal_of(&app, "nameless");
    seen.look(&app.browser().get(&nameless.authorize(&[])).await, "sign-in to a client without a name");
    seen.is_all_of(["nameless"]);
}

/// Signs in at level 2 and stops at the consent page.
async fn consent_page(portal: &Portal, browser: &Browser, citizen: &str, scope: &str) -> Answer {
    let page = browser.get(&portal.authorize_scope(scope)).await;
    let page = browser.sign_in(&page, citizen, PASSWORD).await;
    assert!(page.is_code_page(), "{} {}", page.status, page.text());
    let code = newest_code(browser, citizen).await;
    let page = browser.submit(&page, None, &[("otp", &code)]).await;
    assert!(page.is_consent_page(), "{} {}", page.status, page.text());
    page
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_record_says_is_text_on_every_page() {
    let app = App::with(|config| {
        let client = config.clients.iter_mut().find(|client| client.client_id == "portal-a").unwrap();
        client.scope = Some(known_scopes().clone());
    })
    .await;
    let (portal, scope, now) = (app.portal(), known_scopes().to_string(), app.provider.clock.now());
    let mut seen = Seen::default();
    for (number, kind) in [(NUMBER, HolderKind::Citizen), ("098090000023", HolderKind::Foreigner)] {
        let person = person::marked(number, now);
        person::hand_over(&app, "portal-a", &Person { old_id_number: None, ..person.clone() }).await;
        person::register(&app, kind, person, None).await;
        let browser = app.browser();
        let consent = consent_page(&portal, &browser, number, &scope).await;
        seen.look(&consent, "consent");
        let code = browser.allow(&consent).await.parameter("code").unwrap();
        let tokens = portal.tokens(&code).await;
        let userinfo = portal.userinfo(&tokens.access_token).await;
        assert_eq!(userinfo.json()["name"], mark("name"));
        seen.look(&userinfo, "userinfo");
        seen.look(&browser.get("/sandbox/phone").await, "messages");
        seen.look(&browser.get(&path("/sandbox/outbox", &[("citizen_id", number)])).await, "messages, for programs");
    }
    seen.is_all_of(person::shown().iter().map(String::as_str));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_is_called_is_text_on_every_page() {
    let app = App::with(|config| config.sandbox.rate_limits = false).await;
    let (portal, asking) = (app.trusted_portal(), app.portal());
    let guardian = Person { citizen_id: number(NUMBER), name: person::name("guardian"), ..person::of(&app, AN).await };
    let child = Person { citizen_id: number(CHILD), name: person::name("child"), ..person::of(&app, DUC).await };
    let guardian = person::register(&app, HolderKind::Citizen, guardian, None).await;
    person::register(&app, HolderKind::Citizen, child, Some(guardian)).await;
    for language in ["vi", "en"] {
        let mut seen = Seen::default();
        let browser = app.browser();
        let page = browser.get(&format!("{}&lang={language}", asking.authorize_scope("openid"))).await;
        let page = browser.sign_in(&page, CHILD, PASSWORD).await;
        assert!(page.is_code_page(), "{}", page.text());
        seen.look(&page, "the code that went to the guardian");
        seen.look(&browser.submit(&page, None, &[("otp", "x")]).await, "a wrong code of the guardian");
        seen.is_all_of(["child", "guardian"]);
        let messages = browser.get("/sandbox/phone").await;
        is_harmless(&messages, "messages");
        assert!(marks(&messages.body).contains("child"), "the message names the child: {}", messages.text());
        let code = newest_code(&browser, CHILD).await;
        let consent = browser.submit(&page, None, &[("otp", &code)]).await;
        assert!(consent.is_consent_page() && marks(&consent.body) == ["child".to_owned()].into(), "{}", consent.text());
        is_harmless(&consent, "consent on behalf of the child");

        let browser = app.browser();
        let page = browser.get(&format!("{}&lang={language}", portal.authorize(&[]))).await;
        assert!(browser.sign_in(&page, NUMBER, PASSWORD).await.parameter("code").is_some());
        let choice = browser.get(&portal.authorize(&[("prompt", Some("select_account"))])).await;
        is_harmless(&choice, "choice of account");
        assert_eq!(marks(&choice.body), ["guardian".to_owned()].into(), "{}", choice.text());
    }
}

#[test]
fn every_parameter_that_is_read_is_tried() {
    let (tried, read) = (request::names(), request::read());
    assert!(read.len() > 30, "{read:?}");
    let missing: Vec<_> = read.iter().filter(|name| !tried.contains(name.as_str())).collect();
    assert!(missing.is_empty(), "add {missing:?} to request::OTHERS");
}

/// The hidden fields of the page's form, with one parameter said in another way, or besides.
async fn say(browser: &Browser, page: &Answer, action: &str, usual: &[(&str, &str)], name: &str, said: &str) -> Answer {
    let hidden = page.form().hidden;
    let mut fields: Vec<(&str, &str)> = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    fields.extend_from_slice(usual);
    fields.retain(|(known, _)| *known != name);
    fields.push((name, said));
    browser.post(action, &fields).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_request_says_is_text_on_every_page() {
    let app = App::with(|config| config.sandbox.rate_limits = false).await;
    let (portal, stranger, citizen) = (app.portal(), app.browser(), app.browser_of(AN).await);
    let mut seen = Seen::default();
    for name in request::names() {
        let said = mark(name);
        for browser in [&stranger, &citizen] {
            for route in [
                "/",
                "/nowhere",
                "/oauth2/authorize",
                "/oauth2/userinfo",
                "/oidc/logout",
                "/account/recover",
                "/account/recover/confirm",
                "/sandbox/phone",
                "/sandbox/outbox",
                "/sandbox/clock",
            ] {
                seen.look(&browser.get(&path(route, &[(name, &said)])).await, &format!("{route} {name}"));
            }
            let mine = [(name, Some(said.as_str()))];
            let silent = [("prompt", Some("none")), ("response_mode", Some("form_post")), mine[0]];
            seen.look(&browser.get(&portal.authorize(&mine)).await, &format!("authorize {name}"));
            seen.look(&browser.get(&portal.authorize(&silent)).await, &format!("authorize silently {name}"));
            let page = browser.get(&portal.authorize(&[("prompt", Some("login"))])).await;
            for (action, usual) in [
                ("/interaction/login", &[("citizen_id", AN), ("password", "Wrong#2024")][..]),
                ("/interaction/account", &[("account", "current")]),
                ("/interaction/consent", &[("decision", "allow")]),
                ("/account/recover/confirm", &[]),
                ("/oidc/logout", &[]),
                ("/interaction/cancel", &[]),
            ] {
                seen.look(&say(browser, &page, action, usual, name, &said).await, &format!("{action} {name}"));
            }
            let recovery = browser.get("/account/recover").await;
            seen.look(&say(browser, &recovery, "/account/recover", &[], name, &said).await, &format!("recovery {name}"));
        }
        let page = citizen.get(&app.level_two_portal().authorize(&[])).await;
        for action in ["/interaction/otp", "/interaction/otp/resend", "/interaction/otp/skip"] {
            seen.look(&say(&citizen, &page, action, &[("otp", "000000")], name, &said).await, &format!("{action} {name}"));
        }
        for endpoint in ["/oauth2/authorize", "/oauth2/token", "/oauth2/introspect", "/oauth2/revoke", "/oauth2/userinfo"] {
            for usual in [&[][..], &[("grant_type", "authorization_code")], &[("grant_type", "refresh_token")]] {
                let fields: Vec<_> = usual.iter().copied().filter(|(known, _)| *known != name).chain([(name, said.as_str())]).collect();
                seen.look(&portal.post(endpoint, &fields).await, &format!("{endpoint} {name}"));
                seen.look(&portal.bare_post(endpoint, &[], &fields).await, &format!("{endpoint} {name}, by nobody"));
            }
        }
    }
    seen.is_all_of(["citizen_id", "login_hint", "state", "ui_locales"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_request_or_a_citizen_says_is_text_on_every_page() {
    let app = App::start().await;
    let (portal, browser) = (app.portal(), app.browser());
    let page = browser
        .get(&portal.authorize(&[
            ("login_hint", Some(MARKUP)),
            ("ui_locales", Some(MARKUP)),
            ("display", Some(MARKUP)),
            ("nonce", Some(MARKUP)),
        ]))
        .await;
    assert!(page.is_sign_in_page());
    is_harmless(&page, "login_hint");
    is_harmless(&browser.sign_in(&page, MARKUP, MARKUP).await, "number and password");
    for path in [
        format!("/{MARKUP}"),
        format!("/interaction/{MARKUP}"),
        format!("/account/recover?interaction={MARKUP}"),
        format!("/oidc/logout?state={MARKUP}&id_token_hint={MARKUP}"),
    ] {
        is_harmless(&browser.get(&path).await, &path);
    }
    let recovery = browser.get("/account/recover").await;
    is_harmless(&browser.submit(&recovery, None, &[("citizen_id", MARKUP)]).await, "recovery");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_browser_says_of_itself_is_shown_nowhere() {
    let app = App::start().await;
    let (portal, browser) = (app.trusted_portal(), app.browser());
    for name in ["dinhdanh_lang", "dinhdanh_locale", "dinhdanh_browser", "dinhdanh_session"] {
        let odd = app.browser();
        odd.plant(name, &mark("cookie"));
        for page in ["/", "/nowhere", &portal.authorize(&[])] {
            let answer = odd.get(page).await;
            is_harmless(&answer, &format!("{page} {name}"));
            assert_eq!(marks(&answer.body), BTreeSet::new(), "{page} {name}");
        }
    }
    let values: Vec<_> = request::HEADERS.iter().map(|name| mark(name)).collect();
    let mut headers: Vec<_> = request::HEADERS.iter().zip(&values).map(|(name, value)| (*name, value.as_str())).collect();
    let page = browser.send("GET", &portal.authorize(&[]), &headers, Vec::new()).await;
    assert!(page.is_sign_in_page(), "{}", page.text());
    headers.push(("content-type", "application/x-www-form-urlencoded"));
    let mut body = form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(page.form().hidden).extend_pairs([("citizen_id", AN), ("password", PASSWORD)]);
    let answer = browser.send("POST", "/interaction/login", &headers, body.finish().into_bytes()).await;
    assert!(answer.parameter("code").is_some(), "{} {}", answer.status, answer.text());
    headers.pop();
    let mut seen = Seen::default();
    seen.look(&page, "sign-in");
    for path in ["/", "/nowhere", "/account/recover", "/oidc/logout", "/sandbox/phone", "/sandbox/outbox", "/oauth2/authorize"] {
        seen.look(&browser.send("GET", path, &headers, Vec::new()).await, path);
        seen.look(&browser.send("PUT", path, &headers, Vec::new()).await, &format!("PUT {path}"));
    }
    seen.is_all_of([]);
}

/// A quotation mark may stand in a path as it is; the link to the other language repeats the path.
#[tokio::test(flavor = "multi_thread")]
async fn a_path_is_text_in_the_link_to_the_other_language() {
    let app = App::start().await;
    for odd in [
        "/no\"onfocus=\"alert(1)\"autofocus=\"",
        "/no'onfocus='alert(1)",
        "/no&quot;onfocus=&quot;alert(1)",
        "/{{7*7}}\">%3Cscript%3Ealert(1)",
    ] {
        let (status, answer) =
            raw(&app.base, format!("GET {odd} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").as_bytes()).await;
        assert!([400, 404].contains(&status), "{odd}: {answer:.300}");
        if let Some((_, body)) = answer.split_once("\r\n\r\n") {
            runs_nothing(body, odd);
            assert!(!body.contains("{{7*7}}\">"), "{odd}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_posted_answer_carries_the_state_as_a_value_and_nothing_else() {
    let app = App::start().await;
    let (portal, browser) = (app.trusted_portal(), app.browser_of(AN).await);
    let page =
        browser.get(&portal.authorize(&[("prompt", Some("none")), ("response_mode", Some("form_post")), ("state", Some(MARKUP))])).await;
    assert_eq!(page.hidden("state"), MARKUP);
    is_harmless(&page, "form_post");
    assert_eq!(page.attribute("form", "action").as_deref(), Some("https://portal-t.example/cb"));
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains("form-action 'self' https://portal-t.example") || policy.contains("form-action https://portal-t.example"),
        "{policy}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_for_programs_is_json_and_never_a_page() {
    let app = App::start().await;
    for path in ["/oauth2/token", "/oauth2/introspect", "/oauth2/revoke", "/oauth2/userinfo"] {
        let answer = app
            .portal()
            .post(path, &[("grant_type", MARKUP), ("token", MARKUP), ("token_type_hint", MARKUP), ("access_token", MARKUP)])
            .await;
        assert!(answer.body.is_empty() || answer.header("content-type").starts_with("application/json"), "{path}: {:?}", answer.headers);
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
    }
}
