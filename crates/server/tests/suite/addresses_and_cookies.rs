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

/// The cookies of a sign-in page and of a sign-in; of the page alone over TLS, since a browser sends none of them back over plain http.
async fn cookies(app: &App) -> Vec<String> {
    let browser = app.browser();
    let page = browser.get(&app.trusted_portal().authorize(&[])).await;
    let form = page.form();
    let mut answers = vec![page];
    if app.provider.config.issuer.starts_with("http://") {
        let fields: Vec<_> = form.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let fields = [&fields[..], &[("citizen_id", AN), ("password", PASSWORD)]].concat();
        answers.push(browser.post("/interaction/login", &fields).await);
    }
    answers.iter().map(|answer| answer.header("set-cookie").to_owned()).collect()
}

async fn over_tls() -> App {
    App::with(|config| config.issuer = "https://id.example".to_owned()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_script_reads_a_cookie() {
    let plain = cookies(&App::start().await).await;
    assert!(plain[0].starts_with("dinhdanh_browser=") && plain[1].starts_with("dinhdanh_session="), "{plain:?}");
    for cookie in plain.iter().chain(&cookies(&over_tls().await).await) {
        assert!(cookie.contains("; HttpOnly"), "{cookie}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_post_of_another_site_carries_a_cookie() {
    for app in [App::start().await, over_tls().await] {
        for cookie in cookies(&app).await {
            assert!(cookie.contains("; SameSite=Lax"), "{cookie}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn over_https_the_name_of_a_cookie_binds_it_to_the_host() {
    for cookie in cookies(&over_tls().await).await {
        assert!(cookie.starts_with("__Host-dinhdanh_browser=") && cookie.contains("; Path=/") && !cookie.contains("Domain"), "{cookie}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn over_https_cookies_never_travel_without() {
    let app = over_tls().await;
    for cookie in cookies(&app).await {
        assert!(cookie.contains("; Secure"), "{cookie}");
    }
    let page = app.browser().get("/").await;
    assert!(page.header("strict-transport-security").starts_with("max-age=31536000"));
    assert!(App::start().await.browser().get("/").await.header("strict-transport-security").is_empty());
}
