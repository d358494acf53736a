//! May this account be used at all today? Decree 69/2024/NĐ-CP Arts. 7, 14, 15; Law 26/2023/QH15 Art. 34.

use time::Date;

use crate::age::age_on;
use crate::basis::{Instrument::Decree69, LegalBasis};
use crate::day::is_over;
use crate::facts::{AccountState, Facts, HolderKind};
use crate::level::AccountLevel;
use crate::parameter::{self, Key, Value};
use crate::refusal::{Refusal, RefusalCause};

/// The account may be used today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Admission {
    /// A child under 14: every use needs the consent of the representative or guardian, who is recorded and may be asked (Art. 14.2).
    pub needs_guardian_consent: bool,
}

/// Whether the account may be used on a legal day ([`legal_date`](crate::legal_date)), for any service and at any level.
///
/// The checks stand in the order of the sign-in: locks, issue and activation, age, papers, guardian. The first that fails answers.
///
/// # Errors
/// [`Refusal`] with its cause and article.
pub fn admit(facts: &Facts, on: Date) -> Result<Admission, Refusal> {
    in_force(on)?;
    not_locked(facts)?;
    issued_and_activated(facts)?;
    old_enough_for_its_level(facts, on)?;
    match facts.kind {
        HolderKind::Citizen => card_valid(facts, on)?,
        HolderKind::Foreigner => {
            travel_document_valid(facts, on)?;
            residence_valid(facts, on)?;
        }
    }
    guarded_if_a_child(facts, on)
}

/// Whether the holder of these facts may stand for a child today: fills [`Guardian::admitted`](crate::Guardian::admitted).
///
/// The representative or guardian acts through an own account of level 2 (Arts. 10 and 14.2) and needs no guardian.
///
/// # Errors
/// [`Refusal`] of [`admit`], or because the account is of level 1 or a child's.
pub fn may_represent(guardian: &Facts, on: Date) -> Result<(), Refusal> {
    if admit(guardian, on)?.needs_guardian_consent {
        return Err(RefusalCause::TooYoung.on(Decree69.clause(14, 2)));
    }
    match guardian.account_level {
        AccountLevel::One => Err(RefusalCause::AccountLevelTooLow(AccountLevel::Two).on(Decree69.article(10))),
        AccountLevel::Two => Ok(()),
    }
}

/// Art. 40.1: the decree is in force since 1 July 2024; a date without rules admits nobody.
fn in_force(on: Date) -> Result<(), Refusal> {
    parameter::in_force(Key::GuardianConsentUnder, on).map(drop)
}

/// Art. 15: a citizen's account is locked when the e-ID card is (grounds: Law Art. 34); a foreigner's has the same grounds of its own.
/// One active ground suffices, at every level. A ground recorded without an e-ID card counts as well.
fn not_locked(facts: &Facts) -> Result<(), Refusal> {
    let grounds = facts.lock_grounds;
    match facts.kind {
        _ if grounds.is_empty() => Ok(()),
        HolderKind::Citizen => Err(RefusalCause::EidLocked(grounds).on(LOCK)),
        HolderKind::Foreigner => Err(RefusalCause::AccountLocked(grounds).on(LOCK)),
    }
}

/// Arts. 10, 11: issued. Art. 14.1: activated by its holder.
fn issued_and_activated(facts: &Facts) -> Result<(), Refusal> {
    match (facts.state, facts.kind) {
        (AccountState::Active, _) => Ok(()),
        (AccountState::IssuedNotActivated, _) => Err(RefusalCause::NotActivated.on(Decree69.clause(14, 1))),
        (AccountState::Requested, HolderKind::Citizen) => Err(RefusalCause::NotIssued.on(Decree69.article(10))),
        (AccountState::Requested, HolderKind::Foreigner) => Err(RefusalCause::NotIssued.on(Decree69.article(11))),
    }
}

/// Art. 7: no level 2 below the age for it. A birthday upgrades nothing by itself.
fn old_enough_for_its_level(facts: &Facts, on: Date) -> Result<(), Refusal> {
    let key = match facts.kind {
        HolderKind::Citizen => Key::CitizenLevelTwoAge,
        HolderKind::Foreigner => Key::ForeignerLevelTwoAge,
    };
    let too_young = facts.account_level == AccountLevel::Two && is_under(facts, key, on)?;
    if too_young { Err(RefusalCause::TooYoung.on(parameter::in_force(key, on)?.basis)) } else { Ok(()) }
}

/// Art. 7.1: a citizen has a card. Art. 15: the account is locked when it expires; it is valid through its last day.
fn card_valid(facts: &Facts, on: Date) -> Result<(), Refusal> {
    let Some(card) = facts.card else {
        return required(Key::CitizenCard, RefusalCause::CardMissing, on);
    };
    valid_through(card.expires_on, on, RefusalCause::CardExpired)
}

/// Art. 11: a foreigner has a passport or travel document. Art. 15: the account is locked when it expires.
fn travel_document_valid(facts: &Facts, on: Date) -> Result<(), Refusal> {
    if facts.travel_document_expires_on.is_none() {
        return Err(RefusalCause::TravelDocumentMissing.on(Decree69.article(11)));
    }
    valid_through(facts.travel_document_expires_on, on, RefusalCause::TravelDocumentExpired)
}

/// Art. 7.2: a foreigner has a residence card. Art. 15: the account is locked when the residence ends.
fn residence_valid(facts: &Facts, on: Date) -> Result<(), Refusal> {
    if facts.residence_expires_on.is_none() {
        return required(Key::ForeignerResidenceCard, RefusalCause::ResidenceMissing, on);
    }
    valid_through(facts.residence_expires_on, on, RefusalCause::ResidenceExpired)
}

/// Art. 14.2: a child under 14 uses the account only with the consent of the representative or guardian.
fn guarded_if_a_child(facts: &Facts, on: Date) -> Result<Admission, Refusal> {
    if !is_under(facts, Key::GuardianConsentUnder, on)? {
        return Ok(Admission { needs_guardian_consent: false });
    }
    let basis = parameter::in_force(Key::GuardianConsentUnder, on)?.basis;
    match facts.guardian {
        None => Err(RefusalCause::GuardianMissing.on(basis)),
        Some(guardian) if !guardian.admitted => Err(RefusalCause::GuardianNotAdmitted.on(basis)),
        Some(_) => Ok(Admission { needs_guardian_consent: true }),
    }
}

/// Art. 15.
const LOCK: LegalBasis = Decree69.article(15);

fn valid_through(last_day: Option<Date>, on: Date, cause: RefusalCause) -> Result<(), Refusal> {
    match last_day {
        Some(last_day) if is_over(last_day, on) => Err(cause.on(LOCK)),
        _ => Ok(()),
    }
}

fn required(key: Key, missing: RefusalCause, on: Date) -> Result<(), Refusal> {
    let row = parameter::in_force(key, on)?;
    if row.value == Value::NotRequired { Ok(()) } else { Err(missing.on(row.basis)) }
}

/// Whether a representative or guardian (người đại diện, người giám hộ) acts for the holder on that day (Decree 69/2024 Art. 14.2), whatever else
/// stands against the account. From the 14th birthday on the holder acts alone.
///
/// # Errors
/// When the rule was not in force.
pub fn is_represented(facts: &Facts, on: Date) -> Result<bool, Refusal> {
    is_under(facts, Key::GuardianConsentUnder, on)
}

fn is_under(facts: &Facts, key: Key, on: Date) -> Result<bool, Refusal> {
    Ok(age_on(facts.birthdate, on, parameter::leap_day(on)?) < parameter::years(key, on)?)
}
