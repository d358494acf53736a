//! A sample service portal: a real relying party, and the integration example that people copy.
//!
//! | step | file |
//! |---|---|
//! | who we are and what we ask for | [`config`] |
//! | find the provider and its keys | [`relying_party`] |
//! | `GET /sign-in`: PKCE, state, nonce, off to the provider | [`sign_in::begin`] |
//! | `GET /callback`: state, `iss`, code for tokens | [`sign_in::finish`] |
//! | what must hold before we believe it | [`verify`] |
//! | `POST /refresh` | [`sign_in::refresh`] |
//! | `POST /sign-out`, and back home | [`sign_out`] |
//! | when it does not work out | [`problem`] |
//! | cookies; pages and their words | [`browser`], [`pages`], [`text`] |
//!
//! Sessions and waiting sign-ins lie in memory, bounded: a real portal keeps them in its database.

use std::net::TcpListener;

use actix_web::dev::Server;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use anyhow::Context;

pub mod bounded;
pub mod browser;
pub mod config;
pub mod pages;
pub mod problem;
pub mod relying_party;
pub mod sign_in;
pub mod sign_out;
pub mod text;
pub mod verify;

pub use config::{Accent, Bilingual, PortalConfig};

use bounded::Bounded;
use browser::Remembered;
use problem::Problem;
use relying_party::RelyingParty;

const WAITING_SIGN_INS: usize = 10_000;
const SESSIONS: usize = 10_000;

/// One running portal.
pub struct Portal {
    /// What makes it this portal.
    pub config: PortalConfig,
    /// The provider as we know it.
    pub relying_party: RelyingParty,
    /// Origin of the provider: sign-out ends there, so our pages' `form-action` names it.
    pub issuer_origin: String,
    /// Sign-ins that have left for the provider, by `state`.
    pub pending: Bounded<sign_in::Pending>,
    /// Signed-in citizens, by the random key in their cookie.
    pub sessions: Bounded<sign_in::SignedIn>,
}

/// Serves the portal until Ctrl-C.
///
/// # Errors
/// The configuration is wrong, or the port is taken.
pub async fn run(config: PortalConfig) -> anyhow::Result<()> {
    let listener = TcpListener::bind(config.listen).with_context(|| format!("cannot listen on {}", config.listen))?;
    let server = server(config, listener)?;
    let handle = server.handle();
    actix_web::rt::spawn(async move {
        if actix_web::rt::signal::ctrl_c().await.is_ok() {
            handle.stop(true).await;
        }
    });
    Ok(server.await?)
}

/// The portal on a listener of the caller, who also stops it: `server.handle().stop(true)`.
///
/// # Errors
/// The configuration is wrong.
pub fn server(config: PortalConfig, listener: TcpListener) -> anyhow::Result<Server> {
    let portal = web::Data::new(Portal {
        relying_party: RelyingParty::new(&config)?,
        issuer_origin: url::Url::parse(&config.issuer)?.origin().ascii_serialization(),
        pending: Bounded::new(WAITING_SIGN_INS),
        sessions: Bounded::new(SESSIONS),
        config,
    });
    let app = move || {
        App::new()
            .app_data(portal.clone())
            .route("/", web::get().to(home))
            .route("/sign-in", web::get().to(sign_in))
            .route("/callback", web::get().to(callback))
            .route("/citizen", web::get().to(citizen))
            .route("/refresh", web::post().to(refresh))
            .route("/sign-out", web::post().to(sign_out))
            .route("/problem/{code}", web::get().to(problem))
            .route("/static/portal.css", web::get().to(stylesheet))
            .route("/favicon.ico", web::get().to(HttpResponse::NoContent))
            .default_service(web::to(not_found))
    };
    Ok(HttpServer::new(app).workers(1).shutdown_timeout(3).disable_signals().listen(listener)?.run())
}

async fn home(portal: web::Data<Portal>, request: HttpRequest) -> HttpResponse {
    pages::home(&portal, &request, sign_out::is_return(&portal, &request))
}

async fn sign_in(portal: web::Data<Portal>, request: HttpRequest) -> HttpResponse {
    kindly(&portal, &request, sign_in::begin(&portal, &request).await)
}

async fn callback(portal: web::Data<Portal>, request: HttpRequest) -> HttpResponse {
    kindly(&portal, &request, sign_in::finish(&portal, &request).await)
}

async fn citizen(portal: web::Data<Portal>, request: HttpRequest) -> HttpResponse {
    match Remembered::Session.read(&request, &portal.config).and_then(|key| portal.sessions.find(&key)) {
        Some(signed_in) => pages::citizen(&portal, &request, &signed_in),
        None => HttpResponse::SeeOther().insert_header((LOCATION, "/")).finish(),
    }
}

async fn refresh(portal: web::Data<Portal>, request: HttpRequest) -> HttpResponse {
    kindly(&portal, &request, sign_in::refresh(&portal, &request).await)
}

async fn sign_out(portal: web::Data<Portal>, request: HttpRequest) -> HttpResponse {
    kindly(&portal, &request, sign_out::begin(&portal, &request).await)
}

async fn problem(portal: web::Data<Portal>, request: HttpRequest, code: web::Path<String>) -> HttpResponse {
    pages::problem(&portal, &request, &Problem::from_code(&code))
}

async fn not_found(portal: web::Data<Portal>, request: HttpRequest) -> HttpResponse {
    pages::problem(&portal, &request, &Problem::NotFound)
}

async fn stylesheet() -> HttpResponse {
    let headers = [(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "max-age=300")];
    headers
        .into_iter()
        .fold(&mut HttpResponse::Ok(), |answer, header| answer.insert_header(header))
        .body(include_str!("../static/portal.css"))
}

fn kindly(portal: &Portal, request: &HttpRequest, result: Result<HttpResponse, Problem>) -> HttpResponse {
    result.unwrap_or_else(|problem| pages::problem(portal, request, &problem))
}
