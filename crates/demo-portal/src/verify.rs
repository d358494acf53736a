//! Everything a portal must check before it believes an answer. The library does the cryptography; each check is
//! written down with what was seen, and the citizen's page shows the list.

use openidconnect::{
    AccessToken, AccessTokenHash, ClaimsVerificationError, NonceVerifier, OAuth2TokenResponse, SignatureVerificationError, TokenResponse,
};
use serde_json::{Map, Value};

use crate::config::PortalConfig;
use crate::problem::Problem;
use crate::relying_party::{IdToken, IdTokenClaims, Provider, RelyingParty, Tokens, UserInfo};

/// A check that this portal makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// The answer carries the `state` that this browser was given: RFC 6749 §10.12.
    State,
    /// The answer names the issuer we asked: RFC 9207 §2.4.
    ResponseIssuer,
    /// The code was redeemed with our PKCE verifier and our client secret: RFC 7636 §4.5.
    Pkce,
    /// The ID token is signed with a key of the issuer: OpenID Connect Core §3.1.3.7 (6).
    Signature,
    /// `iss`: §3.1.3.7 (2).
    Issuer,
    /// `aud`: §3.1.3.7 (3).
    Audience,
    /// `exp`: §3.1.3.7 (9).
    Expiry,
    /// `nonce`: §3.1.3.7 (11).
    Nonce,
    /// The access token belongs to the ID token: §3.1.3.8.
    AccessTokenHash,
    /// The sign-in is as strong as this portal needs: §3.1.3.7 (12), Decree 69/2024 Art. 20.
    Level,
    /// Userinfo speaks of the same person: §5.3.2.
    UserInfoSubject,
    /// A refreshed ID token speaks of the same person: §12.2.
    RefreshedSubject,
}

/// A check that passed, and what was seen.
#[derive(Clone, Debug)]
pub struct Passed {
    /// Which.
    pub check: Check,
    /// The value that was compared, safe to show.
    pub seen: String,
}

impl Check {
    /// This check passed.
    pub fn passed(self, seen: impl ToString) -> Passed {
        Passed { check: self, seen: seen.to_string() }
    }
}

/// RFC 9207 §2.4: an answer of another issuer is a mix-up attack; a provider that always names itself must do so.
pub fn response_issuer(config: &PortalConfig, provider: &Provider, iss: Option<&str>) -> Result<Option<Passed>, Problem> {
    match iss {
        Some(iss) if iss == config.issuer => Ok(Some(Check::ResponseIssuer.passed(iss))),
        None if !provider.further.authorization_response_iss_parameter_supported => Ok(None),
        other => Err(Problem::Untrusted(format!("iss of the answer is {other:?}, not {}", config.issuer))),
    }
}

/// Verifies the ID token, once more with fresh keys if the provider has a new one.
pub async fn id_token(
    relying_party: &RelyingParty,
    tokens: &Tokens,
    nonce: impl NonceVerifier + Copy,
) -> Result<(IdToken, IdTokenClaims, Vec<Passed>), Problem> {
    let token = tokens.id_token().ok_or_else(|| Problem::Untrusted("the token answer has no ID token".into()))?;
    let provider = relying_party.provider().await?;
    let verified = match verified_with(&provider, token, tokens.access_token(), nonce) {
        Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)) => {
            verified_with(relying_party.provider_with_new_keys().await?.as_ref(), token, tokens.access_token(), nonce)
        }
        verified => verified,
    };
    let (claims, passed) = verified.map_err(Problem::untrusted)?;
    Ok((token.clone(), claims, passed))
}

fn verified_with(
    provider: &Provider,
    token: &IdToken,
    access_token: &AccessToken,
    nonce: impl NonceVerifier + Copy,
) -> Result<(IdTokenClaims, Vec<Passed>), ClaimsVerificationError> {
    // One call checks signature, iss, aud, exp and nonce; what follows only tells what it saw.
    let verifier = provider.client.id_token_verifier();
    let claims = token.claims(&verifier, nonce)?.clone();
    let algorithm = token.signing_alg().map_err(ClaimsVerificationError::SignatureVerification)?;
    let key = token.signing_key(&verifier).map_err(ClaimsVerificationError::SignatureVerification)?;
    let kid = openidconnect::JsonWebKey::key_id(key).map_or("–", |kid| kid.as_str());
    let audiences: Vec<&str> = claims.audiences().iter().map(|audience| audience.as_str()).collect();
    let mut passed = vec![
        Check::Signature.passed(format!("{}, kid {kid}", name_of(algorithm))),
        Check::Issuer.passed(claims.issuer().as_str()),
        Check::Audience.passed(audiences.join(" ")),
        Check::Expiry.passed(claims.expiration().format("%Y-%m-%d %H:%M:%S UTC")),
    ];
    if let Some(nonce) = claims.nonce() {
        passed.push(Check::Nonce.passed(nonce.secret()));
    }
    if let Some(expected) = claims.access_token_hash() {
        let actual =
            AccessTokenHash::from_token(access_token, algorithm, key).map_err(|error| ClaimsVerificationError::Other(error.to_string()))?;
        if actual != *expected {
            return Err(ClaimsVerificationError::Other("at_hash does not fit the access token".into()));
        }
        passed.push(Check::AccessTokenHash.passed(actual.as_str()));
    }
    Ok((claims, passed))
}

/// The level the citizen was asked for is only a wish (Core §3.1.2.1): a portal looks at what it got.
pub fn level(config: &PortalConfig, claims: &IdTokenClaims) -> Result<Passed, Problem> {
    let number = |name| claims.additional_claims().0.get(name).and_then(Value::as_u64).unwrap_or(0);
    let (account, authentication) = (number("account_level"), number("authentication_level"));
    if account.min(authentication) < config.required_level {
        return Err(Problem::LevelTooLow);
    }
    let acr = claims.auth_context_ref().map_or("–", |acr| acr.as_str());
    Ok(Check::Level.passed(format!("acr {acr}, account_level {account}, authentication_level {authentication}")))
}

/// Asks userinfo; the library refuses an answer about another subject than the ID token's.
pub async fn userinfo(
    relying_party: &RelyingParty,
    access_token: &AccessToken,
    claims: &IdTokenClaims,
) -> Result<(Map<String, Value>, Passed), Problem> {
    let provider = relying_party.provider().await?;
    let request = provider.client.user_info(access_token.clone(), Some(claims.subject().clone())).map_err(Problem::untrusted)?;
    let userinfo: UserInfo = request.request_async(&relying_party.http).await.map_err(Problem::untrusted)?;
    match serde_json::to_value(&userinfo) {
        Ok(Value::Object(released)) => Ok((released, Check::UserInfoSubject.passed(userinfo.subject().as_str()))),
        _ => Err(Problem::Untrusted("userinfo is not an object".into())),
    }
}

fn name_of(algorithm: &impl serde::Serialize) -> String {
    serde_json::to_value(algorithm).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}
