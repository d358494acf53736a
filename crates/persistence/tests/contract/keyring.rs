//! The keyring: one key for each use, wrapped by a key that stays outside.

use persistence::{KeyEncryptionKey, Keyring, KeyringError, Place};

use crate::world::{NOW, World, kek, number, open, race, random};

contract!(
    another_key_encryption_key_is_refused_and_changes_nothing,
    a_reopened_keyring_has_the_same_keys,
    nodes_that_start_at_once_end_with_the_same_keys,
);

const HERE: Place<'_> = Place { table: "messages", row: b"row", column: "sealed" };

fn another_key_encryption_key_is_refused_and_changes_nothing(world: &World) {
    let other = KeyEncryptionKey::from_bytes([43; 32]);
    let refused = Keyring::open_or_create(&world.store, &other, random(), NOW);
    assert!(matches!(refused, Err(KeyringError::WrongKeyEncryptionKey)));
    Keyring::open_or_create(&world.store, &kek(), random(), NOW).unwrap();
}

fn a_reopened_keyring_has_the_same_keys(world: &World) {
    let sealed = world.keyring.seal(HERE, b"secret");
    let again = Keyring::open_or_create(&open(&world.url), &kek(), random(), NOW).unwrap();
    assert_eq!(again.unseal(HERE, &sealed).unwrap().as_slice(), b"secret");
    assert_eq!(again.number_hash(&number(1)), world.keyring.number_hash(&number(1)));
    assert_eq!(again.csrf_key(), world.keyring.csrf_key());
}

fn nodes_that_start_at_once_end_with_the_same_keys(world: &World) {
    world.run(|db| diesel::RunQueryDsl::execute(diesel::delete(persistence::schema::data_keys::table), db));
    let keys = race(|n| {
        let random = std::sync::Arc::new(move |bytes: &mut [u8]| bytes.fill(u8::try_from(n).unwrap()));
        *Keyring::open_or_create(&world.store, &kek(), random, NOW).unwrap().csrf_key()
    });
    assert!(keys.iter().all(|key| key == &keys[0]));
}

#[test]
fn a_sealed_value_opens_only_where_it_was_sealed() {
    let world = World::sqlite();
    let sealed = world.keyring.seal(HERE, "Nguyễn Văn An".as_bytes());
    assert_eq!(world.keyring.unseal(HERE, &sealed).unwrap().as_slice(), "Nguyễn Văn An".as_bytes());
    for elsewhere in [Place { table: "identities", ..HERE }, Place { row: b"row2", ..HERE }, Place { column: "other", ..HERE }] {
        assert!(world.keyring.unseal(elsewhere, &sealed).is_err());
    }
    assert!(!sealed.windows(3).any(|window| window == b"Ngu"));
}

#[test]
fn a_sealed_value_with_any_bit_changed_or_cut_does_not_open() {
    let world = World::sqlite();
    let sealed = world.keyring.seal(HERE, b"x");
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        assert!(world.keyring.unseal(HERE, &changed).is_err(), "byte {at}");
        assert!(world.keyring.unseal(HERE, &sealed[..at]).is_err(), "cut at {at}");
    }
}

#[test]
fn the_same_value_never_seals_alike_and_hashes_of_different_uses_differ() {
    let world = World::sqlite();
    assert_ne!(world.keyring.seal(HERE, b"x"), world.keyring.seal(HERE, b"x"));
    let id = world.id();
    let hashes = [
        world.keyring.number_hash(&number(1)).0,
        world.keyring.old_number_hash(number(1).as_str()),
        world.keyring.recipient_hash(number(1).as_str()),
        world.keyring.one_time_code_hash(id, "sign-in", "123456"),
        world.keyring.one_time_code_hash(id, "recovery", "123456"),
        world.keyring.one_time_code_hash(world.id(), "sign-in", "123456"),
    ];
    for (n, one) in hashes.iter().enumerate() {
        assert!(hashes[n + 1..].iter().all(|other| other != one));
    }
}

#[test]
fn a_key_encryption_key_is_32_bytes_in_base64_and_never_shown() {
    assert!(KeyEncryptionKey::from_base64(" KioqKioqKioqKioqKioqKioqKioqKioqKioqKioqKio=\n").is_ok());
    for text in ["", "KioqKg==", "not base64!", "KioqKioqKioqKioqKioqKioqKioqKioqKioqKioqKioqKg=="] {
        assert!(matches!(KeyEncryptionKey::from_base64(text), Err(KeyringError::MalformedKeyEncryptionKey)), "{text}");
    }
    assert_eq!(format!("{:?}", kek()), "KeyEncryptionKey(…)");
}
