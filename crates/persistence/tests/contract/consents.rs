//! Consents stand until withdrawn, and every change can be proven.

use std::collections::BTreeSet;

use account_policy::AuthenticationLevel;
use diesel::prelude::*;
use oidc_provider::scope::Scope;
use persistence::schema::consent_events;
use persistence::{Consent, Evidence, Grant, LiveGrant, UsageKind, UsageRecord};
use time::Duration;
use uuid::Uuid;

use crate::world::{CLIENT, NOW, World};

contract!(
    a_consent_covers_what_was_agreed_and_nothing_more,
    a_new_consent_replaces_the_one_before_and_both_are_recorded,
    a_withdrawal_ends_the_grants_so_far_and_a_new_consent_does_not_revive_them,
    a_withdrawal_ends_grants_from_before_the_clock_was_put_back,
);

fn consent(account_id: Uuid, scope: &str, claims: &[&str]) -> Consent {
    Consent {
        account_id,
        client_id: CLIENT.into(),
        scope: Scope::parse(scope).unwrap(),
        claims: names(claims),
        purpose_hash: Consent::purpose_hash("Xác định người nộp hồ sơ"),
        given_at: NOW,
    }
}

fn names(claims: &[&str]) -> BTreeSet<String> {
    claims.iter().map(|&claim| claim.to_owned()).collect()
}

fn evidence(world: &World) -> Evidence {
    let event_id = world.id();
    let address = Evidence::seal_address(&world.keyring, event_id, "203.0.113.7");
    Evidence { event_id, language: "vi".into(), authentication_level: AuthenticationLevel::Two, address }
}

fn give(world: &World, consent: &Consent) {
    let (consent, evidence) = (consent.clone(), evidence(world));
    world.run(move |db| consent.give(db, &evidence));
}

fn find(world: &World, account: Uuid) -> Option<Consent> {
    world.agreed(account, CLIENT)
}

fn events(world: &World) -> Vec<(String, String)> {
    world.read(|db| consent_events::table.order(consent_events::id).select((consent_events::action, consent_events::scope)).load(db))
}

fn a_consent_covers_what_was_agreed_and_nothing_more(world: &World) {
    let account = world.citizen(1);
    give(world, &consent(account, "openid profile", &["email"]));
    let consent = find(world, account).unwrap();
    let covers =
        |scope, claims: &[&str], purpose| consent.covers(&Scope::parse(scope).unwrap(), &names(claims), &Consent::purpose_hash(purpose));
    let purpose = "Xác định người nộp hồ sơ";
    assert!(covers("openid", &[], purpose) && covers("openid profile", &["email"], purpose));
    assert!(!covers("openid phone", &[], purpose) && !covers("openid", &["phone_number"], purpose) && !covers("openid", &[], "khác"));
    assert!(world.agreed(account, "portal-b").is_none());
}

fn a_new_consent_replaces_the_one_before_and_both_are_recorded(world: &World) {
    let account = world.citizen(1);
    give(world, &consent(account, "openid", &[]));
    give(world, &consent(account, "openid eid", &[]));
    assert_eq!(find(world, account), Some(consent(account, "openid eid", &[])));
    assert_eq!(world.read(|db| Consent::list(db, account)).len(), 1);
    let event = |scope: &str| ("given".to_owned(), Scope::parse(scope).unwrap().to_string());
    assert_eq!(events(world), [event("openid"), event("openid eid")]);
}

fn a_withdrawal_ends_the_grants_so_far_and_a_new_consent_does_not_revive_them(world: &World) {
    let account = world.citizen(1);
    give(world, &consent(account, "openid", &[]));
    let session = world.session(account);
    let redeem = |at| {
        let grant = Grant { created_at: at, ..world.grant(account, session.id, "openid offline_access") };
        let (redeemed, usage) = (grant.clone(), world.usage(&grant, UsageKind::Code));
        world.run(move |db| Grant::redeem(db, &redeemed, None, &usage));
        grant
    };
    let is_live = |grant: &Grant| world.read(|db| LiveGrant::find(db, grant.id, NOW)).is_some();
    let before = redeem(NOW);
    assert!(is_live(&before));

    let withdrawal = evidence(world);
    let again = evidence(world);
    assert!(world.run(move |db| Consent::withdraw(db, account, CLIENT, &withdrawal, NOW + Duration::MINUTE)));
    assert!(!world.run(move |db| Consent::withdraw(db, account, CLIENT, &again, NOW + Duration::MINUTE)));
    assert!(find(world, account).is_none());
    assert!(!is_live(&before));

    give(world, &consent(account, "openid", &[]));
    assert!(!is_live(&before));
    assert!(is_live(&redeem(NOW + Duration::HOUR)));
    assert_eq!(events(world).into_iter().map(|(action, _)| action).collect::<Vec<_>>(), ["given", "withdrawn", "given"]);
}

fn a_withdrawal_ends_grants_from_before_the_clock_was_put_back(world: &World) {
    let account = world.citizen(1);
    give(world, &consent(account, "openid", &[]));
    let session = world.session(account);
    let later = NOW + Duration::HOUR;
    let grant = Grant { created_at: later, ..world.grant(account, session.id, "openid offline_access") };
    let (redeemed, usage) = (grant.clone(), UsageRecord { at: later, ..world.usage(&grant, UsageKind::Code) });
    world.run(move |db| Grant::redeem(db, &redeemed, None, &usage));
    let withdrawal = evidence(world);
    assert!(world.run(move |db| Consent::withdraw(db, account, CLIENT, &withdrawal, NOW)));
    assert!(world.read(|db| LiveGrant::find(db, grant.id, NOW)).is_none());
}
