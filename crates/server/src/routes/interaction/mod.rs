//! `/interaction/…`: the pages of one authorization in progress. Each post does one thing and lets [`flow`] take the next step.

mod account;
mod consent;
mod login;
mod otp;

use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use oidc_provider::client::Client;
use oidc_provider::parameters::Parameters;
use std::sync::Arc;

use super::form::{form, method_not_allowed};
use crate::flow::present::{Present, present};
use crate::flow::{self, Interaction, Stored};
use crate::http::csrf;
use crate::http::frame::Visit;
use crate::pages::Notice;
use crate::provider::{ClientStanding, Provider};

pub(super) fn configure(services: &mut ServiceConfig) {
    let post = |path: &str| web::resource(path.to_owned()).default_service(web::to(method_not_allowed("POST")));
    services
        .service(post("/interaction/login").post(login::login))
        .service(post("/interaction/otp").post(otp::confirm))
        .service(post("/interaction/otp/resend").post(otp::resend))
        .service(post("/interaction/otp/skip").post(otp::skip))
        .service(post("/interaction/consent").post(consent::consent))
        .service(post("/interaction/account").post(account::account))
        .service(post("/interaction/cancel").post(cancel))
        .service(web::resource("/interaction/{id}").get(show).default_service(web::to(method_not_allowed("GET"))));
}

/// Shows the page that is due.
async fn show(request: HttpRequest, id: Path<String>, provider: Data<Provider>) -> HttpResponse {
    let visit = Visit::new(&provider, &request);
    match Interaction::find(&provider, &id, visit.browser.hash()).await {
        Ok(interaction) => {
            let visit = visit.in_locales(&interaction.request.ui_locales);
            flow::advance(&visit, interaction, Stored::Kept).await
        }
        Err(why) => flow::lost(&visit, why).await,
    }
}

/// Back to the portal without the sign-in.
async fn cancel(request: HttpRequest, body: web::Bytes, provider: Data<Provider>) -> HttpResponse {
    match Posted::open(&request, &body, &provider).await {
        Ok(posted) => flow::give_up(&posted.visit, posted.interaction).await,
        Err(answer) => answer,
    }
}

/// A form of an interaction, proven to come from our page in the browser that it belongs to.
struct Posted<'a> {
    visit: Visit<'a>,
    interaction: Interaction,
    fields: Parameters,
}

impl<'a> Posted<'a> {
    async fn open(request: &'a HttpRequest, body: &web::Bytes, provider: &'a Provider) -> Result<Self, HttpResponse> {
        let visit = Visit::new(provider, request);
        let fields = match form(request, body) {
            Ok(fields) => fields,
            Err(error) => return Err(visit.say(Notice::RequestWrong { detail: error.to_string() })),
        };
        let id = fields.value("interaction").unwrap_or_default();
        visit.again_at(Interaction::path_of(id));
        if !visit.keeps_cookies {
            // Without cookies only the interaction itself knows which language its portal asked for.
            let visit = visit.in_locales(&Interaction::locales(provider, id).await);
            return Err(visit.say(Notice::CookiesOff));
        }
        if !csrf::verify(provider, &visit.browser, id, fields.value("csrf").unwrap_or_default()) {
            return Err(visit.say(Notice::Forbidden));
        }
        match Interaction::find(provider, id, visit.browser.hash()).await {
            Ok(interaction) => {
                let visit = visit.in_locales(&interaction.request.ui_locales);
                Ok(Self { visit, interaction, fields })
            }
            Err(why) => Err(flow::lost(&visit, why).await),
        }
    }

    fn provider(&self) -> &'a Provider {
        self.visit.provider
    }

    /// The client of the interaction, while it takes part.
    async fn client(&self) -> Result<Arc<Client>, HttpResponse> {
        match self.provider().client(&self.interaction.request.client_id).await {
            Ok(ClientStanding::Active(client)) => Ok(client),
            Ok(ClientStanding::AgreementExpired) => Err(self.visit.say(Notice::AgreementExpired)),
            Ok(ClientStanding::Disabled | ClientStanding::Unknown) => Err(self.visit.say(Notice::ClientDisabled)),
            Err(error) => Err(flow::stumble(&self.visit, &error)),
        }
    }

    /// Who is signed in in this browser.
    async fn present(&mut self) -> Result<Option<Present>, HttpResponse> {
        let found = present(&self.visit, &self.interaction.request.client_id).await;
        let present = found.map_err(|error| flow::stumble(&self.visit, &error))?;
        if let Some(present) = &present {
            self.interaction.belongs_to(present.session.account_id);
        }
        Ok(present)
    }
}
