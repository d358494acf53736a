//! RFC 7662 and RFC 7009: who may learn about a token, and what ends it.

use serde_json::json;

use crate::support::{AN, App, Portal};

#[tokio::test(flavor = "multi_thread")]
async fn a_portal_learns_about_its_own_tokens_and_nothing_personal() {
    let app = App::start().await;
    let portal = app.portal();
    let tokens = portal.signed_in(&app, "openid profile citizen_id offline_access").await;
    let access = portal.introspect(&tokens.access_token).await;
    assert_eq!(access["active"], true);
    assert_eq!((&access["client_id"], &access["token_type"]), (&json!("portal-a"), &json!("Bearer")));
    assert_eq!((&access["sub"], &access["iss"]), (&tokens.claims()["sub"], &json!(app.base)));
    assert_eq!(access["scope"], tokens.scope);
    assert!(access["exp"].as_i64().unwrap() - access["iat"].as_i64().unwrap() == tokens.expires_in);
    let refresh = portal.introspect(tokens.refresh_token.as_deref().unwrap()).await;
    assert_eq!(refresh["active"], true);
    for answer in [&access, &refresh] {
        for personal in ["Nguyễn", AN, "1990", "username", "name"] {
            assert!(!answer.to_string().contains(personal), "{personal} in {answer}");
        }
    }
    let hinted = portal.post("/oauth2/introspect", &[("token", &tokens.access_token), ("token_type_hint", "refresh_token")]).await;
    assert_eq!(hinted.json()["active"], true, "a wrong hint is only a hint");
}

#[tokio::test(flavor = "multi_thread")]
async fn others_learn_nothing() {
    let app = App::start().await;
    let portal = app.portal();
    let tokens = portal.signed_in(&app, "openid profile offline_access").await;
    let refresh = tokens.refresh_token.as_deref().unwrap();
    let inactive = json!({ "active": false });
    for token in [tokens.access_token.as_str(), refresh] {
        assert_eq!(app.other_portal().introspect(token).await, inactive);
        let public = app.native().post("/oauth2/introspect", &[("token", token)]).await;
        assert_eq!((public.status, public.json()["error"].as_str()), (401, Some("invalid_client")));
        let nobody = portal.bare_post("/oauth2/introspect", &[], &[("token", token)]).await;
        assert_eq!((nobody.status, nobody.json()["error"].as_str()), (401, Some("invalid_client")));
    }
    for rubbish in ["x", "a.b.c", &tokens.id_token, &tokens.access_token[1..], &format!("{refresh}A"), &"z".repeat(8000)] {
        assert_eq!(portal.introspect(rubbish).await, inactive, "{rubbish:.20}");
    }
    let missing = portal.post("/oauth2/introspect", &[]).await;
    assert_eq!((missing.status, missing.json()["error"].as_str()), (400, Some("invalid_request")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_inactive_once_it_expired() {
    let app = App::start().await;
    let portal = app.portal();
    let tokens = portal.signed_in(&app, "openid offline_access").await;
    app.later(601);
    assert_eq!(portal.introspect(&tokens.access_token).await["active"], false);
    let refresh = tokens.refresh_token.unwrap();
    assert_eq!(portal.introspect(&refresh).await["active"], true);
    app.later(31 * 24 * 3600);
    assert_eq!(portal.introspect(&refresh).await["active"], false);
    assert_eq!(portal.refresh(&refresh).await.json()["error"], "invalid_grant");
}

#[tokio::test(flavor = "multi_thread")]
async fn revoking_either_token_ends_the_grant() {
    let app = App::start().await;
    let portal = app.portal();
    let inactive = json!({ "active": false });
    for by_refresh in [true, false] {
        let tokens = portal.signed_in(&app, "openid profile offline_access").await;
        let refresh = tokens.refresh_token.clone().unwrap();
        let revoked = if by_refresh { &refresh } else { &tokens.access_token };
        let answer = portal.post("/oauth2/revoke", &[("token", revoked)]).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(portal.userinfo(&tokens.access_token).await.status, 401);
        assert_eq!(portal.refresh(&refresh).await.json()["error"], "invalid_grant");
        assert_eq!(portal.introspect(&tokens.access_token).await, inactive);
        assert_eq!(portal.introspect(&refresh).await, inactive);
        assert_eq!(portal.post("/oauth2/revoke", &[("token", revoked)]).await.status, 200, "RFC 7009 §2.2: again is no error");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_revokes_nothing() {
    let app = App::start().await;
    let portal = app.portal();
    let tokens = portal.signed_in(&app, "openid profile offline_access").await;
    let refresh = tokens.refresh_token.as_deref().unwrap();
    for token in [tokens.access_token.as_str(), refresh, "rubbish"] {
        assert_eq!(app.other_portal().post("/oauth2/revoke", &[("token", token)]).await.status, 200);
        assert_eq!(portal.bare_post("/oauth2/revoke", &[], &[("token", token)]).await.status, 401);
        let wrong = Portal::new(&app.base, "portal-a", Some("wrong"), "");
        assert_eq!(wrong.post("/oauth2/revoke", &[("token", token)]).await.status, 401);
    }
    assert_eq!(portal.post("/oauth2/revoke", &[]).await.json()["error"], "invalid_request");
    assert_eq!(portal.userinfo(&tokens.access_token).await.status, 200);
    assert_eq!(portal.refresh(refresh).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_client_may_end_its_own_grant() {
    let app = App::start().await;
    let native = app.native();
    let code = native.code(&app.browser(), AN, &[("scope", Some("openid offline_access"))]).await;
    let tokens = native.tokens(&code).await;
    assert_eq!(native.post("/oauth2/revoke", &[("token", &tokens.access_token)]).await.status, 200);
    assert_eq!(native.refresh(&tokens.refresh_token.unwrap()).await.json()["error"], "invalid_grant");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_refresh_token_is_inactive_after_its_rotation() {
    let app = App::start().await;
    let portal = app.portal();
    let first = portal.signed_in(&app, "openid offline_access").await.refresh_token.unwrap();
    let second = portal.refresh(&first).await.json()["refresh_token"].as_str().unwrap().to_owned();
    assert_eq!(portal.introspect(&first).await["active"], false);
    assert_eq!(portal.introspect(&second).await["active"], true);
}
