//! What holds for every account, request and text.

use std::collections::BTreeSet;

use account_policy::name::{normalize, same_name, search_fold};
use account_policy::{
    AccountLevel, AccountState, Attribute, AuthenticationLevel, CitizenId, DisclosureRequest, Factor, Facts, Guardian, GuardianRelation,
    HolderKind, IdCard, LockGrounds, PartialDate, PhoneNumber, WithheldReason, admit, disclose,
};
use proptest::prelude::*;
use time::Date;
use time::macros::date;
use uuid::Uuid;

fn any_date() -> impl Strategy<Value = Date> {
    (date!(2004 - 01 - 01).to_julian_day()..date!(2032 - 12 - 31).to_julian_day()).prop_map(|day| Date::from_julian_day(day).unwrap())
}

prop_compose! {
    fn any_facts()(
        citizen in any::<bool>(),
        two in any::<bool>(),
        state in prop::sample::select(vec![AccountState::Requested, AccountState::IssuedNotActivated, AccountState::Active, AccountState::Active]),
        born in any_date(),
        card in prop::option::weighted(0.9, prop::option::of(any_date())),
        residence in prop::option::weighted(0.9, any_date()),
        travel in prop::option::weighted(0.9, any_date()),
        bits in prop_oneof![3 => Just(0_u8), 1 => 0..32_u8],
        has_eid in any::<bool>(),
        guardian in prop::option::of(any::<bool>()),
    ) -> Facts {
        Facts {
            kind: if citizen { HolderKind::Citizen } else { HolderKind::Foreigner },
            account_level: if two { AccountLevel::Two } else { AccountLevel::One },
            state,
            birthdate: PartialDate::Full(born),
            card: card.map(|expires_on| IdCard { expires_on }),
            residence_expires_on: residence,
            travel_document_expires_on: travel,
            lock_grounds: LockGrounds::from_bits(bits).unwrap(),
            has_eid,
            guardian: guardian.map(|admitted| Guardian { account: Uuid::nil(), admitted, relation: GuardianRelation::Guardian }),
        }
    }
}

fn any_attributes() -> impl Strategy<Value = BTreeSet<Attribute>> {
    prop::sample::subsequence(Attribute::ALL.to_vec(), 0..=Attribute::ALL.len()).prop_map(|list| list.into_iter().collect())
}

fn any_level() -> impl Strategy<Value = AuthenticationLevel> {
    prop::sample::select(AuthenticationLevel::ALL.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn whatever_is_locked_inactive_or_expired_is_never_admitted(facts in any_facts(), on in any_date()) {
        if admit(&facts, on).is_ok() {
            prop_assert!(facts.lock_grounds.is_empty());
            prop_assert_eq!(facts.state, AccountState::Active);
            prop_assert!(on >= date!(2024 - 07 - 01));
            match facts.kind {
                HolderKind::Citizen => prop_assert!(facts.card.is_some_and(|card| card.expires_on.is_none_or(|last| on <= last))),
                HolderKind::Foreigner => {
                    prop_assert!(facts.residence_expires_on.is_some_and(|last| on <= last));
                    prop_assert!(facts.travel_document_expires_on.is_some_and(|last| on <= last));
                }
            }
        }
    }

    #[test]
    fn another_lock_ground_never_opens_an_account(facts in any_facts(), bits in 1..32_u8, on in any_date()) {
        let more = LockGrounds::from_bits(facts.lock_grounds.bits() | bits).unwrap();
        let locked = Facts { lock_grounds: more, ..facts };
        prop_assert!(admit(&locked, on).is_err());
    }

    #[test]
    fn consent_is_asked_only_where_an_admitted_guardian_is_recorded(facts in any_facts(), on in any_date()) {
        if admit(&facts, on).is_ok_and(|admission| admission.needs_guardian_consent) {
            prop_assert!(facts.guardian.is_some_and(|guardian| guardian.admitted));
        }
    }

    #[test]
    fn nothing_is_released_without_admission_and_nothing_that_was_not_asked(
        facts in any_facts(), attributes in any_attributes(), authentication_level in any_level(), on in any_date()
    ) {
        let request = DisclosureRequest { attributes: &attributes, authentication_level };
        match (admit(&facts, on), disclose(&facts, &request, on)) {
            (Err(admission), Err(disclosure)) => prop_assert_eq!(admission, disclosure),
            (Ok(_), Ok(disclosure)) => {
                let both: BTreeSet<_> = disclosure.released.iter().chain(disclosure.withheld.keys()).copied().collect();
                prop_assert_eq!(disclosure.released.len() + disclosure.withheld.len(), attributes.len());
                prop_assert_eq!(&both, &attributes);
                for attribute in disclosure.released {
                    let rule = attribute.rule(on).unwrap();
                    prop_assert!(facts.account_level >= rule.account_level && authentication_level >= rule.authentication_level);
                    prop_assert!(attribute != Attribute::EidCard || (facts.has_eid && facts.lock_grounds.is_empty()));
                }
            }
            (admission, disclosure) => prop_assert!(false, "{:?} but {:?}", admission, disclosure),
        }
    }

    #[test]
    fn a_stronger_sign_in_releases_at_least_as_much(facts in any_facts(), attributes in any_attributes(), on in any_date()) {
        let released = |authentication_level| {
            disclose(&facts, &DisclosureRequest { attributes: &attributes, authentication_level }, on).map(|d| d.released).unwrap_or_default()
        };
        for pair in AuthenticationLevel::ALL.windows(2) {
            prop_assert!(released(pair[0]).is_subset(&released(pair[1])));
        }
    }

    #[test]
    fn only_a_missing_factor_is_cured_by_a_step_up(facts in any_facts(), attributes in any_attributes(), on in any_date()) {
        let at = |authentication_level| disclose(&facts, &DisclosureRequest { attributes: &attributes, authentication_level }, on);
        if let (Ok(weak), Ok(strong)) = (at(AuthenticationLevel::One), at(AuthenticationLevel::Four)) {
            for (attribute, withheld) in weak.withheld {
                let cured = matches!(withheld.reason, WithheldReason::AuthenticationLevelTooLow(_));
                prop_assert_eq!(strong.released.contains(&attribute), cured, "{:?}", withheld);
            }
        }
    }

    #[test]
    fn one_more_factor_never_lowers_the_level(factors in prop::collection::vec(prop::sample::select(Factor::ALL.to_vec()), 0..5), more in prop::sample::select(Factor::ALL.to_vec())) {
        let before = AuthenticationLevel::from_factors(&factors);
        let after = AuthenticationLevel::from_factors(&[factors.as_slice(), &[more]].concat());
        prop_assert!(after >= before);
    }

    #[test]
    fn no_text_makes_a_parser_panic(text in any::<String>()) {
        let _ = (CitizenId::parse(&text), PhoneNumber::parse(&text), text.parse::<PartialDate>(), text.parse::<Attribute>());
        let _ = (normalize(&text), search_fold(&text), account_policy::PersonName::from_full(&text));
        prop_assert!(same_name(&text, &text));
    }

    #[test]
    fn a_normalized_name_stays_as_it_is(text in "[A-Za-zÀ-ỹ '\\-.]{1,60}") {
        if let Ok(name) = normalize(&text) {
            prop_assert_eq!(normalize(&name), Ok(name.clone()));
            prop_assert!(same_name(&name, &text));
        }
    }

    #[test]
    fn a_citizen_number_never_shows_its_middle(number in "098[0-9]{9}") {
        let shown = format!("{0} {0:?}", CitizenId::parse(&number).unwrap());
        prop_assert!(!shown.contains(&number) && !shown.contains(&number[3..8]));
    }
}
