//! Open redirects, and documents of strangers: no parameter of any page leads away from us or to a portal but the proven one.

use oidc_provider::client::ClientMetadata;

use crate::support::{AN, App};

const NAMES: [&str; 14] = [
    "redirect_uri",
    "post_logout_redirect_uri",
    "redirect",
    "redirect_url",
    "return",
    "return_to",
    "returnTo",
    "next",
    "url",
    "continue",
    "back",
    "interaction",
    "target_link_uri",
    "lang",
];

const AWAY: [&str; 8] = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "/%2Fevil.example/",
    "https:evil.example",
    "javascript:alert(1)//evil.example",
    "data:text/html,evil.example",
    "/interaction/..//evil.example",
];

#[tokio::test(flavor = "multi_thread")]
async fn no_parameter_of_any_page_leads_to_a_stranger() {
    let app = App::start().await;
    let browser = app.browser_of(AN).await;
    for path in [
        "/",
        "/oauth2/authorize",
        "/oidc/logout",
        "/account/recover",
        "/account/recover/confirm",
        "/interaction/AAAAAAAAAAAAAAAAAAAAAA",
        "/sandbox/phone",
    ] {
        for away in AWAY {
            let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(NAMES.map(|name| (name, away))).finish();
            let answer = browser.get(&format!("{path}?{query}")).await;
            assert!(!answer.location().unwrap_or_default().contains("evil"), "{path} {away}: {:?}", answer.location());
            assert!(!answer.body.contains("evil.example"), "{path} {away} stands on the page: {}", answer.text());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_posted_address_leads_nowhere_either() {
    let app = App::start().await;
    let (portal, browser) = (app.portal(), app.browser_of(AN).await);
    let page = browser.get(&portal.authorize(&[("prompt", Some("login"))])).await;
    for away in AWAY {
        let fields: Vec<_> = NAMES.iter().filter(|name| **name != "interaction").map(|name| (*name, away)).collect();
        let answer = browser.submit(&page, None, &[fields, vec![("citizen_id", AN), ("password", "wrong")]].concat()).await;
        assert!(!answer.location().unwrap_or_default().contains("evil") && !answer.body.contains("evil.example"), "{away}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_logo_of_a_client_is_known_or_loaded() {
    // A logo is an address that every citizen's browser would fetch from the portal before anything was agreed to.
    let registered: Result<ClientMetadata, _> =
        serde_json::from_value(serde_json::json!({ "client_id": "x", "logo_uri": "https://evil.example/pixel.png" }));
    assert!(registered.unwrap_err().to_string().contains("logo_uri"), "the key is refused");
    let app = App::start().await;
    let page = app.browser().get(&app.portal().authorize(&[("logo_uri", Some("https://evil.example/pixel.png"))])).await;
    assert!(page.is_sign_in_page() && !page.body.contains("evil.example") && !page.has("img"));
    assert!(page.header("content-security-policy").contains("img-src 'self'"));
}
