//! An opened installation: what every operation, and a node at its start, works on.

use std::sync::Arc;

use persistence::{DatabaseUrl, Installation, KeyEncryptionKey, Keyring, Mode, OnCommit, Store, StoreOptions};

use crate::clock::Clock;
use crate::config::Config;
use crate::randomness::Randomness;

/// Configuration, database and keys, ready for work.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The configuration.
    pub config: Config,
    /// The database, of this program's version (but see [`Pending::Leave`]).
    pub store: Store,
    /// The unwrapped data keys; none while the database has no tables yet.
    pub keyring: Option<Keyring>,
    /// Time.
    pub clock: Clock,
    /// Randomness and ids.
    pub randomness: Randomness,
}

/// What to do with migrations that the database lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pending {
    /// Run them.
    Run,
    /// Run them on a new database and in a sandbox; an existing production database is migrated by its operator.
    RunUnlessProduction,
    /// Do not open the installation.
    Refuse,
    /// Open it all the same: the operation is the migration.
    Leave,
}

impl Opened {
    /// Opens the database, migrates it as `pending` says, and unwraps its keys. The caller holds the lock of the data folder.
    ///
    /// # Errors
    /// Cause and cure; nothing was changed.
    pub fn open(config: Config, clock: Clock, randomness: Randomness, pending: Pending) -> anyhow::Result<Self> {
        Self::open_observed(config, clock, randomness, pending, None)
    }

    /// [`Self::open`], with someone who wants to know the size of every commit.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_observed(
        config: Config,
        clock: Clock,
        randomness: Randomness,
        pending: Pending,
        on_commit: Option<OnCommit>,
    ) -> anyhow::Result<Self> {
        let url = DatabaseUrl::parse(config.database.url.expose())?;
        let options = StoreOptions { connections: config.database.connections, on_commit, ..StoreOptions::default() };
        let store = Store::open(&url, mode(&config), options)?;
        let mut opened = Self { config, store, keyring: None, clock, randomness };
        opened.settle(pending)?;
        Ok(opened)
    }

    /// The unwrapped data keys.
    ///
    /// # Errors
    /// When the database was never migrated.
    pub fn keyring(&self) -> anyhow::Result<&Keyring> {
        self.keyring.as_ref().ok_or_else(|| anyhow::anyhow!("the database has no tables yet; run `dinhdanh migrate` first"))
    }

    /// Makes or unwraps the data keys, once the tables are there.
    pub(super) fn unlock(&mut self) -> anyhow::Result<()> {
        let key = KeyEncryptionKey::from_bytes(*self.config.key_encryption_key(&self.randomness)?);
        let randomness = self.randomness.clone();
        let random = Arc::new(move |bytes: &mut [u8]| randomness.fill(bytes));
        self.keyring = Some(Keyring::open_or_create(&self.store, &key, random, self.clock.now())?);
        Ok(())
    }

    fn settle(&mut self, pending: Pending) -> anyhow::Result<()> {
        let missing = self.store.pending()?;
        match pending {
            _ if missing.is_empty() => self.unlock(),
            Pending::Leave => Ok(()),
            Pending::Run => self.migrate_and_unlock(),
            Pending::RunUnlessProduction if self.is_new() || self.store.mode() == Mode::Sandbox => self.migrate_and_unlock(),
            Pending::RunUnlessProduction | Pending::Refuse => {
                anyhow::bail!(
                    "the database is older than this program ({} to run); run `dinhdanh migrate` with the same --config",
                    count(missing.len())
                )
            }
        }
    }

    fn migrate_and_unlock(&mut self) -> anyhow::Result<()> {
        self.store.migrate(self.clock.now())?;
        self.unlock()
    }

    /// Whether no migration ever ran here.
    fn is_new(&self) -> bool {
        !matches!(self.store.read_blocking(Installation::mode), Ok(Some(_)))
    }
}

fn count(migrations: usize) -> String {
    if migrations == 1 { "1 migration".to_owned() } else { format!("{migrations} migrations") }
}

/// Sandbox or production, as configured; the database has the last word.
fn mode(config: &Config) -> Mode {
    if config.sandbox.enabled { Mode::Sandbox } else { Mode::Production }
}
