//! The provider at work: everything a request needs, opened once.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oidc_provider::access_token::AccessTokenKeys;
use oidc_provider::client::Client;
use oidc_provider::jose::SigningKeys;
use oidc_provider::refresh::RefreshKey;
use oidc_provider::secret::CodeKey;
use oidc_provider::subject::PairwiseKey;
use persistence::clients::ClientRecord;
use persistence::{Keyring, Mode, ShortLived, Store, StoreError};
use time::{Duration, OffsetDateTime};

use crate::background::Background;
use crate::claims::AcrNames;
use crate::clock::Clock;
use crate::config::Config;
use crate::delivery::Delivery;
use crate::hashing::Hasher;
use crate::http::admission::Admission;
use crate::observe::Metrics;
use crate::outbound::Outbound;
use crate::randomness::Randomness;
use crate::routes::discovery::Published;
use crate::throttle::Throttle;

/// Clients are read again after this long, so that what an operator changes on another node is obeyed within a second.
const CLIENT_CACHED_FOR: Duration = Duration::seconds(1);
/// More clients than any federation has; unknown names are never cached.
const CLIENTS_CACHED: usize = 10_000;

/// One running node.
pub struct Provider {
    /// The configuration it was started with.
    pub config: Config,
    /// Durable state.
    pub store: Store,
    /// State of ten minutes at most.
    pub short_lived: ShortLived,
    /// The unwrapped data keys.
    pub keyring: Keyring,
    /// Password hashing, off the workers.
    pub hasher: Hasher,
    /// Limits on every guess.
    pub throttle: Throttle,
    /// Time.
    pub clock: Clock,
    /// Randomness and ids.
    pub randomness: Randomness,
    /// What is counted.
    pub metrics: Metrics,
    /// Requests that are being worked on.
    pub admission: Admission,
    /// Outgoing SMS and e-mail.
    pub delivery: Delivery,
    /// Fetches of clients' documents.
    pub outbound: Outbound,
    /// The configured `acr` values.
    pub acr: AcrNames,
    signing: RwLock<Arc<SigningKeys>>,
    published: RwLock<Arc<Published>>,
    clients: RwLock<HashMap<String, KnownClient>>,
    access_token_keys: AccessTokenKeys,
    code_key: CodeKey,
    refresh_key: RefreshKey,
    pairwise_key: PairwiseKey,
}

/// What a client may do today.
pub enum ClientStanding {
    /// It takes part.
    Active(Arc<Client>),
    /// An operator disabled it.
    Disabled,
    /// Its agreement with the ministry has ended (Decree 69 Art. 18.2).
    AgreementExpired,
    /// No such client.
    Unknown,
}

/// A client as it was read a moment ago.
#[derive(Clone)]
struct KnownClient {
    client: Arc<Client>,
    disabled: bool,
    read_at: OffsetDateTime,
}

/// What [`Provider::new`] puts together; opened by the commands and by the tests.
pub struct Parts {
    /// The configuration.
    pub config: Config,
    /// The durable store, migrated.
    pub store: Store,
    /// The unwrapped data keys.
    pub keyring: Keyring,
    /// The signing keys in use.
    pub signing: SigningKeys,
    /// Time.
    pub clock: Clock,
    /// Randomness.
    pub randomness: Randomness,
    /// What is counted.
    pub metrics: Metrics,
}

impl Provider {
    /// Puts a node together.
    pub fn new(parts: Parts) -> anyhow::Result<Self> {
        let Parts { config, store, keyring, signing, clock, randomness, metrics } = parts;
        let sandbox = store.mode() == Mode::Sandbox;
        let throttle = if sandbox && !config.sandbox.rate_limits { Throttle::off() } else { Throttle::new(config.limits.clone()) };
        let acr = AcrNames::new(config.acr.loa1.clone(), config.acr.loa2.clone(), config.acr.nd69_prefix.clone());
        Ok(Self {
            published: RwLock::new(Arc::new(Published::new(&config, &acr, &signing))),
            acr,
            short_lived: ShortLived::memory(clock.now()),
            hasher: Hasher::new(&config.passwords, randomness.clone())?,
            throttle,
            admission: Admission::new(&config.http),
            delivery: Delivery::new(&config, store.mode())?,
            outbound: Outbound::new(&config, store.mode())?,
            signing: RwLock::new(Arc::new(signing)),
            clients: RwLock::new(HashMap::new()),
            access_token_keys: keyring.access_token_keys(),
            code_key: keyring.code_key(),
            refresh_key: keyring.refresh_key(),
            pairwise_key: keyring.pairwise_key(),
            config,
            store,
            keyring,
            clock,
            randomness,
            metrics,
        })
    }

    /// Whether this installation is a sandbox; the database says so.
    #[must_use]
    pub fn is_sandbox(&self) -> bool {
        self.store.mode() == Mode::Sandbox
    }

    /// The signing keys in use now.
    #[must_use]
    pub fn signing(&self) -> Arc<SigningKeys> {
        Arc::clone(&self.signing.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// What anybody may read of this installation.
    #[must_use]
    pub fn published(&self) -> Arc<Published> {
        Arc::clone(&self.published.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Uses other signing keys from here on, after `keys rotate` or `keys retire`.
    pub fn use_signing(&self, keys: SigningKeys) {
        // Published first: nobody meets a signature whose key cannot be fetched yet.
        *self.published.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Published::new(&self.config, &self.acr, &keys));
        *self.signing.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
    }

    /// Forgets cached clients, after a `clients` command.
    pub fn forget_clients(&self) {
        self.clients.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The keys of sealed access tokens.
    #[must_use]
    pub fn access_token_keys(&self) -> &AccessTokenKeys {
        &self.access_token_keys
    }

    /// The key under which codes name their grants.
    #[must_use]
    pub fn code_key(&self) -> &CodeKey {
        &self.code_key
    }

    /// The key of refresh tokens.
    #[must_use]
    pub fn refresh_key(&self) -> &RefreshKey {
        &self.refresh_key
    }

    /// The key of pairwise subjects and session ids.
    #[must_use]
    pub fn pairwise_key(&self) -> &PairwiseKey {
        &self.pairwise_key
    }

    /// Finds a client and what it may do today.
    pub async fn client(&self, client_id: &str) -> Result<ClientStanding, StoreError> {
        let Some(known) = self.known_client(client_id).await? else { return Ok(ClientStanding::Unknown) };
        if known.disabled {
            return Ok(ClientStanding::Disabled);
        }
        if known.client.agreement_expires_on.is_some_and(|last_day| self.clock.today() > last_day) {
            return Ok(ClientStanding::AgreementExpired);
        }
        Ok(ClientStanding::Active(known.client))
    }

    async fn known_client(&self, client_id: &str) -> Result<Option<KnownClient>, StoreError> {
        let now = self.clock.now();
        if let Some(known) = self.clients.read().unwrap_or_else(PoisonError::into_inner).get(client_id)
            && (now - known.read_at).abs() < CLIENT_CACHED_FOR
        {
            return Ok(Some(known.clone()));
        }
        let id = client_id.to_owned();
        let Some(row) = self.store.read(move |db| ClientRecord::find(db, &id)).await? else { return Ok(None) };
        let known = KnownClient { client: Arc::new(row.client), disabled: row.disabled_at.is_some(), read_at: now };
        let mut cache = self.clients.write().unwrap_or_else(PoisonError::into_inner);
        if cache.len() >= CLIENTS_CACHED {
            cache.clear();
        }
        cache.insert(client_id.to_owned(), known.clone());
        Ok(Some(known))
    }

    /// Starts deliveries and expiry.
    #[must_use]
    pub fn spawn_background(self: &Arc<Self>) -> Background {
        Background::spawn(self)
    }
}

/// A fresh nonce for a page's script.
#[must_use]
pub fn nonce(randomness: &Randomness) -> String {
    URL_SAFE_NO_PAD.encode(randomness.bytes::<16>())
}
