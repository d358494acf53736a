//! Sessions: found while they live, renewed, touched, begun anew, ended; idle and absolute limits; the account's epoch.

use persistence::{Account, Renewal, Session};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use time::Duration;
use uuid::Uuid;

use super::{at, explore};
use crate::world::World;

contract!(a_session_behaves_as_its_model);

const IDLE: i64 = 900;
const LIFETIME: i64 = 28_800;

#[derive(Clone, Debug)]
enum Operation {
    /// The browser comes back.
    Touch,
    /// A factor is proven: a new secret.
    Renew { secret: u8, code: bool },
    /// The holder signs in again in the same browser.
    Restart { secret: u8 },
    /// Sign-out here.
    End,
    /// Sign-out everywhere.
    EndAll,
    /// A lock or a new password.
    RaiseEpoch,
    /// Time goes on, or back.
    Wait { seconds: i64 },
}

fn operations() -> impl Strategy<Value = Vec<Operation>> {
    let seconds = prop_oneof![4 => 0..600i64, 2 => Just(IDLE - 1), 2 => Just(IDLE), 1 => 3600..30_000i64, 1 => -1800..0i64];
    let operation = prop_oneof![
        4 => Just(Operation::Touch),
        3 => (1..9u8, any::<bool>()).prop_map(|(secret, code)| Operation::Renew { secret, code }),
        2 => (1..9u8).prop_map(|secret| Operation::Restart { secret }),
        1 => Just(Operation::End),
        1 => Just(Operation::EndAll),
        1 => Just(Operation::RaiseEpoch),
        5 => seconds.prop_map(|seconds| Operation::Wait { seconds }),
    ];
    prop::collection::vec(operation, 1..16)
}

/// What a session is, without a database.
#[derive(Clone, Debug)]
struct Model {
    secret: u8,
    epoch: i64,
    account_epoch: i64,
    seen: i64,
    expires: i64,
    password: i64,
    code: Option<i64>,
    ended: bool,
    now: i64,
}

impl Model {
    fn is_live(&self) -> bool {
        !self.ended && self.epoch == self.account_epoch && self.now < self.expires && self.now - self.seen < IDLE
    }
}

fn a_session_behaves_as_its_model(world: &World) {
    let serial = std::cell::Cell::new(1);
    explore(operations(), |operations| {
        let account = world.citizen(serial.replace(serial.get() + 1));
        let (session, other) = (world.session(account), world.session(world.citizen(serial.replace(serial.get() + 1))));
        let mut model =
            Model { secret: 7, epoch: 1, account_epoch: 1, seen: 0, expires: LIFETIME, password: 0, code: None, ended: false, now: 0 };
        for operation in operations {
            step(world, &session, &mut model, &operation)?;
            holds(world, &session, &model)?;
        }
        let stranger = world.read(|db| Session::find(db, other.id));
        prop_assert_eq!(stranger, Some(other), "another person's session is as it was");
        Ok(())
    });
}

fn step(world: &World, session: &Session, model: &mut Model, operation: &Operation) -> Result<(), TestCaseError> {
    let (id, account, now) = (session.id, session.account_id, at(model.now));
    match *operation {
        Operation::Wait { seconds } => model.now = (model.now + seconds).max(0),
        Operation::Touch => {
            world.run(move |db| Session::touch(db, id, now));
            model.seen = model.seen.max(model.now);
        }
        Operation::Renew { secret, code } => {
            let renewal = Renewal { secret_hash: [secret; 32], password_at: None, code_at: code.then_some(now), guardian_code_at: None };
            let renewed = world.run(move |db| Session::renew(db, id, &renewal, now));
            prop_assert_eq!(renewed, !model.ended, "renewed");
            if renewed {
                (model.secret, model.seen) = (secret, model.now);
                model.code = if code { Some(model.now) } else { model.code };
            }
        }
        Operation::Restart { secret } => {
            let anew = anew(session, model, secret);
            let restarted = world.run(move |db| anew.restart(db));
            prop_assert_eq!(restarted, !model.ended, "begun anew");
            if restarted {
                *model = Model {
                    secret,
                    epoch: model.account_epoch,
                    seen: model.now,
                    expires: model.now + LIFETIME,
                    password: model.now,
                    code: None,
                    ..*model
                };
            }
        }
        Operation::End => {
            prop_assert_eq!(world.run(move |db| Session::end(db, id, now)), !model.ended, "ended once");
            model.ended = true;
        }
        Operation::EndAll => {
            prop_assert_eq!(world.run(move |db| Session::end_all_of(db, account, now)), usize::from(!model.ended));
            model.ended = true;
        }
        Operation::RaiseEpoch => {
            world.run(move |db| Account::raise_epoch(db, account, now));
            model.account_epoch += 1;
        }
    }
    Ok(())
}

fn anew(session: &Session, model: &Model, secret: u8) -> Session {
    let now = at(model.now);
    Session {
        secret_hash: [secret; 32],
        epoch: model.account_epoch,
        last_seen_at: now,
        expires_at: now + Duration::seconds(LIFETIME),
        password_at: now,
        ..session.clone()
    }
}

/// After every step: live exactly when the model is, and of the model's secret, factors and limits.
fn holds(world: &World, session: &Session, model: &Model) -> Result<(), TestCaseError> {
    let (id, now): (Uuid, _) = (session.id, at(model.now));
    let live = world.live_session(id, now, Duration::seconds(IDLE));
    prop_assert_eq!(live.is_some(), model.is_live(), "{:?}", model);
    let stored = world.read(|db| Session::find(db, id)).unwrap();
    prop_assert_eq!(stored.secret_hash, [model.secret; 32]);
    prop_assert_eq!((stored.last_seen_at, stored.expires_at), (at(model.seen), at(model.expires)));
    prop_assert_eq!((stored.password_at, stored.code_at), (at(model.password), model.code.map(at)));
    prop_assert_eq!(stored.ended_at.is_some(), model.ended, "ended stays ended");
    Ok(())
}
