//! Discovery and keys: every advertised thing works, and nothing else is there.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{AN, App, Portal, newest_code};

fn list(document: &Value, name: &str) -> Vec<String> {
    document[name].as_array().unwrap_or_else(|| panic!("no {name}")).iter().map(|value| value.as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn both_documents_are_one_and_public() {
    let app = App::start().await;
    let browser = app.browser();
    let openid = browser.get("/.well-known/openid-configuration").await;
    let oauth = browser.get("/.well-known/oauth-authorization-server").await;
    assert_eq!(openid.json(), oauth.json());
    assert_eq!(openid.header("content-type"), "application/json");
    assert_eq!(openid.header("access-control-allow-origin"), "*");
    assert!(openid.header("cache-control").starts_with("public"));
    assert_eq!(openid.json()["issuer"], app.base);
    let document = openid.json();
    assert_eq!(document["request_uri_parameter_supported"], false, "its default is true");
    assert_eq!(document["request_parameter_supported"], false);
    assert_eq!(document["claims_parameter_supported"], true);
    assert_eq!(document["authorization_response_iss_parameter_supported"], true);
    assert_eq!(list(&document, "response_types_supported"), ["code"]);
    assert_eq!(list(&document, "code_challenge_methods_supported"), ["S256"]);
    assert_eq!(list(&document, "subject_types_supported"), ["pairwise", "public"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_endpoint_that_is_named_answers_and_no_other_is_named() {
    let app = App::start().await;
    let browser = app.browser();
    let document = browser.get("/.well-known/openid-configuration").await.json();
    let endpoints: BTreeSet<&str> = document
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .filter(|name| name.ends_with("_endpoint") || name.ends_with("_uri") || *name == "check_session_iframe")
        .collect();
    let expected = [
        "authorization_endpoint",
        "token_endpoint",
        "userinfo_endpoint",
        "introspection_endpoint",
        "revocation_endpoint",
        "end_session_endpoint",
        "jwks_uri",
    ];
    assert_eq!(endpoints, expected.into_iter().collect());
    for name in endpoints {
        let address = document[name].as_str().unwrap();
        assert!(address.starts_with(&app.base));
        let answer = browser.get(address).await;
        assert_ne!(answer.status, 404, "{name}");
        assert!(answer.status < 500, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keys_are_public_and_sign_what_is_advertised() {
    let app = App::start().await;
    let browser = app.browser();
    let document = browser.get("/.well-known/openid-configuration").await.json();
    let jwks = browser.get("/oauth2/jwks").await.json();
    let keys = jwks["keys"].as_array().unwrap();
    let mut kids = BTreeSet::new();
    for key in keys {
        let members: BTreeSet<&str> = key.as_object().unwrap().keys().map(String::as_str).collect();
        for private in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
            assert!(!members.contains(private), "{private} is private");
        }
        assert!(kids.insert(key["kid"].as_str().unwrap()) && key["use"] == "sig", "{key}");
    }
    let algs: BTreeSet<String> = keys.iter().map(|key| key["alg"].as_str().unwrap().to_owned()).collect();
    assert_eq!(algs, list(&document, "id_token_signing_alg_values_supported").into_iter().collect());
    assert!(algs.contains("RS256"), "Discovery §3: RS256 MUST be included");
    for (client, alg) in [("portal-a", "RS256"), ("portal-b", "ES256"), ("portal-always", "PS256"), ("portal-trusted", "EdDSA")] {
        let portal = Portal::confidential(&app.base, client);
        let tokens = portal.tokens(&portal.code(&app.browser(), AN, &[]).await).await;
        let header = tokens.id_token.split('.').next().unwrap();
        let header: Value =
            serde_json::from_slice(&base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, header).unwrap()).unwrap();
        assert_eq!(header["alg"], alg);
        assert!(kids.contains(header["kid"].as_str().unwrap()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_advertised_value_is_understood() {
    let app = App::start().await;
    let (portal, browser) = (app.trusted_portal(), app.browser());
    portal.code(&browser, AN, &[("acr_values", Some("LoA2"))]).await;
    let document = browser.get("/.well-known/openid-configuration").await.json();
    assert_eq!(list(&document, "response_modes_supported"), ["query", "fragment", "form_post"]);
    for mode in list(&document, "response_modes_supported") {
        let answer = browser.get(&portal.authorize(&[("response_mode", Some(&mode))])).await;
        assert!(answer.body.contains("name=\"code\"") || answer.location().unwrap().contains("code="), "{mode}");
    }
    assert_eq!(
        list(&document, "prompt_values_supported").into_iter().collect::<BTreeSet<_>>(),
        ["none", "login", "consent", "select_account"].map(str::to_owned).into()
    );
    for prompt in list(&document, "prompt_values_supported") {
        let answer = browser.get(&portal.authorize(&[("prompt", Some(&prompt))])).await;
        assert!(answer.parameter("error").is_none(), "{prompt}");
        assert_eq!(answer.status == 200, prompt != "none", "{prompt}");
    }
    for name in ["display_values_supported", "ui_locales_supported"] {
        for value in list(&document, name) {
            let parameter = name.trim_end_matches("_supported").trim_end_matches("_values");
            assert!(browser.get(&portal.authorize(&[(parameter, Some(&value))])).await.parameter("code").is_some(), "{value}");
        }
    }
    let acr = list(&document, "acr_values_supported");
    assert_eq!(
        acr,
        ["LoA1", "LoA2", "urn:vn:nd69:xacthuc:1", "urn:vn:nd69:xacthuc:2"],
        "levels 3 and 4 need a biometric factor that no page asks for yet"
    );
    for value in &acr {
        let answer = portal.silently(&browser, &[("acr_values", Some(value))]).await;
        assert_eq!(portal.tokens(&answer.parameter("code").unwrap()).await.claims()["acr"], *value);
    }
    let grants = list(&document, "grant_types_supported");
    assert_eq!(grants, ["authorization_code", "refresh_token", "client_credentials"]);
    for grant in ["password", "implicit", "urn:ietf:params:oauth:grant-type:device_code", "urn:ietf:params:oauth:grant-type:token-exchange"]
    {
        assert_eq!(portal.post("/oauth2/token", &[("grant_type", grant)]).await.json()["error"], "unsupported_grant_type", "{grant}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_claim_and_scope_that_can_come_is_listed() {
    let app = App::start().await;
    let (portal, browser) = (app.portal(), app.browser());
    let document = browser.get("/.well-known/openid-configuration").await.json();
    let scopes = list(&document, "scopes_supported");
    for scope in [
        "openid",
        "profile",
        "phone",
        "email",
        "citizen_id",
        "address",
        "residence",
        "eid",
        "driving_licence",
        "vehicle_registration",
        "health_insurance",
        "social_insurance",
        "legacy_account",
        "organization",
        "foreigner",
        "offline_access",
    ] {
        assert!(scopes.iter().any(|known| known == scope), "{scope}");
    }
    assert_eq!(scopes.len(), 16, "{scopes:?}");
    let everything = scopes.join(" ");
    let page = browser.get(&portal.authorize_scope(&everything)).await;
    let page = browser.sign_in(&page, AN, crate::support::PASSWORD).await;
    let code = newest_code(&browser, AN).await;
    let page = browser.submit(&page, None, &[("otp", &code)]).await;
    let answer = browser.allow(&page).await;
    let tokens = portal.tokens(&answer.parameter("code").unwrap()).await;
    let userinfo = portal.userinfo(&tokens.access_token).await.json();
    let listed: BTreeSet<String> = list(&document, "claims_supported").into_iter().collect();
    let protocol = ["at_hash", "jti"];
    for (name, value) in userinfo.as_object().unwrap().iter().chain(&tokens.claims()) {
        assert!(listed.contains(name) || protocol.contains(&name.as_str()), "{name} is not listed");
        assert_ne!(*value, json!(null), "{name}: a claim without a value is left out");
    }
    for claim in ["driving_licence", "household", "organization", "old_id_number", "electronic_id"] {
        assert!(userinfo.get(claim).is_some(), "{claim}");
    }
}
