//! Login CSRF and session fixation: a citizen is never signed in as somebody else, nor at an address that an attacker prepared.

use crate::support::{AN, App, BINH, PASSWORD};

const SESSION: &str = "dinhdanh_session";

#[tokio::test(flavor = "multi_thread")]
async fn an_attackers_form_signs_nobody_in_as_the_attacker() {
    let app = App::start().await;
    let (portal, attacker, victim) = (app.portal(), app.browser(), app.browser());
    let page = attacker.get(&portal.authorize(&[])).await;
    let own = victim.get(&portal.authorize(&[])).await;
    let forms =
        [(page.interaction(), page.hidden("csrf")), (page.interaction(), own.hidden("csrf")), (own.interaction(), page.hidden("csrf"))];
    for (interaction, csrf) in forms {
        let fields = [("interaction", interaction.as_str()), ("csrf", csrf.as_str()), ("citizen_id", BINH), ("password", PASSWORD)];
        let answer = victim.post("/interaction/login", &fields).await;
        assert!(answer.is_notice(403), "{} {}", answer.status, answer.text());
        assert!(victim.cookie(SESSION).is_none(), "nobody is signed in");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planted_browser_cookie_gives_the_attacker_nothing_of_the_victims_sign_in() {
    let app = App::start().await;
    let (portal, attacker, victim) = (app.portal(), app.browser(), app.browser());
    attacker.get(&portal.authorize(&[])).await;
    let planted = attacker.cookie("dinhdanh_browser").unwrap();
    victim.plant("dinhdanh_browser", &planted);
    let page = victim.get(&portal.authorize(&[])).await;
    let consent = victim.sign_in(&page, AN, PASSWORD).await;
    assert!(consent.is_consent_page());
    // The attacker knows the interaction and its token, and is in "the same browser"; but the session is the victim's alone.
    let seen = attacker.get(&format!("/interaction/{}", consent.interaction())).await;
    assert!(seen.is_sign_in_page(), "{}", seen.text());
    let answer = attacker.allow(&consent).await;
    assert!(answer.parameter("code").is_none(), "{:?}", answer.location());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_from_before_the_sign_in_is_not_the_one_after_it() {
    let app = App::start().await;
    let attacker = app.browser_of(AN).await;
    let fixed = attacker.cookie(SESSION).unwrap();
    let victim = app.browser();
    victim.plant(SESSION, &fixed);
    let page = victim.get(&app.trusted_portal().authorize(&[("prompt", Some("login"))])).await;
    assert!(victim.sign_in(&page, AN, PASSWORD).await.parameter("code").is_some());
    assert_ne!(victim.cookie(SESSION).unwrap(), fixed);
    let told = app.trusted_portal().silently(&attacker, &[]).await;
    assert_eq!(told.parameter("error").as_deref(), Some("login_required"), "what the attacker knows is worth nothing any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_site_cannot_read_or_post_for_a_citizen() {
    let app = App::start().await;
    let citizen = app.browser_of(AN).await;
    let evil = [("origin", "https://evil.example"), ("referer", "https://evil.example/")];
    for path in ["/", "/oauth2/authorize", "/account/recover", "/oauth2/token", "/oidc/logout"] {
        for method in ["GET", "OPTIONS"] {
            let answer = citizen.send(method, path, &evil, vec![]).await;
            assert!(answer.header("access-control-allow-origin").is_empty(), "{method} {path}");
            assert!(answer.header("access-control-allow-credentials").is_empty(), "{method} {path}");
        }
    }
}
