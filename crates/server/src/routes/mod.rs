//! One file an endpoint. Each translates a request to the pure crates and the answer back.

use actix_web::HttpResponse;
use actix_web::web::{self, ServiceConfig};

use crate::provider::Provider;

pub mod authorize;
mod client_auth;
pub mod discovery;
pub mod form;
pub mod home;
pub mod interaction;
pub mod introspect;
mod live_token;
pub mod logout;
pub mod operation;
pub mod recover;
mod refusal;
pub mod revoke;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod token;
pub mod userinfo;

/// Registers every route of this installation.
pub fn configure(services: &mut ServiceConfig, provider: &Provider) {
    // Routes are tried in this order: what is asked most comes first.
    authorize::configure(services);
    token::configure(services);
    userinfo::configure(services);
    introspect::configure(services);
    interaction::configure(services);
    discovery::configure(services);
    revoke::configure(services);
    logout::configure(services);
    recover::configure(services);
    home::configure(services);
    operation::configure(services, provider);
    crate::pages::assets::configure(services);
    #[cfg(feature = "sandbox")]
    if provider.is_sandbox() {
        sandbox::configure(services);
    }
    services.default_service(web::to(|| async { HttpResponse::NotFound().finish() }));
}
