//! Number and password.

use account_policy::{CitizenId, admit};
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use oidc_provider::client::Client;
use persistence::accounts::{Account, PasswordOf};
use persistence::holders::Holder;
use persistence::messages::Message;
use persistence::sessions::Session;
use persistence::{AccountStanding, StoreError};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use zeroize::Zeroizing;

use super::Posted;
use crate::flow;
use crate::flow::present::Present;
use crate::http::address::client_address;
use crate::http::cookies::Transport;
use crate::http::session_cookie::SessionSecret;
use crate::one_time_code::Drafting;
use crate::one_time_code::message::Words;
use crate::pages::SignInProblem;
use crate::provider::Provider;
use crate::routes::recover::codes::in_charge;
use crate::throttle::Attempt;

pub(super) async fn login(request: HttpRequest, body: web::Bytes, provider: Data<Provider>) -> HttpResponse {
    let mut posted = match Posted::open(&request, &body, &provider).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    let client = match posted.client().await {
        Ok(client) => client,
        Err(answer) => return answer,
    };
    let typed = posted.fields.value("citizen_id").unwrap_or_default().to_owned();
    let password = Zeroizing::new(posted.fields.value("password").unwrap_or_default().to_owned());
    let account = match authenticate(&posted, &typed, &password).await {
        Ok(Ok(account)) => account,
        Ok(Err(problem)) => {
            provider.metrics.sign_in(outcome(&problem));
            return flow::sign_in_again(&posted.visit, &client, posted.interaction, problem, &typed).await;
        }
        Err(error) => return flow::stumble(&posted.visit, &error),
    };
    let present = match enter(&mut posted, &client, account).await {
        Ok(Entered::In(present)) => present,
        Ok(Entered::Refused(refusal)) => {
            provider.metrics.sign_in("refused");
            return flow::refuse_account(&posted.visit, &client, posted.interaction, &refusal).await;
        }
        Ok(Entered::Outdated) => {
            provider.metrics.sign_in("password_wrong");
            return flow::sign_in_again(&posted.visit, &client, posted.interaction, SignInProblem::Wrong, &typed).await;
        }
        Err(error) => return flow::stumble(&posted.visit, &error),
    };
    provider.metrics.sign_in("password");
    flow::advance_after_post(&posted.visit, &client, posted.interaction, Some(*present)).await
}

fn outcome(problem: &SignInProblem) -> &'static str {
    match problem {
        SignInProblem::NumberMalformed => "malformed",
        SignInProblem::Wrong => "password_wrong",
        SignInProblem::Throttled { .. } => "throttled",
        SignInProblem::Busy => "busy",
    }
}

/// Whether number and password belong together. An unknown number costs the same work and gets the same answer as a wrong password.
async fn authenticate(posted: &Posted<'_>, typed: &str, password: &str) -> Result<Result<Account, SignInProblem>, StoreError> {
    let provider = posted.provider();
    let digits: String = typed.chars().filter(|character| !character.is_whitespace()).collect();
    let Ok(number) = CitizenId::parse(&digits) else { return Ok(Err(SignInProblem::NumberMalformed)) };
    let hash = provider.keyring.number_hash(&number);
    let attempt = Attempt::SignIn { number: &hash.0, address: client_address(posted.visit.request, provider) };
    let now = provider.clock.now();
    if let Err(throttled) = provider.throttle.check(&provider.short_lived, &attempt, now).await {
        return Ok(Err(SignInProblem::Throttled { seconds: throttled.seconds }));
    }
    let (account, checked) = match provider.store.read(move |db| PasswordOf::find(db, &hash)).await? {
        PasswordOf::Account(account) => {
            let checked = provider.hasher.verify(password, account.password_hash.as_deref().unwrap_or_default()).await;
            (Some(account), checked)
        }
        PasswordOf::Nobody { stand_in } => (None, provider.hasher.refuse(password, stand_in.as_deref()).await),
    };
    let Ok(verified) = checked else { return Ok(Err(SignInProblem::Busy)) };
    let Some(mut account) = account.filter(|_| verified.ok) else {
        provider.throttle.failed(&provider.short_lived, &attempt, now).await;
        return Ok(Err(SignInProblem::Wrong));
    };
    provider.throttle.succeeded(&provider.short_lived, &attempt).await;
    if let Some(stronger) = verified.rehash {
        let (id, old) = (account.id, account.password_hash.replace(stronger.clone()).unwrap_or_default());
        provider.store.run(move |db| Account::rehash_password(db, id, &old, &stronger, now).map(drop)).await?;
    }
    Ok(Ok(account))
}

/// What tells the holder, or a child's guardian, of a sign-in that may not be theirs.
fn notice(posted: &Posted<'_>, client: &Client, holder: &Holder, now: OffsetDateTime) -> Option<Message> {
    let provider = posted.provider();
    let to = in_charge(holder, crate::clock::legal_date(now))?;
    let text = Words(posted.visit.language).signed_in(&client.client_name, now);
    let (by, has_mail) = (provider.config.notices.sign_in, provider.delivery.has_mail());
    Drafting::of(provider).sign_in_notice(&holder.account, to, by, has_mail, &text)
}

enum Entered {
    In(Box<Present>),
    Refused(account_policy::Refusal),
    /// The password was replaced, or the account locked, while this one was being checked.
    Outdated,
}

/// Begins a session, or renews the one this browser has for the same account: same id, new secret, factors counted anew.
async fn enter(posted: &mut Posted<'_>, client: &Client, account: Account) -> Result<Entered, StoreError> {
    let provider = posted.provider();
    let now = provider.clock.now();
    let today = crate::clock::legal_date(now);
    let keyring = provider.keyring.clone();
    let id = account.id;
    let client_id = posted.interaction.request.client_id.clone();
    let found = provider.store.read(move |db| AccountStanding::find(db, &keyring, id, &client_id, today)).await?;
    let Some(AccountStanding { holder, consent }) = found else { return Err(StoreError::Database(persistence::QueryError::NotFound)) };
    if let Err(refusal) = admit(&holder.facts, today) {
        return Ok(Entered::Refused(refusal));
    }
    // The epoch is that of the row whose password was proven: a new password ends sign-ins that are under way, too.
    if holder.account.epoch != account.epoch {
        return Ok(Entered::Outdated);
    }
    let before = crate::flow::present::present(&posted.visit, &posted.interaction.request.client_id).await?;
    let kept = before.as_ref().filter(|before| before.session.account_id == id).map(|before| before.session.clone());
    let replaced = before.filter(|before| before.session.account_id != id).map(|before| before.session.id);
    let random: [u8; 32] = provider.randomness.bytes();
    let mut session = Session {
        id: kept.as_ref().map_or_else(|| provider.randomness.uuid(now), |session| session.id),
        account_id: id,
        secret_hash: Sha256::digest(random).into(),
        epoch: holder.account.epoch,
        created_at: kept.as_ref().map_or(now, |session| session.created_at),
        last_seen_at: now,
        expires_at: now + provider.config.session.absolute(),
        password_at: now,
        code_at: None,
        guardian_code_at: None,
        ended_at: None,
    };
    let (row, renewed, spare) = (session.clone(), kept.is_some(), provider.randomness.uuid(now));
    let notice = notice(posted, client, &holder, now);
    let told = notice.is_some();
    let keyring = provider.keyring.clone();
    session.id = provider
        .store
        .run(move |db| {
            if let Some(other) = replaced {
                Session::end(db, other, now)?;
            }
            if renewed && row.restart(db)? {
                return Ok(row.id);
            }
            // Ended in another tab meanwhile: a session of its own then.
            let row = if renewed { Session { id: spare, created_at: now, ..row.clone() } } else { row.clone() };
            row.insert(db)?;
            // Never one without the other: its id is the session's.
            if let Some(notice) = &notice {
                Message { id: row.id, ..notice.clone() }.insert(db, &keyring)?;
            }
            Ok(row.id)
        })
        .await?;
    if told {
        provider.delivery.wake_soon();
    }
    posted.visit.set_cookie(SessionSecret::issue(session.id, random).cookie(Transport::of(&provider.config.issuer)));
    posted.interaction.belongs_to(id);
    posted.interaction.authenticated = Some(session.id);
    posted.interaction.steps.code_sent_at = None;
    posted.interaction.steps.account_chosen = false;
    Ok(Entered::In(Box::new(Present { session, holder, consent })))
}
