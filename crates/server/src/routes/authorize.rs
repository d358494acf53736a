//! `/oauth2/authorize` (OpenID Connect Core §3.1.2; RFC 6749 §4.1.1).

use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

use super::form::{FormError, form, method_not_allowed, query};
use crate::flow::{self, Stored};
use crate::http::address::client_address;
use crate::http::frame::Visit;
use crate::pages::Notice;
use crate::provider::Provider;

pub(super) fn configure(services: &mut ServiceConfig) {
    services
        .service(web::resource("/oauth2/authorize").get(by_get).post(by_post).default_service(web::to(method_not_allowed("GET, POST"))));
}

/// Login page, consent page or answer in place.
async fn by_get(request: HttpRequest, provider: Data<Provider>) -> HttpResponse {
    let visit = Visit::new(&provider, &request);
    let parameters = match query(&request) {
        Ok(parameters) => parameters,
        Err(error) => return visit.say(Notice::RequestWrong { detail: error.to_string() }),
    };
    match flow::start(&visit, &parameters).await {
        Ok(interaction) => {
            let visit = visit.in_locales(&interaction.request.ui_locales);
            flow::advance(&visit, interaction, Stored::New).await
        }
        Err(answer) => answer,
    }
}

/// The same, but 303 to the interaction's page first: a cross-site post carries no `SameSite=Lax` cookie, so the session is looked at only there.
async fn by_post(request: HttpRequest, body: web::Bytes, provider: Data<Provider>) -> HttpResponse {
    let visit = Visit::new(&provider, &request);
    let parameters = match form(&request, &body) {
        Ok(parameters) => parameters,
        Err(FormError::Parameters(error)) => {
            return visit.say(Notice::RequestWrong { detail: error.to_string() });
        }
        Err(error @ FormError::ContentType) => {
            return visit.say(Notice::RequestWrong { detail: error.to_string() });
        }
    };
    match flow::start(&visit, &parameters).await {
        Ok(mut interaction) => {
            interaction.browser = None;
            match interaction.put(&provider, client_address(&request, &provider)).await {
                // No cookie of ours goes along: it would replace the one that the post could not carry.
                Ok(()) => HttpResponse::SeeOther().insert_header(("location", interaction.path())).finish(),
                Err(_) => visit.say(Notice::Busy),
            }
        }
        Err(answer) => answer,
    }
}
