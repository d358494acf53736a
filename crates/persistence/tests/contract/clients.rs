//! Clients, signing keys, audit.

use oidc_provider::client::{Client, ClientMetadata, RegistrationRules};
use oidc_provider::scope::Scope;
use oidc_provider::signing_alg::SigningAlg;
use persistence::{AuditEvent, ClientRecord, KeyState, Origin, SigningKeyRecord, Upserted};
use serde_json::json;
use time::Duration;

use crate::world::{CLIENT, NOW, World};

contract!(
    a_clients_sector_stays_as_it_was_registered,
    a_client_of_the_file_is_changed_by_the_file_only,
    a_disabled_client_can_be_enabled,
    one_key_signs_for_each_algorithm_and_old_ones_stay_published_for_a_while,
    a_private_key_is_sealed,
    audit_events_are_listed_newest_first,
);

fn client(name: &str) -> Client {
    let metadata: ClientMetadata = serde_json::from_value(json!({
        "client_id": CLIENT, "client_secret": "0123456789abcdef0123456789abcdef", "client_name": name,
        "redirect_uris": ["https://portal-a.example/cb"], "scope": "openid profile", "purpose": "Xác định người nộp hồ sơ",
    }))
    .unwrap();
    let rules = RegistrationRules { production: true, known_scopes: Scope::parse("openid profile").unwrap(), sector_redirect_uris: None };
    metadata.register(&rules).unwrap()
}

fn upsert(world: &World, client: &Client, origin: Origin) -> Upserted {
    let client = client.clone();
    world.run(move |db| ClientRecord::upsert(db, &client, origin, NOW))
}

fn find(world: &World) -> ClientRecord {
    world.read(|db| ClientRecord::find(db, CLIENT)).unwrap()
}

fn a_clients_sector_stays_as_it_was_registered(world: &World) {
    let first = client("Cổng A");
    assert_eq!(upsert(world, &first, Origin::File), Upserted::Created);
    assert_eq!(upsert(world, &first, Origin::File), Upserted::Unchanged);
    let moved = Client { sector: "elsewhere.example".into(), ..client("Cổng A mới") };
    assert_eq!(upsert(world, &moved, Origin::File), Upserted::Updated);
    assert_eq!(find(world).client, Client { sector: first.sector, ..moved });
}

fn a_client_of_the_file_is_changed_by_the_file_only(world: &World) {
    upsert(world, &client("Cổng A"), Origin::File);
    assert_eq!(upsert(world, &client("khác"), Origin::Admin), Upserted::OtherOrigin(Origin::File));
    assert_eq!(find(world).client.client_name, "Cổng A");
    assert_eq!(world.read(ClientRecord::list).len(), 1);
}

fn a_disabled_client_can_be_enabled(world: &World) {
    upsert(world, &client("Cổng A"), Origin::Admin);
    assert!(world.run(|db| ClientRecord::disable(db, CLIENT, NOW)));
    assert!(!world.run(|db| ClientRecord::disable(db, CLIENT, NOW)));
    assert_eq!(find(world).disabled_at, Some(NOW));
    upsert(world, &client("Cổng A mới"), Origin::Admin);
    assert_eq!(find(world).disabled_at, Some(NOW), "a change does not enable");
    assert!(world.run(|db| ClientRecord::enable(db, CLIENT, NOW)));
    assert!(!world.run(|db| ClientRecord::enable(db, CLIENT, NOW)));
    assert!(!world.run(|db| ClientRecord::disable(db, "unknown", NOW)));
}

fn insert_key(world: &World, kid: &'static str, alg: SigningAlg) {
    let keyring = world.keyring.clone();
    world.run(move |db| SigningKeyRecord::insert(db, &keyring, kid, alg, &json!({"d": "private"}), &json!({"kid": kid}), NOW));
}

fn keys(world: &World) -> Vec<(String, KeyState)> {
    world.read(SigningKeyRecord::list).into_iter().map(|key| (key.kid, key.state)).collect()
}

fn one_key_signs_for_each_algorithm_and_old_ones_stay_published_for_a_while(world: &World) {
    insert_key(world, "a", SigningAlg::RS256);
    insert_key(world, "b", SigningAlg::RS256);
    insert_key(world, "c", SigningAlg::ES256);
    let activate = |kid: &'static str| world.run(move |db| SigningKeyRecord::activate(db, kid, NOW + Duration::HOUR, NOW));
    assert!(activate("a") && activate("c") && activate("b"));
    assert!(!activate("a"), "a retired key never signs again");
    let state = |kid: &str, state| (kid.to_owned(), state);
    assert_eq!(keys(world), [state("a", KeyState::Retired), state("b", KeyState::Active), state("c", KeyState::Active)]);

    let published = |after: Duration| -> Vec<String> {
        world.read(SigningKeyRecord::list).into_iter().filter(|key| key.is_published(NOW + after)).map(|key| key.kid).collect()
    };
    assert_eq!(published(Duration::minutes(59)), ["a", "b", "c"]);
    assert_eq!(published(Duration::HOUR), ["b", "c"]);
    assert!(world.run(|db| SigningKeyRecord::retire(db, "b", NOW)));
    assert!(!world.run(|db| SigningKeyRecord::retire(db, "unknown", NOW)));
    assert_eq!(published(Duration::HOUR), ["c"]);
}

fn a_private_key_is_sealed(world: &World) {
    insert_key(world, "a", SigningAlg::EdDSA);
    let mut key = world.read(SigningKeyRecord::list).remove(0);
    assert_eq!((key.alg, key.private_jwk(&world.keyring).unwrap()), (SigningAlg::EdDSA, json!({"d": "private"})));
    key.kid = "b".into();
    assert!(key.private_jwk(&world.keyring).is_err());
}

fn audit_events_are_listed_newest_first(world: &World) {
    let account = world.citizen(1);
    let event = |subject| AuditEvent {
        id: world.id(),
        at: NOW,
        actor: "cli".into(),
        action: "keys.rotate".into(),
        subject,
        detail: json!({"alg": "RS256"}),
    };
    let events = [event(None), event(Some(account)), event(None)];
    let appended = events.clone();
    world.run(move |db| appended.iter().try_for_each(|event| event.append(db)));
    let [first, second, third] = events;
    assert_eq!(world.read(|db| AuditEvent::list(db, None, 2)), [third, second.clone()]);
    assert_eq!(world.read(|db| AuditEvent::list(db, Some(second.id), 2)), [first]);
}
