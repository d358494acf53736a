//! The request of the national federation as its portals send it today (domain 4.1), and the claims that they read (4.2).

use crate::support::{AN, ANNA, App, BINH, PASSWORD, Portal, Tokens};

/// What a portal of the federation sends: no PKCE, no nonce, the bare scope.
fn request(state: &str) -> String {
    format!(
        "/oauth2/authorize?response_type=code&client_id=vnconnect&redirect_uri=https%3A%2F%2Fportal-v.example%2Fsso&scope=openid&acr_values=LoA1&state={state}"
    )
}

async fn sign_in(app: &App, citizen: &str) -> Tokens {
    let browser = app.browser();
    let page = browser.get(&request("x")).await;
    assert!(page.is_sign_in_page(), "{}", page.text());
    let answer = browser.sign_in(&page, citizen, PASSWORD).await;
    let code = answer.parameter("code").unwrap_or_else(|| panic!("{}", answer.text()));
    let body = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", "https://portal-v.example/sso"),
        ("client_id", "vnconnect"),
        ("client_secret", "vnconnect-secret-0123456789abcdef"),
    ];
    Tokens::of(&app.portal().bare_post("/oauth2/token", &[], &body).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_request_of_a_federated_portal_works_unchanged() {
    let app = App::start().await;
    let browser = app.browser();
    // The state carries a return address there, and comes back as it was.
    let state = "https%3A%2F%2Fportal-v.example%2Fweb%2Fguest%3Fp_p_id%3Dlogin%26x%3D1";
    let page = browser.get(&request(state)).await;
    let answer = browser.sign_in(&page, AN, PASSWORD).await;
    assert_eq!(answer.parameter("state").as_deref(), Some("https://portal-v.example/web/guest?p_p_id=login&x=1"));
    assert!(answer.location().unwrap().starts_with("https://portal-v.example/sso?"));

    let tokens = sign_in(&app, AN).await;
    assert_eq!(tokens.scope, "citizen_id email openid phone profile", "bare openid means the registered scope");
    let claims = tokens.claims();
    assert_eq!(claims["acr"], "LoA1");
    assert!(!claims.contains_key("nonce"));
}

#[tokio::test(flavor = "multi_thread")]
async fn userinfo_has_the_names_that_portals_read_today() {
    let app = App::start().await;
    let tokens = sign_in(&app, AN).await;
    let portal = Portal::confidential(&app.base, "vnconnect");
    let userinfo = portal.userinfo(&tokens.access_token).await.json();
    let expected = [
        ("LoaiTaiKhoan", "1"),
        ("SoDinhDanh", AN),
        ("SoCMND", "098000001"),
        ("HoVaTen", "Nguyễn Văn An"),
        ("NgayThangNamSinh", "19900520"),
        ("SoDienThoai", "0599000001"),
        ("ThuDienTu", "an@congdan.example"),
    ];
    for (name, value) in expected {
        assert_eq!(userinfo[name], value, "{name} in {userinfo}");
    }
    assert_eq!(userinfo["GioiTinh"], 1);
    assert_eq!(userinfo["name"], "Nguyễn Văn An", "the standard names beside them");
    assert!(uuid::Uuid::parse_str(userinfo["TechID"].as_str().unwrap()).is_ok());
    assert!(userinfo.get("DiaChi").is_none(), "an address is of level 2 and was not asked");
    let again = portal.userinfo(&sign_in(&app, AN).await.access_token).await.json();
    assert_eq!((&again["TechID"], &again["sub"]), (&userinfo["TechID"], &userinfo["sub"]), "the local account is found again");
    let binh = portal.userinfo(&sign_in(&app, BINH).await.access_token).await.json();
    assert_ne!(binh["TechID"], userinfo["TechID"]);
    assert_eq!((&binh["GioiTinh"], binh.get("SoCMND")), (&serde_json::json!(2), None));
    let anna = portal.userinfo(&sign_in(&app, ANNA).await.access_token).await.json();
    assert_eq!(anna["HoVaTen"], "Anna Müller");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_check_of_the_federation_is_introspection() {
    let app = App::start().await;
    let tokens = sign_in(&app, AN).await;
    let body =
        [("token", tokens.access_token.as_str()), ("client_id", "vnconnect"), ("client_secret", "vnconnect-secret-0123456789abcdef")];
    let answer = app.portal().bare_post("/oauth2/introspect", &[], &body).await.json();
    assert_eq!((&answer["active"], &answer["client_id"]), (&serde_json::json!(true), &serde_json::json!("vnconnect")));
    assert!(answer["exp"].is_i64());
}

#[tokio::test(flavor = "multi_thread")]
async fn compatibility_opens_no_weaker_way() {
    let app = App::start().await;
    let browser = app.browser_of(AN).await;
    let other =
        browser.get(&request("x").replace("vnconnect", "portal-a").replace("portal-v.example%2Fsso", "portal-a.example%2Fcb")).await;
    assert_eq!(other.parameter("error").as_deref(), Some("invalid_request"), "others use PKCE");
    let code = browser.get(&request("x")).await.parameter("code").unwrap();
    let portal = Portal::confidential(&app.base, "vnconnect");
    let fields = |verifier| {
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", "https://portal-v.example/sso"),
            ("client_id", "vnconnect"),
            ("client_secret", "vnconnect-secret-0123456789abcdef"),
        ];
        fields.extend(verifier);
        fields
    };
    let basic = portal.exchange(&code).await;
    assert_eq!((basic.status, basic.json()["error"].as_str()), (401, Some("invalid_client")), "the registered method and no other");
    let downgrade = portal.bare_post("/oauth2/token", &[], &fields(Some(("code_verifier", crate::support::portal::VERIFIER)))).await;
    assert_eq!(downgrade.json()["error"], "invalid_grant", "RFC 9700 §4.8.2: a verifier without a challenge is refused");
    // With a challenge the verifier is needed, here as well.
    let challenged = portal.authorize(&[("scope", Some("openid"))]);
    let code = browser.get(&challenged).await.parameter("code").unwrap();
    let body = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", "https://portal-v.example/sso"),
        ("client_id", "vnconnect"),
        ("client_secret", "vnconnect-secret-0123456789abcdef"),
    ];
    assert_eq!(portal.bare_post("/oauth2/token", &[], &body).await.json()["error"], "invalid_grant");
}
