//! Host-header tricks, with a proxy in front and without: our own name comes from the configuration, never from a request.

use crate::support::{AN, App, raw};

const EVIL: &str = "evil.example";

/// What proxies and frameworks read the name of a host, a scheme or a path from.
const NAMES: [&str; 11] = [
    "Host",
    "X-Forwarded-Host",
    "X-Forwarded-Server",
    "X-Host",
    "X-HTTP-Host-Override",
    "X-Original-Host",
    "X-Original-URL",
    "X-Rewrite-URL",
    "X-Forwarded-Proto",
    "X-Forwarded-Prefix",
    "Forwarded",
];

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_names_the_host_of_the_request() {
    // Believed or not, the peer is a proxy of ours here.
    let app = App::with(|config| config.http.trusted_proxies = vec!["127.0.0.1".parse().unwrap()]).await;
    let browser = app.browser();
    let authorize = app.portal().authorize(&[]);
    for name in NAMES {
        let value = if name == "Forwarded" { format!("for=1.1.1.1;host={EVIL};proto=https") } else { EVIL.to_owned() };
        for path in
            ["/.well-known/openid-configuration", &authorize, "/", "/account/recover", "/oidc/logout", "/nowhere", "/oauth2/authorize"]
        {
            let answer = browser.send("GET", path, &[(name, &value)], vec![]).await;
            assert!(!answer.body.contains(EVIL) && !format!("{:?}", answer.headers).contains(EVIL), "{name} {path}: {:?}", answer.headers);
        }
        let document = browser.send("GET", "/.well-known/openid-configuration", &[(name, &value)], vec![]).await.json();
        assert_eq!(document["issuer"], app.base.as_str(), "{name}");
        assert_eq!(document["token_endpoint"], format!("{}/oauth2/token", app.base), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_portal_gets_the_configured_issuer_whatever_host_the_browser_named() {
    let app = App::start().await;
    let (portal, browser) = (app.trusted_portal(), app.browser_of(AN).await);
    let path = portal.authorize(&[("prompt", Some("none"))]);
    let answer = browser.send("GET", &path, &[("Host", EVIL), ("X-Forwarded-Host", EVIL), ("X-Forwarded-Proto", "https")], vec![]).await;
    assert_eq!(answer.parameter("iss").as_deref(), Some(app.base.as_str()), "{:?}", answer.location());
    assert_eq!(portal.tokens(&answer.parameter("code").unwrap()).await.claims()["iss"], app.base.as_str());
}

#[tokio::test(flavor = "multi_thread")]
async fn absolute_and_doubled_hosts_change_nothing() {
    let app = App::start().await;
    for head in [
        format!("GET http://{EVIL}/.well-known/openid-configuration HTTP/1.1\r\nHost: localhost"),
        format!("GET /.well-known/openid-configuration HTTP/1.1\r\nHost: localhost\r\nHost: {EVIL}"),
        format!("GET /.well-known/openid-configuration HTTP/1.1\r\nHost: {EVIL}@localhost"),
        format!("GET /.well-known/openid-configuration HTTP/1.1\r\nHost: localhost:{EVIL}"),
        "GET /.well-known/openid-configuration HTTP/1.0".to_owned(),
    ] {
        let (status, answer) = raw(&app.base, format!("{head}\r\nConnection: close\r\n\r\n").as_bytes()).await;
        assert!(!answer.contains(EVIL), "{head}: {answer}");
        assert!(status != 200 || answer.contains(&format!("\"issuer\":\"{}\"", app.base)), "{head}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_method_is_not_overridden_by_a_header() {
    let app = App::start().await;
    for name in ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"] {
        assert_eq!(app.browser().send("GET", "/oauth2/token", &[(name, "POST")], vec![]).await.status, 405, "{name}");
    }
}
