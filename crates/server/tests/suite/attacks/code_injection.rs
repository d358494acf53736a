//! Authorization code injection, PKCE downgrade and mix-up: a stolen code is worth nothing in anybody else's hands.

use crate::support::portal::VERIFIER;
use crate::support::{AN, Answer, App};

fn is_invalid_grant(answer: &Answer, what: &str) {
    assert_eq!((answer.status, answer.json()["error"].as_str()), (400, Some("invalid_grant")), "{what}: {}", answer.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stolen_code_fits_no_other_sign_in_client_or_address() {
    let app = App::start().await;
    let (portal, other, browser) = (app.trusted_portal(), app.other_portal(), app.browser_of(AN).await);
    let stolen = || async { portal.silently(&browser, &[]).await.parameter("code").unwrap() };
    let redirect_uri = portal.redirect_uri.as_str();
    let attackers_verifier = "attackers-verifier-attackers-verifier-attackers";
    for (verifier, redirect_uri, what) in [
        (Some(attackers_verifier), redirect_uri, "injected into the attacker's own sign-in at the same portal"),
        (None, redirect_uri, "without a verifier"),
        (Some(VERIFIER), "https://portal-t.example/other", "with another address"),
        (Some(VERIFIER), "", "without an address"),
    ] {
        let code = stolen().await;
        let mut fields = vec![("grant_type", "authorization_code"), ("code", code.as_str())];
        fields.extend((!redirect_uri.is_empty()).then_some(("redirect_uri", redirect_uri)));
        fields.extend(verifier.map(|verifier| ("code_verifier", verifier)));
        let answer = portal.post("/oauth2/token", &fields).await;
        assert_eq!(answer.status, 400, "{what}");
        is_invalid_grant(&portal.exchange(&code).await, "a code is tried once");
    }
    is_invalid_grant(&other.exchange(&stolen().await).await, "at another client");
}

#[tokio::test(flavor = "multi_thread")]
async fn taking_the_challenge_away_is_noticed() {
    let app = App::start().await;
    let (portal, browser) = (app.trusted_portal(), app.browser_of(AN).await);
    for changes in [
        vec![("code_challenge", None), ("code_challenge_method", None)],
        vec![("code_challenge", Some(VERIFIER)), ("code_challenge_method", Some("plain"))],
        vec![("code_challenge", Some(VERIFIER)), ("code_challenge_method", None)],
    ] {
        let answer = portal.silently(&browser, &changes).await;
        assert_eq!(answer.parameter("error").as_deref(), Some("invalid_request"), "{changes:?}");
        assert!(answer.parameter("code").is_none());
    }
    // A portal without PKCE whose answer is mixed with that of a sign-in with it.
    let without = crate::support::Portal::confidential(&app.base, "portal-post");
    let answer = without.silently(&browser, &[("code_challenge", None), ("code_challenge_method", None)]).await;
    let fields = [
        ("client_id", "portal-post"),
        ("client_secret", without.secret.as_deref().unwrap()),
        ("grant_type", "authorization_code"),
        ("code", &answer.parameter("code").unwrap()),
        ("redirect_uri", &without.redirect_uri),
        ("code_verifier", VERIFIER),
    ];
    is_invalid_grant(&without.bare_post("/oauth2/token", &[], &fields).await, "a verifier without a challenge");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_says_who_gives_it() {
    let app = App::start().await;
    let (portal, browser) = (app.trusted_portal(), app.browser_of(AN).await);
    for changes in [vec![], vec![("scope", Some("profile"))], vec![("response_type", Some("token"))], vec![("max_age", Some("0"))]] {
        let answer = portal.silently(&browser, &changes).await;
        assert_eq!(answer.parameter("iss").as_deref(), Some(app.base.as_str()), "{changes:?}: {:?}", answer.location());
    }
}
