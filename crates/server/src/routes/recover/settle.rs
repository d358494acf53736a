//! The codes are judged and the password is set, in one transaction.

use account_policy::AccountLevel;
use actix_web::web::Data;
use persistence::accounts::Account;
use persistence::audit::AuditEvent;
use persistence::one_time_codes::{OneTimeCode as OneTimeCodes, Verdict};
use persistence::sessions::Session;
use persistence::{Db, Holder, NumberHash, QueryResult, StoreError};
use time::OffsetDateTime;

use crate::clock::legal_date;
use crate::one_time_code::message::Words;
use crate::one_time_code::{Drafting, Purpose, hash_of, limits};
use crate::provider::Provider;
use crate::text::Language;

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The password is set, every session has ended, the notices are on their way.
    Done,
    /// No such account, or the phone's code is wrong or lapsed.
    Wrong,
    /// The phone's code was right and is consumed; the second one was not.
    SecondCodeWrong,
}

/// What was typed, and what was proven before.
pub(super) struct Attempted {
    /// Finds the account.
    pub number: NumberHash,
    /// The code on the phone.
    pub code: String,
    /// The code in the mailbox, or from an officer; needed at level 2.
    pub second_code: String,
    /// Whether the phone's code was right in a try before.
    pub phone_proven: bool,
    /// The new password, hashed.
    pub password_hash: String,
    /// Of the notices.
    pub language: Language,
}

/// Judges and sets.
///
/// # Errors
/// Of the store; then nothing has changed.
pub(super) async fn settle(provider: &Data<Provider>, attempted: Attempted) -> Result<Outcome, StoreError> {
    let (provider, now) = (Data::clone(provider), provider.clock.now());
    provider.clone().store.run(move |db| attempted.settle(db, &provider, now)).await
}

impl Attempted {
    fn settle(&self, db: &mut Db, provider: &Provider, now: OffsetDateTime) -> QueryResult<Outcome> {
        let account = Account::find_by_number(db, &self.number)?.filter(|account| account.password_hash.is_some());
        let Some(account) = account else { return Ok(Outcome::Wrong) };
        if !self.phone_proven && !is_right(db, provider, &account, Purpose::Recovery, &self.code, now)? {
            return Ok(Outcome::Wrong);
        }
        let confirmed = match account.level {
            AccountLevel::One => true,
            AccountLevel::Two => {
                is_right(db, provider, &account, Purpose::RecoveryByMail, &self.second_code, now)?
                    || is_right(db, provider, &account, Purpose::RecoveryByOfficer, &self.second_code, now)?
            }
        };
        if !confirmed {
            return Ok(Outcome::SecondCodeWrong);
        }
        self.set(db, provider, &account, now)?;
        Ok(Outcome::Done)
    }

    /// The password, the end of everything that the old one began, the notices, the record.
    fn set(&self, db: &mut Db, provider: &Provider, account: &Account, now: OffsetDateTime) -> QueryResult<()> {
        Account::set_password(db, account.id, &self.password_hash, now)?;
        Session::end_all_of(db, account.id, now)?;
        if let Some(holder) = Holder::load(db, &provider.keyring, account.id, legal_date(now))? {
            let text = Words(self.language).password_reset(now);
            let guardian = super::codes::in_charge(&holder, legal_date(now)).filter(|person| person.citizen_id != holder.person.citizen_id);
            let told = [Some(&*holder.person), guardian];
            for message in told.into_iter().flatten().flat_map(|person| Drafting::of(provider).notices(account, person, &text)) {
                message.insert(db, &provider.keyring)?;
            }
        }
        let event = AuditEvent {
            id: provider.randomness.uuid(now),
            at: now,
            actor: account.id.to_string(),
            action: "password.reset".to_owned(),
            subject: Some(account.id),
            detail: serde_json::json!({}),
        };
        event.append(db)
    }
}

/// Judges one code; a wrong one costs it a try. Nothing typed costs nothing.
fn is_right(db: &mut Db, provider: &Provider, account: &Account, purpose: Purpose, typed: &str, now: OffsetDateTime) -> QueryResult<bool> {
    if typed.trim().is_empty() {
        return Ok(false);
    }
    let hash = hash_of(&provider.keyring, account.id, purpose, typed);
    Ok(OneTimeCodes::check(db, account.id, purpose.name(), &hash, &limits(&provider.config), now)? == Verdict::Correct)
}
