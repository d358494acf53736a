//! Refresh-token families: rotate, retry, reuse, revoke, expiry.

use std::cell::Cell;

use persistence::{Family, Grant, LiveGrant, Rotated, UsageKind, UsageRecord};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use time::Duration;
use uuid::Uuid;

use super::{at, explore};
use crate::world::{CLIENT, NOW, World, race};

contract!(a_family_behaves_as_its_model, of_simultaneous_refreshes_in_any_state_one_moves_on_or_none);

const WINDOW: i64 = 10;
const LIFETIME: i64 = 600;

#[derive(Clone, Debug)]
enum Operation {
    /// Presents the token that is so many older than the current one.
    Present { older: u32 },
    /// Presents a token that was never issued.
    PresentFuture { newer: u32 },
    /// Another client presents the current token.
    PresentAsStranger,
    /// The portal revokes the grant.
    Revoke,
    /// Time goes on, or back.
    Wait { seconds: i64 },
}

fn operations() -> impl Strategy<Value = Vec<Operation>> {
    let operation = prop_oneof![
        6 => prop_oneof![3 => Just(0), 3 => Just(1u32), 1 => 2..4u32].prop_map(|older| Operation::Present { older }),
        1 => (1..3u32).prop_map(|newer| Operation::PresentFuture { newer }),
        1 => Just(Operation::PresentAsStranger),
        1 => Just(Operation::Revoke),
        4 => prop_oneof![4 => 0..12i64, 2 => Just(WINDOW), 1 => 100..700i64, 1 => -20..0i64].prop_map(|seconds| Operation::Wait { seconds }),
    ];
    prop::collection::vec(operation, 1..16)
}

/// What a family is, without a database.
struct Model {
    counter: u32,
    rotated_at: i64,
    dead: bool,
    now: i64,
}

#[derive(Clone, Debug, PartialEq)]
enum Outcome {
    Next(u32),
    Retry(u32),
    Reuse,
    Dead,
}

impl Model {
    fn present(&mut self, counter: u32) -> Outcome {
        if self.dead || self.now >= LIFETIME {
            return Outcome::Dead;
        }
        if counter == self.counter {
            self.counter += 1;
            self.rotated_at = self.now;
            return Outcome::Next(self.counter);
        }
        if counter + 1 == self.counter && (self.now - self.rotated_at).abs() <= WINDOW {
            return Outcome::Retry(self.counter);
        }
        self.dead = true;
        Outcome::Reuse
    }
}

/// A family of a citizen of its own.
struct Real<'a> {
    world: &'a World,
    grant: Grant,
}

impl<'a> Real<'a> {
    fn begin(world: &'a World, account: Uuid) -> Self {
        let session = world.session(account);
        let grant = Grant { expires_at: at(LIFETIME), ..world.grant(account, session.id, "openid offline_access") };
        let family = Family { expires_at: at(LIFETIME), ..world.family(&grant) };
        let (inserted, usage) = (grant.clone(), world.usage(&grant, UsageKind::Code));
        world.run(move |db| Grant::redeem(db, &inserted, Some(&family), &usage));
        Self { world, grant }
    }

    fn present(&self, counter: u32, now: i64, client: &str) -> Outcome {
        let (id, usage) =
            (self.grant.id, UsageRecord { client_id: client.to_owned(), ..self.world.usage(&self.grant, UsageKind::Refresh) });
        let rotated = self.world.run(move |db| Family::rotate(db, id, counter, at(now), Duration::seconds(WINDOW), &usage));
        match rotated {
            Rotated::Next(counter, _) => Outcome::Next(counter),
            Rotated::Retry(counter, _) => Outcome::Retry(counter),
            Rotated::Reuse => Outcome::Reuse,
            Rotated::Dead => Outcome::Dead,
        }
    }

    /// Refreshes that were answered with a token.
    fn recorded(&self) -> usize {
        let all = self.world.read(|db| UsageRecord::list(db, self.grant.account_id, None, 1000));
        all.iter().filter(|record| record.grant_id == self.grant.id && record.kind == UsageKind::Refresh).count()
    }
}

fn a_family_behaves_as_its_model(world: &World) {
    let account = world.citizen(1);
    explore(operations(), |operations| {
        let real = Real::begin(world, account);
        let mut model = Model { counter: 0, rotated_at: 0, dead: false, now: 0 };
        let answered = Cell::new(0);
        for operation in operations {
            step(&real, &mut model, &operation, &answered)?;
            holds(&real, &model, answered.get())?;
        }
        Ok(())
    });
}

fn step(real: &Real<'_>, model: &mut Model, operation: &Operation, answered: &Cell<usize>) -> Result<(), TestCaseError> {
    let presented = match *operation {
        Operation::Wait { seconds } => {
            model.now = (model.now + seconds).max(0);
            return Ok(());
        }
        Operation::Revoke => {
            let (id, now) = (real.grant.id, at(model.now));
            let changed = real.world.run(move |db| Grant::revoke(db, id, CLIENT, None, now));
            prop_assert_eq!(changed, !model.dead, "a revocation changes something once");
            model.dead = true;
            return Ok(());
        }
        Operation::PresentAsStranger => {
            prop_assert_eq!(real.present(model.counter, model.now, "portal-b"), Outcome::Dead);
            return Ok(());
        }
        Operation::Present { older } => model.counter.saturating_sub(older),
        Operation::PresentFuture { newer } => model.counter + newer,
    };
    let expected = model.present(presented);
    prop_assert_eq!(real.present(presented, model.now, CLIENT), expected.clone(), "token {} at {}", presented, model.now);
    answered.set(answered.get() + usize::from(matches!(expected, Outcome::Next(_) | Outcome::Retry(_))));
    Ok(())
}

/// After every step: the counter is the model's and never went back, dead stays dead, and there is a usage record for every answered token.
fn holds(real: &Real<'_>, model: &Model, answered: usize) -> Result<(), TestCaseError> {
    let family = real.world.read(|db| Family::find(db, real.grant.id));
    prop_assert_eq!(family.map(|family| family.counter), Some(model.counter));
    let live = real.world.read(|db| LiveGrant::find(db, real.grant.id, at(model.now))).is_some();
    prop_assert_eq!(live, !model.dead && model.now < LIFETIME, "the grant lives exactly as long as its family");
    prop_assert_eq!(real.recorded(), answered, "usage records");
    Ok(())
}

/// Whatever came before, sixteen refreshes with one token at one moment move the counter by one at most, and all that are answered get the
/// same token.
fn of_simultaneous_refreshes_in_any_state_one_moves_on_or_none(world: &World) {
    let account = world.citizen(1);
    for (rotations, older) in [(0, 0), (1, 0), (1, 1), (2, 1), (3, 2), (3, 0)] {
        let real = Real::begin(world, account);
        for counter in 0..rotations {
            assert_eq!(real.present(counter, 0, CLIENT), Outcome::Next(counter + 1));
        }
        let presented = rotations - older;
        let outcomes = race(|_| real.present(presented, 5, CLIENT));
        let answered: Vec<_> = outcomes
            .iter()
            .filter_map(|outcome| match outcome {
                Outcome::Next(counter) | Outcome::Retry(counter) => Some(*counter),
                _ => None,
            })
            .collect();
        assert!(answered.windows(2).all(|pair| pair[0] == pair[1]), "{outcomes:?}");
        let family = world.read(|db| Family::find(db, real.grant.id)).unwrap();
        match older {
            0 => assert_eq!((answered.len(), family.counter), (16, rotations + 1)),
            1 => assert_eq!((answered.len(), family.counter), (16, rotations)),
            _ => {
                assert_eq!(outcomes.iter().filter(|outcome| **outcome == Outcome::Reuse).count(), 1, "{outcomes:?}");
                assert!(world.read(|db| LiveGrant::find(db, real.grant.id, NOW)).is_none());
            }
        }
    }
}
