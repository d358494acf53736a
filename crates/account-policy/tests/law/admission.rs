//! Arts. 7, 14 and 15 of Decree 69/2024/NĐ-CP, Art. 34 of the Law on Identification.

use account_policy::{
    AccountLevel, AccountState, Admission, Facts, IdCard, LockGround, LockGrounds, PartialDate, RefusalCause, admit, end_of_day,
    legal_date, may_represent,
};
use time::Duration;
use time::macros::{date, datetime};

use crate::fixtures::{TODAY, adult, child, foreigner, guardian};

fn refused(facts: &Facts, on: time::Date) -> (RefusalCause, String) {
    let refusal = admit(facts, on).expect_err("refused");
    (refusal.cause, refusal.basis.to_string())
}

const ARTICLE_15: &str = "Nghị định 69/2024/NĐ-CP, Điều 15";

#[test]
fn an_adult_with_a_valid_card_is_admitted_at_both_levels_without_a_guardian() {
    for level in AccountLevel::ALL {
        assert_eq!(admit(&adult(level), TODAY), Ok(Admission { needs_guardian_consent: false }));
    }
}

#[test]
fn every_single_lock_ground_refuses_at_every_level() {
    for level in AccountLevel::ALL {
        for ground in LockGround::ALL {
            let grounds = LockGrounds::NONE.with(ground);
            assert_eq!(
                refused(&Facts { lock_grounds: grounds, ..adult(level) }, TODAY),
                (RefusalCause::EidLocked(grounds), ARTICLE_15.to_owned())
            );
            assert_eq!(refused(&Facts { lock_grounds: grounds, ..foreigner(level) }, TODAY).0, RefusalCause::AccountLocked(grounds));
        }
    }
}

#[test]
fn lifting_one_of_two_grounds_does_not_open_the_account() {
    let both = LockGrounds::NONE.with(LockGround::HolderRequest).with(LockGround::AuthorityRequest);
    let one = both.without(LockGround::HolderRequest);
    let facts = |lock_grounds| Facts { lock_grounds, ..adult(AccountLevel::Two) };
    assert_eq!(refused(&facts(one), TODAY).0, RefusalCause::EidLocked(one));
    assert!(admit(&facts(one.without(LockGround::AuthorityRequest)), TODAY).is_ok());
}

#[test]
fn death_is_never_lifted() {
    let dead = LockGrounds::NONE.with(LockGround::Death);
    assert_eq!(dead.without(LockGround::Death), dead);
}

#[test]
fn a_lock_is_named_before_anything_else_that_is_wrong() {
    let grounds = LockGrounds::NONE.with(LockGround::HolderRequest);
    let facts = Facts { lock_grounds: grounds, state: AccountState::Requested, card: None, guardian: None, ..child(AccountLevel::Two) };
    assert_eq!(refused(&facts, TODAY).0, RefusalCause::EidLocked(grounds));
}

#[test]
fn an_account_must_be_issued_and_activated() {
    let state = |state| Facts { state, ..adult(AccountLevel::Two) };
    assert_eq!(refused(&state(AccountState::Requested), TODAY), (RefusalCause::NotIssued, "Nghị định 69/2024/NĐ-CP, Điều 10".to_owned()));
    assert_eq!(
        refused(&state(AccountState::IssuedNotActivated), TODAY),
        (RefusalCause::NotActivated, "Nghị định 69/2024/NĐ-CP, Điều 14 khoản 1".to_owned())
    );
}

#[test]
fn a_card_is_valid_through_the_last_second_of_its_expiry_day_in_viet_nam() {
    let expiry = date!(2026 - 11 - 23);
    let facts = Facts { card: Some(IdCard { expires_on: Some(expiry) }), ..adult(AccountLevel::One) };
    let last_second = datetime!(2026-11-23 23:59:59 +7);
    assert_eq!(end_of_day(expiry), last_second);
    assert!(admit(&facts, legal_date(last_second)).is_ok());
    assert_eq!(refused(&facts, legal_date(last_second + Duration::SECOND)), (RefusalCause::CardExpired, ARTICLE_15.to_owned()));
    assert_eq!(legal_date(datetime!(2026-11-23 17:00:00 UTC)), date!(2026 - 11 - 24));
}

#[test]
fn a_card_without_time_limit_never_expires_and_a_missing_card_refuses() {
    let unlimited = Facts { card: Some(IdCard { expires_on: None }), ..adult(AccountLevel::Two) };
    assert!(admit(&unlimited, date!(2099 - 12 - 31)).is_ok());
    let none = Facts { card: None, ..adult(AccountLevel::Two) };
    assert_eq!(refused(&none, TODAY), (RefusalCause::CardMissing, "Nghị định 69/2024/NĐ-CP, Điều 7 khoản 1".to_owned()));
}

#[test]
fn a_foreigner_needs_a_valid_travel_document_and_residence() {
    let facts = foreigner(AccountLevel::Two);
    assert_eq!(admit(&facts, TODAY), Ok(Admission { needs_guardian_consent: false }));
    assert!(admit(&facts, date!(2027 - 06 - 30)).is_ok());
    assert_eq!(refused(&facts, date!(2027 - 07 - 01)), (RefusalCause::ResidenceExpired, ARTICLE_15.to_owned()));
    assert_eq!(refused(&facts, date!(2029 - 01 - 16)).0, RefusalCause::TravelDocumentExpired);
    let without = Facts { residence_expires_on: None, ..facts.clone() };
    assert_eq!(refused(&without, TODAY), (RefusalCause::ResidenceMissing, "Nghị định 69/2024/NĐ-CP, Điều 7 khoản 2".to_owned()));
    let without = Facts { travel_document_expires_on: None, ..facts };
    assert_eq!(refused(&without, TODAY).0, RefusalCause::TravelDocumentMissing);
}

#[test]
fn a_child_acts_only_with_a_guardian_who_may_act() {
    let basis = "Nghị định 69/2024/NĐ-CP, Điều 14 khoản 2".to_owned();
    for level in AccountLevel::ALL {
        let facts = child(level);
        assert_eq!(admit(&facts, TODAY), Ok(Admission { needs_guardian_consent: true }));
        assert_eq!(refused(&Facts { guardian: None, ..facts.clone() }, TODAY), (RefusalCause::GuardianMissing, basis.clone()));
        let locked_guardian = Facts { guardian: Some(guardian(false)), ..facts };
        assert_eq!(refused(&locked_guardian, TODAY), (RefusalCause::GuardianNotAdmitted, basis.clone()));
    }
}

#[test]
fn the_fourteenth_birthday_ends_the_guardians_part() {
    let facts = Facts { guardian: Some(guardian(false)), card: Some(IdCard { expires_on: None }), ..child(AccountLevel::Two) };
    assert_eq!(refused(&facts, date!(2030 - 03 - 08)).0, RefusalCause::GuardianNotAdmitted);
    assert_eq!(admit(&facts, date!(2030 - 03 - 09)), Ok(Admission { needs_guardian_consent: false }));
}

#[test]
fn level_two_begins_on_the_sixth_birthday() {
    let facts = child(AccountLevel::Two);
    assert_eq!(refused(&facts, date!(2022 - 03 - 09)), (RefusalCause::NotInForce, "Nghị định 69/2024/NĐ-CP, Điều 40 khoản 1".to_owned()));
    let young = Facts { birthdate: date!(2020 - 12 - 01).into(), ..facts };
    assert_eq!(refused(&young, date!(2026 - 11 - 30)), (RefusalCause::TooYoung, "Nghị định 69/2024/NĐ-CP, Điều 7 khoản 1".to_owned()));
    assert!(admit(&young, date!(2026 - 12 - 01)).is_ok());
    assert!(admit(&Facts { account_level: AccountLevel::One, ..young }, date!(2026 - 11 - 30)).is_ok());
}

#[test]
fn somebody_born_on_29_february_is_fourteen_on_1_march_of_a_common_year() {
    let facts = Facts { birthdate: date!(2012 - 02 - 29).into(), ..child(AccountLevel::One) };
    assert!(admit(&facts, date!(2026 - 02 - 28)).unwrap().needs_guardian_consent);
    assert!(!admit(&facts, date!(2026 - 03 - 01)).unwrap().needs_guardian_consent);
}

#[test]
fn a_birth_year_alone_counts_as_31_december() {
    let facts = Facts { birthdate: PartialDate::Year(2012), ..child(AccountLevel::One) };
    assert!(admit(&facts, date!(2026 - 12 - 30)).unwrap().needs_guardian_consent);
    assert!(!admit(&facts, date!(2026 - 12 - 31)).unwrap().needs_guardian_consent);
}

#[test]
fn nobody_is_admitted_on_a_day_before_the_decree() {
    assert_eq!(refused(&adult(AccountLevel::Two), date!(2024 - 06 - 30)).0, RefusalCause::NotInForce);
    assert!(admit(&adult(AccountLevel::Two), date!(2024 - 07 - 01)).is_ok());
}

#[test]
fn only_an_admitted_level_two_adult_may_represent_a_child() {
    assert_eq!(may_represent(&adult(AccountLevel::Two), TODAY), Ok(()));
    assert_eq!(may_represent(&foreigner(AccountLevel::Two), TODAY), Ok(()));
    let cause = |facts: &Facts| may_represent(facts, TODAY).unwrap_err().cause;
    assert_eq!(cause(&adult(AccountLevel::One)), RefusalCause::AccountLevelTooLow(AccountLevel::Two));
    assert_eq!(cause(&child(AccountLevel::Two)), RefusalCause::TooYoung);
    let grounds = LockGrounds::NONE.with(LockGround::HolderRequest);
    assert_eq!(cause(&Facts { lock_grounds: grounds, ..adult(AccountLevel::Two) }), RefusalCause::EidLocked(grounds));
}
