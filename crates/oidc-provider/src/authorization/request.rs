//! The authorization request after its client and redirect URI were proven.

use serde::{Deserialize, Serialize};

use super::{AuthorizationError, Display, ErrorRedirect, IdTokenHint, Prompt, ResponseMode};
use crate::{claims_request::ClaimsRequest, client::RedirectUri, pkce::CodeChallenge, scope::Scope};

/// What one client asks of one browser (OpenID Connect Core §3.1.2.1); made by [`super::resolve`], kept while the citizen answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResolvedRequest {
    /// The client that asks.
    pub client_id: String,
    /// Where the answer goes; proven to be the client's.
    pub redirect_uri: RedirectUri,
    /// How it travels.
    pub response_mode: ResponseMode,
    /// Given back unchanged (RFC 6749 §4.1.1).
    pub state: Option<String>,
    /// Repeated in the ID token.
    pub nonce: Option<String>,
    /// What is asked, less what is unknown or not registered for the client.
    pub scope: Scope,
    /// What pages the client wants.
    pub prompt: Prompt,
    /// The most seconds since the citizen signed in; the client's default where the request names none.
    pub max_age: Option<u64>,
    /// Whom the client expects, for the sign-in form.
    pub login_hint: Option<String>,
    /// Whom the client knows to be signed in.
    pub id_token_hint: Option<IdTokenHint>,
    /// The `acr` values the client would like, those we know, best first: from `acr_values`, else a voluntary `acr` of the claims
    /// parameter, else the client's default. What binds is [`ClaimsRequest::essential_acr`].
    pub acr_values: Vec<String>,
    /// Single claims asked for.
    pub claims: ClaimsRequest,
    /// Languages of the pages, best first (BCP 47).
    pub ui_locales: Vec<String>,
    /// The kind of page.
    pub display: Option<Display>,
    /// PKCE.
    pub code_challenge: Option<CodeChallenge>,
}

impl ResolvedRequest {
    /// The refusal of this request, on its way back to the client.
    pub fn refuse(&self, error: AuthorizationError) -> ErrorRedirect {
        ErrorRedirect { redirect_uri: self.redirect_uri.clone(), response_mode: self.response_mode, state: self.state.clone(), error }
    }

    /// Whether a refresh token is asked for and may be given (Core §11).
    pub fn is_offline(&self) -> bool {
        self.scope.contains("offline_access")
    }
}
