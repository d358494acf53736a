//! Linking, told as sentences.

#![allow(clippy::unwrap_used, reason = "fixtures are known to be well-formed")]

use account_policy::{CitizenId, Documents, Gender, PartialDate, Person, PersonName};
use legacy_link::{Evidence, LegacyAccount, LinkOutcome, Reason, match_accounts};
use proptest::prelude::*;
use time::macros::{date, datetime};

fn citizen() -> Person {
    Person {
        citizen_id: CitizenId::parse("098090000001").unwrap(),
        old_id_number: Some("098765432".into()),
        name: PersonName::from_full("Nguyễn Văn Hòa").unwrap(),
        birthdate: date!(1990 - 05 - 17).into(),
        gender: Gender::Male,
        nationality: "VN".into(),
        phone: None,
        phone_verified: false,
        email: None,
        email_verified: false,
        permanent_residence: None,
        temporary_residence: None,
        current_residence: None,
        household: None,
        place_of_birth: None,
        place_of_birth_registration: None,
        place_of_origin: None,
        ethnicity: None,
        religion: None,
        card: None,
        eid: None,
        documents: Documents::default(),
        foreigner: None,
        organizations: Vec::new(),
        locale: "vi-VN".into(),
        updated_at: datetime!(2026-01-01 00:00 UTC),
    }
}

fn account(legacy_id: &str) -> LegacyAccount {
    LegacyAccount {
        portal: "demo-national-portal".into(),
        legacy_id: legacy_id.into(),
        citizen_id: Some(CitizenId::parse("098090000001").unwrap()),
        old_id_number: None,
        name: "NGUYỄN VĂN HOÀ".into(),
        birthdate: Some(PartialDate::Year(1990)),
    }
}

fn reasons(outcome: LinkOutcome) -> Vec<(String, Reason)> {
    match outcome {
        LinkOutcome::Conflict(list) => list.into_iter().map(|c| (c.legacy_id, c.reason)).collect(),
        other => panic!("no conflict but {other:?}"),
    }
}

#[test]
fn the_same_number_name_and_birth_year_link_the_account() {
    let outcome = match_accounts(&citizen(), &[account("a")]);
    assert_eq!(outcome, LinkOutcome::Linked { legacy_id: "a".into(), evidence: Evidence::CitizenId });
}

#[test]
fn an_account_that_knows_only_the_old_number_is_linked_by_it() {
    let old = LegacyAccount { citizen_id: None, old_id_number: Some("098765432".into()), ..account("a") };
    assert_eq!(match_accounts(&citizen(), &[old]), LinkOutcome::Linked { legacy_id: "a".into(), evidence: Evidence::OldIdNumber });
}

#[test]
fn two_accounts_with_the_number_are_a_conflict_that_names_both() {
    let both = reasons(match_accounts(&citizen(), &[account("a"), account("b")]));
    assert_eq!(both, [("a".into(), Reason::SeveralAccounts), ("b".into(), Reason::SeveralAccounts)]);
}

#[test]
fn the_old_number_beside_another_citizens_number_is_a_conflict() {
    let foreign = LegacyAccount {
        citizen_id: Some(CitizenId::parse("098190000009").unwrap()),
        old_id_number: Some("098765432".into()),
        ..account("a")
    };
    assert_eq!(reasons(match_accounts(&citizen(), &[foreign])), [("a".into(), Reason::OtherCitizenId)]);
}

#[test]
fn another_name_is_a_conflict_and_a_name_without_marks_is_no_proof() {
    let other = LegacyAccount { name: "Trần Văn Hòa".into(), ..account("a") };
    let bare = LegacyAccount { name: "Nguyen Van Hoa".into(), ..account("b") };
    assert_eq!(reasons(match_accounts(&citizen(), &[other])), [("a".into(), Reason::NameDiffers)]);
    assert_eq!(reasons(match_accounts(&citizen(), &[bare])), [("b".into(), Reason::NameDiffersInMarks)]);
}

#[test]
fn another_birth_date_is_a_conflict_even_in_the_same_year() {
    let other = LegacyAccount { birthdate: Some(date!(1990 - 05 - 18).into()), ..account("a") };
    assert_eq!(reasons(match_accounts(&citizen(), &[other])), [("a".into(), Reason::BirthdateDiffers)]);
    let unknown = LegacyAccount { birthdate: None, ..account("a") };
    assert!(matches!(match_accounts(&citizen(), &[unknown]), LinkOutcome::Linked { .. }));
}

#[test]
fn one_account_that_fits_beside_one_that_contradicts_is_not_linked_silently() {
    let other = LegacyAccount { name: "Trần Văn Hòa".into(), ..account("b") };
    let found = reasons(match_accounts(&citizen(), &[account("a"), other]));
    assert_eq!(found, [("b".into(), Reason::NameDiffers), ("a".into(), Reason::SeveralAccounts)]);
}

#[test]
fn nobody_elses_account_is_ever_touched() {
    let foreign = LegacyAccount { citizen_id: Some(CitizenId::parse("098190000009").unwrap()), ..account("a") };
    let nameless = LegacyAccount { citizen_id: None, old_id_number: None, ..account("b") };
    assert_eq!(match_accounts(&citizen(), &[foreign, nameless]), LinkOutcome::None);
    assert_eq!(match_accounts(&citizen(), &[]), LinkOutcome::None);
}

#[test]
fn debug_of_an_account_prints_no_personal_data() {
    let text = format!("{:?}", account("a"));
    assert!(!text.contains("098090000001") && !text.contains("NGUYỄN") && !text.contains("1990"), "{text}");
}

proptest! {
    #[test]
    fn an_account_is_linked_only_with_equal_numbers_and_an_equal_name(number in "098[0-9]{9}", name in "(Nguyễn|Trần) Văn (Hòa|An)") {
        let candidate = LegacyAccount { citizen_id: Some(CitizenId::parse(&number).unwrap()), name: name.clone(), ..account("a") };
        if let LinkOutcome::Linked { .. } = match_accounts(&citizen(), &[candidate]) {
            prop_assert_eq!(number, "098090000001");
            prop_assert_eq!(name, "Nguyễn Văn Hòa");
        }
    }
}
