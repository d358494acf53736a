//! Starting a provider, and what only its operator can do to it.

use std::net::TcpListener;
use std::sync::{Arc, OnceLock};

use account_policy::{CitizenId, LockGround};
use dinhdanh::cli::Opened;
use dinhdanh::cli::commands::clients::store_configured;
use dinhdanh::clock::Clock;
use dinhdanh::config::{Config, Environment};
use dinhdanh::observe::Metrics;
use dinhdanh::provider::{Parts, Provider};
use dinhdanh::randomness::Randomness;
use dinhdanh::{demo, http};
use oidc_provider::jose::{SigningKey, SigningKeys};
use oidc_provider::signing_alg::SigningAlg;
use persistence::{Account, DatabaseUrl, EidLock, KeyEncryptionKey, Keyring, Mode, Store, StoreOptions, UsageRecord};
use time::{Duration, OffsetDateTime};
use tokio::sync::oneshot;
use uuid::Uuid;

use super::{Browser, PASSWORD, Portal};

/// A running provider. It ends with the test's process; its database with the value.
pub struct App {
    /// Where it listens, `http://127.0.0.1:PORT`: the issuer as well, but for [`App::restarted`].
    pub base: String,
    /// The provider itself, for what only an operator can do.
    pub provider: Arc<Provider>,
    /// Where its files are.
    pub folder: Arc<tempfile::TempDir>,
}

/// Generating four key pairs takes longer than a test: all share them.
fn signing_keys() -> SigningKeys {
    static KEYS: OnceLock<Vec<Arc<SigningKey>>> = OnceLock::new();
    let keys = KEYS.get_or_init(|| SigningAlg::ALL.iter().map(|alg| Arc::new(SigningKey::generate(*alg).unwrap())).collect());
    SigningKeys::new(keys.clone(), Vec::new())
}

impl App {
    /// With the usual configuration.
    pub async fn start() -> Self {
        Self::with(|_| ()).await
    }

    /// With a configuration that the test changes.
    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        super::log::listen();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut config = config(&address(&listener), folder.path());
        change(&mut config);
        let app = Self::launch(listener, config, Arc::new(folder), Clock::default()).await;
        let provider = &app.provider;
        let now = provider.clock.now();
        demo::seed(&provider.store, &provider.keyring, &provider.hasher, &provider.randomness, now).await.unwrap();
        app
    }

    /// Another process on the same database, with the same issuer and clock: nothing of the memory of the first is left.
    pub async fn restarted(&self) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        Self::launch(listener, self.provider.config.clone(), Arc::clone(&self.folder), self.provider.clock.clone()).await
    }

    async fn launch(listener: TcpListener, config: Config, folder: Arc<tempfile::TempDir>, clock: Clock) -> Self {
        let base = address(&listener);
        let randomness = Randomness::system();
        let url = DatabaseUrl::parse(config.database.url.expose()).unwrap();
        let store = Store::open(&url, Mode::Sandbox, StoreOptions::default()).unwrap();
        store.migrate(clock.now()).unwrap();
        let random = randomness.clone();
        let key = KeyEncryptionKey::from_bytes([7; 32]);
        let keyring = Keyring::open_or_create(&store, &key, Arc::new(move |bytes: &mut [u8]| random.fill(bytes)), clock.now()).unwrap();
        let opened = Opened {
            config: config.clone(),
            store: store.clone(),
            keyring: Some(keyring.clone()),
            clock: clock.clone(),
            randomness: randomness.clone(),
        };
        let parts = Parts { config, store, keyring, signing: signing_keys(), clock, randomness, metrics: Metrics::new() };
        let provider = Arc::new(Provider::new(parts).unwrap());
        store_configured(&opened, &provider.outbound).await.unwrap();
        let (ready, started) = oneshot::channel();
        tokio::spawn(http::run_on(Arc::clone(&provider), listener, Some(ready)));
        started.await.unwrap();
        Self { base, provider, folder }
    }

    /// A browser that has never been here.
    pub fn browser(&self) -> Browser {
        Browser::new(&self.base)
    }

    /// A browser in which that citizen signed in with the password, at a portal that asks for no consent.
    pub async fn browser_of(&self, citizen: &str) -> Browser {
        let browser = self.browser();
        let page = browser.get(&self.trusted_portal().authorize(&[])).await;
        let answer = browser.sign_in(&page, citizen, PASSWORD).await;
        assert!(answer.parameter("code").is_some(), "{} {}", answer.status, answer.text());
        browser
    }

    /// A confidential portal with the standard claims and remembered consent.
    pub fn portal(&self) -> Portal {
        Portal::confidential(&self.base, "portal-a")
    }

    /// Another one, with a sector of its own.
    pub fn other_portal(&self) -> Portal {
        Portal::confidential(&self.base, "portal-b")
    }

    /// One that demands level 2.
    pub fn level_two_portal(&self) -> Portal {
        Portal::confidential(&self.base, "portal-level-2")
    }

    /// One for which nobody is asked to consent.
    pub fn trusted_portal(&self) -> Portal {
        Portal::confidential(&self.base, "portal-trusted")
    }

    /// A public client on the citizen's own machine.
    pub fn native(&self) -> Portal {
        Portal::new(&self.base, "native", None, "http://127.0.0.1:51004/cb")
    }

    /// Time goes on by that many seconds.
    pub fn later(&self, seconds: i64) {
        // The clock is set to whole seconds; half a second more keeps what passes meanwhile from costing one.
        self.at(self.provider.clock.now() + Duration::seconds(seconds) + Duration::milliseconds(500));
    }

    /// It is that time now.
    pub fn at(&self, now: OffsetDateTime) {
        self.provider.clock.set(now);
    }

    /// The account of a demo citizen.
    pub async fn account(&self, citizen: &str) -> Account {
        let hash = self.provider.keyring.number_hash(&CitizenId::parse(citizen).unwrap());
        self.provider.store.read(move |db| Account::find_by_number(db, &hash)).await.unwrap().expect("a demo citizen")
    }

    /// A password check that keeps the hashing thread for a while.
    pub fn slow_check(&self, hash: &'static str) -> tokio::task::JoinHandle<()> {
        let provider = Arc::clone(&self.provider);
        tokio::spawn(async move {
            assert!(!provider.hasher.verify("x", hash).await.unwrap().ok);
        })
    }

    /// An authority locks the citizen's e-ID card.
    pub async fn lock(&self, citizen: &str) {
        let account_id = self.account(citizen).await.id;
        let now = self.provider.clock.now();
        let id = self.provider.randomness.uuid(now);
        let lock = EidLock {
            id,
            account_id,
            ground: LockGround::TermsBreach,
            placed_at: now,
            placed_by: "test".to_owned(),
            lifted_at: None,
            lifted_by: None,
        };
        self.provider.store.run(move |db| EidLock::place(db, &lock)).await.unwrap();
    }

    /// The citizen's usage history, newest first.
    pub async fn usage(&self, citizen: &str) -> Vec<UsageRecord> {
        let account: Uuid = self.account(citizen).await.id;
        self.provider.store.read(move |db| UsageRecord::list(db, account, None, 100)).await.unwrap()
    }
}

fn address(listener: &TcpListener) -> String {
    format!("http://{}", listener.local_addr().unwrap())
}

fn config(base: &str, folder: &std::path::Path) -> Config {
    let listen = base.trim_start_matches("http://");
    let text = include_str!("config.toml").replace("BASE", base).replace("LISTEN", listen).replace("FOLDER", &folder.display().to_string());
    let path = folder.join("config.toml");
    std::fs::write(&path, text).unwrap();
    Config::load(Some(&path), &Environment::default()).unwrap()
}
