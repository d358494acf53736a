//! `/oauth2/token`: who asks, with what, and what it is answered (RFC 6749 §4.1.3, §5.2; RFC 7636; RFC 9068).

use serde_json::json;

use crate::support::portal::VERIFIER;
use crate::support::{AN, Answer, App, BINH, Portal, Tokens, claims};

pub fn refused(answer: &Answer, status: u16, error: &str, what: &str) {
    assert_eq!((answer.status, answer.json()["error"].as_str()), (status, Some(error)), "{what}: {}", answer.body);
    assert_eq!(answer.header("cache-control"), "no-store", "{what}");
    assert!(answer.json().get("access_token").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_has_the_form_of_rfc_6749() {
    let app = App::start().await;
    let portal = app.portal();
    let code = portal.code(&app.browser(), AN, &[("scope", Some("openid profile offline_access"))]).await;
    let answer = portal.exchange(&code).await;
    assert_eq!((answer.header("cache-control"), answer.header("pragma")), ("no-store", "no-cache"));
    assert!(answer.header("content-type").starts_with("application/json"));
    let json = answer.json();
    assert_eq!((&json["token_type"], &json["expires_in"]), (&json!("Bearer"), &json!(600)));
    assert_eq!(json["scope"], "offline_access openid profile");
    let claims = Tokens::of(&answer).claims();
    assert_eq!((&claims["iss"], &claims["aud"], &claims["azp"]), (&json!(app.base), &json!("portal-a"), &json!("portal-a")));
    assert!(claims["exp"].as_i64() > claims["iat"].as_i64());
    for name in ["sub", "sid", "at_hash", "auth_time", "acr", "amr", "nonce", "account_level", "authentication_level"] {
        assert!(claims.contains_key(name), "{name}");
    }
    for name in ["name", "birthdate", "phone_number"] {
        assert!(!claims.contains_key(name), "{name} belongs to userinfo");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_wrong_with_a_code_is_invalid_grant() {
    let app = App::start().await;
    let (portal, browser) = (app.trusted_portal(), app.browser_of(AN).await);
    let code = portal.silently(&browser, &[]).await.parameter("code").unwrap();
    let with = |code: &str, redirect_uri: &str, verifier: &str| {
        let fields = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirect_uri), ("code_verifier", verifier)];
        fields
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect::<Vec<_>>()
    };
    for rubbish in [&code[1..], &code[..code.len() - 1], &format!("{code}A"), "x", "é", "a b", &"c".repeat(5000)] {
        let fields = with(rubbish, &portal.redirect_uri, VERIFIER);
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        refused(&portal.post("/oauth2/token", &fields).await, 400, "invalid_grant", rubbish);
    }
    let wrong_verifier = format!("{VERIFIER}x");
    let cases = [
        ("another redirect URI", "https://portal-t.example/other", VERIFIER),
        ("a wrong verifier", "https://portal-t.example/cb", wrong_verifier.as_str()),
        ("a short verifier", "https://portal-t.example/cb", "short"),
        ("no verifier", "https://portal-t.example/cb", ""),
    ];
    for (what, redirect_uri, verifier) in cases {
        let code = portal.silently(&browser, &[]).await.parameter("code").unwrap();
        let fields = with(&code, redirect_uri, verifier);
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        refused(&portal.post("/oauth2/token", &fields).await, 400, "invalid_grant", what);
    }
    assert_eq!(portal.exchange(&code).await.status, 200, "what was no attempt at this code did not use it up");
    let code = portal.silently(&browser, &[]).await.parameter("code").unwrap();
    refused(
        &portal.post("/oauth2/token", &[("grant_type", "authorization_code"), ("code", &code)]).await,
        400,
        "invalid_request",
        "no redirect URI",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_issued_to_another_client_is_invalid_grant_and_stays_good_for_its_own() {
    let app = App::start().await;
    let (portal, browser) = (app.trusted_portal(), app.browser_of(AN).await);
    let code = portal.silently(&browser, &[]).await.parameter("code").unwrap();
    for _ in 0..3 {
        refused(&app.other_portal().exchange(&code).await, 400, "invalid_grant", "another portal");
        refused(&app.native().exchange(&code).await, 400, "invalid_grant", "a public client");
    }
    let tokens = portal.tokens(&code).await;
    refused(&app.other_portal().exchange(&code).await, 400, "invalid_grant", "afterwards, too");
    assert_eq!(portal.userinfo(&tokens.access_token).await.status, 200, "a stranger revokes nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_lives_a_minute() {
    let app = App::start().await;
    let (portal, browser) = (app.trusted_portal(), app.browser_of(AN).await);
    let (early, late) = (portal.silently(&browser, &[]).await, portal.silently(&browser, &[]).await);
    app.later(58);
    portal.tokens(&early.parameter("code").unwrap()).await;
    app.later(3);
    refused(&portal.exchange(&late.parameter("code").unwrap()).await, 400, "invalid_grant", "expired");
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_requests_are_named() {
    let app = App::start().await;
    let portal = app.portal();
    let cases: &[(&[(&str, &str)], &str)] = &[
        (&[], "invalid_request"),
        (&[("grant_type", "")], "invalid_request"),
        (&[("grant_type", "password"), ("username", AN), ("password", "x")], "unsupported_grant_type"),
        (&[("grant_type", "authorization_code")], "invalid_request"),
        (&[("grant_type", "authorization_code"), ("grant_type", "authorization_code"), ("code", "x")], "invalid_request"),
        (&[("grant_type", "authorization_code"), ("code", "x"), ("code", "y"), ("redirect_uri", "z")], "invalid_request"),
        (&[("grant_type", "refresh_token")], "invalid_request"),
        (&[("grant_type", "refresh_token"), ("refresh_token", "rubbish")], "invalid_grant"),
        (&[("grant_type", "client_credentials")], "unauthorized_client"),
    ];
    for (fields, error) in cases {
        refused(&portal.post("/oauth2/token", fields).await, 400, error, &format!("{fields:?}"));
    }
    let api = Portal::confidential(&app.base, "api");
    let own = [("client_id", "api"), ("client_secret", "api-secret-0123456789abcdefghijk")];
    let well_formed = "A".repeat(64);
    let code = [&own[..], &[("grant_type", "authorization_code"), ("code", &well_formed), ("redirect_uri", "y")]].concat();
    refused(&api.bare_post("/oauth2/token", &[], &code).await, 400, "unauthorized_client", "a machine with a code");
    let in_query = app
        .browser()
        .post("/oauth2/token?grant_type=client_credentials&client_id=api&client_secret=api-secret-0123456789abcdefghijk", &[])
        .await;
    assert_eq!(in_query.status, 401, "the query is not looked at");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_gets_a_jwt_of_rfc_9068_without_a_person() {
    let app = App::start().await;
    let api = Portal::confidential(&app.base, "api");
    let own = [("grant_type", "client_credentials"), ("client_id", "api"), ("client_secret", "api-secret-0123456789abcdefghijk")];
    let answer = api.bare_post("/oauth2/token", &[], &own).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let json = answer.json();
    assert!(json.get("id_token").is_none() && json.get("refresh_token").is_none());
    assert!(json["expires_in"].as_i64().unwrap() <= 300);
    let token = json["access_token"].as_str().unwrap();
    let header = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, token.split('.').next().unwrap()).unwrap();
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&header).unwrap()["typ"], "at+jwt");
    let claims = claims(token);
    assert_eq!((&claims["iss"], &claims["sub"], &claims["client_id"]), (&json!(app.base), &json!("api"), &json!("api")));
    for name in ["aud", "exp", "iat", "jti"] {
        assert!(claims.contains_key(name), "RFC 9068 §2.2: {name} is REQUIRED");
    }
    assert_eq!(api.userinfo(token).await.status, 403, "there is nobody to tell of");
    let active = api.bare_post("/oauth2/introspect", &[], &[&own[1..], &[("token", token)]].concat()).await.json();
    assert_eq!((&active["active"], &active["sub"]), (&json!(true), &json!("api")));
    let wide = [&own[..], &[("scope", "openid citizen_id")]].concat();
    refused(&api.bare_post("/oauth2/token", &[], &wide).await, 400, "invalid_scope", "more than registered");
    app.later(301);
    assert_eq!(api.bare_post("/oauth2/introspect", &[], &[&own[1..], &[("token", token)]].concat()).await.json()["active"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_client_needs_its_verifier() {
    let app = App::start().await;
    let (native, browser) = (app.native(), app.browser());
    let code = native.code(&browser, AN, &[]).await;
    let tokens = native.tokens(&code).await;
    assert_eq!(native.userinfo(&tokens.access_token).await.json()["name"], "Nguyễn Văn An");
    let code = native.code(&browser, AN, &[]).await;
    let fields = [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", &native.redirect_uri)];
    refused(&native.post("/oauth2/token", &fields).await, 400, "invalid_grant", "without the verifier");
    let other_port = Portal::new(&app.base, "native", None, "http://127.0.0.1:1/cb");
    let code = native.code(&browser, AN, &[]).await;
    refused(&other_port.exchange(&code).await, 400, "invalid_grant", "the port must be that of the request");
    refused(&native.post("/oauth2/token", &[("grant_type", "client_credentials")]).await, 400, "unauthorized_client", "client_credentials");
}

#[tokio::test(flavor = "multi_thread")]
async fn portals_know_one_citizen_by_different_names() {
    let app = App::start().await;
    let browser = app.browser();
    let (a, b) = (app.portal(), app.other_portal());
    let at_a = a.tokens(&a.code(&browser, AN, &[]).await).await.claims();
    let at_b = b.tokens(&b.code(&browser, AN, &[]).await).await.claims();
    assert_ne!(at_a["sub"], at_b["sub"]);
    assert_ne!(at_a["sid"], at_b["sid"]);
    let account = app.account(AN).await.id.to_string();
    for claims in [&at_a, &at_b] {
        let sub = claims["sub"].as_str().unwrap();
        assert!(sub.len() <= 255 && sub.is_ascii() && !sub.contains(AN) && !sub.contains(&account));
    }
    let elsewhere = app.browser();
    let again = a.tokens(&a.code(&elsewhere, AN, &[]).await).await.claims();
    assert_eq!(again["sub"], at_a["sub"], "the same person is the same for ever");
    assert_ne!(again["sid"], at_a["sid"], "another session is another");
    let binh = a.tokens(&a.code(&app.browser(), BINH, &[]).await).await.claims();
    assert_ne!(binh["sub"], at_a["sub"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_keeps_the_sign_in_and_may_only_narrow_the_scope() {
    let app = App::start().await;
    let portal = app.portal();
    let first = portal.signed_in(&app, "openid profile email offline_access").await;
    app.later(100);
    let token = first.refresh_token.clone().unwrap();
    let wider =
        portal.post("/oauth2/token", &[("grant_type", "refresh_token"), ("refresh_token", &token), ("scope", "openid phone")]).await;
    refused(&wider, 400, "invalid_scope", "more than granted");
    let narrow = Tokens::of(
        &portal.post("/oauth2/token", &[("grant_type", "refresh_token"), ("refresh_token", &token), ("scope", "openid email")]).await,
    );
    assert_eq!(narrow.scope, "email openid");
    assert!(portal.userinfo(&narrow.access_token).await.json().get("name").is_none());
    let (before, after) = (first.claims(), narrow.claims());
    for name in ["iss", "sub", "aud", "auth_time", "sid", "acr"] {
        assert_eq!(before[name], after[name], "{name} (Core §12.2)");
    }
    assert!(!after.contains_key("nonce") || after["nonce"] == before["nonce"]);
    let full = Tokens::of(&portal.refresh(&narrow.refresh_token.unwrap()).await);
    assert_eq!(full.scope, first.scope, "what was granted is not lost");
    assert!(app.portal().signed_in(&app, "openid").await.refresh_token.is_none(), "no refresh token without offline_access");
}
