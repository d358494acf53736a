//! The issue's "Bad input", as far as it shows at the authorization endpoint and the pages: never a redirect to an unproven address,
//! never a blank page, never a 500.

use crate::support::{AN, App, PASSWORD, raw, raw_form};

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_uri_off_by_anything_is_never_redirected_to() {
    let app = App::start().await;
    let (portal, browser) = (app.portal(), app.browser());
    let wrong = [
        "https://portal-a.example/c",
        "https://portal-a.example/cbb",
        "https://portal-a.example/cB",
        "https://portal-a.example/cb/",
        "https://portal-a.example/cb?",
        "https://portal-a.example/cb?x=1",
        "https://portal-a.example/cb#",
        "https://portal-a.example/cb#fragment",
        "https://portal-a.example/cb/../evil",
        "https://portal-a.example/x/../cb",
        "https://portal-a.example/./cb",
        "https://portal-a.example//cb",
        "https://portal-a.example/%63b",
        "https://portal-a.example/cb%00",
        "https://portal-a.example/cb%20",
        "https://portal-a.example/cb%0d%0aLocation:%20https://evil.example",
        "https://portal-a.example/cb\r\nLocation: https://evil.example",
        "https://portal-a.example:443/cb",
        "https://portal-a.example:444/cb",
        "http://portal-a.example/cb",
        "HTTPS://portal-a.example/cb",
        "https://PORTAL-A.example/cb",
        "https://portal-a.example./cb",
        "https://user@portal-a.example/cb",
        "https://portal-a.example@evil.example/cb",
        "https://portal-a.example%2f@evil.example/cb",
        "https://evil.example/https://portal-a.example/cb",
        "https://portal-a.example\\@evil.example/cb",
        "https:\\\\portal-a.example\\cb",
        "https:/portal-a.example/cb",
        "//portal-a.example/cb",
        "/cb",
        " https://portal-a.example/cb",
        "https://portal-a.example/cb ",
        "https://portal-a.example.evil.example/cb",
        "https://evil.example/cb",
        "https://pоrtal-a.example/cb",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://portal-b.example/cb",
    ];
    for redirect_uri in wrong {
        // An error of its own must not make it redirect either.
        for extra in [None, Some("none")] {
            let answer = browser.get(&portal.authorize(&[("redirect_uri", Some(redirect_uri)), ("prompt", extra)])).await;
            assert!(answer.is_notice(400), "{redirect_uri}: {} {:?}", answer.status, answer.location());
            assert!(!answer.body.contains("evil.example"), "{redirect_uri} stands on the page");
        }
    }
    // Two trailing bytes that only the form encoding can carry.
    for suffix in ["%00", "%C0%AF", "%"] {
        let answer = browser
            .get(&format!("{}{suffix}", portal.authorize(&[("redirect_uri", None), ("redirect_uri", Some("https://portal-a.example/cb"))])))
            .await;
        assert!(answer.is_notice(400), "{suffix}: {}", answer.status);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unproven_client_or_address_is_told_on_our_page_in_both_languages() {
    let app = App::start().await;
    let (portal, browser) = (app.portal(), app.browser());
    let honest = portal.authorize(&[]);
    let requests = [
        portal.authorize(&[("client_id", Some("nobody"))]),
        portal.authorize(&[("client_id", Some("portal-A"))]),
        portal.authorize(&[("client_id", Some("portal-a "))]),
        portal.authorize(&[("client_id", None)]),
        portal.authorize(&[("client_id", Some(""))]),
        format!("{honest}&client_id=portal-a"),
        format!("{honest}&client_id=portal-b"),
        portal.authorize(&[("redirect_uri", None)]),
        portal.authorize(&[("redirect_uri", Some(""))]),
        format!("{honest}&redirect_uri=https%3A%2F%2Fportal-a.example%2Fcb"),
        format!("{honest}&redirect_uri=https%3A%2F%2Fevil.example%2Fcb"),
        "/oauth2/authorize".to_owned(),
        "/oauth2/authorize?".to_owned(),
        "/oauth2/authorize?=&&=".to_owned(),
    ];
    for request in requests {
        let mut titles = Vec::new();
        for language in ["vi", "en"] {
            let joint = if request.contains('?') { '&' } else { '?' };
            let answer = browser.get(&format!("{request}{joint}lang={language}")).await;
            assert!(answer.is_notice(400), "{request}: {} {:?}", answer.status, answer.location());
            assert_eq!(answer.attribute("html", "lang").as_deref(), Some(language));
            assert!(answer.text().contains(answer.header("x-request-id")), "the page shows its request id");
            titles.push(answer.texts("h1"));
        }
        assert_ne!(titles[0], titles[1], "{request}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parameter_given_twice_is_an_invalid_request() {
    let app = App::start().await;
    let (portal, browser) = (app.portal(), app.browser_of(AN).await);
    let names = [
        "response_type",
        "scope",
        "state",
        "nonce",
        "code_challenge",
        "code_challenge_method",
        "prompt",
        "max_age",
        "response_mode",
        "acr_values",
    ];
    for name in names {
        let request = format!("{}&{name}=1&{name}=1", portal.authorize(&[(name, None)]));
        let answer = browser.get(&request).await;
        assert_eq!(answer.parameter("error").as_deref(), Some("invalid_request"), "{name}: {}", answer.text());
        assert_eq!(answer.parameter("state").is_some(), name != "state", "an ambiguous state is not echoed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_claims_are_an_invalid_request() {
    let app = App::start().await;
    let (portal, browser) = (app.portal(), app.browser_of(AN).await);
    let deep = format!("{}{}", r#"{"id_token":{"name":{"value":"#.to_owned() + &"[".repeat(2000), "]".repeat(2000) + "}}}");
    let many = format!(r#"{{"userinfo":{{{}}}}}"#, (0..200).map(|n| format!(r#""c{n}":null"#)).collect::<Vec<_>>().join(","));
    let wrong = [
        "",
        "x",
        "[]",
        "null",
        "{",
        r#"{"userinfo":[]}"#,
        r#"{"userinfo":{"name":1}}"#,
        r#"{"id_token":{"acr":{"essential":"yes"}}}"#,
        &deep,
        &many,
    ];
    for claims in wrong.into_iter().skip(1) {
        let answer = browser.get(&portal.authorize(&[("claims", Some(claims))])).await;
        assert_eq!(answer.parameter("error").as_deref(), Some("invalid_request"), "{claims:.60}: {}", answer.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_encodings_are_refused_everywhere() {
    let app = App::start().await;
    let honest = app.portal().authorize(&[]);
    for broken in ["%ff%fe", "%C3%28", "a%00b", "%", "%zz", "%1"] {
        let answer = app.browser().get(&format!("{honest}&login_hint={broken}")).await;
        assert!(answer.is_notice(400), "{broken}: {} {:?}", answer.status, answer.location());
        for path in ["/oauth2/token", "/oauth2/introspect", "/oauth2/revoke"] {
            let (status, text) = raw_form(&app.base, path, format!("grant_type=authorization_code&code={broken}").as_bytes()).await;
            assert_eq!(status, 400, "{path} {broken}: {text}");
            assert!(text.contains("invalid_request"), "{path} {broken}: {text}");
        }
        for path in ["/oauth2/authorize", "/interaction/login", "/oidc/logout", "/account/recover"] {
            let (status, text) = raw_form(&app.base, path, format!("client_id={broken}").as_bytes()).await;
            assert_eq!(status, 400, "{path} {broken}: {text}");
            assert!(text.contains("<h1>"), "{path} {broken}: {text}");
        }
    }
    let (status, _) = raw_form(&app.base, "/oauth2/token", b"grant_type=\xff\xfe\0").await;
    assert_eq!(status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn huge_requests_are_bounded_and_answered_4xx() {
    let app = App::start().await;
    let (portal, browser) = (app.portal(), app.browser());
    let state = "x".repeat(5000);
    let answer = browser.get(&portal.authorize(&[("state", Some(&state))])).await;
    assert_eq!(answer.parameter("error").as_deref(), Some("invalid_request"));
    assert!(answer.location().unwrap().len() < 1000, "what is too long is not sent back");

    let query = "x".repeat(20_000);
    let answer = browser.get(&portal.authorize(&[("login_hint", Some(&query))])).await;
    assert!((400..500).contains(&answer.status) && answer.location().is_none() && !answer.body.is_empty(), "{}", answer.status);

    let many = (0..200).map(|n| format!("&p{n}=1")).collect::<String>();
    assert!(browser.get(&format!("{}{many}", portal.authorize(&[]))).await.is_notice(400));

    let huge = vec![b'a'; 70 * 1024];
    for (path, type_) in [
        ("/oauth2/token", "application/json"),
        ("/oauth2/authorize", "text/html"),
        ("/interaction/login", "text/html"),
        ("/oauth2/userinfo", "application/json"),
    ] {
        let answer = browser.send("POST", path, &[("content-type", "application/x-www-form-urlencoded")], huge.clone()).await;
        assert_eq!(answer.status, 413, "{path}: {}", answer.body);
        assert!(answer.header("content-type").starts_with(type_) && !answer.body.is_empty(), "{path}: {}", answer.header("content-type"));
    }
    let below = vec![b'a'; 30 * 1024];
    let answer = browser.send("POST", "/oauth2/authorize", &[("content-type", "application/x-www-form-urlencoded")], below).await;
    assert!(answer.is_notice(400), "{}", answer.status);

    let mut header = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Long: ".to_vec();
    header.extend(std::iter::repeat_n(b'a', 300_000));
    header.extend(b"\r\n\r\n");
    let (status, _) = raw(&app.base, &header).await;
    assert!(status == 0 || (400..500).contains(&status), "{status}");
    assert_eq!(browser.get("/healthz").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_typed_into_the_sign_in_form_breaks_it() {
    let app = App::start().await;
    let (portal, browser) = (app.portal(), app.browser());
    let page = browser.get(&portal.authorize(&[])).await;
    let long = "9".repeat(5000);
    for number in ["", "abc", "12345678901", "0980900000011", "098090000001'--", "٠٩٨٠٩٠٠٠٠٠٠١", "<script>alert(1)</script>", &long]
    {
        let answer = browser.sign_in(&page, number, PASSWORD).await;
        assert_eq!(answer.status, 400, "{number:.20}");
        assert!(answer.is_sign_in_page() && !answer.body.contains("<script>alert"), "{number:.20}");
    }
    for password in ["", &"p".repeat(3000), "mật-khẩu-của-tôi", "' OR 1=1 --"] {
        let answer = browser.sign_in(&page, AN, password).await;
        assert_eq!(answer.status, 400, "{password:.20}");
        assert!(answer.is_sign_in_page());
        assert!(password.is_empty() || !answer.body.contains(password), "a password is never shown");
    }
    let answer = browser.sign_in(&page, " 098 090 000 001 ", PASSWORD).await;
    assert!(answer.is_consent_page(), "spaces are forgiven: {}", answer.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_is_a_form_and_nothing_else() {
    let app = App::start().await;
    let (portal, browser) = (app.portal(), app.browser());
    let json = br#"{"grant_type":"authorization_code"}"#.to_vec();
    for kind in ["application/json", "text/plain", "multipart/form-data; boundary=x", ""] {
        let headers = [("content-type", kind)];
        for path in ["/oauth2/token", "/oauth2/introspect", "/oauth2/revoke", "/oauth2/userinfo"] {
            let answer = browser.send("POST", path, &headers, json.clone()).await;
            assert_eq!(answer.status, 400, "{path} {kind}");
            assert_eq!(answer.json()["error"], "invalid_request");
        }
        let page = browser.get(&portal.authorize(&[])).await;
        assert!(page.is_sign_in_page());
        for path in ["/oauth2/authorize", "/interaction/login", "/interaction/consent", "/oidc/logout"] {
            let answer = browser.send("POST", path, &headers, json.clone()).await;
            assert!(answer.is_notice(400), "{path} {kind}: {}", answer.status);
        }
    }
}
