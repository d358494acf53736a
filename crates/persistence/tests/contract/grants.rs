//! A code is redeemed once, whoever asks when; what is revoked stays revoked.

use persistence::{Account, Family, Grant, LiveGrant, Redemption, Rotated, Session, UsageKind, UsageRecord};
use time::Duration;

use crate::world::{NOW, World, race};

contract!(
    a_redemption_writes_grant_family_and_usage_together,
    of_sixteen_redemptions_at_once_exactly_one_wins_and_the_grant_is_revoked,
    a_grant_revoked_before_its_redemption_is_redeemed_once_and_never_lives,
    a_revocation_wins_against_a_redemption_in_whichever_order_they_come,
    another_clients_grant_is_not_revoked,
    only_a_redeemed_grant_is_revoked_by_its_forgotten_code,
    a_code_of_an_older_epoch_is_void,
    a_code_of_an_ended_session_is_void,
    a_grant_lives_as_long_as_account_session_and_term_allow,
    a_refresh_moves_the_counter_and_writes_a_usage_record,
    a_retry_within_the_window_gets_the_same_successor,
    a_used_up_token_revokes_family_and_grant,
    of_sixteen_refreshes_with_one_token_one_moves_on_and_the_others_get_the_same,
    a_refresh_for_another_client_or_account_does_nothing,
    a_refresh_of_a_dead_grant_does_nothing,
    usage_is_listed_newest_first_page_by_page,
);

const WINDOW: Duration = Duration::seconds(10);

struct Redeemable {
    grant: Grant,
    family: Family,
    usage: UsageRecord,
}

fn code(world: &World, scope: &str) -> Redeemable {
    code_of(world, world.citizen(1), scope)
}

fn code_of(world: &World, account: uuid::Uuid, scope: &str) -> Redeemable {
    let session = world.session(account);
    let grant = world.grant(account, session.id, scope);
    Redeemable { family: world.family(&grant), usage: world.usage(&grant, UsageKind::Code), grant }
}

fn redeem(world: &World, code: &Redeemable) -> Redemption {
    let (grant, family, usage) = (code.grant.clone(), code.family.clone(), code.usage.clone());
    world.run(move |db| Grant::redeem(db, &grant, Some(&family), &usage))
}

fn is_live_after(world: &World, grant: &Grant, after: Duration) -> bool {
    world.read(|db| LiveGrant::find(db, grant.id, NOW + after)).is_some()
}

fn is_live(world: &World, grant: &Grant) -> bool {
    is_live_after(world, grant, Duration::ZERO)
}

fn refresh(world: &World, grant: &Grant, presented: u32, after: Duration) -> Rotated {
    let (id, usage) = (grant.id, world.usage(grant, UsageKind::Refresh));
    world.run(move |db| Family::rotate(db, id, presented, NOW + after, WINDOW, &usage))
}

fn revoke(world: &World, grant: &Grant) -> bool {
    let (id, client, account) = (grant.id, grant.client_id.clone(), grant.account_id);
    world.run(move |db| Grant::revoke(db, id, &client, Some(account), NOW))
}

fn records(world: &World, grant: &Grant) -> Vec<UsageRecord> {
    world.read(|db| UsageRecord::list(db, grant.account_id, None, 100))
}

fn a_redemption_writes_grant_family_and_usage_together(world: &World) {
    let code = code(world, "openid profile offline_access");
    assert!(!is_live(world, &code.grant));
    assert_eq!(redeem(world, &code), Redemption::Done);
    assert_eq!(world.read(|db| LiveGrant::find(db, code.grant.id, NOW)), Some(LiveGrant(code.grant.clone())));
    assert_eq!(world.read(|db| Family::find(db, code.grant.id)), Some(code.family));
    assert_eq!(records(world, &code.grant), std::slice::from_ref(&code.usage));
    assert_eq!(code.usage.unseal_address(&world.keyring).unwrap(), "203.0.113.7");
}

fn of_sixteen_redemptions_at_once_exactly_one_wins_and_the_grant_is_revoked(world: &World) {
    let account = world.citizen(1);
    let session = world.session(account);
    // A thousand rounds on the embedded default; PostgreSQL flushes each of the sixteen on its own and gets fewer.
    for _round in 0..if world.url.sqlite_path().is_some() { 1000 } else { 50 } {
        let grant = world.grant(account, session.id, "openid");
        let code = Redeemable { family: world.family(&grant), usage: world.usage(&grant, UsageKind::Code), grant };
        let outcomes = race(|_| redeem(world, &Redeemable { usage: world.usage(&code.grant, UsageKind::Code), ..clone(&code) }));
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == Redemption::Done).count(), 1);
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == Redemption::AlreadyRedeemed).count(), 15);
        assert!(!is_live(world, &code.grant));
        assert_eq!(records(world, &code.grant).iter().filter(|record| record.grant_id == code.grant.id).count(), 1, "one usage record");
    }
}

fn clone(code: &Redeemable) -> Redeemable {
    Redeemable { grant: code.grant.clone(), family: code.family.clone(), usage: code.usage.clone() }
}

fn a_grant_revoked_before_its_redemption_is_redeemed_once_and_never_lives(world: &World) {
    let code = code(world, "openid");
    assert!(revoke(world, &code.grant));
    assert!(!revoke(world, &code.grant));
    assert_eq!(redeem(world, &code), Redemption::Done);
    assert_eq!(redeem(world, &code), Redemption::AlreadyRedeemed);
    assert!(!is_live(world, &code.grant));
    assert_eq!(records(world, &code.grant).len(), 1);
}

fn a_revocation_wins_against_a_redemption_in_whichever_order_they_come(world: &World) {
    let account = world.citizen(1);
    for _round in 0..25 {
        let code = code_of(world, account, "openid");
        race(|n| match n {
            0 => drop(revoke(world, &code.grant)),
            1 => drop(redeem(world, &code)),
            _ => {}
        });
        assert!(!is_live(world, &code.grant));
    }
}

fn another_clients_grant_is_not_revoked(world: &World) {
    let code = code(world, "openid");
    redeem(world, &code);
    let id = code.grant.id;
    assert!(!world.run(move |db| Grant::revoke(db, id, "portal-b", None, NOW)));
    assert!(!world.run(move |db| Grant::revoke_redeemed(db, id, "portal-b", NOW)));
    assert!(is_live(world, &code.grant));
}

fn only_a_redeemed_grant_is_revoked_by_its_forgotten_code(world: &World) {
    let code = code(world, "openid");
    let (id, client_id) = (code.grant.id, code.grant.client_id.clone());
    let revoke = |world: &World| {
        let client_id = client_id.clone();
        world.run(move |db| Grant::revoke_redeemed(db, id, &client_id, NOW))
    };
    assert!(!revoke(world));
    assert_eq!(redeem(world, &code), Redemption::Done, "no tombstone was left");
    assert!(revoke(world));
    assert!(!is_live(world, &code.grant));
    assert!(!revoke(world), "once");
}

fn a_code_of_an_older_epoch_is_void(world: &World) {
    let code = code(world, "openid");
    let account = code.grant.account_id;
    world.run(move |db| Account::raise_epoch(db, account, NOW));
    assert_eq!(redeem(world, &code), Redemption::Void);
    assert!(records(world, &code.grant).is_empty());
}

fn a_code_of_an_ended_session_is_void(world: &World) {
    let code = code(world, "openid");
    let session = code.grant.session_id.unwrap();
    world.run(move |db| Session::end(db, session, NOW));
    assert_eq!(redeem(world, &code), Redemption::Void);
    assert!(world.read(|db| Family::find(db, code.grant.id)).is_none());
}

fn a_grant_lives_as_long_as_account_session_and_term_allow(world: &World) {
    let (online, offline) = (code_of(world, world.citizen(1), "openid"), code_of(world, world.citizen(2), "openid offline_access"));
    for code in [&online, &offline] {
        assert_eq!(redeem(world, code), Redemption::Done);
        assert!(is_live_after(world, &code.grant, Duration::days(29)));
        assert!(!is_live_after(world, &code.grant, Duration::days(30)));
        let session = code.grant.session_id.unwrap();
        world.run(move |db| Session::end(db, session, NOW));
    }
    assert!(!is_live(world, &online.grant), "ends with its session");
    assert!(is_live(world, &offline.grant), "outlives its session");
    let account = offline.grant.account_id;
    world.run(move |db| Account::raise_epoch(db, account, NOW));
    assert!(!is_live(world, &offline.grant), "does not outlive a lock");
}

fn a_refresh_moves_the_counter_and_writes_a_usage_record(world: &World) {
    let code = code(world, "openid offline_access");
    redeem(world, &code);
    for counter in 0..3 {
        let rotated = refresh(world, &code.grant, counter, Duration::HOUR * i32::try_from(counter).unwrap());
        assert_eq!(rotated, Rotated::Next(counter + 1, Box::new(code.grant.clone())));
    }
    assert_eq!(records(world, &code.grant).iter().filter(|record| record.kind == UsageKind::Refresh).count(), 3);
}

fn a_retry_within_the_window_gets_the_same_successor(world: &World) {
    let code = code(world, "openid offline_access");
    redeem(world, &code);
    assert!(matches!(refresh(world, &code.grant, 0, Duration::ZERO), Rotated::Next(1, _)));
    assert!(matches!(refresh(world, &code.grant, 0, Duration::seconds(9)), Rotated::Retry(1, _)));
    assert!(matches!(refresh(world, &code.grant, 1, Duration::seconds(10)), Rotated::Next(2, _)));
}

fn a_used_up_token_revokes_family_and_grant(world: &World) {
    let code = code(world, "openid offline_access");
    redeem(world, &code);
    refresh(world, &code.grant, 0, Duration::ZERO);
    assert_eq!(refresh(world, &code.grant, 0, Duration::seconds(11)), Rotated::Reuse);
    assert_eq!(refresh(world, &code.grant, 1, Duration::seconds(12)), Rotated::Dead);
    assert!(!is_live(world, &code.grant));
}

fn of_sixteen_refreshes_with_one_token_one_moves_on_and_the_others_get_the_same(world: &World) {
    let code = code(world, "openid offline_access");
    redeem(world, &code);
    let outcomes = race(|_| refresh(world, &code.grant, 0, Duration::SECOND));
    assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, Rotated::Next(1, _))).count(), 1);
    assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, Rotated::Retry(1, _))).count(), 15);
}

fn a_refresh_for_another_client_or_account_does_nothing(world: &World) {
    let code = code(world, "openid offline_access");
    redeem(world, &code);
    let other_client = Grant { client_id: "portal-b".into(), ..code.grant.clone() };
    let other_account = Grant { account_id: world.citizen(900_000), ..code.grant.clone() };
    assert_eq!(refresh(world, &other_client, 0, Duration::ZERO), Rotated::Dead);
    assert_eq!(refresh(world, &other_account, 0, Duration::ZERO), Rotated::Dead);
    assert!(matches!(refresh(world, &code.grant, 0, Duration::ZERO), Rotated::Next(1, _)));
}

fn a_refresh_of_a_dead_grant_does_nothing(world: &World) {
    let code = code(world, "openid offline_access");
    assert_eq!(refresh(world, &code.grant, 0, Duration::ZERO), Rotated::Dead);
    redeem(world, &code);
    assert_eq!(refresh(world, &code.grant, 0, Duration::days(31)), Rotated::Dead);
    revoke(world, &code.grant);
    assert_eq!(refresh(world, &code.grant, 0, Duration::ZERO), Rotated::Dead);
    assert_eq!(records(world, &code.grant).len(), 1);
}

fn usage_is_listed_newest_first_page_by_page(world: &World) {
    let code = code(world, "openid offline_access");
    redeem(world, &code);
    for counter in 0..4 {
        refresh(world, &code.grant, counter, Duration::ZERO);
    }
    let all = records(world, &code.grant);
    assert!(all.len() == 5 && all.is_sorted_by(|newer, older| newer.id > older.id));
    let (account, third) = (code.grant.account_id, all[2].id);
    assert_eq!(world.read(|db| UsageRecord::list(db, account, Some(third), 2)), all[3..5]);
}
