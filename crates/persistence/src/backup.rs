//! A copy of a SQLite database beside its running writer: one consistent moment, in one file, compact (`VACUUM INTO`; see
//! `docs/decisions/0014-backup-by-vacuum-into.md`).

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use crate::connection::{Connector, Role};
use crate::{Ailment, DatabaseUrl, Db, Installation, Mode, OpenError, StoreError, migrations, restore};

/// How often progress is told while the copy grows.
const TELL_EVERY: Duration = Duration::from_millis(200);

/// Why there is no backup. Nothing but an unfinished copy may have been written, and that is taken away again.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The database is PostgreSQL's.
    #[error("a PostgreSQL database is backed up with its own tools: `pg_dump --format=custom`, or `pg_basebackup` with a WAL archive")]
    Postgres,
    /// There is nothing to copy.
    #[error("there is no database at {}: look at database.url", .0.display())]
    Missing(PathBuf),
    /// The file exists already.
    #[error("{} exists already: choose another name, or move it away", .0.display())]
    Exists(PathBuf),
    /// Another backup writes it, or one was killed.
    #[error("{} is there: another backup is under way, or one was interrupted; then remove it", .0.display())]
    UnderWay(PathBuf),
    /// The operating system refused.
    #[error("{}: {cause}", file.display())]
    File {
        /// Which file or folder.
        file: PathBuf,
        /// What it said.
        cause: io::Error,
    },
    /// The copy was read again and is not sound.
    #[error("the copy is not sound ({0}): run `dinhdanh check` on the database")]
    Unsound(String),
    /// The database is not ours, or of a later release.
    #[error("{0}")]
    Open(#[from] OpenError),
    /// The database failed.
    #[error("the database cannot be copied: {0}")]
    Store(#[from] StoreError),
}

#[derive(QueryableByName)]
struct Size {
    #[diesel(sql_type = BigInt)]
    bytes: i64,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    quick_check: String,
}

/// Writes everything that is committed now into the new file `to`, for its owner only, while others go on reading and writing. The file
/// appears under its name when it is whole, was read again, and is on the disk. `progress` learns bytes done and expected. Answers its
/// size and whether it is of a sandbox.
///
/// # Errors
/// [`BackupError`]; then `to` is as it was.
pub fn backup(url: &DatabaseUrl, to: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<(u64, Mode), BackupError> {
    let database = url.sqlite_path().ok_or(BackupError::Postgres)?;
    if !database.exists() {
        return Err(BackupError::Missing(database.to_owned()));
    }
    if restore::staged_path(database).exists() {
        return Err(OpenError::RestoreInterrupted { staged: restore::staged_path(database) }.into());
    }
    if to.symlink_metadata().is_ok() {
        return Err(BackupError::Exists(to.to_owned()));
    }
    let mut db = Connector { url: url.clone(), role: Role::Visitor, cache_kib: 0 }
        .open()
        .map_err(|error| StoreError::Unavailable(error.to_string()))?;
    migrations::pending(&mut db, &url.to_string())?;
    let mode = Installation::mode(&mut db).map_err(StoreError::from)?.ok_or_else(|| BackupError::Missing(database.to_owned()))?;
    let partial = beside(to, ".partial");
    let copy = create_owner_only(&partial)?;
    let outcome = copy_into(db, &partial, progress).and_then(|()| finish(&copy, &partial, to));
    if outcome.is_err() {
        // The first error is the one to tell.
        _ = fs::remove_file(&partial);
    }
    outcome.map(|bytes| (bytes, mode))
}

fn copy_into(mut db: Db, partial: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<(), BackupError> {
    // Under `query_only` nothing can be attached. VACUUM INTO takes no lock that a writer would notice.
    db.batch_execute("PRAGMA query_only = OFF").map_err(StoreError::from)?;
    let size = "SELECT (page_count - freelist_count) * page_size AS bytes FROM pragma_page_count, pragma_freelist_count, pragma_page_size";
    let size = diesel::sql_query(size).get_result::<Size>(&mut db).map_err(StoreError::from)?;
    let total = u64::try_from(size.bytes).unwrap_or(0);
    let target = partial.to_string_lossy().into_owned();
    std::thread::scope(|scope| {
        let (done, copied) = sync_channel(1);
        scope.spawn(move || {
            let outcome = diesel::sql_query("VACUUM INTO $1").bind::<Text, _>(target).execute(&mut db);
            // The other end waits for nothing else.
            _ = done.send(outcome);
        });
        loop {
            match copied.recv_timeout(TELL_EVERY) {
                Ok(outcome) => return outcome.map(drop).map_err(|error| BackupError::Store(error.into())),
                Err(RecvTimeoutError::Timeout) => progress(fs::metadata(partial).map_or(0, |file| file.len()), total),
                Err(RecvTimeoutError::Disconnected) => return Err(BackupError::Store(StoreError::Panicked)),
            }
        }
    })?;
    progress(total, total);
    sound(partial)
}

/// Reads the copy once: a backup that nobody ever read is a hope.
fn sound(file: &Path) -> Result<(), BackupError> {
    let open = Connector { url: DatabaseUrl::sqlite(file), role: Role::Visitor, cache_kib: 0 }.open();
    let mut db: Db = open.map_err(|error| BackupError::Unsound(error.to_string()))?;
    let lines = diesel::sql_query("PRAGMA quick_check(1)").load::<Line>(&mut db).map_err(|error| match Ailment::of(&error) {
        Ailment::Damaged => BackupError::Unsound(error.to_string()),
        _ => BackupError::Store(error.into()),
    })?;
    match lines.first() {
        Some(line) if line.quick_check != "ok" => Err(BackupError::Unsound(line.quick_check.clone())),
        _ => Ok(()),
    }
}

/// The copy is on the disk before it has its name, and its name before anybody is told.
fn finish(copy: &File, partial: &Path, to: &Path) -> Result<u64, BackupError> {
    let failed = |file: &Path| {
        let file = file.to_owned();
        move |cause| BackupError::File { file, cause }
    };
    copy.sync_all().map_err(failed(partial))?;
    let size = copy.metadata().map_err(failed(partial))?.len();
    match fs::hard_link(partial, to) {
        Ok(()) => fs::remove_file(partial).map_err(failed(partial))?,
        Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => return Err(BackupError::Exists(to.to_owned())),
        // Some file systems of portable disks know no links.
        Err(_) => fs::rename(partial, to).map_err(failed(to))?,
    }
    sync_folder_of(to).map_err(failed(to))?;
    Ok(size)
}

fn create_owner_only(partial: &Path) -> Result<File, BackupError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(partial).map_err(|cause| match cause.kind() {
        io::ErrorKind::AlreadyExists => BackupError::UnderWay(partial.to_owned()),
        _ => BackupError::File { file: partial.to_owned(), cause },
    })
}

/// The path with something after its name.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// A name is on the disk when its folder is.
pub(crate) fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}
