//! The pages of an authorization in progress: each is a view of the interaction and who is here.

use account_policy::{AuthenticationLevel, Refusal, RefusalCause};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use oidc_provider::authorization::{PageError, Standing};
use oidc_provider::client::Client;
use persistence::StoreError;
use time::Duration;

use super::present::Present;
use super::{Interaction, Step, second_factor};
use crate::claims::Assessment;
use crate::claims::labels::consent_groups;
use crate::claims::values::Source;
use crate::hashing::Busy;
use crate::one_time_code;
use crate::pages::{
    ChooseAccountPage, CodePage, CodeProblem, CodeRecipient, ConsentPage, Notice, NoticePage, PortalBadge, SignInPage, SignInProblem,
    WayBack,
};
use crate::provider::Provider;
use crate::text::Language;

/// Number and password.
pub(super) fn sign_in(step: &Step<'_>, interaction: &Interaction, problem: Option<SignInProblem>, citizen_id: &str) -> HttpResponse {
    let status = problem.as_ref().map_or(StatusCode::OK, SignInProblem::status);
    let page = SignInPage {
        frame: step.visit.frame(&interaction.path()),
        interaction: interaction.id.clone(),
        csrf: step.visit.csrf(&interaction.id),
        portal: badge(step.client, interaction),
        citizen_id: citizen_id.to_owned(),
        problem,
        needs_level_two: step.client.min_account_level >= 2 || step.client.min_authentication_level >= 2,
    };
    let wait = match &page.problem {
        Some(SignInProblem::Throttled { seconds }) => Some(*seconds),
        Some(SignInProblem::Busy) => Some(Busy::RETRY_AFTER_SECONDS),
        Some(SignInProblem::NumberMalformed | SignInProblem::Wrong) | None => None,
    };
    retry_after(step.visit.page(status, page.render(), &targets(interaction)), wait)
}

/// When it is worth trying again (RFC 6585 §4, RFC 9110 §10.2.3).
fn retry_after(mut answer: HttpResponse, wait: Option<u64>) -> HttpResponse {
    if let Some(seconds) = wait {
        answer.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    answer
}

/// "Go on as …, or another account?"
pub(super) fn choose_account(step: &Step<'_>, interaction: &Interaction, present: &Present) -> HttpResponse {
    let page = ChooseAccountPage {
        frame: step.visit.frame(&interaction.path()),
        interaction: interaction.id.clone(),
        csrf: step.visit.csrf(&interaction.id),
        portal: badge(step.client, interaction),
        holder_name: present.holder.person.name.full.clone(),
    };
    step.visit.page(StatusCode::OK, page.render(), &targets(interaction))
}

/// The one-time code; sends one if none is on its way for this interaction.
pub(super) async fn code(
    step: &Step<'_>,
    interaction: &mut Interaction,
    present: &Present,
    assessment: &Assessment,
) -> Result<HttpResponse, StoreError> {
    let problem = if interaction.steps.code_sent_at.is_some() {
        None
    } else {
        let sent = second_factor::send(step.visit, step.client, present, assessment.guardian_due).await?;
        interaction.steps.code_sent_at = Some(step.visit.provider.clock.now());
        sent.err()
    };
    Ok(code_again(step, interaction, present, assessment, problem))
}

/// The page of the one-time code as it stands, with what went wrong.
pub(super) fn code_again(
    step: &Step<'_>,
    interaction: &Interaction,
    present: &Present,
    assessment: &Assessment,
    problem: Option<CodeProblem>,
) -> HttpResponse {
    let provider = step.visit.provider;
    let holder = &present.holder;
    let recipient = match one_time_code::recipient(second_factor::audience(holder, assessment.guardian_due)) {
        Some(one_time_code::Recipient { name_masked, phone_masked }) if assessment.guardian_due => {
            CodeRecipient::Guardian { name_masked, phone_masked, child_name: holder.person.name.full.clone() }
        }
        recipient => CodeRecipient::Holder { phone_masked: recipient.map(|recipient| recipient.phone_masked).unwrap_or_default() },
    };
    let status = problem.as_ref().map_or(StatusCode::OK, code_status);
    let page = CodePage {
        frame: step.visit.frame(&interaction.path()),
        interaction: interaction.id.clone(),
        csrf: step.visit.csrf(&interaction.id),
        portal: badge(step.client, interaction),
        recipient,
        resend_in: resend_in(step.visit.provider, interaction),
        minutes: u64::from(provider.config.lifetimes.one_time_code_seconds.div_ceil(60)),
        may_skip: assessment.binding == Standing::Satisfied,
        problem,
    };
    let wait = match &page.problem {
        Some(CodeProblem::TooSoon { seconds }) => Some(*seconds),
        Some(CodeProblem::Wrong { .. } | CodeProblem::Expired | CodeProblem::Exhausted | CodeProblem::NotSent) | None => None,
    };
    retry_after(step.visit.page(status, page.render(), &targets(interaction)), wait)
}

/// What remains of the time before another code may be asked for, in seconds.
fn resend_in(provider: &Provider, interaction: &Interaction) -> u64 {
    let Some(sent_at) = interaction.steps.code_sent_at else { return 0 };
    let next = sent_at + Duration::seconds(i64::from(provider.config.limits.one_time_code_resend_seconds));
    u64::try_from((next - provider.clock.now()).whole_seconds()).unwrap_or(0)
}

fn code_status(problem: &CodeProblem) -> StatusCode {
    match problem {
        CodeProblem::Wrong { .. } | CodeProblem::Expired | CodeProblem::Exhausted => StatusCode::BAD_REQUEST,
        CodeProblem::TooSoon { .. } => StatusCode::TOO_MANY_REQUESTS,
        CodeProblem::NotSent => StatusCode::OK,
    }
}

/// Every datum and the purpose.
pub(super) async fn consent(
    step: &Step<'_>,
    interaction: &Interaction,
    present: &Present,
    assessment: &Assessment,
) -> Result<HttpResponse, StoreError> {
    let holder = &present.holder;
    let legacy = crate::disclosure::legacy(step.visit.provider, &step.client.client_id, &holder.person, &assessment.released).await?;
    let language = step.visit.language;
    let source = Source { person: &holder.person, facts: &holder.facts, legacy: &legacy };
    let child = assessment.admission.as_ref().is_ok_and(|admission| admission.needs_guardian_consent);
    let page = ConsentPage {
        frame: step.visit.frame(&interaction.path()),
        interaction: interaction.id.clone(),
        csrf: step.visit.csrf(&interaction.id),
        portal: badge(step.client, interaction),
        holder_name: holder.person.name.full.clone(),
        purpose: purpose(step.client, language).to_owned(),
        agreement_number: step.client.agreement_number.clone(),
        groups: consent_groups(source, &assessment.released, language, step.visit.provider.clock.today()),
        new_only: present.consent.is_some(),
        offline: interaction.request.scope.contains("offline_access"),
        on_behalf_of: child.then(|| holder.person.name.full.clone()),
    };
    Ok(step.visit.page(StatusCode::OK, page.render(), &targets(interaction)))
}

/// Why this account does not get in, and the way back to the portal.
pub(super) fn refused(step: &Step<'_>, interaction: &Interaction, notice: Notice) -> HttpResponse {
    let way_back = WayBack::Portal {
        interaction: interaction.id.clone(),
        csrf: step.visit.csrf(&interaction.id),
        name: step.client.client_name.clone(),
    };
    let status = StatusCode::from_u16(notice.status()).unwrap_or(StatusCode::FORBIDDEN);
    let page = NoticePage { frame: step.visit.frame(&interaction.path()), notice, way_back };
    step.visit.page(status, page.render(), &targets(interaction))
}

/// What the page says for each refusal of the law.
pub(super) fn refusal(refusal: &Refusal) -> Notice {
    match &refusal.cause {
        RefusalCause::EidLocked(grounds) | RefusalCause::AccountLocked(grounds) => {
            Notice::EidLocked { grounds: grounds.iter().map(|ground| ground.code().to_owned()).collect() }
        }
        RefusalCause::NotIssued | RefusalCause::NotActivated => Notice::NotActivated,
        RefusalCause::TooYoung => Notice::TooYoung,
        RefusalCause::CardMissing | RefusalCause::CardExpired => Notice::CardExpired,
        RefusalCause::ResidenceMissing | RefusalCause::ResidenceExpired => Notice::ResidenceExpired,
        RefusalCause::TravelDocumentMissing | RefusalCause::TravelDocumentExpired => Notice::TravelDocumentExpired,
        RefusalCause::GuardianMissing => Notice::GuardianMissing,
        RefusalCause::GuardianNotAdmitted => Notice::GuardianNotAdmitted,
        RefusalCause::AccountLevelTooLow(_) => Notice::LevelTwoNeeded { portal: String::new() },
        RefusalCause::AuthenticationLevelTooLow(_) => Notice::LevelThreeNeeded,
        RefusalCause::NotInForce => Notice::Internal,
    }
}

/// What is missing: the account level, or a factor that no page of ours can ask for.
pub(super) fn unmet(step: &Step<'_>, interaction: &Interaction, assessment: &Assessment) -> Notice {
    let client = step.client;
    let names = &step.visit.provider.acr;
    let too_strong = |acr: &String| names.requirement(acr).is_some_and(|requirement| requirement.authentication > AuthenticationLevel::Two);
    let essential = interaction.request.claims.essential_acr().unwrap_or_default();
    let beyond_us = client.min_authentication_level > AuthenticationLevel::Two.number() || essential.iter().any(too_strong);
    if beyond_us || assessment.levels.account == account_policy::AccountLevel::Two {
        Notice::LevelThreeNeeded
    } else {
        Notice::LevelTwoNeeded { portal: client.client_name.clone() }
    }
}

/// What the page says of a request that was never proven.
pub(super) fn page_error(error: &PageError) -> Notice {
    match error {
        PageError::UnknownClient => Notice::UnknownClient,
        PageError::ClientDisabled => Notice::ClientDisabled,
        PageError::RedirectUriMissing | PageError::RedirectUriRepeated | PageError::RedirectUriMismatch => Notice::RedirectUriWrong,
        error => Notice::RequestWrong { detail: error.to_string() },
    }
}

fn purpose(client: &Client, language: Language) -> &str {
    match (language, &client.purpose_en) {
        (Language::En, Some(english)) => english,
        _ => &client.purpose,
    }
}

fn badge(client: &Client, interaction: &Interaction) -> PortalBadge {
    let origin = interaction.request.redirect_uri.origin();
    let host = origin.split_once("://").map_or(origin.as_str(), |(_, host)| host);
    PortalBadge { name: client.client_name.clone(), host: host.to_owned() }
}

/// Where the forms of these pages may lead in the end.
fn targets(interaction: &Interaction) -> Vec<String> {
    vec![interaction.request.redirect_uri.origin()]
}
