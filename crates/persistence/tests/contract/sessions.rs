//! Sessions survive a restart and nothing else.

use persistence::{Account, Renewal, Session};
use time::Duration;

use crate::world::{NOW, World, open};

contract!(
    a_session_survives_a_restart,
    a_session_dies_by_idleness_age_sign_out_and_epoch,
    a_renewed_session_has_a_new_secret_and_keeps_what_was_proven,
    an_ended_session_is_not_renewed,
    all_sessions_of_an_account_end_and_no_others,
);

const IDLE: Duration = Duration::minutes(15);

fn is_live(world: &World, session: &Session, after: Duration) -> bool {
    world.live_session(session.id, NOW + after, IDLE).is_some()
}

fn a_session_survives_a_restart(world: &World) {
    let session = world.session(world.citizen(1));
    assert_eq!(open(&world.url).read_blocking(|db| Session::find(db, session.id)).unwrap(), Some(session));
}

fn a_session_dies_by_idleness_age_sign_out_and_epoch(world: &World) {
    let account = world.citizen(1);
    let session = world.session(account);
    let id = session.id;
    assert!(is_live(world, &session, Duration::minutes(14)));
    assert!(!is_live(world, &session, IDLE));

    world.run(move |db| Session::touch(db, id, NOW + Duration::hours(8)));
    assert!(is_live(world, &session, Duration::hours(8) - Duration::SECOND));
    assert!(!is_live(world, &session, Duration::hours(8)));
    world.run(move |db| Session::touch(db, id, NOW));
    assert!(is_live(world, &session, Duration::hours(7)), "touching never moves back");

    world.run(move |db| Account::raise_epoch(db, account, NOW));
    assert!(!is_live(world, &session, Duration::ZERO));

    let ended = world.session(world.citizen(2));
    let id = ended.id;
    assert!(world.run(move |db| Session::end(db, id, NOW)));
    assert!(!world.run(move |db| Session::end(db, id, NOW)));
    assert!(!is_live(world, &ended, Duration::ZERO));
}

fn renewal() -> Renewal {
    Renewal { secret_hash: [9; 32], password_at: None, code_at: Some(NOW + Duration::MINUTE), guardian_code_at: None }
}

fn a_renewed_session_has_a_new_secret_and_keeps_what_was_proven(world: &World) {
    let session = world.session(world.citizen(1));
    let id = session.id;
    assert!(world.run(move |db| Session::renew(db, id, &renewal(), NOW + Duration::MINUTE)));
    let renewed = world.read(|db| Session::find(db, id)).unwrap();
    let expected = Session { secret_hash: [9; 32], last_seen_at: NOW + Duration::MINUTE, code_at: Some(NOW + Duration::MINUTE), ..session };
    assert_eq!(renewed, expected);
}

fn an_ended_session_is_not_renewed(world: &World) {
    let id = world.session(world.citizen(1)).id;
    world.run(move |db| Session::end(db, id, NOW));
    assert!(!world.run(move |db| Session::renew(db, id, &renewal(), NOW)));
    assert_eq!(world.read(|db| Session::find(db, id)).unwrap().secret_hash, [7; 32]);
}

fn all_sessions_of_an_account_end_and_no_others(world: &World) {
    let (one, other) = (world.citizen(1), world.citizen(2));
    let sessions = [world.session(one), world.session(one), world.session(other)];
    assert_eq!(world.run(move |db| Session::end_all_of(db, one, NOW)), 2);
    assert_eq!(sessions.each_ref().map(|session| is_live(world, session, Duration::ZERO)), [false, false, true]);
}
