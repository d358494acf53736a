//! A backup takes the database's place. The caller holds the lock of the data folder, so nobody has the database open.
//!
//! 1. [`stage`] copies the backup beside the database: whatever happens to the source later, what was verified is what is used.
//! 2. The copy is opened like any database (ours, a known version, this mode), and its data keys with the key-encryption key; [`verify`] reads it whole.
//! 3. [`quiesce`] ends whatever could have been ended since the backup was made: nothing that was revoked comes alive again.
//! 4. [`Staged::put_in_place`] keeps the old database aside and moves the copy to its place. Killed in the middle, the copy is still at
//!    [`staged_path`], and no store opens until the restore was run again.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use time::OffsetDateTime;

use crate::backup::{beside, sync_folder_of};
use crate::columns::{from_ms, ms};
use crate::connection::{Connector, Role};
use crate::{AuditEvent, DatabaseUrl, Db, QueryResult, StoreError};

/// Why nothing was restored. The database is as it was.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The operating system refused.
    #[error("{}: {cause}", file.display())]
    File {
        /// Which file.
        file: PathBuf,
        /// What it said.
        cause: io::Error,
    },
    /// The backup is damaged.
    #[error("the backup is damaged ({0}): take an older one")]
    Unsound(String),
    /// A query failed.
    #[error("the copy of the backup cannot be worked on: {0}")]
    Database(#[from] diesel::result::Error),
    /// The copy does not open.
    #[error("the copy of the backup cannot be worked on: {0}")]
    Store(#[from] StoreError),
}

/// Where the verified copy waits for the last step.
pub(crate) fn staged_path(database: &Path) -> PathBuf {
    beside(database, ".restoring")
}

/// A copy of a backup beside the database that it shall replace; taken away again unless it is put in place.
#[derive(Debug)]
pub struct Staged {
    database: PathBuf,
    copy: PathBuf,
}

/// Copies the backup `from` beside `database`, for its owner only. `progress` learns bytes done and in all.
///
/// # Errors
/// Of the file system.
pub fn stage(database: &Path, from: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<Staged, RestoreError> {
    let staged = Staged { database: database.to_owned(), copy: beside(database, ".restoring.partial") };
    staged.remove();
    let named = |file: &Path| {
        let file = file.to_owned();
        move |cause| RestoreError::File { file, cause }
    };
    let mut source = File::open(from).map_err(named(from))?;
    let size = source.metadata().map_err(named(from))?.len();
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut copy = options.open(&staged.copy).map_err(named(&staged.copy))?;
    let (mut buffer, mut done) = (vec![0; 1024 * 1024], 0);
    loop {
        let read = source.read(&mut buffer).map_err(named(from))?;
        if read == 0 {
            break;
        }
        copy.write_all(&buffer[..read]).map_err(named(&staged.copy))?;
        done += read as u64;
        progress(done, size);
    }
    copy.sync_all().map_err(named(&staged.copy))?;
    Ok(staged)
}

impl Staged {
    /// The copy, to be opened and worked on.
    #[must_use]
    pub fn url(&self) -> DatabaseUrl {
        DatabaseUrl::sqlite(&self.copy)
    }

    /// Moves the copy to the database's place. What was there stays beside it under the name that is answered. Every store on the copy
    /// is closed before.
    ///
    /// # Errors
    /// [`RestoreError`]. After a failure of the very last steps no store opens until the restore is run again.
    pub fn put_in_place(self, now: OffsetDateTime) -> Result<Option<PathBuf>, RestoreError> {
        let named = |file: &Path| {
            let file = file.to_owned();
            move |cause| RestoreError::File { file, cause }
        };
        self.make_one_file()?;
        // First what a file system may refuse: until the copy has its name, nothing has happened.
        let aside = beside(&self.database, &format!(".replaced-{}", now.unix_timestamp()));
        let replaced = match fs::hard_link(&self.database, &aside) {
            Ok(()) => Some(aside.clone()),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => None,
            Err(cause) => return Err(RestoreError::File { file: aside, cause }),
        };
        let ready = staged_path(&self.database);
        if let Err(cause) = fs::rename(&self.copy, &ready) {
            if replaced.is_some() {
                // The old database keeps its own name alone; the first error is the one to tell.
                _ = fs::remove_file(&aside);
            }
            return Err(RestoreError::File { file: ready, cause });
        }
        sync_folder_of(&ready).map_err(named(&ready))?;
        // A log of the old database would be played into the new one.
        for suffix in ["-wal", "-shm", "-journal"] {
            match fs::rename(beside(&self.database, suffix), beside(&aside, suffix)) {
                Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
                    return Err(RestoreError::File { file: beside(&self.database, suffix), cause });
                }
                _ => {}
            }
        }
        sync_folder_of(&self.database).map_err(named(&self.database))?;
        fs::rename(&ready, &self.database).map_err(named(&self.database))?;
        sync_folder_of(&self.database).map_err(named(&self.database))?;
        Ok(replaced)
    }

    /// Without a write-ahead log beside it, and on the disk.
    fn make_one_file(&self) -> Result<(), RestoreError> {
        let opened = Connector { url: self.url(), role: Role::Visitor, cache_kib: 0 }.open();
        let mut db = opened.map_err(|error| StoreError::Unavailable(error.to_string()))?;
        db.batch_execute("PRAGMA query_only = OFF; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE;")?;
        drop(db);
        if fs::metadata(beside(&self.copy, "-wal")).is_ok_and(|log| log.len() > 0) {
            return Err(RestoreError::Store(StoreError::Busy));
        }
        let synced = File::open(&self.copy).and_then(|copy| copy.sync_all());
        synced.map_err(|cause| RestoreError::File { file: self.copy.clone(), cause })
    }

    fn remove(&self) {
        for suffix in ["", "-wal", "-shm", "-journal"] {
            // Most are not there.
            _ = fs::remove_file(beside(&self.copy, suffix));
        }
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        self.remove();
    }
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    integrity_check: String,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// Reads the whole copy: every page, every index, every foreign key.
///
/// # Errors
/// [`RestoreError::Unsound`] with the first fault.
pub fn verify(db: &mut Db) -> Result<(), RestoreError> {
    let unsound = |error: diesel::result::Error| RestoreError::Unsound(error.to_string());
    let lines = diesel::sql_query("PRAGMA integrity_check(1)").load::<Line>(db).map_err(unsound)?;
    if let Some(line) = lines.first().filter(|line| line.integrity_check != "ok") {
        return Err(RestoreError::Unsound(line.integrity_check.clone()));
    }
    match diesel::sql_query("SELECT count(*) AS n FROM pragma_foreign_key_check").get_result::<Found>(db).map_err(unsound)?.n {
        0 => Ok(()),
        n => Err(RestoreError::Unsound(format!("{n} rows refer to rows that are not there"))),
    }
}

/// What [`quiesce`] ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quiesced {
    /// When the newest record of the backup was written: what came after is not in it.
    pub as_of: Option<OffsetDateTime>,
    /// Accounts whose epoch was raised.
    pub accounts: usize,
    /// Sessions ended.
    pub sessions: usize,
    /// Grants revoked, with their refresh tokens.
    pub grants: usize,
}

/// Ends what the backup brings back and what may have been ended since it was made: every session, grant and refresh token, every one-time code.
/// Messages that waited are not sent again. `event` records it. All of it belongs into one transaction.
///
/// # Errors
/// Of the database; then nothing was changed.
pub fn quiesce(db: &mut Db, event: &AuditEvent, now: OffsetDateTime) -> QueryResult<Quiesced> {
    #[derive(QueryableByName)]
    struct Newest {
        #[diesel(sql_type = Nullable<BigInt>)]
        at: Option<i64>,
    }
    let newest = "SELECT max(at) AS at FROM (SELECT max(at) AS at FROM usage_records UNION ALL SELECT max(at) FROM audit_events \
         UNION ALL SELECT max(last_seen_at) FROM sessions UNION ALL SELECT max(created_at) FROM messages) AS newest";
    let as_of = diesel::sql_query(newest).get_result::<Newest>(db)?.at.map(from_ms);
    let mut change = |sql: &str| diesel::sql_query(sql).bind::<BigInt, _>(ms(now)).execute(db);
    let quiesced = Quiesced {
        as_of,
        accounts: change("UPDATE accounts SET epoch = epoch + 1, updated_at = $1")?,
        sessions: change("UPDATE sessions SET ended_at = $1 WHERE ended_at IS NULL")?,
        grants: change("UPDATE grants SET revoked_at = $1 WHERE revoked_at IS NULL")?,
    };
    change("UPDATE refresh_families SET revoked_at = $1 WHERE revoked_at IS NULL")?;
    change("UPDATE one_time_codes SET code_hash = NULL, expires_at = min(expires_at, $1)")?;
    diesel::sql_query("UPDATE messages SET due_at = NULL WHERE due_at IS NOT NULL").execute(db)?;
    event.append(db)?;
    Ok(quiesced)
}
