//! What a portal learns: Decree 69/2024/NĐ-CP Arts. 9, 20, 28; Law 26/2023/QH15 Arts. 31, 34.

use std::collections::{BTreeMap, BTreeSet};

use time::Date;

use crate::admission::admit;
use crate::attribute::{Attribute, AttributeRule};
use crate::basis::{Instrument, LegalBasis};
use crate::facts::{Facts, HolderKind};
use crate::level::{AccountLevel, AuthenticationLevel, Levels};
use crate::refusal::{Refusal, RefusalCause};
use Instrument::{Decree69, LawOnIdentification};

/// What is asked, and how strong the sign-in was.
#[derive(Debug, Clone, Copy)]
pub struct DisclosureRequest<'a> {
    /// The attributes asked for.
    pub attributes: &'a BTreeSet<Attribute>,
    /// Mức độ xác thực of this sign-in.
    pub authentication_level: AuthenticationLevel,
}

/// The answer: every attribute asked is in exactly one of the two.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Disclosure {
    /// Released.
    pub released: BTreeSet<Attribute>,
    /// Withheld, each with reason and article.
    pub withheld: BTreeMap<Attribute, Withheld>,
}

/// Why one attribute is withheld.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Withheld {
    /// The reason.
    pub reason: WithheldReason,
    /// The article.
    pub basis: LegalBasis,
}

/// Reasons to withhold an attribute from an account that may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WithheldReason {
    /// No rule about it is in force on the date.
    #[error("no rule about this attribute is in force")]
    NotInForce,
    /// A citizen's attribute asked of a foreigner, or the other way round.
    #[error("accounts of this kind do not have it")]
    OtherHolderKind,
    /// Needs a higher account level (Art. 9).
    #[error("account level {} is needed", .0.number())]
    AccountLevelTooLow(AccountLevel),
    /// The e-ID card is locked (Law Art. 34).
    #[error("the e-ID card is locked")]
    EidLocked,
    /// The citizen has no e-ID card (Art. 28).
    #[error("there is no e-ID card")]
    NoEid,
    /// Needs a stronger sign-in (Art. 20): the only reason that a step-up removes.
    #[error("authentication level {} is needed", .0.number())]
    AuthenticationLevelTooLow(AuthenticationLevel),
}

/// Which of the attributes asked are released to this sign-in on a legal day.
///
/// Consent, and the portal's agreement, are asked elsewhere: this is the most that the law lets go.
///
/// # Errors
/// [`Refusal`] of [`admit`]: from an account that may not be used today nothing is released.
pub fn disclose(facts: &Facts, request: &DisclosureRequest<'_>, on: Date) -> Result<Disclosure, Refusal> {
    admit(facts, on)?;
    let mut disclosure = Disclosure::default();
    for &attribute in request.attributes {
        match releasable(attribute, facts, request.authentication_level, on) {
            Ok(()) => {
                disclosure.released.insert(attribute);
            }
            Err(withheld) => {
                disclosure.withheld.insert(attribute, withheld);
            }
        }
    }
    Ok(disclosure)
}

/// Whether a sign-in reaches the levels that a service demands.
///
/// # Errors
/// [`Refusal`]: account level too low (Art. 9; no step-up helps), else authentication level too low (Art. 20; a step-up may).
pub fn suffices(reached: Levels, demanded: Levels) -> Result<(), Refusal> {
    if reached.account < demanded.account {
        return Err(RefusalCause::AccountLevelTooLow(demanded.account).on(Decree69.article(9)));
    }
    if reached.authentication < demanded.authentication {
        return Err(RefusalCause::AuthenticationLevelTooLow(demanded.authentication).on(Decree69.article(20)));
    }
    Ok(())
}

/// One attribute, weighed: what no step-up can change comes first, the strength of the sign-in last.
fn releasable(attribute: Attribute, facts: &Facts, reached: AuthenticationLevel, on: Date) -> Result<(), Withheld> {
    let rule = attribute.rule(on).ok_or(Withheld { reason: WithheldReason::NotInForce, basis: Decree69.clause(40, 1) })?;
    of_the_holders_kind(rule, facts.kind)?;
    account_level_reached(rule, facts.account_level)?;
    if attribute == Attribute::EidCard {
        eid_usable(facts)?;
    }
    authentication_level_reached(rule, reached)
}

/// Art. 28: the e-ID card is for citizens. Art. 5: travel documents are a foreigner's.
fn of_the_holders_kind(rule: &AttributeRule, kind: HolderKind) -> Result<(), Withheld> {
    match rule.holder {
        Some(holder) if holder != kind => Err(Withheld { reason: WithheldReason::OtherHolderKind, basis: rule.basis }),
        _ => Ok(()),
    }
}

/// Art. 9: level 1 uses the e-identity; the e-ID card and shared information need level 2.
fn account_level_reached(rule: &AttributeRule, account_level: AccountLevel) -> Result<(), Withheld> {
    if account_level >= rule.account_level {
        return Ok(());
    }
    Err(Withheld { reason: WithheldReason::AccountLevelTooLow(rule.account_level), basis: Decree69.article(9) })
}

/// Law Art. 34: a locked card shows nothing; [`admit`] has refused already, this stands here so that it never depends on it.
/// Art. 28: the card is made with the level-2 account of a citizen.
fn eid_usable(facts: &Facts) -> Result<(), Withheld> {
    if !facts.lock_grounds.is_empty() {
        return Err(Withheld { reason: WithheldReason::EidLocked, basis: LawOnIdentification.article(34) });
    }
    if facts.has_eid { Ok(()) } else { Err(Withheld { reason: WithheldReason::NoEid, basis: Decree69.article(28) }) }
}

/// Art. 20: attributes of account level 2 only to a sign-in with two different factors.
fn authentication_level_reached(rule: &AttributeRule, reached: AuthenticationLevel) -> Result<(), Withheld> {
    if reached >= rule.authentication_level {
        return Ok(());
    }
    Err(Withheld { reason: WithheldReason::AuthenticationLevelTooLow(rule.authentication_level), basis: Decree69.article(20) })
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::facts::{AccountState, IdCard};
    use crate::lock::{LockGround, LockGrounds};

    #[test]
    fn a_locked_card_is_not_shown_even_where_admission_was_forgotten() {
        for ground in LockGround::ALL {
            let facts = Facts {
                kind: HolderKind::Citizen,
                account_level: AccountLevel::Two,
                state: AccountState::Active,
                birthdate: date!(1990 - 05 - 17).into(),
                card: Some(IdCard { expires_on: None }),
                residence_expires_on: None,
                travel_document_expires_on: None,
                lock_grounds: LockGrounds::NONE.with(ground),
                has_eid: true,
                guardian: None,
            };
            let withheld = releasable(Attribute::EidCard, &facts, AuthenticationLevel::Four, date!(2026 - 11 - 23)).unwrap_err();
            assert_eq!(withheld.reason, WithheldReason::EidLocked);
            assert_eq!(withheld.basis.to_string(), "Luật Căn cước số 26/2023/QH15, Điều 34");
        }
    }
}
