//! One closure is one transaction, whatever its neighbours do.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use diesel::prelude::*;
use persistence::schema::accounts;
use persistence::{Account, Db, Mode, NewHolder, QueryError, QueryResult, Store, StoreError, StoreOptions};

use crate::world::{NOW, World, race};

contract!(
    a_closure_that_fails_hurts_no_other_of_its_batch,
    a_closure_that_panics_is_rolled_back_and_hurts_no_other,
    a_closure_that_fails_leaves_nothing_behind,
    what_was_answered_is_seen_by_every_reader,
    async_closures_answer_as_blocking_ones_do,
);

fn insert(new: &NewHolder, world: &World) -> impl Fn(&mut Db) -> QueryResult<()> + Send + Clone + use<> {
    let account = Account {
        id: new.id,
        number_hash: world.keyring.number_hash(&new.person.citizen_id),
        kind: new.kind,
        level: new.level,
        state: new.state,
        password_hash: None,
        epoch: 1,
        lock_grounds: Default::default(),
        created_at: NOW,
        updated_at: NOW,
        password_changed_at: None,
    };
    move |db| account.insert(db)
}

fn a_closure_that_fails_hurts_no_other_of_its_batch(world: &World) {
    world.citizen(1000);
    let outcomes = race(|n| {
        let serial = if n % 4 == 3 { 1000 } else { u32::try_from(n).unwrap() };
        world.store.run_blocking(insert(&world.new_holder(serial), world))
    });
    for (n, outcome) in outcomes.iter().enumerate() {
        let taken =
            matches!(outcome, Err(StoreError::Database(QueryError::DatabaseError(diesel::result::DatabaseErrorKind::UniqueViolation, _))));
        assert_eq!(taken, n % 4 == 3, "{n}: {outcome:?}");
        assert_eq!(outcome.is_ok(), n % 4 != 3, "{n}: {outcome:?}");
    }
    assert_eq!(world.read(Account::count), 13);
}

fn a_closure_that_panics_is_rolled_back_and_hurts_no_other(world: &World) {
    let outcomes = race(|n| {
        let insert = insert(&world.new_holder(u32::try_from(n).unwrap()), world);
        world.store.run_blocking(move |db| {
            insert(db)?;
            assert!(n != 5, "on purpose");
            Ok(())
        })
    });
    for (n, outcome) in outcomes.iter().enumerate() {
        assert_eq!(matches!(outcome, Err(StoreError::Panicked)), n == 5, "{n}: {outcome:?}");
    }
    assert_eq!(world.read(Account::count), 15);
}

fn a_closure_that_fails_leaves_nothing_behind(world: &World) {
    let insert = insert(&world.new_holder(1), world);
    let outcome = world.store.run_blocking(move |db| -> QueryResult<()> {
        insert(db)?;
        Err(QueryError::RollbackTransaction)
    });
    assert!(matches!(outcome, Err(StoreError::Database(QueryError::RollbackTransaction))));
    assert_eq!(world.read(Account::count), 0);
}

fn what_was_answered_is_seen_by_every_reader(world: &World) {
    race(|n| {
        for round in 0..20 {
            let new = world.new_holder(u32::try_from(n * 100 + round).unwrap());
            world.store.run_blocking(insert(&new, world)).unwrap();
            assert!(world.read(|db| Account::find(db, new.id)).is_some());
        }
    });
    assert_eq!(world.read(Account::count), 320);
}

fn async_closures_answer_as_blocking_ones_do(world: &World) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    runtime.block_on(async {
        let new = world.new_holder(1);
        world.store.run(insert(&new, world)).await.unwrap();
        let id = new.id;
        assert!(world.store.read(move |db| Account::find(db, id)).await.unwrap().is_some());
        // Start-up code calls the blocking form inside a runtime.
        assert!(world.store.run_blocking(move |db| Account::raise_epoch(db, id, NOW)).unwrap());
    });
}

fn with(options: StoreOptions, world: &World) -> Store {
    Store::open(&world.url, Mode::Sandbox, options).unwrap()
}

#[test]
fn closures_of_a_moment_share_one_commit() {
    let world = World::sqlite();
    let (commits, closures) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (c, n) = (Arc::clone(&commits), Arc::clone(&closures));
    let on_commit = Arc::new(move |batch| {
        c.fetch_add(1, Ordering::Relaxed);
        n.fetch_add(batch, Ordering::Relaxed);
    });
    let store = with(StoreOptions { linger: Duration::from_millis(20), on_commit: Some(on_commit), ..StoreOptions::default() }, &world);
    race(|n| store.run_blocking(insert(&world.new_holder(u32::try_from(n).unwrap()), &world)).unwrap());
    assert_eq!(closures.load(Ordering::Relaxed), 16);
    assert!(commits.load(Ordering::Relaxed) <= 8, "{commits:?} commits for 16 closures");
    assert_eq!(store.queue_depth(), 0);
}

#[test]
fn a_batch_in_which_most_fail_keeps_the_others() {
    let world = World::sqlite();
    let store = with(StoreOptions { linger: Duration::from_millis(20), ..StoreOptions::default() }, &world);
    let outcomes = race(|n| {
        let insert = insert(&world.new_holder(u32::try_from(n).unwrap()), &world);
        store.run_blocking(move |db| {
            insert(db)?;
            if n < 12 { Err(QueryError::RollbackTransaction) } else { Ok(()) }
        })
    });
    assert!(outcomes.iter().enumerate().all(|(n, outcome)| outcome.is_ok() == (n >= 12)));
    assert_eq!(world.read(Account::count), 4);
}

#[test]
fn a_full_queue_refuses_and_does_nothing() {
    let world = World::sqlite();
    let store = with(StoreOptions { queue: 1, largest_batch: 1, ..StoreOptions::default() }, &world);
    let (entered, wait_entered) = std::sync::mpsc::sync_channel::<()>(1);
    let (release, released) = std::sync::mpsc::sync_channel::<()>(1);
    let released = std::sync::Mutex::new(released);
    std::thread::scope(|scope| {
        let blocker = scope.spawn({
            let store = store.clone();
            move || {
                store.run_blocking(move |_| {
                    entered.send(()).unwrap();
                    released.lock().unwrap().recv().unwrap();
                    Ok(())
                })
            }
        });
        wait_entered.recv().unwrap();
        let waiting = scope.spawn({
            let store = store.clone();
            move || store.run_blocking(|_| Ok(()))
        });
        while store.queue_depth() == 0 {
            std::thread::yield_now();
        }
        assert!(matches!(store.run_blocking(insert(&world.new_holder(1), &world)), Err(StoreError::Busy)));
        release.send(()).unwrap();
        blocker.join().unwrap().unwrap();
        waiting.join().unwrap().unwrap();
    });
    assert_eq!(world.read(Account::count), 0);
}

#[test]
fn a_reader_cannot_write_on_sqlite() {
    let world = World::sqlite();
    assert!(world.store.read_blocking(|db| diesel::delete(accounts::table).execute(db)).is_err());
}

#[test]
fn the_last_store_to_go_commits_what_is_queued() {
    let world = World::sqlite();
    let store = with(StoreOptions { linger: Duration::from_millis(50), ..StoreOptions::default() }, &world);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let task = runtime.spawn(store.run(insert(&world.new_holder(1), &world)));
    runtime.block_on(async { tokio::task::yield_now().await });
    drop(store);
    runtime.block_on(task).unwrap().unwrap();
    assert_eq!(world.read(Account::count), 1);
}

#[test]
fn foreign_keys_are_enforced_on_sqlite() {
    let world = World::sqlite();
    let stranger = world.id();
    let session = persistence::Session {
        id: world.id(),
        account_id: stranger,
        secret_hash: [0; 32],
        epoch: 1,
        created_at: NOW,
        last_seen_at: NOW,
        expires_at: NOW,
        password_at: NOW,
        code_at: None,
        guardian_code_at: None,
        ended_at: None,
    };
    assert!(world.store.run_blocking(move |db| session.insert(db)).is_err());
}
