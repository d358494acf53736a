//! Foreign code judges ours: a relying party on the `openidconnect` crate, over HTTP. The demo portals are built on it, too.

use std::str::FromStr;

use openidconnect::core::{
    CoreClient, CoreIdToken, CoreIdTokenVerifier, CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreResponseType, CoreUserInfoClaims,
};
use openidconnect::{
    AccessTokenHash, AuthUrl, AuthenticationFlow, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge, RedirectUrl, Scope,
    TokenResponse,
};

use oidc_provider::signing_alg::SigningAlg;

use crate::support::{AN, App, Browser, PASSWORD, Portal};

type Discovered = CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

fn http() -> openidconnect::reqwest::Client {
    openidconnect::reqwest::ClientBuilder::new().redirect(openidconnect::reqwest::redirect::Policy::none()).build().unwrap()
}

async fn discover(app: &App) -> CoreProviderMetadata {
    CoreProviderMetadata::discover_async(IssuerUrl::new(app.base.clone()).unwrap(), &http()).await.unwrap()
}

async fn relying_party(app: &App, client_id: &str) -> Discovered {
    let ours = Portal::confidential(&app.base, client_id);
    CoreClient::from_provider_metadata(discover(app).await, ClientId::new(client_id.to_owned()), ours.secret.map(ClientSecret::new))
        .set_redirect_uri(RedirectUrl::new(ours.redirect_uri).unwrap())
}

async fn agree(browser: &Browser, address: &str) -> crate::support::Answer {
    let page = browser.get(address).await;
    let answer = if page.is_sign_in_page() { browser.sign_in(&page, AN, PASSWORD).await } else { page };
    if answer.is_consent_page() { browser.allow(&answer).await } else { answer }
}

fn verifier<'a>(client: &'a Discovered, client_id: &str) -> CoreIdTokenVerifier<'a> {
    // The crate accepts RS256 unless it is told what the client registered.
    let alg = match client_id {
        "portal-a" => CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
        "portal-b" => CoreJwsSigningAlgorithm::EcdsaP256Sha256,
        "portal-always" => CoreJwsSigningAlgorithm::RsaSsaPssSha256,
        _ => CoreJwsSigningAlgorithm::EdDsa,
    };
    client.id_token_verifier().set_allowed_algs([alg])
}

#[tokio::test(flavor = "multi_thread")]
async fn discovery_pkce_nonce_and_every_signature_satisfy_a_foreign_library() {
    let app = App::start().await;
    for client_id in ["portal-a", "portal-b", "portal-always", "portal-trusted"] {
        let client = relying_party(&app, client_id).await;
        let (challenge, pkce_verifier) = PkceCodeChallenge::new_random_sha256();
        let (address, state, nonce) = client
            .authorize_url(AuthenticationFlow::<CoreResponseType>::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
            .add_scope(Scope::new("profile".to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        let browser = app.browser();
        let answer = agree(&browser, address.as_str()).await;
        assert_eq!(answer.parameter("state").as_deref(), Some(state.secret().as_str()), "{client_id}");
        let code = AuthorizationCode::new(answer.parameter("code").unwrap());
        let tokens = client.exchange_code(code).unwrap().set_pkce_verifier(pkce_verifier).request_async(&http()).await.unwrap();

        let id_token = tokens.id_token().expect("an ID token");
        let verifier = verifier(&client, client_id);
        let claims = id_token.claims(&verifier, &nonce).unwrap();
        let alg = id_token.signing_alg().unwrap();
        let key = id_token.signing_key(&verifier).unwrap();
        let expected = AccessTokenHash::from_token(tokens.access_token(), alg, key).unwrap();
        assert_eq!(claims.access_token_hash(), Some(&expected), "{client_id}: at_hash");
        assert!(claims.auth_time().is_some());

        if client_id != "portal-b" {
            let userinfo: CoreUserInfoClaims = client
                .user_info(tokens.access_token().clone(), Some(claims.subject().clone()))
                .unwrap()
                .request_async(&http())
                .await
                .unwrap();
            assert_eq!(userinfo.name().unwrap().get(None).unwrap().as_str(), "Nguyễn Văn An");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signed_userinfo_and_a_refresh_satisfy_it_too() {
    // The crate verifies signed userinfo with RS256 alone.
    let app = App::with(|config| {
        let client = config.clients.iter_mut().find(|client| client.client_id == "portal-b").unwrap();
        client.userinfo_signed_response_alg = Some(SigningAlg::RS256);
    })
    .await;
    let client = relying_party(&app, "portal-b").await;
    let (challenge, pkce_verifier) = PkceCodeChallenge::new_random_sha256();
    let (address, _, nonce) = client
        .authorize_url(AuthenticationFlow::<CoreResponseType>::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
        .add_scopes([Scope::new("profile".to_owned()), Scope::new("offline_access".to_owned())])
        .set_pkce_challenge(challenge)
        .url();
    let answer = agree(&app.browser(), address.as_str()).await;
    let code = AuthorizationCode::new(answer.parameter("code").unwrap());
    let tokens = client.exchange_code(code).unwrap().set_pkce_verifier(pkce_verifier).request_async(&http()).await.unwrap();
    let verifier = verifier(&client, "portal-b");
    let sub = tokens.id_token().unwrap().claims(&verifier, &nonce).unwrap().subject().clone();
    let userinfo: CoreUserInfoClaims = client
        .user_info(tokens.access_token().clone(), Some(sub.clone()))
        .unwrap()
        .require_signed_response(true)
        .request_async(&http())
        .await
        .unwrap();
    assert_eq!(userinfo.subject(), &sub);

    let refreshed = client.exchange_refresh_token(tokens.refresh_token().unwrap()).unwrap().request_async(&http()).await.unwrap();
    let claims = refreshed.id_token().unwrap().claims(&verifier, |_: Option<&Nonce>| Ok(())).unwrap();
    assert_eq!(claims.subject(), &sub);
    assert!(refreshed.refresh_token().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn it_rejects_a_forged_nonce_issuer_audience_and_signature() {
    let app = App::start().await;
    let client = relying_party(&app, "portal-a").await;
    let portal = app.portal();
    let tokens = portal.signed_in(&app, "openid profile").await;
    let honest = CoreIdToken::from_str(&tokens.id_token).unwrap();
    let nonce = Nonce::new("nonce-of-the-portal".to_owned());
    let verifier = verifier(&client, "portal-a");
    honest.claims(&verifier, &nonce).expect("the honest token");

    let forged = honest.claims(&verifier, &Nonce::new("another".to_owned()));
    assert!(matches!(forged, Err(ClaimsVerificationError::InvalidNonce(_))), "{forged:?}");

    let keys = discover(&app).await.jwks().clone();
    let of = |client_id: &str, issuer: &str| {
        CoreIdTokenVerifier::new_confidential_client(
            ClientId::new(client_id.to_owned()),
            ClientSecret::new("x".to_owned()),
            IssuerUrl::new(issuer.to_owned()).unwrap(),
            keys.clone(),
        )
    };
    let issuer = of("portal-a", "https://other.example");
    assert!(matches!(honest.claims(&issuer, &nonce), Err(ClaimsVerificationError::InvalidIssuer(_))));
    let audience = of("portal-b", &app.base);
    assert!(matches!(honest.claims(&audience, &nonce), Err(ClaimsVerificationError::InvalidAudience(_))));

    let other = portal.signed_in(&app, "openid profile").await.id_token;
    let parts: Vec<&str> = tokens.id_token.split('.').collect();
    let foreign: Vec<&str> = other.split('.').collect();
    let mut changed = parts[2].to_owned();
    changed.replace_range(..4, if parts[2].starts_with("AAAA") { "BBBB" } else { "AAAA" });
    for forged in [format!("{}.{}.{changed}", parts[0], parts[1]), format!("{}.{}.{}", parts[0], foreign[1], parts[2])] {
        let forged = CoreIdToken::from_str(&forged).unwrap();
        assert!(matches!(forged.claims(&verifier, &nonce), Err(ClaimsVerificationError::SignatureVerification(_))));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mixed_up_issuer_is_seen_in_discovery_and_in_the_answer() {
    let app = App::start().await;
    let wrong = app.base.replace("127.0.0.1", "localhost");
    let found = CoreProviderMetadata::discover_async(IssuerUrl::new(wrong).unwrap(), &http()).await;
    assert!(found.is_err(), "the document names another issuer than the one asked");
    let metadata = discover(&app).await;
    assert_eq!(metadata.authorization_endpoint(), &AuthUrl::new(format!("{}/oauth2/authorize", app.base)).unwrap());
    let answer = app.portal().silently(&app.browser(), &[]).await;
    assert_eq!(answer.parameter("iss").as_deref(), Some(metadata.issuer().as_str()), "RFC 9207: errors carry it, too");
}
