//! The second factor of a sign-in: to whom it goes, sending it, and judging what was typed.

use account_policy::Person;
use persistence::accounts::Account;
use persistence::one_time_codes::{OneTimeCode as OneTimeCodes, Verdict};
use persistence::{Holder, Keyring, StoreError};
use sha2::{Digest, Sha256};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::draft::limits;
use super::message::Words;
use super::{Drafting, OneTimeCode, Placed, Purpose};
use crate::pages::CodeProblem;
use crate::provider::Provider;
use crate::text::Language;

/// Whose phone proves the second factor.
#[derive(Clone, Copy, Debug)]
pub enum Audience<'a> {
    /// The holder's own.
    Holder(&'a Holder),
    /// The guardian's of this child, who uses the account on the child's behalf (Decree 69/2024/NĐ-CP Art. 14.2).
    GuardianOf(&'a Holder),
}

/// Whom the code page names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// The name, all but the given name as initials.
    pub name_masked: String,
    /// The phone number with most digits hidden.
    pub phone_masked: String,
}

impl Audience<'_> {
    /// What its codes are good for.
    #[must_use]
    pub fn purpose(&self) -> Purpose {
        match self {
            Self::Holder(_) => Purpose::SignIn,
            Self::GuardianOf(_) => Purpose::Guardian,
        }
    }

    /// The account being signed in to.
    #[must_use]
    pub fn account(&self) -> &Account {
        match self {
            Self::Holder(holder) | Self::GuardianOf(holder) => &holder.account,
        }
    }

    fn person(&self) -> Option<&Person> {
        match self {
            Self::Holder(holder) => Some(&holder.person),
            Self::GuardianOf(child) => child.guardian.as_deref(),
        }
    }
}

/// Who gets the code; `None` when there is no phone to send it to.
#[must_use]
pub fn recipient(audience: Audience<'_>) -> Option<Recipient> {
    let person = audience.person()?;
    let phone = person.phone.as_ref()?;
    Some(Recipient { name_masked: initials(&person.name.full), phone_masked: phone.masked() })
}

/// A code is for one portal: what was asked for in one portal's name opens no other. `hash` is keyed already.
#[must_use]
pub(super) fn at_portal(hash: [u8; 32], client_id: &str) -> [u8; 32] {
    Sha256::new().chain_update(hash).chain_update(client_id).finalize().into()
}

/// Sends a code for signing in to `portal` (by the name people know it, registered as `client_id`), in the language of the page.
///
/// # Errors
/// Of the store. The inner error is for the page: asked too soon, or no phone.
pub async fn send(
    provider: &Provider,
    language: Language,
    (client_id, portal): (&str, &str),
    audience: Audience<'_>,
) -> Result<Result<(), CodeProblem>, StoreError> {
    let words = Words(language);
    let drafting = Drafting::of(provider);
    let draft = audience.person().and_then(|person| {
        drafting.by_sms(audience.account(), audience.purpose(), person, |code, minutes| match audience {
            Audience::Holder(_) => words.sign_in(code, portal, minutes),
            Audience::GuardianOf(child) => words.guardian(code, portal, &child.person.name.full, minutes),
        })
    });
    let Some(draft) = draft.map(|draft| draft.for_portal(client_id)) else { return Ok(Err(CodeProblem::NotSent)) };
    let now = drafting.now;
    if let Some(seconds) = hourly_limit(provider, audience, now).await {
        return Ok(Err(CodeProblem::TooSoon { seconds }));
    }
    let used = used_key(audience.account().id, audience.purpose());
    let draft = if provider.short_lived.counted(&used, now).await.is_some() { draft.at_once() } else { draft };
    match provider.store.run(move |db| draft.place(db, now)).await? {
        Placed::Done => {
            provider.short_lived.reset(&used).await;
            provider.delivery.wake();
            Ok(Ok(()))
        }
        Placed::TooSoon { seconds } => Ok(Err(CodeProblem::TooSoon { seconds })),
    }
}

/// Seconds to wait when the account had its codes of this hour. The store counts over a day; this keeps an hour from using it up.
async fn hourly_limit(provider: &Provider, audience: Audience<'_>, now: OffsetDateTime) -> Option<u64> {
    const HOUR: Duration = Duration::HOUR;
    if provider.config.sandbox.enabled && !provider.config.sandbox.rate_limits {
        return None;
    }
    let key = key("codes of an hour", audience.account().id, audience.purpose());
    let most = u64::from(provider.config.limits.one_time_codes_per_hour);
    let sent = provider.short_lived.counted(&key, now).await;
    if let Some(sent) = sent.filter(|sent| sent.count >= most) {
        return Some(u64::try_from((sent.since + HOUR - now).whole_seconds().max(1)).unwrap_or(1));
    }
    provider.short_lived.count(&key, most, HOUR, now).await;
    None
}

/// Counts that the last code was used.
fn used_key(account: Uuid, purpose: Purpose) -> [u8; 32] {
    key("code was used", account, purpose)
}

fn key(domain: &str, account: Uuid, purpose: Purpose) -> [u8; 32] {
    let hash = Sha256::new().chain_update(domain).chain_update([0]).chain_update(account.as_bytes()).chain_update(purpose.name());
    hash.finalize().into()
}

/// Judges what was typed for that account, purpose and portal. A right code is consumed; a wrong one costs a try, also when it
/// is no six digits at all.
///
/// # Errors
/// Of the store. The inner error is for the page.
pub async fn check(
    provider: &Provider,
    account: Uuid,
    purpose: Purpose,
    client_id: &str,
    typed: &str,
) -> Result<Result<(), CodeProblem>, StoreError> {
    let code_hash = at_portal(hash_of(&provider.keyring, account, purpose, typed), client_id);
    let (limits, now) = (limits(&provider.config), provider.clock.now());
    let verdict = provider.store.run(move |db| OneTimeCodes::check(db, account, purpose.name(), &code_hash, &limits, now)).await?;
    Ok(match verdict {
        Verdict::Correct => {
            // Where this is forgotten, the next code has its wait.
            provider.short_lived.count(&used_key(account, purpose), u64::MAX, Duration::HOUR, now).await;
            Ok(())
        }
        Verdict::Wrong { tries_left } => Err(CodeProblem::Wrong { tries_left: u32::try_from(tries_left).unwrap_or(0) }),
        Verdict::Expired | Verdict::NoneIssued => Err(CodeProblem::Expired),
        Verdict::Exhausted => Err(CodeProblem::Exhausted),
    })
}

/// The hash of what was typed; of nothing that could be a code, one that no code has.
pub(crate) fn hash_of(keyring: &Keyring, account: Uuid, purpose: Purpose, typed: &str) -> [u8; 32] {
    let code = OneTimeCode::parse(typed);
    keyring.one_time_code_hash(account, purpose.name(), code.as_ref().map_or("", OneTimeCode::expose))
}

/// "Nguyễn Văn An" becomes "N. V. An".
fn initials(full: &str) -> String {
    let words: Vec<&str> = full.split_whitespace().collect();
    let Some((given, others)) = words.split_last() else { return String::new() };
    let others = others.iter().filter_map(|word| word.chars().next()).map(|initial| format!("{initial}. "));
    others.collect::<String>() + given
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_shown_by_initials_and_given_name() {
        for (full, masked) in [("Nguyễn Văn An", "N. V. An"), ("Đặng Hữu Hải", "Đ. H. Hải"), ("An", "An"), ("", "")] {
            assert_eq!(initials(full), masked);
        }
    }
}
