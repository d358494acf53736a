//! Oversized and over-deep input, and keys that are not what they seem: JOSE, JSON and forms at every endpoint that reads them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use crate::support::{AN, App};

fn jwt(header: &serde_json::Value, payload: &str, signature: &str) -> String {
    format!("{}.{}.{signature}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(payload))
}

/// Tokens that cost a careless reader memory, stack or a call to a stranger.
fn hostile() -> Vec<(&'static str, String)> {
    let deep = "[".repeat(6000);
    let es256 = json!({ "alg": "ES256", "typ": "JWT" });
    let with = |name: &str, value: serde_json::Value| {
        let mut header = es256.clone();
        header[name] = value;
        jwt(&header, "{\"iss\":\"portal-a\"}", "AAAA")
    };
    vec![
        ("a long payload", jwt(&es256, &"x".repeat(15_000), "AAAA")),
        ("a deep payload", jwt(&es256, &deep, "AAAA")),
        ("a deep header", format!("{}.e30.AAAA", URL_SAFE_NO_PAD.encode(&deep))),
        ("a thousand dots", ".".repeat(1000)),
        ("five parts, as if encrypted", "e30.e30.e30.e30.e30".to_owned()),
        ("compressed", with("zip", json!("DEF"))),
        ("a key of its own", with("jwk", json!({ "kty": "oct", "k": "AAAA" }))),
        ("keys of a stranger", with("jku", json!("https://evil.example/jwks.json"))),
        ("a certificate of a stranger", with("x5u", json!("https://evil.example/cert.pem"))),
        ("a certificate of its own", with("x5c", json!(["MIIB"]))),
        ("a file as key", with("kid", json!("../../../../dev/null"))),
        ("a query as key", with("kid", json!("x' UNION SELECT 'key'--"))),
        ("a huge kid", with("kid", json!("k".repeat(10_000)))),
        ("a list as algorithm", json_alg(&json!(["none", "ES256"]))),
        ("no algorithm", jwt(&json!({ "typ": "JWT" }), "{}", "AAAA")),
        ("none", jwt(&json!({ "alg": "none" }), "{}", "")),
        ("many iterations", jwt(&json!({ "alg": "PBES2-HS512+A256KW", "enc": "A256GCM", "p2c": 2_000_000_000 }), "{}", "AAAA")),
    ]
}

fn json_alg(alg: &serde_json::Value) -> String {
    jwt(&json!({ "alg": alg }), "{}", "AAAA")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_token_is_refused_wherever_a_token_is_read() {
    let app = App::with(|config| config.limits.client_tries = 10_000).await;
    let (portal, browser) = (app.portal(), app.browser_of(AN).await);
    for (what, token) in hostile() {
        assert_eq!(portal.userinfo(&token).await.status, 401, "{what} as access token");
        let told = portal.introspect(&token).await;
        assert!(told == json!({ "active": false }) || told["error"] == "invalid_request", "{what} at introspection: {told}");
        let refreshed = portal.refresh(&token).await;
        let error = refreshed.json()["error"].clone();
        assert!(error == "invalid_grant" || error == "invalid_request", "{what} as refresh token: {}", refreshed.body);
        let assertion = [
            ("grant_type", "client_credentials"),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", token.as_str()),
        ];
        let answer = portal.bare_post("/oauth2/token", &[], &assertion).await;
        assert!([400, 401].contains(&answer.status), "{what} as assertion: {} {}", answer.status, answer.body);
        if token.len() < 7000 {
            let hinted = browser.get(&portal.authorize(&[("prompt", Some("none")), ("id_token_hint", Some(&token))])).await;
            assert!(hinted.parameter("code").is_none(), "{what} as hint");
            let out = browser.get(&format!("/oidc/logout?id_token_hint={token}&post_logout_redirect_uri=https%3A%2F%2Fevil.example")).await;
            assert!(out.location().is_none(), "{what} at sign-out");
        }
    }
    assert!(app.trusted_portal().silently(&browser, &[]).await.parameter("code").is_some(), "nothing of it ended the session");
}

#[tokio::test(flavor = "multi_thread")]
async fn deep_and_wide_claims_are_refused() {
    let app = App::start().await;
    let (portal, browser) = (app.portal(), app.browser_of(AN).await);
    let deep = format!(r#"{{"userinfo":{{"name":{{"value":{}1{}}}}}}}"#, "[".repeat(2000), "]".repeat(2000));
    let objects = format!("{}1{}", r#"{"a":"#.repeat(1000), "}".repeat(1000));
    let wide = format!(r#"{{"userinfo":{{{}}}}}"#, (0..300).map(|n| format!(r#""c{n}":null"#)).collect::<Vec<_>>().join(","));
    for claims in [deep, objects, wide] {
        let answer = browser.get(&portal.authorize(&[("claims", Some(&claims))])).await;
        assert_eq!(answer.parameter("error").as_deref(), Some("invalid_request"), "{claims:.40}: {} {}", answer.status, answer.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_with_countless_or_endless_fields_are_refused() {
    let app = App::start().await;
    let countless: Vec<(String, String)> = (0..500).map(|n| (format!("p{n}"), String::new())).collect();
    let countless: Vec<_> = countless.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let endless = "x".repeat(20_000);
    for path in ["/oauth2/token", "/oauth2/introspect", "/oauth2/revoke"] {
        for fields in [countless.clone(), vec![("grant_type", endless.as_str())]] {
            let answer = app.portal().post(path, &fields).await;
            assert_eq!((answer.status, answer.json()["error"].as_str()), (400, Some("invalid_request")), "{path}: {}", answer.body);
        }
    }
}
