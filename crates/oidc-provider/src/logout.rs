//! RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0 §2 and §3).
//!
//! [`LogoutRequest::parse`], then the server finds the client by [`LogoutRequest::client_id`] and verifies the hint, then [`resolve`].

use crate::{
    authorization::{IdTokenHint, with_query},
    client::{Client, PostLogoutRedirectUri},
    parameters::Parameters,
};

/// The longest `state` that is given back, in bytes.
const MAX_STATE: usize = 4096;

/// A logout request as it came, by GET or POST.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogoutRequest {
    /// An ID token of ours, expired or not: who signs out, and at which client.
    pub id_token_hint: Option<String>,
    /// The client, where there is no hint, or beside it.
    pub client_id: Option<String>,
    /// Where the browser shall go afterwards.
    pub post_logout_redirect_uri: Option<String>,
    /// Given back to that address.
    pub state: Option<String>,
    /// Who signs out, in words; shown nowhere, believed nowhere.
    pub logout_hint: Option<String>,
    /// Languages of the page, best first.
    pub ui_locales: Vec<String>,
}

/// What a logout request amounts to, once everything in it is proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedLogout {
    /// The client that sent the citizen.
    pub client_id: Option<String>,
    /// Where the browser goes afterwards, `state` appended; registered for that client.
    pub redirect: Option<String>,
    /// For CSP `form-action`, the origin of [`Self::redirect`].
    pub redirect_origin: Option<String>,
    /// The session the hint names, by its name for that client. It may sign out without being asked; anything else MUST be confirmed (§2).
    pub sid: Option<String>,
    /// The citizen the hint names, by the name for that client.
    pub sub: Option<String>,
}

/// Why a logout request is refused: always on our own page. §4: the server "MUST NOT perform post-logout redirection".
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogoutError {
    /// RFC 6749 §3.1 holds here as well.
    #[error("a parameter is given more than once")]
    ParameterRepeated,
    /// A bound.
    #[error("state is too long")]
    StateTooLong,
    /// `id_token_hint` is there, and is no ID token of ours.
    #[error("id_token_hint is not an ID token of this provider")]
    IdTokenHintInvalid,
    /// §2: the server "MUST verify that the Client Identifier matches the one used as the audience of the ID Token".
    #[error("id_token_hint was not issued to the client that client_id names")]
    ClientMismatch,
    /// `client_id` names nobody.
    #[error("the client is not registered")]
    UnknownClient,
    /// A redirect is asked for, and nothing says for which client.
    #[error("post_logout_redirect_uri needs id_token_hint or client_id")]
    ClientUnproven,
    /// Not equal to a registered one.
    #[error("the post_logout_redirect_uri is not registered for this client")]
    RedirectUriMismatch,
}

impl LogoutRequest {
    /// Reads the parameters; unknown ones are ignored.
    pub fn parse(parameters: &Parameters) -> Result<Self, LogoutError> {
        if parameters.duplicate().is_some() {
            return Err(LogoutError::ParameterRepeated);
        }
        let text = |name| parameters.value(name).map(str::to_owned);
        let state = text("state");
        if state.as_ref().is_some_and(|state| state.len() > MAX_STATE) {
            return Err(LogoutError::StateTooLong);
        }
        Ok(Self {
            id_token_hint: text("id_token_hint"),
            client_id: text("client_id"),
            post_logout_redirect_uri: text("post_logout_redirect_uri"),
            state,
            logout_hint: text("logout_hint"),
            ui_locales: crate::authorization::ui_locales(parameters),
        })
    }

    /// The client to look up: the one named, else the one the hint was issued to.
    pub fn client_id<'a>(&'a self, hint: Option<&'a IdTokenHint>) -> Option<&'a str> {
        let of_hint = || hint.and_then(|hint| hint.aud.first()).map(String::as_str);
        self.client_id.as_deref().or_else(of_hint)
    }
}

/// Proves a logout request: `hint` is the verified `id_token_hint`, `client` the one that [`LogoutRequest::client_id`] names.
pub fn resolve(request: &LogoutRequest, hint: Option<&IdTokenHint>, client: Option<&Client>) -> Result<ResolvedLogout, LogoutError> {
    if request.id_token_hint.is_some() && hint.is_none() {
        return Err(LogoutError::IdTokenHintInvalid);
    }
    let named = request.client_id(hint);
    if let (Some(named), Some(hint)) = (named, hint)
        && !hint.aud.iter().any(|audience| audience == named)
    {
        return Err(LogoutError::ClientMismatch);
    }
    let client = client.filter(|client| Some(client.client_id.as_str()) == named);
    if request.client_id.is_some() && client.is_none() {
        return Err(LogoutError::UnknownClient);
    }
    let redirect_uri = redirect_uri(request, client)?;
    Ok(ResolvedLogout {
        client_id: client.map(|client| client.client_id.clone()),
        redirect: redirect_uri.as_ref().map(|uri| with_state(uri, request.state.as_deref())),
        redirect_origin: redirect_uri.as_ref().map(PostLogoutRedirectUri::origin),
        sid: hint.and_then(|hint| hint.sid.clone()),
        sub: hint.map(|hint| hint.sub.clone()),
    })
}

/// §3: the value "MUST have been previously registered with the OP"; without a client there is nothing it could be registered for.
fn redirect_uri(request: &LogoutRequest, client: Option<&Client>) -> Result<Option<PostLogoutRedirectUri>, LogoutError> {
    let Some(presented) = request.post_logout_redirect_uri.as_deref() else { return Ok(None) };
    let client = client.ok_or(LogoutError::ClientUnproven)?;
    client.post_logout_redirect_uri(presented).map(Some).ok_or(LogoutError::RedirectUriMismatch)
}

/// §2: `state`, "if included", is passed back "using the state parameter".
fn with_state(uri: &PostLogoutRedirectUri, state: Option<&str>) -> String {
    match state {
        Some(state) => with_query(uri.as_str(), &[("state", state.to_owned())]),
        None => uri.as_str().to_owned(),
    }
}
