//! The keys that protect what is stored: sealing, lookup, pairwise, access token, refresh and CSRF keys, all different, each
//! wrapped by the installation's key-encryption key in table `data_keys` (design section 9).

mod data_keys;
mod seal;

use std::fmt;
use std::sync::Arc;

use account_policy::{CitizenId, Person};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use oidc_provider::access_token::AccessTokenKeys;
use oidc_provider::refresh::RefreshKey;
use oidc_provider::secret::CodeKey;
use oidc_provider::subject::PairwiseKey;
use quick_cache::sync::Cache;
use sha2::Sha256;
use time::OffsetDateTime;
use zeroize::Zeroizing;

pub use seal::Place;

use crate::{KeyringError, Store, Unsealable};
use data_keys::{Generation, Purpose};

/// Fills a buffer with random bytes; the server hands in the operating system's generator.
pub type RandomSource = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

/// The key that wraps all others. It stays outside the database: in a file, the environment, later a PKCS#11 token.
#[derive(Clone)]
pub struct KeyEncryptionKey(Zeroizing<[u8; 32]>);

impl KeyEncryptionKey {
    /// From its 32 bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// From base64 of 32 bytes, surrounding white space allowed.
    ///
    /// # Errors
    /// [`KeyringError::MalformedKeyEncryptionKey`].
    pub fn from_base64(text: &str) -> Result<Self, KeyringError> {
        let bytes = Zeroizing::new(STANDARD.decode(text.trim()).map_err(|_| KeyringError::MalformedKeyEncryptionKey)?);
        bytes.as_slice().try_into().map(Self::from_bytes).map_err(|_| KeyringError::MalformedKeyEncryptionKey)
    }
}

impl fmt::Debug for KeyEncryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyEncryptionKey(…)")
    }
}

/// A citizen ID number as the database knows it: HMAC-SHA256 under the lookup key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NumberHash(pub [u8; 32]);

/// The unwrapped data keys. Cheap to clone.
#[derive(Clone)]
pub struct Keyring(Arc<Inner>);

struct Inner {
    sealing: Vec<Generation>,
    lookup: Vec<Generation>,
    pairwise: Vec<Generation>,
    access_token: Vec<Generation>,
    refresh: Vec<Generation>,
    csrf: Vec<Generation>,
    random: RandomSource,
    opened: Cache<uuid::Uuid, OpenedPerson>,
}

/// Persons that stay open. One takes about 2 KiB.
const OPENED: usize = 4096;

/// A person as opened from these sealed bytes.
#[derive(Clone)]
pub(crate) struct OpenedPerson {
    pub sealed: Arc<[u8]>,
    pub person: Arc<Person>,
}

impl Keyring {
    /// Unwraps the keys, making those that are missing. Two nodes that start at once end with the same keys.
    ///
    /// # Errors
    /// [`KeyringError::WrongKeyEncryptionKey`] when `kek` did not wrap what is there: then nothing is written.
    pub fn open_or_create(store: &Store, kek: &KeyEncryptionKey, random: RandomSource, now: OffsetDateTime) -> Result<Self, KeyringError> {
        let mut wrapped = store.read_blocking(data_keys::load)?;
        // Proves the key before anything is added under it.
        data_keys::unwrap(&wrapped, kek)?;
        let missing: Vec<_> =
            Purpose::ALL.into_iter().filter(|purpose| !wrapped.iter().any(|key| key.purpose == purpose.as_str())).collect();
        if !missing.is_empty() {
            let made: Vec<_> = missing.into_iter().map(|purpose| data_keys::make(purpose, 1, kek, &random, now)).collect();
            store.run_blocking(move |db| data_keys::add(db, &made))?;
            wrapped = store.read_blocking(data_keys::load)?;
        }
        let mut keys = data_keys::unwrap(&wrapped, kek)?;
        let mut take = |purpose: Purpose| keys.remove(&purpose).ok_or(KeyringError::WrongKeyEncryptionKey);
        Ok(Self(Arc::new(Inner {
            sealing: take(Purpose::Sealing)?,
            lookup: take(Purpose::Lookup)?,
            pairwise: take(Purpose::Pairwise)?,
            access_token: take(Purpose::AccessToken)?,
            refresh: take(Purpose::Refresh)?,
            csrf: take(Purpose::Csrf)?,
            random,
            opened: Cache::new(OPENED),
        })))
    }

    /// Seals `plain` for one place under the newest sealing key (AES-256-GCM). Moved to another row or column it does not open.
    ///
    /// # Panics
    /// When `plain` is beyond what AES-GCM can seal (64 GiB).
    #[must_use]
    pub fn seal(&self, place: Place<'_>, plain: &[u8]) -> Vec<u8> {
        let mut nonce = [0; seal::NONCE];
        (self.0.random)(&mut nonce);
        seal::seal(newest(&self.0.sealing), place, plain, nonce)
    }

    /// Opens what [`Keyring::seal`] sealed for this place, also under an older key.
    ///
    /// # Errors
    /// [`Unsealable`].
    pub fn unseal(&self, place: Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unsealable> {
        seal::unseal(&self.0.sealing, place, sealed)
    }

    /// The persons that were opened last, by account.
    pub(crate) fn opened(&self) -> &Cache<uuid::Uuid, OpenedPerson> {
        &self.0.opened
    }

    /// Which sealing key seals now (column `key_id`), so that a later re-sealing finds old rows.
    #[must_use]
    pub fn sealing_key_id(&self) -> i32 {
        i32::from(newest(&self.0.sealing).id)
    }

    /// Finds a person: the number itself is only stored sealed.
    #[must_use]
    pub fn number_hash(&self, number: &CitizenId) -> NumberHash {
        NumberHash(self.lookup(b"number", number.as_str()))
    }

    /// Finds a person by the 9-digit number of before.
    #[must_use]
    pub fn old_number_hash(&self, number: &str) -> [u8; 32] {
        self.lookup(b"old number", number)
    }

    /// Finds a phone number (E.164) or an e-mail address.
    #[must_use]
    pub fn recipient_hash(&self, recipient: &str) -> [u8; 32] {
        self.lookup(b"recipient", &recipient.to_lowercase())
    }

    /// Finds a phone number in E.164.
    #[must_use]
    pub fn phone_hash(&self, phone: &str) -> [u8; 32] {
        self.recipient_hash(phone)
    }

    /// Knows a file that is imported again: a hash over its content (SHA-256) that nobody can guess from the content.
    #[must_use]
    pub fn import_hash(&self, content: &[u8; 32]) -> [u8; 32] {
        mac(&newest(&self.0.lookup).key, b"import", content)
    }

    /// A one-time code as the database knows it, bound to its account and purpose.
    #[must_use]
    pub fn one_time_code_hash(&self, account: uuid::Uuid, purpose: &str, code: &str) -> [u8; 32] {
        let mut text = account.as_bytes().to_vec();
        text.extend_from_slice(&(purpose.len() as u64).to_be_bytes());
        text.extend_from_slice(purpose.as_bytes());
        text.extend_from_slice(code.as_bytes());
        mac(&newest(&self.0.lookup).key, b"one-time-code", &text)
    }

    /// The key of CSRF tokens; derive one key per use from it.
    #[must_use]
    pub fn csrf_key(&self) -> &[u8; 32] {
        &newest(&self.0.csrf).key
    }

    /// The key of pairwise subjects. It never changes: every `sub` hangs on it.
    #[must_use]
    pub fn pairwise_key(&self) -> PairwiseKey {
        PairwiseKey::new(*newest(&self.0.pairwise).key)
    }

    /// The key of authorization codes, which live a minute: derived from that of refresh tokens, so that no older generation is needed.
    #[must_use]
    pub fn code_key(&self) -> CodeKey {
        CodeKey::new(mac(&newest(&self.0.refresh).key, b"authorization code", b""))
    }

    /// The key of refresh tokens.
    #[must_use]
    pub fn refresh_key(&self) -> RefreshKey {
        RefreshKey::new(*newest(&self.0.refresh).key)
    }

    /// The keys of opaque access tokens: the newest seals, older ones still open.
    #[must_use]
    pub fn access_token_keys(&self) -> AccessTokenKeys {
        let current = newest(&self.0.access_token);
        let older = self.0.access_token.iter().filter(|key| key.id != current.id).map(|key| (key.id, *key.key));
        AccessTokenKeys::new((current.id, *current.key), older)
    }

    fn lookup(&self, domain: &[u8], text: &str) -> [u8; 32] {
        mac(&newest(&self.0.lookup).key, domain, text.as_bytes())
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keyring(…)")
    }
}

/// The last generation; [`data_keys::unwrap`] leaves no purpose empty.
fn newest(keys: &[Generation]) -> &Generation {
    &keys[keys.len() - 1]
}

/// HMAC-SHA256 with a domain, so that a hash made for one use never equals one made for another.
fn mac(key: &[u8; 32], domain: &[u8], text: &[u8]) -> [u8; 32] {
    // HMAC takes keys of every length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { unreachable!("HMAC takes keys of every length") };
    mac.update(&(domain.len() as u64).to_be_bytes());
    mac.update(domain);
    mac.update(text);
    mac.finalize().into_bytes().into()
}

/// Compiles for what wipes itself when it is dropped.
const fn wiped<T: zeroize::ZeroizeOnDrop>(_: &T) {}

const _: fn(&KeyEncryptionKey, &Generation) = |kek, generation| (wiped(&kek.0), wiped(&generation.key)).1;
