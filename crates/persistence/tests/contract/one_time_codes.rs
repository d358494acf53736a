//! One-time codes: used once, tried five times, counted for a day.

use persistence::{CodeLimits, Issue, NewCode, OneTimeCode, Verdict};
use time::Duration;
use uuid::Uuid;

use crate::world::{NOW, World, open, race};

contract!(
    a_right_code_is_correct_once,
    of_sixteen_checks_at_once_exactly_one_is_correct,
    of_sixteen_guesses_at_once_five_are_tried,
    five_wrong_tries_void_a_code_though_the_day_allows_more,
    a_code_is_good_for_its_own_purpose_and_account_only,
    a_late_code_is_expired,
    a_code_asked_for_again_too_soon_is_not_issued,
    a_clock_that_was_set_back_keeps_nobody_from_a_new_code,
    codes_and_failures_of_a_day_are_limited_and_a_restart_forgets_none,
    a_new_code_has_its_own_tries_and_the_old_one_is_gone,
    a_withdrawn_code_is_gone,
);

const LIMITS: CodeLimits = CodeLimits { tries: 5, resend_after: Duration::seconds(30), sends: 4, failures: 12, window: Duration::DAY };

fn issue(world: &World, account_id: Uuid, code: u8, after: Duration) -> Issue {
    let new = NewCode { account_id, purpose: "sign-in".into(), code_hash: [code; 32], expires_at: NOW + after + Duration::minutes(3) };
    world.run(move |db| OneTimeCode::issue(db, &new, &LIMITS, NOW + after))
}

fn check(world: &World, account: Uuid, code: u8, after: Duration) -> Verdict {
    world.run(move |db| OneTimeCode::check(db, account, "sign-in", &[code; 32], &LIMITS, NOW + after))
}

fn a_right_code_is_correct_once(world: &World) {
    let account = world.citizen(1);
    assert_eq!(check(world, account, 1, Duration::ZERO), Verdict::NoneIssued);
    assert_eq!(issue(world, account, 1, Duration::ZERO), Issue::Issued);
    assert_eq!(check(world, account, 2, Duration::ZERO), Verdict::Wrong { tries_left: 4 });
    assert_eq!(check(world, account, 1, Duration::ZERO), Verdict::Correct);
    assert_eq!(check(world, account, 1, Duration::ZERO), Verdict::NoneIssued);
}

fn of_sixteen_checks_at_once_exactly_one_is_correct(world: &World) {
    let account = world.citizen(1);
    issue(world, account, 1, Duration::ZERO);
    let verdicts = race(|_| check(world, account, 1, Duration::ZERO));
    assert_eq!(verdicts.iter().filter(|verdict| **verdict == Verdict::Correct).count(), 1);
    assert_eq!(verdicts.iter().filter(|verdict| **verdict == Verdict::NoneIssued).count(), 15);
}

fn of_sixteen_guesses_at_once_five_are_tried(world: &World) {
    let account = world.citizen(1);
    issue(world, account, 1, Duration::ZERO);
    let verdicts = race(|n| check(world, account, u8::try_from(n).unwrap() + 2, Duration::ZERO));
    assert_eq!(verdicts.iter().filter(|verdict| matches!(verdict, Verdict::Wrong { .. })).count(), 4);
    assert_eq!(verdicts.iter().filter(|verdict| **verdict == Verdict::Exhausted).count(), 12);
    assert_eq!(check(world, account, 1, Duration::ZERO), Verdict::Exhausted, "the right one comes too late");
}

fn five_wrong_tries_void_a_code_though_the_day_allows_more(world: &World) {
    let account = world.citizen(1);
    issue(world, account, 1, Duration::ZERO);
    for guess in 2..7 {
        assert_ne!(check(world, account, guess, Duration::ZERO), Verdict::Correct);
    }
    assert_eq!(check(world, account, 1, Duration::ZERO), Verdict::Exhausted);
}

fn a_code_is_good_for_its_own_purpose_and_account_only(world: &World) {
    let (account, other) = (world.citizen(1), world.citizen(2));
    issue(world, account, 1, Duration::ZERO);
    assert_eq!(check(world, other, 1, Duration::ZERO), Verdict::NoneIssued);
    let recovery = world.run(move |db| OneTimeCode::check(db, account, "recovery", &[1; 32], &LIMITS, NOW));
    assert_eq!(recovery, Verdict::NoneIssued);
}

fn a_late_code_is_expired(world: &World) {
    let account = world.citizen(1);
    issue(world, account, 1, Duration::ZERO);
    assert_eq!(check(world, account, 1, Duration::minutes(3)), Verdict::Expired);
}

fn a_code_asked_for_again_too_soon_is_not_issued(world: &World) {
    let account = world.citizen(1);
    issue(world, account, 1, Duration::ZERO);
    assert_eq!(issue(world, account, 2, Duration::seconds(10)), Issue::TooSoon { after: Duration::seconds(20) });
    assert_eq!(check(world, account, 1, Duration::seconds(10)), Verdict::Correct);
    assert_eq!(issue(world, account, 2, Duration::seconds(30)), Issue::Issued);
}

fn a_clock_that_was_set_back_keeps_nobody_from_a_new_code(world: &World) {
    let account = world.citizen(1);
    issue(world, account, 1, Duration::ZERO);
    assert_eq!(issue(world, account, 2, -Duration::HOUR), Issue::Issued);
    assert!(matches!(issue(world, account, 3, -Duration::HOUR), Issue::TooSoon { .. }), "it went back once");
    assert!(matches!(issue(world, account, 3, -Duration::HOUR - Duration::SECOND), Issue::TooSoon { .. }), "a correction is no jump");
}

fn codes_and_failures_of_a_day_are_limited_and_a_restart_forgets_none(world: &World) {
    let account = world.citizen(1);
    for minute in 0..4 {
        assert_eq!(issue(world, account, 1, Duration::minutes(minute)), Issue::Issued);
    }
    let again = NewCode { account_id: account, purpose: "sign-in".into(), code_hash: [1; 32], expires_at: NOW + Duration::HOUR };
    let restarted = open(&world.url).run_blocking(move |db| OneTimeCode::issue(db, &again, &LIMITS, NOW + Duration::minutes(10))).unwrap();
    assert_eq!(restarted, Issue::TooMany { after: Duration::DAY - Duration::minutes(10) });
    assert_eq!(issue(world, account, 1, Duration::DAY), Issue::Issued, "a new window");

    let guessed = world.citizen(2);
    for round in 0..3_i64 {
        issue(world, guessed, 1, Duration::minutes(round));
        for _try in 0..4 {
            check(world, guessed, 9, Duration::minutes(round));
        }
    }
    assert_eq!(check(world, guessed, 1, Duration::minutes(2)), Verdict::Exhausted, "12 failures in a day");
    assert!(matches!(issue(world, guessed, 1, Duration::minutes(5)), Issue::TooMany { .. }));
}

fn a_new_code_has_its_own_tries_and_the_old_one_is_gone(world: &World) {
    let account = world.citizen(1);
    issue(world, account, 1, Duration::ZERO);
    for _try in 0..5 {
        check(world, account, 9, Duration::ZERO);
    }
    issue(world, account, 2, Duration::minutes(1));
    assert_eq!(check(world, account, 1, Duration::minutes(1)), Verdict::Wrong { tries_left: 4 });
    assert_eq!(check(world, account, 2, Duration::minutes(1)), Verdict::Correct);
}

fn a_withdrawn_code_is_gone(world: &World) {
    let account = world.citizen(1);
    issue(world, account, 1, Duration::ZERO);
    world.run(move |db| OneTimeCode::withdraw(db, account, "sign-in"));
    assert_eq!(check(world, account, 1, Duration::ZERO), Verdict::NoneIssued);
}
