//! Puts the demo citizens into a sandbox; safe to repeat.

use std::sync::Arc;

use account_policy::{AccountState, GuardianRelation, LockGround};
use persistence::accounts::Account;
use persistence::eid_locks::EidLock;
use persistence::holders::{Holder, Insertion, NewHolder};
use persistence::legacy_accounts::LegacyAccounts;
use persistence::{Db, Keyring, Mode, QueryResult, Store};
use time::OffsetDateTime;
use uuid::Uuid;

use super::citizens::{self, CHILD, DemoCitizen, GUARDIAN, LOCKED};
use crate::hashing::Hasher;
use crate::pages::DEMO_PASSWORD;
use crate::randomness::Randomness;

/// What seeding did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seeded {
    /// How many citizens are new; the others were left as they are.
    pub new: usize,
}

/// Inserts the demo citizens that are missing, in one transaction. Whoever is there keeps password, locks and data, so a restarted
/// sandbox goes on where it stopped.
///
/// # Errors
/// The store is a production one, or the database fails.
pub async fn seed(
    store: &Store,
    keyring: &Keyring,
    hasher: &Hasher,
    randomness: &Randomness,
    now: OffsetDateTime,
) -> anyhow::Result<Seeded> {
    anyhow::ensure!(store.mode() == Mode::Sandbox, "demo citizens belong into a sandbox, and this database is a production one");
    let cast = citizens::all(now)?;
    let missing: Vec<DemoCitizen> = {
        let hashes: Vec<_> = cast.iter().map(|citizen| keyring.number_hash(&citizen.person.citizen_id)).collect();
        let known = move |db: &mut Db| hashes.iter().map(|hash| Account::find_by_number(db, hash)).collect::<QueryResult<Vec<_>>>();
        let known = store.read(known).await?;
        cast.into_iter().zip(known).filter(|(_, account)| account.is_none()).map(|(citizen, _)| citizen).collect()
    };
    if missing.is_empty() {
        return Ok(Seeded { new: 0 });
    }
    let password_hash = hasher.hash(DEMO_PASSWORD).await?;
    let rows: Arc<Vec<Row>> = Arc::new(missing.into_iter().map(|citizen| Row::new(citizen, &password_hash, randomness, now)).collect());
    let new = rows.len();
    let keyring = keyring.clone();
    store.run(move |db| rows.iter().try_for_each(|row| row.insert(db, &keyring, now))).await?;
    Ok(Seeded { new })
}

/// One citizen with the ids that the transaction needs; made before it, since a transaction may run twice.
struct Row {
    citizen: DemoCitizen,
    account_id: Uuid,
    lock_id: Uuid,
    password_hash: String,
}

impl Row {
    fn new(citizen: DemoCitizen, password_hash: &str, randomness: &Randomness, now: OffsetDateTime) -> Self {
        Self { citizen, account_id: randomness.uuid(now), lock_id: randomness.uuid(now), password_hash: password_hash.to_owned() }
    }

    fn insert(&self, db: &mut Db, keyring: &Keyring, now: OffsetDateTime) -> QueryResult<()> {
        let number = self.citizen.person.citizen_id.as_str();
        let guardian = if number == CHILD { guardian(db, keyring)?.map(|account| (account, GuardianRelation::Guardian)) } else { None };
        let holder = NewHolder {
            id: self.account_id,
            kind: self.citizen.kind,
            level: self.citizen.level,
            state: AccountState::Active,
            password_hash: Some(self.password_hash.clone()),
            person: self.citizen.person.clone(),
            guardian,
            created_at: now,
        };
        if Holder::insert(db, keyring, &holder)? == Insertion::NumberTaken {
            return Ok(());
        }
        if number == LOCKED {
            EidLock::place(db, &self.lock(now))?;
        }
        self.citizen.legacy.iter().try_for_each(|account| LegacyAccounts::upsert(db, keyring, account, now))
    }

    fn lock(&self, now: OffsetDateTime) -> EidLock {
        EidLock {
            id: self.lock_id,
            account_id: self.account_id,
            ground: LockGround::HolderRequest,
            placed_at: now,
            placed_by: "demo".to_owned(),
            lifted_at: None,
            lifted_by: None,
        }
    }
}

fn guardian(db: &mut Db, keyring: &Keyring) -> QueryResult<Option<Uuid>> {
    let Ok(number) = account_policy::CitizenId::parse(GUARDIAN) else { return Ok(None) };
    Ok(Account::find_by_number(db, &keyring.number_hash(&number))?.map(|account| account.id))
}

#[cfg(test)]
mod tests {
    use account_policy::{Admission, RefusalCause, admit};
    use legacy_link::{LinkOutcome, match_accounts};
    use persistence::{DatabaseUrl, KeyEncryptionKey, StoreOptions};
    use time::macros::datetime;

    use super::*;
    use crate::clock::legal_date;
    use crate::config::{DEMO_SOCIAL_SECURITY, PasswordsConfig};

    const NOW: OffsetDateTime = datetime!(2026-11-22 03:00 UTC);

    struct Sandbox {
        store: Store,
        keyring: Keyring,
        hasher: Hasher,
        randomness: Randomness,
        _folder: tempfile::TempDir,
    }

    impl Sandbox {
        fn open(mode: Mode) -> Self {
            let folder = tempfile::tempdir().unwrap();
            let url = DatabaseUrl::parse(&format!("sqlite://{}/demo.sqlite", folder.path().display())).unwrap();
            let store = Store::open(&url, mode, StoreOptions::default()).unwrap();
            store.migrate(NOW).unwrap();
            let randomness = Randomness::seeded(1);
            let source = randomness.clone();
            let random = Arc::new(move |bytes: &mut [u8]| source.fill(bytes));
            let keyring = Keyring::open_or_create(&store, &KeyEncryptionKey::from_bytes([7; 32]), random, NOW).unwrap();
            let hasher = Hasher::new(&PasswordsConfig::default(), randomness.clone()).unwrap();
            Self { store, keyring, hasher, randomness, _folder: folder }
        }

        async fn seed(&self) -> anyhow::Result<Seeded> {
            seed(&self.store, &self.keyring, &self.hasher, &self.randomness, NOW).await
        }

        fn holder(&self, number: &str) -> Holder {
            let hash = self.keyring.number_hash(&account_policy::CitizenId::parse(number).unwrap());
            let load = |db: &mut Db| {
                let account = Account::find_by_number(db, &hash)?.map(|account| account.id).unwrap_or_default();
                Holder::load(db, &self.keyring, account, legal_date(NOW))
            };
            self.store.read_blocking(load).unwrap().unwrap()
        }
    }

    #[tokio::test]
    async fn seeding_twice_changes_nothing() {
        let sandbox = Sandbox::open(Mode::Sandbox);
        assert_eq!(sandbox.seed().await.unwrap(), Seeded { new: 10 });
        let before = sandbox.holder(GUARDIAN).account;
        assert_eq!(sandbox.seed().await.unwrap(), Seeded { new: 0 });
        assert!(sandbox.holder(GUARDIAN).account == before);
        let password = before.password_hash.unwrap();
        assert!(sandbox.hasher.verify(DEMO_PASSWORD, &password).await.unwrap().ok);
    }

    #[tokio::test]
    async fn a_production_database_is_left_alone() {
        let production = Sandbox::open(Mode::Production);
        assert!(production.seed().await.is_err());
        assert_eq!(production.store.read_blocking(Account::count).unwrap(), 0);
    }

    #[tokio::test]
    async fn everybody_stands_as_the_story_says() {
        let sandbox = Sandbox::open(Mode::Sandbox);
        sandbox.seed().await.unwrap();
        let free = Ok(Admission { needs_guardian_consent: false });
        let standing = |number: &str| admit(&sandbox.holder(number).facts, legal_date(NOW)).map_err(|refusal| refusal.cause);
        for number in ["098090000001", "098199000002", "098070000007", "098188000011", "098175000008", "098068000009", "098180000010"] {
            assert_eq!(standing(number), free, "{number}");
        }
        assert!(matches!(standing(LOCKED), Err(RefusalCause::EidLocked(grounds)) if grounds.contains(LockGround::HolderRequest)));
        assert_eq!(standing("098188000004"), Err(RefusalCause::CardExpired));
        assert_eq!(standing(CHILD), Ok(Admission { needs_guardian_consent: true }));
        assert_eq!(sandbox.holder(CHILD).guardian.unwrap().citizen_id.as_str(), GUARDIAN);
        assert_eq!(sandbox.holder("098199000002").account.level.number(), 1);
    }

    #[test]
    fn the_synthetic_identities_fit_their_numbers_and_share_nothing() {
        let cast = citizens::all(NOW).unwrap();
        for DemoCitizen { person, .. } in &cast {
            assert!(person.citizen_id.is_sandbox_range());
            assert!(person.citizen_id.structure_warnings(person.gender, person.birthdate.year()).is_empty(), "{}", person.name.full);
        }
        let mut phones: Vec<_> = cast.iter().filter_map(|citizen| citizen.person.phone.clone()).collect();
        let count = phones.len();
        phones.sort();
        phones.dedup();
        assert_eq!((phones.len(), count), (9, 9));
    }

    #[tokio::test]
    async fn old_accounts_match_for_one_and_conflict_for_the_other() {
        let sandbox = Sandbox::open(Mode::Sandbox);
        sandbox.seed().await.unwrap();
        let outcome = |number: &str| {
            let person = sandbox.holder(number).person;
            let find = |db: &mut Db| LegacyAccounts::find(db, &sandbox.keyring, DEMO_SOCIAL_SECURITY, &person);
            match_accounts(&person, &sandbox.store.read_blocking(find).unwrap())
        };
        assert!(matches!(outcome("098090000001"), LinkOutcome::Linked { legacy_id, .. } if legacy_id == "an.1990"));
        assert!(matches!(outcome("098070000007"), LinkOutcome::Conflict(candidates) if candidates.len() == 2));
    }
}
