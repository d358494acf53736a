//! `/account/recover`: the forgotten password.
//!
//! 1. `GET /account/recover` asks for the number; `POST` answers every number alike, after the same time, and sends a code to the phone of the
//!    account behind it, if there is one ([`codes`]). At level 2 a second code goes to the verified mailbox.
//! 2. `GET /account/recover/confirm?recovery=…` asks for the codes and the new password; `POST` sets it ([`settle`]). At level 2 the second code
//!    is needed as well: the one in the mailbox, or one from an officer (`dinhdanh accounts confirm-reset`).
//! 3. A new password raises the account's epoch and ends every session, and a notice goes out on every channel. A locked account stays locked.
//!
//! Nothing that a stranger sees tells whether a number has an account: wrong codes, too many tries and lapsed codes look and take the
//! same for a number without one.

pub(super) mod codes;
mod password;
mod record;
mod settle;

use std::future::Future;
use std::time::Duration;

use account_policy::CitizenId;
use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::web::{self, Bytes, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use oidc_provider::parameters::Parameters;
use persistence::StoreError;

use self::record::Recovery;
use self::settle::{Attempted, Outcome};
use super::form::{form, method_not_allowed, query};
use crate::hashing::Busy;
use crate::http::address::client_address;
use crate::http::csrf;
use crate::http::frame::Visit;
use crate::observe;
use crate::pages::{Notice, RecoverCodePage, RecoverDonePage, RecoverProblem, RecoverStartPage, RecoverStartProblem, WayBack};
use crate::provider::Provider;
use crate::throttle::Attempt;

const START: &str = "/account/recover";
const CONFIRM: &str = "/account/recover/confirm";
const CSRF_PURPOSE: &str = "recover";
/// An answer that could tell whether an account exists comes after this, whatever was done: longer than a commit takes.
const ANSWER_AFTER: Duration = Duration::from_millis(400);

pub(super) fn configure(services: &mut ServiceConfig) {
    services
        .service(web::resource(START).get(ask).post(start).default_service(web::to(method_not_allowed("GET, POST"))))
        .service(web::resource(CONFIRM).get(ask_codes).post(confirm).default_service(web::to(method_not_allowed("GET, POST"))));
}

/// The form for the number. `interaction` is the authorization in progress that the citizen comes from.
async fn ask(request: HttpRequest, provider: Data<Provider>) -> HttpResponse {
    let visit = Visit::new(&provider, &request);
    let back = query(&request).ok().and_then(|query| sign_in_path(query.value("interaction")?));
    start_page(&visit, back, "", None)
}

/// Sends codes where there is an account, and leads on in any case.
async fn start(request: HttpRequest, body: Bytes, provider: Data<Provider>) -> HttpResponse {
    let visit = Visit::new(&provider, &request);
    let fields = match posted(&visit, &body, |_| CSRF_PURPOSE.to_owned()) {
        Ok(fields) => fields,
        Err(answer) => return *answer,
    };
    let back = fields.value("back").and_then(checked_back);
    let typed = fields.value("citizen_id").unwrap_or_default().trim().to_owned();
    let digits: String = typed.chars().filter(|character| !character.is_whitespace()).collect();
    let Ok(number) = CitizenId::parse(&digits) else {
        return start_page(&visit, back, &shortened(&typed), Some(RecoverStartProblem::NumberMalformed));
    };
    let hash = provider.keyring.number_hash(&number);
    let attempt = Attempt::Recovery { number: &hash.0, address: client_address(&request, &provider) };
    let now = provider.clock.now();
    if let Err(throttled) = provider.throttle.check(&provider.short_lived, &attempt, now).await {
        return start_page(&visit, back, &typed, Some(RecoverStartProblem::Throttled { seconds: throttled.seconds }));
    }
    // Every code asked for counts until one leads to a new password: else this would send messages without end.
    provider.throttle.failed(&provider.short_lived, &attempt, now).await;
    let Ok(recovery) = Recovery::begin(&provider, &number, visit.browser.hash(), back.clone()).await else {
        return start_page(&visit, back, &typed, Some(RecoverStartProblem::Busy));
    };
    let (sender, language) = (provider.clone(), visit.language);
    let sending = actix_web::rt::spawn(async move { codes::send(&sender, hash, language).await });
    at_the_same_time(sending).await;
    visit.see_other(&recovery.path())
}

/// The form for codes and password.
async fn ask_codes(request: HttpRequest, provider: Data<Provider>) -> HttpResponse {
    let visit = Visit::new(&provider, &request);
    let id = query(&request).ok().and_then(|query| query.value("recovery").map(str::to_owned)).unwrap_or_default();
    match Recovery::find(&provider, &id, visit.browser.hash()).await {
        Some(recovery) => code_page(&visit, &recovery, None),
        None => expired(&visit),
    }
}

/// Sets the new password.
async fn confirm(request: HttpRequest, body: Bytes, provider: Data<Provider>) -> HttpResponse {
    let visit = Visit::new(&provider, &request);
    let fields = match posted(&visit, &body, |fields| format!("recover {}", fields.value("recovery").unwrap_or_default())) {
        Ok(fields) => fields,
        Err(answer) => return *answer,
    };
    let id = fields.value("recovery").unwrap_or_default();
    let Some(mut recovery) = Recovery::find(&provider, id, visit.browser.hash()).await else { return expired(&visit) };
    match judge(&visit, &provider, &fields, &mut recovery).await {
        Ok(None) => {
            recovery.end(&provider).await;
            let page = RecoverDonePage { frame: visit.frame(START), back: recovery.back };
            visit.page(StatusCode::OK, page.render(), &[])
        }
        Ok(Some(problem)) => code_page(&visit, &recovery, Some(problem)),
        Err(error) if observe::store_failed(&error).may_pass() => code_page(&visit, &recovery, Some(RecoverProblem::Busy)),
        Err(_) => visit.notice(Notice::Internal, &recovery.path(), WayBack::None, &[]),
    }
}

/// `None` when the password is set. What costs no try comes first; then number, codes and account are judged in one transaction.
async fn judge(
    visit: &Visit<'_>,
    provider: &Data<Provider>,
    fields: &Parameters,
    recovery: &mut Recovery,
) -> Result<Option<RecoverProblem>, StoreError> {
    let Some(number) = recovery.number(provider) else { return Ok(Some(RecoverProblem::Expired)) };
    let password = fields.value("password").unwrap_or_default();
    if !password::is_strong(password, number.as_str()) {
        return Ok(Some(RecoverProblem::PasswordWeak));
    }
    if password != fields.value("password_again").unwrap_or_default() {
        return Ok(Some(RecoverProblem::PasswordsDiffer));
    }
    let hash = provider.keyring.number_hash(&number);
    let attempt = Attempt::Recovery { number: &hash.0, address: client_address(visit.request, provider) };
    let now = provider.clock.now();
    if let Err(throttled) = provider.throttle.check(&provider.short_lived, &attempt, now).await {
        return Ok(Some(RecoverProblem::Throttled { seconds: throttled.seconds }));
    }
    if !recovery.try_once(provider).await {
        return Ok(Some(RecoverProblem::Expired));
    }
    let Ok(password_hash) = provider.hasher.hash(password).await else { return Ok(Some(RecoverProblem::Busy)) };
    let attempted = Attempted {
        number: hash,
        code: fields.value("otp").unwrap_or_default().to_owned(),
        second_code: fields.value("second_code").unwrap_or_default().to_owned(),
        phone_proven: recovery.phone_proven,
        password_hash,
        language: visit.language,
    };
    let pace = tokio::time::sleep(ANSWER_AFTER);
    match settle::settle(provider, attempted).await? {
        Outcome::Done => {
            provider.throttle.succeeded(&provider.short_lived, &attempt).await;
            provider.delivery.wake();
            return Ok(None);
        }
        Outcome::Wrong => {}
        Outcome::SecondCodeWrong => {
            recovery.phone_proven = true;
            recovery.keep(provider).await;
        }
    }
    provider.throttle.failed(&provider.short_lived, &attempt, now).await;
    pace.await;
    Ok(Some(RecoverProblem::CodeWrong))
}

/// Waits until [`ANSWER_AFTER`], no shorter and no longer; what is not done by then goes on by itself.
async fn at_the_same_time(work: impl Future) {
    let pace = tokio::time::sleep(ANSWER_AFTER);
    let _ = tokio::time::timeout(ANSWER_AFTER, work).await;
    pace.await;
}

/// The fields of a form of ours, or the answer to one that is not.
fn posted(visit: &Visit<'_>, body: &Bytes, purpose: impl FnOnce(&Parameters) -> String) -> Result<Parameters, Box<HttpResponse>> {
    let fields = form(visit.request, body)
        .map_err(|error| Box::new(visit.notice(Notice::RequestWrong { detail: error.to_string() }, START, WayBack::None, &[])))?;
    if !visit.keeps_cookies {
        return Err(Box::new(visit.notice(Notice::CookiesOff, START, WayBack::None, &[])));
    }
    if !csrf::verify(visit.provider, &visit.browser, &purpose(&fields), fields.value("csrf").unwrap_or_default()) {
        return Err(Box::new(visit.notice(Notice::Forbidden, START, WayBack::None, &[])));
    }
    Ok(fields)
}

fn start_page(visit: &Visit<'_>, back: Option<String>, citizen_id: &str, problem: Option<RecoverStartProblem>) -> HttpResponse {
    let (status, wait) = match &problem {
        None => (StatusCode::OK, None),
        Some(RecoverStartProblem::NumberMalformed) => (StatusCode::BAD_REQUEST, None),
        Some(RecoverStartProblem::Throttled { seconds }) => (StatusCode::TOO_MANY_REQUESTS, Some(*seconds)),
        Some(RecoverStartProblem::Busy) => (StatusCode::SERVICE_UNAVAILABLE, Some(Busy::RETRY_AFTER_SECONDS)),
    };
    let here = match back.as_deref().and_then(|path| path.strip_prefix("/interaction/")) {
        Some(interaction) => format!("{START}?interaction={interaction}"),
        None => START.to_owned(),
    };
    let page =
        RecoverStartPage { frame: visit.frame(&here), csrf: visit.csrf(CSRF_PURPOSE), citizen_id: citizen_id.to_owned(), problem, back };
    later(visit.page(status, page.render(), &[]), wait)
}

fn code_page(visit: &Visit<'_>, recovery: &Recovery, problem: Option<RecoverProblem>) -> HttpResponse {
    let (status, wait) = match &problem {
        None => (StatusCode::OK, None),
        Some(RecoverProblem::Throttled { seconds }) => (StatusCode::TOO_MANY_REQUESTS, Some(*seconds)),
        Some(RecoverProblem::Busy) => (StatusCode::SERVICE_UNAVAILABLE, Some(Busy::RETRY_AFTER_SECONDS)),
        Some(_) => (StatusCode::BAD_REQUEST, None),
    };
    let seconds = visit.provider.config.lifetimes.one_time_code_seconds;
    let page = RecoverCodePage {
        frame: visit.frame(&recovery.path()),
        csrf: visit.csrf(&recovery.csrf_purpose()),
        recovery: recovery.id.clone(),
        problem,
        minutes: u64::from(seconds).div_ceil(60),
    };
    later(visit.page(status, page.render(), &[]), wait)
}

fn expired(visit: &Visit<'_>) -> HttpResponse {
    visit.notice(Notice::Expired, START, WayBack::None, &[])
}

fn later(mut answer: HttpResponse, seconds: Option<u64>) -> HttpResponse {
    if let Some(seconds) = seconds {
        answer.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    answer
}

/// The sign-in page of that authorization in progress; nothing else is ever linked.
fn sign_in_path(interaction: &str) -> Option<String> {
    let plain = interaction.len() <= 64 && interaction.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    (plain && !interaction.is_empty()).then(|| format!("/interaction/{interaction}"))
}

fn checked_back(back: &str) -> Option<String> {
    sign_in_path(back.strip_prefix("/interaction/")?)
}

fn shortened(typed: &str) -> String {
    typed.chars().take(32).collect()
}

#[cfg(test)]
mod tests;
