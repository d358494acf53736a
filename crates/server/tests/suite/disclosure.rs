//! What leaves: level-2 data only after the code; the law is asked again at each release; and every release has its record.

use account_policy::AuthenticationLevel;
use oidc_provider::jose::ClientJwks;
use oidc_provider::signing_alg::SigningAlg;
use persistence::{Consent, Evidence, UsageKind};
use serde_json::json;
use time::macros::datetime;

use crate::support::{AN, App, BINH, PASSWORD, Tokens};

#[tokio::test(flavor = "multi_thread")]
async fn level_2_attributes_leave_only_after_the_code() {
    let app = App::start().await;
    let (portal, browser) = (app.portal(), app.browser());
    let scope = "openid profile eid address health_insurance";
    let page = browser.get(&portal.authorize_scope(scope)).await;
    let page = browser.sign_in(&page, AN, PASSWORD).await;
    let page = browser.submit(&page, Some("/interaction/otp/skip"), &[]).await;
    let answer = browser.allow(&page).await;
    let tokens = portal.tokens(&answer.parameter("code").unwrap()).await;
    assert_eq!(tokens.claims()["acr"], "LoA1");
    let userinfo = portal.userinfo(&tokens.access_token).await.json();
    for claim in ["electronic_id", "address", "health_insurance"] {
        assert!(userinfo.get(claim).is_none(), "{claim} without a second factor");
    }
    assert_eq!(userinfo["name"], "Nguyễn Văn An");

    app.later(31);
    let code = portal.code(&browser, AN, &[("scope", Some(scope))]).await;
    let tokens = portal.tokens(&code).await;
    assert_eq!(tokens.claims()["acr"], "LoA2");
    let userinfo = portal.userinfo(&tokens.access_token).await.json();
    assert_eq!(userinfo["electronic_id"]["state"], "active");
    assert_eq!(userinfo["health_insurance"]["number"], "DN4980980000001");
    assert!(userinfo["address"]["formatted"].as_str().unwrap().contains("phường Bình Minh"));
    assert!(userinfo.get("social_insurance").is_none(), "not asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_request_at_level_1_leaves_level_2_claims_out() {
    let app = App::start().await;
    let (portal, browser) = (app.portal(), app.browser_of(AN).await);
    portal.code(&browser, AN, &[]).await;
    let answer = portal.silently(&browser, &[("scope", Some("openid profile eid"))]).await;
    let tokens = portal.tokens(&answer.parameter("code").unwrap()).await;
    assert!(portal.userinfo(&tokens.access_token).await.json().get("electronic_id").is_none());
    let asked = json!({ "userinfo": { "electronic_id": { "essential": true } }, "id_token": { "electronic_id": { "essential": true } } })
        .to_string();
    let answer = portal.silently(&browser, &[("claims", Some(&asked))]).await;
    let tokens = portal.tokens(&answer.parameter("code").unwrap()).await;
    assert!(!tokens.claims().contains_key("electronic_id"));
    assert!(portal.userinfo(&tokens.access_token).await.json().get("electronic_id").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_outside_the_registered_scope_is_not_released() {
    let app = App::start().await;
    let portal = app.other_portal();
    let asked = json!({ "userinfo": { "citizen_id": { "essential": true }, "electronic_id": null }, "id_token": { "citizen_id": { "essential": true } } });
    let code = portal.code(&app.browser(), AN, &[("claims", Some(&asked.to_string()))]).await;
    let tokens = portal.tokens(&code).await;
    let userinfo = portal.userinfo(&tokens.access_token).await;
    assert!(!tokens.claims().contains_key("citizen_id"));
    assert!(!crate::support::claims(&userinfo.body).contains_key("citizen_id"));
    assert!(!app.usage(AN).await[0].attributes.iter().any(|name| name.starts_with("citizen_id")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_ends_tokens_sessions_and_codes_at_once() {
    let app = App::start().await;
    let (portal, browser) = (app.portal(), app.browser());
    let tokens = portal.tokens(&portal.code(&browser, AN, &[("scope", Some("openid profile offline_access"))]).await).await;
    let code = portal.code(&browser, AN, &[]).await;
    let consent = browser.get(&app.other_portal().authorize(&[])).await;
    assert!(consent.is_consent_page());
    let records = app.usage(AN).await.len();

    app.lock(AN).await;

    let userinfo = portal.userinfo(&tokens.access_token).await;
    assert_eq!(userinfo.status, 401);
    assert_eq!(userinfo.json()["error"], "invalid_token");
    assert_eq!(portal.introspect(&tokens.access_token).await, json!({ "active": false }));
    let refresh = tokens.refresh_token.unwrap();
    assert_eq!(portal.introspect(&refresh).await, json!({ "active": false }));
    let refreshed = portal.refresh(&refresh).await;
    assert_eq!((refreshed.status, refreshed.json()["error"].as_str()), (400, Some("invalid_grant")));
    let exchanged = portal.exchange(&code).await;
    assert_eq!((exchanged.status, exchanged.json()["error"].as_str()), (400, Some("invalid_grant")));
    assert_eq!(portal.silently(&browser, &[]).await.parameter("error").as_deref(), Some("login_required"));
    let answer = browser.allow(&consent).await;
    assert!(answer.is_sign_in_page(), "the interaction in progress has lost its session: {}", answer.text());
    let refused = browser.sign_in(&answer, AN, PASSWORD).await;
    assert!(refused.is_notice(403), "{}", refused.text());
    assert_eq!(app.usage(AN).await.len(), records, "nothing was released, nothing is recorded");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_expires_at_midnight_takes_its_tokens_with_it() {
    let app = App::start().await;
    app.at(datetime!(2030-05-20 23:58 +7));
    let portal = app.trusted_portal();
    let tokens = portal.tokens(&portal.code(&app.browser(), AN, &[("scope", Some("openid profile offline_access"))]).await).await;
    assert_eq!(portal.userinfo(&tokens.access_token).await.status, 200, "the last day counts in full");
    app.later(180);
    assert_eq!(portal.userinfo(&tokens.access_token).await.status, 401);
    let refreshed = portal.refresh(&tokens.refresh_token.unwrap()).await;
    assert_eq!(refreshed.json()["error"], "invalid_grant");
}

#[tokio::test(flavor = "multi_thread")]
async fn withdrawn_consent_stops_every_release() {
    let app = App::start().await;
    let (portal, browser) = (app.portal(), app.browser());
    let tokens = portal.tokens(&portal.code(&browser, AN, &[("scope", Some("openid profile offline_access"))]).await).await;
    let code = portal.code(&browser, AN, &[]).await;
    app.later(1);
    let provider = &app.provider;
    let now = provider.clock.now();
    let event_id = provider.randomness.uuid(now);
    let address = Evidence::seal_address(&provider.keyring, event_id, "127.0.0.1");
    let evidence = Evidence { event_id, language: "vi".to_owned(), authentication_level: AuthenticationLevel::One, address };
    let account = app.account(AN).await.id;
    assert!(provider.store.run(move |db| Consent::withdraw(db, account, "portal-a", &evidence, now)).await.unwrap());

    assert_eq!(portal.userinfo(&tokens.access_token).await.status, 401);
    assert_eq!(portal.refresh(&tokens.refresh_token.unwrap()).await.json()["error"], "invalid_grant");
    let late = portal.exchange(&code).await;
    if late.status == 200 {
        let userinfo = portal.userinfo(&Tokens::of(&late).access_token).await;
        assert!(!userinfo.body.contains("Nguyễn"), "{}", userinfo.body);
        assert!(app.usage(AN).await[0].attributes.is_empty());
    }
    assert!(browser.get(&portal.authorize(&[])).await.is_consent_page());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_release_has_its_usage_record() {
    let app = App::start().await;
    let portal = app.portal();
    let tokens = portal.signed_in(&app, "openid profile email offline_access").await;
    let records = app.usage(AN).await;
    assert_eq!(records.len(), 1);
    let record = &records[0];
    assert_eq!((record.kind, record.client_id.as_str()), (UsageKind::Code, "portal-a"));
    assert_eq!(record.attributes, ["name", "birthdate", "gender", "locale", "email"]);
    assert_eq!((record.account_level, record.authentication_level, record.acr.as_str()), (2, 1, "LoA1"));
    assert_eq!(record.unseal_address(&app.provider.keyring).unwrap(), "127.0.0.1");

    app.later(5);
    let answer = portal
        .post(
            "/oauth2/token",
            &[("grant_type", "refresh_token"), ("refresh_token", tokens.refresh_token.as_deref().unwrap()), ("scope", "openid email")],
        )
        .await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let records = app.usage(AN).await;
    assert_eq!((records.len(), records[0].kind), (2, UsageKind::Refresh));
    assert_eq!(records[0].attributes, ["email"]);
    assert!(app.usage(BINH).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn userinfo_takes_the_token_in_the_header_or_in_a_posted_form_only() {
    let app = App::start().await;
    let portal = app.trusted_portal();
    let token = portal.tokens(&portal.code(&app.browser(), AN, &[]).await).await.access_token;
    let browser = app.browser();
    let header = format!("Bearer {token}");
    let form = [("content-type", "application/x-www-form-urlencoded")];
    assert_eq!(browser.send("GET", "/oauth2/userinfo", &[("authorization", &header)], vec![]).await.status, 200);
    assert_eq!(browser.send("POST", "/oauth2/userinfo", &[("authorization", &header)], vec![]).await.status, 200);
    let posted = browser.post("/oauth2/userinfo", &[("access_token", &token)]).await;
    assert_eq!(posted.json()["name"], "Nguyễn Văn An");
    assert_eq!(posted.header("cache-control"), "no-store");

    let in_query = browser.get(&format!("/oauth2/userinfo?access_token={token}")).await;
    assert_eq!(in_query.status, 401, "a token in an address ends up in logs");
    let both = browser
        .send("POST", "/oauth2/userinfo", &[("authorization", &header), form[0]], format!("access_token={token}").into_bytes())
        .await;
    assert_eq!((both.status, both.json()["error"].as_str()), (400, Some("invalid_request")));
    let nobody = browser.get("/oauth2/userinfo").await;
    assert_eq!((nobody.status, nobody.header("www-authenticate")), (401, r#"Bearer realm="oauth2""#));
    for wrong in ["Bearer x", "Bearer ", "Bearer a b", &format!("Bearer {}x", &token), &format!("Bearer {}", &token[1..])] {
        let answer = browser.send("GET", "/oauth2/userinfo", &[("authorization", wrong)], vec![]).await;
        assert!(answer.status == 401 || answer.status == 400, "{wrong}: {}", answer.status);
        assert!(answer.header("www-authenticate").starts_with("Bearer "), "{wrong}");
    }
    app.later(601);
    assert_eq!(portal.userinfo(&token).await.json()["error"], "invalid_token", "expired");
}

#[tokio::test(flavor = "multi_thread")]
async fn userinfo_is_signed_where_the_portal_registered_so() {
    let app = App::start().await;
    let portal = app.other_portal();
    let tokens = portal.signed_in(&app, "openid profile").await;
    let answer = portal.userinfo(&tokens.access_token).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/jwt"));
    let jwks = ClientJwks::parse(&app.browser().get("/oauth2/jwks").await.json()).unwrap();
    let claims = jwks.verify(&answer.body, &[SigningAlg::ES256]).unwrap();
    assert_eq!((&claims["iss"], &claims["aud"]), (&json!(app.base), &json!("portal-b")));
    assert_eq!((&claims["sub"], &claims["name"]), (&tokens.claims()["sub"], &json!("Nguyễn Văn An")));
}
