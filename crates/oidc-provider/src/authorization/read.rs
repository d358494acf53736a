//! One parameter of the authorization request each: what it may be, and which error says that it is not.

use super::{AuthorizationError, Display, IdTokenHint, InvalidRequest, Prompt};
use crate::{
    claims_request::{ClaimsRequest, InvalidClaims},
    client::{ClaimsProfile, Client, GrantType},
    parameters::Parameters,
    pkce::CodeChallenge,
    scope::Scope,
};

/// Bounds in bytes; `state` and `nonce` travel back in a URL and a token. Portals keep return URLs in `state`.
pub(super) const MAX_STATE: usize = 4096;
const MAX_NONCE: usize = 1024;
const MAX_LOGIN_HINT: usize = 256;
/// Bounds in items.
const MAX_ACR_VALUES: usize = 20;
const MAX_UI_LOCALES: usize = 20;
/// The longest language tag that must be supported (RFC 5646 §4.4.1).
const MAX_LANGUAGE_TAG: usize = 35;

/// What is given back or shown is bounded.
pub(super) fn check_lengths(parameters: &Parameters) -> Result<(), InvalidRequest> {
    let longer = |name, most| parameters.value(name).is_some_and(|value| value.len() > most);
    match parameters {
        _ if longer("state", MAX_STATE) => Err(InvalidRequest::StateTooLong),
        _ if longer("nonce", MAX_NONCE) => Err(InvalidRequest::NonceTooLong),
        _ if longer("login_hint", MAX_LOGIN_HINT) => Err(InvalidRequest::LoginHintTooLong),
        _ => Ok(()),
    }
}

/// What is asked, less what nobody knows and what the client is not registered for. Core §3.1.2.1: requests "MUST contain the openid scope
/// value", and scope values "that are not understood by an implementation SHOULD be ignored".
pub(super) fn scope(parameters: &Parameters, client: &Client, known: &Scope) -> Result<Scope, AuthorizationError> {
    let asked = Scope::parse(parameters.value("scope").unwrap_or_default()).map_err(|_| AuthorizationError::ScopeMalformed)?;
    if !asked.contains("openid") {
        return Err(AuthorizationError::OpenidScopeMissing);
    }
    // Portals of the national federation ask for openid alone and expect what they were registered for.
    let bare = client.claims_profile == ClaimsProfile::Vnconnect && asked.iter().eq(["openid"]);
    let granted = if bare { client.scope.restricted_to(known) } else { asked.restricted_to(&client.scope).restricted_to(known) };
    // Core §11: the server "MUST ignore the offline_access request" unless a refresh token can come of it.
    Ok(if client.may_use(GrantType::RefreshToken) { granted } else { granted.without("offline_access") })
}

pub(super) fn prompt(parameters: &Parameters) -> Result<Prompt, InvalidRequest> {
    parameters.value("prompt").map_or(Ok(Prompt::default()), Prompt::parse)
}

/// Core §3.1.2.1: "the allowable elapsed time in seconds"; digits alone, no sign.
pub(super) fn max_age(parameters: &Parameters) -> Result<Option<u64>, InvalidRequest> {
    let seconds = |text: &str| match text.parse() {
        Ok(seconds) if text.bytes().all(|byte| byte.is_ascii_digit()) => Ok(seconds),
        _ => Err(InvalidRequest::MaxAgeMalformed),
    };
    parameters.value("max_age").map(seconds).transpose()
}

/// Core §3.1.2.1: an ID token "previously issued by the Authorization Server". One issued to another client tells of a person by a name that
/// is not this client's to know.
pub(super) fn id_token_hint(
    parameters: &Parameters,
    client: &Client,
    verify: &dyn Fn(&str) -> Option<IdTokenHint>,
) -> Result<Option<IdTokenHint>, InvalidRequest> {
    let Some(presented) = parameters.value("id_token_hint") else { return Ok(None) };
    let hint = verify(presented).filter(|hint| hint.aud.contains(&client.client_id));
    hint.map(Some).ok_or(InvalidRequest::IdTokenHintInvalid)
}

pub(super) fn claims(parameters: &Parameters) -> Result<ClaimsRequest, InvalidRequest> {
    let request = parameters.value("claims").map_or(Ok(ClaimsRequest::default()), ClaimsRequest::parse);
    request.map_err(|error| match error {
        InvalidClaims::Malformed => InvalidRequest::ClaimsMalformed,
        InvalidClaims::TooLarge => InvalidRequest::ClaimsTooLarge,
    })
}

/// Core §3.1.2.1: `acr_values` are "in order of preference", and a wish: what we do not know is ignored.
pub(super) fn acr_values(
    parameters: &Parameters,
    claims: &ClaimsRequest,
    client: &Client,
    known: &[String],
) -> Result<Vec<String>, InvalidRequest> {
    let asked: Vec<String> = words(parameters, "acr_values").map(str::to_owned).collect();
    if asked.len() > MAX_ACR_VALUES {
        return Err(InvalidRequest::TooManyAcrValues);
    }
    let wishes = [asked, claims.voluntary_acr(), client.default_acr_values.clone()];
    let mut wishes = wishes.into_iter().find(|values| !values.is_empty()).unwrap_or_default();
    wishes.retain(|value| known.contains(value));
    Ok(wishes)
}

/// Core §3.1.2.1: "An error SHOULD NOT result if some or all of the requested locales are not supported".
pub(crate) fn ui_locales(parameters: &Parameters) -> Vec<String> {
    let tag = |word: &&str| word.len() <= MAX_LANGUAGE_TAG && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    words(parameters, "ui_locales").filter(tag).take(MAX_UI_LOCALES).map(str::to_owned).collect()
}

pub(super) fn display(parameters: &Parameters) -> Option<Display> {
    parameters.value("display").and_then(Display::parse)
}

/// RFC 7636 §4.3 and §4.4.1; RFC 9700 §2.1.1: public clients MUST use PKCE, and S256 is the method that does not expose the verifier.
pub(super) fn code_challenge(parameters: &Parameters, client: &Client) -> Result<Option<CodeChallenge>, InvalidRequest> {
    match (parameters.value("code_challenge"), parameters.value("code_challenge_method")) {
        (None, _) if client.needs_pkce() => Err(InvalidRequest::CodeChallengeMissing),
        (None, None) => Ok(None),
        (None, Some(_)) => Err(InvalidRequest::CodeChallengeMethodAlone),
        (Some(challenge), Some("S256")) => CodeChallenge::parse(challenge).map(Some).map_err(|_| InvalidRequest::CodeChallengeMalformed),
        // RFC 7636 §4.3: code_challenge_method "defaults to plain if not present".
        (Some(_), _) => Err(InvalidRequest::CodeChallengeMethod),
    }
}

fn words<'a>(parameters: &'a Parameters, name: &str) -> impl Iterator<Item = &'a str> {
    parameters.value(name).unwrap_or_default().split(' ').filter(|word| !word.is_empty())
}
