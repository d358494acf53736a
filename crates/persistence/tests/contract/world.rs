//! A fresh database with a keyring, and the actors of the tests.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use account_policy::{
    AccountLevel, AccountState, CitizenId, Documents, EidCardDetails, Gender, HolderKind, IdCardDetails, PartialDate, Person, PersonName,
    PhoneNumber,
};
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use oidc_provider::authorization::Authentication;
use oidc_provider::claims_request::ClaimsRequest;
use oidc_provider::scope::Scope;
use persistence::{
    AccountStanding, Consent, DatabaseUrl, Db, Expiring, Family, Grant, Holder, Insertion, KeyEncryptionKey, Keyring, Mode, NewHolder,
    QueryResult, RandomSource, Session, SessionStanding, Store, StoreOptions, UsageKind, UsageRecord,
};
use time::macros::{date, datetime};
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

pub const NOW: OffsetDateTime = datetime!(2026-11-22 02:00 UTC);
pub const TODAY: Date = date!(2026 - 11 - 22);
pub const CLIENT: &str = "portal-a";

pub struct World {
    pub url: DatabaseUrl,
    pub store: Store,
    pub keyring: Keyring,
    ids: AtomicU32,
    _place: Arc<Place>,
}

/// What goes away with the test.
enum Place {
    Folder(#[allow(dead_code)] tempfile::TempDir),
    Database { server: String, name: String },
}

impl World {
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::sqlite(folder.path().join("data/dinhdanh.sqlite"));
        Self::at(url, Place::Folder(folder))
    }

    /// `None` when no server was named.
    pub fn postgres() -> Option<Self> {
        let server = std::env::var("DINHDANH_TEST_POSTGRES").ok()?;
        static DATABASES: AtomicU64 = AtomicU64::new(0);
        let name = format!("dinhdanh_test_{}_{}", std::process::id(), DATABASES.fetch_add(1, Ordering::Relaxed));
        let mut connection = PgConnection::establish(&server).expect("the server of DINHDANH_TEST_POSTGRES answers");
        connection.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
        let mut url = url::Url::parse(&server).unwrap();
        url.set_path(&name);
        Some(Self::at(DatabaseUrl::parse(url.as_str()).unwrap(), Place::Database { server, name }))
    }

    fn at(url: DatabaseUrl, place: Place) -> Self {
        let store = open(&url);
        store.migrate(NOW).unwrap();
        let keyring = Keyring::open_or_create(&store, &kek(), random(), NOW).unwrap();
        Self { url, store, keyring, ids: AtomicU32::new(0), _place: Arc::new(place) }
    }

    /// One transaction.
    pub fn run<T: Send + 'static>(&self, f: impl Fn(&mut Db) -> QueryResult<T> + Send + 'static) -> T {
        self.store.run_blocking(f).unwrap()
    }

    pub fn read<T>(&self, f: impl FnOnce(&mut Db) -> QueryResult<T>) -> T {
        self.store.read_blocking(f).unwrap()
    }

    /// The session, if it may be used, as every use of it asks.
    pub fn live_session(&self, session: Uuid, now: OffsetDateTime, idle: Duration) -> Option<SessionStanding> {
        self.read(|db| SessionStanding::find(db, &self.keyring, session, CLIENT, now, idle, TODAY))
    }

    /// What the account has agreed to with the client, as every release asks.
    pub fn agreed(&self, account: Uuid, client_id: &str) -> Option<Consent> {
        self.read(|db| AccountStanding::find(db, &self.keyring, account, client_id, TODAY)).and_then(|standing| standing.consent)
    }

    pub fn id(&self) -> Uuid {
        let n = self.ids.fetch_add(1, Ordering::Relaxed);
        let mut bytes = [0; 10];
        bytes[..4].copy_from_slice(&n.to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(u64::try_from(persistence::ms(NOW)).unwrap() + u64::from(n), &bytes).into_uuid()
    }

    /// A level-2 citizen with an e-ID card.
    pub fn citizen(&self, serial: u32) -> Uuid {
        let new = self.new_holder(serial);
        let id = new.id;
        let keyring = self.keyring.clone();
        assert_eq!(self.run(move |db| Holder::insert(db, &keyring, &new)), Insertion::Done);
        id
    }

    pub fn new_holder(&self, serial: u32) -> NewHolder {
        NewHolder {
            id: self.id(),
            kind: HolderKind::Citizen,
            level: AccountLevel::Two,
            state: AccountState::Active,
            password_hash: Some("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA".into()),
            person: person(serial),
            guardian: None,
            created_at: NOW,
        }
    }

    pub fn session(&self, account: Uuid) -> Session {
        let session = Session {
            id: self.id(),
            account_id: account,
            secret_hash: [7; 32],
            epoch: 1,
            created_at: NOW,
            last_seen_at: NOW,
            expires_at: NOW + Duration::hours(8),
            password_at: NOW,
            code_at: None,
            guardian_code_at: None,
            ended_at: None,
        };
        let inserted = session.clone();
        self.run(move |db| inserted.insert(db));
        session
    }

    /// What a code of this session would redeem to.
    pub fn grant(&self, account: Uuid, session: Uuid, scope: &str) -> Grant {
        Grant {
            id: self.id(),
            account_id: account,
            client_id: CLIENT.into(),
            session_id: Some(session),
            scope: Scope::parse(scope).unwrap(),
            claims: ClaimsRequest::default(),
            authentication: Authentication {
                account,
                sub: "subject".into(),
                session,
                sid: "sid".into(),
                auth_time: NOW,
                acr: "LoA1".into(),
                amr: vec!["pwd".into()],
                claims: serde_json::Map::new(),
            },
            epoch: 1,
            created_at: NOW,
            expires_at: NOW + Duration::days(30),
        }
    }

    pub fn family(&self, grant: &Grant) -> Family {
        Family { grant_id: grant.id, counter: 0, rotated_at: NOW, expires_at: NOW + Duration::days(30), revoked_at: None }
    }

    pub fn usage(&self, grant: &Grant, kind: UsageKind) -> UsageRecord {
        let id = self.id();
        UsageRecord {
            id,
            grant_id: grant.id,
            account_id: grant.account_id,
            client_id: grant.client_id.clone(),
            at: NOW,
            kind,
            attributes: vec!["birthdate".into(), "name".into()],
            account_level: 2,
            authentication_level: 1,
            acr: "LoA1".into(),
            address: UsageRecord::seal_address(&self.keyring, id, "203.0.113.7"),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Self::Database { server, name } = self
            && let Ok(mut connection) = PgConnection::establish(server)
        {
            let _ = connection.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}

pub fn open(url: &DatabaseUrl) -> Store {
    Store::open(url, Mode::Sandbox, StoreOptions { connections: 20, ..StoreOptions::default() }).unwrap()
}

pub fn kek() -> KeyEncryptionKey {
    KeyEncryptionKey::from_bytes([42; 32])
}

/// Never the same twice, the same in every run.
pub fn random() -> RandomSource {
    let counter = AtomicU64::new(1);
    Arc::new(move |bytes: &mut [u8]| {
        for chunk in bytes.chunks_mut(8) {
            let next = counter.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            chunk.copy_from_slice(&next.to_be_bytes()[..chunk.len()]);
        }
    })
}

pub fn number(serial: u32) -> CitizenId {
    CitizenId::parse(&format!("098090{serial:06}")).unwrap()
}

pub fn person(serial: u32) -> Person {
    Person {
        citizen_id: number(serial),
        old_id_number: Some(format!("{serial:09}")),
        name: PersonName::from_full("Nguyễn Văn An").unwrap(),
        birthdate: PartialDate::Full(date!(1990 - 01 - 02)),
        gender: Gender::Male,
        nationality: "VN".into(),
        phone: Some(PhoneNumber::parse("0912345678").unwrap()),
        phone_verified: true,
        email: None,
        email_verified: false,
        permanent_residence: None,
        temporary_residence: None,
        current_residence: None,
        household: None,
        place_of_birth: None,
        place_of_birth_registration: None,
        place_of_origin: None,
        ethnicity: None,
        religion: None,
        card: Some(IdCardDetails {
            number: number(serial).as_str().to_owned(),
            issued_on: date!(2024 - 07 - 01),
            expires_on: Some(date!(2030 - 01 - 02)),
            place_of_issue: "Bộ Công an".into(),
        }),
        eid: Some(EidCardDetails { issued_on: date!(2024 - 07 - 02), expires_on: None }),
        documents: Documents::default(),
        foreigner: None,
        organizations: Vec::new(),
        locale: "vi-VN".into(),
        updated_at: NOW,
    }
}

/// Runs `f` in 16 threads that start together; answers what each got.
pub fn race<T: Send>(f: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let barrier = std::sync::Barrier::new(16);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..16)
            .map(|n| {
                let (barrier, f) = (&barrier, &f);
                scope.spawn(move || {
                    barrier.wait();
                    f(n)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

/// Rows gone, by table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Purged {
    pub sessions: usize,
    pub grants: usize,
    pub messages: usize,
    pub one_time_codes: usize,
    pub usage_records: usize,
    pub imports: usize,
}

impl Purged {
    pub fn total(&self) -> usize {
        self.sessions + self.grants + self.messages + self.one_time_codes + self.usage_records + self.imports
    }
}

/// Removes at most so many rows of each kind whose time has come.
pub fn purge(db: &mut Db, now: OffsetDateTime, rows: i64) -> QueryResult<Purged> {
    Ok(Purged {
        sessions: Expiring::Sessions.remove(db, now, rows)?,
        grants: Expiring::Grants.remove(db, now, rows)?,
        messages: Expiring::Messages.remove(db, now, rows)?,
        one_time_codes: Expiring::OneTimeCodes.remove(db, now, rows)?,
        usage_records: Expiring::UsageRecords.remove(db, now, rows)?,
        imports: Expiring::Imports.remove(db, now, rows)?,
    })
}
