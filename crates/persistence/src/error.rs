//! What can go wrong, by cause; every text names the cure where there is one.

use std::path::PathBuf;

use crate::{Ailment, Mode};

/// Why a database could not be opened or migrated. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder of the SQLite file cannot be made or written.
    #[error("the folder {folder} cannot be written ({cause}): give the service's user write permission or choose another data_dir")]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the operating system said.
        cause: std::io::Error,
    },
    /// The SQLite file itself cannot be made or written.
    #[error("the database file {file} cannot be written ({cause}): give the service's user write permission on it")]
    File {
        /// The file.
        file: PathBuf,
        /// What the operating system said.
        cause: std::io::Error,
    },
    /// No connection.
    #[error("the database {database} does not answer ({cause}): check that it runs, its address and its password")]
    Connect {
        /// The address without its password.
        database: String,
        /// What the database said.
        cause: String,
    },
    /// A SQLite file or PostgreSQL database with other tables in it.
    #[error("the database {database} was not made by dinhdanh: choose an empty database or another file")]
    NotOurs {
        /// The address without its password.
        database: String,
    },
    /// Written by a later release.
    #[error("the database has migration {migration}, which this release does not know: start the release that wrote it, or a newer one")]
    NewerVersion {
        /// The first migration that is not known.
        migration: String,
    },
    /// A sandbox asked for a production database, or the other way round.
    #[error(
        "the database is a {database} installation and this is started as {asked}: use the configuration it was made with, or another database"
    )]
    OtherMode {
        /// What the database is.
        database: Mode,
        /// What was asked.
        asked: Mode,
    },
    /// A migration failed; it was rolled back.
    #[error("migration {migration} failed and was rolled back: {cause}")]
    Migration {
        /// Its name, or the step beside migrations.
        migration: String,
        /// What the database said.
        cause: String,
    },
    /// A page of the SQLite file is not what was written there.
    #[error(
        "the database file {database} is damaged ({cause}): keep it, bring the newest backup back with `dinhdanh restore FILE --replace`, and have the disk looked at"
    )]
    Damaged {
        /// The address.
        database: String,
        /// What the database said.
        cause: String,
    },
    /// A restore was killed while it moved the files.
    #[error("a restore was interrupted ({} is there): run `dinhdanh restore FILE --replace` again", staged.display())]
    RestoreInterrupted {
        /// The verified copy that was about to take the database's place.
        staged: PathBuf,
    },
    /// A query failed.
    #[error("the database failed: {0}")]
    Database(#[from] diesel::result::Error),
}

/// Why a closure was not committed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The queue or the pool is full; nothing was done. HTTP 503.
    #[error("the database is busy")]
    Busy,
    /// The store was closed; nothing was done.
    #[error("the database is closed")]
    Closed,
    /// No connection.
    #[error("the database does not answer: {0}")]
    Unavailable(String),
    /// The closure panicked and was rolled back; the other closures of its batch are not hurt.
    #[error("a database closure panicked and was rolled back")]
    Panicked,
    /// A query failed and the closure was rolled back.
    #[error("{0}")]
    Database(#[from] diesel::result::Error),
}

impl StoreError {
    /// What ails the database: decides what a client is told and what an operator has to do.
    #[must_use]
    pub fn ailment(&self) -> Ailment {
        match self {
            Self::Busy => Ailment::Busy,
            Self::Closed => Ailment::Unreachable,
            Self::Unavailable(text) => Ailment::of_text(text).unwrap_or(Ailment::Unreachable),
            Self::Panicked => Ailment::Fault,
            Self::Database(error) => Ailment::of(error),
        }
    }
}

/// Why the keyring did not open.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// The key-encryption key is not the one that wrapped the data keys.
    #[error(
        "the key-encryption key does not open this database: give the key it was made with (keys.key_encryption_key_file); a lost key cannot be replaced"
    )]
    WrongKeyEncryptionKey,
    /// Not 32 bytes in base64.
    #[error("the key-encryption key must be 32 bytes in base64: make one with `head -c 32 /dev/urandom | base64`")]
    MalformedKeyEncryptionKey,
    /// Reading or writing them failed.
    #[error("the data keys cannot be read: {0}")]
    Store(#[from] StoreError),
}

/// A sealed value did not open: damage, another row's value, or a key that is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sealed value of {table}.{column} does not open")]
pub struct Unsealable {
    /// Its table.
    pub table: &'static str,
    /// Its column.
    pub column: &'static str,
}
