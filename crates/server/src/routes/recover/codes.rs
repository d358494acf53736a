//! The codes of a recovery, for a number that has an account.

use account_policy::{AccountLevel, Person, is_represented};
use persistence::{Holder, NumberHash, StoreError, accounts::Account};

use time::Date;

use crate::one_time_code::message::Words;
use crate::one_time_code::{Draft, Drafting, Purpose};
use crate::provider::Provider;
use crate::text::Language;

/// Sends them. What goes wrong is for the log alone: the page says the same in any case.
pub(super) async fn send(provider: &Provider, number: NumberHash, language: Language) {
    if let Err(error) = try_send(provider, number, language).await {
        tracing::error!(%error, "the codes for a new password could not be sent");
    }
}

async fn try_send(provider: &Provider, number: NumberHash, language: Language) -> Result<(), StoreError> {
    let (keyring, today) = (provider.keyring.clone(), provider.clock.today());
    let found = provider
        .store
        .read(move |db| match Account::find_by_number(db, &number)? {
            Some(account) => Holder::load(db, &keyring, account.id, today),
            None => Ok(None),
        })
        .await?;
    // Without a password there is nothing to recover: activation sets the first one.
    let Some(holder) = found.filter(|holder| holder.account.password_hash.is_some()) else { return Ok(()) };
    let (drafts, now) = (drafts(&Drafting::of(provider), &holder, today, Words(language)), provider.clock.now());
    provider
        .store
        .run(move |db| {
            for draft in &drafts {
                draft.place(db, now)?;
            }
            Ok(())
        })
        .await?;
    provider.delivery.wake();
    Ok(())
}

/// Who may recover the account today: the holder, or for a child the representative or guardian whose own account may be used (Decree
/// 69/2024/NĐ-CP Art. 14.2). Nobody, where that person is missing or locked. From the 14th birthday on it is the holder again.
pub(in crate::routes) fn in_charge(holder: &Holder, today: Date) -> Option<&Person> {
    match is_represented(&holder.facts, today) {
        Ok(false) => Some(&holder.person),
        Ok(true) => holder.guardian.as_deref().filter(|_| holder.facts.guardian.is_some_and(|guardian| guardian.admitted)),
        Err(_) => None,
    }
}

/// One to the phone, and at level 2 one to the mailbox.
fn drafts(drafting: &Drafting<'_>, holder: &Holder, today: Date, words: Words) -> Vec<Draft> {
    let account = &holder.account;
    let Some(person) = in_charge(holder, today) else { return Vec::new() };
    let phone = drafting.by_sms(account, Purpose::Recovery, person, |code, minutes| words.recovery(code, minutes));
    let mailbox = match holder.account.level {
        AccountLevel::One => None,
        AccountLevel::Two => {
            drafting.by_mail(account, Purpose::RecoveryByMail, person, |code, minutes| words.recovery_by_mail(code, minutes))
        }
    };
    phone.into_iter().chain(mailbox).collect()
}
