//! From parameters to a request whose client and redirect URI are proven: one line a rule, in the order of the specifications.

use time::{OffsetDateTime, UtcOffset};

use super::{AuthorizationError, ErrorRedirect, IdTokenHint, InvalidRequest, PageError, ResolvedRequest, ResponseMode, read};
use crate::{
    client::{Client, GrantType, RedirectUri},
    parameters::Parameters,
    scope::Scope,
};

/// What resolving needs to know beside the client.
#[derive(Clone, Copy)]
pub struct ResolveContext<'a> {
    /// The scopes that this provider knows; others are ignored (Core §3.1.2.1).
    pub known_scopes: &'a Scope,
    /// The `acr` values that this provider knows; others are ignored where they are wishes.
    pub known_acr_values: &'a [String],
    /// Verifies an `id_token_hint`: ours, signature right, expired or not.
    pub hints: &'a dyn Fn(&str) -> Option<IdTokenHint>,
    /// Now.
    pub now: OffsetDateTime,
}

/// Why a request is not resolved, and where that is said.
#[derive(Clone, Debug, PartialEq)]
pub enum ResolveError {
    /// On our own page, never by redirect.
    Page(PageError),
    /// At the client's proven redirect URI.
    Redirect(Box<ErrorRedirect>),
}

impl From<PageError> for ResolveError {
    fn from(error: PageError) -> Self {
        Self::Page(error)
    }
}

/// The client that the request names, before anything is proven (RFC 6749 §4.1.1).
pub fn client_id(parameters: &Parameters) -> Result<&str, PageError> {
    if parameters.is_duplicate("client_id") {
        return Err(PageError::ClientIdRepeated);
    }
    parameters.value("client_id").ok_or(PageError::ClientIdMissing)
}

/// Checks the request of the client that [`client_id`] named.
pub fn resolve(parameters: &Parameters, client: &Client, context: &ResolveContext<'_>) -> Result<ResolvedRequest, ResolveError> {
    if client_id(parameters)? != client.client_id {
        return Err(PageError::UnknownClient.into());
    }
    check_agreement(client, context.now)?;
    let redirect_uri = redirect_uri(parameters, client)?;
    let response_mode = once(parameters, "response_mode").and_then(ResponseMode::parse).unwrap_or_default();
    let state = once(parameters, "state").filter(|state| state.len() <= read::MAX_STATE).map(str::to_owned);
    let answer = ErrorRedirect { redirect_uri, response_mode, state, error: AuthorizationError::ServerError };
    read_all(parameters, client, context, &answer)
        .map_err(|error| ResolveError::Redirect(Box::new(ErrorRedirect { error, ..answer.clone() })))
}

/// The rules whose breach is told to the client.
fn read_all(
    parameters: &Parameters,
    client: &Client,
    context: &ResolveContext<'_>,
    answer: &ErrorRedirect,
) -> Result<ResolvedRequest, AuthorizationError> {
    // RFC 6749 §3.1: request parameters "MUST NOT be included more than once".
    if parameters.duplicate().is_some() {
        return Err(InvalidRequest::ParameterRepeated.into());
    }
    check_unsupported(parameters)?;
    check_response_type(parameters)?;
    if parameters.value("response_mode").is_some_and(|mode| ResponseMode::parse(mode).is_none()) {
        return Err(InvalidRequest::ResponseModeUnknown.into());
    }
    // RFC 6749 §4.1.2.1: unauthorized_client, "not authorized to request an authorization code using this method".
    if !client.may_use(GrantType::AuthorizationCode) {
        return Err(AuthorizationError::UnauthorizedClient);
    }
    read::check_lengths(parameters)?;
    let claims = read::claims(parameters)?;
    Ok(ResolvedRequest {
        client_id: client.client_id.clone(),
        redirect_uri: answer.redirect_uri.clone(),
        response_mode: answer.response_mode,
        state: answer.state.clone(),
        nonce: parameters.value("nonce").map(str::to_owned),
        scope: read::scope(parameters, client, context.known_scopes)?,
        prompt: read::prompt(parameters)?,
        max_age: read::max_age(parameters)?.or(client.default_max_age),
        login_hint: parameters.value("login_hint").map(str::to_owned),
        id_token_hint: read::id_token_hint(parameters, client, context.hints)?,
        acr_values: read::acr_values(parameters, &claims, client, context.known_acr_values)?,
        claims,
        ui_locales: read::ui_locales(parameters),
        display: read::display(parameters),
        code_challenge: read::code_challenge(parameters, client)?,
    })
}

/// RFC 6749 §3.1.2.4: with a missing, invalid or mismatching redirect URI the server "SHOULD inform the resource owner of the error and MUST
/// NOT automatically redirect".
fn redirect_uri(parameters: &Parameters, client: &Client) -> Result<RedirectUri, PageError> {
    if parameters.is_duplicate("redirect_uri") {
        return Err(PageError::RedirectUriRepeated);
    }
    let presented = parameters.value("redirect_uri").ok_or(PageError::RedirectUriMissing)?;
    client.redirect_uri(Some(presented)).map_err(|_| PageError::RedirectUriMismatch)
}

/// Decree 69/2024 Art. 23: a portal is connected under an agreement; its last day counts in full, in Vietnamese time.
fn check_agreement(client: &Client, now: OffsetDateTime) -> Result<(), PageError> {
    let vietnam = UtcOffset::from_hms(7, 0, 0).unwrap_or(UtcOffset::UTC);
    match client.agreement_expires_on {
        Some(last_day) if now.to_offset(vietnam).date() > last_day => Err(PageError::AgreementExpired),
        _ => Ok(()),
    }
}

/// Core §3.1.2.6 and §6: what we do not support has a code of its own.
fn check_unsupported(parameters: &Parameters) -> Result<(), AuthorizationError> {
    match parameters {
        _ if parameters.value("request").is_some() => Err(AuthorizationError::RequestNotSupported),
        _ if parameters.value("request_uri").is_some() => Err(AuthorizationError::RequestUriNotSupported),
        _ if parameters.value("registration").is_some() => Err(AuthorizationError::RegistrationNotSupported),
        _ => Ok(()),
    }
}

/// RFC 6749 §3.1.1: response_type is REQUIRED; a missing or unknown one MUST be answered with an error.
fn check_response_type(parameters: &Parameters) -> Result<(), AuthorizationError> {
    match parameters.value("response_type") {
        None => Err(InvalidRequest::ResponseTypeMissing.into()),
        Some("code") => Ok(()),
        Some(_) => Err(AuthorizationError::UnsupportedResponseType),
    }
}

/// The value of a parameter that came exactly once.
fn once<'a>(parameters: &'a Parameters, name: &str) -> Option<&'a str> {
    if parameters.is_duplicate(name) { None } else { parameters.value(name) }
}
