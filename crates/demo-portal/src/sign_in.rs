//! Authorization code flow with PKCE: OpenID Connect Core §3.1, RFC 7636, RFC 9700.

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use openidconnect::core::CoreAuthenticationFlow;
use openidconnect::{
    AccessToken, AuthenticationContextClass, AuthorizationCode, CsrfToken, LanguageTag, Nonce, OAuth2TokenResponse, PkceCodeChallenge,
    PkceCodeVerifier, RefreshToken, Scope,
};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::Portal;
use crate::browser::{self, Remembered};
use crate::problem::Problem;
use crate::relying_party::{IdToken, IdTokenClaims};
use crate::verify::{self, Check, Passed};

/// A sign-in that has left for the provider, kept under its `state`.
#[derive(Clone)]
pub struct Pending {
    browser: String,
    nonce: String,
    pkce_verifier: String,
}

/// A citizen who is signed in at this portal.
#[derive(Clone)]
pub struct SignedIn {
    /// Handed back at sign-out (RP-Initiated Logout §2).
    pub id_token: IdToken,
    /// Its verified claims.
    pub claims: IdTokenClaims,
    /// What userinfo released.
    pub released: Map<String, Value>,
    /// What was checked.
    pub passed: Vec<Passed>,
    /// Where `offline_access` was granted.
    pub refresh_token: Option<RefreshToken>,
}

/// The provider's answer in the query (RFC 6749 §4.1.2, RFC 9207 §2).
#[derive(Deserialize)]
pub struct Answer {
    state: Option<String>,
    iss: Option<String>,
    code: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

/// `GET /sign-in`: off to the provider.
///
/// # Errors
/// The provider cannot be found.
pub async fn begin(portal: &Portal, request: &HttpRequest) -> Result<HttpResponse, Problem> {
    let provider = portal.relying_party.provider().await?;
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let language = LanguageTag::new(browser::language(request, &portal.config).tag().to_owned());
    let mut authorize = provider
        .client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
        .add_scopes(portal.config.scopes.iter().cloned().map(Scope::new))
        .add_ui_locale(language)
        .set_pkce_challenge(challenge);
    for acr in &portal.config.acr_values {
        authorize = authorize.add_auth_context_value(AuthenticationContextClass::new(acr.clone()));
    }
    let (url, state, nonce) = authorize.url();
    let browser = Remembered::Browser.read(request, &portal.config).unwrap_or_else(random);
    let pending = Pending { browser: browser.clone(), nonce: nonce.secret().clone(), pkce_verifier: verifier.into_secret() };
    portal.pending.put(state.into_secret(), pending);
    let cookie = Remembered::Browser.write(&portal.config, &browser);
    Ok(HttpResponse::SeeOther().insert_header((LOCATION, url.as_str())).cookie(cookie).finish())
}

/// `GET /callback`: the provider sent the browser back.
///
/// # Errors
/// The provider refused, or its answer cannot be trusted.
pub async fn finish(portal: &Portal, request: &HttpRequest) -> Result<HttpResponse, Problem> {
    let answer = web::Query::<Answer>::from_query(request.query_string()).map_err(|_| Problem::Unknown)?.into_inner();
    let browser = Remembered::Browser.read(request, &portal.config).ok_or(Problem::Unknown)?;
    let state = answer.state.unwrap_or_default();
    let pending = portal.pending.take(&state, |pending| pending.browser == browser).ok_or(Problem::Unknown)?;

    let provider = portal.relying_party.provider().await?;
    let mut passed = vec![Check::State.passed(&state)];
    passed.extend(verify::response_issuer(&portal.config, &provider, answer.iss.as_deref())?);
    let code = match (answer.code, answer.error) {
        (Some(code), None) => AuthorizationCode::new(code),
        (_, Some(error)) => return Err(Problem::refused(error, answer.error_description)),
        (None, None) => return Err(Problem::Unknown),
    };

    let tokens = provider
        .client
        .exchange_code(code)
        .map_err(Problem::untrusted)?
        .set_pkce_verifier(PkceCodeVerifier::new(pending.pkce_verifier))
        .request_async(&portal.relying_party.http)
        .await
        .map_err(Problem::untrusted)?;
    passed.push(Check::Pkce.passed("S256"));

    let (id_token, claims, seen) = verify::id_token(&portal.relying_party, &tokens, &Nonce::new(pending.nonce)).await?;
    passed.extend(seen);
    let refresh_token = tokens.refresh_token().cloned();
    let signed_in = complete(portal, id_token, claims, tokens.access_token(), refresh_token, passed).await?;

    // A new key for the new session: nobody can have planted it before (session fixation).
    let key = random();
    forget_session(portal, request);
    portal.sessions.put(key.clone(), signed_in);
    Ok(HttpResponse::SeeOther().insert_header((LOCATION, "/citizen")).cookie(Remembered::Session.write(&portal.config, &key)).finish())
}

/// `POST /refresh`: a new access token, and what it releases today (RFC 6749 §6, OpenID Connect Core §12).
///
/// # Errors
/// Nobody is signed in, or the provider no longer refreshes.
pub async fn refresh(portal: &Portal, request: &HttpRequest) -> Result<HttpResponse, Problem> {
    let key = Remembered::Session.read(request, &portal.config).filter(|_| browser::is_own_form(request, &portal.config));
    let key = key.ok_or(Problem::Unknown)?;
    let before = portal.sessions.find(&key).ok_or(Problem::Unknown)?;
    let refresh_token = before.refresh_token.ok_or(Problem::Unknown)?;
    let provider = portal.relying_party.provider().await?;
    let exchange = provider.client.exchange_refresh_token(&refresh_token).map_err(Problem::untrusted)?;
    let tokens = exchange.request_async(&portal.relying_party.http).await.map_err(Problem::untrusted)?;

    let (id_token, claims, mut passed) = verify::id_token(&portal.relying_party, &tokens, |_: Option<&Nonce>| Ok(())).await?;
    if (claims.issuer(), claims.subject()) != (before.claims.issuer(), before.claims.subject()) {
        return Err(Problem::Untrusted("the refreshed ID token speaks of somebody else".into()));
    }
    passed.push(Check::RefreshedSubject.passed(claims.subject().as_str()));
    let rotated = tokens.refresh_token().cloned().unwrap_or(refresh_token);
    let signed_in = complete(portal, id_token, claims, tokens.access_token(), Some(rotated), passed).await?;
    portal.sessions.put(key, signed_in);
    Ok(HttpResponse::SeeOther().insert_header((LOCATION, "/citizen")).finish())
}

async fn complete(
    portal: &Portal,
    id_token: IdToken,
    claims: IdTokenClaims,
    access_token: &AccessToken,
    refresh_token: Option<RefreshToken>,
    mut passed: Vec<Passed>,
) -> Result<SignedIn, Problem> {
    passed.push(verify::level(&portal.config, &claims)?);
    let (released, same_subject) = verify::userinfo(&portal.relying_party, access_token, &claims).await?;
    passed.push(same_subject);
    Ok(SignedIn { id_token, claims, released, passed, refresh_token })
}

/// Ends this browser's session here and hands back what it held.
pub fn forget_session(portal: &Portal, request: &HttpRequest) -> Option<SignedIn> {
    Remembered::Session.read(request, &portal.config).and_then(|key| portal.sessions.take(&key, |_| true))
}

/// 256 random bits as text, from the library's generator.
pub fn random() -> String {
    CsrfToken::new_random_len(32).into_secret()
}
