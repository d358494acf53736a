//! File and environment in, [`Config`] out.

use std::io::Read;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;
use toml::de::DeTable;

use super::error::Problem;
use super::locate::{Places, syntax};
use super::{Config, ConfigError, Environment, Secret};

/// Larger than any sensible file, small enough to read in one go.
const LARGEST_FILE: u64 = 8 * 1024 * 1024;
const LARGEST_SECRET: u64 = 64 * 1024;

impl Config {
    /// Reads the file (none: defaults and environment alone), applies the overrides, reads the files that hold secrets, and validates.
    ///
    /// # Errors
    /// The first thing wrong, in one line with its place and its cure.
    pub fn load(path: Option<&Path>, environment: &Environment) -> Result<Self, ConfigError> {
        let text = path.map_or(Ok(String::new()), read_configuration)?;
        Self::from_text(path, &text, environment)
    }

    /// The same from a text at hand; `path` only names it in complaints.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn from_text(path: Option<&Path>, text: &str, environment: &Environment) -> Result<Self, ConfigError> {
        let mut table: Spanned<DeTable<'_>> =
            DeTable::parse(text).map_err(|error| syntax(&error, path.unwrap_or(Path::new("configuration")), text))?;
        environment.apply(table.get_mut(), text.len() + 1)?;
        let places = Places::of(table.get_ref(), path, text, environment);
        let mut config = Self::deserialize(toml::Deserializer::from(table)).map_err(|error| places.refuse(&error))?;
        config.read_secret_files().map_err(|problem| places.problem(problem))?;
        config.validate().map_err(|problem| places.problem(problem))?;
        Ok(config)
    }

    fn read_secret_files(&mut self) -> Result<(), Problem> {
        let keys = &mut self.keys;
        fill(&mut keys.key_encryption_key, keys.key_encryption_key_file.as_deref(), "keys.key_encryption_key")?;
        if let Some(sms) = &mut self.sms {
            fill(&mut sms.bearer_token, sms.bearer_token_file.as_deref(), "sms.bearer_token")?;
        }
        for (index, client) in self.clients.iter_mut().enumerate() {
            let mut secret = client.client_secret.take().map(|secret| Secret::from(secret.expose()));
            let file = client.client_secret_file.take();
            fill(&mut secret, file.as_ref().map(Path::new), &format!("clients[{index}].client_secret"))?;
            client.client_secret = secret.map(|secret| secret.expose().to_owned().into());
        }
        Ok(())
    }
}

fn fill(secret: &mut Option<Secret>, file: Option<&Path>, key: &str) -> Result<(), Problem> {
    let Some(file) = file else { return Ok(()) };
    let at = format!("{key}_file");
    if secret.is_some() {
        return Err(Problem::new(at, format!("`{key}` is given too; keep one of the two")));
    }
    let text = read(file, LARGEST_SECRET).map_err(|cause| Problem::new(&at, format!("{}: {cause}", file.display())))?;
    if text.trim().is_empty() {
        return Err(Problem::new(at, format!("{}: the file is empty", file.display())));
    }
    *secret = Some(Secret::from(text.trim()));
    Ok(())
}

fn read_configuration(path: &Path) -> Result<String, ConfigError> {
    read(path, LARGEST_FILE).map_err(|problem| ConfigError::Unreadable { path: path.to_owned(), problem })
}

/// Reads a small text file; the error is a cause with its cure.
pub(super) fn read(path: &Path, largest: u64) -> Result<String, String> {
    let read = || -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        std::fs::File::open(path)?.take(largest + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = read().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => "no such file; check the path".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied; let the service's user read it".to_owned(),
        std::io::ErrorKind::IsADirectory => "is a folder; name a file".to_owned(),
        _ => format!("cannot be read: {error}"),
    })?;
    if bytes.len() as u64 > largest {
        return Err(format!("is larger than {largest} bytes; check the path"));
    }
    String::from_utf8(bytes).map_err(|_| "is not valid UTF-8; save it as UTF-8".to_owned())
}
