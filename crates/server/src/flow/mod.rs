//! One authorization, from the portal's request to the answer to the portal (design section 8).
//!
//! [`start`] proves the request. [`advance`] asks [`authorization::decide`] what comes next and is the only place that turns
//! the [`Decision`] into a response: a page, or the answer to the portal. Every page of `/interaction/…` ends by calling it again.

pub mod interaction;
mod issue;
mod pages;
pub mod present;
pub mod second_factor;

use account_policy::Refusal;
use actix_web::HttpResponse;
use oidc_provider::authorization::{
    self, AuthenticateReason, AuthorizationError, Decision, Delivery, ErrorRedirect, PageError, ResolveContext, ResolveError,
    ResolvedRequest,
};
use oidc_provider::client::{Client, RedirectUri};
use oidc_provider::parameters::Parameters;
use persistence::StoreError;

pub use self::interaction::{Interaction, Lost};
use self::present::{Present, present};
use crate::claims::{self, Assessment};
use crate::http::address::client_address;
use crate::http::frame::Visit;
use crate::http::page::content_security_policy;
use crate::observe;
use crate::pages::{CodeProblem, FormPostPage, Notice, SignInProblem, WayBack};
use crate::provider::{ClientStanding, Provider};

/// Proves a portal's request; what cannot be proven is told to the citizen, never to an unproven address.
pub async fn start(visit: &Visit<'_>, parameters: &Parameters) -> Result<Interaction, HttpResponse> {
    let provider = visit.provider;
    let page_error = |error: PageError| visit.say(pages::page_error(&error));
    let client_id = authorization::client_id(parameters).map_err(page_error)?;
    let client = match provider.client(client_id).await.map_err(|error| stumble(visit, &error))? {
        ClientStanding::Active(client) => client,
        ClientStanding::Disabled => return Err(visit.say(Notice::ClientDisabled)),
        ClientStanding::AgreementExpired => return Err(visit.say(Notice::AgreementExpired)),
        ClientStanding::Unknown => return Err(page_error(PageError::UnknownClient)),
    };
    let signing = provider.signing();
    let hints = |jwt: &str| oidc_provider::id_token::hint(&signing, jwt, &provider.config.issuer);
    let context = ResolveContext {
        known_scopes: claims::known_scopes(),
        known_acr_values: provider.acr.supported(),
        hints: &hints,
        now: provider.clock.now(),
    };
    match authorization::resolve(parameters, &client, &context) {
        Ok(request) => {
            let browser = Some(visit.browser.hash());
            Ok(Interaction::begin(provider, request, browser))
        }
        Err(ResolveError::Page(error)) => Err(page_error(error)),
        Err(ResolveError::Redirect(redirect)) => Err(deliver_failure(visit, &redirect)),
    }
}

/// Takes the next step of an interaction, whatever it is.
pub async fn advance(visit: &Visit<'_>, interaction: Interaction, stored: Stored) -> HttpResponse {
    let client = match visit.provider.client(&interaction.request.client_id).await {
        Ok(ClientStanding::Active(client)) => client,
        Ok(ClientStanding::Disabled | ClientStanding::Unknown) => return visit.say(Notice::ClientDisabled),
        Ok(ClientStanding::AgreementExpired) => return visit.say(Notice::AgreementExpired),
        Err(error) => return stumble(visit, &error),
    };
    match present(visit, &client.client_id).await {
        Ok(present) => Step { visit, client: &client, stored, turn: Turn::Show }.take(interaction, present).await,
        Err(error) => stumble(visit, &error),
    }
}

/// The same after a form was posted: a page that is due is led to by 303, so that reloading it posts nothing again.
/// `present` is who is here now; the request's cookie may be older than that.
pub async fn advance_after_post(visit: &Visit<'_>, client: &Client, interaction: Interaction, present: Option<Present>) -> HttpResponse {
    Step { visit, client, stored: Stored::Kept, turn: Turn::Lead }.take(interaction, present).await
}

/// Whether an interaction has been put into the short-lived store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    /// Not yet: it began with this request and may end with it.
    New,
    /// Yes.
    Kept,
}

/// Whether a page is shown in place or led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    Show,
    Lead,
}

/// One step of an interaction.
pub struct Step<'a> {
    visit: &'a Visit<'a>,
    client: &'a Client,
    stored: Stored,
    turn: Turn,
}

impl Step<'_> {
    async fn take(&self, mut interaction: Interaction, present: Option<Present>) -> HttpResponse {
        let provider = self.visit.provider;
        let now = provider.clock.now();
        if let Some(present) = &present {
            interaction.belongs_to(present.session.account_id);
        }
        let assessment = present.as_ref().map(|present| Assessment::of(provider, &interaction, self.client, present));
        let situation = claims::situation(&interaction, assessment.as_ref());
        let decision = authorization::decide(&interaction.request, self.client, &situation, now);
        if self.turn == Turn::Lead && is_a_page(&decision) {
            return self.lead(&interaction).await;
        }
        match (decision, present, assessment) {
            (Decision::Permit, Some(present), Some(assessment)) => self.permit(interaction, &present, &assessment).await,
            (Decision::AskConsent, Some(present), Some(assessment)) => {
                interaction.shown = Some(assessment.released.clone());
                match pages::consent(self, &interaction, &present, &assessment).await {
                    Ok(page) => self.show(interaction, page).await,
                    Err(error) => stumble(self.visit, &error),
                }
            }
            (Decision::StepUp(_), Some(present), Some(assessment)) => {
                match pages::code(self, &mut interaction, &present, &assessment).await {
                    Ok(page) => self.show(interaction, page).await,
                    Err(error) => stumble(self.visit, &error),
                }
            }
            (Decision::Authenticate(AuthenticateReason::SelectAccount), Some(present), _) if !interaction.steps.other_account => {
                let page = pages::choose_account(self, &interaction, &present);
                self.show(interaction, page).await
            }
            (Decision::Authenticate(_) | Decision::Permit | Decision::AskConsent | Decision::StepUp(_), _, _) => {
                let page = pages::sign_in(self, &interaction, None, interaction.request.login_hint.as_deref().unwrap_or_default());
                self.show(interaction, page).await
            }
            (Decision::Refuse(error), _, assessment) => self.refuse(interaction, error, assessment.as_ref()).await,
        }
    }

    /// The citizen sees why before the portal is told; with `prompt=none` nobody is there to see it.
    async fn refuse(&self, interaction: Interaction, error: AuthorizationError, assessment: Option<&Assessment>) -> HttpResponse {
        let silent = interaction.request.prompt.is_none();
        let notice = match assessment {
            Some(Assessment { admission: Err(refusal), .. }) if !silent => Some(pages::refusal(refusal)),
            Some(assessment) if !silent && error == AuthorizationError::UnmetAuthenticationRequirements => {
                Some(pages::unmet(self, &interaction, assessment))
            }
            _ => None,
        };
        match notice {
            Some(notice) => {
                let page = pages::refused(self, &interaction, notice);
                self.show(interaction, page).await
            }
            None => self.answer_failure(&interaction, error).await,
        }
    }

    /// Keeps the interaction as it stands and leads to its page.
    async fn lead(&self, interaction: &Interaction) -> HttpResponse {
        if interaction.keep(self.visit.provider).await {
            return self.visit.see_other(&interaction.path());
        }
        match Interaction::find(self.visit.provider, &interaction.id, self.visit.browser.hash()).await {
            Ok(_) => self.visit.see_other(&interaction.path()),
            Err(why) => lost(self.visit, why).await,
        }
    }

    /// Stores the interaction as it stands and shows its page.
    async fn show(&self, interaction: Interaction, page: HttpResponse) -> HttpResponse {
        match self.stored {
            Stored::New => match interaction.put(self.visit.provider, client_address(self.visit.request, self.visit.provider)).await {
                Ok(()) => page,
                Err(_) => self.visit.say(Notice::Busy),
            },
            Stored::Kept if interaction.keep(self.visit.provider).await => page,
            Stored::Kept => self.lead(&interaction).await,
        }
    }

    async fn permit(&self, interaction: Interaction, present: &Present, assessment: &Assessment) -> HttpResponse {
        if let Err(why) = self.complete(&interaction).await {
            return lost(self.visit, why).await;
        }
        match issue::code(self.visit, self.client, &interaction, present, assessment).await {
            Ok(Some(code)) => deliver(
                self.visit,
                authorization::success(&interaction.request, &code, &self.visit.provider.config.issuer),
                &interaction.request,
            ),
            Ok(None) => deliver_failure(self.visit, &interaction.request.refuse(AuthorizationError::TemporarilyUnavailable)),
            Err(error) => stumble(self.visit, &error),
        }
    }

    async fn answer_failure(&self, interaction: &Interaction, error: AuthorizationError) -> HttpResponse {
        match self.complete(interaction).await {
            Ok(()) => deliver_failure(self.visit, &interaction.request.refuse(error)),
            Err(why) => lost(self.visit, why).await,
        }
    }

    async fn complete(&self, interaction: &Interaction) -> Result<(), Lost> {
        match self.stored {
            Stored::New => Ok(()),
            Stored::Kept => interaction.complete(self.visit.provider).await,
        }
    }
}

/// The sign-in page once more, with what went wrong; the number that was typed stays.
pub async fn sign_in_again(
    visit: &Visit<'_>,
    client: &Client,
    interaction: Interaction,
    problem: SignInProblem,
    citizen_id: &str,
) -> HttpResponse {
    let step = Step { visit, client, stored: Stored::Kept, turn: Turn::Show };
    let page = pages::sign_in(&step, &interaction, Some(problem), citizen_id);
    step.show(interaction, page).await
}

/// The code page once more, with what went wrong.
pub async fn code_again(
    visit: &Visit<'_>,
    client: &Client,
    interaction: Interaction,
    present: &Present,
    assessment: &Assessment,
    problem: Option<CodeProblem>,
) -> HttpResponse {
    let step = Step { visit, client, stored: Stored::Kept, turn: Turn::Show };
    let page = pages::code_again(&step, &interaction, present, assessment, problem);
    step.show(interaction, page).await
}

/// The password was right, but the law refuses the account today: the citizen sees why, and no session begins.
pub async fn refuse_account(visit: &Visit<'_>, client: &Client, interaction: Interaction, refusal: &Refusal) -> HttpResponse {
    let step = Step { visit, client, stored: Stored::Kept, turn: Turn::Show };
    let page = pages::refused(&step, &interaction, pages::refusal(refusal));
    step.show(interaction, page).await
}

/// Ends an interaction because the citizen wants to go back (button `cancel`, or a refusal that was read): `access_denied`,
/// or what the refusal was about.
pub async fn give_up(visit: &Visit<'_>, interaction: Interaction) -> HttpResponse {
    if let Err(why) = interaction.complete(visit.provider).await {
        return lost(visit, why).await;
    }
    let error = match (visit.provider.client(&interaction.request.client_id).await, present(visit, &interaction.request.client_id).await) {
        (Ok(ClientStanding::Active(client)), Ok(Some(present))) => {
            let assessment = Assessment::of(visit.provider, &interaction, &client, &present);
            let situation = claims::situation(&interaction, Some(&assessment));
            match authorization::decide(&interaction.request, &client, &situation, visit.provider.clock.now()) {
                Decision::Refuse(AuthorizationError::UnmetAuthenticationRequirements) => {
                    AuthorizationError::UnmetAuthenticationRequirements
                }
                Decision::Authenticate(_) | Decision::StepUp(_) | Decision::AskConsent | Decision::Permit | Decision::Refuse(_) => {
                    AuthorizationError::AccessDenied
                }
            }
        }
        _ => AuthorizationError::AccessDenied,
    };
    deliver_failure(visit, &interaction.request.refuse(error))
}

/// The page for an interaction that cannot go on.
pub async fn lost(visit: &Visit<'_>, why: Lost) -> HttpResponse {
    let (notice, client_id) = match why {
        Lost::Expired => (Notice::Expired, None),
        Lost::AlreadyDone { client_id } => (Notice::AlreadyDone, Some(client_id)),
        Lost::OtherBrowser if visit.keeps_cookies => (Notice::OtherBrowser, None),
        Lost::OtherBrowser => (Notice::CookiesOff, None),
    };
    let way_back = match client_id {
        Some(client_id) => way_back(visit.provider, &client_id).await,
        None => WayBack::None,
    };
    visit.notice(notice, &visit.here(), way_back, &[])
}

/// The portal's own registered page, where it has one: never an address from the request.
async fn way_back(provider: &Provider, client_id: &str) -> WayBack {
    match provider.client(client_id).await {
        Ok(ClientStanding::Active(client)) => match &client.client_uri {
            Some(href) => WayBack::Link { href: href.clone(), name: client.client_name.clone() },
            None => WayBack::None,
        },
        _ => WayBack::None,
    }
}

/// Whether a decision is answered by a page of ours.
fn is_a_page(decision: &Decision) -> bool {
    match decision {
        Decision::Authenticate(_) | Decision::StepUp(_) | Decision::AskConsent | Decision::Refuse(_) => true,
        Decision::Permit => false,
    }
}

/// The page for a failure of ours.
#[must_use]
pub fn stumble(visit: &Visit<'_>, error: &StoreError) -> HttpResponse {
    visit.say(if observe::store_failed(error).may_pass() { Notice::Busy } else { Notice::Internal })
}

/// Hands an error to the portal, at its proven address.
#[must_use]
pub fn deliver_failure(visit: &Visit<'_>, redirect: &ErrorRedirect) -> HttpResponse {
    visit.provider.metrics.authorization(redirect.error.code());
    let delivery = authorization::failure(redirect, &visit.provider.config.issuer);
    to_portal(visit, delivery, &redirect.redirect_uri)
}

fn deliver(visit: &Visit<'_>, delivery: Delivery, request: &ResolvedRequest) -> HttpResponse {
    to_portal(visit, delivery, &request.redirect_uri)
}

fn to_portal(visit: &Visit<'_>, delivery: Delivery, portal: &RedirectUri) -> HttpResponse {
    match delivery {
        Delivery::Redirect(location) => visit.see_other(&location),
        Delivery::FormPost { action, fields } => {
            let nonce = crate::provider::nonce(&visit.provider.randomness);
            let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            let page = FormPostPage { action, fields, nonce: nonce.clone(), language: visit.language };
            let policy = content_security_policy(&[portal.origin()], Some(&nonce));
            visit.page_with_policy(actix_web::http::StatusCode::OK, page.render(), policy)
        }
    }
}
