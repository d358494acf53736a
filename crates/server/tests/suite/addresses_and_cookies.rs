//! What a browser shows, keeps and passes on: addresses without personal data, cookies that are guarded.

use crate::support::{AN, Answer, App, PASSWORD};

#[tokio::test(flavor = "multi_thread")]
async fn addresses_carry_no_personal_data() {
    let app = App::start().await;
    let (portal, browser) = (app.portal(), app.browser());
    let page = browser.get(&portal.authorize_scope("openid profile phone email citizen_id eid")).await;
    let hidden = |page: &Answer| [("interaction".to_owned(), page.interaction()), ("csrf".to_owned(), page.hidden("csrf"))];
    let mut addresses = vec![page.attribute("#switch-language", "href").unwrap()];
    let mut at = page;
    for (path, fields) in [
        ("/interaction/login", vec![("citizen_id", AN), ("password", "wrong")]),
        ("/interaction/login", vec![("citizen_id", AN), ("password", PASSWORD)]),
        ("/interaction/otp", vec![("otp", "000000")]),
        ("/interaction/otp/skip", vec![]),
        ("/interaction/consent", vec![("decision", "allow")]),
    ] {
        let own = hidden(&at);
        let fields: Vec<_> = own.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(fields).collect();
        let answer = browser.post(path, &fields).await;
        addresses.extend(answer.location());
        let answer = browser.follow(answer).await;
        addresses.extend(answer.location());
        if answer.location().is_none() {
            addresses.extend(answer.attribute("form", "action"));
            addresses.extend(answer.attribute("#switch-language", "href"));
            at = answer;
        }
    }
    assert!(addresses.iter().any(|address| address.contains("code=")), "{addresses:?}");
    let account = app.account(AN).await.id.to_string();
    for address in addresses {
        let plain = form_urlencoded::parse(address.as_bytes()).map(|(name, value)| format!("{name}{value}")).collect::<String>();
        for personal in [AN, "098", "Nguyễn", "An@", "an@", "599000001", "1990-05-20", &account] {
            assert!(!plain.contains(personal), "{personal} in {address}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cookies_are_guarded_and_over_https_bound_to_the_host() {
    let app = App::start().await;
    let page = app.browser().get(&app.portal().authorize(&[])).await;
    let cookie = page.header("set-cookie");
    assert!(
        cookie.starts_with("dinhdanh_browser=")
            && cookie.contains("HttpOnly")
            && cookie.contains("SameSite=Lax")
            && cookie.contains("Path=/"),
        "{cookie}"
    );
    assert!(page.header("strict-transport-security").is_empty());

    let app = App::with(|config| config.issuer = "https://id.example".to_owned()).await;
    let page = app.browser().get(&app.portal().authorize(&[])).await;
    let cookie = page.header("set-cookie");
    assert!(cookie.starts_with("__Host-dinhdanh_browser=") && cookie.contains("Secure") && cookie.contains("HttpOnly"), "{cookie}");
    assert!(cookie.contains("Path=/") && !cookie.contains("Domain"), "{cookie}");
    assert!(page.header("strict-transport-security").starts_with("max-age=31536000"));
}
