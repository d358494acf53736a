//! Links the old accounts of a portal to the holder of an e-identification account (liên kết tài khoản, Decree 69/2024/NĐ-CP Art. 40).
//!
//! The number decides who is a candidate; name and birth date must then agree. One account that agrees is [`LinkOutcome::Linked`];
//! whatever is not plain is a [`LinkOutcome::Conflict`] for a person to settle, never a guess:
//!
//! 1. candidate: the account has the holder's 12-digit number, or no 12-digit number and the holder's old 9-digit one;
//! 2. contradiction: the old number fits but the 12-digit number is another person's; name or birth date differ;
//! 3. exactly one candidate without contradiction, and no other candidate: linked.

mod account;
mod outcome;

pub use account::LegacyAccount;
pub use outcome::{Contradiction, Evidence, LinkOutcome, Reason};

use account_policy::name::{same_name, search_fold};
use account_policy::{PartialDate, Person};

/// Compares a person with the accounts of ONE portal and says which of them is the person's.
#[must_use]
pub fn match_accounts(person: &Person, accounts: &[LegacyAccount]) -> LinkOutcome {
    let candidates: Vec<(&LegacyAccount, Evidence)> =
        accounts.iter().filter_map(|account| evidence(person, account).map(|evidence| (account, evidence))).collect();
    let mut contradictions: Vec<Contradiction> = candidates
        .iter()
        .filter_map(|(account, _)| Some(Contradiction { legacy_id: account.legacy_id.clone(), reason: contradiction(person, account)? }))
        .collect();
    match candidates.as_slice() {
        [] => LinkOutcome::None,
        [(account, evidence)] if contradictions.is_empty() => {
            LinkOutcome::Linked { legacy_id: account.legacy_id.clone(), evidence: *evidence }
        }
        several => {
            let agreeing = several.iter().filter(|(account, _)| contradiction(person, account).is_none());
            contradictions.extend(
                agreeing.map(|(account, _)| Contradiction { legacy_id: account.legacy_id.clone(), reason: Reason::SeveralAccounts }),
            );
            LinkOutcome::Conflict(contradictions)
        }
    }
}

/// Which number makes the account a candidate. There is no arithmetic between the two numbers, only equality.
fn evidence(person: &Person, account: &LegacyAccount) -> Option<Evidence> {
    if account.citizen_id.as_ref() == Some(&person.citizen_id) {
        return Some(Evidence::CitizenId);
    }
    match (&person.old_id_number, &account.old_id_number) {
        (Some(own), Some(recorded)) if own == recorded => Some(Evidence::OldIdNumber),
        _ => None,
    }
}

/// The first thing about a candidate that does not fit.
fn contradiction(person: &Person, account: &LegacyAccount) -> Option<Reason> {
    if account.citizen_id.as_ref().is_some_and(|recorded| *recorded != person.citizen_id) {
        return Some(Reason::OtherCitizenId);
    }
    if !same_name(&account.name, &person.name.full) {
        let only_marks = search_fold(&account.name) == search_fold(&person.name.full);
        return Some(if only_marks { Reason::NameDiffersInMarks } else { Reason::NameDiffers });
    }
    let differs = account.birthdate.is_some_and(|recorded| !agree(recorded, person.birthdate));
    differs.then_some(Reason::BirthdateDiffers)
}

/// Whether two birth dates agree as far as both are known.
fn agree(one: PartialDate, other: PartialDate) -> bool {
    let known = |date: PartialDate| match date {
        PartialDate::Year(_) => (None, None),
        PartialDate::YearMonth(_, month) => (Some(month), None),
        PartialDate::Full(date) => (Some(date.month()), Some(date.day())),
    };
    let ((month, day), (other_month, other_day)) = (known(one), known(other));
    one.year() == other.year() && month.zip(other_month).is_none_or(|(a, b)| a == b) && day.zip(other_day).is_none_or(|(a, b)| a == b)
}
