//! Arts. 9, 20 and 28 of Decree 69/2024/NĐ-CP, Arts. 31 and 34 of the Law on Identification.

use std::collections::BTreeSet;

use account_policy::{
    AccountLevel, Attribute, AuthenticationLevel, Disclosure, DisclosureRequest, Facts, IdCard, Levels, LockGround, LockGrounds,
    RefusalCause, WithheldReason, disclose, suffices,
};
use time::macros::date;

use crate::fixtures::{TODAY, adult, child, foreigner};

fn everything() -> BTreeSet<Attribute> {
    Attribute::ALL.into_iter().collect()
}

fn asked(facts: &Facts, authentication_level: AuthenticationLevel) -> Disclosure {
    disclose(facts, &DisclosureRequest { attributes: &everything(), authentication_level }, TODAY).expect("admitted")
}

fn reason(disclosure: &Disclosure, attribute: Attribute) -> WithheldReason {
    disclosure.withheld[&attribute].reason
}

const LEVEL_ONE: [Attribute; 9] = [
    Attribute::Name,
    Attribute::Birthdate,
    Attribute::Gender,
    Attribute::Locale,
    Attribute::Phone,
    Attribute::Email,
    Attribute::CitizenIdNumber,
    Attribute::OldIdNumber,
    Attribute::LegacyAccount,
];

#[test]
fn a_level_one_account_releases_the_e_identity_and_nothing_of_level_two() {
    for authentication in AuthenticationLevel::ALL {
        let disclosure = asked(&adult(AccountLevel::One), authentication);
        assert_eq!(disclosure.released, LEVEL_ONE.into_iter().collect());
        assert_eq!(reason(&disclosure, Attribute::PermanentResidence), WithheldReason::AccountLevelTooLow(AccountLevel::Two));
        assert_eq!(disclosure.withheld[&Attribute::PermanentResidence].basis.to_string(), "Nghị định 69/2024/NĐ-CP, Điều 9");
    }
}

#[test]
fn a_password_alone_releases_no_attribute_of_level_two_even_to_a_level_two_account() {
    let disclosure = asked(&adult(AccountLevel::Two), AuthenticationLevel::One);
    assert_eq!(disclosure.released, LEVEL_ONE.into_iter().collect());
    assert_eq!(reason(&disclosure, Attribute::EidCard), WithheldReason::AuthenticationLevelTooLow(AuthenticationLevel::Two));
    assert_eq!(disclosure.withheld[&Attribute::EidCard].basis.english(), "Decree 69/2024/NĐ-CP, Article 20");
}

#[test]
fn two_factors_release_a_citizens_level_two_attributes() {
    for facts in [adult(AccountLevel::Two), child(AccountLevel::Two)] {
        let disclosure = asked(&facts, AuthenticationLevel::Two);
        let withheld: Vec<_> = disclosure.withheld.keys().copied().collect();
        assert_eq!(withheld, [Attribute::ForeignerDocument]);
        assert_eq!(reason(&disclosure, Attribute::ForeignerDocument), WithheldReason::OtherHolderKind);
    }
}

#[test]
fn a_locked_card_refuses_everything() {
    for ground in LockGround::ALL {
        let facts = Facts { lock_grounds: LockGrounds::NONE.with(ground), ..adult(AccountLevel::Two) };
        let request = DisclosureRequest { attributes: &everything(), authentication_level: AuthenticationLevel::Four };
        assert!(matches!(disclose(&facts, &request, TODAY).unwrap_err().cause, RefusalCause::EidLocked(_)));
    }
}

#[test]
fn an_expired_card_refuses_everything() {
    let facts = Facts { card: Some(IdCard { expires_on: Some(date!(2026 - 11 - 22)) }), ..adult(AccountLevel::Two) };
    let request = DisclosureRequest { attributes: &everything(), authentication_level: AuthenticationLevel::Two };
    assert_eq!(disclose(&facts, &request, TODAY).unwrap_err().cause, RefusalCause::CardExpired);
}

#[test]
fn without_an_e_id_card_only_the_e_id_card_is_withheld() {
    let disclosure = asked(&Facts { has_eid: false, ..adult(AccountLevel::Two) }, AuthenticationLevel::Two);
    assert_eq!(reason(&disclosure, Attribute::EidCard), WithheldReason::NoEid);
    assert!(disclosure.released.contains(&Attribute::HealthInsurance));
}

#[test]
fn a_foreigner_has_travel_documents_and_no_e_id_card() {
    let disclosure = asked(&foreigner(AccountLevel::Two), AuthenticationLevel::Two);
    assert!(disclosure.released.contains(&Attribute::ForeignerDocument));
    assert_eq!(reason(&disclosure, Attribute::EidCard), WithheldReason::OtherHolderKind);
    assert_eq!(reason(&disclosure, Attribute::OldIdNumber), WithheldReason::OtherHolderKind);
}

#[test]
fn a_service_that_demands_level_two_is_told_what_is_missing() {
    let level = |account, authentication| Levels { account, authentication };
    use AccountLevel as Account;
    use AuthenticationLevel as Authentication;
    let demanded = level(Account::Two, Authentication::Two);
    assert_eq!(suffices(level(Account::Two, Authentication::Three), demanded), Ok(()));
    let cause = |reached| suffices(reached, demanded).unwrap_err().cause;
    assert_eq!(cause(level(Account::One, Authentication::One)), RefusalCause::AccountLevelTooLow(Account::Two));
    assert_eq!(cause(level(Account::Two, Authentication::One)), RefusalCause::AuthenticationLevelTooLow(Authentication::Two));
}

#[test]
fn every_attribute_has_one_rule_and_level_two_always_needs_two_factors() {
    for attribute in Attribute::ALL {
        assert_eq!(account_policy::attribute::RULES.iter().filter(|rule| rule.attribute == attribute).count(), 1, "{attribute}");
        let rule = attribute.rule(TODAY).expect("in force");
        assert_eq!(rule.account_level == AccountLevel::Two, rule.authentication_level >= AuthenticationLevel::Two, "{attribute}");
        assert_eq!(attribute.rule(date!(2024 - 06 - 30)), None);
        assert_eq!(attribute.name().parse(), Ok(attribute));
        assert_eq!(serde_json::to_value(attribute).unwrap(), attribute.name());
    }
}
