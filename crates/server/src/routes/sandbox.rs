//! `/sandbox/…`: the demo phone, its inbox for programs, and the clock. Only in a sandbox, and only with the cargo feature `sandbox`.
//!
//! Nothing here asks who is calling: a sandbox holds no real person's data, and its installation can never become production.

use account_policy::{CitizenId, PhoneNumber};
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use persistence::messages::{Message, MessagesOf};
use persistence::{Db, Holder, Keyring, QueryResult, StoreError, accounts::Account};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

use super::form::method_not_allowed;
use super::refusal::store_failed;
use crate::clock::VIETNAM;
use crate::http::answer;
use crate::http::frame::Visit;
use crate::observe;
use crate::pages::{Notice, PhoneMessage, PhonePage, WayBack};
use crate::provider::Provider;

/// Messages shown at most.
const SHOWN: i64 = 100;
const LONGEST_CLOCK_BODY: usize = 1024;

pub(super) fn configure(services: &mut ServiceConfig) {
    services
        .service(web::resource("/sandbox/phone").get(phone).default_service(web::to(method_not_allowed("GET"))))
        .service(web::resource("/sandbox/outbox").get(outbox).default_service(web::to(method_not_allowed("GET"))))
        .service(
            web::resource("/sandbox/clock")
                .app_data(web::JsonConfig::default().limit(LONGEST_CLOCK_BODY).error_handler(|_, _| malformed_clock()))
                .get(clock)
                .post(set_clock)
                .default_service(web::to(method_not_allowed("GET, POST"))),
        );
}

/// Whose messages: one citizen's, one phone's or mailbox's, or everybody's.
#[derive(Clone, Debug, Default, Deserialize)]
struct Filter {
    citizen_id: Option<String>,
    to: Option<String>,
}

/// One message as programs read it (design section 4).
#[derive(Debug, Serialize)]
struct OutboxMessage {
    channel: &'static str,
    to: String,
    text: String,
    code: Option<String>,
    sent_at: String,
}

async fn phone(request: HttpRequest, provider: Data<Provider>, filter: web::Query<Filter>) -> HttpResponse {
    let visit = Visit::new(&provider, &request);
    let citizen_id = filter.citizen_id.as_deref().and_then(|number| CitizenId::parse(number.trim()).ok());
    let here = match &citizen_id {
        Some(number) => format!("/sandbox/phone?citizen_id={}", number.as_str()),
        None => "/sandbox/phone".to_owned(),
    };
    let messages = match messages(&provider, &filter).await {
        Ok(messages) => messages,
        Err(error) => {
            let notice = if observe::store_failed(&error).may_pass() { Notice::Busy } else { Notice::Internal };
            return visit.notice(notice, &here, WayBack::None, &[]);
        }
    };
    let page = PhonePage {
        frame: visit.frame(&here),
        messages: messages.into_iter().map(shown).collect(),
        citizen_id: citizen_id.map(|number| number.as_str().to_owned()),
    };
    visit.page(StatusCode::OK, page.render(), &[])
}

async fn outbox(provider: Data<Provider>, filter: web::Query<Filter>) -> HttpResponse {
    match messages(&provider, &filter).await {
        Ok(messages) => answer::json(&messages.into_iter().map(listed).collect::<Vec<_>>()),
        Err(error) => store_failed(&error),
    }
}

/// The messages of the filter, newest first. A filter that names nobody finds nothing.
async fn messages(provider: &Provider, filter: &Filter) -> Result<Vec<Message>, StoreError> {
    let (filter, keyring, today) = (filter.clone(), provider.keyring.clone(), provider.clock.today());
    provider
        .store
        .read(move |db| match (&filter.citizen_id, &filter.to) {
            (Some(number), _) => match CitizenId::parse(number.trim()) {
                Ok(number) => of_citizen(db, &keyring, &number, today),
                Err(_) => Ok(Vec::new()),
            },
            (None, Some(to)) => Message::latest_for(db, &keyring, MessagesOf::Recipient(keyring.recipient_hash(&recipient(to))), SHOWN),
            (None, None) => Message::latest_for(db, &keyring, MessagesOf::Anyone, SHOWN),
        })
        .await
}

/// What was sent about the citizen's account, and what reached the citizen's own phone and mailbox: a guardian reads both a child's
/// codes and the own ones.
fn of_citizen(db: &mut Db, keyring: &Keyring, number: &CitizenId, today: time::Date) -> QueryResult<Vec<Message>> {
    let hash = keyring.number_hash(number);
    let mut found = Message::latest_for(db, keyring, MessagesOf::Number(hash), SHOWN)?;
    if let Some(account) = Account::find_by_number(db, &hash)?
        && let Some(holder) = Holder::load(db, keyring, account.id, today)?
    {
        let phone = holder.person.phone.as_ref().map(PhoneNumber::as_e164);
        for to in phone.into_iter().chain(holder.person.email.as_deref()) {
            found.extend(Message::latest_for(db, keyring, MessagesOf::Recipient(keyring.recipient_hash(to)), SHOWN)?);
        }
    }
    found.sort_by_key(|message| std::cmp::Reverse(message.id));
    found.dedup_by_key(|message| message.id);
    Ok(found)
}

/// Phone numbers are stored as +84…; a form or a test may write 09….
fn recipient(to: &str) -> String {
    PhoneNumber::parse(to).map_or_else(|_| to.trim().to_owned(), |phone| phone.as_e164().to_owned())
}

fn listed(message: Message) -> OutboxMessage {
    let sent_at = message.created_at.format(&Rfc3339).unwrap_or_default();
    OutboxMessage { channel: message.channel.code(), to: message.body.to, text: message.body.text, code: message.body.code, sent_at }
}

fn shown(message: Message) -> PhoneMessage {
    let format = format_description!("[hour]:[minute]:[second] [day]/[month]/[year]");
    let sent_at = message.created_at.to_offset(VIETNAM).format(format).unwrap_or_default();
    PhoneMessage {
        channel: message.channel.code().to_owned(),
        to: message.body.to,
        text: message.body.text,
        code: message.body.code,
        sent_at,
    }
}

/// The time that every node of the sandbox goes by.
#[derive(Debug, Serialize, Deserialize)]
struct Time {
    #[serde(with = "time::serde::rfc3339")]
    now: OffsetDateTime,
}

async fn clock(provider: Data<Provider>) -> HttpResponse {
    answer::json(&Time { now: provider.clock.now() })
}

/// A cross-site page cannot send `application/json` without asking first, so no form moves the time.
async fn set_clock(provider: Data<Provider>, time: web::Json<Time>) -> HttpResponse {
    if !(1970..=9998).contains(&time.now.year()) {
        return answer::error(400, "invalid_request", "now must lie between 1970 and 9998.");
    }
    provider.clock.set(time.now);
    tracing::warn!("the sandbox clock was moved");
    answer::json(&Time { now: provider.clock.now() })
}

fn malformed_clock() -> actix_web::Error {
    let answer = answer::error(400, "invalid_request", "Send application/json such as {\"now\":\"2026-03-02T09:00:00+07:00\"}.");
    actix_web::error::InternalError::from_response("malformed clock", answer).into()
}

#[cfg(test)]
mod tests;
