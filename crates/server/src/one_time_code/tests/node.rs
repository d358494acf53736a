//! A provider with a database of its own and a handful of invented people, for the tests of the account services.

use std::sync::Arc;

use account_policy::{AccountLevel, AccountState, GuardianRelation, HolderKind, Person};
use oidc_provider::jose::SigningKeys;
use persistence::accounts::Account;
use persistence::holders::{Holder, NewHolder};
use persistence::messages::{Message, MessagesOf};
use persistence::{DatabaseUrl, KeyEncryptionKey, Keyring, Mode, NumberHash, Store, StoreOptions};
use serde_json::json;

use crate::clock::Clock;
use crate::config::{Config, Environment};
use crate::observe::Metrics;
use crate::provider::{Parts, Provider};
use crate::randomness::Randomness;

/// Level 2, with a verified mailbox.
pub(crate) const AN: &str = "098090000001";
/// Level 1.
pub(crate) const BINH: &str = "098199000002";
/// A child under guardian An.
pub(crate) const DUC: &str = "098216000005";
/// Nobody.
pub(crate) const NOBODY: &str = "098199999999";
pub(crate) const PASSWORD: &str = "Sandbox#2024";

/// The provider, and the folder that leaves with it.
pub(crate) struct Node {
    pub provider: Arc<Provider>,
    _folder: tempfile::TempDir,
}

impl Node {
    pub async fn sandbox() -> Self {
        Self::start(Mode::Sandbox, |_| ()).await
    }

    pub async fn start(mode: Mode, change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::for_demo(8080, &Environment::from_pairs::<String, String>([])).unwrap();
        config.sandbox.enabled = mode == Mode::Sandbox;
        (config.passwords.memory_kib, config.passwords.iterations, config.passwords.threads) = (64, 1, 1);
        change(&mut config);
        let (clock, randomness) = (Clock::default(), Randomness::seeded(42));
        let url = DatabaseUrl::parse(&format!("sqlite://{}/test.sqlite", folder.path().display())).unwrap();
        let store = Store::open(&url, mode, StoreOptions { connections: 2, ..StoreOptions::default() }).unwrap();
        store.migrate(clock.now()).unwrap();
        let random = randomness.clone();
        let source: persistence::RandomSource = Arc::new(move |bytes: &mut [u8]| random.fill(bytes));
        let keyring = Keyring::open_or_create(&store, &KeyEncryptionKey::from_bytes([7; 32]), source, clock.now()).unwrap();
        let signing = SigningKeys::new(Vec::new(), Vec::new());
        let parts = Parts { config, store, keyring, signing, clock, randomness, metrics: Metrics::new() };
        let node = Self { provider: Arc::new(Provider::new(parts).unwrap()), _folder: folder };
        node.settle_people().await;
        node
    }

    async fn settle_people(&self) {
        let hash = self.provider.hasher.hash(PASSWORD).await.unwrap();
        let an = self.insert(person(AN, "Nguyễn Văn An", "0912345601", Some("an@example.com")), AccountLevel::Two, &hash, None).await;
        self.insert(person(BINH, "Trần Thị Bình", "0912345602", None), AccountLevel::One, &hash, None).await;
        let mut duc = person(DUC, "Hoàng Minh Đức", "0912345605", None);
        duc.birthdate = "2016-03-01".parse().unwrap();
        self.insert(duc, AccountLevel::Two, &hash, Some(an)).await;
    }

    async fn insert(&self, person: Person, level: AccountLevel, password_hash: &str, guardian: Option<uuid::Uuid>) -> uuid::Uuid {
        let now = self.provider.clock.now();
        let holder = NewHolder {
            id: self.provider.randomness.uuid(now),
            kind: HolderKind::Citizen,
            level,
            state: AccountState::Active,
            password_hash: Some(password_hash.to_owned()),
            person,
            guardian: guardian.map(|guardian| (guardian, GuardianRelation::Parent)),
            created_at: now,
        };
        let (id, keyring) = (holder.id, self.provider.keyring.clone());
        self.provider.store.run(move |db| Holder::insert(db, &keyring, &holder)).await.unwrap();
        id
    }

    pub fn number_hash(&self, number: &str) -> NumberHash {
        self.provider.keyring.number_hash(&number.parse().unwrap())
    }

    pub async fn account(&self, number: &str) -> Account {
        let hash = self.number_hash(number);
        self.provider.store.read(move |db| Account::find_by_number(db, &hash)).await.unwrap().unwrap()
    }

    pub async fn holder(&self, number: &str) -> Holder {
        let (id, keyring, today) = (self.account(number).await.id, self.provider.keyring.clone(), self.provider.clock.today());
        self.provider.store.read(move |db| Holder::load(db, &keyring, id, today)).await.unwrap().unwrap()
    }

    /// Everything sent, newest first.
    pub async fn messages(&self) -> Vec<Message> {
        let keyring = self.provider.keyring.clone();
        self.provider.store.read(move |db| Message::latest_for(db, &keyring, MessagesOf::Anyone, 1000)).await.unwrap()
    }

    /// Moves time on. The clock is moved in whole seconds, and a little of the last one has passed when it is read again.
    pub fn wait(&self, duration: time::Duration) {
        self.provider.clock.set(self.provider.clock.now() + duration + time::Duration::milliseconds(500));
    }
}

fn person(number: &str, name: &str, phone: &str, email: Option<&str>) -> Person {
    let given = name.split_whitespace().last();
    serde_json::from_value(json!({
        "citizen_id": number, "name": { "full": name, "given": given }, "birthdate": "1990-05-20", "gender": "male", "nationality": "VN",
        "phone": phone, "phone_verified": true, "email": email, "email_verified": email.is_some(), "locale": "vi", "updated_at": "2026-01-01T00:00:00Z",
        "card": { "number": number, "issued_on": "2024-07-01", "expires_on": null, "place_of_issue": "098" },
    }))
    .unwrap()
}
