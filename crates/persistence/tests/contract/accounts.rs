//! Accounts, holders and locks.

use account_policy::{GuardianRelation, HolderKind, LockGround, LockGrounds, PartialDate};
use persistence::{Account, EidLock, Holder, Insertion, LegacyAccounts, LockChange, PasswordOf};
use time::macros::date;
use time::{Date, Duration};
use uuid::Uuid;

use crate::world::{NOW, TODAY, World, number, person, race};

contract!(
    an_account_is_found_by_its_number_and_by_nothing_like_it,
    a_password_is_that_of_the_numbers_own_account_and_a_stand_in_is_the_next_one_with_a_password,
    stand_ins_are_what_the_stored_hashes_are,
    a_number_has_one_account_however_many_ask_at_once,
    a_holder_comes_back_as_it_was_inserted,
    a_childs_guardian_is_admitted_only_while_the_guardians_own_account_may_be_used,
    a_new_password_raises_the_epoch_and_a_rehash_does_not,
    every_lock_raises_the_epoch_and_each_ground_is_lifted_on_its_own,
    the_lock_for_death_is_never_lifted,
    locks_placed_at_once_are_all_kept,
    accounts_are_listed_page_by_page,
    an_old_account_is_found_by_either_number_of_its_own_portal,
);

fn account(world: &World, id: Uuid) -> Account {
    world.read(|db| Account::find(db, id)).unwrap()
}

fn holder(world: &World, id: Uuid, on: Date) -> Holder {
    world.read(|db| Holder::load(db, &world.keyring, id, on)).unwrap()
}

fn an_account_is_found_by_its_number_and_by_nothing_like_it(world: &World) {
    let id = world.citizen(1);
    let by_number = |n| world.read(|db| Account::find_by_number(db, &world.keyring.number_hash(&number(n))));
    assert_eq!(by_number(1).unwrap().id, id);
    assert!(by_number(2).is_none());
    assert!(world.read(|db| Account::find(db, Uuid::nil())).is_none());
}

fn insert(world: &World, serial: u32, password_hash: Option<&str>) -> Uuid {
    let (mut new, keyring) = (world.new_holder(serial), world.keyring.clone());
    new.password_hash = password_hash.map(str::to_owned);
    let id = new.id;
    assert_eq!(world.run(move |db| Holder::insert(db, &keyring, &new)), Insertion::Done);
    id
}

fn password_of(world: &World, serial: u32) -> PasswordOf {
    world.read(|db| PasswordOf::find(db, &world.keyring.number_hash(&number(serial))))
}

fn a_password_is_that_of_the_numbers_own_account_and_a_stand_in_is_the_next_one_with_a_password(world: &World) {
    assert_eq!(password_of(world, 1), PasswordOf::Nobody { stand_in: None }, "there is nobody at all");
    let mut next: Vec<_> = (0..100).map(|serial| (world.keyring.number_hash(&number(serial)).0, serial)).collect();
    next.sort_unstable();
    // In order of their hashes: 20 with a password, one, 70 without, and the rest are nobody's.
    let serial = |place: usize| next[place].1;
    let hash = |place: usize| format!("password {place}");
    let ids: Vec<_> = (0..20).map(|place| insert(world, serial(place), Some(&hash(place)))).collect();
    insert(world, serial(21), Some(""));
    for place in 22..92 {
        insert(world, serial(place), None);
    }
    insert(world, serial(92), Some(&hash(92)));
    for (place, id) in ids.iter().enumerate() {
        let PasswordOf::Account(account) = password_of(world, serial(place)) else { panic!("{place}") };
        assert_eq!((account.id, account.password_hash), (*id, Some(hash(place))));
    }
    let stand_in = |place| match password_of(world, serial(place)) {
        PasswordOf::Nobody { stand_in } => stand_in,
        PasswordOf::Account(account) => panic!("{account:?}"),
    };
    assert_eq!(stand_in(40), Some(hash(92)), "an account without a password has a stand-in, too");
    assert_eq!(stand_in(29), Some(hash(92)), "the 64th account from here");
    assert_eq!(stand_in(28), None, "the 65th is not looked for");
    assert_eq!((stand_in(20), stand_in(21)), (None, None));
    assert_eq!((stand_in(93), stand_in(99)), (None, None), "behind the last account");
}

/// A hundred accounts in three hundred have been imported with other parameters: so it is with the stand-ins of those who are nobody.
fn stand_ins_are_what_the_stored_hashes_are(world: &World) {
    let imported = |serial: u32| serial.is_multiple_of(3);
    for serial in 0..300 {
        insert(world, serial, Some(if imported(serial) { "imported" } else { "our own" }));
    }
    let stand_ins: Vec<_> = (1_000..4_000).map(|serial| password_of(world, serial)).collect();
    let share = |of: &str| {
        let those = stand_ins.iter().filter(|found| matches!(found, PasswordOf::Nobody { stand_in: Some(hash) } if hash == of)).count();
        those as f64 / stand_ins.len() as f64
    };
    assert!((share("imported") - 1.0 / 3.0).abs() < 0.12, "{}", share("imported"));
    assert!(share("imported") + share("our own") > 0.98);
    assert!((1_000..1_100).all(|serial| password_of(world, serial) == stand_ins[serial as usize - 1_000]), "always the same one");
}

fn a_number_has_one_account_however_many_ask_at_once(world: &World) {
    let outcomes = race(|_| {
        let (new, keyring) = (world.new_holder(1), world.keyring.clone());
        world.run(move |db| Holder::insert(db, &keyring, &new))
    });
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Insertion::Done).count(), 1);
    assert_eq!(world.read(Account::count), 1);
}

fn a_holder_comes_back_as_it_was_inserted(world: &World) {
    let id = world.citizen(1);
    let holder = holder(world, id, TODAY);
    assert!(*holder.person == person(1));
    assert_eq!((holder.facts.kind, holder.facts.has_eid, holder.facts.guardian), (HolderKind::Citizen, true, None));
    assert_eq!(holder.facts.card.unwrap().expires_on, Some(date!(2030 - 01 - 02)));
    assert!(!format!("{holder:?}").contains("Nguyễn") && !format!("{holder:?}").contains(number(1).as_str()));

    let mut moved = person(1);
    moved.place_of_origin = Some("Huế".into());
    let (keyring, stored) = (world.keyring.clone(), moved.clone());
    assert!(world.run(move |db| Holder::update_person(db, &keyring, id, &stored, NOW)));
    assert!(*self::holder(world, id, TODAY).person == moved);
}

fn a_childs_guardian_is_admitted_only_while_the_guardians_own_account_may_be_used(world: &World) {
    let guardian = world.citizen(1);
    let mut child = world.new_holder(2);
    child.person.birthdate = PartialDate::Full(date!(2016 - 05 - 05));
    child.guardian = Some((guardian, GuardianRelation::Parent));
    let (id, keyring) = (child.id, world.keyring.clone());
    world.run(move |db| Holder::insert(db, &keyring, &child));

    let admitted = |on| holder(world, id, on).facts.guardian.unwrap().admitted;
    assert!(admitted(TODAY));
    assert!(*holder(world, id, TODAY).guardian.unwrap() == person(1));
    assert!(!admitted(date!(2030 - 02 - 01)), "the guardian's card has expired");
    lock(world, guardian, LockGround::HolderRequest);
    assert!(!admitted(TODAY), "the guardian's card is locked");
}

fn a_new_password_raises_the_epoch_and_a_rehash_does_not(world: &World) {
    let id = world.citizen(1);
    let before = account(world, id);
    let old = before.password_hash.clone().unwrap();
    assert!(world.run(move |db| Account::rehash_password(db, id, &old, "new parameters", NOW)));
    assert_eq!(account(world, id).epoch, before.epoch);
    assert!(!world.run(move |db| Account::rehash_password(db, id, "not this one", "x", NOW)));

    assert!(world.run(move |db| Account::set_password(db, id, "chosen", NOW + Duration::HOUR)));
    let after = account(world, id);
    assert_eq!((after.epoch, after.password_hash.as_deref()), (before.epoch + 1, Some("chosen")));
    assert_eq!(after.password_changed_at, Some(NOW + Duration::HOUR));
    assert!(world.run(move |db| Account::raise_epoch(db, id, NOW)));
    assert!(!world.run(|db| Account::raise_epoch(db, Uuid::nil(), NOW)));
    assert_eq!(account(world, id).epoch, before.epoch + 2);
}

fn lock(world: &World, account_id: Uuid, ground: LockGround) -> LockChange {
    let lock = EidLock { id: world.id(), account_id, ground, placed_at: NOW, placed_by: "test".into(), lifted_at: None, lifted_by: None };
    world.run(move |db| EidLock::place(db, &lock))
}

fn every_lock_raises_the_epoch_and_each_ground_is_lifted_on_its_own(world: &World) {
    let id = world.citizen(1);
    assert_eq!(lock(world, id, LockGround::HolderRequest), LockChange::Done);
    assert_eq!(lock(world, id, LockGround::TermsBreach), LockChange::Done);
    assert_eq!(lock(world, id, LockGround::TermsBreach), LockChange::Unchanged);
    assert_eq!(account(world, id).epoch, 3);

    let lift = |ground| world.run(move |db| EidLock::lift(db, id, ground, "officer", NOW));
    assert_eq!(lift(LockGround::HolderRequest), LockChange::Done);
    assert_eq!(lift(LockGround::HolderRequest), LockChange::Unchanged);
    assert_eq!(account(world, id).lock_grounds, LockGrounds::NONE.with(LockGround::TermsBreach));
    assert_eq!(account(world, id).epoch, 3);

    assert_eq!(lock(world, id, LockGround::HolderRequest), LockChange::Done, "a ground can stand again");
    let history = world.read(|db| EidLock::list(db, id));
    assert_eq!(history.iter().filter(|lock| lock.lifted_at.is_some()).count(), 1);
    assert_eq!(history.len(), 3);
    assert_eq!(lock(world, Uuid::nil(), LockGround::Death), LockChange::NoAccount);
}

fn the_lock_for_death_is_never_lifted(world: &World) {
    let id = world.citizen(1);
    lock(world, id, LockGround::Death);
    assert_eq!(world.run(move |db| EidLock::lift(db, id, LockGround::Death, "officer", NOW)), LockChange::NotLiftable);
    assert!(account(world, id).lock_grounds.contains(LockGround::Death));
}

fn locks_placed_at_once_are_all_kept(world: &World) {
    let id = world.citizen(1);
    let outcomes = race(|n| lock(world, id, LockGround::ALL[n % LockGround::ALL.len()]));
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == LockChange::Done).count(), LockGround::ALL.len());
    assert_eq!(account(world, id).lock_grounds, LockGround::ALL.into_iter().collect::<LockGrounds>());
    assert_eq!(account(world, id).epoch, 1 + i64::try_from(LockGround::ALL.len()).unwrap());
}

fn accounts_are_listed_page_by_page(world: &World) {
    let ids: Vec<_> = (0..5).map(|n| world.citizen(n)).collect();
    let first = world.read(|db| Account::list(db, None, 3));
    let second = world.read(|db| Account::list(db, Some(first[2].id), 3));
    assert_eq!(first.iter().chain(&second).map(|account| account.id).collect::<Vec<_>>(), ids);
}

fn an_old_account_is_found_by_either_number_of_its_own_portal(world: &World) {
    let old = |portal: &str, id: &str, citizen_id: Option<u32>, old_id_number: Option<&str>| legacy_link::LegacyAccount {
        portal: portal.into(),
        legacy_id: id.into(),
        citizen_id: citizen_id.map(number),
        old_id_number: old_id_number.map(Into::into),
        name: "Nguyễn Văn An".into(),
        birthdate: None,
    };
    let accounts = [
        old("a", "1", Some(1), None),
        old("a", "2", None, Some("000000001")),
        old("a", "3", Some(2), None),
        old("a", "4", None, None),
        old("b", "5", Some(1), None),
    ];
    let (keyring, stored) = (world.keyring.clone(), accounts.clone());
    for _twice in 0..2 {
        let (keyring, stored) = (keyring.clone(), stored.clone());
        world.run(move |db| stored.iter().try_for_each(|account| LegacyAccounts::upsert(db, &keyring, account, NOW)));
    }
    assert_eq!(world.read(|db| LegacyAccounts::find(db, &keyring, "a", &person(1))), accounts[..2]);
    let mut without = person(1);
    without.old_id_number = None;
    assert_eq!(world.read(|db| LegacyAccounts::find(db, &keyring, "a", &without)), accounts[..1]);
}
