//! `/oidc/logout` (OpenID Connect RP-Initiated Logout 1.0): ends the session here, and with it every token that is not offline.

use actix_web::http::{Method, StatusCode};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use oidc_provider::client::Client;
use oidc_provider::logout::{self, LogoutRequest, ResolvedLogout};
use oidc_provider::parameters::Parameters;
use oidc_provider::subject;
use persistence::sessions::Session;
use std::sync::Arc;
use uuid::Uuid;

use super::form::{form, method_not_allowed, query};
use crate::flow::{self, present::present};
use crate::http::cookies::Transport;
use crate::http::csrf;
use crate::http::frame::Visit;
use crate::http::session_cookie::SessionSecret;
use crate::pages::{Notice, PortalBadge, SignOutPage, SignedOutPage};
use crate::provider::{ClientStanding, Provider};

/// What the confirmation form's CSRF token is for.
const PURPOSE: &str = "sign-out";
/// The parameters that the confirmation page carries along.
const CARRIED: [&str; 5] = ["id_token_hint", "client_id", "post_logout_redirect_uri", "state", "ui_locales"];

pub(super) fn configure(services: &mut ServiceConfig) {
    services.service(web::resource("/oidc/logout").get(logout).post(logout).default_service(web::to(method_not_allowed("GET, POST"))));
}

async fn logout(request: HttpRequest, body: web::Bytes, provider: Data<Provider>) -> HttpResponse {
    let visit = Visit::new(&provider, &request);
    let wrong = |visit: &Visit<'_>, cause: &dyn std::fmt::Display| {
        tracing::info!(%cause, "a sign-out request is refused");
        visit.say(Notice::SignOutWrong)
    };
    let posted = request.method() == Method::POST;
    let read =
        if posted { form(&request, &body).map_err(|error| error.to_string()) } else { query(&request).map_err(|error| error.to_string()) };
    let parameters = match read {
        Ok(parameters) => parameters,
        Err(error) => return wrong(&visit, &error),
    };
    let asked = match LogoutRequest::parse(&parameters) {
        Ok(asked) => asked,
        Err(error) => return wrong(&visit, &error),
    };
    let visit = visit.in_locales(&asked.ui_locales);
    let hint =
        asked.id_token_hint.as_deref().and_then(|jwt| oidc_provider::id_token::hint(&provider.signing(), jwt, &provider.config.issuer));
    let client = match known_client(&provider, asked.client_id(hint.as_ref())).await {
        Ok(client) => client,
        Err(error) => return flow::stumble(&visit, &error),
    };
    let resolved = match logout::resolve(&asked, hint.as_ref(), client.as_deref()) {
        Ok(resolved) => resolved,
        Err(error) => return wrong(&visit, &error),
    };
    if posted && !visit.keeps_cookies {
        // A cross-site post carries no `SameSite=Lax` cookie: who is signed in shows only when the browser asks again by GET. No cookie of ours goes
        // along, it would replace the one that the post could not carry.
        return HttpResponse::SeeOther().insert_header(("location", again_by_get(&parameters, &resolved))).finish();
    }
    let session = match present(&visit, resolved.client_id.as_deref().unwrap_or_default()).await {
        Ok(present) => present.map(|present| present.session.id),
        Err(error) => return flow::stumble(&visit, &error),
    };
    let confirmed =
        posted && visit.keeps_cookies && csrf::verify(&provider, &visit.browser, PURPOSE, parameters.value("csrf").unwrap_or_default());
    match session {
        Some(session) if confirmed || is_named(&provider, &resolved, session) => end(&visit, &resolved, client.as_deref(), session).await,
        Some(_) => ask(&visit, &parameters, &resolved, client.as_deref()),
        None => leave(&visit, &resolved, client.as_deref()),
    }
}

async fn known_client(provider: &Provider, client_id: Option<&str>) -> Result<Option<Arc<Client>>, persistence::StoreError> {
    let Some(client_id) = client_id else { return Ok(None) };
    Ok(match provider.client(client_id).await? {
        ClientStanding::Active(client) => Some(client),
        ClientStanding::Disabled | ClientStanding::AgreementExpired | ClientStanding::Unknown => None,
    })
}

/// Whether the hint names this very session: then the citizen's own portal asks, and no question is needed (§2).
fn is_named(provider: &Provider, resolved: &ResolvedLogout, session: Uuid) -> bool {
    match (&resolved.client_id, &resolved.sid) {
        (Some(client_id), Some(sid)) => subject::sid(provider.pairwise_key(), client_id, session) == *sid,
        _ => false,
    }
}

fn ask(visit: &Visit<'_>, parameters: &Parameters, resolved: &ResolvedLogout, client: Option<&Client>) -> HttpResponse {
    let fields: Vec<_> =
        CARRIED.iter().filter_map(|name| parameters.value(name).map(|value| ((*name).to_owned(), value.to_owned()))).collect();
    let here = again_by_get(parameters, resolved);
    let page =
        SignOutPage { frame: visit.frame(&here), csrf: visit.csrf(PURPOSE), portal: client.map(|client| badge(client, resolved)), fields };
    let targets: Vec<_> = resolved.redirect_origin.clone().into_iter().collect();
    visit.page(StatusCode::OK, page.render(), &targets)
}

/// The same request by GET, without the hint: an ID token has no place in an address. The citizen is asked then.
fn again_by_get(parameters: &Parameters, resolved: &ResolvedLogout) -> String {
    let carried = CARRIED.iter().filter(|name| **name != "id_token_hint" && **name != "client_id");
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(carried.filter_map(|name| Some((*name, parameters.value(name)?))));
    query.extend_pairs(resolved.client_id.iter().map(|client_id| ("client_id", client_id)));
    format!("/oidc/logout?{}", query.finish())
}

fn badge(client: &Client, resolved: &ResolvedLogout) -> PortalBadge {
    let origin = resolved.redirect_origin.clone().or_else(|| client.client_uri.clone()).unwrap_or_default();
    let host = origin.split_once("://").map_or(origin.as_str(), |(_, rest)| rest.trim_end_matches('/')).to_owned();
    PortalBadge { name: client.client_name.clone(), host }
}

async fn end(visit: &Visit<'_>, resolved: &ResolvedLogout, client: Option<&Client>, session: Uuid) -> HttpResponse {
    let now = visit.provider.clock.now();
    if let Err(error) = visit.provider.store.run(move |db| Session::end(db, session, now)).await {
        return flow::stumble(visit, &error);
    }
    visit.set_cookie(SessionSecret::removal(Transport::of(&visit.provider.config.issuer)));
    leave(visit, resolved, client)
}

fn leave(visit: &Visit<'_>, resolved: &ResolvedLogout, client: Option<&Client>) -> HttpResponse {
    match &resolved.redirect {
        Some(location) => visit.see_other(location),
        None => {
            let portal = client.and_then(|client| Some((client.client_name.clone(), client.client_uri.clone()?)));
            let page = SignedOutPage { frame: visit.frame("/oidc/logout"), portal };
            visit.page(StatusCode::OK, page.render(), &[])
        }
    }
}
