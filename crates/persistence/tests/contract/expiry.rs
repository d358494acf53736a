//! What leaves when (`docs/retention.md`).

use persistence::{
    Channel, CodeLimits, Expiring, Family, Grant, Message, MessageBody, NewCode, OneTimeCode, Session, UsageKind, UsageRecord,
};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use crate::world::{NOW, Purged, World, number, purge};

contract!(
    what_has_expired_leaves_and_the_history_stays,
    the_history_of_use_stays_five_years,
    a_purge_takes_no_more_than_it_is_allowed,
    a_kind_leaves_in_bounded_batches_and_a_grant_counts_for_its_family,
);

fn purge_at(world: &World, at: OffsetDateTime, limit: i64) -> Purged {
    world.run(move |db| purge(db, at, limit))
}

fn what_has_expired_leaves_and_the_history_stays(world: &World) {
    let account = world.citizen(1);
    let session = world.session(account);
    let grant = world.grant(account, session.id, "openid offline_access");
    let (family, usage, redeemed) = (world.family(&grant), world.usage(&grant, UsageKind::Code), grant.clone());
    let code = NewCode { account_id: account, purpose: "sign-in".into(), code_hash: [1; 32], expires_at: NOW };
    let message = Message {
        id: world.id(),
        channel: Channel::Email,
        body: MessageBody { to: "a@example.org".into(), subject: None, text: "x".into(), code: None },
        number_hash: world.keyring.number_hash(&number(1)),
        created_at: NOW,
        expires_at: NOW,
        attempts: 0,
        delivered_at: None,
    };
    let keyring = world.keyring.clone();
    world.run(move |db| {
        Grant::redeem(db, &redeemed, Some(&family), &usage)?;
        OneTimeCode::issue(db, &code, &CodeLimits::default(), NOW)?;
        message.insert(db, &keyring)
    });

    assert_eq!(purge_at(world, NOW + Duration::hours(23), 100), Purged::default());
    let second_day = Purged { sessions: 1, messages: 1, ..Purged::default() };
    assert_eq!(purge_at(world, NOW + Duration::hours(33), 100), second_day);
    assert!(world.read(|db| Session::find(db, session.id)).is_none());
    assert_eq!(purge_at(world, NOW + Duration::days(3), 100), Purged { one_time_codes: 1, ..Purged::default() });
    assert!(world.read(|db| Family::find(db, grant.id)).is_some());
    let last = purge_at(world, NOW + Duration::days(32), 100);
    assert_eq!((last, last.total()), (Purged { grants: 1, ..Purged::default() }, 1));
    assert!(world.read(|db| Family::find(db, grant.id)).is_none(), "goes with its grant");
    assert_eq!(world.read(|db| UsageRecord::list(db, account, None, 10)).len(), 1);
}

fn the_history_of_use_stays_five_years(world: &World) {
    let account = world.citizen(1);
    let usage = world.usage(&world.grant(account, world.session(account).id, "openid"), UsageKind::Code);
    world.run(move |db| usage.append(db));
    assert_eq!(purge_at(world, datetime!(2031-11-22 23:59 UTC), 100).usage_records, 0);
    assert_eq!(purge_at(world, datetime!(2031-11-26 00:00 UTC), 100).usage_records, 1);
}

fn a_kind_leaves_in_bounded_batches_and_a_grant_counts_for_its_family(world: &World) {
    let account = world.citizen(1);
    let session = world.session(account);
    for _ in 0..5 {
        let grant = world.grant(account, session.id, "openid offline_access");
        let (family, usage) = (world.family(&grant), world.usage(&grant, UsageKind::Code));
        world.run(move |db| Grant::redeem(db, &grant, Some(&family), &usage));
    }
    let late = NOW + Duration::days(60);
    let batches: Vec<_> = (0..4).map(|_| world.run(move |db| Expiring::Grants.remove(db, late, 4))).collect();
    assert_eq!(batches, [2, 2, 1, 0]);
    assert_eq!(world.run(move |db| Expiring::Sessions.remove(db, late, 4)), 1);
    assert_eq!(world.run(move |db| Expiring::UsageRecords.remove(db, late, 4)), 0, "the history stays");
}

fn a_purge_takes_no_more_than_it_is_allowed(world: &World) {
    let account = world.citizen(1);
    for _session in 0..5 {
        world.session(account);
    }
    let taken: Vec<_> = (0..4).map(|_| purge_at(world, NOW + Duration::days(2), 2).sessions).collect();
    assert_eq!(taken, [2, 2, 1, 0]);
}
