//! What it costs that personal data is sealed at rest: `cargo bench -p persistence`.
#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;
use std::sync::Arc;

use account_policy::CitizenId;
use criterion::{Criterion, criterion_group, criterion_main};
use persistence::{DatabaseUrl, KeyEncryptionKey, Keyring, Mode, Place, Store, StoreOptions};
use time::macros::datetime;

/// As long as a person's record is.
const PERSON: [u8; 600] = [b'x'; 600];

fn seals(c: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let now = datetime!(2026-11-22 10:00 UTC);
    let url = DatabaseUrl::sqlite(folder.path().join("bench.sqlite"));
    let store = Store::open(&url, Mode::Sandbox, StoreOptions::default()).unwrap();
    store.migrate(now).unwrap();
    let random = Arc::new(|bytes: &mut [u8]| bytes.fill(9));
    let keyring = Keyring::open_or_create(&store, &KeyEncryptionKey::from_bytes([7; 32]), random, now).unwrap();
    let place = Place { table: "identities", row: &[1; 16], column: "sealed" };
    c.bench_function("seal a person", |b| b.iter(|| keyring.seal(place, black_box(&PERSON))));
    let sealed = keyring.seal(place, &PERSON);
    c.bench_function("unseal a person", |b| b.iter(|| keyring.unseal(place, black_box(&sealed)).unwrap()));
    let number = CitizenId::parse("098090000001").unwrap();
    c.bench_function("hash a citizen's number", |b| b.iter(|| keyring.number_hash(black_box(&number))));
}

criterion_group!(benches, seals);
criterion_main!(benches);
