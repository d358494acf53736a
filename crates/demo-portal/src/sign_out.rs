//! RP-Initiated Logout 1.0: the session here ends first, then the provider asks about its own.

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse};
use openidconnect::{CsrfToken, LanguageTag, LogoutRequest};

use crate::Portal;
use crate::browser::{self, Remembered};
use crate::problem::Problem;
use crate::sign_in;

/// `POST /sign-out`.
///
/// # Errors
/// The request does not come from our own page.
pub async fn begin(portal: &Portal, request: &HttpRequest) -> Result<HttpResponse, Problem> {
    if !browser::is_own_form(request, &portal.config) {
        return Err(Problem::Unknown);
    }
    let signed_in = sign_in::forget_session(portal, request);
    let end_session = portal.relying_party.provider().await?.further.end_session_endpoint.clone();
    let (Some(signed_in), Some(end_session)) = (signed_in, end_session) else {
        return Ok(HttpResponse::SeeOther().insert_header((LOCATION, "/")).cookie(Remembered::Session.forget(&portal.config)).finish());
    };
    let state = sign_in::random();
    let language = LanguageTag::new(browser::language(request, &portal.config).tag().to_owned());
    let url = LogoutRequest::from(end_session)
        .set_id_token_hint(&signed_in.id_token)
        .set_client_id(portal.relying_party.client_id())
        .set_post_logout_redirect_uri(portal.relying_party.post_logout_redirect_uri())
        .set_state(CsrfToken::new(state.clone()))
        .add_ui_locale(language)
        .http_get_url();
    Ok(HttpResponse::SeeOther()
        .insert_header((LOCATION, url.as_str()))
        .cookie(Remembered::Session.forget(&portal.config))
        .cookie(Remembered::SigningOut.write(&portal.config, &state))
        .finish())
}

/// Whether this is the return from a sign-out that this browser began: `state` is ours (§3).
pub fn is_return(portal: &Portal, request: &HttpRequest) -> bool {
    let state = url::form_urlencoded::parse(request.query_string().as_bytes())
        .find(|(name, _)| name == "state")
        .map(|(_, state)| state.into_owned());
    state.is_some() && state == Remembered::SigningOut.read(request, &portal.config)
}
