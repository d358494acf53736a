//! How a client proves itself at `/oauth2/token` (RFC 6749 §2.3); assertions have a file of their own.

use crate::support::portal::VERIFIER;
use crate::support::{AN, App, Portal};
use crate::token::refused;

/// The client whose way it is, its headers, its fields.
type Way<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [(&'a str, &'a str)]);

#[tokio::test(flavor = "multi_thread")]
async fn a_client_proves_itself_by_the_registered_method_and_no_other() {
    let app = App::start().await;
    let browser = app.browser_of(AN).await;
    let (basic, post, native) = (app.trusted_portal(), Portal::confidential(&app.base, "portal-post"), app.native());
    for portal in [&basic, &post, &native] {
        let code = if portal.client_id == "native" {
            portal.code(&browser, AN, &[]).await
        } else {
            portal.silently(&browser, &[]).await.parameter("code").unwrap()
        };
        let secret = portal.secret.clone().unwrap_or_else(|| "guess".to_owned());
        let header = Portal::new(&app.base, &portal.client_id, Some(&secret), "").basic();
        let grant = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", &portal.redirect_uri),
            ("code_verifier", VERIFIER),
        ];
        let in_body = [&grant[..], &[("client_id", portal.client_id.as_str()), ("client_secret", secret.as_str())]].concat();
        let alone = [&grant[..], &[("client_id", portal.client_id.as_str())]].concat();
        let by_header = [("authorization", header.as_str())];
        let ways: [Way<'_>; 3] = [("portal-trusted", &by_header, &grant), ("portal-post", &[], &in_body), ("native", &[], &alone)];
        for (way, headers, fields) in ways.iter().filter(|(way, ..)| *way != portal.client_id) {
            let answer = portal.bare_post("/oauth2/token", headers, fields).await;
            refused(&answer, 401, "invalid_client", &format!("{} by the way of {way}", portal.client_id));
            assert!(answer.header("www-authenticate").starts_with("Basic "));
        }
        refused(&portal.bare_post("/oauth2/token", &by_header, &in_body).await, 400, "invalid_request", "two ways at once");
        let (_, headers, fields) = ways.iter().find(|(way, ..)| *way == portal.client_id).unwrap();
        assert_eq!(
            portal.bare_post("/oauth2/token", headers, fields).await.status,
            200,
            "{}: nothing wrong used the code up",
            portal.client_id
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_credentials_all_read_alike() {
    let app = App::start().await;
    let portal = app.portal();
    let grant = [("grant_type", "client_credentials")];
    let mut bodies = Vec::new();
    for (client_id, secret) in [
        ("portal-a", "wrong"),
        ("portal-a", "portal-b-secret-0123456789abcdef"),
        ("nobody", "wrong"),
        ("native", "x"),
        ("vnconnect", "vnconnect-secret-0123456789abcdef"),
    ] {
        let answer = Portal::new(&app.base, client_id, Some(secret), "").post("/oauth2/token", &grant).await;
        refused(&answer, 401, "invalid_client", client_id);
        bodies.push(answer.body);
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    refused(&portal.bare_post("/oauth2/token", &[], &grant).await, 401, "invalid_client", "nobody");
    for header in ["Basic", "Basic !!!", "Basic cG9ydGFsLWE", "Basic //////8=", "Digest x", "Bearer x"] {
        refused(&portal.bare_post("/oauth2/token", &[("authorization", header)], &grant).await, 401, "invalid_client", header);
    }
}
