//! The key-encryption key: 32 bytes in base64, from file or environment; a sandbox makes its own.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::error::{Place, Problem};
use super::{Config, ConfigError, KeysConfig, load};
use crate::randomness::Randomness;

const SANDBOX_FILE: &str = "key-encryption-key";
const CURE: &str = "must be 32 bytes in base64; make one with `openssl rand -base64 32`";

impl Config {
    /// The 32 bytes of the key-encryption key. A sandbox without one in its configuration keeps one in `data_dir/key-encryption-key`,
    /// made on first use and readable by its owner alone.
    ///
    /// # Errors
    /// When there is none, or it is not 32 bytes of base64.
    pub fn key_encryption_key(&self, randomness: &Randomness) -> Result<Zeroizing<[u8; 32]>, ConfigError> {
        let absent = |key: &str, what: &str| ConfigError::refused(Place::Absent { path: None, key: key.to_owned() }, what);
        if let Some(secret) = &self.keys.key_encryption_key {
            return decode(secret.expose()).ok_or_else(|| absent("keys.key_encryption_key", CURE));
        }
        if !self.sandbox.enabled {
            return Err(absent("keys.key_encryption_key_file", "production needs it; make one with `openssl rand -base64 32`"));
        }
        let path = self.data_dir.join(SANDBOX_FILE);
        let unreadable = |problem: String| ConfigError::Unreadable { path: path.clone(), problem };
        if !path.exists() {
            create(&path, randomness).map_err(|error| unreadable(format!("cannot be created: {error}; make the folder writable")))?;
        }
        let text = Zeroizing::new(load::read(&path, 1024).map_err(&unreadable)?);
        decode(&text).ok_or_else(|| unreadable(CURE.to_owned()))
    }
}

/// Whether a key that is given can be used.
pub(super) fn check(keys: &KeysConfig) -> Result<(), Problem> {
    let Some(secret) = &keys.key_encryption_key else { return Ok(()) };
    let key = if keys.key_encryption_key_file.is_some() { "keys.key_encryption_key_file" } else { "keys.key_encryption_key" };
    decode(secret.expose()).map(drop).ok_or_else(|| Problem::new(key, CURE))
}

fn decode(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let bytes = Zeroizing::new(STANDARD.decode(text.trim()).ok()?);
    Some(Zeroizing::new(bytes.as_slice().try_into().ok()?))
}

/// Writes beside and renames, so that a crash never leaves half a key.
fn create(path: &Path, randomness: &Randomness) -> std::io::Result<()> {
    let bytes = Zeroizing::new(randomness.bytes::<32>());
    let text = Zeroizing::new(format!("{}\n", STANDARD.encode(bytes.as_slice())));
    let beside = path.with_extension("new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&beside, path)
}
